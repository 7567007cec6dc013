"""A municipality's first plan: a params file from a few choices, with what each line means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from beskplan.core.errors import InputError, Problem
from beskplan.core.periods import Period, month
from beskplan.newplan.files import NewFile
from beskplan.newplan.marks import choice
from beskplan.newplan.schema_line import with_schema
from beskplan.newplan.successors import benefit_heirs
from beskplan.observations import choose
from beskplan.params import params_path, subject
from beskplan.params.jobs import Workplace
from beskplan.registers.areas import Area
from beskplan.registers.benefits import register
from beskplan.registers.indicators import ALL
from beskplan.runner.checking import asked_names

OFFERED = ("maalgrupper", "overblik")
"""The Bilag that can begin from the data alone; the others need what only the plan's makers know."""
_MEASURE = "fuldtidspersoner"


@dataclass(frozen=True)
class Wishes:
    """What a person chooses.

    Attributes:
        bilag: Of `OFFERED`.
        periode: What the Bilag are about; the newest that the data hold where left out.
        sammenlign_med: Areas beside the municipality, as params name them.
    """

    bilag: tuple[str, ...] = OFFERED[:1]
    periode: Period | None = None
    sammenlign_med: tuple[str, ...] = ("hele-landet", "rar")


@dataclass(frozen=True)
class _Section:
    name: str
    """As the notebook has it."""
    ydelse: str
    gruppe: str = ALL

    @property
    def line(self) -> str:
        """As a params file has it."""
        group = "" if self.gruppe == ALL else f", gruppe: {self.gruppe}"
        return f"{self.name}: {{ydelse: {self.ydelse}{group}}}"


def first_plan(root: Path, kommune: str, aar: int, wishes: Wishes) -> NewFile:
    """The params file of a plan that has none before it.

    Raises:
        InputError: a Bilag cannot begin from nothing.
    """
    if odd := [one for one in wishes.bilag if one not in OFFERED]:
        raise InputError(
            Problem(
                where="bilag",
                what="cannot begin from nothing",
                found=", ".join(odd),
                expected=f"of {', '.join(OFFERED)}",
                fix="begin with one of these, and write the others from a plan that has them",
            )
        )
    who = subject(kommune)
    lines = [
        f"# {who.lang_navn}, Beskæftigelsesplan {aar}",
        f"kommune: {who.navn}",
        f"aar: {aar}",
        "# De notebooks, der skal bygges, i planens rækkefølge (beskplan list bilag).",
        f"bilag: [{', '.join(wishes.bilag)}]",
        *choice("Skriv `vedtaget: <dato>`, når planen er vedtaget."),
    ]
    periode = wishes.periode or _newest(root, who) or month(aar - 1, 6)
    sections = _with_numbers(root, who, periode)
    if not sections:
        sections = _existing(root, periode.last_day)
        lines += choice(
            f"Data har ingen tal for {who.navn} i {periode.text}. Hent dem (beskplan fetch), før "
            "planen bygges; her står alle de ydelser, der findes."
        )
    if "maalgrupper" in wishes.bilag and not _shared_has(root, aar, "maalgrupper"):
        lines += _maalgrupper(periode, wishes.sammenlign_med, sections)
    if "overblik" in wishes.bilag:
        lines += _overblik(periode, [one.ydelse for one in sections if one.gruppe == ALL])
    path = params_path(root, kommune, aar).relative_to(root)
    return NewFile(path, with_schema("\n".join(lines) + "\n", path))


def _maalgrupper(periode: Period, areas: Iterable[str], sections: Iterable[_Section]) -> list[str]:
    return [
        "",
        "maalgrupper:",
        "  # Den periode, Bilaget handler om; den sammenlignes med samme periode året før.",
        f"  periode: {periode.code}",
        "  # rar er kommunens eget RAR, fra 2025 dens region.",
        f"  sammenlign_med: [{', '.join(areas)}]",
        "  # Afsnittene; et afsnit kan have sin egen periode og sine egne forbehold.",
        "  afsnit:",
        *(f"    {section.line}" for section in sections),
    ]


def _overblik(periode: Period, ydelser: Iterable[str]) -> list[str]:
    return [
        "",
        "overblik:",
        f"  foer: {periode.year_before().code}",
        f"  nu: {periode.code}",
        "  # Tabellens rækker, i deres rækkefølge.",
        f"  ydelser: [{', '.join(ydelser)}]",
    ]


def _shared_has(root: Path, aar: int, key: str) -> bool:
    """Whether the year's shared file says it for all municipalities."""
    path = root / "params" / f"{aar}.yaml"
    return path.is_file() and key in (yaml.safe_load(path.read_text(encoding="utf-8")) or {})


def _newest(root: Path, who: Area) -> Period | None:
    """The month up to which most of a municipality's benefits have numbers."""
    newest: dict[str, Period] = {}
    for key in choose("nyeste", root).rows_by_area.get(who.kode, {}):
        period = Period.parse(key[4])
        if key[0] == _MEASURE and key[2] == ALL and period.kind == "M":
            newest[key[1]] = max(period, newest.get(key[1], period))
    counted = Counter(newest.values())
    return max(counted, key=lambda period: (counted[period], period), default=None)


def _existing(root: Path, on: date) -> list[_Section]:
    """The benefits that exist on a day and that the notebook has a section for."""
    asked = asked_names(Workplace(root).notebook(OFFERED[0]))
    known = register().benefits
    found: dict[str, _Section] = {}
    for name in (one for one in known if one in asked):
        for heir in benefit_heirs(name, on)[:1]:
            if known[heir].covers(on):
                # Several ended benefits have one successor: it stands where the first of them stood.
                found.setdefault(heir, _Section(name, heir))
    return list(found.values())


def _with_numbers(root: Path, who: Area, periode: Period) -> list[_Section]:
    """Those that the data hold for the municipality; of a single group where there is no total."""
    held: dict[str, set[str]] = {}
    for key in choose("nyeste", root).rows_by_area.get(who.kode, {}):
        if key[0] == _MEASURE and key[4] == periode.code:
            held.setdefault(key[1], set()).add(key[2])
    sections = []
    for section in _existing(root, periode.last_day):
        groups = held.get(section.ydelse, set())
        if ALL in groups:
            sections.append(section)
        elif len(groups) == 1:
            sections.append(replace(section, gruppe=next(iter(groups))))
    return sections
