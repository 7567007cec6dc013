"""What a fetch asks for: tables, measures by their label, areas by their kind; closed and checked.

`beskplan/data/fetch/default.yaml` is what `beskplan fetch` asks for by default. Nothing in it is a
position: a label that a source no longer has is refused by name, with the nearest one it does have.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.core.periods import Kind as PeriodKind
from beskplan.registers.areas import Kind as AreaKind
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.registers.reading import Closed, data_text, parse

DEFAULT = "fetch/default.yaml"

Source: TypeAlias = Literal["jobindsats", "statbank"]
SOURCES: tuple[Source, ...] = ("jobindsats", "statbank")


def _indicator(name: str) -> str:
    if name not in INDICATORS:
        raise ValueError(f"no such indicator; {did_you_mean(name, INDICATORS)}")
    return name


def _ydelse(name: str) -> str:
    if name == ALL:
        return name
    try:
        found = benefit(name).id
    except UnknownNameError as error:
        raise ValueError(f"no such benefit; {error.problems[0].fix}") from None
    if found != name:
        raise ValueError(f"write the id '{found}'")
    return name


IndicatorId = Annotated[str, AfterValidator(_indicator)]
YdelseId = Annotated[str, AfterValidator(_ydelse)]
GroupId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Labels = Annotated[tuple[str, ...], Field(min_length=1)]


class Measure(Closed):
    """A measure of the source, and the indicator that it becomes."""

    indicator: IndicatorId
    labels: Labels
    """What the source calls it, or has called it; compared without case, blanks and age span."""


class Part(Closed):
    """One part of a table's population: the total, or one value of one of its hierarchies."""

    ydelse: YdelseId = ALL
    group: GroupId = ALL
    value: str | None = None
    """Label of the value in the source; None: the total."""
    hierarchy: str | None = None
    """Id of the value's hierarchy; needed where two have the label, and always in API v2."""


class _Table(Closed):
    id: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    latest: int = Field(gt=0, le=1200)
    """How many of the newest periods, at most; fewer where the source has fewer."""
    areas: tuple[AreaKind, ...] = ("land", "kommune")
    """Kinds of area that must be there, all of each kind."""
    areas_if_there: tuple[AreaKind, ...] = ()
    """Kinds of area that are taken where the source has them."""

    @model_validator(mode="after")
    def _asks_for_areas(self) -> _Table:
        kinds = (*self.areas, *self.areas_if_there)
        if not self.areas or len(set(kinds)) != len(kinds):
            raise ValueError("needs at least one kind of area, and each kind once")
        return self


class JobindsatsTable(_Table):
    """A table of Jobindsats."""

    period_type: PeriodKind = "M"
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


class StatbankTable(_Table):
    """A table of StatBank: one indicator of one choice of values."""

    period_type: PeriodKind
    indicator: IndicatorId
    ydelse: YdelseId = ALL
    group: GroupId = ALL
    select: dict[str, str] = Field(default_factory=dict)
    """Value, by label or code, of each variable that the source does not sum by itself."""


class FetchPlan(Closed):
    """Everything that one fetch asks for."""

    templates: dict[str, tuple[Measure, ...]] = Field(default_factory=dict)
    """Measures that several tables share, for YAML anchors."""
    jobindsats: tuple[JobindsatsTable, ...] = ()
    statbank: tuple[StatbankTable, ...] = ()

    @model_validator(mode="after")
    def _gives_each_observation_once(self) -> FetchPlan:
        counts = Counter(_keys(self))
        doubled = sorted(" ".join(key) for key, count in counts.items() if count > 1)
        if doubled:
            raise ValueError(f"asked for twice: {'; '.join(doubled)}")
        if not counts:
            raise ValueError("asks for nothing")
        return self

    def only(self, sources: tuple[Source, ...] = (), tables: tuple[str, ...] = ()) -> FetchPlan:
        """The part of the plan for some sources and table ids; empty means all.

        Raises:
            UnknownNameError: the plan has no such table.
        """
        wanted = {table.casefold() for table in tables}
        known = [table.id for table in (*self.jobindsats, *self.statbank)]
        problems = [
            Problem(
                "fetch: table",
                "not in the plan",
                repr(table),
                f"one of {', '.join(known)}",
                did_you_mean(table, known, "add it to a plan of your own: --plan FILE"),
            )
            for table in tables
            if table.casefold() not in {one.casefold() for one in known}
        ]
        if problems:
            raise UnknownNameError(problems)
        chosen: dict[str, object] = {
            source: tuple(
                table
                for table in getattr(self, source)
                if (not sources or source in sources)
                and (not wanted or table.id.casefold() in wanted)
            )
            for source in SOURCES
        }
        if not any(chosen.values()):
            raise UnknownNameError(Problem("fetch", "this choice asks for nothing"))
        return self.model_copy(update=chosen)


def default_plan() -> FetchPlan:
    """The plan that ships with the package."""
    return parse(data_text(DEFAULT), DEFAULT, FetchPlan)


def read_plan(path: Path) -> FetchPlan:
    """A plan from a YAML file.

    Raises:
        DataError: unreadable, or not a plan; all problems at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(Problem(str(path), "cannot be read", str(error))) from None
    return parse(text, path.name, FetchPlan)


def _keys(plan: FetchPlan) -> list[tuple[str, ...]]:
    jobindsats: list[tuple[str, ...]] = [
        (measure.indicator, part.ydelse, part.group, table.period_type)
        for table in plan.jobindsats
        for measure in table.measures
        for part in table.parts
    ]
    statbank = [
        (table.indicator, table.ydelse, table.group, table.period_type) for table in plan.statbank
    ]
    return jobindsats + statbank
