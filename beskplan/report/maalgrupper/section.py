"""One section of the Bilag about target groups: its benefit, periods and the movement of each area."""

from __future__ import annotations

from dataclasses import dataclass, replace

from beskplan.blocks.model import Omitted, Source
from beskplan.blocks.text.language import capital
from beskplan.core.periods import Period
from beskplan.indicators.change import absolute_change, pct_change
from beskplan.indicators.quantities import Movement
from beskplan.observations import Key
from beskplan.params import Afsnit
from beskplan.params import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import Benefit, benefit
from beskplan.registers.groups import Group, group, groups
from beskplan.registers.indicators import ALL
from beskplan.report.context import Context


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
        if self.group.enhed:
            return self.title
        name = self.benefit.name(self.now.first_day)
        return name[0].upper() + name[1:]

    @property
    def group_words(self) -> str:
        """The people counted among, as a plural noun; empty for everyone."""
        return "" if self.group.id == ALL or self.group.enhed else self.group.navn

    @property
    def unit(self) -> str:
        """What the levels count, as a plural noun."""
        return self.own.now.unit

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
        said = f"{capital(name)}: {defined[0].lower()}{defined[1:]}."
        if self.afsnit.andel != "pct_af_befolkningen":
            return (said,)
        return (said, f"Andelen er opgjort i pct. af alle {name} i området.")

    @property
    def id(self) -> str:
        """The section's name as part of ids and file names."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class _Plan:
    """What a section will show, before anything is read."""

    name: str
    afsnit: Afsnit
    before: Period
    now: Period
    areas: tuple[Area, ...]
    """In table order: the references, then the municipality."""

    def level(self, area: Area, period: Period) -> Key:
        return (self.afsnit.maal, self.afsnit.ydelse, self.afsnit.gruppe, area.kode, period.code)

    def share(self, area: Area) -> Key:
        return (self.afsnit.andel, *self.level(area, self.now)[1:])

    @property
    def levels(self) -> tuple[Key, ...]:
        return tuple(
            self.level(area, period) for area in self.areas for period in (self.before, self.now)
        )


def read_sections(context: Context, params: MaalgrupperParams) -> dict[str, Section]:
    """Every section of the plan by its name in the params, in their order."""
    plans = [_plan(context, params, name) for name in params.afsnit]
    return {plan.name: _section(context, params, plan) for plan in plans}


def no_section(context: Context, name: str) -> Omitted:
    """Why this plan has no section called `name`.

    Raises:
        UnknownNameError: no benefit and no group has this name: a slip of the pen in the notebook.
    """
    if name not in {member.id for member in groups()}:
        benefit(name)
    reason = f"Afsnittet indgår ikke i planen for {context.params.aar}."
    return Omitted(id=name.replace("_", "-"), reason=reason, missed=False)


def _plan(context: Context, params: MaalgrupperParams, name: str) -> _Plan:
    afsnit = params.afsnit[name]
    now = afsnit.periode or params.periode
    before = afsnit.sammenlign_periode or now.year_before()
    references = context.reference_areas(params.sammenlign_med, now.first_day)
    others = tuple(area for area in references if area != context.kommune)
    return _Plan(name, afsnit, before, now, (*others, context.kommune))


def _section(context: Context, params: MaalgrupperParams, plan: _Plan) -> Section:
    counted = group(plan.afsnit.gruppe)

    def movement(area: Area) -> Movement:
        was, level = (
            replace(found, unit=counted.enhed or found.unit)
            for found in (
                context.data.read(plan.level(area, period)) for period in (plan.before, plan.now)
            )
        )
        return Movement(
            area=area,
            before=was,
            now=level,
            change=absolute_change(was, level),
            change_pct=pct_change(was, level, params.decimaler_udvikling),
            share=context.data.read(plan.share(area)),
        )

    *references, own = (movement(area) for area in plan.areas)
    return Section(
        name=plan.name,
        plan_year=context.params.aar,
        afsnit=plan.afsnit,
        benefit=benefit(plan.afsnit.ydelse),
        group=counted,
        before=plan.before,
        now=plan.now,
        own=own,
        references=tuple(references),
        sources=context.data.sources([*plan.levels, *map(plan.share, plan.areas)]),
    )
