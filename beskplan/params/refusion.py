"""Parameters of `notebooks/refusion.ipynb`: what the state pays back, and what durations do to it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from beskplan.params.values import IndicatorId, PeriodValue, Text
from beskplan.params.varighed import Raekke
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.reading import Closed, explained


class Varighedskilde(Closed):
    """The mean duration that the calculation starts from."""

    maal: IndicatorId = "gns_varighed_igang_uger"
    raekke: Raekke = "offentlig_forsoergelse"
    periode: PeriodValue

    @model_validator(mode="after")
    def _of_running_courses(self) -> Self:
        spec = INDICATORS[self.maal]
        if spec.basis != "igang" or spec.unit != "uger":
            raise explained(
                "a mean duration of running courses in weeks",
                "use gns_varighed_igang_uger: a mean in the year counts at most 52 weeks",
            )
        return self


class Refusion(Closed):
    """Parameters of the Bilag about refusion."""

    dato: date | None = None
    """The day whose rates are used; 1 January of the plan year where left out."""
    maal: Text | None = None
    """Id of the plan's target (key `maal`) for the mean refund in per cent."""
    varighed: Varighedskilde | None = None
    """None: the effect of shorter courses is left out."""
    forkortelser_uger: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (
        1,
        4,
        13,
        26,
    )
    """By how many weeks the mean duration is made shorter in the calculation, rising."""
    fordeling: dict[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict
    )
    """Full-time persons by the first week of each step, where the municipality knows them."""
    fordeling_kilde: Text | None = None
    """Where `fordeling` comes from; printed below it."""
    forbehold: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _distribution_has_a_source(self) -> Self:
        if self.fordeling and not self.fordeling_kilde:
            raise explained(
                "`fordeling_kilde` beside `fordeling`", "say where the numbers are from"
            )
        return self
