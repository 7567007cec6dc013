"""One sheet of a workbook: a heading, what the table is, its notes, and one Excel table.

The layout follows the Analysis Function's rules for accessible spreadsheets: everything begins in
column A, no merged cell, no empty row or column, one table a sheet, notes in words above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from beskplan.core.errors import Problem, RenderError

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


class SheetWriter:
    """Writes sheets into one workbook; formats are made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
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
            raise RenderError(Problem(f"{sheet.name}.xlsx", "no table can be made of the sheet"))
        for row, values in enumerate(sheet.rows, start=top + 1):
            for column, value in enumerate(values):
                self._value(worksheet, row, column, value)

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
            problem = "a text is too long for a cell"
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
