"""What can go wrong between a source and us, to be ordered from the local server by name."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from beskplan.core.errors import refusals

WHAT = {
    name: entry["what"] for name, entry in refusals("beskplan.sources").items() if "what" in entry
}
"""What is said to be wrong, by refusal."""
LOGIN_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Log ind</title></head><body>Log ind</body></html>"
)
WRONG_KEY = "Forkert nøgle eller nøglen er udløbet.".encode()


@dataclass
class Fault:
    """What happens to the next `times` answers to addresses that begin with `path`.

    Attributes:
        path: Beginning of the address, such as `/v3/data`.
        times: How often; then all is well again.
        status: Answer with this status instead.
        headers: Further headers of the answer.
        body: Answer with this body instead.
        change: What becomes of the right body.
        wait: Seconds of silence before the answer.
        cut: Promise the whole body, and hang up after this many bytes.
    """

    path: str
    times: int = 1
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    change: Callable[[bytes], bytes] | None = None
    wait: float = 0.0
    cut: int | None = None


def unprocessable(cause: str) -> bytes:
    """The body of Jobindsats's HTTP 422."""
    said = {"code": 422, "cause": cause, "request_id": "0b9f7f1e-6d0f-4f61-9d43-2f7a9d1c8e55"}
    return json.dumps(said).encode()


def halved(body: bytes) -> bytes:
    """The first half, with a length that agrees: a fault of the source, not of the wire."""
    return body[: len(body) // 2]


def with_bom(body: bytes) -> bytes:
    """A byte order mark in front."""
    return b"\xef\xbb\xbf" + body


def danish_numbers(body: bytes) -> bytes:
    """Every number as a text with decimal comma."""

    def danish(cell: Any) -> Any:
        if isinstance(cell, int | float):
            return str(cell).replace(".", ",")
        return cell

    content = json.loads(body)
    content["rows"] = [[danish(cell) for cell in row] for row in content["rows"]]
    return json.dumps(content, ensure_ascii=False).encode()


def rows_changed(change: Callable[[list[list[Any]]], list[list[Any]]]) -> Callable[[bytes], bytes]:
    """A change of the rows of an API v3 answer."""

    def changed(body: bytes) -> bytes:
        content = json.loads(body)
        return json.dumps(content | {"rows": change(content["rows"])}).encode()

    return changed


def columns_renamed(names: Mapping[str, str]) -> Callable[[bytes], bytes]:
    """A change of the labels of an API v3 answer."""

    def changed(body: bytes) -> bytes:
        content = json.loads(body)
        columns = [names.get(one, one) for one in content["columns"]]
        return json.dumps(content | {"columns": columns}).encode()

    return changed
