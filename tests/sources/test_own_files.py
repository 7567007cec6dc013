"""A municipality's own files: a draft of their mapping, a person's answers, and what is then read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.core.errors import BeskplanError, DataError
from beskplan.registers.reading import parse
from beskplan.sources.cells import period_of
from beskplan.sources.drafting import CHOOSE, draft_mapping
from beskplan.sources.imports import read_export, read_file
from beskplan.sources.mapping import Mapping

FOLDER = Path(__file__).parent / "cases"
CASES: list[dict[str, Any]] = yaml.safe_load(
    (FOLDER / "own_files.yaml").read_text(encoding="utf-8")
)
ON = date(2026, 8, 1)


def answered(draft: str, answers: list[str]) -> str:
    """The draft with an answer for each `VALG` below its two lines of explanation."""
    lines = draft.splitlines(keepends=True)
    head, text = "".join(lines[:2]), "".join(lines[2:])
    assert text.count(CHOOSE) == len(answers)
    parts = text.split(CHOOSE)
    return head + parts[0] + "".join(f"{a}{b}" for a, b in zip(answers, parts[1:], strict=True))


def drafted(case: dict[str, Any]) -> str:
    return draft_mapping(case["text"].encode(), name="fil.csv", id="fil", source="own:egen")


def read(case: dict[str, Any]) -> dict[str, Any]:
    mapping = parse(answered(drafted(case), case["answers"]), "fil.yaml", Mapping)
    frame = read_export(case["text"].encode(), mapping, name="fil.csv", retrieved_at=ON).frame
    keys = frame["area"] + " " + frame["period"] + " " + frame["indicator"]
    values = frame["value"].astype(object).where(frame["state"] == "known", frame["state"])
    return dict(zip(keys, values, strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_file_is_drafted_and_read_or_refused(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(BeskplanError, match=case["refused"]):
            read(case)
        return
    for line in case["draft"]:
        assert line in drafted(case)
    assert read(case) == case["values"]


@pytest.mark.parametrize(
    ("written", "year", "type_", "code"),
    [
        ("jan-26", None, None, "2026M01"),
        ("Jan. 2026", None, None, "2026M01"),
        ("sept 2025", None, None, "2025M09"),
        ("jan", 2026, None, "2026M01"),
        ("2026-01", None, None, "2026M01"),
        ("01-2026", None, None, "2026M01"),
        ("1. kvt. 2026", None, None, "2026Q01"),
        ("2. kvartal", 2026, None, "2026Q02"),
        ("K3 2026", None, None, "2026Q03"),
        ("2026 K4", None, None, "2026Q04"),
        (date(2026, 1, 31), None, None, "2026M01"),
        ("2026-02-28", None, None, "2026M02"),
        ("30.06.2026", None, "kvartal", "2026Q02"),
        (date(2026, 10, 1), None, "kvartal", "2026Q04"),
        (date(2025, 12, 31), None, "aar", "2025Y01"),
        (2025.0, None, None, "2025Y01"),
    ],
)
def test_a_period_is_read_as_files_write_it(
    written: Any, year: int | None, type_: Any, code: str
) -> None:
    assert period_of(written, year, type_).code == code


@pytest.mark.parametrize(
    ("written", "type_"),
    [
        ("jan", None), ("13-2026", None), ("31-02-2026", None), ("15-01-2026", None), ("ma 2026", None),
        ("28-02-2026", "kvartal"), ("30-06-2026", "aar"), ("5. kvartal 2026", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(written: str, type_: Any) -> None:
    with pytest.raises(BeskplanError):
        period_of(written, None, type_)


def test_an_import_tells_what_it_understood_and_shows_no_small_count(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "liste.yaml").write_text(
        "id: liste\ntitel: Liste\nkilde: own:egen\ntabel: liste\nomraade: {kolonne: Kommune}\n"
        "periode: {kolonne: Måned}\nudelad: {Kommune: [I alt]}\nignorer: [Noter]\n"
        "tal:\n  - {kolonne: Antal, indikator: personer}\n",
        encoding="utf-8",
    )
    file = tmp_path / "liste.csv"
    file.write_text(
        "Kommune;Måned;Antal;Noter\nRudersdal;jan-26;120;\nFuresø;jan-26;3;\nI alt;jan-26;123;\n",
        encoding="utf-8",
    )
    _, lines = read_file(file, "liste", tmp_path, retrieved_at=ON)
    assert [line.strip() for line in lines] == [
        "liste.csv, række 1:",
        "Antal personer (personer): 2 tal, januar 2026, Rudersdal, Furesø",
        "linje 2, Antal: Rudersdal, januar 2026: 120",
        "linje 3, Antal: Furesø, januar 2026: fortroligt",
        "rækker, der er udeladt: »I alt« (1)",
        "kolonner, der ikke er læst: Noter",
    ]


def test_a_misspelt_column_to_leave_out_by_is_refused(tmp_path: Path) -> None:
    text = (
        "id: x\ntitel: x\nkilde: own:x\ntabel: x\nomraade: {fast: Furesø}\nperiode: {kolonne: P}\n"
        "udelad: {Komune: [I alt]}\ntal: [{kolonne: A, indikator: personer}]\n"
    )
    mapping = parse(text, "x.yaml", Mapping)
    with pytest.raises(DataError, match="Komune"):
        read_export(
            b"Kommune;P;A\nFures\xc3\xb8;2026M01;7\n", mapping, name="x.csv", retrieved_at=ON
        )
