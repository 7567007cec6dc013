"""The status of a region: its municipalities beside each other, in each benefit's change and share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from beskplan.blocks.model import Cell, Column, Omitted, Row, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import capital
from beskplan.core.words import danish_key, list_danish
from beskplan.indicators.quantities import keys_of
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area, area
from beskplan.registers.indicators import INDICATORS
from beskplan.report.base import Context
from beskplan.report.maalgrupper_tal import BenefitSection, read_section
from beskplan.report.shared_blocks import pct_cell

_KOMMUNE = Column(id="kommune", label="Kommune", kind="text")


def is_region(one: Area) -> bool:
    """Whether a status is about a region's municipalities."""
    return one.kind in ("rar", "region")


@dataclass(frozen=True)
class Matrix:
    """Each municipality of a region a row, the region's own last, and each benefit a column.

    Attributes:
        context: Of the region.
        asked: The edition's params.
        sections: The region's own, which the municipalities are read by.

    Missing: a withheld or absent number has its word.
    """

    context: Context
    asked: MaalgrupperParams
    sections: Sequence[BenefitSection]

    def changes(self) -> Table | Omitted:
        """The changes on a year in per cent."""
        one = self.sections[0]
        return self._table(
            lambda section: pct_cell(section.own.change_pct),
            lambda _: "pct.",
            id="aendringer",
            title=f"Ændring på et år {self.context.kommune.stedsform}",
            unit="pct.",
            period=f"{one.before.text} og {one.now.text}",
        )

    def shares(self) -> Table | Omitted:
        """The shares; the columns may have other denominators."""
        kinds = {one.params.andel: INDICATORS[one.params.andel] for one in self.sections}
        return self._table(
            lambda section: cell(section.own.share or section.own.now),
            lambda section: kinds[section.params.andel].unit,
            id="andele",
            title=f"{capital(list_danish([one.name for one in kinds.values()]))} "
            f"{self.context.kommune.stedsform}",
            unit=list_danish([one.unit for one in kinds.values()]),
            period=self.sections[0].now.text,
            notes=list(dict.fromkeys(note for one in self.sections for note in one.definitions)),
        )

    @cached_property
    def _read(self) -> list[tuple[Area, list[BenefitSection]]]:
        alone = self.asked.model_copy(update={"sammenlign_med": ()})
        kommuner = sorted(
            map(area, self.context.kommune.parts), key=lambda one: danish_key(one.navn)
        )

        def read(one: Area) -> Iterator[BenefitSection]:
            own = replace(self.context, kommune=one)
            return (read_section(own, alone, s.name, s.params) for s in self.sections)

        return [(one, list(read(one))) for one in kommuner]

    def _table(
        self,
        make_cell: Callable[[BenefitSection], Cell],
        unit_of: Callable[[BenefitSection], str],
        *,
        id: str,
        **words: object,
    ) -> Table | Omitted:
        if not is_region(self.context.kommune):
            return Omitted(id=id, reason="Siden handler om én kommune.", missed=False)
        whole = self.context.kommune
        rows = [
            Row(
                label=one.navn,
                area=one.kode,
                emphasis=one == whole,
                cells=tuple(map(make_cell, read)),
            )
            for one, read in (*self._read, (whole, self.sections))
        ]
        keys = [key for row in rows for one in row.cells for key in keys_of(one.origin)]
        heads = [Column(id=one.id, label=one.label, unit=unit_of(one)) for one in self.sections]
        sources = self.context.data.sources(keys)
        return table(id=id, columns=[_KOMMUNE, *heads], rows=rows, sources=sources, **words)  # type: ignore[arg-type]
