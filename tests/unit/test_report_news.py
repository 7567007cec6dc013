"""What is new in the numbers since an approved edition: which edition, and what is said of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from beskplan.core.errors import DataError
from beskplan.core.files import COPIES, ROWS
from beskplan.indicators.quantities import Quantity
from beskplan.observations.contract import Key
from beskplan.registers.areas import find
from beskplan.registers.indicators import INDICATORS
from beskplan.report.data import news_since

JOB = "2027/laesoe/maalgrupper"
HIDDEN, GONE = "fortroligt", "ikke opgjort"
Number = float | str
"""A number, or the word for why there is none."""


def key(text: str) -> Key:
    """`fuldtidsmodtagere fleksjob 825 2025Q04`; everybody."""
    indicator, ydelse, area, period = text.split()
    return indicator, ydelse, "alle", area, period


def approved(reports: Path, day: str, rows: dict[str, Number]) -> None:
    """An approved edition that was made on a day of August 2026."""
    folder = reports / COPIES / JOB / f"{day}a"
    folder.mkdir(parents=True)
    lines = [
        [*key(name), None if value == GONE else "d", None if isinstance(value, str) else value, 0]
        for name, value in rows.items()
    ]
    (folder / ROWS).write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    made = {"made_at": f"2026-08-{day}T08:00:00+00:00", "data": {"text": f"Tal ({day})"}}
    (folder / "manifest.json").write_text(json.dumps(made), encoding="utf-8")


def quantity(name: str, value: Number) -> Quantity:
    spec = INDICATORS[key(name)[0]]
    if value == GONE:
        return Quantity(None, spec.decimals, spec.unit, "absent", ("read", *key(name)))
    if isinstance(value, str):
        return Quantity(None, spec.decimals, spec.unit, "withheld", ("read", *key(name)))
    return Quantity(Decimal(repr(value)), spec.decimals, spec.unit, "known", ("read", *key(name)))


FL, FL_NEXT = "fuldtidsmodtagere fleksjob 825 2025Q04", "fuldtidsmodtagere fleksjob 825 2026Q01"
LAND = "fuldtidsmodtagere fleksjob 000 2025Q04"
WORK, RES = "arbejdsstyrke alle 825 2024Y01", "fuldtidsmodtagere ressourceforloeb 825 2025Q04"
MONTH = "fuldtidspersoner fleksjob 825 2026M06"
BEFORE = "Der er sammenlignet med den godkendte udgave med tal (01)."
Rows = dict[str, Number]
CASES: list[tuple[str, list[Rows], Rows, list[str]]] = [
    ("never approved", [], {FL: 50.0}, []),
    ("the same numbers", [{FL: 50.0, RES: HIDDEN, WORK: GONE}], {FL: 50.0, RES: HIDDEN, WORK: GONE}, []),
    ("a number more and one fewer that are read", [{FL: 50.0, WORK: 900.0}], {FL: 50.0, LAND: 7.0}, []),
    (
        "one revised",
        [{FL: 50.0, LAND: 700.0}],
        {FL: 53.0, LAND: 700.0},
        [
            BEFORE,
            ("1 af tallene er ændret, fordi kilden har revideret det. Mest er antallet i fleksjob i Læsø "
            "Kommune i 4. kvartal 2025 ændret: fra 50 til 53."),
        ],
    ),
    (
        "the country's number alone has no example",
        [{FL: 50.0, LAND: 700.0}],
        {FL: 50.0, LAND: 701.0},
        [BEFORE, "1 af tallene er ændret, fordi kilden har revideret det."],
    ),
    (
        "of several the one that moved most, and the workforce is no benefit",
        [{FL: 50.0, RES: 20.0, WORK: 900.0}],
        {FL: 51.0, RES: 17.0, WORK: 800.0},
        [
            BEFORE,
            ("3 af tallene er ændret, fordi kilden har revideret dem. Mest er antallet "
            "i ressourceforløb i Læsø Kommune i 4. kvartal 2025 ændret: fra 20 til 17."),
        ],
    ),
    (
        "what is withheld now is not told",
        [{FL: 50.0}],
        {FL: HIDDEN},
        [BEFORE, "1 tal, som var oplyst, oplyses ikke længere."],
    ),
    (
        "what was withheld is there now",
        [{FL: HIDDEN}],
        {FL: 50.0},
        [BEFORE, "1 tal, som manglede, er kommet til."],
    ),
    (
        "a new period; the law on the way stands at its table",
        [{RES: 20.0, FL: 50.0}],
        {
            RES: 20.0,
            FL: 50.0,
            FL_NEXT: 60.0,
            "fuldtidsmodtagere ressourceforloeb 825 2026Q01": 11.0,
        },
        [
            BEFORE,
            "Nye perioder: antal fuldtidsmodtagere til og med 1. kvartal 2026 (før 4. kvartal 2025).",
        ],
    ),
    ("an older period than then", [{FL: 50.0, FL_NEXT: 60.0}], {FL: 50.0}, []),
    (
        "another count",
        [{FL: 50.0}],
        {MONTH: 48.0},
        [
            BEFORE,
            ("Tallene er opgjort på en anden måde (antal fuldtidspersoner, før antal fuldtidsmodtagere) og "
            "kan ikke sammenlignes."),
        ],
    ),
    (
        "the newest edition since which anything is new: not the one that lies in place",
        [{FL: 40.0}, {FL: 50.0}, {FL: 53.0}],
        {FL: 53.0},
        [
            BEFORE.replace("01", "02"),
            ("1 af tallene er ændret, fordi kilden har revideret det. Mest er antallet i fleksjob i Læsø "
            "Kommune i 4. kvartal 2025 ændret: fra 50 til 53."),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("editions", "now", "expected"), [pytest.param(*more, id=name) for name, *more in CASES]
)
def test_what_is_new_since_an_approved_edition(
    tmp_path: Path, editions: list[Rows], now: Rows, expected: list[str]
) -> None:
    for number, rows in enumerate(editions, 1):
        approved(tmp_path, f"{number:02d}", rows)
    read = {key(name): quantity(name, value) for name, value in now.items()}
    assert [*news_since(tmp_path, JOB, find("Læsø"), read)] == expected


DAMAGED = {
    "half a line of its rows": (ROWS, b'["fuldtidsmodtagere", "fleks'),
    "rows of another kind": (ROWS, b'{"a": 1}'),
    "bytes that are no text": (ROWS, b"\xff\xfe"),
    "a number that is none": (ROWS, json.dumps([*key(FL), "d", "x", 0]).encode()),
    "half a manifest": ("manifest.json", b'{"made_at": "2026'),
    "a manifest of something else": ("manifest.json", b"[]"),
}


@pytest.mark.parametrize(("name", "content"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_edition_is_refused_by_its_file(
    tmp_path: Path, name: str, content: bytes
) -> None:
    approved(tmp_path, "01", {FL: 50.0})
    now = {key(FL): quantity(FL, 53.0)}
    assert news_since(tmp_path, JOB, find("Læsø"), now), "the negative control"
    file = tmp_path / COPIES / JOB / "01a" / name
    file.write_bytes(content)
    with pytest.raises(DataError) as refused:
        news_since(tmp_path, JOB, find("Læsø"), now)
    [problem] = refused.value.problems
    assert problem.where == str(file)
    assert problem.found == "andet indhold, end der blev skrevet"
    assert "sikkerhedskopi" in problem.fix
