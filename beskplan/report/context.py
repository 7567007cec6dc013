"""What every report starts from: the municipality, its parameters and the data it may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from beskplan.blocks.display import Shown
from beskplan.blocks.model import Accent, Header
from beskplan.blocks.text.language import capital
from beskplan.core.colours import readable
from beskplan.core.errors import InputError, Problem
from beskplan.observations import choose
from beskplan.params import PlanParams, read, subject
from beskplan.params.profil import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    DarkColours,
    LightColours,
    Presentation,
    read_presentation,
)
from beskplan.registers.areas import Area, regional_council
from beskplan.registers.areas import find as find_area
from beskplan.report.data import ReportData
from beskplan.report.place import find_root, refuse_unknown_parameters


@dataclass(frozen=True)
class Context:
    """One municipality and year, ready to report on."""

    bilag: str
    kommune: Area
    params: PlanParams
    data: ReportData
    presentation: Presentation
    root: Path
    """The working copy, for a report about the plans of several municipalities."""

    @classmethod
    def load(cls, bilag: str, kommune: str, aar: int, root: Path | None = None) -> Context:
        """Read parameters and choose the data.

        Args:
            bilag: Name of the notebook.
            kommune: Name, code or slug of the municipality.
            aar: Plan year.
            root: The working copy; found from the current folder where left out.

        Raises:
            InputError: a name is unknown, or a params file is wrong.
        """
        refuse_unknown_parameters()
        root = root or find_root()
        params = read(kommune, aar, root)
        snapshot = choose(params.datagrundlag, root)
        presentation = read_presentation(kommune, root)
        return cls(bilag, subject(params.kommune), params, ReportData(snapshot), presentation, root)

    @classmethod
    def checked(
        cls,
        needs: Callable[[Context], list[Problem]],
        bilag: str,
        kommune: str,
        aar: int,
        root: Path | None = None,
    ) -> Context:
        """As `load`, for a Bilag that `needs` something of the params and the data.

        Raises:
            InputError: names, params or data are wrong; all problems at once.
        """
        context = cls.load(bilag, kommune, aar, root)
        if problems := needs(context):
            raise InputError(problems)
        return context

    @property
    def place(self) -> str:
        """Where the params of this Bilag stand, for messages: `params/rudersdal/2021.yaml: overblik`."""
        return f"params/{self.kommune.slug}/{self.params.aar}.yaml: {self.bilag}"

    def no_params(self) -> list[Problem]:
        """The problem of a plan that asks for this Bilag and does not say what should stand in it."""
        fix = "add it here or in the year's file"
        return [Problem(self.place, "missing key", "nothing", f"`{self.bilag}`", fix)]

    def header(self) -> Header:
        """The report's identity, for title, metadata and proof."""
        snapshot = self.data.snapshot
        profil, logo = self.presentation.profil, self.presentation.logo
        colours = profil.farver
        return Header(
            bilag=self.bilag.replace("_", "-"),
            kommune=self.kommune.navn,
            kommune_kode=self.kommune.kode,
            afsender=profil.afsender or self.kommune.lang_navn,
            aar=self.params.aar,
            data_id=snapshot.id,
            # A sentence of its own on the page; inside one in a message.
            data_text=capital(self.data.text),
            demo=snapshot.demo,
            logo=logo.uri if logo else "",
            logo_alt=logo.alt if logo else "",
            light=_accent(colours.lys, LIGHT_GROUNDS) if colours else None,
            dark=_accent(colours.moerk, DARK_GROUNDS) if colours else None,
            statement_url=profil.tilgaengelighedserklaering or "",
        )

    def reference_areas(self, names: tuple[str, ...], on: date) -> tuple[Area, ...]:
        """The areas to compare with on a day; `rar` is the municipality's own regional council."""
        found = (
            regional_council(self.kommune, on) if name == "rar" else find_area(name)
            for name in names
        )
        return tuple(dict.fromkeys(found))


def _accent(colours: LightColours | DarkColours, grounds: tuple[str, ...]) -> Accent:
    small = readable(colours.tekst, grounds)
    return Accent(text=small, large=colours.tekst, graphics=colours.grafik)


class Report:
    """Base of every report object that a notebook works with: shows its header, notes what is left out."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        return Shown(self.context.header())._repr_mimebundle_()
