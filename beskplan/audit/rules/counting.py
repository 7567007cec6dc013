"""Announced numbers of things against the list that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import NUMBER_WORDS
from beskplan.numbers import format_number

_ANNOUNCED = re.compile(
    r"\b(?:(?P<word>"
    + "|".join(w for w in NUMBER_WORDS if NUMBER_WORDS[w] > 1)
    + r")|(?P<digits>[2-9]|1[0-2]))\s+"
    r"(?:\w+\s+){0,3}?(?P<noun>mål|resultatmål|fokusområder|områder|punkter|indsatser|ministermål|temaer)\b",
    re.IGNORECASE,
)


@rule("opregning")
def announced(plan: Plan) -> Iterator[Outcome]:
    """Der er ikke så mange, som teksten siger.

    Siger planen »fem mål« lige før en opremsning, skal der være fem punkter.
    """
    for index, sentence in enumerate(plan.sentences):
        match = _ANNOUNCED.search(sentence.text)
        if match is None or not sentence.text.rstrip().endswith(":"):
            continue
        said = int(match["digits"]) if match["digits"] else NUMBER_WORDS[match["word"].casefold()]
        there = _items(plan.sentences[index + 1 :])
        if there < 2:
            continue
        if there == said:
            yield Agreed("opregning", sentence.place, match[0])
            continue
        yield Finding(
            "opregning", "contradiction", "sandsynlig", sentence.place, sentence.text, format_number(there),
            f"Teksten siger {match[0]}, men der følger {there} punkter.",
        )  # fmt: skip


def _items(following: tuple[Sentence, ...]) -> int:
    """How many list items follow at once; each passage counts once."""
    counted: set[int] = set()
    for one in following:
        if one.kind == "bullet":
            counted.add(one.part)
        elif one.first:
            break
    return len(counted)
