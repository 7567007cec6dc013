"""All that the blocks about refusion are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from beskplan.blocks.model import Source
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.refusion import Staircase, staircase
from beskplan.params.bilag import Refusion as RefusionParams
from beskplan.params.maal import Andel
from beskplan.registers.areas import Area
from beskplan.report.context import Context
from beskplan.report.varighed.series import place_of


@dataclass(frozen=True)
class RefusionFacts:
    """The staircase in force, the plan's target, and the mean duration to start from."""

    area: Area
    plan_year: int
    params: RefusionParams
    stairs: Staircase
    target_pct: Decimal | None
    duration: Quantity | None
    """Mean duration in weeks; None where the params ask for none."""
    duration_sources: tuple[Source, ...]

    @property
    def stairs_source(self) -> Source:
        """Where the rates are read."""
        return Source(text=self.stairs.source, reference=f"refusion.yaml, {self.stairs.id}")

    @property
    def target_text(self) -> str:
        """The target as printed, without "pct.": `23`."""
        if self.target_pct is None:
            raise ValueError("the plan has no target for the mean refund")
        return Quantity(self.target_pct, _decimals(self.target_pct), "pct.").text()

    @property
    def step_names(self) -> tuple[str, ...]:
        """`Uge 1-4`, …, `Fra uge 53`."""
        steps = self.stairs.trin
        spans = [f"Uge {before.fra_uge}-{after.fra_uge - 1}" for before, after in pairwise(steps)]
        return (*spans, f"Fra uge {steps[-1].fra_uge}")


def read_facts(context: Context) -> RefusionFacts:
    """Staircase, target and mean duration as the params ask for them.

    Raises:
        UnknownNameError: no staircase was in force on the day.
        ValueError: the params have no `refusion`, or an unknown target; the caller checks first.
    """
    params = context.params.refusion
    if params is None:
        raise ValueError("the params were not checked")
    duration, sources = None, tuple[Source, ...]()
    if params.varighed is not None:
        ydelse, group = place_of(params.varighed.raekke)
        wanted, on = params.varighed.maal, params.varighed.periode
        duration = context.data.quantity(wanted, ydelse, context.kommune.kode, on, group)
        key = (wanted, ydelse, group, context.kommune.kode, on.code)
        sources = context.data.sources([key])
    target = find_target(context, params.maal) if params.maal else None
    return RefusionFacts(
        area=context.kommune,
        plan_year=context.params.aar,
        params=params,
        stairs=staircase(params.dato or date(context.params.aar, 1, 1)),
        target_pct=target.andel_pct if target else None,
        duration=duration,
        duration_sources=sources,
    )


def find_target(context: Context, target_id: str) -> Andel | None:
    """The plan's target with this id, if it is one for a share in per cent."""
    if context.params.maal is None:
        return None
    found = (one for one in context.params.maal.targets() if one.id == target_id)
    target = next(found, None)
    return target if isinstance(target, Andel) else None


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.normalize().as_tuple().exponent))
