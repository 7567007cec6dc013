"""What a params file may say. Keys are Danish, as the analysts write them; unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from beskplan.params.bilag import EgetBilag, Overblik, RarOversigt, Refusion, Udvalgssag, Varighed
from beskplan.params.maal import Maal
from beskplan.params.values import (
    BilagId,
    Comparison,
    IndicatorId,
    PeriodValue,
    Subject,
    Text,
    Ydelse,
)
from beskplan.registers.reading import Closed, explained


class Afsnit(Closed):
    """One section of the Bilag about target groups: a benefit, its periods and what must be said of it."""

    ydelse: Ydelse
    gruppe: Text = "alle"
    """Population group id; `alle` where no distinction is made."""
    periode: PeriodValue | None = None
    """The later period; the Bilag's own where left out."""
    sammenlign_periode: PeriodValue | None = None
    """The earlier period; a year before where left out."""
    maal: IndicatorId = "fuldtidspersoner"
    """Indicator of the level."""
    andel: IndicatorId = "pct_af_arbejdsstyrken"
    """Indicator of the share."""
    forbehold: tuple[Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""


class Maalgrupper(Closed):
    """Parameters of `notebooks/maalgrupper.ipynb`."""

    periode: PeriodValue
    """The period that the Bilag is about; a section may have its own."""
    sammenlign_med: Annotated[tuple[Comparison, ...], Field(min_length=1, max_length=3)] = (
        "oestdanmark",
        "rar",
    )
    """Reference areas in table order; `rar` is the municipality's own regional council at that time."""
    decimaler_udvikling: Annotated[int, Field(ge=0, le=2)] = 0
    """Decimals of the change in per cent."""
    fortegn: bool = False
    """Whether increases are printed with a plus sign."""
    afsnit: Annotated[dict[BilagId, Afsnit], Field(min_length=1)]
    """The sections by the name that the notebook uses."""


class PlanParams(Closed):
    """All that a report of one municipality and year is made from, besides the data."""

    kommune: Subject
    """The municipality; of a regional overview, the region."""
    aar: Annotated[int, Field(ge=2014, le=2100)]
    bilag: Annotated[tuple[BilagId, ...], Field(min_length=1)]
    """The notebooks to build, in the order of the plan."""
    datagrundlag: (
        Literal["nyeste", "publiceret"]
        | Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    ) = "nyeste"
    """`nyeste`: the newest valid snapshot, else the published figures. `publiceret`: always the figures
    that the plan itself printed. Or a snapshot's id."""
    vedtaget: date | None = None
    """When the plan was adopted."""
    ministermaal: tuple[Text, ...] = ()
    """The ministers' goals of the year, in their official words."""
    maalgrupper: Maalgrupper | None = None
    overblik: Overblik | None = None
    varighed: Varighed | None = None
    refusion: Refusion | None = None
    rar_oversigt: RarOversigt | None = None
    egne: dict[BilagId, EgetBilag] = Field(default_factory=dict)
    """Parameters of notebooks of one's own, by the notebook's name."""
    udvalgssag: Udvalgssag | None = None
    """The committee's agenda item; no report is made from it."""
    maal: Maal | None = None
    """The plan's targets, from `params/<kommune>/<aar>.maal.yaml`."""

    @model_validator(mode="after")
    def _ministers_goals_are_named(self) -> PlanParams:
        known = range(1, len(self.ministermaal) + 1)
        goals = self.maal.overordnede if self.maal else ()
        if wrong := [goal for goal in goals if goal.ministermaal not in (None, *known)]:
            numbers = ", ".join(str(goal.ministermaal) for goal in wrong)
            raise explained(
                f"numre på årets `ministermaal`, 1 til {len(known)}",
                f"ret `ministermaal: {numbers}` i målene",
            )
        return self
