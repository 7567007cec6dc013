"""Bodies of answers as text and JSON, and what they are where they are neither.

A source may answer with status 200 and yet not with data: a key refused in words, a web page, half
a document. Each needs another remedy.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from beskplan.sources.http import EXCERPT, refusal

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
        SourceError: empty, a web page, not UTF-8.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal("encoding", where, f"byte {error.start + 1} af {len(body)}") from None
    if not text.strip():
        raise refusal("empty", where)
    if _MARKUP.match(text):
        raise refusal("page", where, _excerpt(text))
    return text


def json_of(body: bytes, where: str) -> Any:
    """The body as JSON values; numbers with decimals are `Decimal`, as they were written.

    Raises:
        SourceError: as `text_of`, and for JSON that stops in the middle (`TooBigError`), is broken,
            holds NaN or infinity, or is no JSON at all (`UnreachableError` for a refused key).
    """
    text = text_of(body, where)
    if text.lstrip()[0] not in "{[":
        is_key = len(text) < 5 * EXCERPT and _KEY_REFUSED.search(text)
        raise refusal("key" if is_key else "words", where, _excerpt(text))
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except _NoNumberError as error:
        raise refusal("number", where, str(error)) from None
    except (json.JSONDecodeError, RecursionError) as error:
        if _stops(text, error):
            found = f"{len(body)} bytes, de sidste: {_excerpt(text[-40:])}"
            raise refusal("half", where, found) from None
        raise refusal("json", where, str(error).split(":", 1)[0]) from None


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
        raise refusal("shape", where, "; ".join(faults)) from None


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
