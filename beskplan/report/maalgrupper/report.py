"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, SourceList
from beskplan.core.errors import DataError, Problem
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.registers.breaks import refuse_breaks
from beskplan.report.context import Context, Report
from beskplan.report.maalgrupper import highlights, section_blocks
from beskplan.report.maalgrupper.section import Section, no_section, read_sections


def load(kommune: str, aar: int, root: Path | None = None) -> Maalgrupper:
    """The report object of one municipality and plan year.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    return Maalgrupper(Context.checked(data_problems, "maalgrupper", kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    params = context.params.maalgrupper
    if params is None:
        return context.no_params()
    return list(_missing_data(context, params, context.place))


def _missing_data(context: Context, params: MaalgrupperParams, where: str) -> Iterator[Problem]:
    shown = list(read_sections(context, params).values())
    there = f"what the data have ({context.data.snapshot.text})"
    if all(section.own.now.state == "absent" for section in shown):
        found = f"{context.kommune.navn}, {params.periode.code}"
        fix = "fetch or import data that hold it, or correct `periode`"
        yield Problem(where, "no data for this municipality and period", found, there, fix)
        return
    for section in shown:
        yield from _refused(section, f"{where}.afsnit.{section.name}")
        if all(movement.now.state == "absent" for movement in section.movements):
            yield Problem(
                where=f"{where}.afsnit.{section.name}",
                what="no data for this benefit and period",
                found=f"{section.benefit.id}, {section.now.code}",
                expected=there,
                fix="correct `periode`, or fetch the data",
            )


def _refused(section: Section, where: str) -> list[Problem]:
    """Breaks in the series that forbid to compare the section's two periods."""
    try:
        for movement in section.movements:
            refuse_breaks(
                section.afsnit.maal,
                section.afsnit.ydelse,
                movement.area.kode,
                section.before,
                section.now,
                where=where,
            )
    except DataError as error:
        return list(error.problems)
    return []


class Maalgrupper(Report):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        if context.params.maalgrupper is None:
            raise ValueError("the params were not checked")
        self._params = context.params.maalgrupper
        self._sections = read_sections(context, self._params)

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
        return Shown(highlights.key_figures(self._shown))

    def overview_figure(self) -> Shown:
        """The municipality's benefits ranked by how they have moved."""
        return Shown(highlights.overview_figure(self.context, self._shown))

    def sources(self) -> Shown:
        """Every source that the report has read."""
        reservations = (note for section in self._shown for note in section.afsnit.forbehold)
        return Shown(
            make(
                SourceList,
                entries=self.context.data.sources(),
                reservations=tuple(dict.fromkeys(reservations)),
            )
        )

    @property
    def _shown(self) -> list[Section]:
        return list(self._sections.values())

    def _show(
        self, name: str, block: Callable[[Context, MaalgrupperParams, Section], Block]
    ) -> Shown:
        section = self._sections.get(name)
        if section is None:
            return Shown(no_section(self.context, name))
        return Shown(block(self.context, self._params, section))
