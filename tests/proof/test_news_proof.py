"""What a page tells as revised is what an approved edition read; every other text is refused."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from beskplan.params.jobs import Job
from beskplan.proof.arithmetic import Reading
from tests.proof.wording import news_faults

BEFORE = "Der er sammenlignet med den godkendte udgave med tal fra Danmarks Statistik (hentet 3. maj 2026)."
MOST = "Mest er antallet i fleksjob i Læsø Kommune i 4. kvartal 2025 ændret: fra {} til {}."
TWO = "2 af tallene er ændret, fordi kilden har revideret dem."


def read(**values: int | None) -> dict[Any, Reading]:
    rows = [
        Reading(
            ("fuldtidsmodtagere", name, "alle", "825", "2025Q04"),
            "d",
            None if value is None else Fraction(value),
            0,
        )
        for name, value in values.items()
    ]
    return {one.key: one for one in rows}


NOW = read(fleksjob=53, efterloen=1_020, sygedagpenge_mv=None, ledighedsydelse=7)
THEN = read(fleksjob=50, efterloen=1_012, sygedagpenge_mv=4, ledighedsydelse=7)
CASES: list[tuple[str, list[dict[Any, Reading]], tuple[str, ...], str]] = [
    ("right", [THEN], (BEFORE, f"{TWO} {MOST.format('1.012', '1.020')}"), ""),
    ("right without an example", [THEN], (BEFORE, TWO), ""),
    ("of the edition before the one in place", [NOW, THEN], (BEFORE, TWO), ""),
    ("nothing, of the one in place", [NOW], (), ""),
    ("nothing was approved", [], (), ""),
    ("another count", [THEN], (BEFORE, TWO.replace("2", "3")), "andre nye tal"),
    ("another number then", [THEN], (BEFORE, f"{TWO} {MOST.format('51', '53')}"), "andre nye tal"),
    ("another number now", [THEN], (BEFORE, f"{TWO} {MOST.format('50', '54')}"), "andre nye tal"),
    ("the numbers of two", [THEN], (BEFORE, f"{TWO} {MOST.format('50', '1.020')}"), "andre nye tal"),
    ("no edition has it", [NOW], (BEFORE, TWO), "andre nye tal"),
    ("silence", [THEN], (), "ændrede tal, som siden ikke nævner"),
    ("silence about numbers", [THEN], (BEFORE, "Nye perioder: arbejdsstyrken."), "ændrede tal"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("approved", "told", "wrong"), [pytest.param(*more, id=name) for name, *more in CASES]
)
def test_news_are_those_of_an_approved_edition(
    approved: list[dict[Any, Reading]], told: tuple[str, ...], wrong: str
) -> None:
    evidence: Any = SimpleNamespace(
        job=Job(2027, "laesoe", "maalgrupper"),
        of_kind=lambda _: [{"news": told}],
        readings=NOW,
        problem=lambda _part, what, *_more: what,
    )
    found = [str(one) for one in news_faults(evidence, approved)]
    assert [one.startswith(wrong) for one in found] == ([True] if wrong else [])
    # An edition has no news under its sources: its silence is right, and nothing else is.
    evidence.job = Job(2027, "laesoe", "status", "2026K3")
    found = [] if not told or wrong == "ændrede tal" else found
    assert [str(one) for one in news_faults(evidence, approved)] == found
