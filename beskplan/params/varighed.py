"""Parameters of `notebooks/varighed.ipynb`: how long people stay on benefits."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from beskplan.core.errors import BeskplanError
from beskplan.params.values import (
    BilagId,
    IndicatorId,
    Kommune,
    PeriodValue,
    Text,
    register_value,
)
from beskplan.registers.benefits import benefit, target_groups
from beskplan.registers.indicators import ALL, one_basis
from beskplan.registers.reading import Closed, explained


def _raekke(value: Any) -> str:
    if value == ALL or value in {group.id for group in target_groups()}:
        return str(value)
    try:
        return benefit(str(value)).id
    except BeskplanError as error:
        problem = error.problems[0]
        expected = f"a target group such as lab_2_3, or {problem.expected}"
        raise explained(expected, problem.fix) from None


Raekke = Annotated[str, BeforeValidator(_raekke), register_value("raekke")]
"""A row: a target group of the law, a benefit, or `alle` for all groups together."""


class Serie(Closed):
    """One section: a measure for some groups at some points in time, in one municipality."""

    emne: Text
    """What is measured, as a definite noun phrase: `den gennemsnitlige varighed`."""
    kommune: Kommune | None = None
    """Another municipality of the joint jobcentre; the plan's own where left out."""
    maal: IndicatorId
    raekker: Annotated[tuple[Raekke, ...], Field(min_length=1)]
    """All groups that the reader would look for: those without numbers are named below the table."""
    perioder: Annotated[tuple[PeriodValue, ...], Field(min_length=2)]
    forbehold: tuple[Text, ...] = ()
    """Reservations about the numbers, in Danish, written by a person: also the only place for causes."""

    @model_validator(mode="after")
    def _periods_in_order(self) -> Self:
        if any(a.kind != b.kind or not a < b for a, b in pairwise(self.perioder)):
            listed = ", ".join(one.code for one in self.perioder)
            raise explained(
                f"periods of one kind, in order; not {listed}", "put `perioder` in order"
            )
        return self


class Varighedsgrupper(Closed):
    """One section: courses by how long they have lasted, counted and as shares of all courses."""

    kommune: Kommune | None = None
    """Another municipality of the joint jobcentre; the plan's own where left out."""
    periode: PeriodValue
    alle: IndicatorId
    """All courses."""
    over: Annotated[tuple[IndicatorId, ...], Field(min_length=1)]
    """Courses over the limits, measured on the same thing as `alle`."""
    raekker: Annotated[tuple[Raekke, ...], Field(min_length=1)]
    forbehold: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _one_basis(self) -> Self:
        try:
            one_basis((self.alle, *self.over))
        except BeskplanError as error:
            raise explained(error.problems[0].expected, error.problems[0].fix) from None
        return self


class Varighed(Closed):
    """Parameters of the Bilag about time on benefits."""

    serier: Annotated[dict[BilagId, Serie], Field(min_length=1)]
    """The sections by the name that the notebook uses."""
    varighedsgrupper: dict[BilagId, Varighedsgrupper] = Field(default_factory=dict)
    """The sections on courses over 26 weeks, 52 weeks and 3 years."""
