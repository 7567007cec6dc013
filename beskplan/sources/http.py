"""The one way out to the sources: patient requests, and every refusal in words that say what to do.

Retried with growing pauses: 429, 5xx, time-outs, broken connections. Never a 4xx: asking again does
not make a wrong question right. A token travels in a header only; should a server repeat it in
its answer, it is cut out before anybody reads it.
"""

from __future__ import annotations

import json
import logging
import math
import os
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any, ClassVar, Final, NoReturn, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from beskplan import __version__
from beskplan.core.errors import InputError, Problem, SourceError, refusals
from beskplan.sources.labels import ROOM, WORDS, TooBigError, UnreachableError, problem, refusal

log = logging.getLogger(__name__)

KEYRING_SERVICE: Final = "beskplan"
EXCERPT: Final = 200
"""Characters of an answer that an error shows."""
_TOO_BIG: Final = re.compile(r"too many|too big|toobig|limit|cell", re.IGNORECASE)
"""Words of a source that finds a question too big; Jobindsats does not publish its own."""


def moved(where: str, problem: Problem) -> Problem:
    """A problem, at another place."""
    return replace(problem, where=where)


Explain = Callable[[int, bytes], Problem | None]
"""A source's own words for a refusal: status and body in, a problem out, or None."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a question is repeated and waited for; the numbers are seconds but for `attempts`."""

    attempts: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    longest_retry_after: float = 300.0
    """A `Retry-After` beyond this is not waited for: the problem says how long the source wants."""
    timeout: float = 120.0
    """Without a sign of life."""
    longest_answer: float = 900.0
    """From the question to the last byte."""
    sleep: Callable[[float], None] = time.sleep
    """Waits; another function in tests."""


class Secret:
    """A token that shows itself to nobody who does not ask by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The token itself, for a request header."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('…')"

    def __reduce__(self) -> str:
        raise TypeError("a token is not written anywhere")


def has_keyring() -> bool:
    """Tell whether the optional package `keyring` is there."""
    return find_spec("keyring") is not None


def find_secret(variable: str, name: str, where: str) -> str:
    """Find a secret in the environment, else in the keyring; an empty text where there is none.

    Args:
        variable: Its name in the environment.
        name: Its name in the keyring, of the service `KEYRING_SERVICE`.
        where: What it is for, in problems.

    Raises:
        SourceError: the keyring does not answer.
    """
    text = os.environ.get(variable, "")
    if text.strip() or not has_keyring():
        return text
    keyring = import_module("keyring")
    try:
        return str(keyring.get_password(KEYRING_SERVICE, name) or "")
    except keyring.errors.KeyringError as error:
        words = {"error": type(error).__name__, "variable": variable}
        raise SourceError(problem("keyring", where, **words)) from None


class _TryAgainError(Exception):
    """An attempt that failed in a way that the next one may not."""

    def __init__(self, error: SourceError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


class Transport:
    """Requests to one source.

    Args:
        source: The source's name, as problems print it.
        base_url: Address up to and with the version.
        token: Sent in the header `Authorization`, and never shown; None for an open source.
        patience: See `Patience`.
        explain: See `Explain`.

    Raises:
        InputError: an address that is none, or that would carry a token unencrypted.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        *,
        token: Secret | None = None,
        patience: Patience | None = None,
        explain: Explain | None = None,
    ) -> None:
        self.source = source
        self.base_url = base_url.rstrip("/")
        _check_address(source, self.base_url, with_token=token is not None)
        self.patience = patience or Patience()
        self._token = token
        self._explain = explain or (lambda _status, _body: None)
        headers = {"User-Agent": f"beskplan/{__version__}", "Accept": "*/*"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        self._client = httpx.Client(headers=headers, timeout=self.patience.timeout)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def get(self, path: str) -> bytes:
        """The body of a good answer.

        Raises:
            SourceError: see the module; `UnreachableError` and `TooBigError` where they fit.
        """
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> bytes:
        """As `get`, with a JSON body."""
        return self._ask("POST", path, body)

    def where(self, path: str) -> str:
        """How problems name a request: source and path, without the question mark and what follows."""
        asked, _, rest = path.split("?", 1)[0].partition("/")
        return " ".join(
            filter(None, (f"{self.source}:", WORDS["requests"].get(asked, asked), rest))
        )

    def clean(self, text: str) -> str:
        """The text without the token."""
        return text.replace(self._token.reveal(), "…") if self._token else text

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None) -> bytes:
        retrying = Retrying(
            stop=stop_after_attempt(self.patience.attempts),
            wait=self._pause,
            retry=retry_if_exception_type(_TryAgainError),
            sleep=self.patience.sleep,
            reraise=True,
        )
        try:
            return retrying(self._once, method, path, body)
        except _TryAgainError as last:
            raise last.error from None

    def _pause(self, state: RetryCallState) -> float:
        growing = self.patience.first_pause * 2.0 ** (state.attempt_number - 1)
        pause = min(growing, self.patience.longest_pause)
        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, _TryAgainError):
            pause = max(pause, failure.wait or 0.0)
            log.info("%s, attempt %d; again in %.0f s", self.source, state.attempt_number, pause)
        return pause

    def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> bytes:
        where = self.where(path)
        try:
            status, headers, content = self._exchange(method, path, body)
        except httpx.TimeoutException:
            raise _TryAgainError(refusal("time", where, f"{self.patience.timeout:g} s")) from None
        except httpx.RemoteProtocolError:
            raise _TryAgainError(refusal("cut", where)) from None
        except httpx.HTTPError as error:
            said = self.clean(str(error))
            network = refusals(ROOM)["network"].items()
            found = next((words for sign, words in network if sign in said), said)
            gone = refusal("unreachable", where, found, address=self.base_url)
            raise _TryAgainError(gone) from None
        if self._token and self._token.reveal().encode() in content:
            content = content.replace(self._token.reveal().encode(), "…".encode())
            if status < 300:
                raise refusal("echo", where)
        if 200 <= status < 300:
            return content
        excerpt = content[:EXCERPT].decode("utf-8", "replace").strip()
        if status == 429 or status >= 500:
            wait = _retry_after(headers.get("Retry-After"))
            if wait is not None and wait > self.patience.longest_retry_after:
                raise refusal("wait", where, f"{wait:.0f} s")
            kind = {429: "many", 504: "slow"}.get(status, "fault")
            raise _TryAgainError(refusal(kind, where, f"HTTP {status} {excerpt}".strip()), wait)
        if body is not None and "table" in body and status not in (401, 403):
            # A question that is wrong is wrong about one table.
            where = self.where(str(body["table"]))
        raise self._refusal(where, status, content, excerpt)

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """One request to its last byte; httpx raises where it does not come."""
        url = f"{self.base_url}/{path.lstrip('/')}"
        end = time.monotonic() + self.patience.longest_answer
        with self._client.stream(method, url, json=body) as response:
            parts = []
            for part in response.iter_bytes():
                parts.append(part)
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("the answer trickles")
            return response.status_code, response.headers, b"".join(parts)

    def _refusal(self, where: str, status: int, content: bytes, excerpt: str) -> SourceError:
        explained = self._explain(status, content)
        if explained is not None:
            too_big = status == 413 or _TOO_BIG.search(explained.found)
            kind = UnreachableError if status in (401, 403) else SourceError
            return (TooBigError if too_big else kind)(moved(where, explained))
        kinds = {401: "closed", 403: "closed", 404: "gone", 410: "gone", 413: "big"}
        named = kinds.get(status, "moved" if 300 <= status < 400 else "refused")
        return refusal(named, where, f"HTTP {status} {excerpt}".strip())


class Client(ABC):
    """What the clients of all sources have."""

    name: ClassVar[str]

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def where(self, table: str) -> str:
        """How problems name a table."""
        return f"{self.name}: {table}"

    @abstractmethod
    def origin(self, ask: Any) -> str:
        """Address and body of a question, to be stored beside its answer; no token."""

    @abstractmethod
    def answer(self, ask: Any) -> bytes:
        """The answer to a question as it comes.

        Raises:
            SourceError: see the module.
        """


def _check_address(source: str, url: str, *, with_token: bool) -> None:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise InputError(problem("address", f"{source}: adresse"))
    if with_token and parsed.scheme == "http" and not _is_loopback(parsed.host):
        raise InputError(problem("not-encrypted", f"{source}: adresse", url))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _retry_after(text: str | None) -> float | None:
    """Seconds that the source asks to wait, from a number or a date; None where it does not."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (aware - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


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
        raise refusal("json", where, _excerpt(text)) from None


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
