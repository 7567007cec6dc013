"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import SourceList
from beskplan.core.errors import Problem
from beskplan.report.context import Context, Report
from beskplan.report.overblik import changes, distribution, figures, tables
from beskplan.report.overblik.notes import notes
from beskplan.report.overblik.rows import Overview, read_overview


def load(kommune: str, aar: int, root: Path | None = None) -> Overblik:
    """The report object of one municipality and plan year.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    return Overblik(Context.checked(data_problems, "overblik", kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    if context.params.overblik is None:
        return context.no_params()
    overview = read_overview(context)
    moves = [row.movement for row in overview.all_rows]
    if all(one.now.state == "absent" and one.change.state == "absent" for one in moves):
        return [
            Problem(
                where=context.place,
                what="no data for this municipality and period",
                found=f"{context.kommune.navn}, {overview.params.maal}, {overview.params.nu.code}",
                expected=f"what the data have ({context.data.snapshot.text})",
                fix="fetch or import data that hold it, or correct `nu` and `maal`",
            )
        ]
    return []


class Overblik(Report):
    """The blocks of the Bilag."""

    @cached_property
    def _overview(self) -> Overview:
        return read_overview(self.context)

    @cached_property
    def _distribution(self) -> distribution.Distribution:
        return distribution.read_distribution(self.context, self._overview)

    def key_figures(self) -> Shown:
        """The numbers that a committee member must see."""
        return Shown(changes.key_figures(self._overview))

    def summary(self) -> Shown:
        """The total, the largest rise and the largest fall in words."""
        return Shown(changes.summary(self._overview))

    def table(self) -> Shown:
        """Every benefit in both periods, with the total."""
        return Shown(tables.levels_table(self._overview))

    def change_points(self) -> Shown:
        """How each benefit has moved, a point each."""
        return Shown(changes.change_points(self._overview))

    def change_figure(self) -> Shown:
        """The benefits ranked by how they have moved."""
        return Shown(figures.change_figure(self._overview))

    def notes(self) -> Shown:
        """New laws, contradictions of the plan's own figures, reservations."""
        return Shown(notes(self._overview))

    def share_points(self) -> Shown:
        """The groups by size, the small ones collected."""
        return Shown(distribution.share_points(self._distribution))

    def share_figure(self) -> Shown:
        """The same as a figure."""
        return Shown(distribution.share_figure(self._distribution))

    def sources(self) -> Shown:
        """Every source that the report has read."""
        return Shown(
            make(
                SourceList,
                entries=self.context.data.sources(),
                reservations=self._overview.params.forbehold,
            )
        )
