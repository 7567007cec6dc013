"""All municipalities of one edition side by side: benefits across, from the copies that readers get.

What stands in the matrices is what the municipalities' own pages print, cell by cell: a withheld number
is its word here too, and nothing is added up or ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from beskplan.core.editions import edition_period
from beskplan.publish.entries import Entry, in_time
from beskplan.registers.areas import area

_MEASURES = {"pct": "Ændring på et år", "andel": "Andel"}
"""The columns of it that are shown, and the title of each."""
NONE = "-"
"""Stands where a municipality's edition does not have the benefit."""

Text = tuple[str, bool]
"""As printed, and whether it is a number."""


@dataclass(frozen=True)
class Matrix:
    """One measure: a row a municipality, a column a benefit."""

    id: str
    title: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, tuple[Text, ...]], ...]


def overview(entries: Sequence[Entry]) -> dict[str, Any]:
    """What the page of an edition says; what is withdrawn, or no municipality's, has no numbers there."""
    shown = [
        one
        for one in entries
        if one.scoreboard
        and not one.issue.state.withdrawal
        and area(one.manifest["kommune_kode"]).kind == "kommune"
    ]
    return {
        "heading": entries[0].title,
        "shown": shown,
        "matrices": matrices(shown),
        "others": [one for one in entries if one not in shown],
    }


def matrices(entries: Sequence[Entry]) -> tuple[Matrix, ...]:
    """The measures of one edition that any municipality has; entries without a scoreboard have no row.

    Args:
        entries: Of one edition, in the order of the rows.
    """
    with_scores = [(one, one.scoreboard) for one in entries if one.scoreboard]
    # In the order of the longest page, then what only others have.
    longest = sorted((board["rows"] for _, board in with_scores), key=len, reverse=True)
    benefits = tuple(dict.fromkeys(row[0] for rows in longest for row in rows))
    found = []
    for column, title in _MEASURES.items():
        cells = [(entry, _column(board, column)) for entry, board in with_scores]
        units = dict.fromkeys(unit for _, (unit, _) in cells if unit)
        rows = tuple(
            (entry, tuple(texts.get(name, (NONE, False)) for name in benefits))
            for entry, (_, texts) in cells
        )
        if units:
            found.append(Matrix(column, title, ", ".join(units), benefits, rows))
    return tuple(found)


def _column(board: dict[str, Any], column: str) -> tuple[str, dict[str, Text]]:
    """Head of a column, and its cells by benefit; empty where the page does not have it."""
    for place, (name, label) in enumerate(board["columns"]):
        if name == column:
            return label, {row[0]: _text(row[2][place]) for row in board["rows"]}
    return "", {}


def _text(cell: Iterable[Any]) -> Text:
    text, value, _ = cell
    return str(text), value is not None


def editions_of(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The reports of each edition by its name, the newest edition first."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: in_time(one)[:2], reverse=True):
        if entry.periode:
            found.setdefault(entry.edition, []).append(entry)
    return found


def times_of(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The years or editions of a Bilag, the newest first."""
    found = {
        one.periode or str(one.aar): (
            edition_period(one.periode).text.capitalize() if one.periode else f"Planår {one.aar}"
        )
        for one in sorted(entries, key=in_time, reverse=True)
    }
    return list(found.items())
