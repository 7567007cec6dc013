"""Population groups: which of a benefit's recipients a figure counts, and how a plan defines them.

A definition belongs to the plans of some years, not to calendar days: Rudersdal's plan for 2021
counts its foreign citizens of 2019 and 2020 by the new definition.
"""

from __future__ import annotations

import string
from datetime import date
from functools import cache
from typing import Annotated

from pydantic import Field, field_validator

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.registers.benefits import Benefit
from beskplan.registers.reading import Closed, data_text, parse

FILE = "groups.yaml"


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

    @field_validator("phrase")
    @classmethod
    def _one_known_place(cls, phrase: str) -> str:
        places = [name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None]
        if len(places) != 1 or places[0] not in ("modtagere", "paa"):
            raise ValueError("needs {modtagere} or {paa}, once")
        return phrase

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


def parse_groups(text: str, where: str = FILE) -> dict[str, Group]:
    """Groups by id from YAML text.

    Raises:
        DataError: no valid file; all problems at once.
    """
    groups = parse(text, where, GroupsFile).groups
    found = [problem for group in groups for problem in _gaps(group, where)]
    names = [_plain(name) for group in groups for name in {group.id, group.navn, *group.aliases}]
    found += [
        Problem(f"{where}: groups", "name used by two groups", found=name)
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if found:
        raise DataError(found)
    return {group.id: group for group in groups}


def _gaps(group: Group, where: str) -> list[Problem]:
    """Each definition must take over the year after the one before it, the first from always."""
    expected: list[int | None] = [None]
    expected += [d.last_plan_year + 1 if d.last_plan_year else None for d in group.definitions[:-1]]
    right = (
        all(d.first_plan_year == year for d, year in zip(group.definitions, expected, strict=True))
        and all(year is not None for year in expected[1:])
        and group.definitions[-1].last_plan_year is None
    )
    place = f"{where}: groups.{group.id}.definitions"
    return [] if right else [Problem(place, "definitions leave a gap or overlap")]


@cache
def _groups() -> dict[str, Group]:
    return parse_groups(data_text(FILE))


def groups() -> tuple[Group, ...]:
    """All groups, `alle` first."""
    return tuple(_groups().values())


def group(name: str) -> Group:
    """The group by id, name or alias ('Jobparat', 'udenlandske borgere').

    Raises:
        UnknownNameError: no such group; names the nearest.
    """
    known = {_plain(n): g for g in groups() for n in (g.id, g.navn, *g.aliases)}
    if _plain(name) not in known:
        fix = did_you_mean(name, known)
        raise UnknownNameError(Problem("group", "den gruppe findes ikke", found=name, fix=fix))
    return known[_plain(name)]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
