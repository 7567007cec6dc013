"""Days that no calendar has, and spans of time that end before they begin."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from itertools import pairwise

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.times import times

_FROM = re.compile(r"\b(?:fra|perioden)\s+$", re.IGNORECASE)
_UNTIL = re.compile(r"\s*(?:(?:og )?(?:frem )?til|–|-)\s+")


@rule("periode-baglaens")
def backwards(plan: Plan) -> Iterator[Outcome]:
    """Perioden slutter, før den begynder.

    »Fra juni 2020 til juni 2019«: en periode begynder med det tidligste tidspunkt.
    """
    for sentence in plan.sentences:
        for first, second in pairwise(times(sentence.text)):
            between = sentence.text[first.stop : second.start]
            if not _UNTIL.fullmatch(between) or not _FROM.search(sentence.text[: first.start]):
                continue
            if second.period.last_day >= first.period.first_day:
                yield Agreed("periode-baglaens", sentence.place, between)
                continue
            yield Finding(
                "periode-baglaens", "contradiction", "sikker", sentence.place, sentence.text,
                f"{second.period.text} til {first.period.text}",
                f"{second.period.text.capitalize()} ligger før {first.period.text}.",
            )  # fmt: skip


@rule("umulig-dato")
def impossible(plan: Plan) -> Iterator[Outcome]:
    """Dagen findes ikke i kalenderen.

    Den 31. juni og den 30. februar findes ikke, så datoen er en slåfejl.
    """
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
