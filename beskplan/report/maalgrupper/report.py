"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Omitted, SourceList
from beskplan.errors import InputError, Problem
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.report.context import Context, Report
from beskplan.report.maalgrupper import highlights, section_blocks
from beskplan.report.maalgrupper.section import Section, read_section


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
        return [
            Problem(
                where,
                "missing key",
                "nothing",
                "`maalgrupper`",
                "add it here or in the year's file",
            )
        ]
    return list(_missing_data(context, params, where))


def _missing_data(context: Context, params: MaalgrupperParams, where: str) -> Iterator[Problem]:
    sections = [read_section(context, params, name) for name in params.afsnit]
    shown = [section for section in sections if isinstance(section, Section)]
    there = f"what the data have ({context.data.snapshot.text})"
    if all(section.own.now.state == "absent" for section in shown):
        found = f"{context.kommune.navn}, {params.periode.code}"
        fix = "fetch or import data that hold it, or correct `periode`"
        yield Problem(where, "no data for this municipality and period", found, there, fix)
        return
    for section in shown:
        if all(movement.now.state == "absent" for movement in section.movements):
            yield Problem(
                where=f"{where}.afsnit.{section.name}",
                what="no data for this benefit and period",
                found=f"{section.benefit.id}, {section.now.code}",
                expected=there,
                fix="correct `periode`, or fetch the data",
            )


class Maalgrupper(Report):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        if context.params.maalgrupper is None:
            raise ValueError("the params were not checked")
        params = context.params.maalgrupper
        self._section = cache(lambda name: read_section(context, params, name))
        self._params = params

    def table(self, name: str) -> Shown:
        """Levels, change and share of all areas."""
        return self._show(name, section_blocks.levels_table)

    def figure(self, name: str) -> Shown:
        """How the areas have moved."""
        return self._show(name, section_blocks.change_figure)

    def sentence(self, name: str) -> Shown:
        """The section's table in words."""
        return self._show(name, section_blocks.commentary_text)

    def notes(self, name: str) -> Shown:
        """What a reader must know about the section's numbers."""
        return self._show(name, section_blocks.notes)

    def key_figures(self) -> Shown:
        """The numbers that a committee member must see."""
        return Shown(highlights.key_figures(self._sections()))

    def overview_figure(self) -> Shown:
        """The municipality's benefits ranked by how they have moved."""
        return Shown(highlights.overview_figure(self.context, self._sections()))

    def sources(self) -> Shown:
        """Every source that the report has read."""
        sections = self._sections()
        reservations = (note for section in sections for note in section.afsnit.forbehold)
        return Shown(
            make(
                SourceList,
                entries=self.context.data.sources(),
                reservations=tuple(dict.fromkeys(reservations)),
            )
        )

    def _sections(self) -> list[Section]:
        found = (self._section(name) for name in self._params.afsnit)
        return [section for section in found if isinstance(section, Section)]

    def _show(
        self, name: str, block: Callable[[Context, MaalgrupperParams, Section], Block]
    ) -> Shown:
        section = self._section(name)
        if isinstance(section, Omitted):
            return Shown(section)
        return Shown(block(self.context, self._params, section))
