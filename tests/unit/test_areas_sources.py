"""The register against the documents and data beside the checkout: every area there is known."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from beskplan.registers.areas import area, find, kommuner


@pytest.mark.shared
def test_codes_names_and_divisions_agree_with_the_checked_list(shared: Path) -> None:
    with (shared / "data/kommuner/kommuner.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    ours = [
        {
            "kode": one.kode,
            "navn": one.navn,
            "regionskode": one.region,
            "region": area(one.region).navn,
            "landsdel": area(one.landsdel).navn.removeprefix("Landsdel "),
            "rar": area(one.rar).navn,
            "oest_vest": area(one.oestvest).navn,
        }
        for one in sorted(kommuner(), key=lambda one: one.kode)
    ]
    assert ours == sorted(listed, key=lambda row: row["kode"])


def _names(path: Path, column: str, delimiter: str = ",") -> set[str]:
    with path.open(encoding="utf-8-sig") as file:
        return {row[column] for row in csv.DictReader(file, delimiter=delimiter)}


@pytest.mark.shared
def test_every_area_of_the_published_tables_is_known(shared: Path) -> None:
    published = shared / "published"
    tables = [
        *published.glob("tables/004_T*.csv"),
        *(published / f"tables/002_T{number}.csv" for number in (2, 3)),
    ]
    names = {name for path in tables for name in _names(path, "row")}
    names |= _names(published / "targets.csv", "municipality")
    assert len(tables) == 13
    assert {"Rudersdal", "Østdanmark", "Tårnby-Drager", "Tårnby (og Dragør)"} <= names
    assert {name for name in names if find(name).kind == "rest"} == set()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "column", "delimiter", "count"),
    [
        ("jobindsats/y25i01_kommuner.csv", "Område", ",", 99),
        ("jobindsats/y01a02_hele_landet_regioner.csv", "Område", ",", 6),
        ("statbank/FOLK1A_1kvartal_kommuner_en.csv", "OMRÅDE", ";", 105),
        ("statbank/AUP02_aarlig_ledighedspct_kommuner.csv", "municipality", ",", 98),
    ],
)
def test_every_area_of_the_real_data_is_known_and_another(
    shared: Path, file: str, column: str, delimiter: str, count: int
) -> None:
    names = _names(shared / "data" / file, column, delimiter)
    assert len({find(name).kode for name in names}) == len(names) == count
