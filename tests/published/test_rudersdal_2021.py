"""All eleven tables of Rudersdal's Bilag, read back from the built HTML and PDF, cell by cell."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from lxml import html

from beskplan.observations import published
from beskplan.proof.pdf_text import read_pdf

TABLES = [f"004_T{number:02d}" for number in range(1, 12)]


def expected(table_id: str) -> list[list[str]]:
    """The plan's table as rows of text: area, a year ago, now, change, share; ours has its own first."""
    rows: dict[str, list[str]] = {}
    for cell in published.cells(table_id):
        rows.setdefault(cell.row, [cell.row]).append(cell.text)
    return sorted(rows.values(), key=lambda row: row[0] != "Rudersdal")


def plain(text: str) -> str:
    """Text without the space before the per cent sign, which the plan leaves out."""
    return " ".join(text.split()).replace(" %", "%")


def differences(found: list[list[str]], table_id: str) -> list[str]:
    wanted = expected(table_id)
    if [len(row) for row in found] != [len(row) for row in wanted]:
        return [f"{table_id}: other shape {found}"]
    return [
        f"{table_id} {row[0]}: {mine} instead of {theirs}"
        for mine_row, row in zip(found, wanted, strict=True)
        for mine, theirs in zip(mine_row, row, strict=True)
        if plain(mine) != theirs
    ]


@pytest.fixture(scope="session")
def html_tables(built_report: Path) -> list[list[list[str]]]:
    tree = html.parse(built_report / "maalgrupper.html")
    tables = tree.xpath("//main//table[not(ancestor::details)]")
    return [
        [[cell.text_content() for cell in row] for row in table.xpath("./tbody/tr")]
        for table in tables
    ]


@pytest.fixture(scope="session")
def pdf_rows(built_report: Path) -> list[list[list[str]]]:
    tables = read_pdf((built_report / "maalgrupper.pdf").read_bytes()).tables
    # Behind the page's own tables come those with the numbers of the figures.
    return [table[1:] for table in tables[: len(TABLES)]]


@pytest.mark.parametrize("index", range(11))
def test_every_cell_of_the_html_equals_what_was_published(
    html_tables: list[list[list[str]]], index: int
) -> None:
    assert differences(html_tables[index], TABLES[index]) == []


@pytest.mark.parametrize("index", range(11))
def test_every_cell_of_the_pdf_equals_what_was_published(
    pdf_rows: list[list[list[str]]], index: int
) -> None:
    assert differences(pdf_rows[index], TABLES[index]) == []


def test_the_page_has_the_eleven_tables_and_no_other(html_tables: list[list[list[str]]]) -> None:
    # The last one lists the corrections.
    assert len(html_tables) == len(TABLES) + 1
    assert sum(len(row) - 1 for table in html_tables[:-1] for row in table) == 11 * 3 * 4


@pytest.mark.parametrize("index", range(11))
def test_every_csv_holds_the_published_values(built_report: Path, index: int) -> None:
    path = sorted((built_report / "tabeller").glob("*.csv"))[index]
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
    numbers = {row[0]: row[1:] for row in rows}
    for cell in published.cells(TABLES[index]):
        values = {value.replace(".", "").replace(",", ".") for value in numbers[cell.row]}
        assert f"{cell.value:g}" in {
            f"{float(value):g}"
            for value in values
            if value.lstrip("-").replace(".", "", 1).isdigit()
        }


def test_a_changed_digit_is_found(html_tables: list[list[list[str]]]) -> None:
    table = [list(row) for row in html_tables[0]]
    table[0][2] = table[0][2].replace("3", "8")
    assert differences(table, TABLES[0]) == ["004_T01 Rudersdal: 708 instead of 703"]


def test_two_swapped_rows_are_found(html_tables: list[list[list[str]]]) -> None:
    table = html_tables[0]
    assert len(differences([table[1], table[0], table[2]], TABLES[0])) > 4
