"""Where numbers come from, in words."""

from datetime import date
from functools import cache
from typing import Any

from beskplan.core.files import shipped_yaml
from beskplan.core.periods import date_text

EMBEDDED = "publiceret"
"""Names the figures that ship with the package: part of it, so that a key's `registers` covers them."""
OWN = "own:"
"""Begins the source of a municipality's own table; its name follows."""
PUBLISHED = "published:"
"""Begins the source of a row that a plan printed; the plan's id follows."""


@cache
def sources() -> dict[str, dict[str, Any]]:
    """What is known of each source by its id: `name`, `threshold`, `licence` (`data/sources.yaml`)."""
    found: dict[str, dict[str, Any]] = shipped_yaml("beskplan", "data", "sources.yaml")
    return found


def source_name(source: str) -> str:
    """A source as readers know it; its id where nothing is known of it."""
    return str(sources().get(source, {}).get("name", source))


def own_name(source: str, title: str = "") -> str:
    """A municipality's own table, inside a sentence: `kommunens egen opgørelse »Virksomhedsbesøg«`."""
    return f"kommunens egen opgørelse »{title or source.removeprefix(OWN)}«"


def source_text(source: str, table_id: str, retrieved_at: str, title: str = "") -> str:
    """The line after "Kilde:" for rows fetched from `source`.

    Example: `Jobindsats.dk, Styrelsen for Arbejdsmarked og Rekruttering (y01a02), hentet 1. august 2026`.

    Args:
        source: As in the observations.
        table_id: As in the observations.
        retrieved_at: ISO date or date-time.
        title: What a table of a municipality's own is called; its name where left out.
    """
    name = source_name(source)
    if source.startswith(OWN):
        words = own_name(source, title)
        name = f"{words[0].upper()}{words[1:]}"
    return f"{name} ({table_id}), hentet {date_text(date.fromisoformat(retrieved_at[:10]))}"
