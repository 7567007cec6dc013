"""A municipality's key figures over the years, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from beskplan.publish.catalogue.entries import Entry

NOT_THERE = "ingen tal"


@dataclass(frozen=True)
class FigureRow:
    """What is counted, and for each year the number with the time that it is from."""

    label: str
    cells: tuple[tuple[str, str], ...]
    """(number, when) a year; the words `ingen tal` and nothing where a year has none."""


def over_the_years(entries: Iterable[Entry]) -> tuple[tuple[int, ...], tuple[FigureRow, ...]]:
    """The years, the oldest first, and a row for everything that the reports count.

    Where two reports of a year tell the same at different times, the later one in the plan's order
    stands in a row of its own, named after its report: nothing is averaged or chosen.
    """
    found: dict[str, dict[int, tuple[str, str]]] = {}
    ordered = sorted(entries, key=lambda one: (one.aar, one.bilag))
    for entry in ordered:
        for label, when, value in entry.key_figures:
            there = found.get(label, {}).get(entry.aar)
            name = label if there in (None, (value, when)) else f"{label} ({entry.title})"
            found.setdefault(name, {})[entry.aar] = (value, when)
    years = tuple(sorted({entry.aar for entry in ordered}))
    rows = tuple(
        FigureRow(label, tuple(values.get(year, (NOT_THERE, "")) for year in years))
        for label, values in found.items()
    )
    return years, rows
