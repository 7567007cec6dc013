"""Every case of `tests/cases/refusion` and `tests/cases/durations`: numbers worked out by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.indicators.quantities import ABSENT_TEXT, WITHHELD_TEXT, Quantity, share_over
from beskplan.indicators.refusion import (
    mean_refund_pct,
    refund_pct_at_duration,
    staircase,
)

HERE = Path(__file__).parent
STATES = {WITHHELD_TEXT: "withheld", ABSENT_TEXT: "absent"}


def cases(folder: str) -> list[Any]:
    found = [
        case
        for path in sorted((HERE / folder).glob("*.yaml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    return [pytest.param(case["inputs"], case["expected"], id=case["note"]) for case in found]


def quantity(value: int | str, unit: str) -> Quantity:
    if value in STATES:
        return Quantity(None, 0, unit, STATES[str(value)])  # type: ignore[arg-type]
    return Quantity(Decimal(value), 0, unit)


def refusion(inputs: dict[str, Any]) -> dict[str, str]:
    stairs = staircase(date(2017, 1, 1))
    if "uger" in inputs:
        weeks = {
            week: quantity(value, "fuldtidspersoner") for week, value in inputs["uger"].items()
        }
        return {"refusion": mean_refund_pct(weeks, stairs).text()}
    return {"refusion": refund_pct_at_duration(Decimal(inputs["varighed"]), stairs).text()}


def durations(inputs: dict[str, Any]) -> dict[str, str]:
    over = ("forloeb_igang_over_26_uger", quantity(inputs["over"], "forløb"))
    every = ("forloeb_igang", quantity(inputs["alle"], "forløb"))
    return {"andel": share_over(over, every).text()}


@pytest.mark.parametrize(("inputs", "expected"), cases("refusion"))
def test_a_refund_is_as_the_case_says(inputs: dict[str, Any], expected: dict[str, str]) -> None:
    assert refusion(inputs) == expected


@pytest.mark.parametrize(("inputs", "expected"), cases("durations"))
def test_a_duration_is_as_the_case_says(inputs: dict[str, Any], expected: dict[str, str]) -> None:
    assert durations(inputs) == expected


def test_a_wrong_number_in_a_case_is_found() -> None:
    assert refusion({"uger": {1: 6, 53: 95}}) != {"refusion": "23,0"}
