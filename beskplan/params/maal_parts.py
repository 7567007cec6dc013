"""What the targets of every kind are made of: measurement, baseline, figure, and checked numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from beskplan.core.errors import BeskplanError
from beskplan.params.values import (
    IndicatorId,
    PeriodValue,
    Text,
    Ydelse,
    register_value,
)
from beskplan.registers.areas import find as find_area
from beskplan.registers.reading import Closed, explained


def _not_zero(value: Decimal) -> Decimal:
    if value == 0:
        raise explained("en ændring, altså ikke 0", "skriv bevægelsens fortegn, fx -10")
    return value


def _area_name(value: object) -> str:
    try:
        return find_area(str(value)).navn
    except BeskplanError as error:
        raise explained(error.problems[0].expected, error.problems[0].fix) from None


Number = Decimal
Change = Annotated[Number, AfterValidator(_not_zero)]
Share = Annotated[Number, Field(ge=0, le=100)]
Level = Annotated[Number, Field(ge=0)]
Positive = Annotated[Number, Field(gt=0)]
TargetId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
AreaName = Annotated[str, BeforeValidator(_area_name), register_value("omraade")]


class Maaling(Closed):
    """How the data follow a target; several benefits are added up."""

    indikator: IndicatorId
    ydelser: tuple[Ydelse, ...] = ()
    """None: the number makes no distinction between benefits."""
    gruppe: Text = "alle"
    i_pct_af: tuple[Ydelse, ...] = ()
    """The target follows `ydelser` as a share, in per cent, of these benefits together."""


class Udgangspunkt(Closed):
    """What a target is measured from."""

    periode: PeriodValue | None = None
    """A year means the mean of its months where the data are monthly."""
    vaerdi: Level | None = None
    """As the plan prints it; taken from the data where it prints none."""
    decimaler: Annotated[int, Field(ge=0, le=2)] = 0
    ord: Text | None = None
    """The plan's words where they name no period: `forrige halvårsmåling`, `ikke angivet`."""

    @model_validator(mode="after")
    def _names_something(self) -> Udgangspunkt:
        if self.periode is None and self.ord is None:
            raise explained("`periode`, eller `ord` med planens ord")
        if self.vaerdi is not None and self.periode is None:
            raise explained("`periode` ved siden af en værdi")
        return self


class Demoserie(Closed):
    """A series of made-up numbers, for a figure whose real numbers do not exist."""

    navn: Text
    fra: Number
    """About where it begins ..."""
    til: Number
    """... and ends. A number that the plan prints may stand here: the series is made up all the same."""


class Figur(Closed):
    """A figure that the plan announces but does not show: drawn of demo data, and marked so."""

    nr: Text | None = None
    """The plan's own number: `Figur 1`."""
    billedtekst: Text
    linje: int | None = None
    fra: PeriodValue
    til: PeriodValue
    enhed: Text
    decimaler: Annotated[int, Field(ge=0, le=2)] = 0
    modpart: Text | None = None
    """Name of the rest up to 100 per cent, where the figure shows it beside its only series."""
    serier: Annotated[tuple[Demoserie, ...], Field(min_length=1, max_length=4)]
    """One: the figure shows scenarios, unless it has a `modpart`; several: their development."""

    @model_validator(mode="after")
    def _long_enough(self) -> Figur:
        if self.fra.kind != "M" or self.til.kind != "M" or self.til < self.fra.shift(35):
            raise explained("tre år eller mere, i måneder", "fx fra 2014M01, til 2016M12")
        return self
