"""Allerød's table of target groups from the plan of 2019, read back from the built HTML and PDF."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from beskplan.observations import published
from beskplan.params.jobs import Job
from beskplan.proof.pdf_text import read_pdf

CORRECTED = {
    "Integrationsydelse": ("+259,2", "+159,3"),
    "Jobafklaringsforløb": ("+1.800", "+1.700"),
}
"""Printed as the new number in per cent of the old; the change that the levels give stands instead."""


@pytest.fixture(scope="module")
def folder(build_report: Callable[[Job], Path]) -> Path:
    return build_report(Job(2019, "alleroed", "overblik"))


def plain(text: str) -> str:
    """A cell without the per cent sign and the thousand dot, which the plan leaves out of its counts."""
    return " ".join(text.partition(" [note")[0].split()).removesuffix("%").strip()


def expected() -> dict[str, list[str]]:
    """The plan's rows: two levels, change, share; corrected where the plan contradicts itself."""
    rows: dict[str, list[str]] = {}
    for cell in published.cells("000_T1"):
        label, text = cell.row.rstrip("*"), cell.published_text
        if cell.column == "Udvikling i pct." and label in CORRECTED:
            printed, right = CORRECTED[label]
            assert text == printed
            text = right
        if text.isdigit() and len(text) > 3:
            text = f"{text[:-3]}.{text[-3:]}"
        rows.setdefault(label, []).append(text)
    return rows


def differences(found: list[list[str]]) -> list[str]:
    wanted = expected()
    if [row[0] for row in found] != list(wanted):
        return [f"other rows: {[row[0] for row in found]}"]
    return [
        f"{row[0]}: {mine} instead of {theirs}"
        for row in found
        for mine, theirs in zip(map(plain, row[1:]), wanted[row[0]], strict=True)
        if mine != theirs
    ]


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    return html.parse(folder / "overblik.html").getroot()


@pytest.fixture(scope="module")
def html_rows(page: html.HtmlElement) -> list[list[str]]:
    table = page.xpath("//main//table[not(ancestor::details)]")[0]
    return [[cell.text_content() for cell in row] for row in table.xpath("./tbody/tr")]


def test_every_cell_of_the_html_equals_what_was_published(html_rows: list[list[str]]) -> None:
    assert differences(html_rows) == []


def test_every_cell_of_the_pdf_equals_what_was_published(folder: Path) -> None:
    tables = read_pdf((folder / "overblik.pdf").read_bytes()).tables
    assert differences(tables[0][1:]) == []


def test_all_cells_of_the_plan_are_compared() -> None:
    assert sum(map(len, expected().values())) == len(published.cells("000_T1")) == 44


def test_a_changed_digit_is_found(html_rows: list[list[str]]) -> None:
    changed = [list(row) for row in html_rows]
    changed[0][1] = "223"
    assert differences(changed) == ["A-dagpenge: 223 instead of 222"]


@pytest.mark.parametrize("label", CORRECTED)
def test_a_change_that_the_plan_miscalculated_stands_right_with_a_note_of_both(
    page: html.HtmlElement, label: str
) -> None:
    printed, right = CORRECTED[label]
    text = " ".join(page.text_content().split())
    note = text[text.index(f"{label}: ændringen i pct.") :].partition("gamle.")[0]
    assert f"{printed} pct." in note
    assert f"{right} pct." in note


def test_no_doubt_is_told_where_every_change_could_be_settled(page: html.HtmlElement) -> None:
    assert "modsiger hinanden" not in page.text_content()


def test_the_change_of_the_total_is_that_of_the_totals(html_rows: list[list[str]]) -> None:
    before, now, change = (plain(cell).replace(".", "") for cell in html_rows[-1][1:4])
    counts = [[int(plain(cell).replace(".", "")) for cell in row[1:3]] for row in html_rows[:-1]]
    assert [sum(column) for column in zip(*counts, strict=True)] == [int(before), int(now)]
    assert change == f"{(int(now) / int(before) - 1) * 100:+.1f}".replace(".", ",")


def test_shares_that_do_not_fit_the_counts_are_named(page: html.HtmlElement) -> None:
    rows = {
        row[0].text_content(): row for row in page.xpath("//*[@id='tabel-rettelser']//tbody/tr")
    }
    label = next(name for name in rows if "pct. af arbejdsstyrken" in name)
    assert "Planen oplyser ikke, hvor stor arbejdsstyrken var" in rows[label].text_content()
    # 48 of about 12.800 is 0,4 per cent, not 0,6; 190 of them is 1,5.
    assert "ledighedsydelse" in label
    assert "a-dagpenge" not in label.casefold()


def test_the_new_laws_stand_as_notes(page: html.HtmlElement) -> None:
    text = page.text_content()
    assert "Jobafklaringsforløb blev indført den 1. juli 2014" in text
    assert "Integrationsydelse blev indført den 1. september 2015" in text
