"""With a key to Jobindsats: the whole Bilag for 2027; a table renamed and one gone, and the rest is there."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.periods import date_text
from beskplan.sources import jobindsats, statbank
from beskplan.sources.fetching import Clients, fetch_and_store
from beskplan.sources.http import Secret
from beskplan.sources.plan import plan_of
from tests.conftest import cases
from tests.e2e.running import run
from tests.e2e.test_open_data import empty_copy, printed
from tests.sources.server.serving import TOKEN, Sources, serving
from tests.sources.server.tables import consistent_tables

CASES = cases("with_a_token")

pytestmark = pytest.mark.thorough

TABLES = CASES["tables"]
"""Table and value of each section of the page."""
COUNTS = {
    "y25i01": "Antal ledige fuldtidspersoner",
    "y28a02": "Antal fuldtidspersoner med udbetalt efterløn",
}
PLACES = {"230": "Rudersdal", "000": "Hele landet", "084": "Region Hovedstaden"}


SUPPLEMENTS = {
    "langtidsledige": (
        ("y25i09", "A-dagpenge", "Antal langtidsledige fuldtidspersoner", ""),
        ("y25i09", "Kontanthjælp", "Antal langtidsledige fuldtidspersoner", ""),
    ),
    "ordinaere-timer": tuple(
        (table, value, "Antal personer med ordinære timer", "Andel personer med ordinære timer")
        for table, value in (
            ("y60j01", "I alt"),
            ("otij01", "Jobafklaringsforløb"),
            ("otij01", "Ressourceforløb"),
        )
    ),
}
"""The rows of the tables after the sections: table, value, measure of the levels and of the share."""
EXPECTED = "Forventet og faktisk antal fuldtidspersoner på offentlig forsørgelse: {} antal"
MONTHS = ("2025M06", "2026M06")
OLDER = "Tallene er ikke hentet samme dag:"
FIRST = datetime.fromisoformat("2026-08-20T12:00:00+02:00")


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
        one["id"].removeprefix("tabel-"): [
            (kode, [(text.replace("\u00a0", " "), *more) for text, *more in cells])
            for _, kode, cells in one["rows"]
        ]
        for one in tables
        if one["id"].startswith("tabel-")
    }
    page = (folder / "maalgrupper.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    return rows, " ".join(page.split())


def wrong(sources: Sources, rows: dict[str, list[Any]]) -> set[str]:
    """Sections that print another level than what the server gave."""
    found = set()
    for name in set(rows) - set(TABLES):
        printed_rows = [[text for text, *_ in cells] for _, cells in rows[name]]
        if printed_rows != expected_rows(sources, name):
            found.add(name)
    for name, of_areas in rows.items():
        if name not in TABLES:
            continue
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


def expected_rows(sources: Sources, name: str) -> list[list[str]]:
    """The cells of a table after the sections, from the numbers that the server gave."""

    def served(table: str, *cell: str) -> Decimal:
        return Decimal(str(sources.jobindsats[table].cell(*cell)))

    def pct(before: Decimal, now: Decimal) -> str:
        return f"{printed((now / before - 1) * 100)} %"

    if name == "benchmark":
        ends = [
            [
                served("y30r21", place, "2026QMAT02", "I alt", EXPECTED.format(word))
                for word in ("Forventet", "Faktisk")
            ]
            for place in PLACES.values()
        ]
        return [[printed(a), printed(b), printed(b - a), pct(a, b)] for a, b in ends]
    made = []
    for table, value, count, share in SUPPLEMENTS[name]:
        levels = [
            [served(table, place, month, value, count) for month in MONTHS]
            for place in PLACES.values()
        ]
        beside = [
            printed(served(table, place, MONTHS[1], value, share), 1) if share else pct(*ends)
            for place, ends in zip(PLACES.values(), levels, strict=True)
        ]
        made.append([*map(printed, levels[0]), *beside])
    return made


def test_the_whole_bilag_then_one_table_renamed_and_one_gone(
    sources: Sources, tmp_path: Path
) -> None:
    place = empty_copy(tmp_path / "kopi")
    clients = Clients(
        jobindsats.connect(Secret(TOKEN), address=sources.url),
        statbank.connect(address=f"{sources.url}/v1"),
    )
    fetched = fetch_and_store(plan_of(place), place, clients, clock=lambda: FIRST)[1]
    clients.close()
    assert fetched.problems == ()
    assert run(place, "new", "rudersdal", "2027").returncode == 0
    rows, page = built(place)
    assert list(rows) == [*TABLES, *SUPPLEMENTS, "benchmark"]
    assert wrong(sources, rows) == set()
    assert OLDER not in page
    served = sources.jobindsats
    other = {
        table: replace(served[table], cell=served["y07a02"].cell)
        for table in ("y25i09", "y60j01", "y30r21")
    }
    changed = Sources(jobindsats=served | other)
    assert wrong(changed, rows) == {*SUPPLEMENTS, "benchmark"}, "the negative control"
    for one in served.values():
        one.update_latest = "2026-09-14"
    served["y08a02"] = replace(
        served["y08a02"], cell=served["y09a02"].cell, update_latest="2026-10-14"
    )
    assert wrong(sources, rows) == {"fleksjob"}, "the negative control"

    served["y10a02"].title = "Tilbagetrækningsydelser"
    del served["y40a02"]
    code, said = fetch(place, sources)
    assert code == 3
    (line,) = [
        one for one in said.splitlines() if "er ikke opdateret: der er stadig tal hentet" in one
    ]
    assert {"y10a02", "y40a02"} <= {*line.split()}
    assert "'Tilbagetrækningsydelser'" in said
    rows, page = built(place)
    assert list(rows) == [*TABLES, *SUPPLEMENTS, "benchmark"]
    today = date_text(date.today())  # noqa: DTZ011 - the day on which the command ran
    assert (
        f"{OLDER} førtidspension (y10a02) og barselsdagpenge (y40a02) er hentet 20. august 2026 og kan "
        f"være ændret siden. De nyeste er hentet {today}." in page
    )
    assert wrong(Sources(jobindsats=consistent_tables() | served), rows) == set()

    place = empty_copy(tmp_path / "ny")
    code, said = fetch(place, sources)
    assert code == 3
    (line,) = [
        one for one in said.splitlines() if "er ikke opdateret: der er stadig ingen tal" in one
    ]
    assert {"y10a02", "y40a02"} <= {*line.split()}
    assert run(place, "new", "rudersdal", "2027").returncode == 0
    rows, page = built(place)
    lacking = ("foertidspension", "barselsdagpenge")
    assert list(rows) == [one for one in (*TABLES, *SUPPLEMENTS, "benchmark") if one not in lacking]
    assert OLDER not in page
    assert wrong(sources, rows) == set()
    assert "Der er ingen tal for førtidspension og barselsdagpenge i juni 2026." in page
