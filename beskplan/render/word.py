"""Pages as a Word document, for secretariats that go on writing in Word.

Real styles (Title, Heading 1 to 4, List Bullet, Caption), table heads marked as such and repeated, pictures
with their alternative text, Danish as the language of all text, document properties set. The same pages
give the same bytes on any day.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import typst

from beskplan.blocks import captions
from beskplan.blocks.model import Figure, KeyFigures, Prose, SourceList, Table
from beskplan.core.files import zipped
from beskplan.render.page import Item, Markdown, Numbered, Page, Section
from beskplan.render.page_html import rendered
from beskplan.render.page_pdf import DATA
from beskplan.render.typst_columns import table_layout
from beskplan.render.typst_nodes import Node, accent_colours, below, markdown_nodes

_PARTS = {
    # The list of contents first, as readers of the format expect it.
    "[Content_Types].xml": "content_types.xml.j2",
    "_rels/.rels": "rels.xml.j2",
    "docProps/core.xml": "core.xml.j2",
    "word/_rels/document.xml.rels": "document_rels.xml.j2",
    "word/document.xml": "document.xml.j2",
    "word/footer1.xml": "footer.xml.j2",
    "word/numbering.xml": "numbering.xml.j2",
    "word/settings.xml": "settings.xml.j2",
    "word/styles.xml": "styles.xml.j2",
}
"""Parts of a Word document, and their templates (`beskplan/data/word`)."""
_TEXT_WIDTH = 9072
"""Of an A4 page with margins of 25 mm, in twentieths of a point."""
_EMU_PER_TWENTIETH = 635
"""Pictures are measured in English metric units."""
_CELL_MARGIN = 4
"""Characters: white space beside a word, and how much wider a fallback for Calibri may be."""
_PIXELS_PER_INCH = 220
_CHARACTERS = {20: 86, 18: 96, 16: 108}
"""How many characters have room in a row, by the size of letters in half points, largest first."""
_KEPT_ROWS = 14
"""A table of no more rows stands on one page."""
_DEEPEST = 4
"""Level of the lowest style of heading."""
_DEEPEST_LIST = 2
"""Lowest level of a list in others, counted from 0."""
_BULLETS = 1
"""Number of the list of bullets; every numbered list has a number of its own above it."""


@dataclass(frozen=True)
class Run:
    """Letters of one look; `link` is an outside address."""

    text: str
    strong: bool = False
    emphasis: bool = False
    link: str = ""


@dataclass
class _Document:
    """What the templates need: paragraphs and tables in order, pictures and addresses by number."""

    items: list[tuple[str, Any]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """With which number each numbered list begins."""

    def paragraph(self, style: str, *runs: Run | str) -> None:
        """Add a paragraph; `style` is an id of `styles.xml.j2`, empty for body text."""
        self.items.append((style, self.made(runs)))

    def made(self, runs: Iterable[Run | str]) -> list[Run]:
        """Runs as the templates take them, their addresses kept."""
        made = [Run(run) if isinstance(run, str) else run for run in runs]
        for run in made:
            if run.link and run.link not in self.links:
                self.links.append(run.link)
        return made

    def warnings(self, page: Page) -> None:
        """Add what readers must mind of a page: that it is a draft, that its numbers are made up."""
        for text in (page.status.warning, page.demo_text):
            if text:
                self.paragraph("IntenseQuote", text)

    def page(self, page: Page, level: int) -> None:
        """Add the content of a page; its sections get headings of `level`."""
        self.content(page.items, level)
        for section in page.sections:
            self.section(section, level)

    def section(self, section: Section, level: int) -> None:
        """Add a section and those in it."""
        self.paragraph(f"Heading{min(level, _DEEPEST)}", section.title)
        self.content(section.items, level + 1)
        for part in section.subsections:
            self.section(part, level + 1)

    def content(self, items: Sequence[Item], level: int) -> None:
        """Add items; a heading inside one gets `level`."""
        for item in items:
            match item:
                case Markdown(text):
                    for node in markdown_nodes(text):
                        self.markdown(node)
                case Prose():
                    style = "ListBullet" if item.bullets else ""
                    for text in item.paragraphs:
                        self.paragraph(style, text)
                case Numbered(number, Table() as table):
                    self.items.append(("table", _table(table, number)))
                case Numbered(number, Figure() as figure):
                    self.figure(figure, number)
                case KeyFigures():
                    self.key_figures(item, level)
                case SourceList():
                    self.sources(item, level)

    def markdown(self, node: Node, level: int = 0) -> None:
        """Add a paragraph or list of a notebook's own text; `level` is how deep a list stands in others."""
        if node["t"] == "p":
            self.paragraph("", *_runs(node["c"]))
            return
        number = _BULLETS
        if node["t"] == "ol":
            self.starts.append(node["start"])
            number = _BULLETS + len(self.starts)
        for item in node["c"]:
            for place, part in enumerate(item):
                if place or part["t"] != "p":
                    self.markdown(part, min(level + 1, _DEEPEST_LIST))
                    continue
                runs = self.made(_runs(part["c"]))
                self.items.append(("item", {"number": number, "level": level, "runs": runs}))

    def figure(self, figure: Figure, number: int) -> None:
        """Add a figure as a picture with its text alternative."""
        png = svg_png(figure.svg)
        self.pictures.append(png)
        width, height = struct.unpack(">II", png[16:24])
        points = min(width * 1440 / _PIXELS_PER_INCH, _TEXT_WIDTH)
        picture = {
            "number": len(self.pictures),
            "title": captions.figure_title(figure, number),
            "detail": figure.subtitle,
            "alt": figure.alt,
            "width": int(points * _EMU_PER_TWENTIETH),
            "height": int(points * height / width * _EMU_PER_TWENTIETH),
            "notes": below(figure),
        }
        self.items.append(("figure", picture))

    def key_figures(self, block: KeyFigures, level: int) -> None:
        """Add the key figures as a list under their heading."""
        self.paragraph(f"Heading{min(level, _DEEPEST)}", block.title)
        for item in block.items:
            told = item.change or captions.DIRECTIONS.get(item.direction, "")
            course = item.course.text if item.course else ""
            more = ". ".join(text.rstrip(".") for text in (told, item.comparison, course) if text)
            rest = f": {item.value}. {more}." if more else f": {item.value}"
            self.paragraph("ListBullet", Run(item.label, strong=True), rest)
        self.paragraph("Note", captions.source_line(block.sources))

    def sources(self, block: SourceList, level: int) -> None:
        """Add sources and reservations, each under its heading."""
        texts = {
            "Kilder": [
                f"{one.text} ({one.reference})" if one.reference else one.text
                for one in block.entries
            ],
            **dict(block.lists),
        }
        for title, entries in texts.items():
            if entries:
                self.paragraph(f"Heading{min(level, _DEEPEST)}", title)
            for text in entries:
                self.paragraph("ListBullet", text)

    def data(self, pages: Sequence[tuple[str, Page]], level: int) -> None:
        """Add the numbers behind the figures that no table of their page shows."""
        heading = f"Heading{min(level, _DEEPEST)}"
        for prefix, page in pages:
            for entry in page.figures():
                figure = entry.block
                if isinstance(figure, Figure) and page.table_of(figure) is None:
                    if heading:
                        self.paragraph(heading, "Tal bag figurerne")
                        heading = ""
                    title = prefix + captions.data_title(figure, entry.number)
                    self.items.append(("table", _table(figure.data, entry.number, title)))


def page_word(page: Page, dated: date) -> bytes:
    """One page as a Word document.

    Args:
        page: The page, a report or an agenda item.
        dated: Date of the document, for its properties.
    """
    made = _Document()
    made.paragraph("Title", page.title)
    made.paragraph("Subtitle", page.place)
    made.warnings(page)
    made.page(page, 1)
    made.data([("", page)], 1)
    return _written(made, page, page.document_title, dated)


def pages_word(title: str, pages: Sequence[Page], dated: date) -> bytes:
    """Several pages of one municipality and year as a Word document, each a chapter.

    Args:
        title: What they are together.
        pages: At least one, in their order.
        dated: Date of the document, for its properties.
    """
    first = pages[0]
    made = _Document()
    made.paragraph("Title", title)
    made.paragraph("Subtitle", first.place)
    chapters = []
    for number, page in enumerate(pages, start=1):
        made.items.append(
            ("chapter" if number > 1 else "Heading1", [Run(f"Bilag {number}. {page.title}")])
        )
        made.warnings(page)
        made.page(page, 2)
        chapters.append((f"Bilag {number}. ", page))
    made.data(chapters, 1)
    return _written(made, first, f"{title}: {first.place}", dated)


def _written(made: _Document, page: Page, title: str, dated: date) -> bytes:
    values = {
        "page": page,
        "title": title,
        "items": made.items,
        "pictures": range(1, len(made.pictures) + 1),
        "starts": made.starts,
        "links": {address: number for number, address in enumerate(made.links, start=1)},
        "dated": dated.isoformat(),
        "colour": accent_colours(page.header)["text"].removeprefix("#"),
    }
    texts = ((name, rendered(f"word/{part}", values).encode()) for name, part in _PARTS.items())
    pictures = ((f"word/media/figur{n}.png", png) for n, png in enumerate(made.pictures, start=1))
    return zipped([*texts, *pictures])


def _runs(nodes: Sequence[Node], **look: Any) -> Iterator[Run]:
    """The runs of a paragraph; a jump inside the page is its words alone."""
    for node in nodes:
        match node["t"]:
            case "strong" | "emphasis" as kind:
                yield from _runs(node["c"], **look, **{kind: True})
            case "link":
                yield from _runs(node["c"], **look, link=node["to"])
            case "jump":
                yield from _runs(node["c"], **look)
            case "break":
                yield Run(" ", **look)
            case _:
                yield Run(node["s"], **look)


def _table(table: Table, number: int, title: str = "") -> dict[str, Any]:
    heads = [column.label for column in table.columns]
    units = [captions.column_unit(table, column) for column in table.columns]
    rows = [heads, *([row.label, *(cell.text for cell in row.cells)] for row in table.rows)]
    # The proportions of the PDF, but no word is broken as long as there is room for all.
    words = (
        max(len(word) for cell in column for word in cell.split(" "))
        for column in zip(units, *rows, strict=True)
    )
    least = [word + _CELL_MARGIN for word in words]
    wide = [max(pair) for pair in zip(table_layout(table).widths, least, strict=True)]
    size = next((size for size, room in _CHARACTERS.items() if sum(wide) <= room), min(_CHARACTERS))
    spare = max(min(1.0, (_CHARACTERS[size] - sum(least)) / ((sum(wide) - sum(least)) or 1)), 0.0)
    widths = [low + spare * (high - low) for low, high in zip(least, wide, strict=True)]
    return {
        "title": title or captions.table_title(table, number),
        "detail": captions.table_detail(table),
        "widths": [int(_TEXT_WIDTH * width / sum(widths)) for width in widths],
        "numbers": [column.kind == "number" for column in table.columns],
        "bold": [False, *(row.emphasis for row in table.rows)],
        "kept": len(rows) <= _KEPT_ROWS,
        "size": size,
        "units": units,
        "rows": rows,
        "notes": below(table),
    }


def svg_png(svg: str) -> bytes:
    """A drawing as PNG, with the letters of the PDF."""
    png = typst.compile(
        b"#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
        b'#image(bytes(sys.inputs.svg), format: "svg")',
        font_paths=_fonts(),
        format="png",
        ppi=_PIXELS_PER_INCH,
        sys_inputs={"svg": svg},
    )
    if not isinstance(png, bytes):
        raise TypeError("a drawing is one sheet")
    return png


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(DATA / "fonts")])
