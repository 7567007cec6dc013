"""What a fetch asks for: tables, measures by their label, areas by their kind; closed and checked.

`beskplan/data/fetch/default.yaml` is what `beskplan fetch` asks for, changed by `params/hentning.yaml`
of the working copy where that is there. Nothing in it is a position: a label that a source no
longer has is refused by name, with the nearest one it does have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, model_validator

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.core.periods import Kind as PeriodKind
from beskplan.registers.areas import Kind as AreaKind
from beskplan.registers.benefits import Benefit, benefits
from beskplan.registers.document import Document
from beskplan.registers.indicators import ALL
from beskplan.registers.reading import Closed, checked, data_text, parse
from beskplan.sources.labels import normalised, problem
from beskplan.sources.mapping import GroupId, IndicatorId, YdelseId

DEFAULT = "fetch/default.yaml"
OWN: Final = Path("params") / "hentning.yaml"
"""Changes of the plan in a working copy: committed, so that the night uses them."""
_COLLECTIVE: Final = ("tilbagetrækning",)
"""Titles of tables of several benefits, of which none is the table of one."""

Source: TypeAlias = Literal["jobindsats", "statbank"]
SOURCES: tuple[Source, ...] = ("jobindsats", "statbank")
Labels = Annotated[tuple[str, ...], Field(min_length=1)]


class Measure(Closed):
    """A measure of the source, and the indicator that it becomes."""

    indicator: IndicatorId
    labels: Labels
    """What the source calls it, or has called it; compared without case, blanks and age span."""
    if_there: bool = False
    """Taken where the table has it; else a table without it is refused."""


class Part(Closed):
    """One part of a table's population: the total, or one value of one of its hierarchies."""

    ydelse: YdelseId = ALL
    group: GroupId = ALL
    value: str | None = None
    """Label of the value in the source; None: the total."""
    also: tuple[str, ...] = ()
    """What StatBank has called the value, or may call it, besides; an id too."""
    hierarchy: str | None = None
    """Id of the value's hierarchy; needed where two have the label."""


class _Table(Closed):
    id: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    latest: int = Field(gt=0, le=1200)
    """How many of the newest periods, at most; fewer where the source has fewer."""
    areas: tuple[AreaKind, ...] = ("land", "kommune")
    """Kinds of area that must be there, all of each kind."""
    areas_if_there: tuple[AreaKind, ...] = ()
    """Kinds of area that are taken where the source has them."""
    title: tuple[str, ...] = ()
    """Words of which the source's title of the table has one."""
    if_there: bool = False
    """Taken where the source has it with this title and these labels; else it is told, and no failure."""

    @model_validator(mode="after")
    def _asks_for_areas(self) -> _Table:
        kinds = (*self.areas, *self.areas_if_there)
        if not self.areas or len(set(kinds)) != len(kinds):
            raise ValueError("skal have mindst én slags område og hver slags én gang")
        return self


class JobindsatsTable(_Table):
    """A table of Jobindsats."""

    period_type: PeriodKind = "M"
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]

    def check_titles(self, titles: Iterable[str], where: str) -> list[Problem]:
        """A problem where the source's titles, the table's own first, are another benefit's.

        A title that names no benefit tells nothing, and the next one is looked at.
        """
        told = tuple(titles)
        asked = {part.ydelse for part in self.parts}
        own = {
            *self.title,
            *(name for one in benefits() if one.id in asked for name in _names(one)),
        }
        others = {name for one in benefits() for name in _names(one)}
        for title in told:
            if _has(title, own):
                return []
            if _has(title, others):
                return [_of_another(where, title, sorted(own))]
        collective = [title for title in told if _has(title, _COLLECTIVE)]
        return [_of_another(where, title, sorted(own)) for title in collective[:1]]


class StatbankTable(_Table):
    """A table of StatBank: one indicator, of one choice of values or of several of one variable."""

    period_type: PeriodKind
    indicator: IndicatorId
    select: dict[str, str] = Field(default_factory=dict)
    """Value, by label or code, of each variable that the source does not sum by itself."""
    ages: tuple[int, int] | None = None
    """First and last year of age that are counted: the table has every year, and no such group."""
    parts_of: str = ""
    """The variable whose values the parts are; empty where there is only one part."""
    parts: Annotated[tuple[Part, ...], Field(min_length=1)] = (Part(),)

    @model_validator(mode="after")
    def _parts_are_values(self) -> StatbankTable:
        unnamed = [part for part in self.parts if part.value is None]
        if unnamed if self.parts_of else unnamed != [*self.parts] or len(unnamed) > 1:
            raise ValueError("skal have `parts_of` og en `value` af hver del, eller kun én del")
        return self

    def check_titles(self, titles: Iterable[str], where: str) -> list[Problem]:
        """A problem where the plan names words of the title, and the source's has none of them."""
        text = " ".join(titles)
        if not self.title or any(normalised(word) in normalised(text) for word in self.title):
            return []
        return [_of_another(where, text, self.title)]


def _names(one: Benefit) -> tuple[str, ...]:
    return (*(forms.name for forms in one.forms), *one.aliases)


def _has(title: str, words: Iterable[str]) -> bool:
    """Whether one of the words begins a word of the title."""
    plain = normalised(title)
    return any(re.search(rf"(?<!\w){re.escape(normalised(word))}", plain) for word in words)


def _of_another(where: str, title: str, words: Iterable[str]) -> Problem:
    return problem("another-title", where, f"'{title}'", expected=", ".join(words))


class FetchPlan(Closed):
    """Everything that one fetch asks for."""

    templates: dict[str, tuple[Measure, ...]] = Field(default_factory=dict)
    """Measures that several tables share, for YAML anchors."""
    jobindsats: tuple[JobindsatsTable, ...] = ()
    statbank: tuple[StatbankTable, ...] = ()

    @model_validator(mode="after")
    def _gives_each_observation_once(self) -> FetchPlan:
        counts = Counter(_keys(self.jobindsats, self.statbank))
        doubled = sorted(" ".join(key) for key, count in counts.items() if count > 1)
        if doubled:
            raise ValueError(f"spørger to gange om {'; '.join(doubled)}")
        return self

    @property
    def tables(self) -> dict[str, JobindsatsTable | StatbankTable]:
        """All tables by id in lower case."""
        tables: tuple[JobindsatsTable | StatbankTable, ...] = (*self.jobindsats, *self.statbank)
        return {one.id.casefold(): one for one in tables}

    def only(self, source: Source) -> FetchPlan:
        """The part of the plan for one source.

        Raises:
            UnknownNameError: there is none.
        """
        chosen = self.model_copy(update={one: () for one in SOURCES if one != source})
        if not chosen.tables:
            raise UnknownNameError(problem("choice-of-nothing", "fetch"))
        return chosen


class OwnPlan(FetchPlan):
    """`params/hentning.yaml`: tables that are added, or that replace the built-in one of their id."""

    without: tuple[str, ...] = ()
    """Ids of built-in tables that are not fetched."""


def default_plan() -> FetchPlan:
    """The plan that ships with the package."""
    return parse(data_text(DEFAULT), DEFAULT, FetchPlan)


def plan_of(root: Path) -> FetchPlan:
    """The plan of a working copy: the built-in one with the changes of `params/hentning.yaml`.

    Raises:
        DataError: that file is no plan; all problems at once.
        UnknownNameError: it leaves out a table that the plan does not have.
    """
    built_in = default_plan()
    if not (root / OWN).is_file():
        return built_in
    own = checked(Document.load(root / OWN, root), OwnPlan)
    known = [one.id for one in built_in.tables.values()]
    if unknown := [table for table in own.without if table.casefold() not in built_in.tables]:
        raise UnknownNameError(
            problem("not-in-plan", f"{OWN.as_posix()}: without", repr(table),
                    expected=f"en af {', '.join(known)}", fix=did_you_mean(table, known))
            for table in unknown
        )  # fmt: skip
    gone = {*own.tables, *(one.casefold() for one in own.without)}
    jobindsats = (*(t for t in built_in.jobindsats if t.id.casefold() not in gone), *own.jobindsats)
    statbank = (*(t for t in built_in.statbank if t.id.casefold() not in gone), *own.statbank)
    counts = Counter(_keys(jobindsats, statbank))
    if doubled := [" ".join(key) for key, count in counts.items() if count > 1]:
        raise DataError(problem("asked-twice", OWN.as_posix(), "; ".join(doubled)))
    return FetchPlan(jobindsats=jobindsats, statbank=statbank)


def _keys(
    jobindsats: Iterable[JobindsatsTable], statbank: Iterable[StatbankTable]
) -> Sequence[tuple[str, ...]]:
    """What an observation of each number of each table is told from others by."""
    return [
        (measure.indicator, part.ydelse, part.group, table.period_type)
        for table in jobindsats
        for measure in table.measures
        for part in table.parts
    ] + [
        (table.indicator, part.ydelse, part.group, table.period_type)
        for table in statbank
        for part in table.parts
    ]
