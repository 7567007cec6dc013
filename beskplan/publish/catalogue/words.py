"""What the pages of the catalogue say: filters of its templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from beskplan.core.numbers import format_number
from beskplan.core.periods import date_text
from beskplan.publish.catalogue.entries import Entry, Issue
from beskplan.publish.states import WORDS, day_of

FORMATS = {"html": "HTML", "pdf": "PDF", "xlsx": "Excel"}
"""A report's main files, in the order in which they are offered; tables are CSV besides."""


def stage(issue: Issue) -> str:
    """`Godkendt`."""
    return WORDS[issue.state.stage]


def standing(issue: Issue) -> str:
    """Who said what and when, as a sentence or two; as on the report itself."""
    return issue.state.standing.text


def day(at: str | datetime) -> str:
    """`22. november 2026`, where the reader is."""
    return date_text(day_of(at) if isinstance(at, str) else at.astimezone().date())


def years(entries: Iterable[Entry]) -> str:
    """`2019-2021`, `2021`."""
    found = sorted({entry.aar for entry in entries})
    return f"{found[0]}-{found[-1]}" if len(found) > 1 else str(found[0])


def count(number: int, one: str, many: str) -> str:
    """`1 rapport`, `1.176 rapporter`."""
    return f"{format_number(number)} {one if number == 1 else many}"


def one_line(text: str) -> str:
    """A sentence without its full stop."""
    return text.rstrip(".")
