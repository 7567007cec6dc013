"""One section of a Bilag of one's own: the numbers of the municipality, and of areas beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from beskplan.blocks.model import Source
from beskplan.core.periods import Period, periods_between
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import Point, total
from beskplan.observations.contract import Key
from beskplan.params.bilag import EgetAfsnit
from beskplan.params.bilag import EgetBilag as EgetBilagParams
from beskplan.registers.areas import Area
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.context import Context

_ROUNDED = ("fuldtidspersoner", "helårspersoner")
"""Units whose numbers are themselves rounded."""


@dataclass(frozen=True)
class AreaNumbers:
    """One area's number in each period; a number that is kept back or absent says so itself."""

    area: Area
    values: tuple[Quantity, ...]


@dataclass(frozen=True)
class Section:
    """All that the blocks of a section are made from."""

    name: str
    afsnit: EgetAfsnit
    own: AreaNumbers
    references: tuple[AreaNumbers, ...]
    sources: tuple[Source, ...]

    @property
    def id(self) -> str:
        """The section's name as part of ids and file names."""
        return self.name.replace("_", "-")

    @property
    def areas(self) -> tuple[AreaNumbers, ...]:
        """The municipality, then the areas beside it."""
        return (self.own, *self.references)

    @property
    def periods(self) -> tuple[Period, ...]:
        """All periods shown, in order."""
        return periods_of(self.afsnit)

    @property
    def unit(self) -> str:
        """What the numbers count."""
        return INDICATORS[self.afsnit.maal].unit

    @property
    def counts(self) -> bool:
        """Whether the numbers are counts, so that there can be more or fewer of them."""
        return self.unit != "uger" and not self.unit.startswith("pct.")

    @property
    def known(self) -> tuple[Point, ...]:
        """The municipality's numbers that can be told."""
        points = (Point(*pair) for pair in zip(self.periods, self.own.values, strict=True))
        return tuple(point for point in points if point.quantity.is_number)

    @property
    def sum(self) -> Quantity | None:
        """The municipality's periods together; None where they may not or cannot be added up.

        With one number kept back there is no sum: it would give that number away. A sum of visits is
        as exact as they are; one of full-time persons is of rounded parts, and says so.
        """
        if not self.afsnit.laegges_sammen or len(self.known) < len(self.periods):
            return None
        whole = total(self.own.values)
        return whole if self.unit in _ROUNDED else replace(whole, state="known")

    @property
    def span(self) -> str:
        """`januar 2026 til september 2026`."""
        return f"{self.periods[0].text} til {self.periods[-1].text}"


def periods_of(afsnit: EgetAfsnit) -> tuple[Period, ...]:
    """All periods of a section, in order."""
    return tuple(periods_between(afsnit.fra, afsnit.til))


def read_sections(context: Context, params: EgetBilagParams) -> dict[str, Section]:
    """Every section by its name in the params."""

    def section(name: str, afsnit: EgetAfsnit) -> Section:
        keys = {area: _keys(afsnit, area) for area in _areas(context, afsnit)}
        own, *others = (
            AreaNumbers(area, tuple(map(context.data.read, some))) for area, some in keys.items()
        )
        read = [key for some in keys.values() for key in some]
        return Section(name, afsnit, own, tuple(others), context.data.sources(read))

    return {name: section(name, afsnit) for name, afsnit in params.afsnit.items()}


def _areas(context: Context, afsnit: EgetAfsnit) -> tuple[Area, ...]:
    compared = context.reference_areas(afsnit.sammenlign_med, afsnit.til.first_day)
    return (context.kommune, *(area for area in compared if area != context.kommune))


def _keys(afsnit: EgetAfsnit, area: Area) -> tuple[Key, ...]:
    return tuple(
        (afsnit.maal, afsnit.ydelse or ALL, afsnit.gruppe, area.kode, period.code)
        for period in periods_of(afsnit)
    )
