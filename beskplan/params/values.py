"""The kinds of value that a params file may hold: names checked against the registers, and plain text."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from beskplan.core.errors import BeskplanError, Refusals, UnknownNameError, did_you_mean
from beskplan.core.periods import Period
from beskplan.registers.areas import Area, Kind, areas, find
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.reading import explained

problem = Refusals("beskplan.params")
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
            problem("no-text", "kommune", f"{name!r} ({type(name).__name__})", number=name)
        )
    fix = None
    try:
        if (hit := find(name)).kind in KINDS:
            return hit
    except UnknownNameError as error:
        if name.strip().isdecimal():
            fix = error.problems[0].fix  # the code that was meant
    if fix is None:
        fix = did_you_mean(name, [one.navn for kind in KINDS for one in areas(kind)])
    raise UnknownNameError(problem("no-kommune", "kommune", repr(name), fix=fix))


@dataclass(frozen=True)
class OfRegister:
    """Marks a field that holds a name of a register, in an `Annotated`.

    Attributes:
        register: The list of names in the JSON schema (`params.schemas`).
        look_up: The name as params hold it; raises a `BeskplanError` with the nearest right one.
        expected: What the refusal says, `{}` being what the register expects.
    """

    register: str
    look_up: Callable[[str], str]
    expected: str = "{}"

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """A text that is looked up before it is anything else."""
        return core_schema.no_info_before_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: Any) -> dict[str, Any]:
        """The register by its name: `params.schemas` puts its list there."""
        return {"$comment": self.register}

    def _checked(self, value: Any) -> str:
        try:
            return self.look_up(str(value))
        except BeskplanError as error:
            one = error.problems[0]
            raise explained(self.expected.format(one.expected), one.fix) from None


def _period(value: Any) -> Period:
    try:
        return value if isinstance(value, Period) else Period.parse(str(value))
    except BeskplanError as error:
        raise explained(error.problems[0].expected, error.problems[0].fix) from None


def _indicator(name: str) -> str:
    if name not in INDICATORS:
        raise explained(f"en af {', '.join(INDICATORS)}", did_you_mean(name, INDICATORS))
    return name


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
EditionCode = Annotated[
    str,
    BeforeValidator(lambda value: _period(value).statbank),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}(M\d{2}|K[1-4])$"}),
]
"""The month or quarter of an edition as people write it: `2026M09`, `2026K3`."""
Kommune = Annotated[str, OfRegister("kommune", lambda name: find(name, kind="kommune").navn)]
Subject = Annotated[str, OfRegister("subject", lambda name: subject(name).navn)]
"""Whom a plan is about: a municipality, or the region of a regional overview."""
AreaName = Annotated[str, OfRegister("omraade", lambda name: find(name).navn)]
Comparison = Annotated[
    str,
    OfRegister(
        "comparison",
        lambda name: name if name == "rar" else find(name).slug,
        "`rar` (kommunens eget) eller {}",
    ),
]
Ydelse = Annotated[str, OfRegister("ydelse", lambda name: benefit(name).id)]
IndicatorId = Annotated[str, OfRegister("indikator", _indicator)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
TargetId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
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


def _visible(*, lines: bool) -> AfterValidator:
    def check(text: str) -> str:
        if hidden := hidden_signs(text, lines=lines):
            what = "synlig tekst" if lines else "én linje synlig tekst"
            raise explained(f"{what}, uden {', '.join(hidden)}", "skriv det igen")
        return text

    return AfterValidator(check)


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    _visible(lines=False),
]
"""One line: a title, a name, a case number. Safe in a header of a mail and in document properties."""
Prosa = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), _visible(lines=True)]
"""Running text; a blank line begins a new paragraph."""


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a running text, each as one line."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())
