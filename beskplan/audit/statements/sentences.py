"""Passages cut into sentences; an abbreviation's or a number's full stop ends none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beskplan.audit.documents.model import Kind, Passage
from beskplan.audit.model import Place
from beskplan.audit.patterns import patterns
from beskplan.audit.statements.vocabulary import quotes_another

_RE = patterns("sentences")


@dataclass(frozen=True, eq=False)
class Sentence:
    """One sentence, list item or heading.

    Attributes:
        text: Without no-break spaces, so that patterns need only know one blank.
        kind: Of the passage it stands in.
        place: Where it begins.
        part: Index of the passage in the document.
        first: Whether it begins the passage.
    """

    text: str
    kind: Kind
    place: Place
    part: int
    first: bool

    @property
    def is_quote(self) -> bool:
        """Whether it gives what another document printed, by its own words or by its heading's."""
        return quotes_another(self.text) or quotes_another(self.place.section)


def sentences(passage: Passage, part: int) -> list[Sentence]:
    """The sentences of a passage, in order."""
    text = passage.text.replace("\u00a0", " ")
    found: list[Sentence] = []
    start = 0
    for match in _RE["end"].finditer(text):
        before = text[start : match.start()].rstrip('"”)')
        if _RE["abbreviated"].search(before) and not _RE["may_end"].search(before):
            continue
        if _RE["numbered"].search(before) and _RE["after_ordinal"].match(text[match.end() :]):
            continue
        if re.fullmatch(r"\s*[0-9]{1,2}\.", before):
            continue  # a list's number
        found.append(_sentence(passage, part, slice(start, match.start()), first=not found))
        start = match.end()
    if text[start:].strip():
        found.append(_sentence(passage, part, slice(start, len(text)), first=not found))
    return found


def _sentence(passage: Passage, part: int, where: slice, *, first: bool) -> Sentence:
    text = passage.text[where].replace("\u00a0", " ").strip()
    return Sentence(text, passage.kind, passage.place_at(where.start), part, first)
