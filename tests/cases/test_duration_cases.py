"""Every case of `tests/cases/refusion`: numbers worked out by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.indicators.refusion import refund_pct_at_duration, staircase

CASES = yaml.safe_load(
    (Path(__file__).parent / "refusion" / "refusion.yaml").read_text(encoding="utf-8")
)


def refusion(inputs: dict[str, Any]) -> dict[str, str]:
    stairs = staircase(date(2017, 1, 1))
    return {"refusion": refund_pct_at_duration(Decimal(inputs["varighed"]), stairs).text()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_a_refund_is_as_the_case_says(case: dict[str, Any]) -> None:
    assert refusion(case["inputs"]) == case["expected"]


def test_a_wrong_number_in_a_case_is_found() -> None:
    assert refusion({"varighed": "3"}) != {"refusion": "77,5"}
