"""Every caption, head and cell of every table, in HTML and PDF, as the library computed it."""

from __future__ import annotations

from collections.abc import Iterator

from beskplan.blocks import captions
from beskplan.blocks.model import Figure, Table
from beskplan.core.errors import Problem
from beskplan.proof.evidence import Evidence, spaced

_TEXTS = list[tuple[str, str]]
"""(where, text) in the order of the document."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """The tables of HTML and PDF against those of the executed notebook, and none more or less."""
    in_order = [*_numbered(evidence), *_behind_figures(evidence, shown_too=True)]
    expected = {name: list(_expected(title, table)) for name, title, table in in_order}
    by_id = {name: _html_id(name, table) for name, _, table in in_order}
    for name, texts in expected.items():
        yield from _compare(evidence, "html", name, _in_html(evidence, by_id[name]), texts)
    count = len(list(evidence.html.body.iter("table")))
    if count != len(expected):
        yield evidence.problem("html", "has other tables", str(count), str(len(expected)))
    in_pdf = [
        *_numbered(evidence),
        *_behind_figures(evidence, shown_too=False),
    ]
    wanted = [text for _, title, table in in_pdf for text in _expected(title, table)]
    yield from _compare(evidence, "pdf", "tables", list(_in_pdf(evidence)), wanted)


def _numbered(evidence: Evidence) -> Iterator[tuple[str, str, Table]]:
    for entry in evidence.page.tables():
        if isinstance(entry.block, Table):
            yield (
                f"tabel {entry.number}",
                captions.table_title(entry.block, entry.number),
                entry.block,
            )


def _behind_figures(evidence: Evidence, *, shown_too: bool) -> Iterator[tuple[str, str, Table]]:
    """Tables with the numbers of figures; the PDF has only those that no table of the page shows."""
    for entry in evidence.page.figures():
        if isinstance(entry.block, Figure) and (
            shown_too or evidence.page.table_of(entry.block) is None
        ):
            title = captions.data_title(entry.block, entry.number)
            yield f"figur {entry.number}", title, entry.block.data


def _expected(title: str, table: Table) -> Iterator[tuple[str, str]]:
    yield "caption", spaced(f"{title} {captions.table_detail(table)}")
    for column in table.columns:
        yield "head", spaced(f"{column.label} {captions.column_unit(table, column)}")
    for row in table.rows:
        yield f"row {row.label}", spaced(row.label)
        for column, cell in zip(table.columns[1:], row.cells, strict=True):
            yield f"{row.label}, {column.label}", spaced(cell.text)


def _html_id(name: str, table: Table) -> str:
    return f"{'tabel' if name.startswith('tabel') else 'data'}-{table.id}"


def _in_html(evidence: Evidence, block_id: str) -> list[str]:
    regions = evidence.html.xpath("//*[@aria-labelledby=$id]//table", id=f"{block_id}-titel")
    return [
        spaced(part.text_content())
        for table in regions
        for part in table.iter("caption", "th", "td")
    ]


def _in_pdf(evidence: Evidence) -> Iterator[str]:
    """Captions of tables, heads and cells; a figure's own caption is no table's."""
    elements = evidence.pdf
    for place, element in enumerate(elements):
        following = elements[place + 1].tag if place + 1 < len(elements) else ""
        if element.tag in ("TH", "TD") or (element.tag == "Caption" and following == "TH"):
            yield spaced(element.text)


def _compare(
    evidence: Evidence, part: str, name: str, found: list[str], expected: _TEXTS
) -> Iterator[Problem]:
    """The first difference: after it, everything is shifted."""
    if [text for _, text in expected] == found:
        return
    for place, (where, text) in enumerate(expected):
        there = found[place] if place < len(found) else "nothing"
        if there != text:
            yield evidence.problem(
                part, "differs from what was computed", there, text, where=f"{name}: {where}"
            )
            return
    more = found[len(expected)]
    yield evidence.problem(part, "has more than was computed", more, where=name)
