"""Every case of `tests/cases/disclosure`: what must be withheld beside what the source withholds."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from beskplan.observations.contract import COLUMNS, KEY
from beskplan.observations.secondary_suppression import suppressed_keys
from beskplan.observations.suppression import Equation, narrowed, withhold_keys, withhold_small
from beskplan.registers.indicators import INDICATORS

HERE = Path(__file__).parent / "disclosure"
CASES = [
    pytest.param(case, id=case["note"])
    for path in sorted(HERE.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def named(text: str) -> tuple[str, ...]:
    """The key that a case writes as text; Læsø in June 2026 where it names no area and period."""
    parts = text.split()
    return (*parts[:3], *([*parts[3:], *("825", "2026M06")[len(parts) - 3 :]]))


def frame(numbers: dict[str, float], source: str) -> pd.DataFrame:
    """The observations of a case, small ones withheld."""
    rows = [
        (
            *named(key),
            float(value),
            len(str(value).partition(".")[2]),
            INDICATORS[key.split()[0]].unit,
            "known",
            source,
            "t",
            "",
            "2026-08-01",
        )
        for key, value in numbers.items()
    ]
    return withhold_small(pd.DataFrame(rows, columns=list(COLUMNS)))


def withheld(observations: pd.DataFrame) -> set[tuple[str, ...]]:
    rows = observations[observations["state"] == "withheld"]
    return set(rows[list(KEY)].itertuples(index=False, name=None))


@pytest.mark.parametrize("case", CASES)
def test_no_more_and_no_less_is_withheld(case: dict[str, Any]) -> None:
    source = case.get("kilde", "jobindsats")
    before = None
    if "foer" in case:
        old = frame(case["foer"], source)
        before = (old, suppressed_keys(old))
    now = frame(case["tal"], source)
    told = withhold_keys(now, suppressed_keys(now, before))
    assert withheld(told) - withheld(now) == set(map(named, case["ogsaa"]))
    if "smaa" in case:
        assert withheld(now) == set(map(named, case["smaa"]))


SMALL = range(3)
ENDS = (0, 2)


def test_what_two_sums_leave_of_one_number_is_what_both_leave() -> None:
    # The number plus one that is 0 or 1 is 1; and it is 1 more than one that is 0 or 1.
    sums = [Equation(("tal", "a"), (), -1), Equation(("tal",), ("b",), -1)]
    unknowns = {"tal": ENDS, "a": (0, 1), "b": (0, 1)}
    assert narrowed(unknowns, sums[:1], {"tal": SMALL}) == {"tal": {0, 1}}
    assert narrowed(unknowns, sums[1:], {"tal": SMALL}) == {"tal": {1, 2}}
    assert narrowed(unknowns, sums, {"tal": SMALL}) == {"tal": {1}}


@pytest.mark.parametrize(("constant", "left"), [(2, {"del": {0}}), (3, {})])
def test_a_sum_that_cannot_hold_tells_nothing(constant: int, left: dict[str, set[int]]) -> None:
    sums = [Equation(("del",), ("i alt",), constant)]
    assert narrowed({"del": ENDS, "i alt": ENDS}, sums, {"del": SMALL}) == left


@pytest.mark.parametrize(
    ("total", "constant", "left"), [(("i alt",), 0, {}), ((), -1, {"del": {0, 1}})]
)
def test_parts_without_a_row_are_what_the_others_leave_of_the_total(
    total: tuple[str, ...], constant: int, left: dict[str, set[int]]
) -> None:
    rest = Equation(("del",), total, constant, has_rest=True, rest_is_unlikely=False)
    assert (
        narrowed({"del": ENDS, "i alt": ENDS}, [rest], dict.fromkeys(("del", *total), SMALL))
        == left
    )
