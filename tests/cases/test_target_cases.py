"""Every case of `tests/cases/targets/`: a target and its numbers, and how it must be judged."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, get_args

import pytest
import yaml
from pydantic import Field, TypeAdapter

from beskplan.core.periods import Period
from beskplan.indicators.followup import FollowUp, Measured, follow_up
from beskplan.indicators.quantities import Quantity, State
from beskplan.indicators.targets import Point, Series
from beskplan.params.maal import Target

FOLDER = Path(__file__).parent / "targets"
TARGET: TypeAdapter[Target] = TypeAdapter(Annotated[Target, Field(discriminator="slags")])
STATES: dict[str, State] = {"withheld": "withheld", "absent": "absent"}
EXPECTED = {"status", "reason", "final", "level", "path", "baseline", "latest"}
LEAST_PER_KIND = 3


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, case in enumerate(content["cases"], start=1):
            merged = {"slags": content["slags"], **content["defaults"], **case}
            yield f"{path.stem}-{number}", merged


def kinds() -> set[str]:
    return {
        kind
        for member in get_args(Target)
        for kind in get_args(member.model_fields["slags"].annotation)
    }


def series(values: dict[Any, Any] | None, unit: str, decimals: int) -> Series | None:
    if values is None:
        return None
    points = []
    for period, value in values.items():
        number = None if isinstance(value, str) else Decimal(str(value))
        state: State = "known" if number is not None else STATES[value]
        points.append(Point(Period.parse(str(period)), Quantity(number, decimals, unit, state)))
    return tuple(points)


def judged(case: dict[str, Any]) -> FollowUp:
    target = TARGET.validate_python(
        {"id": "x", "hvad": "x", "tekst": "x", "slags": case["slags"], **case["target"]}
    )
    unit, decimals = getattr(target, "enhed", "pct."), case.get("decimals", 0)
    others = {
        name: series(values, unit, decimals) or ()
        for name, values in case.get("others", {}).items()
    }
    own = series(case["series"], unit, decimals)
    measured = Measured(own, Period.parse(case["as_of"]), others)
    return follow_up(target, measured, case["plan_year"])


def said(found: FollowUp) -> dict[str, Any]:
    def text(quantity: Quantity | None) -> str | None:
        return quantity.text() if quantity is not None else None

    return {
        "status": found.status,
        "reason": found.reason,
        "final": found.final,
        "level": text(found.level),
        "path": text(found.path),
        "baseline": text(found.baseline.quantity) if found.baseline else None,
        "latest": text(found.latest.quantity) if found.latest else None,
    }


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in cases()])
def test_a_target_is_judged_as_the_case_says(case: dict[str, Any]) -> None:
    expected = {"reason": "", **case["expected"]}
    assert set(expected) <= EXPECTED
    found = said(judged(case))
    assert {key: found[key] for key in expected} == expected, case["note"]


def test_every_kind_of_target_has_at_least_three_cases() -> None:
    counted = Counter(case["slags"] for _, case in cases())
    assert {kind for kind in kinds() if counted[kind] < LEAST_PER_KIND} == set()


def test_a_wrong_number_in_a_case_is_found() -> None:
    name, case = next(cases())
    changed = {**case, "series": {**case["series"], "2018M12": 333}}
    assert said(judged(changed))["level"] != case["expected"]["level"], name
