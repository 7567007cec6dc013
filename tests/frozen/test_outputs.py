"""What a user sees is what was accepted; a change of it is looked at, and then accepted."""

from pathlib import Path

import pytest

from tests.e2e.running import BESKPLAN
from tests.frozen.groups import GROUPS, NEEDS_SHARED, collect
from tests.frozen.outputs import changed, digests, read_digests
from tests.proof.rules import faults

SHOWN = 60
WITH_REPORTS = ("shipped", "areas2027")
"""Groups that build reports of which nothing else is said: those are held to the rules of our own code."""
LOOK = """
Look: write the texts on the commit before and on this one, and compare them:
    python tests/frozen/outputs.py write /tmp/new --group {group}
    python tests/frozen/outputs.py write /tmp/old --group {group} --root CHECKOUT_BEFORE
    python tests/frozen/outputs.py compare /tmp/old /tmp/new
Accept, where each change is meant:
    python tests/frozen/outputs.py digest --group {group}
"""


def check(group: str, root: Path, work: Path, shared: Path | None = None) -> None:
    fragments = collect(group, [str(BESKPLAN)], work, root=root, shared=shared)
    found = changed(read_digests().get(group, {}), digests(fragments))
    more = [f"... and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    text = "\n".join([f"{len(found)} texts of {group}:", *found[:SHOWN], *more])
    assert not found, text + "\n" + LOOK.format(group=group)
    if group in WITH_REPORTS:
        assert faults(work / group) == []


@pytest.mark.parametrize(
    "group",
    [
        "shipped",
        # Some fifty commands one after the other.
        pytest.param("publish", marks=pytest.mark.thorough),
    ],
)
def test_what_the_shipped_plans_show_is_as_accepted(group: str, root: Path, tmp_path: Path) -> None:
    check(group, root, tmp_path)


@pytest.mark.shared
@pytest.mark.thorough
@pytest.mark.parametrize("group", NEEDS_SHARED)
def test_what_the_real_data_show_is_as_accepted(
    group: str, root: Path, shared: Path, tmp_path: Path
) -> None:
    check(group, root, tmp_path, shared)


def test_every_group_is_compared() -> None:
    assert {"shipped", "publish", *NEEDS_SHARED} == set(GROUPS)


def test_a_changed_an_added_and_a_removed_text_are_told_by_their_keys() -> None:
    old = digests({"a/html/x": "1", "a/html/y": "1"})
    assert changed(old, digests({"a/html/x": "2", "a/tal/z": "1"})) == [
        "changed: a/html/x",
        "removed: a/html/y",
        "added: a/tal/z",
    ]
