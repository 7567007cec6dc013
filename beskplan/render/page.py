"""The executed notebook as a page: what HTML and PDF are both made from.

A page is the notebook's blocks and prose in their order, with headings as a tree of sections,
tables and figures numbered, and sections without numbers taken out and accounted for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from nbformat import NotebookNode

from beskplan.blocks import captions
from beskplan.blocks.demo import as_demo
from beskplan.blocks.model import (
    Figure,
    Header,
    KeyFigures,
    Omitted,
    Prose,
    SourceList,
    Subsections,
    Table,
)
from beskplan.core.errors import Problem, RenderError, did_you_mean
from beskplan.registers.areas import area
from beskplan.render.markdown import Heading, local_links
from beskplan.render.pieces import Piece, read_pieces
from beskplan.render.slugs import heading_id
from beskplan.render.standing import DRAFT, Standing

_Shown = Table | Figure | Prose | KeyFigures | SourceList


@dataclass(frozen=True)
class Markdown:
    """Prose of the notebook's author, without headings (see `beskplan.render.markdown`)."""

    text: str


@dataclass(frozen=True)
class Numbered:
    """A table or figure with its number; tables and figures are numbered apart, from 1."""

    number: int
    block: Table | Figure


Item = Markdown | Prose | Numbered | KeyFigures | SourceList
"""What a page or a section holds, in reading order."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `id` is unique on the page and ASCII."""

    id: str
    title: str
    items: tuple[Item, ...]
    subsections: tuple[Section, ...] = ()

    def walk(self) -> Iterator[Item]:
        """Every item of the section and its subsections, in reading order."""
        return chain(self.items, *(part.walk() for part in self.subsections))


@dataclass(frozen=True)
class Page:
    """A whole report, ready to be set."""

    header: Header
    """As the notebook shows it; `demo` where any table or figure of the page is made up."""
    title: str
    """The notebook's only h1."""
    items: tuple[Item, ...]
    """What stands before the first h2."""
    sections: tuple[Section, ...]
    omitted: tuple[Omitted, ...] = ()
    """What has no numbers here; the reasons also stand in the list of sources."""
    standing: Standing = DRAFT
    """Only a person's approval makes it another (`beskplan.publish.approval`)."""

    @property
    def place(self) -> str:
        """Whom and which year the report is about: `Rudersdal Kommune, 2021`."""
        return f"{area(self.header.kommune_kode).lang_navn}, {self.header.aar}"

    @property
    def heading(self) -> str:
        """The h1 as it is read aloud: `Målgrupper: Rudersdal Kommune, 2021`."""
        return f"{self.title}: {self.place}"

    @property
    def document_title(self) -> str:
        """The title of the document, as a browser's tab or a reader's library shows it."""
        return f"{self.heading} (demodata)" if self.header.demo else self.heading

    @property
    def demo_text(self) -> str:
        """What the top of the page says of made-up numbers; where only some are, which."""
        made_up = [entry for entry in self._numbered() if entry.block.demo]
        if not self.header.demo or len(made_up) == len(tuple(self._numbered())):
            return captions.DEMO if self.header.demo else ""
        return captions.demo_scope([(entry.block.kind, entry.number) for entry in made_up])

    def walk(self) -> Iterator[Item]:
        """Every item of the page, in reading order."""
        return chain(self.items, *(section.walk() for section in self.sections))

    def tables(self) -> tuple[Numbered, ...]:
        """The numbered tables in their order (the data tables of figures are not among them)."""
        return tuple(item for item in self._numbered() if isinstance(item.block, Table))

    def figures(self) -> tuple[Numbered, ...]:
        """The numbered figures in their order."""
        return tuple(item for item in self._numbered() if isinstance(item.block, Figure))

    def table_of(self, figure: Figure) -> Numbered | None:
        """The numbered table that already shows the numbers a figure draws, if there is one."""
        return next((entry for entry in self.tables() if entry.block == figure.data), None)

    def _numbered(self) -> Iterator[Numbered]:
        return (item for item in self.walk() if isinstance(item, Numbered))


def read_page(nb: NotebookNode) -> Page:
    """The page that an executed notebook makes.

    Raises:
        RenderError: with all problems: no header or several, no h1 or several, a heading level
            skipped, an output that is no block (a bare DataFrame or figure, printed text, an
            error), a block that cannot be read, two blocks of one id, markdown that page or PDF
            cannot show, something omitted without a list of sources that says so.
    """
    pieces, problems = read_pieces(nb)
    page = _Reading(problems)
    for piece in pieces:
        page.add(piece)
    return page.finished()


@dataclass
class _Draft:
    """A section while its content is still being read; level 1 is the page itself."""

    level: int
    title: str
    content: list[Markdown | _Shown] = field(default_factory=list)
    subsections: list[_Draft] = field(default_factory=list)
    omits: bool = False

    def is_left_out(self) -> bool:
        """Whether something here was omitted, and nothing was shown."""
        parts = tuple(self.parts())
        shown = any(not isinstance(item, Markdown) for part in parts for item in part.content)
        return not shown and any(part.omits for part in parts)

    def parts(self) -> Iterator[_Draft]:
        """The section itself and everything under it."""
        return chain([self], *(part.parts() for part in self.subsections))


class _Reading:
    """Builds a page piece by piece, and collects what is wrong on the way."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.headers: list[Header] = []
        self.omitted: list[Omitted] = []
        self.block_ids: set[tuple[str, str]] = set()
        self.heading_ids: set[str] = set()
        self.numbers = {"table": 0, "figure": 0}
        self.has_sources = False
        self.has_demo = False
        self.open = [_Draft(level=1, title="")]

    def add(self, piece: Piece) -> None:
        """Take the next piece of the notebook."""
        match piece.value:
            case Heading():
                self._open_section(piece.value, piece.where)
            case str():
                self._add_markdown(piece.value, piece.where)
            case Header():
                if self.headers:
                    self._problem(piece.where, "a second header", "one header in a report")
                self.headers.append(piece.value)
            case Omitted():
                self.omitted.append(piece.value)
                self.open[-1].omits = True
            case Subsections():
                self._add_subsections(piece.value, piece.where)
            case block:
                self._add_block(block, piece.where)

    def finished(self) -> Page:
        """The page.

        Raises:
            RenderError: if anything was wrong.
        """
        top = self.open[0]
        if not self.headers:
            self._problem("notebook", "no header", "a set-up cell that shows load(...)")
        if not top.title:
            self._problem("notebook", "no h1", "a first cell that begins with '# '")
        if any(omitted.missed for omitted in self.omitted) and not self.has_sources:
            self._problem("notebook", "omitted parts but no list of sources", "report.sources()")
        items, sections = self._items(top), self._sections(top)
        self._check_local_links(items, sections)
        if self.problems:
            raise RenderError(self.problems)
        demo = self.has_demo or self._is_all_demo()
        header = self.headers[0].model_copy(update={"demo": demo})
        return Page(header, top.title, items, sections, tuple(self.omitted))

    def _open_section(self, heading: Heading, where: str) -> None:
        if heading.level == 1:
            if self.open[0].title:
                self._problem(where, "a second h1", "one h1 in a report", heading.title)
            self.open[0].title = heading.title
            return
        if not heading.title:
            self._problem(where, "an empty heading", "a heading with a text")
        while self.open[-1].level >= heading.level:
            self.open.pop()
        if heading.level != self.open[-1].level + 1:
            expected = f"h{self.open[-1].level + 1} or higher"
            self._problem(where, f"h{heading.level} skips a level", expected, heading.title)
        draft = _Draft(level=heading.level, title=heading.title)
        self.open[-1].subsections.append(draft)
        self.open.append(draft)

    def _add_subsections(self, block: Subsections, where: str) -> None:
        around = self.open[-1].level
        for part in block.parts:
            self._open_section(Heading(around + 1, part.title), where)
            for content in part.blocks:
                self.add(Piece(where, content))
        # What the notebook shows next stands under its own heading again.
        while self.open[-1].level > around:
            self.open.pop()

    def _add_markdown(self, text: str, where: str) -> None:
        if not self.open[0].title:
            self._problem(where, "text before the h1", "the h1 first", text[:80])
        self.open[-1].content.append(Markdown(text))

    def _add_block(self, block: _Shown, where: str) -> None:
        key = (block.kind, block.id)
        if key in self.block_ids:
            self._problem(where, f"a second {block.kind} of one id", "an id of its own", block.id)
        self.block_ids.add(key)
        self.has_sources = self.has_sources or isinstance(block, SourceList)
        if isinstance(block, Table | Figure) and self._is_all_demo():
            block = as_demo(block)
        self.has_demo = self.has_demo or (isinstance(block, Table | Figure) and block.demo)
        self.open[-1].content.append(block)

    def _is_all_demo(self) -> bool:
        """Whether the data that the report was made from are made up."""
        return any(header.demo for header in self.headers)

    def _items(self, draft: _Draft) -> tuple[Item, ...]:
        return tuple(self._item(content) for content in draft.content)

    def _item(self, content: Markdown | _Shown) -> Item:
        match content:
            case Table() | Figure():
                self.numbers[content.kind] += 1
                return Numbered(self.numbers[content.kind], content)
            case SourceList():
                reasons = (omitted.reason for omitted in self.omitted if omitted.missed)
                reservations = tuple(dict.fromkeys((*content.reservations, *reasons)))
                return content.model_copy(update={"reservations": reservations})
        return content

    def _sections(self, parent: _Draft) -> tuple[Section, ...]:
        # Depth first, an own item before a subsection's: the order in which numbers are given.
        return tuple(
            Section(
                id=heading_id(draft.title, self.heading_ids),
                title=draft.title,
                items=self._items(draft),
                subsections=self._sections(draft),
            )
            for draft in parent.subsections
            if not draft.is_left_out()
        )

    def _check_local_links(self, items: tuple[Item, ...], sections: tuple[Section, ...]) -> None:
        for item in chain(items, *(section.walk() for section in sections)):
            for target in local_links(item.text) if isinstance(item, Markdown) else ():
                if target not in self.heading_ids:
                    fix = did_you_mean(target, self.heading_ids)
                    expected = "the id of a section on the page"
                    problem = Problem("notebook", "a link to no section", target, expected, fix)
                    self.problems.append(problem)

    def _problem(self, where: str, what: str, expected: str, found: str = "") -> None:
        self.problems.append(Problem(where, what, found=found, expected=expected))
