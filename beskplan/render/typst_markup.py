"""A page as the JSON that the Typst template reads (`beskplan/data/typst/report.typ`).

The template is fixed and every text of the report travels as a JSON string, so a hostile or odd
text can only ever be printed. Layout that depends on content is decided here: the widths of a
table's columns, whether a table may run over pages, whether the report needs a list of contents.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import unquote_to_bytes

from beskplan.blocks import captions
from beskplan.blocks.model import (
    Accent,
    Figure,
    Header,
    KeyFigures,
    Prose,
    SourceList,
    Table,
)
from beskplan.core.errors import Problem, RenderError
from beskplan.core.periods import MONTHS
from beskplan.render.attachments import attachments
from beskplan.render.page import Item, Markdown, Numbered, Page, Section
from beskplan.render.typst_blocks import (
    figure_node,
    heading,
    key_figures_nodes,
    prose_node,
    source_nodes,
    table_node,
)
from beskplan.render.typst_text import Node, markdown_nodes

CONTENTS_FROM = 5
"""A list of contents is printed from this many entries: of sections, else of their parts too."""
ACCENT = "#12436D"
"""Colour of headings and rules where the publisher has none of its own; as on the web page."""
FIGURE_DATA_TITLE = "Tal bag figurerne"
FIGURE_DATA_ID = "tillaeg.figurer"
"""Label of the appendix; with a full stop, as no heading's or block's id has one."""

_DANISH_DATE = re.compile(rf"\b(\d{{1,2}})\. ({'|'.join(MONTHS)}) (\d{{4}})\b")
_LOGO = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)(?:;charset=[\w-]+)?(;base64)?,(.+)")


def page_data(page: Page, dated: date | None = None) -> Node:
    """Everything that the template needs to set `page`, as one JSON object.

    Args:
        page: The report.
        dated: Date of the document and its attachments; without it `document_date` decides.

    Raises:
        RenderError: markdown that a PDF cannot hold, a logo that is no picture or has no words;
            all problems at once.
    """
    writer = _Writer(page)
    day = dated or document_date(page.header)
    intro = writer.items(page.items, 2)
    body = writer.sections(page.sections, 2)
    appendix = writer.figure_data()
    front = writer.front()
    if writer.problems:
        raise RenderError(writer.problems)
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
                filter(None, (page.standing.mark, captions.DEMO if header.demo else ""))
            ),
        },
        "front": front,
        "contents": _contents_depth(page.sections, appendices=1 if appendix else 0),
        "intro": intro,
        "body": body + appendix,
        "attachments": attachments(page),
    }


def _contents_depth(sections: Sequence[Section], *, appendices: int) -> int:
    """The deepest level of heading in the list of contents; 0 where there is nothing to look up."""
    entries = len(sections) + appendices
    if entries >= CONTENTS_FROM:
        return 2
    parts = sum(len(section.subsections) for section in sections)
    return 3 if entries + parts >= CONTENTS_FROM else 0


def document_date(header: Header) -> date:
    """The day that the data are from, else the first day of the report's year.

    Never today: the same page must give the same bytes on any day.
    """
    found = [
        date(int(year), MONTHS.index(month) + 1, int(day))
        for day, month, year in _DANISH_DATE.findall(header.data_text)
    ]
    return max(found, default=date(header.aar, 1, 1))


def accent_colours(header: Header) -> Node:
    """The publisher's colours on paper, else the look's own."""
    accent = header.light or Accent(text=ACCENT, large=ACCENT, graphics=ACCENT)
    return accent.model_dump()


class _Writer:
    """Turns the items of one page into nodes and collects what cannot be printed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[Problem] = []
        self.anchors = {*_heading_ids(page.sections), *_block_ids(page)}

    def front(self) -> Node:
        header = self.page.header
        return {
            "title": self.page.title,
            "place": self.page.place,
            "sender": header.afsender,
            "facts": [
                header.data_text,
                f"Datasæt {header.data_id}",
                *([] if self.page.standing.warning else [self.page.standing.text]),
            ],
            "standing": self.page.standing.warning,
            "demo": self.page.demo_text,
            "logo": self._logo(header) if header.logo else None,
        }

    def sections(self, sections: Sequence[Section], level: int) -> list[Node]:
        nodes: list[Node] = []
        for section in sections:
            nodes.append(heading(level, section.title, section.id))
            nodes.extend(self.items(section.items, level + 1))
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
            if isinstance(figure, Figure) and self.page.table_of(figure) is None:
                title = captions.data_title(figure, entry.number)
                nodes.append(table_node(figure.data, title, f"data-{figure.id}", halved=True))
        return [heading(2, FIGURE_DATA_TITLE, FIGURE_DATA_ID), *nodes] if nodes else []

    def _item(self, item: Item, level: int) -> list[Node]:
        match item:
            case Markdown(text):
                where = f"{self.page.header.bilag}: {text.strip()[:40]!r}"
                nodes, problems = markdown_nodes(text, where, self.anchors)
                self.problems.extend(problems)
                return nodes
            case Numbered(number, Table() as table):
                title = captions.table_title(table, number)
                return [table_node(table, title, f"tabel-{table.id}")]
            case Numbered(number, Figure() as figure):
                return [figure_node(figure, number, self.page.table_of(figure))]
            case Prose():
                return [prose_node(item)]
            case KeyFigures():
                return key_figures_nodes(item, level)
            case SourceList():
                return source_nodes(item, level)
        raise TypeError(f"no way to print a {type(item).__name__}")

    def _logo(self, header: Header) -> Node | None:
        where = f"{header.bilag}: logo"
        found = _LOGO.fullmatch(header.logo)
        if not header.logo_alt.strip():
            self.problems.append(Problem(where, "has no words for those who cannot see it"))
        if found is None:
            self.problems.append(
                Problem(where, "is no picture", header.logo[:40], "a data URI of an SVG or PNG")
            )
            return None
        kind, encoded, data = found.groups()
        try:
            raw = base64.b64decode(data, validate=True) if encoded else unquote_to_bytes(data)
        except binascii.Error as error:
            self.problems.append(Problem(where, "is broken base64", str(error)))
            return None
        picture = {"png": "png", "jpeg": "jpg", "gif": "gif", "webp": "webp", "svg+xml": "svg"}
        return {"data": list(raw), "format": picture[kind], "alt": header.logo_alt}


def _heading_ids(sections: Sequence[Section]) -> list[str]:
    return [anchor for part in sections for anchor in (part.id, *_heading_ids(part.subsections))]


def _block_ids(page: Page) -> list[str]:
    """The ids that the blocks have on the web page too."""
    tables = [f"tabel-{entry.block.id}" for entry in page.tables()]
    figures = [f"figur-{entry.block.id}" for entry in page.figures()]
    behind = [
        f"data-{entry.block.id}"
        for entry in page.figures()
        if isinstance(entry.block, Figure) and page.table_of(entry.block) is None
    ]
    strips = [item.id for item in page.walk() if isinstance(item, KeyFigures)]
    return [*tables, *figures, *behind, *strips]
