"""Runs the cases of tests/cases/sentences: numbers in, the text a reader gets.

A case has a `note`, a `source`, `inputs` and the `expected` text; spaces before units are written as
plain ones. Each text is also read back and held against its numbers. The cases of `rudersdal_2021` are
one page: its texts know each other, and the last one is its summary.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.blocks.text import Facts, Page
from beskplan.core.numbers import NBSP
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit
from tests.unit.claims import disagreements
from tests.unit.sentence_samples import movement

FOLDER = Path(__file__).parents[1] / "cases" / "sentences"
TOTAL = "offentlig_forsoergelse"


def cases(name: str) -> list[Any]:
    read: list[Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def made(numbers: dict[str, Any], unit: str) -> Movement:
    values = numbers["before"], numbers["now"], numbers.get("share")
    return movement(area(numbers["area"]), *values, unit=unit)


def facts(inputs: dict[str, Any]) -> Facts:
    unit = inputs.get("unit", "fuldtidspersoner")
    return Facts(
        benefit(inputs["ydelse"]),
        Period.parse(str(inputs["before"])),
        Period.parse(str(inputs["now"])),
        made(inputs["own"], unit),
        tuple(made(one, unit) for one in inputs.get("references", [])),
        inputs.get("share_of", "arbejdsstyrken"),
        inputs.get("group", ""),
    )


*SECTIONS, SUMMARY = cases("rudersdal_2021")
PAGE = Page(tuple(facts(case["inputs"]) for case in SECTIONS), TOTAL)
ALONE = [Page((facts(case["inputs"]),), TOTAL) for case in cases("saerlige_tilfaelde")]
CASES = [
    *((case, PAGE, at) for at, case in enumerate(SECTIONS)),
    *((case, page, 0) for case, page in zip(cases("saerlige_tilfaelde"), ALONE, strict=True)),
]


@pytest.mark.parametrize(("case", "page", "at"), CASES, ids=[case["note"] for case, *_ in CASES])
def test_case(case: dict[str, Any], page: Page, at: int) -> None:
    (text,) = page.commentary(at).paragraphs
    assert text.replace(NBSP, " ") == case["expected"]
    told = page.facts[at]
    assert disagreements(text, told.own, told.references, told.before, told.now) == []


def test_the_summary_of_a_page_tells_its_news_in_five_sentences() -> None:
    assert PAGE.summary().replace(NBSP, " ") == SUMMARY["expected"]


def test_what_the_summary_says_once_is_said_of_the_exceptions_only() -> None:
    told = [case["note"] for case in SECTIONS if " ndelen" in case["expected"].replace("A", " ")]
    assert PAGE.usual == "lavere end"
    assert [facts.benefit.id for facts in PAGE.unusual] == ["sho", "ledighedsydelse"]
    assert "A-dagpenge" not in told
    assert "Ledighedsydelse" in told
