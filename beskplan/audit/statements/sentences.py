"""Passages cut into sentences; an abbreviation's or a number's full stop ends none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beskplan.audit.documents.model import Kind, Passage
from beskplan.audit.model import Place
from beskplan.audit.statements.vocabulary import quotes_another

_SHORT = (
    r"(?:ca|bl\.a|f\.eks|fx|hhv|mv|m\.v|nr|kr|mio|jf|pr|inkl|incl|evt|ift|mht|osv|dvs|ifm|stk|pct|m\.fl"
    r"|o\.lign|pt)"
)
_END = re.compile(
    r"(?<=[.!?])[\"”)]?\s+(?=[\"”(]?[A-ZÆØÅ])|(?:(?<=[a-zæøå]{4}\.)|(?<= (?:19|20)\d\d\.))\s+(?=\d)"
)
_ABBREVIATED = re.compile(rf"\b{_SHORT}\.$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|\s)[0-9]{1,2}\.$")
_AFTER_ORDINAL = re.compile(r"[\"”(]?(?:Kvartal|Kvt|[A-ZÆØÅ][a-z]+ 20\d\d)")
"""What a number with a full stop may be counting, written with a capital."""
_MAY_END = re.compile(r"\b(?:pct|mv|m\.v|mio|o\.lign|m\.fl|osv)\.$", re.IGNORECASE)
"""Abbreviations that also end sentences."""


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
    for match in _END.finditer(text):
        before = text[start : match.start()].rstrip('"”)')
        if _ABBREVIATED.search(before) and not _MAY_END.search(before):
            continue
        if _NUMBERED.search(before) and _AFTER_ORDINAL.match(text[match.end() :]):
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
