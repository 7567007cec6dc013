"""Parameters of a Bilag of one's own: numbers of the municipality's own table, followed over time.

egne:
  virksomhedsbesoeg:                 # the notebook's name
    afsnit:
      tal:                           # the section's name in the notebook
        emne: virksomhedsbesøg
        maal: virksomhedsbesoeg
        fra: 2026M01
        til: 2026M09
        laegges_sammen: true
        resultatmaal: [besoeg]
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from beskplan.core.periods import periods_between
from beskplan.params.maal_parts import TargetId
from beskplan.params.values import (
    BilagId,
    Comparison,
    IndicatorId,
    PeriodValue,
    Text,
    Ydelse,
)
from beskplan.registers.indicators import ALL
from beskplan.registers.reading import Closed, explained

MOST_PERIODS = 36
"""Each period is a row of the table: three years of months still fit on a page of the PDF."""


class EgetAfsnit(Closed):
    """One section: one measure of the municipality, period by period."""

    emne: Text
    """What is counted, as an indefinite noun in the plural: `virksomhedsbesøg`."""
    maal: IndicatorId
    ydelse: Ydelse | None = None
    """None: the number makes no distinction between benefits."""
    gruppe: Text = ALL
    fra: PeriodValue
    """The first period ..."""
    til: PeriodValue
    """... and the last, of the same kind."""
    laegges_sammen: bool = False
    """Whether the periods may be added up: visits may, persons on a benefit may not, as one who
    receives it for two months would be counted twice."""
    sammenlign_med: Annotated[tuple[Comparison, ...], Field(max_length=3)] = ()
    """Areas beside the municipality, where the data hold the same number of them."""
    resultatmaal: tuple[TargetId, ...] = ()
    """Ids of the plan's targets (`<aar>.maal.yaml`) that the numbers belong to."""
    forbehold: tuple[Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        if self.fra.kind != self.til.kind or not self.fra < self.til:
            raise explained(
                f"`fra` earlier than `til`, of one kind; not {self.fra} and {self.til}",
                "correct the two periods",
            )
        if len(periods_between(self.fra, self.til)) > MOST_PERIODS:
            raise explained(f"at most {MOST_PERIODS} periods", "begin later, or use years")
        return self


class EgetBilag(Closed):
    """Parameters of one notebook of one's own."""

    afsnit: Annotated[dict[BilagId, EgetAfsnit], Field(min_length=1)]
    """The sections by the name that the notebook uses."""
