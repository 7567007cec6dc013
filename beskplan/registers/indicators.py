"""Indicators: what a number counts or measures, with its unit and printed precision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from beskplan.core.errors import DataError, Problem
from beskplan.registers.document import Document
from beskplan.registers.reading import data_text

ALL: Final = "alle"
"""The benefit or group that means "no distinction made"."""


@dataclass(frozen=True)
class Indicator:
    """What a number is, as `data/indicators.yaml` says it."""

    id: str
    unit: str
    name: str
    decimals: int = 0
    adds_over_areas: bool = False
    """Whether the areas of a larger area add up to it, but for rounding."""
    adds_over_ydelser: bool = False
    """Whether the benefits of a composite add up to it."""
    basis: Literal["", "igang", "i_aaret"] = ""
    """What a duration is measured on; empty for all other measures."""

    @property
    def is_of_people(self) -> bool:
        """Whether it is people as a share of all people: with the known whole it tells their number."""
        return self.unit.startswith("pct. af ")


_FILE = "indicators.yaml"
_ROWS: dict[str, dict[str, Any]] = Document.parse(data_text(_FILE), _FILE).values
INDICATORS: Final = {key: Indicator(id=key, **row) for key, row in _ROWS.items()}
"""Every indicator by its id."""


def one_basis(indicators: Iterable[str], where: str = "durations") -> Literal["igang", "i_aaret"]:
    """What all of `indicators` are measured on.

    Raises:
        DataError: one of them is no measure of duration, or they are measured on different things.
    """
    measured = {name: INDICATORS[name].basis for name in indicators}
    bases = set(measured.values())
    if len(bases) == 1 and (basis := bases.pop()) != "":
        return basis
    raise DataError(
        Problem(
            where=where,
            what="varigheder af hver sin slags i én kolonne",
            found=", ".join(f"{name} ({on or 'ingen varighed'})" for name, on in measured.items()),
            expected="alle af igangværende forløb (igang), eller alle af årets forløb (i_aaret)",
            fix="lav en tabel for hver",
        )
    )
