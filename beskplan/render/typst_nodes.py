"""A page as the JSON that the Typst template reads (`beskplan/data/typst/report.typ`).

The template is fixed and every text of the report travels as a JSON string, so a hostile or odd
text can only ever be printed. Layout that depends on content is decided here: whether a table may
run over pages, whether the report needs a list of contents.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import mistune

from beskplan.blocks import captions, model
from beskplan.blocks.csv import table_csv
from beskplan.core.danish import NBSP
from beskplan.core.periods import MONTHS
from beskplan.render.page import Item, Markdown, Numbered, Page, Section
from beskplan.render.typst_columns import Layout, is_wide, table_layout

CONTENTS_FROM = 5
"""A list of contents is printed from this many entries: of sections, else of their parts too."""
ACCENT = "#12436D"
"""Colour of headings and rules where the publisher has none of its own; as on the web page."""
FIGURE_DATA_TITLE = "Tal bag figurerne"
FIGURE_DATA_ID = "tillaeg.figurer"
"""Label of the appendix; with a full stop, as no heading's or block's id has one."""

_DANISH_DATE = re.compile(rf"\b(\d{{1,2}})\. ({'|'.join(MONTHS)}) (\d{{4}})\b")


def page_data(page: Page, dated: date | None = None) -> Node:
    """Everything that the template needs to set `page`, as one JSON object.

    Args:
        page: The report.
        dated: Date of the document and its attachments; without it `document_date` decides.
    """
    writer = _Writer(page)
    day = dated or document_date(page.header)
    intro = writer.items(page.items, 2)
    turned = [one for one in page.sections if any(map(_is_turned, one.walk()))]
    body = writer.sections([one for one in page.sections if one not in turned], 2)
    appendix = writer.figure_data()
    if turned:
        # Last: a page on its side begins and ends with a new page.
        appendix.append({"t": "turned", "nodes": writer.sections(turned, 2)})
    front = writer.front()
    header = page.header
    return {
        "meta": {
            "title": page.document_title,
            "author": header.afsender,
            "description": f"{header.data_text}. Datasæt {header.data_id}",
            "date": [day.year, day.month, day.day],
        },
        "colours": accent_colours(header),
        "running": {
            "report": page.title,
            "place": page.place,
            "sender": header.afsender,
            "marks": " · ".join(
                filter(None, (page.status.mark, captions.DEMO if header.demo else ""))
            ),
        },
        "front": front,
        "compact": bool(header.periode),
        # A status of a few pages has nothing to look up.
        "contents": 0
        if page.header.periode
        else _contents_depth(page.sections, appendices=1 if appendix else 0),
        "intro": intro,
        "body": body + appendix,
        "attachments": attachments(page),
    }


def _is_turned(item: Item) -> bool:
    block = item.block if isinstance(item, Numbered) else None
    return isinstance(block, model.Table) and is_wide(block)


def _contents_depth(sections: Sequence[Section], *, appendices: int) -> int:
    """The deepest level of heading in the list of contents; 0 where there is nothing to look up."""
    entries = len(sections) + appendices
    if entries >= CONTENTS_FROM:
        return 2
    parts = sum(len(section.subsections) for section in sections)
    return 3 if entries + parts >= CONTENTS_FROM else 0


def document_date(header: model.Header) -> date:
    """The day that the data are from, else the first day of the report's year.

    Never today: the same page must give the same bytes on any day.
    """
    found = [
        date(int(year), MONTHS.index(month) + 1, int(day))
        for day, month, year in _DANISH_DATE.findall(header.data_text)
    ]
    return max(found, default=date(header.aar, 1, 1))


def accent_colours(header: model.Header) -> Node:
    """The publisher's colours on paper, else the look's own."""
    accent = header.light or model.Accent(text=ACCENT, large=ACCENT, graphics=ACCENT)
    return accent.model_dump()


class _Writer:
    """Turns the items of one page into nodes."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def front(self) -> Node:
        header = self.page.header
        return {
            "title": self.page.title,
            "place": self.page.place,
            "sender": header.afsender,
            "facts": [
                *header.facts,
                header.data_text,
                f"Datasæt {header.data_id}",
                *([] if self.page.status.warning else [self.page.status.text]),
            ],
            "status": self.page.status.warning,
            "demo": self.page.demo_text,
            "logo": _logo(header),
        }

    def sections(self, sections: Sequence[Section], level: int) -> list[Node]:
        nodes: list[Node] = []
        for section in sections:
            nodes.append(heading(level, section.title, section.id))
            nodes.extend(_kept_with_next(self.items(section.items, level + 1)))
            nodes.extend(self.sections(section.subsections, level + 1))
        return nodes

    def items(self, items: Sequence[Item], level: int) -> list[Node]:
        """The nodes of `items`; a heading inside a block gets `level`."""
        return [node for item in items for node in self._item(item, level)]

    def figure_data(self) -> list[Node]:
        """The appendix: the numbers behind each figure that no table of the page shows."""
        nodes = []
        for entry in self.page.figures():
            figure = entry.block
            if isinstance(figure, model.Figure) and not self._is_elsewhere(figure):
                title, anchor = captions.data_title(figure, entry.number), f"data-{figure.id}"
                nodes.append(table_node(figure.data, title, anchor, halved=True))
        return [heading(2, FIGURE_DATA_TITLE, FIGURE_DATA_ID), *nodes] if nodes else []

    def _is_elsewhere(self, figure: model.Figure) -> bool:
        """Whether a table of the page shows a figure's numbers, or they are too many to print."""
        most = MOST_PRINTED_ROWS[bool(self.page.header.periode)]
        return self.page.table_of(figure) is not None or len(figure.data.rows) > most

    def _item(self, item: Item, level: int) -> list[Node]:
        match item:
            case Markdown(text):
                return markdown_nodes(text)
            case Numbered(number, model.Table() as table):
                title = captions.table_title(table, number)
                tight = bool(self.page.header.periode)
                return [table_node(table, title, f"tabel-{table.id}", tight=tight)]
            case Numbered(number, model.Figure() as figure):
                node = figure_node(figure, number, self.page.table_of(figure))
                if not node["table"] and self._is_elsewhere(figure):
                    node["file"] = _csv_name("figur", number, figure)
                return [node]
            case model.Prose():
                return [prose_node(item)]
            case model.KeyFigures():
                return key_figures_nodes(item, level)
            case model.SourceList():
                return source_nodes(item, level)
        raise TypeError(f"no way to print a {type(item).__name__}")


def _logo(header: model.Header) -> Node | None:
    """The municipality's picture, which `params.profil` has looked at; None where it has none."""
    if not header.logo:
        return None
    kind, _, data = header.logo.removeprefix("data:image/").partition(";base64,")
    picture = list(base64.b64decode(data))
    return {"data": picture, "format": kind.partition("+")[0], "alt": header.logo_alt}


MOST_PRINTED_ROWS = {False: 120, True: 20}
"""A committee does not read ten pages of months: what has more rows is attached, not printed; of an
edition, which has few pages, already a short one."""


def _kept_with_next(nodes: list[Node]) -> list[Node]:
    """The nodes below a heading; a short paragraph right before a table or figure stays on its page."""
    for node, following in itertools.pairwise(nodes):
        is_long = len("".join(node.get("paragraphs", ()))) > LONG_PROSE
        if node["t"] in ("p", "prose") and following["t"] in ("table", "figure") and not is_long:
            node["sticky"] = True
    return nodes


LONG_PROSE = 250
"""Prose of more characters may stand on the page before its table or figure."""
MOST_AIRY_ROWS = 32
"""More rows of a table on a page of its own, on its side, are set closer."""
LONG_TABLE_LINES = 12
"""A table with more lines than this may run over a page break; a shorter one never does."""


LINES_KEPT = 3
"""A page never begins or ends with fewer lines of a table than these."""


def heading(level: int, title: str, anchor: str = "") -> Node:
    """A heading; without an `anchor` it is a part of a block and stands in no list of contents."""
    return {"t": "heading", "level": level, "s": keep_together(title), "id": anchor}


def table_node(
    table: model.Table, title: str, anchor: str, *, halved: bool = False, tight: bool = False
) -> Node:
    """A table with its title and the name of its place.

    A long one may run over a page break; a narrow one also over two columns where it may be `halved`.
    """
    layout = table_layout(table, tight=tight)
    lines = [layout.lines(row) for row in table.rows]
    long = sum(lines) > LONG_TABLE_LINES
    half = layout.halved() if halved and long else None
    layout = half or layout
    return {
        "t": "table",
        "id": anchor,
        "title": title,
        "subtitle": captions.table_detail(table),
        "columns": [_column(table, place, layout) for place in range(len(table.columns))],
        "rows": [
            {
                "label": row.label,
                "emphasis": row.emphasis,
                "cells": [_cell(*pair) for pair in zip(table.columns[1:], row.cells, strict=True)],
            }
            for row in table.rows
        ],
        "widths": layout.widths,
        "size": layout.size,
        "long": long,
        "first-lines": sum(lines[: _rows_kept(lines)]),
        "last-rows": _rows_kept(lines[::-1]),
        "halved": half is not None,
        # Points above and below a row: a region's municipalities stand on one page.
        "inset": 3.4
        if not tight
        else 1.7
        if is_wide(table) and len(lines) > MOST_AIRY_ROWS
        else 2.4,
        "below": below(table),
    }


def _rows_kept(lines: Sequence[int]) -> int:
    """How many of the rows with so many lines stay together: a page has no fewer lines of a table."""
    return next(
        at
        for at, sofar in enumerate(itertools.accumulate(lines), 1)
        if sofar >= LINES_KEPT or at == len(lines)
    )


def _cell(column: model.Column, cell: model.Cell) -> Node:
    """`word` marks a word where a number is expected: it is set quieter."""
    word = column.kind == "number" and cell.value is None
    return {"s": cell.text, "word": word, "line": cell.line.svg if cell.line else ""}


def _column(table: model.Table, place: int, layout: Layout) -> Node:
    column = table.columns[place]
    unit = captions.column_unit(table, column)
    words = f"{column.label} {unit}".split()
    return {
        "label": column.label,
        "unit": unit,
        "number": column.kind == "number",
        "hyphenate": not all(layout.holds(place, word) for word in words),
    }


def below(block: model.Table | model.Figure) -> list[str]:
    """The lines under a table or figure: that it is made up, its notes, its sources."""
    notes = captions.numbered(block.notes) if isinstance(block, model.Table) else block.notes
    return [*([captions.DEMO] if block.demo else []), *notes, captions.source_line(block.sources)]


def figure_node(figure: model.Figure, number: int, shown: Numbered | None) -> Node:
    """A figure with its number; `shown` is the table of the page that holds its numbers, if any."""
    return {
        "t": "figure",
        "id": f"figur-{figure.id}",
        "title": captions.figure_title(figure, number),
        "subtitle": figure.subtitle,
        "svg": figure.svg,
        "scale": 1,
        "alt": figure.alt,
        "data": f"tabel-{shown.block.id}" if shown else f"data-{figure.id}",
        "table": shown.number if shown else 0,
        "file": "",
        "below": below(figure),
    }


def prose_node(prose: model.Prose) -> Node:
    """Sentences or a note."""
    return {
        "t": "prose",
        "role": prose.role,
        "bullets": prose.bullets,
        "sticky": False,
        "paragraphs": [keep_together(text) for text in prose.paragraphs],
    }


def key_figures_nodes(block: model.KeyFigures, level: int) -> list[Node]:
    """The strip of key figures under its heading."""
    items = [
        {
            "label": keep_together(item.label),
            "value": item.value,
            "direction": item.direction,
            # An arrow is not heard: without words for the change, its own word stands there.
            "change": keep_together(item.change) or captions.DIRECTIONS.get(item.direction, ""),
            "comparison": keep_together(item.comparison),
            "course": item.course and {"svg": item.course.svg, "text": item.course.text},
        }
        for item in block.items
    ]
    source = captions.source_line(block.sources)
    head = heading(level, block.title, block.id)
    return [head, {"t": "key-figures", "items": items, "source": source}]


def source_nodes(block: model.SourceList, level: int) -> list[Node]:
    """Sources and reservations, each under its heading."""
    entries = [{"s": entry.text, "trace": entry.reference} for entry in block.entries]
    nodes = [heading(level, "Kilder"), {"t": "sources", "entries": entries}]
    for title, texts in block.lists:
        entries = [{"s": keep_together(text), "trace": ""} for text in texts]
        nodes += [heading(level, title), {"t": "sources", "entries": entries}]
    return nodes


Token = Mapping[str, Any]
"""A part of a markdown text, as mistune's syntax tree gives it."""
Node = dict[str, Any]
"""One JSON object of the template's input; `t` says which kind."""

_parse: Callable[[str], Any] = mistune.create_markdown(renderer=None, plugins=["table"])

_UNITS = r"(?:pct\b|procent|kr\b|mio\b|mia\b|fuldtidsperson|helårsperson|person|forløb|uger?\b)"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_KEEP_TOGETHER = re.compile(
    rf"(?<=\d) (?={_UNITS})|(?<=\d\.) (?=(?:{_MONTHS})\b)|(?<=§) (?=\d)"
    r"|(?<=\b[Tt]abel) (?=\d)|(?<=\b[Ff]igur) (?=\d)|(?<=\bkl\.) (?=\d)"
)
"""Spaces where a line must not break: number and unit, day and month, § and number."""

_MONTH_AND_YEAR = re.compile(rf"\b({_MONTHS}) (?=(?:19|20)\d\d\b)", re.IGNORECASE)

_SIGNS: dict[str, Node] = {"softbreak": {"t": "text", "s": " "}, "linebreak": {"t": "break"}}


def keep_together(text: str) -> str:
    """`text` with no line break possible between number and unit, or between month and year."""
    line = _KEEP_TOGETHER.sub(NBSP, re.sub(r"[\t\n]", " ", text))
    return _MONTH_AND_YEAR.sub(rf"\1{NBSP}", line)


def markdown_nodes(text: str) -> list[Node]:
    """The paragraphs and lists of one stretch of markdown that `markdown_problems` found right."""
    return [node for token in _parse(text) for node in _block(token)]


def _block(token: Token) -> list[Node]:
    kind = token["type"]
    if kind in ("paragraph", "block_text"):
        return [{"t": "p", "c": _inline(token["children"])}]
    if kind == "list":
        items = [[n for t in item["children"] for n in _block(t)] for item in token["children"]]
        start = int(token["attrs"].get("start", 1))
        return [{"t": "ol" if token["attrs"]["ordered"] else "ul", "c": items, "start": start}]
    if kind == "blank_line":
        return []
    raise TypeError(f"no way to print markdown of the kind {kind}")


def _inline(tokens: Sequence[Token]) -> list[Node]:
    nodes = []
    for token in tokens:
        kind = token["type"]
        if kind == "link":
            address = str(token["attrs"]["url"])
            to = (
                {"t": "jump", "to": address[1:]}
                if address[0] == "#"
                else {"t": "link", "to": address}
            )
            nodes.append({**to, "c": _inline(token["children"])})
        elif kind in ("strong", "emphasis"):
            nodes.append({"t": kind, "c": _inline(token["children"])})
        elif kind in _SIGNS:
            nodes.append(_SIGNS[kind])
        elif kind in ("text", "codespan"):
            raw = token["raw"]
            nodes.append({"t": kind, "s": keep_together(raw) if kind == "text" else raw})
        else:
            raise TypeError(f"no way to print markdown of the kind {kind}")
    return nodes


def _csv_name(kind: str, number: int, block: Any) -> str:
    return f"{kind}-{number:02d}-{block.id}.csv"


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
            if isinstance(block, model.Figure) and page.table_of(block) is not None:
                continue
            files.append(
                {
                    "name": _csv_name(kind, entry.number, block),
                    "text": table_csv(
                        block.data if isinstance(block, model.Figure) else block
                    ).decode(),
                    "description": f"{kind.capitalize()} {entry.number}. {block.title}",
                }
            )
    return files
