"""A text for every municipality, from real numbers, and each of them right against its row."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from beskplan.blocks.text import commentary
from beskplan.blocks.text.shares import share_relations
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Movement
from beskplan.registers.areas import find
from beskplan.registers.benefits import benefit
from tests.unit.claim_checks import disagreements
from tests.unit.sentence_samples import LANDET, movement

TABLE = "data/jobindsats/y60a02_kommuner.csv"
COUNT, SHARE = "Antal fuldtidspersoner", "Fuldtidspersoner i pct. af arbejdsstyrken"
NOW = Period.parse("2026M06")
BEFORE = NOW.year_before()


def movements(shared: Path) -> list[Movement]:
    """One per area of the table; an empty field is a number that the source keeps back."""
    with (shared / TABLE).open(encoding="utf-8") as file:
        rows = {(row["Område"], row["Periode"]): row for row in csv.DictReader(file)}
    names = dict.fromkeys(name for name, _ in rows)
    return [_movement(rows, name, BEFORE.code, NOW.code) for name in names]


@pytest.mark.shared
def test_every_municipality_gets_a_text_that_agrees_with_its_row(shared: Path) -> None:
    areas = movements(shared)
    (country,) = (one for one in areas if one.area == LANDET)
    kommuner = [one for one in areas if one is not country]
    assert len(kommuner) == 98
    texts = set()
    for own in kommuner:
        prose = commentary(
            benefit("kontanthjaelp_2025"), BEFORE, NOW, own, [country], share_of="arbejdsstyrken"
        )
        text = " ".join(prose.paragraphs)
        assert disagreements(text, own, [country], BEFORE, NOW) == []
        texts.add(text.replace(own.area.stedsform, ""))
    assert len(texts) == 98


@pytest.mark.shared
def test_a_trend_is_never_told_against_last_years_published_shares(shared: Path) -> None:
    # The tables of a Bilag do not print last year's shares; this source does, so the rule can be
    # tried: every month against the year before, every municipality against the country.
    with (shared / TABLE).open(encoding="utf-8") as file:
        rows = {(row["Område"], row["Periode"]): row for row in csv.DictReader(file)}
    told: dict[str, int] = {"right": 0, "no visible change": 0, "wrong": 0}
    for name, code in rows:
        before = Period.parse(code).year_before().code
        if name == "Hele landet" or (name, before) not in rows:
            continue
        own, country = (_movement(rows, one, before, code) for one in (name, "Hele landet"))
        if (told_now := _trend(own, country)) is None or not rows[name, before][SHARE]:
            continue
        then = _gap(rows[name, before][SHARE], rows["Hele landet", before][SHARE])
        moved = _gap(rows[name, code][SHARE], rows["Hele landet", code][SHARE]) - then
        right = moved < 0 if told_now == "closer" else moved > 0
        told["right" if right else "wrong" if moved else "no visible change"] += 1
    assert told["wrong"] == 0
    assert told["right"] > 1000
    assert told["no visible change"] < 0.05 * told["right"]


def _movement(
    rows: dict[tuple[str, str], dict[str, str]], name: str, before: str, now: str
) -> Movement:
    then, later = rows[name, before], rows[name, now]
    numbers = (then[COUNT] or "withheld", later[COUNT] or "withheld", later[SHARE] or "withheld")
    return movement(find(name), *numbers)


def _trend(own: Movement, country: Movement) -> str | None:
    relations = share_relations(own, [country], "arbejdsstyrken")
    return relations[0].trend if relations else None


def _gap(share: str, other: str) -> Decimal:
    return abs(Decimal(share) - Decimal(other))
