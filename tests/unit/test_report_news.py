"""What is new in the numbers since an approved edition: which edition, and what is said of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.errors import DataError
from beskplan.core.files import COPIES, ROWS
from beskplan.indicators.quantities import Quantity
from beskplan.observations.contract import Key
from beskplan.registers.areas import find
from beskplan.registers.indicators import INDICATORS
from beskplan.report.data import news_since
from tests.conftest import cases

CASES = cases("report_news")

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


FL = "fuldtidsmodtagere fleksjob 825 2025Q04"


@pytest.mark.parametrize("case", CASES["what_is_new"], ids=lambda case: case["note"])
def test_what_is_new_since_an_approved_edition(tmp_path: Path, case: dict[str, Any]) -> None:
    for number, rows in enumerate(case["editions"], 1):
        approved(tmp_path, f"{number:02d}", rows)
    read = {key(name): quantity(name, value) for name, value in case["now"].items()}
    assert [*news_since(tmp_path, JOB, find("Læsø"), read)] == case["told"]


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
