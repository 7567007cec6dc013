"""The comments that a new params file speaks to its reader with.

`VALG` marks what only a person can decide, `OPFØLGNING` how a target of last year went. They are
comments: the program reads past them, `beskplan new` counts them, and any editor finds them.
"""

from __future__ import annotations

import re
import textwrap

CHOICE = "VALG"
"""Something to decide, or to write, before the plan is finished."""
FOLLOW_UP = "OPFØLGNING"
"""How a target of the year before stands."""
_WIDTH = 96
_GOES_ON = "#   "
"""Begins each further line of a remark; what is commented out below it begins with less."""
_MARK = re.compile(rf"# (?:# )?(?:{CHOICE}|{FOLLOW_UP} \d{{4}}):")


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


def without_marks(text: str) -> str:
    """A params file without last year's choices and follow-ups: the new year has its own."""
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        plain = line.lstrip()
        inside = bool(_MARK.match(plain)) or (inside and plain.startswith(_GOES_ON))
        if not inside:
            kept.append(line)
    return "".join(kept)


def _comment(text: str) -> list[str]:
    """The text as comment lines; those after the first are set in, so that its end can be seen."""
    lines = textwrap.wrap(
        text, _WIDTH - 2, subsequent_indent=" " * (len(_GOES_ON) - 2), break_on_hyphens=False
    )
    return [f"# {line}" for line in lines]
