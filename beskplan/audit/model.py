"""What the plan check says: findings, agreements, and what could not be read, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "contradiction", "doubt", "label"]
"""error: a printed number is wrong. contradiction: two printed things cannot both be true. doubt: a
reader cannot rely on it. label: a name, unit or wording is wrong."""
SEVERITIES: tuple[Severity, ...] = ("error", "contradiction", "doubt", "label")
"""Gravest first."""
Certainty = Literal["sikker", "sandsynlig", "mulig"]
"""Certain: arithmetic alone decides. Probable: the text has been understood in the likeliest way.
Possible: another reading would clear it."""


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands; 0 and empty mean that the document does not have it."""

    page: int = 0
    line: int = 0
    section: str = ""
    table: str = ""

    @property
    def text(self) -> str:
        """For readers: `side 3, linje 38, afsnittet »Udvikling«, tabellen »A-dagpenge«`."""
        parts = [
            f"side {self.page}" if self.page else "",
            f"linje {self.line}" if self.line else "",
            f"afsnittet »{_short(self.section)}«" if self.section else "",
            f"tabellen »{_short(self.table)}«" if self.table and self.table != self.section else "",
        ]
        return ", ".join(part for part in parts if part) or "dokumentet"


def _short(name: str) -> str:
    """A heading or title cut so that a place stays one line."""
    return name if len(name) <= 70 else f"{name[:70].rsplit(' ', 1)[0]} …"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that a reader cannot rely on."""

    rule: str
    severity: Severity
    certainty: Certainty
    place: Place
    printed: str
    """What stands in the plan, quoted."""
    expected: str
    """What it should be, or what it is compared with; empty where nobody can know."""
    explanation: str
    """Danish, whole sentences: why it cannot be right."""
    about: tuple[str, ...] = ()
    """Names of the rows or subjects concerned: a reservation that names them declares the finding."""


@dataclass(frozen=True)
class Unread:
    """Something with a number that could not be read, and therefore was not checked."""

    place: Place
    text: str
    reason: str


@dataclass(frozen=True)
class TableRead:
    """How much of a table was checked."""

    place: Place
    title: str
    numbers: int
    checked: int

    @property
    def status(self) -> str:
        """`kontrolleret`, `delvist kontrolleret` or `ikke kontrolleret`."""
        if not self.checked:
            return "ikke kontrolleret"
        return "kontrolleret" if self.checked >= self.numbers else "delvist kontrolleret"


Outcome = Finding | str
"""What a rule says of one thing that it has looked at: a finding, or its own name where all holds."""


@dataclass(frozen=True)
class Result:
    """Everything that the check of one document says."""

    document: str
    findings: tuple[Finding, ...]
    agreed: tuple[str, ...]
    unread: tuple[Unread, ...]
    declared: tuple[Finding, ...] = ()
    """What the document itself makes a reservation about: told, but not held against it."""
    numbers: int = 0
    """How many numbers were read, in tables and text."""
    checked: int = 0
    """How many of them a check has looked at."""
    tables: tuple[TableRead, ...] = ()
    """Every table with numbers, in the order of the document."""
    notes: tuple[str, ...] = field(default=())
    """What the check assumed: whose plan it is, of which year, and who corrected the reading."""
    kommune_kode: str = ""
    """Code of the municipality whose plan it is; empty where the text does not tell."""
    aar: int | None = None
    """The plan's year."""

    @property
    def is_unchecked(self) -> bool:
        """Whether no table could be checked though there are some, or no number at all."""
        tables = bool(self.tables) and not any(table.checked for table in self.tables)
        return tables or not self.checked

    def at_or_above(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings that are at least as grave."""
        return tuple(f for f in self.findings if is_at_or_above(f.severity, severity))

    def count(self, severity: Severity) -> int:
        """How many findings have just this severity."""
        return sum(f.severity == severity for f in self.findings)


def is_at_or_above(severity: Severity, limit: Severity) -> bool:
    """Whether a severity is at least as grave as the limit."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(limit)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gravest first, then as they stand in the document; each only once."""
    unique = dict.fromkeys(findings)
    return tuple(
        sorted(unique, key=lambda f: (SEVERITIES.index(f.severity), f.place, f.rule, f.printed))
    )
