"""How large the groups are beside each other: ranked by share, the small ones collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from beskplan.blocks.charts import Bar, drawing, share_ranking
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import list_danish
from beskplan.blocks.text.language import as_sentence
from beskplan.core.numbers import NBSP
from beskplan.core.periods import Period
from beskplan.indicators.quantities import Origin, Quantity
from beskplan.registers.benefits import Benefit, benefit, parts
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.context import Context
from beskplan.report.overblik.rows import Overview

COLLECTED = "oevrige_ydelser"
"""The composite whose name the collected groups bear; which they are stands beside it."""


@dataclass(frozen=True)
class Group:
    """One benefit, or several together, with its share."""

    benefit: Benefit
    on: Period
    share: Quantity
    members: tuple[str, ...] = ()
    """Names of the benefits that are collected; empty for one that stands alone."""

    @property
    def label(self) -> str:
        """The benefit as a row head."""
        return self.benefit.tabeltitel(self.on.last_day)

    @property
    def name(self) -> str:
        """The benefit inside a sentence."""
        return self.benefit.name(self.on.last_day)

    @property
    def text(self) -> str:
        """The group as a point: `Førtidspension: 3,2 pct.`."""
        of = f" ({list_danish(self.members)})" if self.members else ""
        number = f"{self.share.text()}{NBSP}pct." if self.share.is_number else self.share.text()
        together = " tilsammen" if self.members and self.share.is_number else ""
        return as_sentence(f"{self.label}{of}: {number}{together}")


@dataclass(frozen=True)
class Distribution:
    """The groups from the largest share to the smallest, and the collected rest."""

    overview: Overview
    groups: tuple[Group, ...]
    rest: Group | None
    sources: tuple[Source, ...]

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """The groups in order, the rest last whatever its size."""
        return (*self.groups, *([self.rest] if self.rest else []))

    @property
    def unit(self) -> str:
        """`pct. af arbejdsstyrken`."""
        return INDICATORS[self.overview.params.andel].unit

    @property
    def period(self) -> str:
        """The period of the shares, in running text."""
        return self.overview.name(self.overview.params.nu)


def read_distribution(context: Context, overview: Overview) -> Distribution:
    """The shares of the later period.

    Missing: a group whose share is withheld or absent stands last, with the word for it; it is never
    collected, so that the rest is not told without it.
    """
    params = overview.params
    wanted = params.fordeling.ydelser or params.ydelser
    ids = [*wanted, *([params.fordeling.oevrige] if params.fordeling.oevrige else [])]
    area, on = overview.area.kode, params.nu
    shares = {one: context.data.quantity(params.andel, one, area, on) for one in ids}
    keys = [(params.andel, one, ALL, area, on.code) for one in ids]
    alone = [one for one in wanted if not _is_small(shares[one], params.fordeling.saml_under)]
    alone.sort(key=lambda one: -shares[one].printed if shares[one].is_number else Decimal(1))
    small = [one for one in wanted if one not in alone]
    rest = None
    if params.fordeling.oevrige:
        rest = _composite(benefit(params.fordeling.oevrige), shares, overview)
    elif small:
        rest = _collected(small, shares, overview)
    return Distribution(
        overview,
        tuple(Group(benefit(one), on, shares[one]) for one in alone),
        rest,
        context.data.sources(keys),
    )


def _is_small(share: Quantity, limit: Decimal | None) -> bool:
    return limit is not None and share.is_number and share.printed < limit


def _composite(whole: Benefit, shares: dict[str, Quantity], overview: Overview) -> Group:
    day = overview.params.nu.last_day
    members = tuple(benefit(part).name(day) for part in parts(whole.id, day))
    return Group(whole, overview.params.nu, shares[whole.id], members)


def _collected(small: Sequence[str], shares: dict[str, Quantity], overview: Overview) -> Group:
    now, first = overview.params.nu, shares[small[0]]
    if len(small) == 1:
        return Group(benefit(small[0]), now, first)
    total = sum((shares[one].printed for one in small), start=Decimal(0))
    names = tuple(benefit(one).name(now.last_day) for one in small)
    origin: Origin = ("printed_sum", *(shares[one].origin for one in small))
    whole = Quantity(total, first.decimals, first.unit, "calculated", origin)
    return Group(benefit(COLLECTED), now, whole, names)


def share_points(found: Distribution) -> Block:
    """The groups from the largest to the smallest, a point each."""
    if not any(group.share.is_number for group in found.groups):
        return _omitted(found)
    return make(
        Prose,
        id="fordeling-punkter",
        paragraphs=tuple(group.text for group in found.all_groups),
        bullets=True,
    )


def share_figure(found: Distribution) -> Block:
    """The groups' shares as bars, the collected ones last."""
    known = [group for group in found.groups if group.share.is_number]
    if len(known) < 2:
        return _omitted(found)
    rest = found.rest
    return figure(
        id="fordeling",
        title=f"{known[0].label} er den største gruppe med {known[0].share.text()}{NBSP}{found.unit}",
        subtitle=f"Ydelsesgrupper i {found.unit}, {found.period}",
        unit=found.unit,
        alt=_alt(found, known),
        svg=drawing(
            partial(
                share_ranking,
                [_bar(group) for group in found.groups],
                rest=_bar(rest) if rest else None,
            )
        ),
        data=_shares_table(found),
        sources=found.sources,
    )


def _bar(group: Group) -> Bar:
    share = group.share
    value = share.printed if share.is_number else None
    return Bar(label=group.label, value=value, missing=share.text())


def _alt(found: Distribution, known: Sequence[Group]) -> str:
    of, when = found.unit.removeprefix("pct. "), found.overview.at(found.overview.params.nu)
    first, last = known[0], known[-1]
    where = f"{of} {found.overview.area.stedsform} {when}"
    sentences = [
        f"Liggende søjler med {len(known)} ydelsesgruppers andel {where}, ordnet efter størrelse",
        f"størst er {first.name} med {first.share.text()}{NBSP}pct.",
        f"mindst er {last.name} med {last.share.text()}{NBSP}pct.",
    ]
    if found.rest and found.rest.share.is_number:
        names = list_danish(found.rest.members)
        sentences.append(
            f"under dem står {names} tilsammen med {found.rest.share.text()}{NBSP}pct."
        )
    return " ".join(as_sentence(sentence) for sentence in sentences)


def _shares_table(found: Distribution) -> Table:
    rows = [Row(label=group.label, cells=(cell(group.share),)) for group in found.all_groups]
    notes: tuple[str, ...] = ()
    if found.rest and found.rest.members:
        notes = (f"{found.rest.label}: {list_danish(found.rest.members)}.",)
    return table(
        id="fordeling",
        title=f"Ydelsesgruppernes andele {found.overview.area.stedsform}",
        unit=found.unit,
        period=found.period,
        columns=(
            Column(id="gruppe", label="Ydelse", kind="text"),
            Column(
                id="andel", label=found.overview.head(found.overview.params.nu), unit=found.unit
            ),
        ),
        rows=rows,
        notes=notes,
        sources=found.sources,
    )


def _omitted(found: Distribution) -> Omitted:
    withheld = any(group.share.state == "withheld" for group in found.groups)
    why = "fortrolige" if withheld else "ikke opgjort"
    return Omitted(id="fordeling", reason=f"Ydelsernes andele er {why} for {found.period}.")
