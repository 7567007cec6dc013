"""What readers are told of where numbers come from: sources by their titles, and days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from beskplan.core.periods import date_text
from beskplan.observations import published
from beskplan.registers.provenance import OWN, PUBLISHED, own_name, source_name

Origin = tuple[str, str, str]
"""Source, table id and day of retrieval of an observation."""
Titles = Mapping[tuple[str, str], str]
"""What tables are called where they come from, by source and table id."""
NOTHING_READ: Final = "tal fra de dokumenter, som siden nævner"
"""A page that shows no observation, such as one of targets that no source measures."""


def reader_text(origins: Iterable[Origin], titles: Titles | None = None) -> str:
    """The sources of some observations and their days, as a noun phrase.

    Example: `tal fra Jobindsats.dk (hentet 1. august 2026) og Danmarks Statistik (hentet 3. juli 2026)`.

    Args:
        origins: Of every observation that the text is about.
        titles: Of the tables of a municipality's own; its name alone where there is none.
    """
    days: dict[str, set[str]] = {}
    plans: dict[str, None] = {}
    for source, table_id, retrieved_at in sorted(origins):
        if source.startswith(PUBLISHED):
            plans[published.document(source.removeprefix(PUBLISHED)).title] = None
        else:
            name = _name(source, (titles or {}).get((source, table_id), ""))
            days.setdefault(name, set()).add(retrieved_at[:10])
    phrases = [f"{name} (hentet {_days(found)})" for name, found in days.items()]
    fetched = f"tal fra {_joined(phrases)}" if phrases else ""
    printed = f"tal, som de er trykt i {_joined(list(plans))}" if plans else ""
    return " og ".join(filter(None, (fetched, printed))) or NOTHING_READ


def _name(source: str, title: str) -> str:
    return own_name(source, title) if source.startswith(OWN) else source_name(source).split(",")[0]


def _joined(phrases: list[str]) -> str:
    return " og ".join(filter(None, (", ".join(phrases[:-1]), phrases[-1])))


def _days(retrieved: set[str]) -> str:
    first, last = date.fromisoformat(min(retrieved)), date.fromisoformat(max(retrieved))
    return date_text(last) if first == last else f"{date_text(first)} - {date_text(last)}"
