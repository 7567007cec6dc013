"""`benefits.yaml` as its entries stand there, and what must hold between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from beskplan.core.errors import Problem, did_you_mean
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


def problems(register: BenefitsFile, where: str) -> list[Problem]:
    """All contradictions in a register that is right field by field; empty where there are none."""
    entries = {entry.id: entry for entry in register.ydelser}
    return [
        *_doubled(register, where),
        *_unknown_ids(register, entries, where),
        *_unknown_sources(register, where),
        *_broken_forms(register, where),
        *_broken_successions(entries, where),
        *_nested_parts(entries, where),
        *_silent_count_backs(register, where),
    ]


def _doubled(register: BenefitsFile, where: str) -> Iterator[Problem]:
    for kind, ids in (
        ("ydelser", [entry.id for entry in register.ydelser]),
        ("events", [event.id for event in register.events]),
    ):
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield Problem(f"{where}: {kind}.{name}", "id used twice", found=name)


def _references(register: BenefitsFile) -> Iterator[tuple[str, str]]:
    """Place and id of every reference to a benefit."""
    for entry in register.ydelser:
        for field in ("successors", "parts"):
            yield from ((f"ydelser.{entry.id}.{field}", name) for name in getattr(entry, field))
        for stated in entry.stated:
            yield from ((f"ydelser.{entry.id}.stated", name) for name in stated.parts)
    for event in register.events:
        yield from ((f"events.{event.id}.ydelser", name) for name in event.ydelser)


def _unknown_ids(
    register: BenefitsFile, entries: dict[str, BenefitEntry], where: str
) -> Iterator[Problem]:
    for place, name in _references(register):
        if name not in entries:
            yield Problem(
                f"{where}: {place}", "den ydelse findes ikke", name, fix=did_you_mean(name, entries)
            )


def _cited(register: BenefitsFile) -> Iterator[tuple[str, str]]:
    for entry in register.ydelser:
        cited: Iterable[Sequence[str]] = (
            entry.source,
            *(forms.source for forms in entry.forms),
            *(table.source for table in entry.tables),
            *(stated.source for stated in entry.stated),
        )
        yield from ((f"ydelser.{entry.id}", key) for keys in cited for key in keys)
    for event in register.events:
        yield from ((f"events.{event.id}", key) for key in event.source)


def _unknown_sources(register: BenefitsFile, where: str) -> Iterator[Problem]:
    used = set()
    for place, key in _cited(register):
        used.add(key)
        if key not in register.sources:
            fix = did_you_mean(key, register.sources)
            yield Problem(f"{where}: {place}.source", "no such source", found=key, fix=fix)
    for key in register.sources.keys() - used:
        yield Problem(f"{where}: sources.{key}", "source that no fact cites", found=key)


def _broken_forms(register: BenefitsFile, where: str) -> Iterator[Problem]:
    for entry in register.ydelser:
        starts = [forms.valid_from or date.min for forms in entry.forms]
        if starts != sorted(set(starts)):
            yield Problem(
                f"{where}: ydelser.{entry.id}.forms",
                "names not in order of their first day",
                found=", ".join(str(day) for day in starts),
                expected="oldest first, each first day once",
            )


def _broken_successions(entries: dict[str, BenefitEntry], where: str) -> Iterator[Problem]:
    for entry in entries.values():
        place = f"{where}: ydelser.{entry.id}.successors"
        if entry.successors and entry.valid_to is None:
            yield Problem(place, "has successors but no last day", fix="set valid_to")
        if entry.id in _all_successors(entry, entries):
            yield Problem(place, "succeeds itself", found=" -> ".join(entry.successors))
        for name in entry.successors:
            heir = entries.get(name)
            if heir and entry.valid_to and heir.valid_to and heir.valid_to < entry.valid_to:
                yield Problem(
                    place, "successor ends first", f"{name} ends {heir.valid_to}",
                    expected=f"not before {entry.valid_to}",
                )  # fmt: skip


def _all_successors(entry: BenefitEntry, entries: dict[str, BenefitEntry]) -> set[str]:
    found: set[str] = set()
    ahead = list(entry.successors)
    while ahead:
        name = ahead.pop()
        if name not in found and name in entries:
            found.add(name)
            ahead.extend(entries[name].successors)
    return found


def _nested_parts(entries: dict[str, BenefitEntry], where: str) -> Iterator[Problem]:
    """A composite of composites would count a person twice when its parts are added."""
    for entry in entries.values():
        for name in entry.parts:
            if name in entries and entries[name].parts:
                yield Problem(
                    f"{where}: ydelser.{entry.id}.parts", "part is itself a composite", found=name
                )
        if entry.stated and not entry.parts:
            yield Problem(f"{where}: ydelser.{entry.id}.stated", "stated parts of a plain benefit")


def _silent_count_backs(register: BenefitsFile, where: str) -> Iterator[Problem]:
    """Figures from before a benefit existed must say so to the reader."""
    for entry in register.ydelser:
        start = entry.valid_from
        early = [t.id for t in entry.tables if start and (t.valid_from or date.min) < start]
        if bool(early) != bool(entry.counted_back_note):
            yield Problem(
                f"{where}: ydelser.{entry.id}.counted_back_note",
                "a sentence exactly where a table reaches back before the benefit",
                found=", ".join(early) or "no such table",
            )
