"""Days that no calendar has, and spans of time that end before they begin."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.times import When, times

_FROM = re.compile(r"\b(?:fra|perioden)\s+$", re.IGNORECASE)
_UNTIL = re.compile(r"\s*(?:(?:og )?(?:frem )?til|–|-)\s+")


def backwards(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `periode-baglaens` says."""
    for sentence in plan.sentences:
        for first, second in pairwise(times(sentence.text)):
            between = sentence.text[first.stop : second.start]
            if not _UNTIL.fullmatch(between) or not _FROM.search(sentence.text[: first.start]):
                continue
            if _end(second) >= _begin(first):
                yield Agreed("periode-baglaens", sentence.place, between)
                continue
            yield Finding(
                "periode-baglaens", "contradiction", "sikker", sentence.place, sentence.text,
                f"{second.period.text} til {first.period.text}",
                f"{second.period.text.capitalize()} ligger før {first.period.text}.",
            )  # fmt: skip


def _begin(when: When) -> date:
    day = when.period.first_day
    return day.replace(day=when.day) if _has_day(when) else day


def _end(when: When) -> date:
    day = when.period.last_day
    return day.replace(day=when.day) if _has_day(when) else day


def _has_day(when: When) -> bool:
    return when.period.kind == "M" and 0 < when.day <= when.period.last_day.day


def impossible(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `umulig-dato` says."""
    for sentence in plan.sentences:
        for when in times(sentence.text):
            if not when.day or when.period.kind != "M":
                continue
            days = monthrange(when.period.year, when.period.index)[1]
            if when.day <= days:
                yield Agreed("umulig-dato", sentence.place, when.period.text)
                continue
            yield Finding(
                "umulig-dato", "label", "sikker", sentence.place, sentence.text, f"højst den {days}.",
                f"{when.period.text.capitalize()} har {days} dage, så den {when.day}. findes ikke.",
            )  # fmt: skip
