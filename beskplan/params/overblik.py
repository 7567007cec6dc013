"""Parameters of `notebooks/overblik.ipynb`: how all target groups of a plan have moved."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from beskplan.params.values import IndicatorId, PeriodValue, Text, Ydelse
from beskplan.registers.reading import Closed, explained


class Fordeling(Closed):
    """How the groups share the workforce or population between them."""

    ydelser: tuple[Ydelse, ...] = ()
    """Benefits to rank; those of the overview where left out."""
    oevrige: Ydelse | None = None
    """A composite whose share the source gives for the small groups together."""
    saml_under: Annotated[Decimal, Field(gt=0)] | None = None
    """Groups with a smaller printed share are collected into one; all stand alone where left out."""


class Overblik(Closed):
    """Parameters of the overview."""

    foer: PeriodValue
    """The earlier period."""
    nu: PeriodValue
    """The later period, of the same kind."""
    ultimo: bool = False
    """Whether the source counts at the end of the periods ("ultimo 2015")."""
    maal: IndicatorId = "fuldtidspersoner"
    """Indicator of the levels, one for all rows: persons and full-time persons never meet."""
    andel: IndicatorId = "pct_af_arbejdsstyrken"
    """Indicator of the shares."""
    ydelser: Annotated[tuple[Ydelse, ...], Field(min_length=1)]
    """The rows, in order."""
    i_alt: Ydelse | None = None
    """The composite that is the total of the rows."""
    trykte_aendringer: bool = False
    """Read the changes that a plan printed without levels, where the levels are not in the data. The
    data do not say from which period they are counted: `foer` must be the plan's."""
    punkter: bool = False
    """Whether the changes are listed as points, a line for each benefit."""
    decimaler_udvikling: Annotated[int, Field(ge=0, le=2)] = 0
    """Decimals of the change in per cent."""
    fortegn: bool = False
    """Whether increases are printed with a plus sign."""
    fordeling: Fordeling = Fordeling()
    forbehold: tuple[Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        if self.foer.kind != self.nu.kind or not self.foer < self.nu:
            raise explained(
                f"`foer` earlier than `nu`, both months, quarters or years; not {self.foer} and {self.nu}",
                "correct the two periods",
            )
        return self

    @model_validator(mode="after")
    def _each_row_once(self) -> Self:
        shown = [*self.ydelser, *([self.i_alt] if self.i_alt else [])]
        if repeated := sorted({one for one in shown if shown.count(one) > 1}):
            raise explained("each benefit once", f"keep one of {', '.join(repeated)}")
        return self
