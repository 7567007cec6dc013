"""The kinds of value that a params file may hold: closed models, names checked against the registers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from beskplan.core.errors import BeskplanError
from beskplan.core.periods import Period
from beskplan.params.subjects import subject
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit, target_group
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.reading import explained


def _of_register(error: BeskplanError) -> ValueError:
    return explained(error.problems[0].expected, error.problems[0].fix)


def _period(value: Any) -> Period:
    if isinstance(value, Period):
        return value
    try:
        return Period.parse(str(value))
    except BeskplanError as error:
        raise _of_register(error) from None


def _kommune(value: Any) -> str:
    try:
        return find_area(str(value), kind="kommune").navn
    except BeskplanError as error:
        raise _of_register(error) from None


def _subject(value: Any) -> str:
    try:
        return subject(str(value)).navn
    except BeskplanError as error:
        raise _of_register(error) from None


def _comparison(value: Any) -> str:
    if value == "rar":
        return "rar"
    try:
        return find_area(str(value)).slug
    except BeskplanError as error:
        problem = error.problems[0]
        raise explained(f"`rar` (kommunens eget) eller {problem.expected}", problem.fix) from None


def _ydelse(value: Any) -> str:
    try:
        return benefit(str(value)).id
    except BeskplanError as error:
        raise _of_register(error) from None


def _maalgruppe(value: Any) -> str:
    try:
        return target_group(str(value)).id
    except BeskplanError as error:
        raise _of_register(error) from None


def _indicator(value: Any) -> str:
    if value not in INDICATORS:
        raise explained(f"one of {', '.join(INDICATORS)}")
    return str(value)


def register_value(register: str) -> WithJsonSchema:
    """What the JSON schema says of a name of a register; `params.schemas` lists the names there."""
    return WithJsonSchema({"$comment": register})


PeriodValue = Annotated[
    Period,
    BeforeValidator(_period),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1900, "maximum": 2099},
                {"type": "string", "pattern": r"^\d{4}(M\d{2}|Q0?[1-4]|K[1-4]|QMAT0[1-4]|Y01)?$"},
            ],
            "description": "2026M06, 2026Q2, 2026QMAT02, 2026",
        }
    ),
]
Kommune = Annotated[str, BeforeValidator(_kommune), register_value("kommune")]
Subject = Annotated[str, BeforeValidator(_subject), register_value("subject")]
"""Whom a plan is about: a municipality, or the region of a regional overview."""
Comparison = Annotated[str, BeforeValidator(_comparison), register_value("comparison")]
Ydelse = Annotated[str, BeforeValidator(_ydelse), register_value("ydelse")]
Maalgruppe = Annotated[str, BeforeValidator(_maalgruppe), register_value("maalgruppe")]
"""A target group of the law, by id, number or label."""
IndicatorId = Annotated[str, BeforeValidator(_indicator), register_value("indikator")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
BilagId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
