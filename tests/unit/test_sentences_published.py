"""The texts of Rudersdal's Bilag of 2021, made from the figures that the package ships."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from beskplan.blocks.text import commentary
from beskplan.core.periods import MONTHS, Period, month
from beskplan.indicators.change import absolute_change, pct_change
from beskplan.indicators.quantities import Movement, Quantity
from beskplan.observations import published
from beskplan.registers.areas import find
from beskplan.registers.benefits import benefit
from tests.unit.claim_checks import disagreements
from tests.unit.claims import parse_claims

YDELSER = (
    "a_dagpenge", "kontanthjaelp", "sygedagpenge", "uddannelseshjaelp", "sho", "ressourceforloeb",
    "fleksjob", "ledighedsydelse", "foertidspension", "offentlig_forsoergelse",
    "kontanthjaelpsomraadet",
)  # fmt: skip
"""Benefits of the eleven tables, in the plan's order."""


def period(head: str) -> Period:
    name, year = head.split()
    return month(int(year), MONTHS.index(name.lower()) + 1)


def table(number: int) -> tuple[dict[str, Movement], Period, Period]:
    """The areas of a published table, with the per cent and the share as the plan prints them."""
    rows: dict[str, list[published.PublishedCell]] = {}
    for cell in published.cells(f"004_T{number:02d}"):
        rows.setdefault(cell.row, []).append(cell)
    movements = {}
    for name, (before, now, pct, share) in rows.items():
        was, level = (Quantity(Decimal(int(c.value)), 0, "fuldtidspersoner") for c in (before, now))
        change = pct_change(was, level)
        assert change.printed == Decimal(str(pct.value)).to_integral_value()
        place = find(name, kind="kommune" if name == "Rudersdal" else None)
        movements[name] = Movement(
            place,
            was,
            level,
            absolute_change(was, level),
            change,
            Quantity(Decimal(share.text.replace(",", ".")), 1, "pct."),
        )
    return movements, period(before.period), period(now.period)


def text(number: int) -> str:
    movements, before, now = table(number)
    own = movements.pop("Rudersdal")
    foreign = YDELSER[number - 1] == "kontanthjaelpsomraadet"
    prose = commentary(
        benefit(YDELSER[number - 1]),
        before,
        now,
        own,
        list(movements.values()),
        share_of="de udenlandske statsborgere" if foreign else "arbejdsstyrken",
        group="udenlandske statsborgere" if foreign else "",
    )
    return " ".join(prose.paragraphs)


@pytest.mark.parametrize("number", range(1, 12))
def test_every_claim_agrees_with_the_published_table(number: int) -> None:
    movements, before, now = table(number)
    own = movements.pop("Rudersdal")
    references = list(movements.values())
    assert disagreements(text(number), own, references, before, now) == []


@pytest.mark.parametrize("number", range(1, 12))
def test_level_change_and_share_are_told_and_both_areas_compared_in_both(number: int) -> None:
    claims = parse_claims(text(number))
    own = {claim.kind for claim in claims if not claim.area}
    assert {"now", "change", "pct", "share"} <= own
    for kind in ("pct", "share_beside"):
        named = {claim.area for claim in claims if claim.kind == kind and claim.area}
        assert named == {"RAR Hovedstaden", "Østdanmark"}


def test_the_total_gives_13_pct_to_rar_hovedstaden_and_11_pct_to_oestdanmark() -> None:
    # The plan's own text has the two the other way round.
    changes = {c.area: c.value for c in parse_claims(text(10)) if c.kind == "pct"}
    assert changes == {"RAR Hovedstaden": 13, "Østdanmark": 11, "": 8}


def test_sections_that_follow_each_other_do_not_open_alike() -> None:
    openings = [" ".join(text(number).split()[:5]) for number in range(1, 12)]
    assert all(one != other for one, other in pairwise(openings))
    structures = [tuple(c.kind for c in parse_claims(text(number))) for number in range(1, 12)]
    assert len(set(structures)) >= 9
