"""The workbook says what the page says, as numbers, and is laid out for everyone."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from beskplan.blocks.csv import NO_NOTE, printed_number
from beskplan.blocks.model import Accent, Cell, Column, Figure, Row, Table
from beskplan.core.errors import RenderError
from beskplan.render.page import Numbered, Page, read_page
from beskplan.render.workbook import (
    MAX_SHEET_NAME,
    render_workbook,
    sheet_name,
    unlike_names,
)
from tests.conftest import cases
from tests.render import sample_notebook as samples

CASES = cases("workbook")

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "https://x.dk", "mailto:a@x.dk", "\t=1", "007"]


@pytest.fixture
def page(sample_notebook: NotebookNode) -> Page:
    return read_page(sample_notebook)


@pytest.fixture
def book(page: Page) -> Any:
    return opened(page)


def opened(page: Page) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render_workbook(page)))


def only_table(page: Page, table: Table) -> Page:
    return replace(page, items=(Numbered(1, table),), sections=())


def body(sheet: Any) -> list[list[Any]]:
    """The cells of the sheet's Excel table, header row first."""
    (table,) = sheet.tables.values()
    return list(sheet[table.ref])


def test_every_table_has_a_sheet_that_is_named_after_it(book: Any) -> None:
    assert book.sheetnames == [
        "Forside",
        "Tabel 1",
        "Tabel 2",
        "Tabel 3",
        "Figur 1",
        "Figur 2",
        "Alle tal",
        "Kilder og forbehold",
    ]


def test_the_numbers_are_the_page_s_and_the_words_too(page: Page, book: Any) -> None:
    for entry, name in zip(page.tables(), book.sheetnames[1:], strict=False):
        table = entry.block
        assert isinstance(table, Table)
        rows = body(book[name])[1:]
        assert [row[0].value for row in rows] == [row.label for row in table.rows]
        for shown, row in zip(rows, table.rows, strict=True):
            for found, cell in zip(shown[1:], row.cells, strict=False):
                number = printed_number(cell)
                if number is None:
                    assert found.value == cell.text
                else:
                    assert found.value == float(number)


def test_every_number_stands_once_in_the_sheet_of_all_numbers(page: Page, book: Any) -> None:
    rows = body(book["Alle tal"])[1:]
    tables = [entry.block for entry in page.tables() if isinstance(entry.block, Table)]
    tables += [entry.block.data for entry in page.figures() if isinstance(entry.block, Figure)]
    numbers = [
        float(number)
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns[1:], row.cells, strict=True)
        if column.kind == "number" and (number := printed_number(cell)) is not None
    ]
    assert [row[5].value for row in rows] == numbers
    assert {row[0].value for row in rows} <= set(book.sheetnames)


def test_corrections_have_a_sheet_of_their_own(page: Page) -> None:
    table = samples.sample_table().model_copy(update={"id": "rettelser"})
    assert "Rettelser" in opened(only_table(page, table)).sheetnames


@pytest.mark.parametrize(
    ("text", "value", "code", "number"), CASES["a_number_is_a_number_and_is_shown"]
)
def test_a_number_is_a_number_and_is_shown_as_it_is_printed(
    page: Page, text: str, value: float, code: str, number: float
) -> None:
    table = samples.sample_table()
    rows = (Row(label="X", cells=(Cell(text=text, value=value),) * 4),)
    cell = body(opened(only_table(page, table.model_copy(update={"rows": rows}))).worksheets[1])[1][
        1
    ]
    assert (cell.value, cell.number_format, cell.data_type) == (pytest.approx(number), code, "n")


def test_a_withheld_cell_keeps_its_word_and_a_number_s_note_stands_beside_it(page: Page) -> None:
    rows = body(opened(only_table(page, samples.sample_table_with_gaps())).worksheets[1])
    assert rows[0][-1].value == "Noter"
    notes = [row[-1].value for row in rows[1:]]
    assert notes[0] == notes[2] == NO_NOTE
    assert notes[1].startswith("[note 1] ")
    assert rows[2][1].value == 240
    assert rows[3][1].value == "fortroligt [note 3]"


def test_every_sheet_follows_the_rules_for_accessible_spreadsheets(book: Any) -> None:
    names = set()
    for sheet in book.worksheets:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        names.add(table.name)
        cells = body(sheet)
        assert all(isinstance(cell.value, str) for cell in cells[0])
        assert all(cell.value not in (None, "") for row in cells for cell in row)
        # From A1 down to the last row of the table nothing is empty, and nothing stands below.
        assert all(sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1))
        assert (sheet.max_row, sheet.max_column) == (cells[-1][-1].row, cells[-1][-1].column)
        assert sheet.freeze_panes
    assert len(names) == len(book.worksheets)


def test_source_period_and_notes_stand_above_the_table(page: Page) -> None:
    sheet = opened(only_table(page, samples.sample_table_with_gaps())).worksheets[1]
    lines = [sheet.cell(row, 1).value for row in range(1, 7)]
    assert lines[0] == "Tabel 1. Fuldtidspersoner på ledighedsydelse"
    assert "juni 2019 og juni 2020" in lines[1]
    assert lines[2].startswith("Kilder: Jobindsats.dk")
    assert [line[:8] for line in lines[3:]] == ["[note 1]", "[note 2]", "[note 3]"]


def test_the_front_leads_to_every_sheet(book: Any) -> None:
    rows = body(book["Forside"])[1:]
    assert [row[0].value for row in rows] == book.sheetnames[1:]
    assert [row[0].hyperlink.location for row in rows] == [
        f"'{name}'!A1" for name in book.sheetnames[1:]
    ]


def test_the_book_knows_its_title_sender_day_and_language(page: Page) -> None:
    data = render_workbook(page)
    properties = openpyxl.load_workbook(io.BytesIO(data)).properties
    assert properties.title == page.document_title
    assert properties.creator == "Rudersdal Kommune"
    assert properties.language == "da-DK"
    assert (properties.created.year, properties.created.month, properties.created.day) == (
        *(2020, 11, 18),
    )


def test_a_figure_whose_numbers_are_in_a_table_has_no_sheet_of_its_own(page: Page) -> None:
    table = samples.sample_table()
    figure = samples.sample_figure().model_copy(update={"data": table})
    assert isinstance(figure, Figure)
    both = replace(page, items=(Numbered(1, table), Numbered(1, figure)), sections=())
    assert opened(both).sheetnames == ["Forside", "Tabel 1", "Alle tal"]


def test_made_up_numbers_say_so_on_every_sheet() -> None:
    book = opened(read_page(samples.sample_notebook(demo=True)))
    for sheet in book.worksheets[:-2]:
        lines = [sheet.cell(row, 1).value for row in (2, 3)]
        assert any(line.startswith("Demodata") for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_never_run_counted_or_followed(page: Page, text: str) -> None:
    table = samples.sample_table()
    columns = tuple(c.model_copy(update={"label": f"{text}{c.id}"}) for c in table.columns)
    row = Row(label=text, cells=(Cell(text=text),) * 4)
    odd = table.model_copy(
        update={"title": text, "rows": (row,), "columns": columns, "notes": (text,), "unit": text}
    )
    data = render_workbook(only_table(page, odd))
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        inside = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    assert not any(b"<f>" in part or b"<f " in part for part in inside)
    assert [c.value for c in body(book.worksheets[1])[1]] == [text.strip()] * 5


def test_a_rebuild_gives_the_same_bytes(page: Page) -> None:
    assert render_workbook(page) == render_workbook(read_page(samples.sample_notebook()))


def test_another_number_gives_other_bytes(page: Page) -> None:
    assert render_workbook(only_table(page, samples.sample_table())) != render_workbook(page)


def test_a_text_too_long_for_a_cell_is_refused(page: Page) -> None:
    table = samples.sample_table().model_copy(update={"notes": ("x" * 40_000,)})
    with pytest.raises(RenderError, match="for lang til en celle"):
        render_workbook(only_table(page, table))


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_titles_give_names_that_excel_takes(titles: list[str]) -> None:
    names = [sheet_name("Tabel", number, title) for number, title in enumerate(titles, 1)]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= MAX_SHEET_NAME
        assert not set(name) & set("[]:*?/\\")
        assert name == name.strip("'")
        assert name.casefold() != "history"


@given(st.lists(st.text(alphabet="aA(2) ", max_size=6), max_size=8))
def test_heads_differ_by_more_than_letter_case(names: list[str]) -> None:
    found = unlike_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    assert all(new.startswith(old) for new, old in zip(found, names, strict=True))


PERIODS, GROUPS = (
    (Column(id="raekke", label=label, kind="text"), Column(id="antal", label="Furesø"))
    for label in ("Periode", "Gruppe")
)
MIXED = (*GROUPS, Column(id="pct", label="Andel", unit="pct."))


def drawn(columns: tuple[Column, ...], texts: tuple[str, ...]) -> Page:
    """A page with one figure and its own numbers, a row a text; a word is a number kept back."""
    numbers = [Cell(text=text, value=float(text) if text.isdigit() else None) for text in texts]
    rows = tuple(
        Row(label=f"Række {at}", cells=(one,) * (len(columns) - 1))
        for at, one in enumerate(numbers, start=1)
    )
    data = samples.sample_table().model_copy(
        update={"id": "besoeg", "columns": columns, "rows": rows, "unit": "besøg", "notes": ()}
    )
    figure = samples.sample_figure().model_copy(update={"data": data})
    page = read_page(samples.sample_notebook())
    return replace(page, items=(Numbered(1, figure),), sections=())


@pytest.mark.parametrize(
    ("columns", "texts", "kind"),
    [
        (PERIODS, ("14", "12", "18"), "LineChart"),
        (GROUPS, ("14", "12", "18"), "BarChart"),
        (GROUPS, ("14", "fortroligt", "18"), ""),
        (GROUPS, ("14",), ""),
        (MIXED, ("14", "12", "18"), ""),
    ],
)
def test_a_figure_of_whole_numbers_of_one_unit_has_a_chart_that_follows_the_cells(
    columns: tuple[Column, ...], texts: tuple[str, ...], kind: str
) -> None:
    page = drawn(columns, texts)
    (sheet,) = (one for one in opened(page) if one.title.startswith("Figur"))
    assert [type(one).__name__ for one in sheet._charts] == ([kind] if kind else [])
    for chart in sheet._charts:
        (series,) = chart.series
        cells = sheet[series.val.numRef.f.rpartition("!")[2]]
        assert [str(cell.value) for (cell,) in cells] == list(texts)
        with zipfile.ZipFile(io.BytesIO(render_workbook(page))) as book:
            assert b"descr=" in book.read("xl/drawings/drawing1.xml")


@pytest.mark.parametrize(("colour", "is_used"), [("#1F3A5F", True), ("#004B87", False)])
def test_a_chart_has_the_publishers_colour_where_it_can_be_told_apart(
    colour: str, *, is_used: bool
) -> None:
    page = drawn(GROUPS, ("14", "12", "18"))
    accent = Accent(text=colour, large=colour, graphics=colour)
    own = replace(page, header=page.header.model_copy(update={"light": accent}))
    with zipfile.ZipFile(io.BytesIO(render_workbook(own))) as book:
        chart = book.read("xl/charts/chart1.xml").decode()
    assert (colour[1:] in chart) is is_used
    assert ("12436D" in chart) is not is_used
