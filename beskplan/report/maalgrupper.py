"""The Bilag about target groups: each benefit in the municipality beside its reference areas.

Used by `notebooks/maalgrupper.ipynb`; the sections stand in the plan's params under `maalgrupper`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from beskplan.blocks import figures, sentences
from beskplan.blocks.display import Shown
from beskplan.blocks.model import (
    Block,
    Column,
    KeyFigure,
    KeyFigures,
    Omitted,
    Prose,
    Row,
    SourceList,
    Table,
)
from beskplan.blocks.tables import cell, table
from beskplan.errors import InputError, Problem, UnknownNameError, did_you_mean
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.report.context import Context, Report
from beskplan.report.section import Section, read_section


def load(kommune: str, aar: int, root: Path | None = None) -> Maalgrupper:
    """The report object of one municipality and plan year.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    context = Context.load("maalgrupper", kommune, aar, root)
    if problems := data_problems(context):
        raise InputError(problems)
    return Maalgrupper(context)


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    where = f"params/{context.kommune.slug}/{context.params.aar}.yaml: maalgrupper"
    params = context.params.maalgrupper
    if params is None:
        return [Problem(where, "missing key", "nothing", "`maalgrupper`", "add it here or in the year's file")]
    return list(_missing_data(context, params, where))


def _missing_data(context: Context, params: MaalgrupperParams, where: str) -> Iterator[Problem]:
    own_has_data = False
    for name in params.afsnit:
        section = read_section(context, params, name)
        if isinstance(section, Omitted):
            continue
        own_has_data = own_has_data or section.own.now.state != "absent"
        if all(movement.now.state == "absent" for movement in section.movements):
            yield Problem(
                where=f"{where}.afsnit.{name}",
                what="no data for this benefit and period",
                found=f"{section.benefit.id}, {section.now.code}",
                expected=f"a period that the data have ({context.data.snapshot.text})",
                fix="correct `periode`, or fetch the data",
            )
    if not own_has_data:
        yield Problem(
            where=where,
            what="no data for this municipality",
            found=f"{context.kommune.navn}, {params.periode.code}",
            expected=f"a municipality and period that the data have ({context.data.snapshot.text})",
            fix="fetch or import data that hold it, or correct `periode`",
        )


class Maalgrupper(Report):
    """The blocks of the Bilag, a method for each kind; `name` is a section's name in the params."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        if context.params.maalgrupper is None:
            raise ValueError("the params were not checked")
        self._params = context.params.maalgrupper

    def table(self, name: str) -> Shown:
        """Levels, change and share of all areas of a section."""
        return Shown(self._of(name, self._table))

    def figure(self, name: str) -> Shown:
        """How the areas of a section have moved."""
        return Shown(self._of(name, self._figure))

    def sentence(self, name: str) -> Shown:
        """The section's table in words."""
        return Shown(self._of(name, self._commentary))

    def notes(self, name: str) -> Shown:
        """What a reader must know about a section's numbers."""
        return Shown(self._of(name, self._notes))
