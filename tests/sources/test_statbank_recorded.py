"""StatBank's own recorded answers, read where they are kept beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from beskplan.registers.areas import find
from beskplan.sources.statbank.answers import read_answer
from beskplan.sources.statbank.queries import Query
from beskplan.sources.statbank.tableinfo import TableInfo, read_tableinfo

pytestmark = pytest.mark.shared


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "data/statbank"


@pytest.fixture
def straf42(folder: Path) -> TableInfo:
    body = (folder / "fixture_tableinfo_STRAF42_da.json").read_bytes()
    return read_tableinfo(body, "STRAF42")


def test_tableinfo_is_read(straf42: TableInfo) -> None:
    assert straf42.id == "STRAF42"
    assert straf42.updated == "2025-03-25T08:00:00"
    assert straf42.time.id == "Tid"
    assert straf42.variable("herkomst1", "here").value("I alt", "here").id == "00"


def test_jsonstat_is_read(straf42: TableInfo, folder: Path) -> None:
    body = (folder / "fixture_data_STRAF42_jsonstat.json").read_bytes()
    query = Query("STRAF42", (("HERKOMST1", ("00",)), ("Tid", ("2023",))), "JSONSTAT", "en")
    cube = read_answer(body, query, straf42, "STRAF42")
    assert dict(cube.cells) == {("00", "2023"): "233454"}


def test_csv_with_english_labels_is_read(straf42: TableInfo, folder: Path) -> None:
    said = json.loads((folder / "fixture_tableinfo_STRAF42_da.json").read_bytes())
    # The recorded tableinfo is Danish: the one English label that occurs is put in by hand.
    said["variables"][0]["values"][0]["text"] = "Total"
    english = read_tableinfo(json.dumps(said).encode(), "STRAF42")
    query = Query("STRAF42", (("HERKOMST1", ("00",)), ("Tid", ("2023",))), "CSV", "en", codes=False)
    body = (folder / "fixture_data_STRAF42.csv").read_bytes()
    assert dict(read_answer(body, query, english, "here").cells) == {("00", "2023"): "233454"}


def test_a_whole_recorded_table_is_read_by_its_english_labels(folder: Path) -> None:
    body = (folder / "FOLK1A_1kvartal_kommuner_en.csv").read_bytes()
    rows = [line.split(";") for line in body.decode("utf-8-sig").splitlines()[1:]]
    codes = {row[0]: find(row[0]).kode for row in rows}
    quarters = {row[4]: row[4].replace("Q", "K") for row in rows}
    total = [{"id": "TOT", "text": "Total"}]
    variables = [
        {"id": "OMRÅDE", "values": [{"id": one, "text": name} for name, one in codes.items()]},
        {"id": "KØN", "values": total},
        {"id": "ALDER", "values": [{"id": "IALT", "text": "Age, total"}]},
        {"id": "CIVILSTAND", "values": total},
        {
            "id": "Tid",
            "time": True,
            "values": [{"id": one, "text": name} for name, one in quarters.items()],
        },
    ]
    said = {"id": "FOLK1A", "updated": "2025-01-01", "variables": variables}
    info = read_tableinfo(json.dumps(said).encode(), "FOLK1A")
    values = tuple((one.id, tuple(v.id for v in one.values)) for one in info.variables)
    cube = read_answer(body, Query("FOLK1A", values, "CSV", "en", codes=False), info, "FOLK1A")
    assert len(cube.cells) == len(rows) == 105 * 5
    assert cube.cells["000", "TOT", "IALT", "TOT", "2022K1"] == "5873420"
    assert cube.cells["101", "TOT", "IALT", "TOT", "2008K1"] == "509861"
