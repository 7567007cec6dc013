"""The own shares beside those of a group of municipalities: each member by itself, with the own place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from beskplan.blocks.charts import DotRow, dots, drawing
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Cell, Column, Figure, Omitted, Row
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import list_danish
from beskplan.core.numbers import NBSP
from beskplan.indicators.quantities import Origin, Quantity
from beskplan.indicators.shares import share_pct
from beskplan.params.models import Sammenligningsgruppe
from beskplan.registers.areas import Area, find
from beskplan.registers.indicators import INDICATORS
from beskplan.report.data import ReportData
from beskplan.report.maalgrupper_tal import BenefitSection
from beskplan.report.shared_blocks import sentences, small

_ID = "gruppe"
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
    others = [one for name in group.kommuner if (one := find(name, kind="kommune")) != kommune]
    unit = INDICATORS[_OF_WORKFORCE].unit
    rows, drawn, told, places, keys = [], [], [], [], []
    for section in shown:
        own = section.own.share
        if own is None:
            continue
        shares = [own, *(of_area(own.origin, data, one, own.decimals) for one in others)]
        place = _place(shares)
        when = Cell(text=section.now.text)
        label = section.short_title
        rows.append(Row(label=label, cells=(when, *map(cell, shares), Cell(text=place))))
        values = tuple(one.printed if one.is_number else None for one in shares)
        drawn.append(DotRow(label, values, missing=own.text()))
        places.append(f"{small(label)} {place}")
        told.append(f"{small(label)} {own.text(unit='pct.')} ({place})")
        keys += [key for one in shares for key in keys_of(one.origin)]
    areas = [kommune.navn, *(one.navn for one in others)]
    numbers = table(
        id=_ID,
        title=f"Andelen af arbejdsstyrken {kommune.stedsform} og i {group.navn}",
        unit=unit,
        period=list_danish(list(dict.fromkeys(one.now.text for one in shown))),
        columns=(
            Column(id="ydelse", label="Ydelse", kind="text"),
            Column(id="periode", label="Periode", kind="text"),
            *(Column(id=f"andel-{n}", label=name, unit=unit) for n, name in enumerate(areas)),
            Column(id="placering", label="Placering", kind="text"),
        ),
        rows=rows,
        sources=data.sources(keys),
    )
    decimals = max(one.own.share.decimals for one in shown if one.own.share is not None)
    return figure(
        id=_ID,
        title=f"{kommune.navn} ved siden af {group.navn}",
        subtitle=f"Andel i {unit}, {numbers.period}",
        unit=unit,
        alt=sentences(
            f"prikker med hver ydelses andel af arbejdsstyrken i {list_danish(areas)}",
            f"andel og placering for {kommune.navn}: {list_danish(told)}",
        ),
        svg=drawing(partial(dots, areas, drawn, decimals=decimals, crowd=group.navn)),
        data=numbers,
        sources=numbers.sources,
        notes=[
            f"Gruppen er {list_danish([one.navn for one in others])}. Valgt efter: {group.kilde}.",
            (
                f"{kommune.genitiv} placering blandt de kommuner, som har et tal, nr. 1 med den højeste "
                f"andel: {list_danish(places)}."
            ),
        ],
    )


def place_cell(shares: Sequence[Quantity]) -> Cell:
    """`3 af 7`: the own place among the areas that have a number, the highest share first.

    Of exact shares, the own one first. A withheld number has no place and moves none.
    """
    own, known = shares[0], [one for one in shares if one.is_number]
    if not own.is_number:
        return Cell(text=own.text(), state=own.state)
    place = 1 + sum(one.exact > own.exact for one in known)
    origin = ("rank", *(one.origin for one in known))
    return Cell(text=f"{place} af {len(known)}", value=place, origin=origin)


def of_area(origin: Origin, data: ReportData, area: Area, decimals: int) -> Quantity:
    """The number that came about as `origin` tells, of another area."""
    how, *parts = origin
    if how == "read":
        indicator, ydelse, group, _, period = map(str, parts)
        return data.read((indicator, ydelse, group, area.kode, period))
    count, of = (of_area(part, data, area, 0) for part in parts if isinstance(part, tuple))
    return share_pct(count, of, decimals)


def keys_of(origin: Origin) -> list[tuple[str, str, str, str, str]]:
    """The rows that a number comes from."""
    how, *parts = origin
    if how == "read":
        indicator, ydelse, group, kode, period = map(str, parts)
        return [(indicator, ydelse, group, kode, period)]
    return [key for part in parts if isinstance(part, tuple) for key in keys_of(part)]


def _place(shares: Sequence[Quantity]) -> str:
    """`nr. 3 af 7, 1 fortrolig`: the own place among those that have a number, by the printed shares."""
    own, known = shares[0], [one.printed for one in shares if one.is_number]
    hidden = sum(one.state == "withheld" for one in shares)
    withheld = f", {hidden}{NBSP}{'fortrolig' if hidden == 1 else 'fortrolige'}" if hidden else ""
    if not own.is_number:
        return f"ingen placering{withheld}"
    higher = sum(one > own.printed for one in known)
    return f"nr.{NBSP}{higher + 1} af {len(known)}{withheld}"
