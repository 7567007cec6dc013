"""What these tests build is held to the rules of our own code too."""

from collections.abc import Iterator

import pytest

from tests.proof.rules import proven_by_all


@pytest.fixture(scope="module", autouse=True)
def _all_rules() -> Iterator[None]:
    with proven_by_all():
        yield
