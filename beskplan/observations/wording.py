"""What readers are told of a snapshot."""

from __future__ import annotations

from datetime import date

import pandas as pd

from beskplan.core.periods import date_text
from beskplan.registers.provenance import SOURCE_TEXTS


def reader_text(frame: pd.DataFrame) -> str:
    """The sources of some observations and their days, as a noun phrase.

    Example: `tal fra Jobindsats.dk (hentet 1. august 2026) og Danmarks Statistik (hentet 3. juli 2026)`.
    """
    phrases = [
        f"{_name(str(source))} (hentet {_days(rows['retrieved_at'])})"
        for source, rows in frame.groupby("source")
    ]
    return "tal fra " + " og ".join(filter(None, (", ".join(phrases[:-1]), phrases[-1])))


def _name(source: str) -> str:
    if source.startswith("own:"):
        return f"kommunens egen opgørelse {source.removeprefix('own:')}"
    return SOURCE_TEXTS[source].split(",")[0]


def _days(retrieved_at: pd.Series) -> str:
    days = retrieved_at.str[:10]
    first, last = date.fromisoformat(days.min()), date.fromisoformat(days.max())
    return date_text(last) if first == last else f"{date_text(first)} - {date_text(last)}"
