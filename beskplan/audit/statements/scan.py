"""Patterns over whole sentences that first look for the letters which every match must have.

Most sentences have none of the words that a rule looks for. To find that out with `in` is ten times
as fast as with the pattern, and a page has some hundred sentences and the rules some fifty patterns.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


class Scan:
    """A pattern with what must stand in a text for it to match."""

    __slots__ = ("needed", "regex")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.regex = re.compile(pattern, flags)
        self.needed = needed(pattern, flags)
        """Letters in lower case; one of them stands in every match. Empty where nobody can tell."""

    def search(self, text: str) -> re.Match[str] | None:
        """The first match; None where there is none."""
        return self.regex.search(text) if self._may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match in order."""
        return self.regex.finditer(text) if self._may_match(text) else iter(())

    def _may_match(self, text: str) -> bool:
        lower = _lower(text)
        for letters in self.needed:  # a generator would cost more than the search
            if letters in lower:
                return True
        return not self.needed


@lru_cache(8192)
def _lower(text: str) -> str:
    return text.lower()


def needed(pattern: str, flags: int) -> tuple[str, ...]:
    """Strings in lower case, one of which stands in every match; empty where that cannot be told.

    Read from Python's own parse of the pattern. That parser is not public: where it has changed,
    nothing is told, and the pattern is only slower.
    """
    try:
        parsed = importlib.import_module("re._parser").parse(pattern, flags)
        found = {letters.lower() for letters in _needed(parsed) or ()}
    except (ImportError, AttributeError, TypeError, ValueError):
        return ()
    # »faldet« never stands where »fald« does not.
    longer = {one for one in found for other in found if one != other and other in one}
    return tuple(sorted(found - longer))


def _needed(parsed: Iterable[Any]) -> frozenset[str] | None:
    """The best choice among the parts of a sequence, each of which every match must have."""
    choices: list[frozenset[str]] = []
    run = ""
    for op, argument in parsed:
        if str(op) == "LITERAL":
            run += chr(argument)
            continue
        choices += [frozenset({run})] if run else []
        run = ""
        choice = _part(str(op), argument)
        choices += [choice] if choice else []
    choices += [frozenset({run})] if run else []
    # Long strings are rare in texts, and few are soon looked for.
    return max(
        choices, key=lambda c: (min(map(len, c)) > 1, -len(c), sum(map(len, c))), default=None
    )


def _part(op: str, argument: Any) -> frozenset[str] | None:
    if op == "BRANCH":
        ways = [_needed(way) for way in argument[1]]
        return frozenset().union(*(way for way in ways if way)) if all(ways) else None
    if op == "SUBPATTERN":
        return _needed(argument[3])
    if op in _REPEATS and argument[0] > 0:
        return _needed(argument[2])
    if op == "ASSERT":
        return _needed(argument[1])
    return None
