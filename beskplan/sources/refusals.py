"""What the sources' code says no with: the words are data (`afvisninger.yaml`), one entry a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from beskplan.core.errors import Problem, SourceError


class UnreachableError(SourceError):
    """The source as a whole does not answer or lets nobody in: the next table would fare no better."""


class TooBigError(SourceError):
    """The source could not answer in time, or says that the question is too big: ask for less."""


class ServerFaultError(SourceError):
    """The source failed to answer: where it goes on doing so for other tables, it is down."""


_ERRORS: Final[Mapping[str, type[SourceError]]] = {
    "unreachable": UnreachableError, "too-big": TooBigError, "fault": ServerFaultError,
}  # fmt: skip


@cache
def refusals() -> Mapping[str, Mapping[str, str]]:
    """What can be refused, by name: `what`, `expected`, `fix`, and `error` for how a fetch goes on."""
    text = files("beskplan.sources").joinpath("afvisninger.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def problem(name: str, where: str, found: str = "", **words: object) -> Problem:
    """Give the problem of a refusal.

    Args:
        name: Of the refusal, as `afvisninger.yaml` has it.
        where: File and row, or source and table.
        found: What stands there.
        words: What the texts' names in braces stand for; `expected` and `fix` stand for these texts
            themselves where the refusal has none.
    """
    entry = refusals()[name]

    def text(key: str) -> str:
        return entry[key].format(**words) if key in entry else str(words.get(key, ""))

    return Problem(where, text("what"), found, text("expected"), text("fix"))


def refusal(name: str, where: str, found: str = "", **words: object) -> SourceError:
    """Give the error of a source's refusal; its class says how a fetch goes on."""
    error = _ERRORS.get(refusals()[name].get("error", ""), SourceError)
    return error(problem(name, where, found, **words))
