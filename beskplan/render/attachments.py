"""The files that a PDF carries with it: its tables, to calculate on."""

from __future__ import annotations

from beskplan.blocks.csv import table_csv
from beskplan.blocks.model import Figure
from beskplan.render.page import Page


def attachments(page: Page) -> list[dict[str, str]]:
    """Every table of the page, and the numbers of every figure that are in no table, as CSV files.

    Returns:
        For each file its `name` (as on the web page), its `text` with byte order mark, and a
        `description`, in the order tables, figures.
    """
    files = []
    for kind, entries in (("tabel", page.tables()), ("figur", page.figures())):
        for entry in entries:
            block = entry.block
            if isinstance(block, Figure) and page.table_of(block) is not None:
                continue
            files.append(
                {
                    "name": f"{kind}-{entry.number:02d}-{block.id}.csv",
                    "text": table_csv(block.data if isinstance(block, Figure) else block).decode(),
                    "description": f"{kind.capitalize()} {entry.number}. {block.title}",
                }
            )
    return files
