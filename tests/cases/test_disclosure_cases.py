"""Every case of `tests/cases/disclosure`: what must be withheld beside what the source withholds."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from beskplan.observations.contract import COLUMNS, KEY
from beskplan.observations.suppression import withhold_keys, withhold_small
from beskplan.observations.suppression.secondary import suppressed_keys
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
