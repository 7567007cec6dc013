"""Indicators: what a number counts or measures, with its unit and printed precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from beskplan.core.errors import DataError, Problem

ALL: Final = "alle"
"""The benefit or group that means "no distinction made"."""


@dataclass(frozen=True)
class Indicator:
    """What a number is: its unit, its printed precision, and its name for readers."""

    id: str
    unit: str
    decimals: int
    name: str
    adds_over_areas: bool = False
    """Whether the areas of a larger area add up to it, but for rounding. Persons do not: one who
    moves is counted in both municipalities (domain.md §4)."""
    adds_over_ydelser: bool = False
    """Whether the benefits of a composite add up to it. Persons do not: some receive two."""
    basis: Literal["", "igang", "i_aaret"] = ""
    """What a duration is measured on: courses that are running at a point in time, or all courses of
    a year, ended ones too. The two never meet in a column. Empty for all other measures."""

    @property
    def is_of_people(self) -> bool:
        """Whether it is people as a share of all people: with the known whole it tells their number."""
        return self.unit.startswith("pct. af ")


INDICATORS: Final[dict[str, Indicator]] = {
    indicator.id: indicator
    for indicator in (
        Indicator(
            "fuldtidspersoner",
            "fuldtidspersoner",
            0,
            "Antal fuldtidspersoner",
            adds_over_areas=True,
            adds_over_ydelser=True,
        ),
        Indicator("personer", "personer", 0, "Antal personer"),
        Indicator(
            "helaarspersoner",
            "helårspersoner",
            0,
            "Antal helårspersoner",
            adds_over_areas=True,
            adds_over_ydelser=True,
        ),
        Indicator("pct_af_arbejdsstyrken", "pct. af arbejdsstyrken", 1, "Pct. af arbejdsstyrken"),
        Indicator("pct_af_befolkningen", "pct. af befolkningen", 1, "Pct. af befolkningen"),
        Indicator("aendring_personer", "personer", 0, "Ændring i antal personer"),
        Indicator("aendring_pct", "pct.", 0, "Ændring i pct."),
        Indicator(
            "gns_varighed_uger", "uger", 0, "Gennemsnitlig varighed i året i uger", basis="i_aaret"
        ),
        Indicator(
            "gns_varighed_igang_uger",
            "uger",
            0,
            "Gennemsnitlig varighed af igangværende forløb i uger",
            basis="igang",
        ),
        Indicator(
            "personer_over_52_uger",
            "personer",
            0,
            "Personer i forløb på 52 uger eller mere",
            basis="igang",
        ),
        Indicator("forloeb_igang", "forløb", 0, "Igangværende forløb", basis="igang"),
        Indicator(
            "forloeb_igang_over_26_uger",
            "forløb",
            0,
            "Igangværende forløb over 26 uger",
            basis="igang",
        ),
        Indicator(
            "forloeb_igang_over_52_uger",
            "forløb",
            0,
            "Igangværende forløb over 52 uger",
            basis="igang",
        ),
        Indicator(
            "forloeb_igang_over_3_aar", "forløb", 0, "Igangværende forløb over 3 år", basis="igang"
        ),
        Indicator("forloeb_i_aaret", "forløb", 0, "Forløb i året", basis="i_aaret"),
        Indicator(
            "forloeb_i_aaret_over_26_uger",
            "forløb",
            0,
            "Forløb i året over 26 uger",
            basis="i_aaret",
        ),
        Indicator(
            "forloeb_i_aaret_over_52_uger",
            "forløb",
            0,
            "Forløb i året over 52 uger",
            basis="i_aaret",
        ),
        Indicator(
            "forloeb_i_aaret_over_3_aar", "forløb", 0, "Forløb i året over 3 år", basis="i_aaret"
        ),
        Indicator("arbejdsstyrke", "personer", 0, "Arbejdsstyrken", adds_over_areas=True),
        Indicator("befolkning", "personer", 0, "Befolkningen", adds_over_areas=True),
        Indicator("ledighedspct", "pct. af arbejdsstyrken", 1, "Ledighedsprocent"),
        Indicator("virksomhedsbesoeg", "besøg", 0, "Antal virksomhedsbesøg"),
    )
}
"""Every indicator; units as Jobindsats and Danmarks Statistik define them (domain.md §4)."""


def one_basis(indicators: Iterable[str], where: str = "durations") -> Literal["igang", "i_aaret"]:
    """What all of `indicators` are measured on.

    Raises:
        DataError: one of them is no measure of duration, or they are measured on different things.
    """
    found = {name: INDICATORS[name].basis for name in indicators}
    bases = set(found.values())
    if len(bases) == 1 and (basis := bases.pop()) != "":
        return basis
    raise DataError(
        Problem(
            where=where,
            what="varigheder af hver sin slags i én kolonne",
            found=", ".join(
                f"{name} ({basis or 'ingen varighed'})" for name, basis in found.items()
            ),
            expected="alle af igangværende forløb (igang), eller alle af årets forløb (i_aaret)",
            fix="lav en tabel for hver",
        )
    )
