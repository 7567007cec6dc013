"""Runs the cases of tests/cases/sentences: numbers in, the text a reader gets.

A case has a `note`, a `source`, `inputs` and what is `expected`: whole `paragraphs`, or what the text
`says` and what it `never` says. Spaces before units are written as plain ones. Every case's text is
also read back and held against its numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.blocks.text import commentary
from beskplan.core.numbers import NBSP
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit
from tests.unit.claim_checks import disagreements
from tests.unit.sentence_samples import movement

FOLDER = Path(__file__).parents[1] / "cases" / "sentences"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['note']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def test_there_are_cases() -> None:
    assert len(CASES) >= 30


def made(numbers: dict[str, Any], unit: str) -> Movement:
    values = numbers["before"], numbers["now"], numbers.get("share")
    return movement(area(numbers["area"]), *values, unit=unit)


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    inputs, expected = case["inputs"], case["expected"]
    unit = inputs.get("unit", "fuldtidspersoner")
    own = made(inputs["own"], unit)
    references = [made(one, unit) for one in inputs.get("references", [])]
    before, now = Period.parse(str(inputs["before"])), Period.parse(str(inputs["now"]))
    prose = commentary(
        benefit(inputs["ydelse"]),
        before,
        now,
        own,
        references,
        share_of=inputs.get("share_of", "arbejdsstyrken"),
        group=inputs.get("group", ""),
    )
    paragraphs = [paragraph.replace(NBSP, " ") for paragraph in prose.paragraphs]
    text = " ".join(paragraphs)
    if "paragraphs" in expected:
        assert paragraphs == [" ".join(wanted.split()) for wanted in expected["paragraphs"]]
    for said in expected.get("says", []):
        assert said in text
    for never in expected.get("never", []):
        assert never not in text
    assert disagreements(text, own, references, before, now) == []
    assert set(case) == {"note", "source", "inputs", "expected"}
    assert set(expected) <= {"paragraphs", "says", "never"}
