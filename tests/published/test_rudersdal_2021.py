"""Rudersdal's Bilag of 2021: all eleven tables read back cell by cell, and the plan's own commentary."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import html

from beskplan.core.danish import parse_number
from beskplan.core.periods import MONTHS, Period, month
from beskplan.indicators.quantities import Movement, Quantity, absolute_change
from beskplan.observations import published
from beskplan.proof.pdf_text import read_pdf
from beskplan.registers.areas import find
from tests.conftest import cases
from tests.unit.claims import disagreements, parse_claims

CASES = cases("rudersdal_2021")

TABLES = [f"004_T{number:02d}" for number in range(1, 12)]


def expected(table_id: str) -> list[list[str]]:
    """The plan's table as rows of text: area, a year ago, now, change, share; ours has its own first."""
    rows: dict[str, list[str]] = {}
    for cell in published.cells(table_id):
        rows.setdefault(cell.row, [cell.row]).append(cell.published_text)
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


@dataclass(frozen=True)
class Read:
    """One section as a reader sees it: its words, and its table as movements."""

    text: str
    own: Movement
    references: tuple[Movement, ...]
    before: Period
    now: Period

    @property
    def faults(self) -> list[str]:
        return disagreements(self.text, self.own, self.references, self.before, self.now)


def movement(row: html.HtmlElement) -> Movement:
    head, *cells = (cell.text_content().strip() for cell in row)
    before, now, change_pct, share = (parse_number(cell.replace("%", "").strip()) for cell in cells)
    was, level = (Quantity(number, 0, "fuldtidspersoner") for number in (before, now))
    return Movement(
        area=find(head),
        before=was,
        now=level,
        change=absolute_change(was, level),
        change_pct=Quantity(change_pct, 0, "pct."),
        share=Quantity(share, 1, "pct."),
    )


def period(head: html.HtmlElement) -> Period:
    name, year = re.match(r"(\w+) (\d{4})", head.text_content().strip()).groups()  # type: ignore[union-attr]
    return month(int(year), MONTHS.index(name.lower()) + 1)


def read(section: html.HtmlElement) -> Read:
    table = section.xpath(".//table")[0]
    own, *references = (movement(row) for row in table.xpath("./tbody/tr"))
    heads = table.xpath("./thead//th")
    words = section.xpath("./p[not(@class)][preceding-sibling::div[@class='tabel']]")
    texts = (paragraph.text_content() for paragraph in words)
    text = "\n".join(one for one in texts if not one.startswith("Planens forklaring"))
    return Read(text, own, tuple(references), period(heads[1]), period(heads[2]))


@pytest.fixture(scope="session")
def sections(built_report: Path) -> list[Read]:
    tree = html.parse(built_report / "maalgrupper.html")
    own = tree.xpath("//main//section[./div[@class='tabel'][not(@id='tabel-rettelser')]]")
    return [read(section) for section in own]


@pytest.mark.parametrize("index", range(11))
def test_every_claim_of_the_commentary_holds_in_its_table(sections: list[Read], index: int) -> None:
    section = sections[index]
    assert len(parse_claims(section.text)) >= 3, section.text
    assert section.faults == []


def test_there_are_eleven_sections_in_the_plans_order(sections: list[Read]) -> None:
    assert [section.own.now.text() for section in sections] == [
        "703", "264", "476", "158", "142", "81", "357", "112", "991", "3.313", "229"
    ]  # fmt: skip


def test_the_areas_that_the_plan_swapped_have_their_own_numbers(sections: list[Read]) -> None:
    text = sections[9].text.replace("\u00a0", " ")
    assert "RAR Hovedstaden (13 pct.)" in text
    assert "Østdanmark (11 pct.)" in text


@pytest.mark.parametrize(("index", "right", "wrong"), CASES["a_wrong_word_or_number_is_found"])
def test_a_wrong_word_or_number_is_found(
    sections: list[Read], index: int, right: str, wrong: str
) -> None:
    section = sections[index]
    assert right in section.text.replace("\u00a0", " ")
    text = section.text.replace("\u00a0", " ").replace(right, wrong)
    changed = Read(text, section.own, section.references, section.before, section.now)
    assert changed.faults != []
