"""What a number counts or measures: its indicator, and the population or target group that it counts.

A working copy may have its own indicators besides, for what no register of a source counts:

    # params/indikatorer.yaml
    indikatorer:
      samtaler: {navn: Antal samtaler, enhed: samtaler}
      fremmoede: {navn: Andel fremmødte, enhed: pct. af de indkaldte, decimaler: 1, godt: op}

A population group's definition belongs to the plans of some years, not to calendar days: Rudersdal's
plan for 2021 counts its foreign citizens of 2019 and 2020 by the new definition. Target groups are
those of lov om en aktiv beskæftigelsesindsats (LAB): § 2 to the end of 2019, then § 6. What must hold
between the entries of the two files is held by `tests/unit/test_registers.py`.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from beskplan.core.errors import DataError, UnknownNameError, did_you_mean
from beskplan.registers.benefits import Benefit, register
from beskplan.registers.document import Document, problem
from beskplan.registers.reading import Closed, Span, checked, data_text, expected_text, shipped

ALL: Final = "alle"
"""The benefit or group that means "no distinction made"."""


@dataclass(frozen=True)
class Indicator:
    """What a number is, as `data/indicators.yaml` says it."""

    id: str
    unit: str
    name: str
    decimals: int = 0
    adds_over_areas: bool = False
    """Whether the areas of a larger area add up to it, but for rounding."""
    adds_over_ydelser: bool = False
    """Whether the benefits of a composite add up to it."""
    note: str = ""
    """What readers of its tables are told that it is, where its name does not say it."""
    basis: Literal["", "igang", "i_aaret"] = ""
    """What a duration is measured on; empty for all other measures."""
    people: bool = False
    """Whether an indicator of a working copy's own counts people, whatever its unit is called."""
    own: bool = False
    """Whether it is a working copy's own."""
    good: Literal["", "op", "ned"] = ""
    """Which way is the right one for a working copy's own; empty where neither is."""

    @property
    def is_of_people(self) -> bool:
        """Whether it is people as a share of all people: with the known whole it tells their number."""
        return self.unit.startswith("pct. af ")

    @property
    def counts_people(self) -> bool:
        """Whether it counts people, or their courses: small counts of them are not published."""
        return self.people or (self.unit in _OF_PEOPLE and not self.id.startswith("aendring_"))

    def expected_of(self, value: Decimal) -> str:
        """Tell what a value may be, where it is not: `0 til 100`; empty where it is. A change may be any."""
        is_share = self.unit.startswith("pct.")
        if self.id.startswith("aendring_") or (value >= 0 and not (is_share and value > 100)):
            return ""
        return "0 til 100" if is_share else "0 eller mere"

    @property
    def is_count(self) -> bool:
        """Whether it counts anything, such as visits."""
        return not (
            self.unit.startswith("pct.") or self.unit == "uger" or self.id.startswith("aendring")
        )


_OF_PEOPLE: Final = (
    "fuldtidspersoner",
    "fuldtidsmodtagere",
    "personer",
    "helårspersoner",
    "forløb",
)
"""Units of counts of people, or of their courses. Company visits and weeks are not protected."""

_FILE = "indicators.yaml"
_ROWS: dict[str, dict[str, Any]] = Document.parse(data_text(_FILE), _FILE).values
INDICATORS: Final = {key: Indicator(id=key, **row) for key, row in _ROWS.items()}
"""Every indicator by its id: the shipped ones, and those of the working copy (`declare_own`)."""
OWN: Final = Path("params") / "indikatorer.yaml"
"""Where a working copy declares its own."""


class _OwnIndicator(Closed):
    navn: str
    enhed: str
    decimaler: Annotated[int, Field(ge=0, le=3)] = 0
    personer: bool = False
    """Whether it counts people: small counts are then withheld."""
    godt: Literal["op", "ned"] | None = None
    """Which way is the right one, so that a text may say so; neither where it is left out."""


class OwnIndicators(Closed):
    """The whole of `params/indikatorer.yaml`."""

    indikatorer: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], _OwnIndicator]


def declare_own(root: Path) -> None:
    """Know the indicators that a working copy declares, and no other one's.

    Args:
        root: The working copy; without `params/indikatorer.yaml` it has none.

    Raises:
        DataError: the file is wrong, or gives a shipped indicator another meaning.
    """
    found: dict[str, _OwnIndicator] = {}
    if (root / OWN).is_file():
        found = checked(Document.load(root / OWN, root), OwnIndicators).indikatorer
    if taken := [name for name in found if name in _ROWS]:
        raise DataError(problem("indicator-taken", f"{OWN.as_posix()}: {name}") for name in taken)
    for name in [name for name, one in INDICATORS.items() if one.own]:
        del INDICATORS[name]
    for name, one in found.items():
        INDICATORS[name] = Indicator(
            name,
            one.enhed,
            one.navn,
            one.decimaler,
            people=one.personer,
            own=True,
            good=one.godt or "",
        )


class Definition(Closed):
    """Who is counted, in the plans of some years (None: without limit), both included."""

    first_plan_year: int | None = None
    last_plan_year: int | None = None
    text: str
    """Danish noun phrase, without a full stop."""
    source: str
    note: str | None = None
    """Sentences for the first plan that uses the definition."""


class Group(Closed):
    """One value of the column `group`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    navn: str
    phrase: str
    """The group's part of a benefit's recipients, with {modtagere} or {paa}."""
    definitions: Annotated[tuple[Definition, ...], Field(min_length=1)]
    """Oldest first, without a gap."""
    enhed: str = ""
    """What one counts of the group, where that says more than the indicator's unit."""
    aliases: tuple[str, ...] = ()

    def definition(self, plan_year: int) -> Definition:
        """The definition that the plans of a year use."""
        begun = (
            d
            for d in self.definitions
            if d.first_plan_year is None or d.first_plan_year <= plan_year
        )
        return tuple(begun)[-1]

    def note(self, plan_year: int) -> str | None:
        """What readers of that year's plan must know of a new definition; else None."""
        definition = self.definition(plan_year)
        return definition.note if definition.first_plan_year == plan_year else None

    def of(self, benefit: Benefit, on: date) -> str:
        """The group among a benefit's recipients: 'jobparate kontanthjælpsmodtagere'."""
        return self.phrase.format(modtagere=benefit.modtagere(on), paa=benefit.paa(on))


class GroupsFile(Closed):
    """The whole of `groups.yaml`."""

    groups: tuple[Group, ...]


@cache
def _groups() -> dict[str, Group]:
    """By id and by every name."""
    all_groups = shipped("groups.yaml", GroupsFile).groups
    return {_plain(name): one for one in all_groups for name in (one.id, one.navn, *one.aliases)}


def what_is_counted(indicator: str, ydelse: str, group: str) -> str:
    """Say in Danish what a number counts: `Antal personer, a-dagpenge, jobparate (personer)`.

    Args:
        indicator: Id of a registered indicator.
        ydelse: Id of a benefit, by its newest name; `alle` is left out, and so is the group's.
        group: Id of a group.
    """
    spec, known = INDICATORS[indicator], register().benefits
    named = [known[ydelse].forms[-1].name if ydelse in known else ydelse]
    named += [one.navn for one in groups() if one.id == group] or [group]
    of = [name for name, id_ in zip(named, (ydelse, group), strict=True) if id_ != ALL]
    return f"{', '.join([spec.name, *of])} ({spec.unit})"


@cache
def groups() -> tuple[Group, ...]:
    """All groups, `alle` first."""
    return tuple(dict.fromkeys(_groups().values()))


def group(name: str) -> Group:
    """The group by id, name or alias ('Jobparat', 'udenlandske borgere').

    Raises:
        UnknownNameError: no such group; names the nearest.
    """
    if (hit := _groups().get(_plain(name))) is None:
        fix = did_you_mean(name, _groups())
        raise UnknownNameError(problem("no-group", "group", name, fix=fix))
    return hit


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


class TargetGroup(Span):
    """One målgruppe with its number in the law."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    nr: str | None
    """'2.1' is § 2, no. 1, '6.1' is § 6, no. 1; None for a group of another law."""
    navn: str
    """Short Danish name for a table row."""
    ydelse: str | None
    """Benefit id; None where the group is not tied to one."""
    successor: str | None = None
    aliases: tuple[str, ...] = ()
    source: str

    @property
    def label(self) -> str:
        """Row label: 'LAB 2.1 Forsikrede ledige'."""
        return f"LAB {self.nr} {self.navn}" if self.nr else self.navn


class ExpectedOrder(Closed):
    """Target groups that are expected from a day on, and not yet law."""

    day: date
    target_groups: tuple[TargetGroup, ...]
    """Those that are known by name."""
    note: str
    source: str


class TargetGroupsFile(Closed):
    """The whole of `target_groups.yaml`."""

    target_groups: tuple[TargetGroup, ...]
    expected: tuple[ExpectedOrder, ...] = ()


@cache
def _file() -> TargetGroupsFile:
    return shipped("target_groups.yaml", TargetGroupsFile)


@cache
def _target_groups() -> dict[str, TargetGroup]:
    return {one.id: one for one in _file().target_groups}


def expected_notes(on: date) -> tuple[str, ...]:
    """What readers must know, on a day, of an order of target groups that is expected and not yet law."""
    return tuple(expected_text(one.note) for one in _file().expected if one.day <= on)


def target_groups() -> tuple[TargetGroup, ...]:
    """All target groups that ever were, in the law's order."""
    return tuple(_target_groups().values())


def target_group(name: str) -> TargetGroup:
    """The target group by id, label, or as plans print it ('LAB 2.2 Kontanthjælp', '2.14 …').

    A law number decides, whatever text follows it.

    Raises:
        UnknownNameError: no such group; names the nearest.
    """
    groups = _target_groups()
    if name in groups:
        return groups[name]
    number = re.match(r"(?:LAB\s+)?(?:§\s*)?(\d\.\d+)\b", name.strip(), flags=re.IGNORECASE)
    if number:
        hits = [g for g in groups.values() if g.nr == number[1]]
    else:
        folded = name.strip().casefold()
        hits = [
            g for g in groups.values() if folded in {n.casefold() for n in (g.navn, *g.aliases)}
        ]
    if len(hits) != 1:
        expected = ", ".join(g.id for g in hits)
        fix = did_you_mean(name, [*groups, *(g.label for g in groups.values())])
        what = "several-target-groups" if hits else "no-target-group"
        raise UnknownNameError(problem(what, "målgruppe", name, expected=expected, fix=fix))
    return hits[0]
