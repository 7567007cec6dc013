"""What the sources' code says no with; the words are in `afvisninger.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from beskplan.core.errors import Refusals, SourceError, refusals

ROOM: Final = "beskplan.sources"
problem = Refusals(ROOM)


class UnreachableError(SourceError):
    """The source as a whole does not answer or lets nobody in: the next table would fare no better."""


class TooBigError(SourceError):
    """The source could not answer in time, or says that the question is too big: ask for less."""


class ServerFaultError(SourceError):
    """The source failed to answer: where it goes on doing so for other tables, it is down."""


_ERRORS: Final[Mapping[str, type[SourceError]]] = {
    "unreachable": UnreachableError, "too-big": TooBigError, "fault": ServerFaultError,
}  # fmt: skip


def refusal(name: str, where: str, found: str = "", **words: object) -> SourceError:
    """Give the error of a source's refusal; its class (`error`) says how a fetch goes on."""
    error = _ERRORS.get(refusals(ROOM)[name].get("error", ""), SourceError)
    return error(problem(name, where, found, **words))
