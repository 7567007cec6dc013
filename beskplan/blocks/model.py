"""The blocks: what one cell of a report shows, as plain frozen values.

A block carries its data and its texts, nothing of its looks. The same block becomes HTML, a part of
the PDF, a CSV and a text alternative; the notebook keeps it as JSON (`MIME`) beside its HTML, so that
page and PDF are two views of the same values. Construction refuses what a reader would miss
(`beskplan.blocks.tables`, `figures`, `sentences` give the refusal in words).
"""

import operator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MIME = "application/vnd.beskplan.block+json"
"""The MIME type under which an executed notebook keeps a block."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A text that is really there: not empty, not blank."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
"""ASCII, usable as id, file name and anchor."""
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
"""As `#12436D`: nothing that a style sheet could take for more than a colour."""
State = Literal["known", "withheld", "absent", "calculated"]
"""See `beskplan.observations.contract`: withheld is not zero, absent is not withheld."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Value):
    """A column head; `unit` says what its numbers are, empty only for the row heads and plain text."""

    id: Slug
    label: Text
    kind: Literal["text", "number"] = "number"
    unit: str = ""


class CellLine(_Value):
    """A little line in a cell: decoration, as the cells beside it have its first and last number."""

    svg: Text
    values: tuple[float | None, ...]
    """One per period; None where there is no number."""


class Cell(_Value):
    """One cell: the text that is printed, and the number behind it (None unless known or calculated)."""

    text: Text
    value: float | None = None
    state: State = "known"
    origin: tuple[Any, ...] = ()
    """How the number came about: see `beskplan.indicators.quantities.Origin`."""
    line: CellLine | None = Field(None, exclude_if=operator.not_)
    """The course from this number on, drawn after the text."""


class Row(_Value):
    """A row: its head, and one cell per column after the first."""

    label: Text
    cells: tuple[Cell, ...]
    emphasis: bool = False
    """The row that the report is about, or a total: set in bold."""
    area: str = ""
    """Code of the area that the row is about, if it is about one."""


class Source(_Value):
    """Where the numbers come from; `text` follows "Kilde:" under the block."""

    text: Text
    """As printed, e.g. `Jobindsats.dk, a-dagpenge (y01a02), hentet 18. november 2020`."""
    reference: str = ""
    """The trace: document, table and line, or table id and snapshot."""


class Table(_Value):
    """A table: one header row, a head for each row, no merged or empty cells."""

    kind: Literal["table"] = "table"
    id: Slug
    title: Text
    """Without number; the page numbers tables in their order."""
    unit: Text
    period: Text
    columns: Annotated[tuple[Column, ...], Field(min_length=2)]
    """The first column is the row heads'."""
    rows: Annotated[tuple[Row, ...], Field(min_length=1)]
    notes: tuple[Text, ...] = ()
    """Printed under the table as `[note 1]`, `[note 2]`."""
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    demo: bool = False
    """Whether its numbers are made up: it says so wherever it is shown."""


class Figure(_Value):
    """A figure as SVG, with its words and the numbers that it draws."""

    kind: Literal["figure"] = "figure"
    id: Slug
    title: Text
    """The message, as one short sentence without full stop."""
    subtitle: Text
    """Measure, unit and period."""
    alt: Annotated[Text, StringConstraints(min_length=40)]
    """Generated from the data: kind of figure, what, start and end, extremes, comparison."""
    svg: Text
    svg_narrow: str = ""
    """The same drawn for a phone; `svg` is shown there too where it is empty."""
    data: Table
    """The numbers drawn; shown beside the figure."""
    notes: tuple[Text, ...] = ()
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    demo: bool = False
    """Whether its numbers are made up: it says so wherever it is shown."""


class Prose(_Value):
    """Sentences made from numbers; one string a paragraph, or a list item where `bullets`."""

    kind: Literal["prose"] = "prose"
    id: Slug
    paragraphs: Annotated[tuple[Text, ...], Field(min_length=1)]
    bullets: bool = False
    role: Literal["text", "note", "place", "slot"] = "text"
    """A note is a reservation about the numbers, a place stands for what is lost, and a slot for what is
    still to be written: only a draft shows that."""


class Sparkline(_Value):
    """The course of a number as a little line (`charts.sparkline`), with the words that say it."""

    svg: Text
    text: Text
    """From when, the lowest and the highest number, each with its period."""
    numbers: Annotated[tuple[Cell, ...], Field(min_length=2)]
    """The numbers that the line is drawn through, in time; a withheld or absent one is a gap."""


class KeyFigure(_Value):
    """One number that a committee member must see."""

    label: Text
    value: Text
    direction: Literal["up", "down", "same", "none"] = "none"
    change: str = ""
    comparison: str = ""
    numbers: tuple[Cell, ...] = ()
    """The numbers of the texts above: the level, the change, the change in per cent, and the change in
    per cent of each area of comparison."""
    course: Sparkline | None = None


class KeyFigures(_Value):
    """The strip at the top of a report ("nøgletal"): three to five numbers."""

    kind: Literal["key-figures"] = "key-figures"
    id: Slug = "noegletal"
    title: Text
    items: Annotated[tuple[KeyFigure, ...], Field(min_length=1, max_length=8)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]


class SourceList(_Value):
    """The section "Kilder og forbehold": every source the report read, and every reservation."""

    kind: Literal["sources"] = "sources"
    id: Slug = "kilder"
    entries: Annotated[tuple[Source, ...], Field(min_length=1)]
    news: Annotated[tuple[Text, ...], Field(exclude_if=lambda one: not one)] = ()
    """What is new in the numbers since an earlier edition."""
    reservations: tuple[Text, ...] = ()

    @property
    def lists(self) -> tuple[tuple[str, tuple[Text, ...]], ...]:
        """What follows the sources, each list by its heading; empty ones are left out."""
        lists = (("Hvad er nyt i tallene", self.news), ("Forbehold", self.reservations))
        return tuple(one for one in lists if one[1])


class Omitted(_Value):
    """Nothing to show here for this municipality and year, and why.

    A section of which every block is omitted leaves the page, and its reasons are listed
    under "Kilder og forbehold": nothing is dropped in silence.
    """

    kind: Literal["omitted"] = "omitted"
    id: Slug
    reason: Text
    missed: bool = True
    """Whether a reader misses something: only then is the reason told on the page."""


class Subsection(_Value):
    """A heading that the data give, and what stands under it."""

    title: Text
    blocks: Annotated[
        tuple[
            Annotated[Table | Figure | Prose | Omitted, Field(discriminator="kind")],
            ...,
        ],
        Field(min_length=1),
    ]


class Subsections(_Value):
    """As many sections as the data have, one level below the heading that the cell stands under.

    For what a notebook cannot list by itself, such as a plan's targets.
    """

    kind: Literal["subsections"] = "subsections"
    id: Slug
    parts: Annotated[tuple[Subsection, ...], Field(min_length=1)]


class Accent(_Value):
    """The publisher's colours on one ground; that they can be read is checked where they are set."""

    text: Colour
    """Small text: a shade of the publisher's colour that has 7:1."""
    large: Colour
    """Titles and key figures: the publisher's colour as it is."""
    graphics: Colour


class Header(_Value):
    """What the report is: shown by the set-up cell, used for title, h1, metadata and proof."""

    kind: Literal["header"] = "header"
    bilag: Slug
    kommune: Text
    """The municipality's (or region's) name without "Kommune"."""
    kommune_kode: Text
    afsender: Text
    """Who publishes: `Rudersdal Kommune`."""
    aar: int
    periode: str = Field("", exclude_if=operator.not_)
    """The month or quarter of an edition: `3. kvartal 2026`; empty where the report is the year's."""
    data_id: Text
    """Id of the snapshot that the numbers come from."""
    data_text: Text
    """The same for readers: what data, and of which date."""
    facts: tuple[Text, ...] = ()
    """The plan, the day of its adoption, and whom to ask."""
    demo: bool = False
    logo: str = ""
    """Data URI, or empty."""
    logo_alt: str = ""
    light: Accent | None = None
    """Colours on a light ground; the template's own where left out."""
    dark: Accent | None = None
    statement_url: Annotated[str, StringConstraints(pattern=r"^(https://[^\s\"'<>]+)?$")] = ""
    """Address of the accessibility statement; the list of all statements where left out."""


Block = Annotated[
    Table | Figure | Prose | KeyFigures | SourceList | Omitted | Subsections | Header,
    Field(discriminator="kind"),
]

Numbers = TypeVar("Numbers", bound=Table | Figure)


def as_demo(block: Numbers) -> Numbers:
    """The same block, marked as made of demo data; of a figure also the numbers behind it."""
    if isinstance(block, Figure):
        return block.model_copy(update={"demo": True, "data": as_demo(block.data)})
    return block.model_copy(update={"demo": True})
