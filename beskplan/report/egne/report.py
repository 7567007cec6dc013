"""The report object that a notebook of one's own works with: a method for each kind of block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, SourceList
from beskplan.core.errors import Problem, UnknownNameError, did_you_mean
from beskplan.params.bilag import EgetBilag as EgetBilagParams
from beskplan.report.context import Context, Report
from beskplan.report.egne import section_blocks
from beskplan.report.egne.section import Section, read_sections


def load(bilag: str, kommune: str, aar: int, root: Path | None = None) -> EgetBilag:
    """The report object of one municipality and plan year.

    Args:
        bilag: Name of the notebook, under which its parameters stand.
        kommune: Name, code or slug.
        aar: Plan year.
        root: The working copy; found from the current folder where left out.

    Raises:
        InputError: names, params or data are wrong; all problems at once.
    """
    return EgetBilag(Context.checked(data_problems, bilag, kommune, aar, root))


def data_problems(context: Context) -> list[Problem]:
    """What the params and the data lack for this Bilag."""
    where = f"params/{context.kommune.slug}/{context.params.aar}.yaml: egne.{context.bilag}"
    params = context.params.egne.get(context.bilag)
    if params is None:
        fix = f"beskplan new-bilag {context.bilag} shows what to write"
        return [Problem(where, "missing key", "nothing", "the notebook's sections", fix)]
    return [*_missing_data(context, params, where), *_missing_targets(context, params, where)]


def _missing_data(context: Context, params: EgetBilagParams, where: str) -> Iterator[Problem]:
    for section in read_sections(context, params).values():
        if all(value.state == "absent" for value in section.own.values):
            yield Problem(
                where=f"{where}.afsnit.{section.name}",
                what="no data for this measure and these periods",
                found=f"{context.kommune.navn}, {section.afsnit.maal}, {section.span}",
                expected=f"what the data have ({context.data.snapshot.text})",
                fix="import the table, or correct `maal`, `fra` and `til`",
            )


def _missing_targets(context: Context, params: EgetBilagParams, where: str) -> Iterator[Problem]:
    known = [target.id for target in context.params.maal.targets()] if context.params.maal else []
    for name, afsnit in params.afsnit.items():
        for wanted in afsnit.resultatmaal:
            if wanted not in known:
                yield Problem(
                    where=f"{where}.afsnit.{name}.resultatmaal",
                    what="no such target",
                    found=repr(wanted),
                    expected=f"an id of params/{context.kommune.slug}/{context.params.aar}.maal.yaml",
                    fix=did_you_mean(wanted, known, "write the target there, or leave it out"),
                )


class EgetBilag(Report):
    """The blocks of the Bilag; `name` is a section's name in the params."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._sections = read_sections(context, context.params.egne[context.bilag])

    def table(self, name: str) -> Shown:
        """Every period, and the sum where the periods may be added up."""
        return self._show(name, section_blocks.periods_table)

    def figure(self, name: str) -> Shown:
        """The same as lines, with the level of the target."""
        return self._show(name, partial(section_blocks.periods_figure, self.context))

    def sentence(self, name: str) -> Shown:
        """The same in words."""
        return self._show(name, section_blocks.periods_text)

    def target(self, name: str) -> Shown:
        """The targets that the section's numbers belong to, with their follow-up."""
        return self._show(name, partial(section_blocks.targets, self.context))

    def notes(self, name: str) -> Shown:
        """What a reader must know about the section's numbers."""
        return self._show(name, section_blocks.notes)

    def sources(self) -> Shown:
        """Every source that the report has read, and the reservations."""
        reservations = (
            note for section in self._sections.values() for note in section.afsnit.forbehold
        )
        return Shown(
            make(
                SourceList,
                entries=self.context.data.sources(),
                reservations=tuple(dict.fromkeys(reservations)),
            )
        )

    def _show(self, name: str, block: Callable[[Section], Block]) -> Shown:
        """A block of the section called `name`.

        Raises:
            UnknownNameError: the params have no such section.
        """
        section = self._sections.get(name)
        if section is None:
            known = ", ".join(self._sections)
            where = f"notebooks/{self.context.bilag}.ipynb"
            fix = did_you_mean(name, self._sections, "write it in the params")
            raise UnknownNameError(Problem(where, "no such section", repr(name), known, fix))
        return Shown(block(section))
