"""Refusion: the staircase of the state's share, and what shorter courses do to the mean in a model.

The model's levels are not printed: it knows nothing of how the municipality's courses lie on the steps,
and a level beside the plan's target would read as what the municipality gets now.
Used by `notebooks/refusion.ipynb`; what it calculates stands in the plan's params under `refusion`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from beskplan.blocks.charts.canvas import drawing
from beskplan.blocks.charts.rows import Step
from beskplan.blocks.charts.rows import staircase as staircase_chart
from beskplan.blocks.html import shown
from beskplan.blocks.model import Block, Cell, Figure, Omitted, Source, Table
from beskplan.blocks.tables import cell, figure
from beskplan.blocks.text.language import capital, in_period
from beskplan.core.danish import NBSP, format_number, list_danish
from beskplan.core.errors import Problem, UnknownNameError
from beskplan.indicators import refusion
from beskplan.indicators.quantities import Quantity, gap_pctpoint
from beskplan.indicators.targets import decimals_of
from beskplan.params.bilag import Refusion as RefusionParams
from beskplan.params.maal import Andel
from beskplan.report.base import Reading, Report, place_of
from beskplan.report.place import problem
from beskplan.report.shared_blocks import WORDS, listing, notes, prose, sentences


@dataclass(frozen=True)
class Shortening:
    """Courses that are some weeks shorter on average, and what that adds to the refund."""

    weeks: int
    gain: Quantity
    """Percentage points above the refund at today's duration, both as printed."""

    @property
    def text(self) -> str:
        """`én uge`, `4 uger`."""
        return "én uge" if self.weeks == 1 else f"{self.weeks} uger"


class Refusion(Report[RefusionParams]):
    """The blocks of the Bilag."""

    bilag = "refusion"

    def missing_data(self) -> Iterator[Problem]:
        """A target that is none, no staircase on the day, no duration."""
        if self.params.maal and self._target is None:
            yield problem("no-share-target", f"{self.where}.maal", repr(self.params.maal))
        try:
            refusion.staircase(self._day)
        except UnknownNameError as error:
            yield from error.problems
            return
        if self._duration is not None and self._duration.state == "absent":
            found = f"{self.context.kommune.navn}, {self.params.varighed}"
            fix = "ret `varighed`, hent tallene, eller udelad den"
            yield self.no_data(f"{self.where}.varighed", "kommunen i perioden", found, fix)

    @cached_property
    def _stairs(self) -> refusion.Staircase:
        """The staircase in force on the day that the params name, else at the start of the year."""
        return refusion.staircase(self._day)

    @property
    def _day(self) -> date:
        return self.params.dato or date(self.context.params.aar, 1, 1)

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
    def _effect(self) -> tuple[Shortening, ...]:
        """Each shortening that leaves a duration of at least a week; empty where today's is not known."""
        now = self._duration
        if now is None or not now.is_number:
            return ()
        today = refusion.refund_pct_at_duration(now.exact, self._stairs)
        found = []
        for weeks in self.params.forkortelser_uger:
            if now.exact - weeks >= 1:
                refund = refusion.refund_pct_at_duration(now.exact - weeks, self._stairs)
                found.append(Shortening(weeks, gap_pctpoint(refund, today)))
        return tuple(found)

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
        return Source(text=self._stairs.source)

    def other_sources(self) -> Iterable[Source]:
        """The law."""
        return (self._law,)

    def reservations(self) -> Iterable[str]:
        """How the weeks are counted, and what the params say."""
        return (self._stairs.note, *self.params.forbehold)

    @shown
    def summary(self) -> Block:
        """The ends of the staircase, what some weeks less give in the model, and the plan's target."""
        first, last = (self._stairs.trin[at] for at in (0, -1))
        high, low = (
            f"{_rate(step.sats_pct).text()}{NBSP}pct. {{}}{self._step_names[step.fra_uge].lower()}"
            for step in (first, last)
        )
        pays = f"staten betaler {high.format('af ydelsen i ')} og {low.format('')}"
        told = [f"{pays}, og kommunen betaler resten", *self._example_text]
        if self._target is not None:
            aim = f"planens mål for {self.context.params.aar} er {self._target_text}{NBSP}pct."
            told.append(f"{aim}, og det kan eksemplet ikke bedømme" if self._effect else aim)
        return prose("sammenfatning", sentences(*told))

    @property
    def _example_text(self) -> list[str]:
        """Where the example begins, and what its second shortening gives; empty where there is none."""
        asked, now = self.params.varighed, self._duration
        if not self._effect or asked is None or now is None:
            return []
        one = self._effect[min(1, len(self._effect) - 1)]
        start = f"{now.text()}{NBSP}uger, som {in_period(asked.periode)}"
        gain = f"stiger refusionen i eksemplet {one.gain.text()} procentpoint"
        return [
            f"regneeksemplet går ud fra et gennemsnit på {start}",
            f"bliver forløbene {one.text} kortere, {gain}",
        ]

    @shown
    def staircase_table(self) -> Table:
        """Each step a row: what the state and the municipality pay."""
        return self._staircase_table()

    def _staircase_table(self) -> Table:
        return listing(
            self._stairs.trin,
            ("uger", "Uger på offentlig forsørgelse"),
            [
                ("staten", "Statens andel (refusion)", "pct.", lambda one: _share(one.sats_pct)),
                ("kommunen", "Kommunens andel", "pct.", lambda one: _share(100 - one.sats_pct)),
            ],
            label=lambda step: self._step_names[step.fra_uge],
            id="trappe",
            title="Refusionstrappen",
            unit="pct. af udgiften til ydelsen",
            period=str(self.context.params.aar),
            sources=(self._law,),
        )

    @shown
    def staircase_figure(self) -> Figure:
        """The steps to scale."""
        steps = [Step(one.fra_uge, one.sats_pct) for one in self._stairs.trin]
        about = "efter uger på offentlig forsørgelse"
        parts = list_danish([f"{one.rate}{NBSP}pct. fra uge {one.start}" for one in steps])
        return figure(
            title=f"Statens andel falder fra {steps[0].rate} til {steps[-1].rate}{NBSP}pct. på et år",
            subtitle=f"Refusion i pct. af udgiften {about}, {self.context.params.aar}",
            alt=f"Trappe, der viser statens andel af udgiften {about}: {parts}.",
            svg=drawing(staircase_chart, steps),
            data=self._staircase_table(),
        )

    @shown
    def staircase_notes(self) -> Block:
        """How the weeks are counted, and the reservations."""
        return notes("trappe-noter", self.reservations())

    @shown
    def effect_table(self) -> Block:
        """Each shortening a row: how much higher the mean refund is in the model."""
        if not self._effect:
            return self._no_effect()
        gain = ("forskel", "Højere refusion i modellen", "procentpoint", lambda one: one.gain)
        return listing(
            self._effect,
            ("kortere", "Forløbene er kortere"),
            [gain],
            label=lambda one: capital(one.text),
            id="effekt",
            title=f"Regneeksempel: refusion ved kortere forløb {self.context.kommune.stedsform}",
            unit="procentpoint",
            period=str(self.context.params.aar),
            sources=self._effect_sources,
        )

    @shown
    def effect_text(self) -> Block:
        """What some weeks less give, and that the target cannot be judged by that."""
        if not self._effect:
            return self._no_effect()
        said = self._example_text
        if self._target is not None:
            said.append(
                f"planens mål på {self._target_text}{NBSP}pct. kan eksemplet ikke bedømme, for det kender "
                "ikke kommunens fordeling på trinnene"
            )
        return prose("effekt-tekst", sentences(*said))

    @shown
    def effect_notes(self) -> Block:
        """That it is a model, and what it leaves out."""
        return notes("effekt-noter", [WORDS["regneeksempel"]] if self._effect else [])

    @property
    def _effect_sources(self) -> tuple[Source, ...]:
        return (*self._read.sources, self._law, Source(text="egne beregninger"))

    def _no_effect(self) -> Omitted:
        where = self.context.kommune.stedsform
        return Omitted(id="effekt", reason=f"Den gennemsnitlige varighed {where} er ikke opgjort.")


def _rate(pct: Decimal) -> Quantity:
    """A rate of the law."""
    return Quantity(pct, 0, "pct.", origin=("law",))


def _share(pct: Decimal) -> Cell:
    return cell(_rate(pct), unit="%")


load = Refusion.load
