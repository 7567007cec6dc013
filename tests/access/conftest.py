"""The finished reports that everyone must be able to read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from beskplan.build.jobs import Job, Workplace
from beskplan.build.making import Outcome, make_report
from tests.access import ten_municipalities


@pytest.fixture(scope="session")
def any_report(
    root: Path, build_report: Callable[[Job], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Job], Path]:
    """Gives a report's folder: of the ten municipalities from made-up numbers, else as published."""

    @cache
    def ten() -> Workplace:
        return ten_municipalities.workplace(root, tmp_path_factory.mktemp("ti-kommuner"))

    @cache
    def outcome_of(job: Job) -> Outcome:
        return make_report(job, ten())

    def build(job: Job) -> Path:
        if job not in ten_municipalities.JOBS:
            return build_report(job)
        outcome = outcome_of(job)
        assert outcome.ok, "\n".join(map(str, outcome.problems))
        return outcome.folder

    return build
