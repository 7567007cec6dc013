"""Municipalities beside each other: a group with the own place in it, and all of a region with its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from beskplan.blocks.charts.canvas import drawing
from beskplan.blocks.charts.rows import DotRow, dots
from beskplan.blocks.model import Cell, Column, Figure, Omitted, Row, Table
from beskplan.blocks.tables import cell, figure, table
from beskplan.blocks.text.language import capital
from beskplan.core.danish import NBSP, danish_key, list_danish, round_half_away
from beskplan.indicators.quantities import Origin, Quantity, keys_of, share_pct
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.params.models import Sammenligningsgruppe
from beskplan.registers.areas import Area, area, find
from beskplan.registers.indicators import INDICATORS
from beskplan.report.base import Context
from beskplan.report.data import ReportData
from beskplan.report.maalgrupper_tal import BenefitSection, read_section
from beskplan.report.shared_blocks import pct_cell, sentences, small

_ID = "gruppe"
PLACE = "Placering"
_OF_WORKFORCE = "pct_af_arbejdsstyrken"


def beside_figure(
    data: ReportData,
    kommune: Area,
    group: Sammenligningsgruppe | None,
    sections: Sequence[BenefitSection],
) -> Figure | Omitted:
    """Each benefit's share of the workforce in the municipality and in the members of the group.

    A member whose number is withheld has no dot, and is counted as such beside the own place.
    """
    shown = [
        one
        for one in sections
        if one.params.andel == _OF_WORKFORCE and not one.is_total and one.own.share is not None
    ]
    known = [one for one in shown if one.own.share is not None and one.own.share.is_number]
    if group is None or len(known) < 2:
        reason = "Der er for få tal til en figur over kommunens placering i en gruppe."
        return Omitted(id=_ID, reason=reason, missed=group is not None)
    others = [one for name in group.members if (one := find(name, kind="kommune")) != kommune]
    areas = [kommune, *others]
    unit = INDICATORS[_OF_WORKFORCE].unit
    found: list[_Placed] = []
    for section in shown:
        if (own := section.own.share) is not None:
            shares = [own, *(of_area(own.origin, data, one, own.decimals) for one in others)]
            found.append(_Placed(section, shares, _place(shares)))
    numbers = table(
        id=_ID,
        title=f"Andelen af arbejdsstyrken {kommune.stedsform} og i {group.navn}",
        unit=unit,
        period=list_danish(list(dict.fromkeys(one.section.now.text for one in found))),
        **(
            _by_area(areas, found, unit)
            if group.kommuner == "alle"
            else _by_benefit(areas, found, unit)
        ),
        sources=data.sources(
            [key for one in found for share in one.shares for key in keys_of(share.origin)]
        ),
        notes=list(dict.fromkeys(filter(None, (one.section.share_basis() for one in found)))),
    )
    drawn = [
        DotRow(
            one.label,
            tuple(share.drawn for share in one.shares),
            missing=one.shares[0].text(),
        )
        for one in found
    ]
    told = [f"{small(one.label)} {one.shares[0].text(unit='pct.')} ({one.place})" for one in found]
    named = list_danish([one.navn for one in areas])
    places = list_danish([f"{small(one.label)} {one.place}" for one in found])
    chosen = f"Gruppen er {list_danish([one.navn for one in others])}. Valgt efter: {group.kilde}."
    return figure(
        title=f"{kommune.navn} ved siden af {group.navn}",
        subtitle=f"Andel i {unit}, {numbers.period}",
        alt=sentences(
            "prikker med hver ydelses andel af arbejdsstyrken i "
            f"{named if group.kilde else f'{kommune.navn} og {group.navn}'}",
            f"andel og placering for {kommune.navn}: {list_danish(told)}",
        ),
        svg=drawing(
            dots,
            [one.navn for one in areas],
            drawn,
            decimals=max(one.shares[0].decimals for one in found),
            crowd=group.navn,
        ),
        data=numbers,
        notes=[
            *([chosen] if group.kilde else []),
            (
                f"{kommune.genitiv} placering blandt de kommuner, som har et tal, nr. 1 med den højeste "
                f"andel: {places}."
            ),
        ],
    )


@dataclass(frozen=True)
class _Placed:
    """A benefit's shares in all areas, the own one first, and the own place."""

    section: BenefitSection
    shares: Sequence[Quantity]
    place: str

    @property
    def label(self) -> str:
        return self.section.label


def _by_benefit(areas: Sequence[Area], found: Sequence[_Placed], unit: str) -> dict[str, Any]:
    """A row for each benefit, a column for each area."""
    columns = (
        Column(id="ydelse", label="Ydelse", kind="text"),
        Column(id="periode", label="Periode", kind="text"),
        *(Column(id=f"andel-{n}", label=one.navn, unit=unit) for n, one in enumerate(areas)),
        Column(id="placering", label=PLACE, kind="text"),
    )
    rows = [
        Row(
            label=one.label,
            cells=(Cell(text=one.section.now.text), *map(cell, one.shares), Cell(text=one.place)),
        )
        for one in found
    ]
    return {"columns": columns, "rows": rows}


def _by_area(areas: Sequence[Area], found: Sequence[_Placed], unit: str) -> dict[str, Any]:
    """A row for each area, the own one first, and the own places below; a column for each benefit."""
    columns = (
        Column(id="omraade", label="Kommune", kind="text"),
        *(Column(id=f"andel-{n}", label=one.label, unit=unit) for n, one in enumerate(found)),
    )
    rows = [
        Row(
            label=area.navn,
            area=area.kode,
            emphasis=number == 0,
            cells=tuple(cell(one.shares[number]) for one in found),
        )
        for number, area in enumerate(areas)
    ]
    places = Row(label=PLACE, cells=tuple(Cell(text=one.place) for one in found))
    return {"columns": columns, "rows": [*rows, places]}


def place_cell(shares: Sequence[Quantity]) -> Cell:
    """`3 af 7`: the own place among the areas that have a number, the highest share first.

    A withheld number has no place and moves none, and neither has a share that is printed as 0: most
    municipalities would share it.
    """
    own, known = shares[0], [one for one in shares if one.is_number]
    if not own.is_number:
        return Cell(text=own.text(), state=own.state)
    if not own.printed:
        return Cell(text="-")
    place = _rank(own, known)
    origin = ("rank", own.decimals, *(one.origin for one in known))
    return Cell(text=f"{place} af {len(known)}", value=place, origin=origin)


def _rank(own: Quantity, known: Sequence[Quantity]) -> int:
    """1 for the highest: of the printed numbers, as two that a reader sees equal share their place."""
    return 1 + sum(round_half_away(one.exact, own.decimals) > own.printed for one in known)


def of_area(origin: Origin, data: ReportData, area: Area, decimals: int) -> Quantity:
    """The number that came about as `origin` tells, of another area."""
    how, *parts = origin
    if how == "read":
        indicator, ydelse, group, _, period = map(str, parts)
        return data.read((indicator, ydelse, group, area.kode, period))
    count, of = (of_area(part, data, area, 0) for part in parts if isinstance(part, tuple))
    return share_pct(count, of, decimals)


def _place(shares: Sequence[Quantity]) -> str:
    """`nr. 3 af 7, 1 fortrolig`: the own place among those that have a number."""
    own, known = shares[0], [one for one in shares if one.is_number]
    hidden = sum(one.state == "withheld" for one in shares)
    withheld = f", {hidden}{NBSP}{'fortrolig' if hidden == 1 else 'fortrolige'}" if hidden else ""
    if not own.is_number or not own.printed:
        return f"ingen placering{withheld}"
    return f"nr.{NBSP}{_rank(own, known)} af {len(known)}{withheld}"


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
