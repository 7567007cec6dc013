"""The kinds of value that a params file may hold: names checked against the registers, and plain text."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema

from beskplan.core.errors import BeskplanError, Problem, UnknownNameError, did_you_mean
from beskplan.core.periods import Period
from beskplan.registers.areas import Area, Kind, areas, find
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import benefit
from beskplan.registers.groups import target_group
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.reading import explained

KINDS: tuple[Kind, ...] = ("kommune", "rar", "region")
"""The kinds of area that a folder under params/ may be named after."""


def subject(name: str) -> Area:
    """The municipality or region with this name, code or slug.

    Raises:
        UnknownNameError: there is none, or it is an area of another kind; names the nearest. Also
            for a number, as `papermill -p kommune 230` gives it: codes have their zeros.
    """
    if not isinstance(name, str):
        raise UnknownNameError(
            Problem(
                where="kommune",
                what="kommunen er ikke en tekst",
                found=f"{name!r} ({type(name).__name__})",
                expected="kommunens navn, eller dens kode i anførselstegn",
                fix=f"papermill: -r kommune {name} i stedet for -p",
            )
        )
    names = [one.navn for kind in KINDS for one in areas(kind)]
    fix = did_you_mean(name, names)
    try:
        if (hit := find(name)).kind in KINDS:
            return hit
    except UnknownNameError as error:
        # Of a number: the code that was meant.
        fix = error.problems[0].fix if name.strip().isdecimal() else fix
    raise UnknownNameError(
        Problem(
            where="kommune",
            what="den kommune eller region findes ikke",
            found=repr(name),
            expected="et af de 98 navne i `beskplan list kommuner`, eller en region som RAR Fyn",
            fix=fix,
        )
    )


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
        raise explained(f"en af {', '.join(INDICATORS)}")
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


_ALLOWED_FORMAT_SIGNS = frozenset({"\u00ad", "\u200b", "\u200d"})
"""Soft hyphen, zero-width space and joiner: common in text pasted from elsewhere, and harmless."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format (such as the signs that turn text around), lone surrogates,
private and unassigned signs, and the line separators that only some programs see as such."""


def hidden_signs(text: str, *, lines: bool) -> list[str]:
    """The signs in `text` that do not show, as `U+202E`; line breaks only where not allowed."""
    return [
        f"U+{ord(sign):04X}"
        for sign in text
        if unicodedata.category(sign) in _HIDDEN
        and sign not in _ALLOWED_FORMAT_SIGNS
        and not (lines and sign == "\n")
    ]


def _line(text: str) -> str:
    if hidden := hidden_signs(text, lines=False):
        raise explained(f"én linje synlig tekst, uden {', '.join(hidden)}", "skriv det igen")
    return text


def _prose(text: str) -> str:
    if hidden := hidden_signs(text, lines=True):
        raise explained(f"synlig tekst, uden {', '.join(hidden)}", "skriv det igen")
    return text


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_line),
]
"""One line: a title, a name, a case number. Safe in a header of a mail and in document properties."""
Prosa = Annotated[
    str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_prose)
]
"""Running text; a blank line begins a new paragraph."""


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a running text, each as one line."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())
