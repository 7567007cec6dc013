"""Refusion: the staircase of the state's share, and what shorter courses do to the mean.

Used by `notebooks/refusion.ipynb`; what it calculates stands in the plan's params under `refusion`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, partial
from itertools import pairwise

from beskplan.blocks.charts import Level, Step, drawing, ranking
from beskplan.blocks.charts import staircase as staircase_chart
from beskplan.blocks.display import shown
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Block, Column, Figure, Omitted, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import in_period, list_danish
from beskplan.core.errors import Problem, UnknownNameError
from beskplan.core.numbers import NBSP, format_number
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.refusion import (
    Staircase,
    duration_at_refund,
    mean_refund_pct,
    refund_pct_at_duration,
    staircase,
)
from beskplan.indicators.shares import gap_pctpoint
from beskplan.indicators.targets import decimals_of
from beskplan.params.bilag import Refusion as RefusionParams
from beskplan.params.maal import Andel
from beskplan.report.base import Reading, Report, place_of
from beskplan.report.shared_blocks import bar, notes, prose, sentences

MODEL = (
    "Beregningen er en model. Den forudsætter, at sandsynligheden for at slutte et forløb er den samme "
    "hver uge, og at alle forløb begynder på trappens første trin. Den viser, hvad varigheden betyder, "
    "men den er ikke et regnskab over kommunens refusion."
)
WEEKS = Column(id="uger", label="Uger på offentlig forsørgelse", kind="text")


@dataclass(frozen=True)
class EffectRow:
    """One mean duration with the refund that it gives."""

    weeks: Quantity
    refund: Quantity
    gain: Quantity
    """Percentage points above the refund at today's duration."""
    is_now: bool

    @property
    def label(self) -> str:
        """`68 uger (nu)`."""
        return f"{self.weeks.text()} uger{' (nu)' if self.is_now else ''}"


class Refusion(Report[RefusionParams]):
    """The blocks of the Bilag."""

    bilag = "refusion"

    def missing_data(self) -> Iterator[Problem]:
        """A target that is none, no staircase on the day, no duration, weeks that begin no step."""
        if self.params.maal and self._target is None:
            what, found = "ingen af målene er et mål for en andel i pct.", repr(self.params.maal)
            fix = "skriv `id` for et af planens mål af slagsen `andel`"
            yield Problem(f"{self.where}.maal", what, found, fix=fix)
        try:
            stairs = self._stairs
        except UnknownNameError as error:
            yield from error.problems
            return
        if self._duration is not None and self._duration.state == "absent":
            found = f"{self.context.kommune.navn}, {self.params.varighed}"
            fix = "ret `varighed`, hent tallene, eller udelad den"
            yield self.no_data(f"{self.where}.varighed", "kommunen i perioden", found, fix)
        starts = [step.fra_uge for step in stairs.trin]
        if odd := [week for week in self.params.fordeling if week not in starts]:
            what, found = "intet trin på trappen begynder i ugen", ", ".join(map(str, odd))
            expected = ", ".join(map(str, starts))
            yield Problem(f"{self.where}.fordeling", what, found, expected)

    @cached_property
    def _stairs(self) -> Staircase:
        """The staircase in force on the day that the params name, else at the start of the year."""
        return staircase(self.params.dato or date(self.context.params.aar, 1, 1))

    @cached_property
    def _target(self) -> Andel | None:
        """The plan's target that the params name, if it is one for a share in per cent."""
        plan = self.context.params.maal
        found = [one for one in plan.targets() if one.id == self.params.maal] if plan else []
        return found[0] if found and isinstance(found[0], Andel) else None

    @cached_property
    def _read(self) -> Reading:
        return Reading(self.context.data)

    @cached_property
    def _duration(self) -> Quantity | None:
        """Mean duration in weeks; None where the params ask for none."""
        asked = self.params.varighed
        if asked is None:
            return None
        ydelse, group = place_of(asked.raekke)
        return self._read(asked.maal, ydelse, self.context.kommune, asked.periode, group)

    @cached_property
    def _effect(self) -> tuple[EffectRow, ...]:
        """Today's mean duration, then the shorter ones; empty where it is not known."""
        now = self._duration
        if now is None or not now.is_number:
            return ()
        shorter = [now.exact - weeks for weeks in self.params.forkortelser_uger]
        today = refund_pct_at_duration(now.exact, self._stairs)
        rows = []
        for weeks in (now.exact, *(one for one in shorter if one >= 1)):
            refund = refund_pct_at_duration(weeks, self._stairs)
            duration = Quantity(weeks, now.decimals, "uger")
            gain = gap_pctpoint(refund, today)
            rows.append(EffectRow(duration, refund, gain, weeks == now.exact))
        return tuple(rows)

    @property
    def _target_text(self) -> str:
        """The target as printed, without "pct.": `23`; empty where the params name none."""
        if self._target is None:
            return ""
        number = self._target.andel_pct
        return format_number(number, decimals_of(number))

    @property
    def _step_names(self) -> dict[int, str]:
        """`Uge 1-4`, …, `Fra uge 53`, by the first week of each step."""
        starts = [step.fra_uge for step in self._stairs.trin]
        spans = {one: f"Uge {one}-{following - 1}" for one, following in pairwise(starts)}
        return {**spans, starts[-1]: f"Fra uge {starts[-1]}"}

    @property
    def _law(self) -> Source:
        """Where the rates are read."""
        return Source(text=self._stairs.source, reference=f"refusion.yaml, {self._stairs.id}")

    def other_sources(self) -> Iterable[Source]:
        """The law."""
        return (self._law,)

    def reservations(self) -> Iterable[str]:
        """How the weeks are counted, and what the params say."""
        return (self._stairs.note, *self.params.forbehold)

    @shown
    def staircase_table(self) -> Table:
        """Each step a row: what the state and the municipality pay."""
        return self._staircase_table()

    def _staircase_table(self) -> Table:
        rows = [
            Row(
                label=self._step_names[step.fra_uge],
                cells=tuple(
                    cell(_rate(pct), unit="%") for pct in (step.sats_pct, 100 - step.sats_pct)
                ),
            )
            for step in self._stairs.trin
        ]
        return table(
            id="trappe",
            title="Refusionstrappen",
            unit="pct. af udgiften til ydelsen",
            period=str(self.context.params.aar),
            columns=(
                WEEKS,
                Column(id="staten", label="Statens andel (refusion)", unit="pct."),
                Column(id="kommunen", label="Kommunens andel", unit="pct."),
            ),
            rows=rows,
            sources=(self._law,),
        )

    @shown
    def staircase_figure(self) -> Figure:
        """The steps to scale, with the plan's target across them where it has one."""
        steps = [Step(one.fra_uge, one.sats_pct) for one in self._stairs.trin]
        level = Level("Mål:", self._target.andel_pct) if self._target else None
        about = "efter uger på offentlig forsørgelse"
        parts = list_danish([f"{one.rate}{NBSP}pct. fra uge {one.start}" for one in steps])
        marked = f"en vandret linje markerer planens mål på {self._target_text}{NBSP}pct."
        chart = partial(staircase_chart, steps, axis_label=WEEKS.label, level=level)
        return figure(
            id="trappe",
            title=f"Statens andel falder fra {steps[0].rate} til {steps[-1].rate}{NBSP}pct. på et år",
            subtitle=f"Refusion i pct. af udgiften {about}, {self.context.params.aar}",
            unit="pct.",
            alt=sentences(
                f"trappe, der viser statens andel af udgiften {about}: {parts}",
                marked if level else "",
            ),
            svg=drawing(chart),
            data=self._staircase_table(),
            sources=(self._law,),
        )

    @shown
    def staircase_notes(self) -> Block:
        """How the weeks are counted, and the reservations."""
        return notes("trappe-noter", self.reservations())

    @shown
    def distribution_table(self) -> Block:
        """The municipality's full-time persons on each step, and the mean refund that they give."""
        if not self.params.fordeling or self.params.fordeling_kilde is None:
            reason = "Kommunens fordeling af fuldtidspersoner på trappens trin er ikke opgjort."
            return Omitted(id="fordeling", reason=reason)
        unit = "fuldtidspersoner"
        counts = {
            week: Quantity(Decimal(number), 0, unit, origin=("plan",))
            for week, number in self.params.fordeling.items()
        }
        whole = Quantity(
            Decimal(sum(self.params.fordeling.values())), 0, unit, "calculated", ("plan",)
        )
        steps = [
            (self._step_names[week], number, _rate(self._stairs.rate_pct(week)))
            for week, number in counts.items()
        ]
        total = ("I alt", whole, mean_refund_pct(counts, self._stairs))
        return table(
            id="fordeling",
            title=f"Fuldtidspersoner på refusionstrappens trin {self.context.kommune.stedsform}",
            unit="Antal fuldtidspersoner og refusion i pct.",
            period=str(self.context.params.aar),
            columns=(
                WEEKS,
                Column(id="antal", label="Fuldtidspersoner", unit=unit),
                Column(id="refusion", label="Refusion", unit="pct."),
            ),
            rows=[
                Row(
                    label=label,
                    emphasis=number is whole,
                    cells=(cell(number), cell(pct, unit="%")),
                )
                for label, number, pct in [*steps, total]
            ],
            sources=(self._law, Source(text=self.params.fordeling_kilde)),
        )

    @shown
    def effect_table(self) -> Block:
        """Each mean duration a row: the mean refund, and how much higher it is than today's."""
        return self._effect_table() if self._effect else self._no_effect()

    def _effect_table(self) -> Table:
        return table(
            id="effekt",
            title=f"Refusion ved kortere varighed {self.context.kommune.stedsform}",
            unit="pct. og procentpoint",
            period=str(self.context.params.aar),
            columns=(
                Column(id="varighed", label="Gennemsnitlig varighed", kind="text"),
                Column(id="refusion", label="Beregnet refusion", unit="pct."),
                Column(id="forskel", label="Forskel fra nu", unit="procentpoint"),
            ),
            rows=[
                Row(
                    label=row.label,
                    emphasis=row.is_now,
                    cells=(cell(row.refund, unit="%"), cell(row.gain, signed=True)),
                )
                for row in self._effect
            ],
            sources=self._effect_sources,
        )

    @shown
    def effect_figure(self) -> Block:
        """The mean refund at each duration as bars."""
        if len(self._effect) < 2:
            return self._no_effect()
        first, last = self._effect[0], self._effect[-1]
        ends = f"fra {first.refund.text()} til {last.refund.text()}{NBSP}pct."
        where = self.context.kommune.stedsform
        bars = [bar(row.label, row.refund, emphasis=row.is_now) for row in self._effect]
        return figure(
            id="effekt",
            title=f"Kortere varighed giver højere refusion: {ends}",
            subtitle=f"Beregnet refusion i pct. efter gennemsnitlig varighed {where}",
            unit="pct.",
            alt=(
                f"Liggende søjler med den beregnede refusionsprocent ved {len(bars)} gennemsnitlige "
                f"varigheder. Med {first.weeks.text()} uger, som er varigheden nu, er den "
                f"{first.refund.text()}{NBSP}pct. Med {last.weeks.text()} uger er den "
                f"{last.refund.text()}{NBSP}pct."
            ),
            svg=drawing(partial(ranking, bars, decimals=1)),
            data=self._effect_table(),
            sources=self._effect_sources,
        )

    @shown
    def effect_text(self) -> Block:
        """Today's duration, what a week less gives, and the duration that the target answers to."""
        asked, rows = self.params.varighed, self._effect
        if not rows or asked is None:
            return self._no_effect()
        weeks, refund = rows[0].weeks, rows[0].refund.text(unit="pct.")
        said = [
            f"{in_period(asked.periode)} var den gennemsnitlige varighed {weeks.text()} uger",
            f"det svarer i beregningen til en refusionsprocent på {refund}",
        ]
        if len(rows) > 1:
            less = weeks.exact - rows[1].weeks.exact
            size = "én uge" if less == 1 else f"{format_number(less)} uger"
            gain = rows[1].gain.text()
            said.append(f"{size} kortere varighed løfter den med {gain} procentpoint")
        return prose("effekt-tekst", sentences(*said, *self._target_clauses(weeks)))

    def _target_clauses(self, today: Quantity) -> list[str]:
        """Where the target lies: at which duration, or out of the model's reach."""
        if self._target is None:
            return []
        year = self.context.params.aar
        target = f"planens mål for {year} er {self._target_text}{NBSP}pct."
        duration = duration_at_refund(self._target.andel_pct, self._stairs)
        if not duration.is_number:
            return [target, "ingen gennemsnitlig varighed giver den procent i beregningen"]
        answer = f"det svarer i beregningen til en gennemsnitlig varighed på {duration.text()} uger"
        beyond = (
            "målet er altså lavere end det, som varigheden alene giver i beregningen, og kan derfor "
            "ikke bedømmes ud fra den gennemsnitlige varighed"
        )
        return [target, answer, beyond if duration.printed > today.printed else ""]

    @shown
    def effect_notes(self) -> Block:
        """That it is a model, and what it leaves out."""
        return notes("effekt-noter", [MODEL] if self._effect else [])

    @property
    def _effect_sources(self) -> tuple[Source, ...]:
        return (*self._read.sources, self._law, Source(text="egne beregninger"))

    def _no_effect(self) -> Omitted:
        where = self.context.kommune.stedsform
        return Omitted(id="effekt", reason=f"Den gennemsnitlige varighed {where} er ikke opgjort.")


def _rate(pct: Decimal) -> Quantity:
    """A rate of the law."""
    return Quantity(pct, 0, "pct.", origin=("law",))


load = Refusion.load
