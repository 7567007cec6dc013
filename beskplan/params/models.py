"""What a params file may say. Keys are Danish, as the analysts write them; unknown keys are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from beskplan.areas import find as find_area
from beskplan.benefits import benefit
from beskplan.errors import BeskplanError
from beskplan.observations import INDICATORS
from beskplan.periods import Period


def _explained(message: str, fix: str) -> ValueError:
    # The reader splits the two again: what was expected, and how to mend it.
    return ValueError(f"{message}|{fix}")


def _period(value: Any) -> Period:
    if isinstance(value, Period):
        return value
    try:
        return Period.parse(str(value))
    except BeskplanError as error:
        problem = error.problems[0]
        raise _explained(problem.expected, problem.fix) from None


def _kommune(value: Any) -> str:
    try:
        return find_area(str(value), kind="kommune").navn
    except BeskplanError as error:
        problem = error.problems[0]
        raise _explained(problem.expected, problem.fix) from None


def _comparison(value: Any) -> str:
    if value == "rar":
        return "rar"
    try:
        return find_area(str(value)).slug
    except BeskplanError as error:
        problem = error.problems[0]
        raise _explained(
            f"`rar` (the municipality's own) or {problem.expected}", problem.fix
        ) from None


def _ydelse(value: Any) -> str:
    try:
        return benefit(str(value)).id
    except BeskplanError as error:
        problem = error.problems[0]
        raise _explained(problem.expected, problem.fix) from None


def _indicator(value: Any) -> str:
    if value not in INDICATORS:
        raise _explained(f"one of {', '.join(INDICATORS)}", "")
    return str(value)


PeriodValue = Annotated[Period, BeforeValidator(_period)]
Kommune = Annotated[str, BeforeValidator(_kommune)]
Comparison = Annotated[str, BeforeValidator(_comparison)]
Ydelse = Annotated[str, BeforeValidator(_ydelse)]
IndicatorId = Annotated[str, BeforeValidator(_indicator)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
BilagId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Afsnit(_Closed):
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


class Maalgrupper(_Closed):
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


class Profil(_Closed):
    """How the municipality presents itself; from `params/<kommune>/profil.yaml` or the defaults."""

    afsender: Text | None = None
    """Name of the publisher; the municipality's official name where left out."""
    tilgaengelighedserklaering: (
        Annotated[str, StringConstraints(pattern=r"^https://\S+$")] | None
    ) = None
    """Address of the accessibility statement."""


class PlanParams(_Closed):
    """All that a report of one municipality and year is made from, besides the data."""

    kommune: Kommune
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
