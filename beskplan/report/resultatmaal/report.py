"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import SourceList
from beskplan.core.errors import Problem
from beskplan.report.context import Context, Report
from beskplan.report.resultatmaal.sections import target_sections
from beskplan.report.resultatmaal.standing import Standing, breaks_within, read_standings
from beskplan.report.resultatmaal.summary import summary_table, summary_text


def load(kommune: str, aar: int, root: Path | None = None) -> Resultatmaal:
    """The report object of one municipality and plan year.

    Raises:
        InputError: names or params are wrong; all problems at once.
    """
    return Resultatmaal(Context.checked(data_problems, "resultatmaal", kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params lack for this Bilag, and series that break where a target counts.

    A target without data is no problem: the page says so.
    """
    slug, aar = context.kommune.slug, context.params.aar
    where = f"params/{slug}/{aar}.maal.yaml"
    if context.params.maal is None:
        return [
            Problem(where, "no targets", "no such file", "the plan's targets", "write the file")
        ]
    return [
        Problem(
            where=f"{where}: {standing.target.id}",
            what=f"baseline and newest number on both sides of {one.day}",
            found=one.note,
            expected="numbers that may be compared",
            fix="choose another `maaling`, or leave `maaling` out",
        )
        for standing in read_standings(context)
        for one in breaks_within(context, standing)
        if one.kind == "refuse"
    ]


class Resultatmaal(Report):
    """The blocks of the Bilag."""

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        return read_standings(self.context)

    def sentence(self) -> Shown:
        """How many targets the plan has and how they stand."""
        return Shown(summary_text(self.context, self._standings))

    def table(self) -> Shown:
        """Every target on one page."""
        return Shown(summary_table(self.context, self._standings))

    def targets(self) -> Shown:
        """A section for every target, with its figure."""
        return Shown(target_sections(self.context, self._standings))

    def sources(self) -> Shown:
        """Every source that the report has read, the plan itself last."""
        reservations = (text for one in self._standings for text in one.target.forbehold)
        plan = self._standings[0].plan_source.model_copy(update={"reference": ""})
        return Shown(
            make(
                SourceList,
                entries=(*self.context.data.sources(), plan),
                reservations=tuple(dict.fromkeys(reservations)),
            )
        )
