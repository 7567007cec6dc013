"""The patterns and word lists that the plan check reads Danish by, kept as data in `moenstre.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from beskplan.core.files import shipped_yaml

_DATA: dict[str, dict[str, Any]] = shipped_yaml("beskplan.audit", "moenstre.yaml")
_PIECE = re.compile(r"\{([a-z_]+)\}")
_TOKEN = re.compile(r"⟨(?:([a-z]+):)?([A-Z]+)⟩")


class Patterns(dict[str, re.Pattern[str]]):
    """The patterns of one section by name, compiled when they are first asked for."""

    def __init__(self, section: str, words: dict[str, Iterable[str]]) -> None:
        super().__init__()
        self._entries = {**_DATA["vocabulary"], **_DATA[section], **words}

    def __missing__(self, name: str) -> re.Pattern[str]:
        self[name] = re.compile(self._text(name))
        return self[name]

    def words(self, name: str) -> tuple[str, ...]:
        """Give a word list."""
        return tuple(self._entries[name])

    def table(self, name: str) -> dict[str, Any]:
        """Give words with what each means."""
        return dict(self._entries[name])

    def _text(self, name: str) -> str:
        """A pattern in one line with its pieces put in; of a word list any of its words."""
        entry = self._entries[name]
        if not isinstance(entry, str):
            return "|".join(map(re.escape, entry))
        whole = _PIECE.sub(lambda piece: self._text(piece[1]), entry.replace("\n", ""))
        return _TOKEN.sub(_token, whole)


def _token(match: re.Match[str]) -> str:
    name, kinds = match.groups()
    token = rf"[{kinds}]\d+" if len(kinds) > 1 else rf"{kinds}\d+"
    return f"⟨(?P<{name}>{token})⟩" if name else f"⟨{token}⟩"


def patterns(section: str, **words: Iterable[str]) -> Patterns:
    """Give the patterns of a section.

    Args:
        section: Its name in `moenstre.yaml`; the section `vocabulary` belongs to every one.
        words: Word lists of the program that its patterns name.
    """
    return Patterns(section, words)
