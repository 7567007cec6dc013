"""With a key to Jobindsats: the whole Bilag for 2027; a table renamed and one gone, and the rest is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.running import run
from tests.e2e.test_open_data import empty_copy, printed
from tests.sources.server.serving import TOKEN, Sources, serving
from tests.sources.server.tables import consistent_tables

pytestmark = pytest.mark.thorough

TABLES = {
    "a-dagpenge": ("y01a02", ""),
    "a-dagpenge-ledige": ("y25i01", "A-dagpenge"),
    "kontanthjaelp": ("y60a02", "Visitationskategori i alt"),
    "jobparate": ("y60a02", "Jobparat"),
    "aktivitetsparate": ("y60a02", "Aktivitetsparat"),
    "uddannelsesparate": ("y60a02", "Uddannelsesparat"),
    "aabenlyst-uddannelsesparate": ("y60a02", "Åbenlys uddannelsesparat"),
    "sygedagpenge": ("y07a02", ""),
    "jobafklaring": ("y12a02", ""),
    "ressourceforloeb": ("y11a02", ""),
    "revalidering": ("y04a02", ""),
    "fleksjob": ("y08a02", ""),
    "ledighedsydelse": ("y09a02", ""),
    "foertidspension": ("y10a02", ""),
    "efterloen": ("y28a02", ""),
    "barselsdagpenge": ("y40a02", ""),
    "offentlig-forsoergelse": ("ptv_a02", ""),
}
"""Table and value of each section of the page."""
COUNTS = {
    "y25i01": "Antal ledige fuldtidspersoner",
    "y28a02": "Antal fuldtidspersoner med udbetalt efterløn",
}
PLACES = {"230": "Rudersdal", "000": "Hele landet", "084": "Region Hovedstaden"}


MONTHS = ("2025M06", "2026M06")


@pytest.fixture
def sources() -> Iterator[Sources]:
    with serving(Sources(jobindsats=consistent_tables())) as running:
        yield running


def fetch(place: Path, sources: Sources) -> tuple[int, str]:
    address = {"BESKPLAN_JOBINDSATS_URL": sources.url, "BESKPLAN_STATBANK_URL": f"{sources.url}/v1"}
    done = run(place, "fetch", JOBINDSATS_TOKEN=TOKEN, **address)
    return done.returncode, done.stdout + done.stderr


def built(place: Path) -> tuple[dict[str, list[Any]], str]:
    """Area and cells of each row by section, and the page's text."""
    done = run(place, "build", "--bilag", "maalgrupper")
    assert done.returncode == 0, done.stdout + done.stderr
    folder = place / "reports" / "2027" / "rudersdal" / "maalgrupper"
    tables = json.loads((folder / "tal.json").read_text(encoding="utf-8"))["tables"]
    rows = {
        one["id"].removeprefix("tabel-"): [(kode, cells) for _, kode, cells in one["rows"]]
        for one in tables
        if one["id"].startswith("tabel-")
    }
    page = (folder / "maalgrupper.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    return rows, " ".join(page.split())


def wrong(sources: Sources, rows: dict[str, list[Any]]) -> set[str]:
    """Sections that print another level than what the server gave."""
    found = set()
    for name, of_areas in rows.items():
        table, value = TABLES[name]
        served, measure = sources.jobindsats[table], COUNTS.get(table, "Antal fuldtidspersoner")
        assert [kode for kode, _ in of_areas] == list(PLACES)
        for kode, cells in of_areas:
            given = [
                served.cell(PLACES[kode], month, value or "I alt", measure) for month in MONTHS
            ]
            if [text for text, *_ in cells[:2]] != [printed(Decimal(str(one))) for one in given]:
                found.add(name)
    return found


def test_the_whole_bilag_then_one_table_renamed_and_one_gone(
    sources: Sources, tmp_path: Path
) -> None:
    place = empty_copy(tmp_path / "kopi")
    code, said = fetch(place, sources)
    assert code == 0, said
    assert run(place, "new", "rudersdal", "2027").returncode == 0
    rows, _ = built(place)
    assert list(rows) == list(TABLES)
    assert wrong(sources, rows) == set()
    served = sources.jobindsats
    served["y08a02"] = replace(
        served["y08a02"], cell=served["y09a02"].cell, update_latest="2026-09-14"
    )
    assert wrong(sources, rows) == {"fleksjob"}, "the negative control"

    served["y10a02"].title = "Tilbagetrækningsydelser"
    del served["y40a02"]
    code, said = fetch(place, sources)
    assert code == 3
    for table in ("y10a02", "y40a02"):
        assert f"{table} er ikke opdateret: der er stadig tal hentet" in said
    assert "'Tilbagetrækningsydelser'" in said
    rows, _ = built(place)
    assert list(rows) == list(TABLES)
    assert wrong(Sources(jobindsats=consistent_tables() | served), rows) == set()

    place = empty_copy(tmp_path / "ny")
    code, said = fetch(place, sources)
    assert code == 3
    assert "y10a02 er ikke opdateret: der er stadig ingen tal" in said
    assert run(place, "new", "rudersdal", "2027").returncode == 0
    rows, page = built(place)
    assert list(rows) == [
        one for one in TABLES if one not in ("foertidspension", "barselsdagpenge")
    ]
    assert wrong(sources, rows) == set()
    assert "Data har ingen tal for førtidspension og barselsdagpenge i juni 2026." in page
