"""Bodies of answers as text and JSON, and what they are where they are neither.

A source may answer with status 200 and yet not with data: a key refused in words, a web page, half
a document. Each is told apart, because each needs another remedy.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.refusals import EXCERPT, TooBigError, UnreachableError

_KEY_REFUSED: Final = re.compile(
    r"\bn[øo]gle|\btoken\b|unauthori[sz]ed|ikke autoriseret|\bapi.?key\b", re.IGNORECASE
)
_MARKUP: Final = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml)", re.IGNORECASE)

Shape = TypeVar("Shape")


class Read(BaseModel):
    """A value in an answer: frozen, and blind to fields that a source has besides."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


def text_of(body: bytes, where: str) -> str:
    """The body as text, without a byte order mark.

    Raises:
        SourceError: empty, a web page, not UTF-8; `UnreachableError` where it is a refused key.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "the answer was damaged on its way, or the source has changed: try again"
        found = f"byte {error.start + 1} of {len(body)}"
        raise SourceError(Problem(where, "the answer is not UTF-8", found, fix=fix)) from None
    if not text.strip():
        fix = "try again later; the source has answered without saying anything"
        raise SourceError(Problem(where, "the answer is empty", fix=fix))
    if _MARKUP.match(text):
        raise UnreachableError(
            Problem(
                where,
                "a web page instead of data",
                _excerpt(text),
                fix="a login or maintenance page: check the address, the network and its proxy",
            )
        )
    return text


def json_of(body: bytes, where: str) -> Any:
    """The body as JSON values; numbers with decimals are `Decimal`, as they were written.

    Raises:
        SourceError: as `text_of`, and for JSON that stops in the middle (`TooBigError`), is broken,
            holds NaN or infinity, or is no JSON at all.
    """
    text = text_of(body, where)
    if text.lstrip()[0] not in "{[":
        _raise_for_words(text, where)
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except _NoNumberError as error:
        found = str(error)
        raise SourceError(Problem(where, "a value that is no number", found)) from None
    except (json.JSONDecodeError, RecursionError) as error:
        if _stops(text, error):
            fix = "try again; if it stays so, ask for fewer periods"
            found = f"{len(body)} bytes, the last: {_excerpt(text[-40:])}"
            raise TooBigError(
                Problem(where, "the answer stops in the middle", found, fix=fix)
            ) from None
        found = str(error).split(":", 1)[0]
        raise SourceError(Problem(where, "the answer is broken JSON", found)) from None


def shaped(content: Any, shape: type[Shape], where: str) -> Shape:
    """JSON values as what they should be; what is not used is not looked at.

    Raises:
        SourceError: they are something else.
    """
    try:
        return TypeAdapter(shape).validate_python(content)
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)[:5]
        ]
        fix = "the source may have changed its answers: see whether a newer beskplan knows them"
        what = "the answer has another shape than expected"
        raise SourceError(Problem(where, what, "; ".join(faults), fix=fix)) from None


def _raise_if_key_refused(text: str, where: str) -> None:
    """Where the text is the source's word for a wrong key: `UnreachableError`."""
    if len(text) < 5 * EXCERPT and _KEY_REFUSED.search(text):
        fix = "ask STAR for a new token, and set JOBINDSATS_TOKEN to it"
        found = _excerpt(text)
        raise UnreachableError(Problem(where, "the key is refused", found, fix=fix))


def _raise_for_words(text: str, where: str) -> NoReturn:
    _raise_if_key_refused(text, where)
    fix = "the source says something instead of giving data: act on its words, or try again later"
    raise SourceError(Problem(where, "words instead of JSON", _excerpt(text), fix=fix))


def _stops(text: str, error: json.JSONDecodeError | RecursionError) -> bool:
    """Whether the JSON was good up to its end: nothing but the rest is missing."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    at_end = error.pos >= len(text.rstrip()) - len("false")
    return at_end or error.msg.startswith("Unterminated string")


class _NoNumberError(ValueError):
    """NaN or an infinity in JSON, which has neither."""


def _no_number(text: str) -> NoReturn:
    raise _NoNumberError(text)


def _excerpt(text: str) -> str:
    return " ".join(text.split())[:EXCERPT]
