"""The comments that a new params file speaks to its reader with.

`VALG` marks what only a person can decide, `OPFØLGNING` how a target of last year went. They are
comments: the program reads past them, `beskplan new` counts them, and any editor finds them.
"""

from __future__ import annotations

import textwrap

CHOICE = "VALG"
"""Something to decide, or to write, before the plan is finished."""
FOLLOW_UP = "OPFØLGNING"
"""How a target of the year before stands."""
_WIDTH = 96


def choice(text: str) -> list[str]:
    """`# VALG: ...`, as comment lines."""
    return _comment(f"{CHOICE}: {text}")


def follow_up(aar: int, text: str) -> list[str]:
    """`# OPFØLGNING 2026: ...`, as comment lines."""
    return _comment(f"{FOLLOW_UP} {aar}: {text}")


def note(text: str) -> list[str]:
    """A plain remark, as comment lines."""
    return _comment(text)


def reservation(aar: int) -> list[str]:
    """Above a reservation that was written of last year's numbers, and is commented out."""
    return choice(f"Forbeholdet er skrevet til planen for {aar}. Gælder det stadig? Så fjern #.")


def open_choices(text: str) -> int:
    """How many choices a params file still marks as open."""
    return sum(
        line.lstrip("# ").startswith(f"{CHOICE}:") for line in text.splitlines() if "#" in line
    )


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2, break_on_hyphens=False)]
