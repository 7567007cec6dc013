"""Ydelser (benefits) with their days, names, successors and Danish words.

Everything is dated data in `data/benefits.yaml`: a benefit that the law renames, ends or merges is a
change there, not in code. Every word is asked for by a date. What must hold between the entries is
held by `tests/unit/test_registers.py`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Annotated, Literal

from pydantic import Field

from beskplan.core.danish import list_danish
from beskplan.core.errors import UnknownNameError, did_you_mean
from beskplan.registers.document import problem
from beskplan.registers.reading import Closed, Span, shipped

FILE = "benefits.yaml"

Sources = Annotated[tuple[str, ...], Field(min_length=1)]
"""Keys of `sources` in the same file: where the fact is read."""


def is_where(words: str) -> bool:
    """Tell whether words say where people are ('på a-dagpenge') and not who they are ('nettoledige …')."""
    return words.startswith(("på ", "i "))


def number_of(words: str) -> str:
    """`antallet på a-dagpenge`, `antallet af modtagere blandt udenlandske statsborgere`."""
    return f"antallet {words}" if is_where(words) else f"antallet af {words}"


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
    """What follows 'fuldtidspersoner': 'på a-dagpenge', 'i fleksjob'; or who they are: 'nettoledige på …'."""
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


class Benefit(Span):
    """A benefit, or a composite of several (`parts` not empty); every word is asked for by a date.

    A date before the first name gives the first (figures may be counted back), a date after the
    end gives the last; whether the benefit exists on that day is `covers(on)`.
    """

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
    faerre_er_bedre: bool = False
    """Whether it is plain that fewer recipients are better: not of supported jobs, leave or retirement."""
    tilbud: bool = False
    """Whether it is an offer, whose participants get a benefit, and no benefit itself."""
    om: str = ""
    """A sentence or two on whom it is for, to stand below a heading."""
    parts: tuple[str, ...] = ()
    """Of a composite: benefits in the order they are listed; the date decides which count."""
    stated: tuple[StatedParts, ...] = ()

    @property
    def is_composite(self) -> bool:
        """Whether it is a sum of other benefits."""
        return bool(self.parts)

    def forms_on(self, on: date) -> Forms:
        """The words in force on a day."""
        begun = [f for f in self.forms if f.valid_from is None or f.valid_from <= on]
        return begun[-1] if begun else self.forms[0]

    def name(self, on: date) -> str:
        """Official name: 'integrationsydelse' in 2019."""
        return self.forms_on(on).name

    def modtagere(self, on: date) -> str:
        """Recipients: 'a-dagpengemodtagere', 'borgere i ressourceforløb'."""
        return self.forms_on(on).modtagere

    def paa(self, on: date) -> str:
        """What follows a number of people: 'på a-dagpenge', 'i fleksjob', 'nettoledige på a-dagpenge'."""
        return self.forms_on(on).paa

    def antal(self, on: date) -> str:
        """Whose number it is: 'antallet på a-dagpenge', 'antallet af nettoledige på a-dagpenge'."""
        return number_of(self.paa(on))

    def overskrift(self, on: date) -> str:
        """Section heading, capitalised."""
        return self.forms_on(on).overskrift

    def tabeltitel(self, on: date) -> str:
        """First words of a table's title, capitalised."""
        return self.forms_on(on).tabeltitel

    def table_ids(self, on: date) -> tuple[str, ...]:
        """Jobindsats tables with figures for that day; empty where none is known."""
        return tuple(table.id for table in self.tables if table.covers(on))

    @property
    def predecessors(self) -> tuple[str, ...]:
        """Ids of the benefits that it replaced."""
        return tuple(one.id for one in register().benefits.values() if self.id in one.successors)

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


class Register(Closed):
    """The whole of `benefits.yaml`."""

    sources: dict[str, str]
    """Full text of each source key."""
    ydelser: tuple[Benefit, ...]
    """In the order of a report's sections."""
    events: tuple[Event, ...]
    """Oldest first."""

    @cached_property
    def benefits(self) -> dict[str, Benefit]:
        """The benefits by id, in the file's order."""
        return {one.id: one for one in self.ydelser}


@cache
def register() -> Register:
    """The register that ships inside the package."""
    return shipped(FILE, Register)


def benefit(ydelse: str) -> Benefit:
    """The benefit or composite with this id.

    Raises:
        UnknownNameError: no such id; names the nearest.
    """
    known = register().benefits
    if ydelse not in known:
        # Whoever writes the name that readers see means the benefit that is called so.
        called = [one.id for one in known.values() if ydelse in {form.name for form in one.forms}]
        fix = f"mente du '{called[-1]}'?" if called else did_you_mean(ydelse, known)
        raise UnknownNameError(problem("no-benefit", "ydelse", ydelse, fix=fix))
    return known[ydelse]


def benefits() -> tuple[Benefit, ...]:
    """All plain benefits that ever were, composites left out."""
    return tuple(b for b in register().benefits.values() if not b.is_composite)


def composites() -> tuple[Benefit, ...]:
    """The sums of benefits that plans print as one figure."""
    return tuple(b for b in register().benefits.values() if b.is_composite)


def parts(ydelse: str, on: date) -> tuple[str, ...]:
    """Ids that a composite consists of on a day; a plain benefit consists of itself.

    Where a source states the parts for that day, its list is given as it stands, with benefits
    that had ended (they count nobody); else the parts in force.
    """
    whole = benefit(ydelse)
    for stated in whole.stated:
        if stated.covers(on):
            return stated.parts
    return tuple(p for p in whole.parts if benefit(p).covers(on)) or (whole.id,)


def replaced_by(ydelse: str, on: date) -> tuple[Benefit, ...]:
    """The benefits that stand in its place on a day: itself while in force, else its successors.

    Empty where it ended with no successor, or where it has not begun.
    """
    here = benefit(ydelse)
    if here.covers(on):
        return (here,)
    if here.valid_to is None or on <= here.valid_to:
        return ()
    heirs = (heir for name in here.successors for heir in replaced_by(name, on))
    return tuple(dict.fromkeys(heirs))


def named_in(text: str) -> frozenset[str]:
    """Ids of the benefits that a text names, also as in `fleksjobforløb`, not as in `fleksjobvisiteret`.

    Example:
        >>> sorted(named_in("Sygedagpengemodtagere"))
        ['sygedagpenge']
    """
    hits = _hits(text)
    # `ledighedsydelse til fleksjobvisiterede` names one benefit, not also those in its name.
    return frozenset().union(
        *(
            ids
            for name, ids in hits
            if not any(name != other and name in other for other, _ in hits)
        )
    )


def _hits(text: str) -> list[tuple[str, set[str]]]:
    """The names of benefits that stand in a text, each with whose they are."""
    plain = _plain(text)
    return [
        (name, {b.id for b in found})
        for name, found in _names().items()
        # Most names do not stand there at all: a pattern is compiled for those that may.
        if name in plain
        and re.search(rf"(?<!\w){re.escape(name)}(?:s?(?:modtager|forløb|område)\w*)?(?!\w)", plain)
    ]


def kin(ydelse: str) -> frozenset[str]:
    """Ids of a benefit, its parts, the wholes it is in, what it followed or became, and what it is called by.

    Danmarks Statistik's `a-dagpenge (nettoledige)` is called by a-dagpenge.
    """
    own = benefit(ydelse)
    called = (ids for forms in own.forms for _, ids in _hits(forms.paa))
    wholes = (b.id for b in composites() if {own.id, *own.parts} & set(b.parts))
    family = (own.id, *own.parts, *wholes, *own.successors, *own.predecessors)
    return frozenset(family).union(*called)


@cache
def _names() -> dict[str, tuple[Benefit, ...]]:
    found: dict[str, dict[str, Benefit]] = {}
    for b in register().benefits.values():
        forms = (word for f in b.forms for word in (f.name, f.overskrift, f.tabeltitel))
        for name in (b.id, *forms, *b.aliases):
            found.setdefault(_plain(name), {})[b.id] = b
    # A composite that has shrunk to one benefit carries its name: the benefit itself is meant.
    return {
        name: tuple(b for b in hits.values() if not b.is_composite) or tuple(hits.values())
        for name, hits in found.items()
    }


def _plain(name: str) -> str:
    """A name as the alias table keys it."""
    return " ".join(name.casefold().rstrip("*⁰¹²³⁴⁵⁶⁷⁸⁹ \u00a0").split())


@dataclass(frozen=True, order=True)
class Break:
    """What stands between two periods of one observation.

    Attributes:
        day: First day of the new order.
        kind: `refuse`: the two are not compared. `mark`: they are, and the note is printed.
        note: Danish sentences for the reader.
        source: Law or document that says so.
    """

    day: date
    kind: Literal["mark", "refuse"]
    note: str
    source: str


def listing(ydelser: Iterable[str], on: date) -> str:
    """Official names on a day as a Danish list: 'a-dagpenge, kontanthjælp og førtidspension'.

    Raises:
        UnknownNameError: an id is unknown.
        ValueError: nothing to list.
    """
    names = [benefit(ydelse).name(on) for ydelse in ydelser]
    if not names:
        raise ValueError("nothing to list")
    return list_danish(names)


def composition_note(ydelse: str, on: date) -> str:
    """What a composite covers on a day, in whole sentences, ended benefits named as such.

    Raises:
        UnknownNameError: the id is unknown.
        ValueError: the benefit is no composite, or consists of nothing on that day.
    """
    whole = benefit(ydelse)
    if not whole.is_composite:
        raise ValueError(f"{ydelse} is no composite")
    ids = parts(ydelse, on)
    if ids == (whole.id,):
        raise ValueError(f"{ydelse} consists of nothing on {on}")
    text = f"{whole.overskrift(on)} omfatter {listing(ids, on)}."
    if ended := [part for part in ids if not benefit(part).covers(on)]:
        names = listing(ended, on)
        text += f" Heraf var {names} ophørt, før perioden begynder, og tæller ingen modtagere med."
    return text


def renaming_notes(ydelser: str | Sequence[str], before: date, now: date) -> tuple[Break, ...]:
    """What a reader must know of the benefits' own changes to compare two periods.

    Args:
        ydelser: id or ids shown; a composite brings its parts' renamings and replacements.
        before: first day of the earlier period.
        now: last day of the later period.

    Returns:
        One break per change after `before` and not after `now`, oldest first; empty where the
        benefits are the same throughout.

    Raises:
        UnknownNameError: an id is unknown.
        ValueError: `before` is after `now`.
    """
    if before > now:
        raise ValueError(f"the earlier period begins {before}, after {now}")
    shown = [benefit(y) for y in ([ydelser] if isinstance(ydelser, str) else ydelser)]
    notes = []
    for event in register().events:
        concerned = [b for b in shown if _concerns(event, b)]
        if concerned and before < event.day <= now:
            begun = (
                b for b in concerned if b.valid_from == event.day and b.is_counted_back(before)
            )
            text = " ".join([event.note, *filter(None, (b.counted_back_note for b in begun))])
            source = "; ".join(register().sources[key] for key in event.source)
            notes.append(Break(event.day, "mark", text, source))
    return tuple(notes)


def _concerns(event: Event, shown: Benefit) -> bool:
    """Within a sum, people who move between its parts change nothing: only names matter there."""
    if not shown.is_composite:
        return shown.id in event.ydelser
    return event.kind in ("renamed", "replaced") and bool(set(event.ydelser) & set(shown.parts))
