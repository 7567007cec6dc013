"""Everything that a page tells, as plain values: what two versions are compared by.

Small and quick to read where the executed notebook is neither; the catalogue takes its key figures
from it too.
"""

from collections.abc import Iterator
from typing import Any

from beskplan.blocks.model import Figure, KeyFigures, Prose, Table
from beskplan.render.page import Markdown, Numbered, Page

VALUES = "tal.json"
"""Its file beside the report."""


def page_values(page: Page) -> dict[str, Any]:
    """The page's tables, key figures and texts; JSON types only.

    Grain: one entry per table (the data of a figure that no table shows is one too), key figure and
    text block, in reading order.
    Missing: a withheld or absent cell has its word and null.
    """
    return {
        "title": page.title,
        "tables": list(_tables(page)),
        "key_figures": [
            {"label": one.label, "value": one.value, "change": one.change}
            for item in page.walk()
            if isinstance(item, KeyFigures)
            for one in item.items
        ],
        "texts": list(_texts(page)),
    }


def _tables(page: Page) -> Iterator[dict[str, Any]]:
    for item in page.walk():
        match item:
            case Numbered(number, Table() as table):
                yield table_values(table, f"tabel-{table.id}", f"Tabel {number}")
            case Numbered(number, Figure() as figure) if page.table_of(figure) is None:
                yield table_values(figure.data, f"figur-{figure.id}", f"Figur {number}")


def table_values(table: Table, key: str, name: str) -> dict[str, Any]:
    """One table as plain values: its id on the page, its name and its printed cells."""
    return {
        "id": key,
        "name": name,
        "title": table.title,
        "period": table.period,
        "columns": [[column.id, column.label] for column in table.columns[1:]],
        "rows": [
            [row.label, row.area, [[cell.text, cell.value, cell.state] for cell in row.cells]]
            for row in table.rows
        ],
    }


def _texts(page: Page) -> Iterator[dict[str, Any]]:
    number = 0
    for item in page.walk():
        match item:
            case Prose():
                yield {"id": item.id, "paragraphs": list(item.paragraphs)}
            case Markdown(text):
                number += 1
                yield {"id": f"prosa.{number}", "paragraphs": text.split("\n\n")}
