"""What the register knows of one ydelse (benefit): its days, names, inflections and tables."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from beskplan.registers.reading import Closed, Span

Sources = Annotated[tuple[str, ...], Field(min_length=1)]
"""Keys of `sources` in the same file: where the fact is read."""


class Forms(Closed):
    """The Danish words for a benefit from a date on (None: always), lower case but for titles."""

    valid_from: date | None = None
    name: str
    """Official name: 'a-dagpenge'."""
    koen: Literal["en", "et", "flertal"]
    """Grammatical gender as its article; `flertal` for words that exist only in the plural."""
    bestemt: str
    """Definite form: 'fleksjobbet', 'a-dagpengene'."""
    modtagere: str
    """Recipients, indefinite plural: 'fleksjobansatte'."""
    paa: str
    """What follows 'fuldtidspersoner': 'på a-dagpenge', 'i fleksjob'."""
    overskrift: str
    """Section heading of an appendix: 'Forsikrede ledige'."""
    tabeltitel: str
    """First words of a table's title: 'A-dagpenge'."""
    source: Sources


class TableUse(Span):
    """A Jobindsats table, and the days for which it has figures of the benefit.

    The source may count back: y60a02 has figures from before the benefit it is named after.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    source: Sources


class StatedParts(Span):
    """The parts of a composite as a source states them for some days, ended benefits included."""

    parts: tuple[str, ...]
    source: Sources


class BenefitEntry(Span):
    """One entry of `benefits.yaml`: a benefit, or a composite of several (`parts` not empty)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    source: Sources
    """Source of the two dates."""
    successors: tuple[str, ...] = ()
    """What replaced it when it ended."""
    tables: tuple[TableUse, ...] = ()
    counted_back_note: str | None = None
    """Sentence for figures that the source has counted back to before `valid_from`."""
    forms: Annotated[tuple[Forms, ...], Field(min_length=1)]
    """Oldest first."""
    aliases: tuple[str, ...] = ()
    """Other names that plans and sources print; the names in `forms` need no alias."""
    parts: tuple[str, ...] = ()
    """Of a composite: benefits in the order they are listed; the date decides which count."""
    stated: tuple[StatedParts, ...] = ()


class Benefit(BenefitEntry):
    """A benefit or composite as the reports use it; every word is asked for by a date.

    A date before the first name gives the first (figures may be counted back), a date after the
    end gives the last; whether the benefit exists on that day is `covers(on)`.
    """

    predecessors: tuple[str, ...] = ()

    @property
    def is_composite(self) -> bool:
        """Whether it is a sum of other benefits."""
        return bool(self.parts)

    @property
    def names(self) -> tuple[tuple[date | None, str], ...]:
        """Each official name with its first day (None: always), oldest first."""
        return tuple((forms.valid_from, forms.name) for forms in self.forms)

    def forms_on(self, on: date) -> Forms:
        """The words in force on a day."""
        begun = [f for f in self.forms if f.valid_from is None or f.valid_from <= on]
        return begun[-1] if begun else self.forms[0]

    def name(self, on: date) -> str:
        """Official name: 'integrationsydelse' in 2019."""
        return self.forms_on(on).name

    def koen(self, on: date) -> Literal["en", "et", "flertal"]:
        """Article that shows the gender, or `flertal`."""
        return self.forms_on(on).koen

    def bestemt(self, on: date) -> str:
        """Definite form: 'integrationsydelsen'."""
        return self.forms_on(on).bestemt

    def modtagere(self, on: date) -> str:
        """Recipients: 'a-dagpengemodtagere', 'borgere i ressourceforløb'."""
        return self.forms_on(on).modtagere

    def gruppen(self, on: date) -> str:
        """The recipients as one subject: 'gruppen af fleksjobansatte'."""
        return f"gruppen af {self.modtagere(on)}"

    def paa(self, on: date) -> str:
        """What follows 'fuldtidspersoner': 'på a-dagpenge', 'i fleksjob'."""
        return self.forms_on(on).paa

    def overskrift(self, on: date) -> str:
        """Section heading, capitalised."""
        return self.forms_on(on).overskrift

    def tabeltitel(self, on: date) -> str:
        """First words of a table's title, capitalised."""
        return self.forms_on(on).tabeltitel

    def table_ids(self, on: date) -> tuple[str, ...]:
        """Jobindsats tables with figures for that day; empty where none is known."""
        return tuple(table.id for table in self.tables if table.covers(on))

    def is_counted_back(self, on: date) -> bool:
        """Whether the source has figures for a day before the benefit existed."""
        before = self.valid_from is not None and on < self.valid_from
        return before and bool(self.table_ids(on))


class Event(Closed):
    """A day on which benefits changed, with the sentences a reader gets about it."""

    id: str
    day: date
    kind: Literal["introduced", "renamed", "replaced", "ended"]
    ydelser: Annotated[tuple[str, ...], Field(min_length=1)]
    note: str
    source: Sources


class BenefitsFile(Closed):
    """The whole of `benefits.yaml`."""

    sources: dict[str, str]
    ydelser: tuple[BenefitEntry, ...]
    events: tuple[Event, ...]
