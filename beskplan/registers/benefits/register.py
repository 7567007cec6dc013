"""The benefits by id, by name and by date, and what the composites consist of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.registers.benefits.checks import problems
from beskplan.registers.benefits.model import Benefit, BenefitsFile, Event
from beskplan.registers.reading import data_text, parse

FILE = "benefits.yaml"


@dataclass(frozen=True)
class Register:
    """All benefits of one file, checked against each other."""

    benefits: dict[str, Benefit]
    """By id, in the file's order, which is the order of a report's sections."""
    events: tuple[Event, ...]
    """Oldest first."""
    sources: dict[str, str]
    """Full text of each source key."""


def parse_register(text: str, where: str = FILE) -> Register:
    """A register from YAML text.

    Raises:
        DataError: the text is no valid register; all problems at once.
    """
    read = parse(text, where, BenefitsFile)
    if found := problems(read, where):
        raise DataError(found)
    predecessors: dict[str, list[str]] = {entry.id: [] for entry in read.ydelser}
    for entry in read.ydelser:
        for name in entry.successors:
            predecessors[name].append(entry.id)
    benefits = {
        entry.id: Benefit(**dict(entry), predecessors=tuple(predecessors[entry.id]))
        for entry in read.ydelser
    }
    return Register(benefits, tuple(sorted(read.events, key=lambda e: e.day)), read.sources)


@cache
def register() -> Register:
    """The register that ships inside the package."""
    return parse_register(data_text(FILE))


def benefit(ydelse: str) -> Benefit:
    """The benefit or composite with this id.

    Raises:
        UnknownNameError: no such id; names the nearest.
    """
    known = register().benefits
    if ydelse not in known:
        raise UnknownNameError(
            Problem(
                "ydelse",
                "no such ydelse",
                found=ydelse,
                expected="an id of benefits.yaml",
                fix=did_you_mean(ydelse, known),
            )
        )
    return known[ydelse]


def benefits(on: date | None = None) -> tuple[Benefit, ...]:
    """The plain benefits in force on a day (None: all that ever were), composites left out."""
    plain = (b for b in register().benefits.values() if not b.is_composite)
    return tuple(b for b in plain if on is None or b.covers(on))


def composites() -> tuple[Benefit, ...]:
    """The sums of benefits that plans print as one figure."""
    return tuple(b for b in register().benefits.values() if b.is_composite)


def find(name: str, *, on: date | None = None) -> Benefit:
    """The benefit that a table, plan or source calls `name`.

    Letter case, footnote marks (*, superscripts) and spacing do not count. The same name may stand
    for several benefits over time ('Kontanthjælp' before and after 1 July 2025): `on` decides.

    Raises:
        UnknownNameError: no benefit goes by that name, or several do and `on` does not tell which.
    """
    names = _names()
    hits = names.get(_plain(name), ())
    if not hits:
        fix = did_you_mean(name, names)
        raise UnknownNameError(Problem("ydelse", "no ydelse by this name", found=name, fix=fix))
    in_force = hits if on is None else tuple(b for b in hits if b.covers(on))
    if len(hits) > 1 and len(in_force) != 1:
        ids = ", ".join(b.id for b in hits)
        raise UnknownNameError(
            Problem("ydelse", "name of several ydelser", name, ids, fix="give a date or an id")
        )
    return hits[0] if len(hits) == 1 else in_force[0]


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


def offentlig_forsoergelse(on: date) -> tuple[str, ...]:
    """Ids that 'samlet på offentlig forsørgelse' consists of on a day.

    Source: for 2019-2020 the footnote of Rudersdal's plan 2021; other days by validity.
    """
    return parts("offentlig_forsoergelse", on)


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
