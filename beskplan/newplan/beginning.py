"""A municipality's first plan, and a notebook of one's own: both begin from a few choices."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from beskplan.core.danish import format_number, list_danish, slugify
from beskplan.core.errors import InputError, UnknownNameError, did_you_mean
from beskplan.core.periods import Kind, Period, month
from beskplan.newplan.files import NewFile, YamlText, problem, with_schema
from beskplan.newplan.moving import Roll, benefit_heirs, choice, note, written
from beskplan.observations.contract import Key
from beskplan.observations.snapshot_store import choose
from beskplan.params.bilag import MOST_PERIODS
from beskplan.params.jobs import Workplace
from beskplan.params.models import MEASURES, PlanParams, params_path, read
from beskplan.params.values import subject
from beskplan.registers.areas import area, predecessors
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit, register
from beskplan.registers.document import Document
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.render.page_html import rendered
from beskplan.runner.checking import asked_names

OFFERED = ("maalgrupper", "overblik", "status")
"""The Bilag that can begin from the data alone; the others need what only the plan's makers know."""
_MEASURE = MEASURES["jobindsats"]
_MEASURES: tuple[tuple[str, Kind], ...] = ((_MEASURE, "M"), (MEASURES["statbank"], "Q"))
"""Jobindsats's numbers and Danmarks Statistik's, in the order in which a plan prefers them."""
_TO_BE_FEWER = (
    "a_dagpenge", "nettoledige_dagpenge", "kontanthjaelp_2025", "nettoledige_kontanthjaelp",
    "kontanthjaelp_passiv", "sygedagpenge", "sygedagpenge_mv", "jobafklaring", "ledighedsydelse",
)  # fmt: skip
"""Benefits of which plans want fewer recipients."""
_YEARS_BACK = 2
"""A plan of a year whose shared file has a later period is not made of older numbers."""
_MOST_LEVELS = 3
"""Examples of a target; more are no longer read."""


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


@dataclass(frozen=True)
class FirstChoices:
    """What a person chooses for a first plan; what is left out follows from the data and the year."""

    bilag: tuple[str, ...] = ()
    """Of `OFFERED`; where left out, the target groups, and the status where the year's file has it."""
    periode: Period | None = None
    """What the Bilag are about."""
    sammenlign_med: tuple[str, ...] = ()
    """Areas beside the municipality, as params name them."""

    def checked(self) -> FirstChoices:
        """The choices, without a Bilag that cannot begin from nothing or an area that does not exist.

        Raises:
            InputError: with all that is wrong.
        """
        problems = []
        if odd := [one for one in self.bilag if one not in OFFERED]:
            later = "begynd med en af dem, og skriv de andre efter en plan, der har dem"
            fix = did_you_mean(odd[0], OFFERED, later)
            words = {"expected": f"af {', '.join(OFFERED)}", "fix": fix}
            problems.append(problem("not-from-nothing", "bilag", ", ".join(odd), **words))
        for name in self.sammenlign_med:
            try:
                if name != "rar":
                    find_area(name, where="sammenlign_med")
            except UnknownNameError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)
        return self


def first_plan(root: Path, kommune: str, aar: int, choices: FirstChoices) -> NewFile:
    """The params file of a plan that has none before it.

    Raises:
        InputError: a choice will not do, or the region has ended by then.
    """
    refuse_ended(kommune, aar)
    choices, who = choices.checked(), subject(kommune)
    rows = choose("nyeste", root).rows_by_area.get(who.kode, {})
    shared = _shared(root, aar)
    remarks = choice("Skriv `vedtaget: <dato>`, når planen er vedtaget.")
    measures = _measures(shared)
    periode = choices.periode or _reached(shared, rows) or month(aar - 1, 6)
    # A region that is to come has no edition of a status before it is there.
    usual = [one for one in _usual(root, aar) if one != "status" or who.is_valid(periode.last_day)]
    choices = replace(choices, bilag=choices.bilag or tuple(usual))
    existing = _existing(root, periode.last_day)
    sections = list(_with_numbers(existing, _groups(rows, periode)))
    if counted := _counted(rows, periode, measures):
        remarks += choice(
            f"Skriv planens mål i {aar}.maal.yaml, og føj resultatmaal til `bilag` "
            "(docs/vejledning.md, afsnit 9)."
        )
        remarks += [line for text in _levels(rows, *counted) for line in note(text)]
    if not sections and not counted:
        sections = existing
        # Without the year's shared file a plan has Jobindsats's benefits alone.
        how = "fetch --source statbank kræver ingen nøgle" if len(measures) > 1 else "fetch"
        meanwhile = "" if shared else "; indtil da står alle ydelser her"
        remarks += choice(
            f"Data har ingen tal for {who.navn} i {periode.text}. Hent dem, før planen bygges: beskplan "
            f"{how}{meanwhile}."
        )
    values = {
        "who": who,
        "aar": aar,
        "bilag": choices.bilag,
        "remarks": remarks,
        # What the year's file has for everybody is not said again.
        "shared": shared,
        "moved": shared and periode != Period.parse(str(shared["periode"])),
        "periode": written(periode),
        "before": written(periode.year_before()),
        "areas": choices.sammenlign_med,
        "sections": sections,
        "ydelser": [one.ydelse for one in sections if one.gruppe == ALL],
    }
    path = params_path(root, kommune, aar).relative_to(root)
    return NewFile(path, with_schema(rendered("skabeloner/ny_plan.yaml.j2", values), path))


def refuse_ended(kommune: str, aar: int) -> None:
    """Refuse a plan of a region that is not there in the plan year.

    Raises:
        InputError: with the region that took its place.
    """
    one = subject(kommune)
    if one.is_valid(date(aar, 1, 1)):
        return
    ended = one.valid_to is not None and one.valid_to < date(aar, 1, 1)
    others = [area(kode) for kode in one.successors] if ended else predecessors(one)
    end = one.valid_to if ended else one.valid_from
    expected = f"et år {'til og med' if ended else 'fra'} {end.year}" if end else ""
    names, found = list_danish([other.navn for other in others]), f"{one.navn}, {aar}"
    raise InputError(problem("region-ended", "kommune", found, expected=expected, heirs=names))


def own_period(root: Path, kommune: str, aar: int) -> Period | None:
    """The period of `maalgrupper` that a plan must state itself: that of its newest numbers.

    Returns:
        None where the year's shared file has none, or has one that will do.
    """
    shared = _shared(root, aar)
    rows = choose("nyeste", root).rows_by_area.get(subject(kommune).kode, {})
    found = _reached(shared, rows) if shared else None
    return None if found is None or found == Period.parse(str(shared["periode"])) else found


def _measures(shared: Mapping[str, Any]) -> tuple[tuple[str, Kind], ...]:
    """Danmarks Statistik's numbers are for a plan that may choose its source."""
    return _MEASURES if shared.get("kilde") else _MEASURES[:1]


def _reached(shared: Mapping[str, Any], rows: Iterable[tuple[str, ...]]) -> Period | None:
    """The shared file's period, or that of the newest numbers where there are only others.

    Numbers of years before are not what its sections are about.
    """
    measures = _measures(shared)
    newest = next(filter(None, (newest_period(rows, *one) for one in measures)), None)
    own = Period.parse(str(shared["periode"])) if shared else None
    if own and newest and newest.last_day.year < own.first_day.year - _YEARS_BACK:
        newest = None
    return own if own and (newest is None or _counted(rows, own, measures)) else newest


def _usual(root: Path, aar: int) -> tuple[str, ...]:
    """What a plan begins with that does not say."""
    there = "status" in _year_file(root, aar) and (root / "notebooks" / "status.ipynb").is_file()
    return ("maalgrupper", "status") if there else ("maalgrupper",)


def _year_file(root: Path, aar: int) -> Mapping[str, Any]:
    path = root / "params" / f"{aar}.yaml"
    return Document.load(path, root).values if path.is_file() else {}


def _shared(root: Path, aar: int) -> Mapping[str, Any]:
    """What the year's shared file says of `maalgrupper` for all municipalities; empty: nothing."""
    shared: Mapping[str, Any] = _year_file(root, aar).get("maalgrupper", {})
    return shared if "periode" in shared and "afsnit" in shared else {}


def newest_period(
    rows: Iterable[tuple[str, ...]], measure: str = _MEASURE, kind: Kind = "M"
) -> Period | None:
    """The period up to which most of a municipality's benefits have numbers.

    Args:
        rows: The keys of its rows: indicator, benefit, group, area, period.
        measure: Indicator of the numbers.
        kind: Of the periods.
    """
    newest: dict[str, Period] = {}
    for indicator, ydelse, group, _, code in rows:
        period = Period.parse(code)
        if (indicator, group, period.kind) == (measure, ALL, kind):
            newest[ydelse] = max(period, newest.get(ydelse, period))
    counted = Counter(newest.values())
    return max(counted, key=lambda period: (counted[period], period), default=None)


def _counted(
    rows: Iterable[tuple[str, ...]], periode: Period, measures: Iterable[tuple[str, Kind]]
) -> tuple[str, Period] | None:
    """The first of the measures that a municipality has numbers of in a period, and the period."""
    held = {(key[0], key[4]) for key in rows}
    found = (
        (measure, periode.quarter if kind == "Q" else periode)
        for measure, kind in measures
        if (measure, (periode.quarter if kind == "Q" else periode).code) in held
    )
    return next(found, None)


def _levels(rows: Mapping[Key, Mapping[str, Any]], measure: str, periode: Period) -> Iterator[str]:
    """The largest levels that a target could lower, each with an example of a target."""
    known = {
        ydelse: Decimal(repr(row["value"]))
        for (indicator, ydelse, group, _, code), row in rows.items()
        if (indicator, group, code) == (measure, ALL, periode.code)
        and ydelse in _TO_BE_FEWER
        and row["state"] == "known"
    }
    for ydelse, level in sorted(known.items(), key=lambda one: -one[1])[:_MOST_LEVELS]:
        name = benefit(ydelse).name(periode.first_day)
        yield (
            f"Eksempel: niveauet for {name} var {format_number(level, 0)} {INDICATORS[measure].unit} i "
            f"{periode.text}; et mål kunne være 5 pct. færre, højst "
            f"{format_number(level * Decimal('0.95'), 0)}."
        )


def _groups(rows: Iterable[tuple[str, ...]], periode: Period) -> dict[str, set[str]]:
    """The groups by benefit of which a municipality has numbers in a period."""
    held: dict[str, set[str]] = {}
    for indicator, ydelse, group, _, code in rows:
        if (indicator, code) == (_MEASURE, periode.code):
            held.setdefault(ydelse, set()).add(group)
    return held


def _existing(root: Path, on: date) -> list[_Section]:
    """The benefits that exist on a day and that the notebook has a section for."""
    asked = asked_names(Workplace(root).notebook(OFFERED[0]))
    known = register().benefits
    sections: dict[str, _Section] = {}
    for name in (one for one in known if one in asked):
        for heir in benefit_heirs(name, on)[:1]:
            if known[heir].covers(on):
                # Several ended benefits have one successor: it stands where the first of them stood.
                sections.setdefault(heir, _Section(name, heir))
    return list(sections.values())


def _with_numbers(sections: Iterable[_Section], held: Mapping[str, set[str]]) -> Iterator[_Section]:
    """Those that the data hold for the municipality; of a single group where there is no total."""
    for section in sections:
        groups = held.get(section.ydelse, set())
        if ALL in groups:
            yield section
        elif len(groups) == 1:
            yield replace(section, gruppe=next(iter(groups)))


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
        maal: What its numbers count, as params name it; where left out, the indicator with the
            notebook's name, else persons.
        ydelse: The benefit that they count; empty where they make no distinction between benefits.
    """

    name: str
    titel: str = ""
    maal: str = ""
    ydelse: str = ""

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
            near = slugify(self.name).replace("-", "_") if any(map(str.isalpha, self.name)) else ""
            example = near if _NAME.fullmatch(near) else "virksomhedsbesoeg"
            problems.append(problem("no-notebook-name", "bilag", repr(self.name), bilag=example))
        if self.name in PlanParams.model_fields or self.name == TEMPLATE_NAME:
            problems.append(problem("name-taken", "bilag", repr(self.name)))
        for field, value, known in (
            ("maal", self.maal, INDICATORS),
            ("ydelse", self.ydelse, register().benefits),
        ):
            if value and value not in known:
                fix = did_you_mean(value, known)
                problems.append(problem("not-offered", field, value, fix=fix))
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
        raise InputError(problem("bilag-there", where, own.name, bilag=own.name))
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


def _section(own: OwnBilag, first: Period, last: Period, counted: bool, aar: int) -> str:
    """The Bilag's parameters, each with what it means."""
    emne = own.heading[0].lower() + own.heading[1:]
    if own.ydelse:
        unit = INDICATORS[own.indicator].unit
        # A share is called by its heading: `fremmøde på sygedagpenge`, not `pct. af de indkaldte på …`.
        noun = emne if unit.startswith("pct.") else unit
        emne = f"{noun} {benefit(own.ydelse).paa(last.last_day)}"
    values = {
        "section": SECTION,
        "emne": json.dumps(emne, ensure_ascii=False) if ":" in emne else emne,
        "indicator": own.indicator,
        "ydelse": own.ydelse,
        "remarks": [] if counted else Roll(aar, aar).choice("egne-uden-tal"),
        "first": written(first),
        "last": written(last),
        "aar": aar,
    }
    return rendered("skabeloner/eget_bilag.yaml.j2", values)


def offered(root: Path) -> dict[str, dict[str, str]]:
    """What the newest data have numbers of, by field of `OwnBilag`: each name with a reader's word.

    Groups are left out: a section of a new Bilag is about all.
    """
    frame = choose("nyeste", root).frame
    found = frame.loc[frame["group"] == ALL, ["indicator", "ydelse", "period"]]
    last = {ydelse: Period.parse(code) for _, ydelse, code in sorted(found.itertuples(index=False))}
    return {
        "maal": {name: INDICATORS[name].name for name in sorted(set(found["indicator"]))},
        "ydelse": {
            name: benefit(name).name(period.last_day)
            for name, period in sorted(last.items())
            if name != ALL
        },
    }


def _periods(own: OwnBilag, root: Path, kommune: str, aar: int) -> tuple[Period, Period, bool]:
    """The newest year and month of the numbers in the data; without any, a guess: the year before the plan.

    The last says whether there are numbers.

    Raises:
        InputError: a kind of number was chosen that the data have of other benefits only.
    """
    rows = choose("nyeste", root).rows_by_area.get(subject(kommune).kode, {})
    counted = [key for key in rows if key[0] == own.indicator and key[2] == ALL]
    periods = [Period.parse(key[4]) for key in counted if key[1] == (own.ydelse or ALL)]
    named = own.indicator in (own.maal, own.name)
    if (own.ydelse and not periods) or (named and counted and not periods):
        others = sorted({key[1] for key in counted} - {ALL})
        asked = f"{own.indicator}, {own.ydelse or 'ingen ydelse'}"
        expected = f"af {', '.join(others)}" if others else ""
        raise InputError(problem("no-numbers-of", "maal, ydelse", asked, expected=expected))
    # Months tell most, years least; a table seldom has more than one kind.
    for kind in ("M", "Q", "Y"):
        found = sorted(period for period in periods if period.kind == kind)
        if len(found) > 1:
            last = found[-1]
            first = max(found[0], last.year_before(), last.shift(1 - MOST_PERIODS))
            return first if kind != "Y" else found[-min(len(found), 5)], last, True
    return month(aar - 1, 1), month(aar - 1, 12), False
