"""One section of the Bilag about target groups: its benefit, periods and the movement of each area."""

from __future__ import annotations

from dataclasses import dataclass

from beskplan.areas import Area
from beskplan.benefits import Benefit, benefit
from beskplan.blocks.model import Omitted, Source
from beskplan.groups import Group, group, groups
from beskplan.indicators.change import absolute_change, pct_change
from beskplan.indicators.quantities import Movement
from beskplan.observations import ALL
from beskplan.params import Afsnit
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.periods import Period
from beskplan.report.context import Context
from beskplan.snapshots import Key


@dataclass(frozen=True)
class Section:
    """All that the blocks of a section are made from."""

    name: str
    plan_year: int
    afsnit: Afsnit
    benefit: Benefit
    group: Group
    before: Period
    now: Period
    own: Movement
    references: tuple[Movement, ...]
    sources: tuple[Source, ...]

    @property
    def movements(self) -> tuple[Movement, ...]:
        """All areas in table order: the references, then the municipality itself."""
        return (*self.references, self.own)

    @property
    def title(self) -> str:
        """What the section's table is about: the benefit, or the group among its recipients."""
        on = self.now.first_day
        if self.group.id == ALL:
            return self.benefit.tabeltitel(on)
        words = self.group.of(self.benefit, on)
        return words[0].upper() + words[1:]

    @property
    def short_title(self) -> str:
        """The benefit's official name at the time, with a capital letter."""
        name = self.benefit.name(self.now.first_day)
        return name[0].upper() + name[1:]

    @property
    def group_words(self) -> str:
        """The people counted among, as a plural noun; empty for everyone."""
        return "" if self.group.id == ALL else self.group.navn

    @property
    def share_of(self) -> str:
        """What the share is a share of, as a definite noun."""
        if self.afsnit.andel == "pct_af_arbejdsstyrken":
            return "arbejdsstyrken"
        return f"de {self.group.navn}" if self.group_words else "befolkningen"

    @property
    def definitions(self) -> tuple[str, ...]:
        """Who is counted and of whom the share is taken, where that is not simply everybody."""
        if self.group.id == ALL:
            return ()
        name = self.group.navn
        defined = self.group.definition(self.plan_year).text
        said = f"{name[0].upper()}{name[1:]}: {defined[0].lower()}{defined[1:]}."
        if self.afsnit.andel != "pct_af_befolkningen":
            return (said,)
        return (said, f"Andelen er opgjort i pct. af alle {name} i området.")

    @property
    def id(self) -> str:
        """The section's name as part of ids and file names."""
        return self.name.replace("_", "-")


def read_section(context: Context, params: MaalgrupperParams, name: str) -> Section | Omitted:
    """The section called `name`, or why this plan has none.

    Raises:
        UnknownNameError: no benefit and no group has this name.
    """
    afsnit = params.afsnit.get(name)
    if afsnit is None:
        _known_name(name)
        return Omitted(
            id=name.replace("_", "-"),
            reason=f"Afsnittet indgår ikke i planen for {context.params.aar}.",
        )
    now = afsnit.periode or params.periode
    before = afsnit.sammenlign_periode or now.year_before()
    references = context.reference_areas(params.sammenlign_med, now.first_day)
    movements = {
        area.kode: _movement(context, afsnit, area, before, now, params.decimaler_udvikling)
        for area in (*references, context.kommune)
    }
    return Section(
        name=name,
        plan_year=context.params.aar,
        afsnit=afsnit,
        benefit=benefit(afsnit.ydelse),
        group=group(afsnit.gruppe),
        before=before,
        now=now,
        own=movements[context.kommune.kode],
        references=tuple(movements[area.kode] for area in references if area != context.kommune),
        sources=context.data.sources(_keys(afsnit, [*movements], before, now)),
    )


def _known_name(name: str) -> None:
    if name not in {member.id for member in groups()}:
        benefit(name)


def _movement(
    context: Context, afsnit: Afsnit, area: Area, before: Period, now: Period, decimals: int
) -> Movement:
    read = context.data.quantity
    was = read(afsnit.maal, afsnit.ydelse, area.kode, before, afsnit.gruppe)
    level = read(afsnit.maal, afsnit.ydelse, area.kode, now, afsnit.gruppe)
    share = read(afsnit.andel, afsnit.ydelse, area.kode, now, afsnit.gruppe)
    return Movement(
        area, was, level, absolute_change(was, level), pct_change(was, level, decimals), share
    )


def _keys(afsnit: Afsnit, areas: list[str], before: Period, now: Period) -> list[Key]:
    wanted = ((afsnit.maal, before), (afsnit.maal, now), (afsnit.andel, now))
    return [
        (indicator, afsnit.ydelse, afsnit.gruppe, area, period.code)
        for area in areas
        for indicator, period in wanted
    ]
