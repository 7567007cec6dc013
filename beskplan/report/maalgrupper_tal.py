"""The numbers of the Bilag about target groups: a section's movement in every area, of either source."""

from dataclasses import dataclass, replace

from beskplan.blocks.text.language import capital
from beskplan.blocks.text.one_benefit import Facts
from beskplan.core.periods import Period, year_
from beskplan.indicators.quantities import Movement, Quantity, movement, share_pct
from beskplan.params.models import DENOMINATORS, Afsnit, Kilde
from beskplan.params.models import Maalgrupper as MaalgrupperParams
from beskplan.registers.areas import Area
from beskplan.registers.benefits import Benefit, benefit
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import ALL, INDICATORS, Group, group
from beskplan.report.base import Context, Reading, Section
from beskplan.report.shared_blocks import WORDS, small

TOTALS = ("offentlig_forsoergelse", "offentlig_forsoergelse_uden_su")
"""The sums of all, Jobindsats's and Danmarks Statistik's: they lead the key figures and are set apart in
the figures."""
OLDEST_WORKFORCE = 4
"""Of so many Novembers the newest known one is taken: Danmarks Statistik is about a year behind."""
KILDER: tuple[Kilde, ...] = ("jobindsats", "statbank")
"""In the order in which they are looked for."""
COUNTING: dict[Kilde, list[str]] = WORDS["optaelling"]
"""How each source counts, and how the two differ. Source: Danmarks Statistik's documentation of the
statistics of the publicly supported; Jobindsats, GLOSSARY.md."""


@dataclass(frozen=True)
class BenefitSection(Section[Afsnit]):
    """One benefit, or one group among its recipients, in two periods and several areas."""

    plan_year: int
    benefit: Benefit
    group: Group
    before: Period
    now: Period
    own: Movement
    references: tuple[Movement, ...]
    counted_of: Period | None = None
    """When the denominator of a share was counted that is calculated here."""

    @property
    def has_numbers(self) -> bool:
        """Whether the data have the municipality's number, though it may be withheld."""
        return self.own.now.state != "absent"

    @property
    def is_total(self) -> bool:
        """Whether it is the sum of all benefits."""
        return self.benefit.id in TOTALS

    @property
    def heading(self) -> str:
        """The benefit's heading, or the group among its recipients."""
        on = self.now.first_day
        return self.benefit.overskrift(on) if self.group.id == ALL else self.title

    @property
    def movements(self) -> tuple[Movement, ...]:
        """All areas in table order: the municipality itself, then the references."""
        return (self.own, *self.references)

    @property
    def title(self) -> str:
        """What the section's table is about: the benefit, or the group among its recipients."""
        on = self.now.first_day
        if self.group.id == ALL:
            return self.benefit.tabeltitel(on)
        return capital(self.group.of(self.benefit, on))

    @property
    def label(self) -> str:
        """A row of a figure: the benefit's official name at the time, or the group."""
        if self.group_words:
            return capital(self.group_words)
        return self.title if self.group.enhed else capital(self.benefit.name(self.now.first_day))

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
        if self.params.andel == "pct_af_arbejdsstyrken":
            return "arbejdsstyrken"
        return f"de {self.group.navn}" if self.group_words else "befolkningen"

    def share_basis(self, form: str = "»{}«: {}.") -> str:
        """What a share is of that is calculated here; empty where the source gives the share itself.

        Args:
            form: How its head and its basis are put together: as a note, or as a sentence.
        """
        if self.counted_of is None:
            return ""
        basis = "beregnet af befolkningen på 16-66 år ved kvartalets begyndelse"
        if self.counted_of.kind == "Y":
            basis = f"beregnet af arbejdsstyrken i november {self.counted_of.year}"
        return form.format(INDICATORS[self.params.andel].name, basis)

    @property
    def definitions(self) -> tuple[str, ...]:
        """Who is counted and of whom the share is taken, where that is not simply everybody."""
        if basis := self.share_basis():
            return (basis,)
        if self.group.id == ALL:
            return ()
        name = self.group.navn
        defined = f"»{capital(name)}«: {small(self.group.definition(self.plan_year).text)}."
        if self.params.andel != "pct_af_befolkningen":
            return (defined,)
        head = f"{INDICATORS[self.params.andel].name} {self.now.text}"
        return (defined, f"»{head}«: i pct. af de {name} og ikke af hele befolkningen.")

    @property
    def facts(self) -> Facts:
        """What every sentence about the section is made from."""
        periods = self.before, self.now
        words = self.share_of, self.group_words
        return Facts(self.benefit, *periods, self.own, self.references, *words)

    def break_notes(self, ydelse: str) -> list[str]:
        """What stands between the two periods for a benefit; of areas the page tells once."""
        kode, span = self.own.area.kode, (self.before, self.now)
        breaks = breaks_between(self.params.maal, ydelse, kode, *span)
        return list(dict.fromkeys(broken.note for broken in breaks))


def read_section(
    context: Context, asked: MaalgrupperParams, name: str, afsnit: Afsnit
) -> BenefitSection:
    """The section called `name` in the params, with the movement of every area."""
    read = Reading(context.data)
    now = afsnit.periode or asked.periode
    now = now.quarter if afsnit.is_statbank else now
    before = now.year_before()
    counted, counted_of = group(afsnit.gruppe), None
    if afsnit.is_statbank:
        counted_of = _denominator_period(read, afsnit, context.kommune, now)

    def level(area: Area, period: Period) -> Quantity:
        found = read(afsnit.maal, afsnit.ydelse, area, period, afsnit.gruppe)
        return replace(found, unit=counted.enhed or found.unit)

    def share(area: Area, count: Quantity) -> Quantity:
        if counted_of is None:
            return read(afsnit.andel, afsnit.ydelse, area, now, afsnit.gruppe)
        of = read(DENOMINATORS[afsnit.andel], ALL, area, counted_of)
        return share_pct(count, of, INDICATORS[afsnit.andel].decimals)

    def moved(area: Area) -> Movement:
        was, level_now = level(area, before), level(area, now)
        return movement(area, was, level_now, asked.decimaler_udvikling, share(area, level_now))

    areas = context.reference_areas(asked.sammenlign_med, now.first_day)
    own_now = level(context.kommune, now)
    if asked.kilde and own_now.state == "absent":
        # The section leaves the page: what else there is of it is not read, as it is not printed.
        own, areas = Movement(context.kommune, own_now, own_now, own_now, own_now), ()
    else:
        own = moved(context.kommune)
    references = tuple(moved(area) for area in areas if area != context.kommune)
    return BenefitSection(
        name,
        afsnit,
        read.sources,
        plan_year=context.params.aar,
        benefit=benefit(afsnit.ydelse),
        group=counted,
        before=before,
        now=now,
        own=own,
        references=references,
        counted_of=counted_of,
    )


def _denominator_period(read: Reading, afsnit: Afsnit, area: Area, now: Period) -> Period:
    """When the newest denominator was counted that is known at the end of `now`.

    The population is counted on the first day of the quarter, the workforce at the end of November.
    """
    if afsnit.andel == "pct_af_befolkningen":
        return now
    newest = now.year if now.last_day.month > 11 else now.year - 1
    years = [year_(newest - back) for back in range(OLDEST_WORKFORCE)]
    known = (one for one in years if read("arbejdsstyrke", ALL, area, one).is_number)
    return next(known, years[0])
