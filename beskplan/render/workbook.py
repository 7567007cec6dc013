"""A report's tables as one Excel workbook: real numbers, shown as a Danish reader expects them.

A front sheet lists the tables, each table has a sheet of its own, and the last sheet names the
sources and reservations. The same page gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, time

from xlsxwriter.workbook import Workbook

from beskplan.blocks import captions
from beskplan.blocks.csv import column_heads, note_marks, printed_number
from beskplan.blocks.model import Cell, Figure, SourceList, Table
from beskplan.registers.areas import area
from beskplan.render.page import Page
from beskplan.render.typst_markup import document_date
from beskplan.render.workbook_names import sheet_name, unlike_names
from beskplan.render.workbook_sheet import Sheet, SheetWriter, Value

FRONT = "Forside"
SOURCES = "Kilder og forbehold"
NOTES_HEAD = "Noter"
"""Head of the column that holds the marks of numbers with a note: a number keeps no mark itself."""
NO_NOTE = "ingen"
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
    Unit: as in the table; per cents printed with `%` are Excel's own (0.54 shown as `54 %`).
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
    writer = SheetWriter(workbook)
    for sheet in _sheets(page):
        writer.write(sheet)
    workbook.close()
    return _in_danish(out.getvalue())


def _sheets(page: Page) -> list[Sheet]:
    names = [FRONT, SOURCES]
    tables: list[Sheet] = []
    for title, short, table in _tables(page):
        name = sheet_name(short, names)
        names.append(name)
        tables.append(_table_sheet(table, title, name))
    return [_front(page, tables), *tables, *_sources(page)]


def _tables(page: Page) -> Iterator[tuple[str, str, Table]]:
    """Title, wish for a name, and table: the page's tables, then figures with numbers of their own."""
    for entry in page.tables():
        if isinstance(entry.block, Table):
            title = captions.table_title(entry.block, entry.number)
            yield title, f"Tabel {entry.number} {_subject(page, entry.block)}", entry.block
    for entry in page.figures():
        if isinstance(entry.block, Figure) and page.table_of(entry.block) is None:
            title = captions.data_title(entry.block, entry.number)
            yield (
                title,
                f"Figur {entry.number} {_subject(page, entry.block.data)}",
                entry.block.data,
            )


def _subject(page: Page, table: Table) -> str:
    """What a table is about; that it is about this municipality need not stand on every sheet."""
    return table.title.removesuffix(f" {area(page.header.kommune_kode).stedsform}")


def _table_sheet(table: Table, title: str, name: str) -> Sheet:
    marked = any(
        cell.value is not None and note_marks(cell) for r in table.rows for cell in r.cells
    )
    heads = [*column_heads(table), *([NOTES_HEAD] if marked else [])]
    numeric = [column.kind == "number" for column in table.columns]
    rows = []
    for row in table.rows:
        cells = (_value(cell, bold=row.emphasis) for cell in row.cells)
        marks = [Value(_marks(table, row.cells))] if marked else []
        rows.append((Value(row.label, bold=row.emphasis), *cells, *marks))
    notes = (
        f"{captions.note_label(number)} {note}" for number, note in enumerate(table.notes, start=1)
    )
    demo = [captions.DEMO] if table.demo else []
    return Sheet(
        name=name,
        title=title,
        lines=(*demo, captions.table_detail(table), captions.source_line(table.sources), *notes),
        table_name=_NOT_A_NAME.sub("_", f"Ark_{name}"),
        heads=tuple(unlike_names(heads)),
        numeric=(*numeric, *([False] if marked else [])),
        rows=tuple(rows),
    )


def _value(cell: Cell, *, bold: bool) -> Value:
    number = printed_number(cell)
    if number is None:
        return Value(cell.text, bold=bold)
    decimals = -int(number.as_tuple().exponent)
    code = "#,##0" + ("." + "0" * decimals if decimals else "")
    if "%" in cell.text:
        number, code = number / 100, f"{code}\\ %"
    if cell.text.startswith("+"):
        code = f"+{code};-{code};{code}"
    return Value(float(number), number_format=code, bold=bold)


def _marks(table: Table, cells: tuple[Cell, ...]) -> str:
    """`Juni 2019: [note 1]` for every number of a row that has a note."""
    pairs = zip(table.columns[1:], cells, strict=True)
    found = [
        f"{column.label}: {note_marks(cell)}"
        for column, cell in pairs
        if cell.value is not None and note_marks(cell)
    ]
    return "; ".join(found) or NO_NOTE


def _front(page: Page, tables: list[Sheet]) -> Sheet:
    header = page.header
    demo = [page.demo_text] if header.demo else []
    published = f"Udgivet af {header.afsender}. {header.data_text.rstrip('.')}."
    return Sheet(
        name=FRONT,
        title=page.heading,
        lines=(page.standing.text, *demo, published, f"Datasæt {header.data_id}"),
        table_name="Indhold",
        heads=("Ark", "Indhold"),
        numeric=(False, False),
        rows=(
            *((Value(sheet.name, link=sheet.name), Value(sheet.title)) for sheet in tables),
            *((Value(SOURCES, link=SOURCES), Value(SOURCES)) for _ in _sources(page)),
        ),
    )


def _sources(page: Page) -> list[Sheet]:
    """The sheet of sources and reservations; none where the report has no such list."""
    rows: list[tuple[str, str]] = []
    for item in page.walk():
        if isinstance(item, SourceList):
            for entry in item.entries:
                trace = f" ({entry.reference})" if entry.reference else ""
                rows.append(("Kilde", f"{entry.text}{trace}"))
            rows.extend(("Forbehold", text) for text in item.reservations)
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
