"""The report object that the notebook works with: a method for each kind of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Omitted, Prose, SourceList
from beskplan.blocks.text import list_danish
from beskplan.blocks.text.language import as_sentence
from beskplan.core.errors import Problem
from beskplan.report.context import Context, Report
from beskplan.report.varighed import groups, series_blocks
from beskplan.report.varighed.groups import Courses, read_courses
from beskplan.report.varighed.series import Series, read_series


def load(kommune: str, aar: int, root: Path | None = None) -> Varighed:
    """The report object of one municipality and plan year.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    return Varighed(Context.checked(data_problems, "varighed", kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    if context.params.varighed is None:
        return context.no_params()
    return list(_missing_data(context, context.place))


def _missing_data(context: Context, where: str) -> Iterator[Problem]:
    there = f"what the data have ({context.data.snapshot.text})"
    if context.params.varighed is None:
        return
    for name in context.params.varighed.serier:
        series = read_series(context, name)
        if series is not None and not series.rows:
            yield Problem(
                where=f"{where}.serier.{name}",
                what="no data for these groups and periods",
                found=f"{series.area.navn}, {series.params.maal}",
                expected=there,
                fix="correct the section, fetch the data, or leave the section out",
            )


class Varighed(Report):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._series = cache(lambda name: read_series(context, name))
        self._courses = cache(lambda name: read_courses(context, name))

    def table(self, name: str) -> Shown:
        """Every group at every point, and how it has moved."""
        return self._show(name, series_blocks.series_table)

    def figure(self, name: str) -> Shown:
        """The groups as lines."""
        return self._show(name, series_blocks.series_figure)

    def sentence(self, name: str) -> Shown:
        """The section's table in words."""
        return self._show(name, series_blocks.series_text)

    def notes(self, name: str) -> Shown:
        """Groups without numbers, and the reservations."""
        return self._show(name, series_blocks.series_notes)

    def courses_table(self, name: str) -> Shown:
        """Courses by how long they have lasted."""
        return self._show_courses(name, groups.courses_table)

    def courses_sentence(self, name: str) -> Shown:
        """The same in words."""
        return self._show_courses(name, groups.courses_text)

    def courses_notes(self, name: str) -> Shown:
        """What the measure counts."""
        return self._show_courses(name, groups.courses_notes)

    def comparability(self) -> Shown:
        """That municipalities from two systems cannot be compared, where the page has such."""
        if (told := self._two_systems()) is None:
            reason = "Alle tal på siden er fra samme system."
            return Shown(Omitted(id="systemer", reason=reason, missed=False))
        return Shown(make(Prose, id="systemer", paragraphs=(told,), role="note"))

    def sources(self) -> Shown:
        """Every source that the report has read."""
        two_systems = self._two_systems()
        reservations = (
            *([two_systems] if two_systems else []),
            *(note for one in self._all_series() for note in one.params.forbehold),
        )
        return Shown(
            make(
                SourceList,
                entries=self.context.data.sources(),
                reservations=tuple(dict.fromkeys(reservations)),
            )
        )

    def _two_systems(self) -> str | None:
        """`Tallene for Tårnby er fra OPUS LIS, og tallene for Dragør er fra …`."""
        by_area: dict[str, list[str]] = {}
        for one in self._all_series():
            by_area.setdefault(one.area.navn, []).extend(one.systems)
        systems = {navn: tuple(dict.fromkeys(found)) for navn, found in by_area.items()}
        if len(systems) < 2 or len(set(systems.values())) < 2:
            return None
        parts = [
            f"tallene for {navn} er fra {list_danish(found)}" for navn, found in systems.items()
        ]
        return (
            f"{as_sentence(', og '.join(parts))} Systemerne regner efter forskellige regler. Tallene "
            f"for {list_danish(list(systems))} kan derfor ikke sammenlignes eller lægges sammen."
        )

    def _all_series(self) -> list[Series]:
        if self.context.params.varighed is None:
            return []
        found = (self._series(name) for name in self.context.params.varighed.serier)
        return [one for one in found if one is not None]

    def _show(self, name: str, block: Callable[[Series], Block]) -> Shown:
        found = self._series(name)
        return Shown(_not_asked_for(name) if found is None else block(found))

    def _show_courses(self, name: str, block: Callable[[Courses], Block]) -> Shown:
        found = self._courses(name)
        return Shown(_not_asked_for(name) if found is None else block(found))


def _not_asked_for(name: str) -> Omitted:
    reason = "Afsnittet indgår ikke i planen."
    return Omitted(id=name.replace("_", "-"), reason=reason, missed=False)
