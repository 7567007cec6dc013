"""A municipality's first plan, and a notebook of one's own: both begin from a few choices."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.core.periods import Period, month
from beskplan.core.words import danish_key
from beskplan.newplan.files import NewFile, with_schema
from beskplan.newplan.moving import choice, written
from beskplan.newplan.successors import benefit_heirs
from beskplan.newplan.yaml_text import YamlText
from beskplan.observations import choose
from beskplan.params import params_path, read, subject
from beskplan.params.bilag import MOST_PERIODS
from beskplan.params.jobs import Workplace
from beskplan.params.models import PlanParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import register
from beskplan.registers.document import Document
from beskplan.registers.indicators import ALL, INDICATORS
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
                what="kan ikke begynde fra ingenting",
                found=", ".join(odd),
                expected=f"af {', '.join(OFFERED)}",
                fix="begynd med en af dem, og skriv de andre efter en plan, der har dem",
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
    return path.is_file() and key in Document.load(path, root).values


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


TEMPLATE = "data/skabeloner/nyt_bilag.ipynb"
"""The notebook that every one of one's own begins as; `beskplan lab` offers it too."""
TEMPLATE_NAME = "nyt_bilag"
SECTION = "tal"
"""The template's only section."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TITLE = "# Nyt Bilag"


@dataclass(frozen=True)
class OwnBilag:
    """What a new notebook is to be about.

    Attributes:
        name: Of the notebook: a-z, 0-9 and underscores.
        titel: Its heading; made from the name where left out.
        maal: Indicator of its numbers; the one with the notebook's name where there is one.
    """

    name: str
    titel: str = ""
    maal: str = ""

    @property
    def heading(self) -> str:
        """The notebook's title."""
        return self.titel or self.name.replace("_", " ").capitalize()

    @property
    def indicator(self) -> str:
        """What its numbers count."""
        return self.maal or (self.name if self.name in INDICATORS else "personer")

    def check(self) -> None:
        """Refuse a name that cannot be a notebook's, or that is a Bilag's of the library.

        Raises:
            InputError: with all that is wrong.
        """
        problems = []
        if not _NAME.fullmatch(self.name):
            fix = "begynd med et bogstav, fx virksomhedsbesoeg"
            expected = "a-z, 0-9 og understreg: æ er ae, ø er oe, å er aa"
            problems.append(
                Problem(
                    "bilag", "kan ikke være navn på en notebook", repr(self.name), expected, fix
                )
            )
        if self.name in PlanParams.model_fields or self.name == TEMPLATE_NAME:
            problems.append(
                Problem("bilag", "er taget", repr(self.name), "et navn, som params ikke bruger")
            )
        if self.indicator not in INDICATORS:
            expected = f"en af {', '.join(sorted(INDICATORS, key=danish_key))}"
            problems.append(
                Problem("maal", "den indikator findes ikke", repr(self.indicator), expected)
            )
        if problems:
            raise InputError(problems)


def notebook(own: OwnBilag, kommune: str = "", aar: int | None = None) -> NewFile:
    """The notebook, from the template; with a municipality and year to run it by hand.

    Raises:
        InputError: the name will not do.
    """
    own.check()
    cells = json.loads(files("beskplan").joinpath(TEMPLATE).read_text(encoding="utf-8"))
    for cell in cells["cells"]:
        text = "".join(cell["source"])
        text = text.replace(_TITLE, f"# {own.heading}").replace(TEMPLATE_NAME, own.name)
        if "parameters" in cell["metadata"].get("tags", ()) and kommune and aar:
            text = f'kommune = "{subject(kommune).slug}"\naar = {aar}'
        cell["source"] = text.splitlines(keepends=True)
    content = json.dumps(cells, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return NewFile(Path("notebooks") / f"{own.name}.ipynb", content)


def params_file(own: OwnBilag, root: Path, kommune: str, aar: int) -> NewFile:
    """The plan's params with the new Bilag; a plan that has none yet gets a file.

    Raises:
        InputError: the params are wrong, or the plan has the Bilag already.
    """
    own.check()
    path = params_path(root, kommune, aar)
    section = _section(own, *_periods(own, root, kommune, aar), aar)
    if not path.is_file():
        text = _first(own, kommune, aar) + _block(section, own)
        relative = path.relative_to(root)
        return NewFile(relative, with_schema(text, relative))
    params = read(kommune, aar, root)
    if own.name in params.bilag or own.name in params.egne:
        where = path.relative_to(root).as_posix()
        raise InputError(Problem(where, "planen har allerede det bilag", own.name))
    old = YamlText(path.read_text(encoding="utf-8"))
    old.append(("bilag",), own.name)
    if old.has("egne"):
        old.add(("egne",), own.name, f"\n{section}".rstrip("\n"))
    else:
        old.at_end(_block(section, own))
    relative = path.relative_to(root)
    return NewFile(relative, old.result(), origin=relative, changes=True)


def _first(own: OwnBilag, kommune: str, aar: int) -> str:
    who = subject(kommune)
    return (
        f"# {who.lang_navn}, Beskæftigelsesplan {aar}\n"
        f"kommune: {who.navn}\naar: {aar}\nbilag: [{own.name}]\n"
    )


def _block(section: str, own: OwnBilag) -> str:
    return f"\n# Bilag af egne tal; docs/eget-bilag.md forklarer hver linje.\negne:\n  {own.name}:\n{section}"


def _section(own: OwnBilag, first: Period, last: Period, aar: int) -> str:
    """The Bilag's parameters, each with what it means."""
    emne = own.heading[0].lower() + own.heading[1:]
    return f"""\
    afsnit:
      {SECTION}:
        # Det, der tælles, i flertal og som midt i en sætning.
        emne: {json.dumps(emne, ensure_ascii=False) if ":" in emne else emne}
        # Tallenes art: det samme navn som `indikator` i importens mapping.
        maal: {own.indicator}
        fra: {written(first)}
        til: {written(last)}
        # true, hvis perioderne må lægges sammen: det må besøg, men ikke personer.
        laegges_sammen: false
        # Id på det mål i {aar}.maal.yaml, som tallene hører til.
        resultatmaal: []
"""


def _periods(own: OwnBilag, root: Path, kommune: str, aar: int) -> tuple[Period, Period]:
    """The newest year and month of the numbers in the data; the year before the plan without any."""
    rows = choose("nyeste", root).rows_by_area.get(subject(kommune).kode, {})
    periods = [Period.parse(key[4]) for key in rows if key[:3] == (own.indicator, ALL, ALL)]
    # Months tell most, years least; a table seldom has more than one kind.
    for kind in ("M", "Q", "Y"):
        found = sorted(period for period in periods if period.kind == kind)
        if len(found) > 1:
            last = found[-1]
            first = max(found[0], last.year_before(), last.shift(1 - MOST_PERIODS))
            return first if kind != "Y" else found[-min(len(found), 5)], last
    return month(aar - 1, 1), month(aar - 1, 12)
