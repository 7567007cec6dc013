"""What a room of the house says no with: the words are data beside its code, one entry a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from beskplan.core.errors import Problem

FILE: Final = "afvisninger.yaml"


@cache
def refusals(room: str) -> Mapping[str, Mapping[str, str]]:
    """What a room (`beskplan.sources`) refuses, by name: `what` is wrong, `expected` and `fix`."""
    text = files(room).joinpath(FILE).read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


class Refusals:
    """Gives the problems of one room by the names of its refusals."""

    def __init__(self, room: str) -> None:
        self._room = room

    def __call__(self, name: str, where: str, found: str = "", **words: object) -> Problem:
        """Give the problem of a refusal.

        Args:
            name: Of the refusal, as the room's `afvisninger.yaml` has it.
            where: File and row, or source and table.
            found: What stands there.
            words: What the texts' names in braces stand for; `expected` and `fix` stand for these
                texts themselves where the refusal has none.
        """
        entry = refusals(self._room)[name]

        def text(key: str) -> str:
            return entry[key].format(**words) if key in entry else str(words.get(key, ""))

        return Problem(where, text("what"), found, text("expected"), text("fix"))
