"""The executed notebook as a page: what HTML and PDF are both made from.

A page is the notebook's blocks and prose in their order, with headings as a tree of sections,
tables and figures numbered, and sections without numbers taken out and accounted for. Nothing else
may reach a reader: an output that is no block is a problem, never passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Literal

import nbformat
from nbformat import NotebookNode
from pydantic import TypeAdapter, ValidationError

from beskplan.blocks import captions, model
from beskplan.blocks.html import ID_PREFIXES, coloured
from beskplan.core.danish import slugify
from beskplan.core.errors import Problem, RenderError, did_you_mean
from beskplan.core.files import COPY
from beskplan.core.periods import date_text
from beskplan.registers.areas import area
from beskplan.render.markdown import Heading, local_links, markdown_problems, split_headings

# --- the status of a page: a build only makes drafts, a person's approval makes copies that differ in
# these words alone (`beskplan.publish`) ---

Kind = Literal["udkast", "godkendt", "offentliggjort", "trukket", "tjek"]


@dataclass(frozen=True)
class Status:
    """What is printed of a page's approval.

    Attributes:
        kind: Decides how it is set: drafts and what was withdrawn warn the reader.
        mark: A word or two for the head of every sheet; empty where nothing is to be minded.
        text: The whole sentence.
    """

    kind: Kind
    mark: str
    text: str

    @property
    def warning(self) -> str:
        """The sentence where the reader must be warned, else empty."""
        return self.text if self.kind in ("udkast", "trukket") else ""


DRAFT = Status("udkast", "Udkast", "Udkast. Ikke godkendt til offentliggørelse.")
CHECK = Status("tjek", "Plantjek", "Et tjek af planens tal, ikke en del af planen.")
"""The report of a plan check is approved by nobody."""


def approved_status(by: str, day: date) -> Status:
    """What is said of an approved page: `Godkendt 22. november 2026 af Mette Holm`."""
    return Status("godkendt", "", f"Godkendt {date_text(day)} af {by}.")


def published_status(by: str, day: date, published_on: date) -> Status:
    """What is said of a published page: `Godkendt ... Offentliggjort 24. november 2026`."""
    text = f"{approved_status(by, day).text} Offentliggjort {date_text(published_on)}."
    return Status("offentliggjort", "", text)


def withdrawn_status(by: str, day: date, reason: str) -> Status:
    """What is said of a withdrawn page: `Trukket tilbage 3. december 2026 af Mette Holm. ...`."""
    text = (
        f"Trukket tilbage {date_text(day)} af {by}. Må ikke anvendes. Grund: {reason.rstrip('.')}."
    )
    return Status("trukket", "Trukket tilbage", text)


_Content = model.Table | model.Figure | model.Prose | model.KeyFigures | model.SourceList


@dataclass(frozen=True)
class Markdown:
    """Prose of the notebook's author, without headings (see `beskplan.render.markdown`)."""

    text: str


@dataclass(frozen=True)
class Numbered:
    """A table or figure with its number; tables and figures are numbered apart, from 1."""

    number: int
    block: model.Table | model.Figure


Item = Markdown | model.Prose | Numbered | model.KeyFigures | model.SourceList
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

    def without_slots(self) -> Section:
        """The section without the places for what is still to be written."""
        parts = tuple(part.without_slots() for part in self.subsections)
        return replace(self, items=_without_slots(self.items), subsections=parts)


def _without_slots(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(one for one in items if not (isinstance(one, model.Prose) and one.role == "slot"))


@dataclass(frozen=True)
class Page:
    """A whole report, ready to be set."""

    header: model.Header
    """As the notebook shows it; `demo` where any table or figure of the page is made up."""
    title: str
    """The notebook's only h1."""
    items: tuple[Item, ...]
    """What stands before the first h2."""
    sections: tuple[Section, ...]
    omitted: tuple[model.Omitted, ...] = ()
    """What has no numbers here; the reasons also stand in the list of sources."""
    status: Status = DRAFT
    """Only a person's approval makes it another (`beskplan.publish.approval`)."""

    @property
    def name(self) -> str:
        """The title, of an edition with its period: `Status, 3. kvartal 2026`."""
        return ", ".join(filter(None, (self.title, self.header.periode)))

    @property
    def place(self) -> str:
        """Whom and which year or period the report is about: `Rudersdal Kommune, 2021`."""
        when = self.header.periode or self.header.aar
        return f"{area(self.header.kommune_kode).lang_navn}, {when}"

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

    def with_status(self, status: Status) -> Page:
        """The page as it is set with another status: only a draft has slots."""
        if status.kind == DRAFT.kind:
            return replace(self, status=status)
        sections = tuple(section.without_slots() for section in self.sections)
        return replace(self, status=status, items=_without_slots(self.items), sections=sections)

    def walk(self) -> Iterator[Item]:
        """Every item of the page, in reading order."""
        return chain(self.items, *(section.walk() for section in self.sections))

    def tables(self) -> tuple[Numbered, ...]:
        """The numbered tables in their order (the data tables of figures are not among them)."""
        return tuple(item for item in self._numbered() if isinstance(item.block, model.Table))

    def figures(self) -> tuple[Numbered, ...]:
        """The numbered figures in their order."""
        return tuple(item for item in self._numbered() if isinstance(item.block, model.Figure))

    def table_of(self, figure: model.Figure) -> Numbered | None:
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
    content: list[Markdown | _Content] = field(default_factory=list)
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
        self.headers: list[model.Header] = []
        self.omitted: list[model.Omitted] = []
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
            case model.Header():
                if self.headers:
                    self._problem(piece.where, "et hoved mere", "ét hoved i en rapport")
                self.headers.append(piece.value)
            case model.Omitted():
                self.omitted.append(piece.value)
                self.open[-1].omits = True
            case model.Subsections():
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
            self._problem("notebook", "intet hoved", "en opsætningscelle, der viser load(...)")
        if not top.title:
            self._problem("notebook", "ingen titel", "en første celle, der begynder med '# '")
        if any(omitted.missed for omitted in self.omitted) and not self.has_sources:
            self._problem("notebook", "udeladte dele, men ingen kilder", "report.sources()")
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
                self._problem(where, "en titel mere", "én titel i en rapport", heading.title)
            self.open[0].title = heading.title
            return
        if not heading.title:
            fix = "skriv overskriften efter #, eller slet linjen"
            self._problem(where, "en tom overskrift", "en overskrift med tekst", fix=fix)
        while self.open[-1].level >= heading.level:
            self.open.pop()
        if heading.level != self.open[-1].level + 1:
            expected = f"niveau {self.open[-1].level + 1} eller højere"
            self._problem(
                where,
                f"overskriften på niveau {heading.level} springer et niveau over",
                expected,
                heading.title,
            )
        draft = _Draft(level=heading.level, title=heading.title)
        self.open[-1].subsections.append(draft)
        self.open.append(draft)

    def _add_subsections(self, block: model.Subsections, where: str) -> None:
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
            self._problem(where, "tekst før titlen", "titlen først", text[:80])
        self.open[-1].content.append(Markdown(text))

    def _add_block(self, block: _Content, where: str) -> None:
        key = (block.kind, block.id)
        if key in self.block_ids:
            self._problem(
                where, f"en blok mere ({block.kind}) med samme navn", "et navn for sig", block.id
            )
        self.block_ids.add(key)
        self.has_sources = self.has_sources or isinstance(block, model.SourceList)
        if isinstance(block, model.Table | model.Figure) and self._is_all_demo():
            block = model.as_demo(block)
        self.has_demo = self.has_demo or (
            isinstance(block, model.Table | model.Figure) and block.demo
        )
        self.open[-1].content.append(block)

    def _is_all_demo(self) -> bool:
        """Whether the data that the report was made from are made up."""
        return any(header.demo for header in self.headers)

    def _items(self, draft: _Draft) -> tuple[Item, ...]:
        return tuple(self._item(content) for content in draft.content)

    def _item(self, content: Markdown | _Content) -> Item:
        match content:
            case model.Table() | model.Figure():
                self.numbers[content.kind] += 1
                accent = self.headers[0].light if self.headers else None
                shown = coloured(content, accent) if isinstance(content, model.Figure) else content
                return Numbered(self.numbers[content.kind], shown)
            case model.SourceList():
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
                    expected = "et afsnits navn på siden"
                    problem = Problem(
                        "notebook", "et link til et afsnit, der ikke er der", target, expected, fix
                    )
                    self.problems.append(problem)

    def _problem(
        self, where: str, what: str, expected: str, found: str = "", fix: str = ""
    ) -> None:
        self.problems.append(Problem(where, what, found, expected, fix))


_BLOCK: TypeAdapter[model.Block] = TypeAdapter(model.Block)


@dataclass(frozen=True)
class Piece:
    """A heading, a stretch of markdown or a block, and the cell that it stands in."""

    where: str
    value: Heading | str | model.Block


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from disk, as version 4."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def read_pieces(nb: NotebookNode) -> tuple[list[Piece], list[Problem]]:
    """The pieces of a notebook in order, and everything in it that is none.

    Cells are counted from 1, as a reader of the notebook counts them: without the one that papermill adds.
    """
    pieces: list[Piece] = []
    problems: list[Problem] = []
    written = (
        cell for cell in nb.cells if "injected-parameters" not in cell.metadata.get("tags", ())
    )
    for number, cell in enumerate(written, start=1):
        where = f"celle {number}"
        for found in _cell(cell, where):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                pieces.append(found)
    return pieces, problems


def _cell(cell: NotebookNode, where: str) -> Iterator[Piece | Problem]:
    if COPY in cell.metadata.get("tags", ()):
        return
    if cell.cell_type == "markdown":
        for part in split_headings(cell.source):
            if isinstance(part, str):
                yield from markdown_problems(part, where)
            yield Piece(where, part)
    elif cell.cell_type == "code":
        for output in cell.outputs:
            yield _output(output, where)
    elif cell.source.strip():
        yield Problem(where, "en rå celle", cell.source[:80], fix="gør den til en tekstcelle")


def _output(output: NotebookNode, where: str) -> Piece | Problem:
    if output.output_type == "error":
        return Problem(where, "cellen fejlede", f"{output.ename}: {output.evalue}")
    if output.output_type == "stream":
        fix = "lad cellen vise en blok; en advarsels årsag skal rettes"
        return Problem(
            where, f"udskrevet tekst ({output.name})", output.text.strip()[:200], fix=fix
        )
    if model.MIME not in output.data:
        return Problem(
            where,
            "et resultat, der ikke er en blok",
            found=str(output.data.get("text/plain", ", ".join(output.data)))[:80],
            expected="en blok fra beskplan",
            fix=_fix(output),
        )
    try:
        return Piece(where, _BLOCK.validate_python(output.data[model.MIME]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return Problem(
            where,
            "en blok, der ikke kan læses",
            found=f"{place}: {first['msg']}" if place else first["msg"],
            expected="en blok fra denne udgave af beskplan",
            fix="kør notebooken igen",
        )


def _fix(output: NotebookNode) -> str:
    if any(kind.startswith("image/") for kind in output.data):
        return "vis figuren med figure(...)"
    if "text/html" in output.data:
        return "vis tabellen med table(...)"
    return "slut cellen med table(...), figure(...) eller sentence(...)"


_PAGE_IDS = frozenset({"indhold", "indhold-titel", "top"})
"""Ids that the template itself uses."""


def heading_id(title: str, taken: set[str]) -> str:
    """An id for a heading that no other element of the page has; it is added to `taken`.

    `Førtidspension` -> `foertidspension`, the next of that name `foertidspension-2`. A title that
    would give an id of the template or of a block, or one that begins with a digit, gets `afsnit-`
    in front; one without letters and digits becomes `afsnit`.
    """
    slug = slugify(f"afsnit {title}").removeprefix("afsnit").removeprefix("-")
    if not slug[:1].isalpha() or slug in _PAGE_IDS or slug.startswith(ID_PREFIXES):
        slug = f"afsnit-{slug}".rstrip("-")
    unique, number = slug, 2
    while unique in taken:
        unique, number = f"{slug}-{number}", number + 1
    taken.add(unique)
    return unique
