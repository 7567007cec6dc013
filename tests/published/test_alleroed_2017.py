"""Allerød's lists of changes and shares from the plan of 2017, read back from the built HTML and PDF."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from beskplan.observations import published
from beskplan.params.jobs import Job
from beskplan.proof.pdf_text import read_pdf
from tests.conftest import cases

CASES = cases("alleroed_2017")

LABELS: dict[str, str] = CASES["labels"]
"""The plan's names where the register has others."""
COLUMNS = {"niveau i personer": 1, "ændring i personer": 2, "ændring i pct.": 3}
CONTRADICTED = {
    "Sygedagpenge": ("53 flere", "4 pct. færre"),
    "Ledighedsydelse": ("2 færre", "3 pct. flere"),
}
"""The plan printed a rise and a fall at once; nothing decides which is right."""


def label(row: str) -> str:
    name = LABELS.get(row, row)
    return name[0].upper() + name[1:]


def number(text: str) -> str:
    """`-14`, `31`, `2,0`: the number of a printed cell, without sign of increase."""
    text = text.partition(" [note")[0]
    hit = re.search(r"-?[\d.,]*\d", text)
    return hit.group() if hit else text


@pytest.fixture(scope="module")
def folder(build_report: Callable[[Job], Path]) -> Path:
    return build_report(Job(2017, "alleroed", "overblik"))


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    return html.parse(folder / "overblik.html").getroot()


@pytest.fixture(scope="module")
def tables(page: html.HtmlElement) -> list[dict[str, list[str]]]:
    """The numbers behind the two figures, as rows by head."""
    found = []
    for table in page.xpath("//main//table[ancestor::details]"):
        rows = [[cell.text_content().strip() for cell in row] for row in table.xpath("./tbody/tr")]
        found.append({row[0]: row for row in rows})
    return found


def wanted(table_id: str) -> list[tuple[str, int, float]]:
    return [
        (label(cell.row), COLUMNS.get(cell.column, 1), cell.value)
        for cell in published.cells(table_id)
    ]


def differences(table: dict[str, list[str]], table_id: str) -> list[str]:
    return [
        f"{row}: {table[row][column]} instead of {value:g}"
        for row, column, value in wanted(table_id)
        if float(number(table[row][column]).replace(",", ".")) != value
    ]


@pytest.mark.parametrize(("index", "table_id"), [(0, "001_L1"), (1, "001_L2")])
def test_every_cell_of_the_html_equals_what_was_published(
    tables: list[dict[str, list[str]]], index: int, table_id: str
) -> None:
    assert len(wanted(table_id)) == len(published.cells(table_id))
    assert differences(tables[index], table_id) == []


def test_every_cell_of_the_pdf_equals_what_was_published(folder: Path) -> None:
    found = read_pdf((folder / "overblik.pdf").read_bytes()).tables
    tables = [{row[0].strip(): row for row in table} for table in found]
    for table_id in ("001_L1", "001_L2"):
        names = {name for name, _, _ in wanted(table_id)}
        same = [table for table in tables if names <= set(table)]
        assert any(differences(table, table_id) == [] for table in same), table_id


def test_a_changed_digit_is_found(tables: list[dict[str, list[str]]]) -> None:
    changed = {**tables[0], "Fleksjob": ["Fleksjob", "ikke opgjort", "+28", "+20 %"]}
    assert differences(changed, "001_L1") == ["Fleksjob: +28 instead of 27"]


@pytest.mark.parametrize("benefit", CONTRADICTED)
def test_a_rise_and_a_fall_at_once_are_both_named_and_neither_is_told_as_the_change(
    page: html.HtmlElement, benefit: str
) -> None:
    change, pct = CONTRADICTED[benefit]
    rows = page.xpath("//*[@id='tabel-rettelser']//tbody/tr")
    told = {row[0].text_content(): " ".join(row[1].text_content().split()) for row in rows}
    assert told[f"{benefit}: ændringen"] == f"både {change} og {pct}"
    news = page.xpath("//h2[@id='det-vigtigste']/following-sibling::p")[0].text_content()
    moved, _, doubted = news.partition("Planens tal om ")
    assert benefit.casefold() not in moved
    assert benefit.casefold() in doubted.removesuffix(" modsiger hinanden og er ikke regnet med.")


def test_a_benefit_that_contradicts_itself_has_no_bar(page: html.HtmlElement) -> None:
    alternatives = "".join(page.xpath("//main//figure//@alt | //main//figure//@aria-label"))
    without = next(text for text in alternatives.split(". ") if "ingen søjle" in text).casefold()
    assert all(benefit.casefold() in without for benefit in CONTRADICTED)
    assert "fleksjob" not in without


def test_persons_have_no_total(page: html.HtmlElement) -> None:
    assert all(row[0].text_content() != "I alt" for row in page.xpath("//tbody/tr"))
    assert "ydelserne kan derfor ikke lægges sammen" in page.text_content()


def test_the_groups_stand_from_the_largest_to_the_smallest_and_the_collected_last(
    tables: list[dict[str, list[str]]],
) -> None:
    *groups, rest = tables[1].values()
    shares = [float(number(row[1]).replace(",", ".")) for row in groups]
    assert shares == sorted(shares, reverse=True)
    assert rest[0] == "Øvrige ydelser"
