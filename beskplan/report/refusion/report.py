"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import SourceList
from beskplan.core.errors import Problem, UnknownNameError
from beskplan.report.context import Context, Report
from beskplan.report.refusion import effect, staircase_blocks
from beskplan.report.refusion.facts import RefusionFacts, find_target, read_facts


def load(kommune: str, aar: int, root: Path | None = None) -> Refusion:
    """The report object of one municipality and plan year.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    return Refusion(Context.checked(data_problems, "refusion", kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    params = context.params.refusion
    if params is None:
        return context.no_params()
    found = []
    if params.maal and find_target(context, params.maal) is None:
        what = "no such target for a share in per cent"
        fix = "give the `id` of one of the plan's targets of kind `andel`"
        found.append(Problem(f"{context.place}.maal", what, repr(params.maal), fix=fix))
    try:
        facts = read_facts(context)
    except UnknownNameError as error:
        return [*found, *error.problems]
    return [*found, *_missing_data(context, facts, context.place)]


def _missing_data(context: Context, facts: RefusionFacts, where: str) -> Iterator[Problem]:
    if facts.duration is not None and facts.duration.state == "absent":
        yield Problem(
            where=f"{where}.varighed",
            what="no data for this municipality and period",
            found=f"{facts.area.navn}, {facts.params.varighed}",
            expected=f"what the data have ({context.data.snapshot.text})",
            fix="correct `varighed`, fetch the data, or leave it out",
        )
    starts = [step.fra_uge for step in facts.stairs.trin]
    if odd := [week for week in facts.params.fordeling if week not in starts]:
        yield Problem(
            where=f"{where}.fordeling",
            what="no step of the staircase begins in this week",
            found=", ".join(map(str, odd)),
            expected=", ".join(map(str, starts)),
        )


class Refusion(Report):
    """The blocks of the Bilag."""

    @cached_property
    def _facts(self) -> RefusionFacts:
        return read_facts(self.context)

    def staircase_table(self) -> Shown:
        """What the state and the municipality pay on each step."""
        return Shown(staircase_blocks.staircase_table(self._facts))

    def staircase_figure(self) -> Shown:
        """The steps to scale."""
        return Shown(staircase_blocks.staircase_figure(self._facts))

    def staircase_notes(self) -> Shown:
        """How the weeks are counted."""
        return Shown(staircase_blocks.staircase_notes(self._facts))

    def distribution_table(self) -> Shown:
        """The municipality's own distribution on the steps, with its mean refund."""
        return Shown(staircase_blocks.distribution_table(self._facts))

    def effect_table(self) -> Shown:
        """The mean refund at shorter mean durations."""
        return Shown(effect.effect_table(self._facts))

    def effect_text(self) -> Shown:
        """The same in words, with the plan's target."""
        return Shown(effect.effect_text(self._facts))

    def effect_figure(self) -> Shown:
        """The same as bars."""
        return Shown(effect.effect_figure(self._facts))

    def effect_notes(self) -> Shown:
        """That it is a model, and what it leaves out."""
        return Shown(effect.effect_notes(self._facts))

    def sources(self) -> Shown:
        """Every source that the report has read."""
        facts = self._facts
        return Shown(
            make(
                SourceList,
                entries=(*self.context.data.sources(), facts.stairs_source),
                reservations=(facts.stairs.note, *facts.params.forbehold),
            )
        )
