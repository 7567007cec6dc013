"""A report's tables as one Excel workbook: real numbers, shown as a Danish reader expects them.

A front sheet lists the tables, each table has a sheet of its own, and the last sheet names the
sources and reservations. The same page gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Literal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from beskplan.blocks import captions, csv
from beskplan.blocks.model import Cell, Figure, SourceList, Table
from beskplan.core.colours import OWN, of_charts
from beskplan.core.errors import Problem, RenderError
from beskplan.registers.areas import area
from beskplan.render.page import Page
from beskplan.render.typst_nodes import document_date

FRONT = "Forside"
SOURCES = "Kilder og forbehold"
ALL = "Alle tal"
CORRECTIONS = "Rettelser"
TOTAL = "I alt"
CHART_COLOURS = (OWN, "#8B959F", "#801650", "#F46A25", "#28A197", "#3D3D3D")
"""Of a chart's series in their order: the page's own, and none is told by its colour alone."""
_CORE = "docProps/core.xml"
_LANGUAGE = b"<dc:language>da-DK</dc:language>"
_SAFE_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_NOT_A_NAME = re.compile(r"\W+")


def render_workbook(page: Page) -> bytes:
    """The workbook of a report, as the bytes of an .xlsx file.

    Grain: one sheet per table, and per figure whose numbers are in no table.
    Unit: as in the table, one a column; per cents are numbers of per cent in every column. A sheet of
    all numbers has one a row, for a pivot table.
    Missing: withheld and absent cells keep their word; no cell is empty.

    Raises:
        RenderError: a text is longer than a cell can hold.
    """
    out = io.BytesIO()
    workbook = Workbook(out, dict(_SAFE_OPTIONS))
    workbook.set_properties(
        {
            "title": page.document_title,
            "author": page.header.afsender,
            "company": page.header.afsender,
            "subject": page.header.data_text,
            "comments": f"Datasæt {page.header.data_id}",
            "created": datetime.combine(document_date(page.header), time(), tzinfo=UTC).replace(
                tzinfo=None
            ),
        }
    )
    writer = SheetWriter(
        workbook, of_charts(page.header.light.graphics if page.header.light else None)
    )
    for sheet in _sheets(page):
        writer.write(sheet)
    workbook.close()
    return _in_danish(out.getvalue())


def _sheets(page: Page) -> list[Sheet]:
    found = list(_tables(page))
    tables = [
        replace(_table_sheet(table, title, name), chart=_chart(page, table))
        for title, name, table in found
    ]
    everything = _all_numbers(found)
    last = [*([everything] if everything.rows else []), *_sources(page)]
    return [_front(page, [*tables, *last]), *tables, *last]


def _tables(page: Page) -> Iterator[tuple[str, str, Table]]:
    """Title, name of the sheet, and table: the page's tables, then figures with numbers of their own."""
    for entry in page.tables():
        if isinstance(entry.block, Table):
            title = captions.table_title(entry.block, entry.number)
            if entry.block.id == "rettelser":
                yield title, CORRECTIONS, entry.block
            else:
                yield (
                    title,
                    sheet_name("Tabel", entry.number, _subject(page, entry.block)),
                    entry.block,
                )
    for entry in page.figures():
        if isinstance(entry.block, Figure) and page.table_of(entry.block) is None:
            title = captions.data_title(entry.block, entry.number)
            yield (
                title,
                sheet_name("Figur", entry.number, _subject(page, entry.block.data)),
                entry.block.data,
            )


def _chart(page: Page, table: Table) -> Chart | None:
    """The figure that draws the table, where its numbers are of one unit and none is kept back.

    A line over periods, else bars. A word in the place of a number would be drawn as 0.
    """
    drawn = (entry.block for entry in page.figures() if isinstance(entry.block, Figure))
    figure = next((one for one in drawn if one.data.id == table.id and one.data == table), None)
    numbers = [at for at, column in enumerate(table.columns) if column.kind == "number"]
    rows = [row for row in table.rows if row.label != TOTAL]
    units = {table.columns[at].unit or table.unit for at in numbers}
    if figure is None or len(units) != 1 or len(rows) < 2 or len(numbers) > len(CHART_COLOURS):
        return None
    if any(csv.printed_number(row.cells[at - 1]) is None for row in rows for at in numbers):
        return None
    lines = table.columns[0].label == "Periode"
    return Chart(
        kind="line" if lines else "bar",
        title=figure.title,
        alt=figure.alt,
        unit=units.pop(),
        columns=tuple(numbers),
        rows=len(rows),
    )


def _subject(page: Page, table: Table) -> str:
    """What a table is about; that it is about this municipality need not stand on every sheet."""
    navn = re.escape(area(page.header.kommune_kode).navn)
    return re.split(rf" (?:i|på) {navn}\b", table.title)[0]


def _all_numbers(found: Iterable[tuple[str, str, Table]]) -> Sheet:
    """Every number of the tables in a row of its own: where it stands, its unit, and its notes."""
    rows = []
    for _, name, table in found:
        notes = csv.row_notes(table)
        for place, row in enumerate(table.rows):
            for column, cell in zip(table.columns[1:], row.cells, strict=True):
                number = csv.printed_number(cell)
                if column.kind != "number" or number is None:
                    continue
                noted = notes[place] if notes and csv.note_marks(cell) else csv.NO_NOTE
                texts = (name, table.title, row.label, column.label, column.unit or table.unit)
                shown = Value(float(number), number_format="General")
                rows.append((*map(Value, texts), shown, Value(table.period), Value(noted)))
    return Sheet(
        name=ALL,
        title=ALL,
        lines=("Ét tal i hver række, til pivottabeller og egne udtræk.",),
        table_name="Alle_tal",
        heads=("Ark", "Titel", "Række", "Kolonne", "Enhed", "Tal", "Periode", csv.NOTES_HEAD),
        numeric=(False, False, False, False, False, True, False, False),
        rows=tuple(rows),
    )


def _table_sheet(table: Table, title: str, name: str) -> Sheet:
    notes = csv.row_notes(table)
    heads = [*csv.column_heads(table), *([csv.NOTES_HEAD] if notes else [])]
    numeric = [column.kind == "number" for column in table.columns]
    formats = [
        _number_format(column) for column in zip(*(row.cells for row in table.rows), strict=True)
    ]
    rows = []
    for place, row in enumerate(table.rows):
        cells = (
            _value(cell, code, bold=row.emphasis)
            for cell, code in zip(row.cells, formats, strict=True)
        )
        rows.append(
            (Value(row.label, bold=row.emphasis), *cells, *map(Value, notes[place : place + 1]))
        )
    demo = [captions.DEMO] if table.demo else []
    told = captions.numbered(table.notes)
    return Sheet(
        name=name,
        title=title,
        lines=(*demo, captions.table_detail(table), captions.source_line(table.sources), *told),
        table_name=_NOT_A_NAME.sub("_", f"Ark_{name}"),
        heads=tuple(unlike_names(heads)),
        numeric=(*numeric, *([False] if notes else [])),
        rows=tuple(rows),
    )


def _number_format(cells: Sequence[Cell]) -> str:
    """One format for a column: the most decimals of its numbers, and a sign where any has one."""
    numbers = [number for cell in cells if (number := csv.printed_number(cell)) is not None]
    decimals = max((-int(number.as_tuple().exponent) for number in numbers), default=0)
    code = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"+{code};-{code};{code}" if any(cell.text.startswith("+") for cell in cells) else code


def _value(cell: Cell, code: str, *, bold: bool) -> Value:
    number = csv.printed_number(cell)
    if number is None:
        return Value(cell.text, bold=bold)
    return Value(float(number), number_format=code, bold=bold)


def _front(page: Page, sheets: list[Sheet]) -> Sheet:
    header = page.header
    demo = [page.demo_text] if header.demo else []
    published = f"Udgivet af {header.afsender}. {header.data_text.rstrip('.')}."
    return Sheet(
        name=FRONT,
        title=page.heading,
        lines=(page.status.text, *demo, published, f"Datasæt {header.data_id}"),
        table_name="Indhold",
        heads=("Ark", "Indhold"),
        numeric=(False, False),
        rows=(*((Value(sheet.name, link=sheet.name), Value(sheet.title)) for sheet in sheets),),
    )


def _sources(page: Page) -> list[Sheet]:
    """The sheet of sources and reservations; none where the report has no such list."""
    rows: list[tuple[str, str]] = []
    for item in page.walk():
        if isinstance(item, SourceList):
            for entry in item.entries:
                trace = f" ({entry.reference})" if entry.reference else ""
                rows.append(("Kilde", f"{entry.text}{trace}"))
            rows.extend((title, text) for title, texts in item.lists for text in texts)
    sheet = Sheet(
        name=SOURCES,
        title=SOURCES,
        lines=(page.heading,),
        table_name="Kilder",
        heads=("Art", "Tekst"),
        numeric=(False, False),
        rows=tuple((Value(kind), Value(text)) for kind, text in rows),
    )
    return [sheet] if rows else []


def _in_danish(data: bytes) -> bytes:
    """The workbook with its language told, which xlsxwriter has no option for."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w") as told:
        for part in made.infolist():
            content = made.read(part)
            if part.filename == _CORE:
                content = content.replace(
                    b"</cp:coreProperties>", _LANGUAGE + b"</cp:coreProperties>"
                )
            told.writestr(part, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_HEADING_PT = 14
_A4 = 9
"""Excel's number for the paper size."""
_WIDEST = 90
_NARROWEST = 9
_AIR = 2
_FREEZE_ROWS = 6
"""More rows than these are not frozen: they would fill the window of one who has enlarged the text."""


@dataclass(frozen=True)
class Value:
    """What stands in a cell: a text, or a number with Excel's code for how it is shown."""

    content: str | float
    number_format: str = ""
    bold: bool = False
    link: str = ""
    """Name of the sheet that the cell leads to."""


@dataclass(frozen=True)
class Chart:
    """A chart of Excel's own below a table; it follows the cells when they are edited."""

    kind: Literal["line", "bar"]
    title: str
    alt: str
    unit: str
    columns: tuple[int, ...]
    """Of the table, counted from 0: a series each."""
    rows: int
    """The first of the table's rows."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its lines above the table, and the table."""

    name: str
    title: str
    lines: tuple[str, ...]
    table_name: str
    """Name of the Excel table, as formulas use it."""
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    """For each column whether it holds numbers, and stands to the right."""
    rows: tuple[tuple[Value, ...], ...]
    chart: Chart | None = None


class SheetWriter:
    """Writes sheets into one workbook; formats are made once."""

    def __init__(self, workbook: Workbook, own: str) -> None:
        self._workbook = workbook
        self._colours = (own, *CHART_COLOURS[1:])
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def write(self, sheet: Sheet) -> None:
        """Add `sheet` to the workbook.

        Raises:
            RenderError: a text is longer than a cell can hold.
        """
        worksheet = self._workbook.add_worksheet(sheet.name)
        top = len(sheet.lines) + 1
        self._string(worksheet, 0, 0, sheet.title, bold=True, font_size=_HEADING_PT)
        for row, line in enumerate(sheet.lines, start=1):
            self._string(worksheet, row, 0, line)
        self._table(worksheet, sheet, top)
        if sheet.chart is not None:
            self._chart(worksheet, sheet, sheet.chart, top)
        for column, width in enumerate(_widths(sheet)):
            worksheet.set_column(column, column, width)
        worksheet.freeze_panes(top + 1 if top < _FREEZE_ROWS else 0, 1)
        worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(top)
        worksheet.set_footer("&L&A&RSide &P af &N")

    def _table(self, worksheet: Worksheet, sheet: Sheet, top: int) -> None:
        columns = [
            {"header": head, "header_format": self._format(**_head_look(numeric))}
            for head, numeric in zip(sheet.heads, sheet.numeric, strict=True)
        ]
        options = {
            "name": sheet.table_name,
            "columns": columns,
            "style": "Table Style Light 1",
            "banded_rows": False,
            "autofilter": False,
            "first_column": True,
            "title": sheet.title,
            "description": " ".join(sheet.lines),
        }
        last = len(sheet.heads) - 1
        if worksheet.add_table(top, 0, top + len(sheet.rows), last, options) != 0:
            raise RenderError(Problem(f"{sheet.name}.xlsx", "arket kan ikke blive en tabel"))
        for row, values in enumerate(sheet.rows, start=top + 1):
            for column, value in enumerate(values):
                self._value(worksheet, row, column, value)

    def _chart(self, worksheet: Worksheet, sheet: Sheet, chart: Chart, top: int) -> None:
        drawn = self._workbook.add_chart({"type": chart.kind})
        last = top + chart.rows
        for colour, column in zip(self._colours, chart.columns, strict=False):
            look = {"line": {"color": colour, "width": 2}, "marker": {"type": "circle", "size": 4}}
            drawn.add_series(
                {
                    "name": [sheet.name, top, column],
                    "categories": [sheet.name, top + 1, 0, last, 0],
                    "values": [sheet.name, top + 1, column, last, column],
                    **(look if chart.kind == "line" else {"fill": {"color": colour}}),
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
        counted, named = drawn.set_y_axis, drawn.set_x_axis
        if chart.kind == "bar":
            counted, named = named, counted
        grid = {"visible": True, "line": {"color": "#D9D9D9"}}
        counted({"name": chart.unit, "major_gridlines": grid})
        # Excel draws the first row of bars at the bottom.
        named({"reverse": chart.kind == "bar", "label_position": "low"})
        drawn.set_legend({"none": len(chart.columns) == 1, "position": "bottom"})
        bars = chart.rows * len(chart.columns) if chart.kind == "bar" else 0
        drawn.set_size({"width": 720, "height": max(320, 120 + 20 * bars)})
        worksheet.insert_chart(
            top + len(sheet.rows) + 2, 0, drawn, {"description": chart.alt, "object_position": 2}
        )

    def _value(self, worksheet: Worksheet, row: int, column: int, value: Value) -> None:
        if value.link:
            target = f"internal:'{value.link.replace(chr(39), chr(39) * 2)}'!A1"
            worksheet.write_url(row, column, target, string=str(value.content))
        elif isinstance(value.content, str):
            # Below a numeric head a word stands to the right too; a long text is wrapped.
            long = len(value.content) > _WIDEST
            self._string(
                worksheet, row, column, value.content, bold=value.bold, text_wrap=long, valign="top"
            )
        else:
            shown = self._format(num_format=value.number_format, bold=value.bold, valign="top")
            worksheet.write_number(row, column, value.content, shown)

    def _string(
        self, worksheet: Worksheet, row: int, column: int, text: str, **look: object
    ) -> None:
        # write_string never takes a text for a formula, a number or an address.
        if worksheet.write_string(row, column, text, self._format(**look)) != 0:
            problem = "en tekst er for lang til en celle"
            raise RenderError(Problem(f"{worksheet.name}.xlsx", problem, text[:60]))

    def _format(self, **look: object) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(look)
        return self._formats[key]


def _head_look(numeric: bool) -> dict[str, object]:
    return {
        "bold": True,
        "text_wrap": True,
        "valign": "bottom",
        "align": "right" if numeric else "left",
    }


def _widths(sheet: Sheet) -> Sequence[float]:
    """A width for each column that shows its cells, in characters; heads may wrap at a word."""
    widths = []
    for column, head in enumerate(sheet.heads):
        texts = [str(row[column].content) for row in sheet.rows]
        longest = max((len(text) for text in texts), default=0)
        word = max(len(part) for part in head.split())
        widths.append(min(max(longest, word, _NARROWEST) + _AIR, _WIDEST))
    return widths


MAX_SHEET_NAME = 31
"""Excel's limit."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")


def sheet_name(kind: str, number: int, subject: str) -> str:
    """`Tabel 2 Kontanthjælp`: unique by its number; without the subject where Excel has no room for it."""
    plain = " ".join(_FORBIDDEN.sub(" ", subject).split()).strip("'")
    name = f"{kind} {number} {plain}".strip()
    return name if len(name) <= MAX_SHEET_NAME else f"{kind} {number}"


def unlike_names(names: Iterable[str]) -> list[str]:
    """The names in their order, those numbered that differ from an earlier one by case only."""
    found: list[str] = []
    for name in names:
        number, unlike = 1, name
        while unlike.casefold() in (other.casefold() for other in found):
            number += 1
            unlike = f"{name} ({number})"
        found.append(unlike)
    return found
