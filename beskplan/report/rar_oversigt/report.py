"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Source, SourceList
from beskplan.core.errors import Problem
from beskplan.params.bilag import RarOversigt as RarParams
from beskplan.report.context import Context, Report
from beskplan.report.rar_oversigt import goal_blocks, theme_blocks
from beskplan.report.rar_oversigt.goal_blocks import Overview
from beskplan.report.rar_oversigt.plans import plan_problems, read_plans


def load(kommune: str, aar: int, root: Path | None = None) -> RarOversigt:
    """The report object of one region and plan year; `kommune` names the region.

    Raises:
        InputError: names or params are wrong; all problems at once.
    """
    return RarOversigt(Context.checked(data_problems, "rar_oversigt", kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params lack for this Bilag."""
    place = f"params/{context.kommune.slug}/{context.params.aar}.yaml"
    where, params = f"{place}: rar_oversigt", context.params.rar_oversigt
    if context.kommune.kind not in ("rar", "region"):
        expected = "a region, such as RAR Hovedstaden"
        return [Problem(f"{place}: bilag", "is no region", context.kommune.navn, expected)]
    if params is None:
        fix = "add it, with `kilde` and `jobcentre`"
        return [Problem(where, "missing key", "nothing", "`rar_oversigt`", fix)]
    found = list(plan_problems(context, params, where))
    if not context.params.ministermaal:
        fix = f"add them to params/{context.params.aar}.yaml"
        found.append(Problem(f"{place}: ministermaal", "missing key", "nothing", fix=fix))
    return found


class RarOversigt(Report):
    """The blocks of the Bilag; `name` is a group of themes in the params."""

    @cached_property
    def _overview(self) -> Overview:
        params = self._params
        return Overview(
            region=self.context.kommune,
            plan_year=self.context.params.aar,
            goals=self.context.params.ministermaal,
            plans=read_plans(self.context),
            source=Source(text=params.kilde, reference=params.kilde_reference or ""),
        )

    @property
    def _params(self) -> RarParams:
        if self.context.params.rar_oversigt is None:
            raise ValueError("the params were not checked")
        return self.context.params.rar_oversigt

    def goal_matrix(self) -> Shown:
        """Jobcentre by goal, with totals."""
        return Shown(goal_blocks.goal_matrix(self._overview))

    def goal_points(self) -> Shown:
        """How many plans have each goal."""
        return Shown(goal_blocks.goal_points(self._overview))

    def goal_figure(self) -> Shown:
        """The goals ranked by how many plans have set a level."""
        return Shown(goal_blocks.goal_figure(self._overview))

    def missing_plans(self) -> Shown:
        """Which jobcentres there is no plan of."""
        return Shown(goal_blocks.missing_plans(self._overview))

    def supplementary(self) -> Shown:
        """Goals besides the ministers', and remarks."""
        return Shown(goal_blocks.supplementary_table(self._overview))

    def themes(self, name: str) -> Shown:
        """Who mentions what under a group of themes."""
        themes = self._params.temaer.get(name, ())
        return Shown(theme_blocks.theme_points(self._overview, name.replace("_", "-"), themes))

    def theme_table(self) -> Shown:
        """The jobcentres that are named under each theme."""
        themes = tuple(chain.from_iterable(self._params.temaer.values()))
        return Shown(theme_blocks.theme_table(self._overview, themes))

    def handicap(self) -> Shown:
        """How many plans mention people with a handicap."""
        return Shown(theme_blocks.handicap_text(self._overview))

    def handicap_table(self) -> Shown:
        """What they do."""
        return Shown(theme_blocks.handicap_table(self._overview))

    def sources(self) -> Shown:
        """Where the overview is from, and the reservations."""
        params = self._params
        reservations = list(params.forbehold)
        if params.opgjort:
            reservations.insert(
                0,
                f"Oversigten er fra {params.opgjort.text}. Planer, der er ændret siden, er vist, som de var.",
            )
        entries = (self._overview.source, *self.context.data.sources())
        return Shown(make(SourceList, entries=entries, reservations=tuple(reservations)))
