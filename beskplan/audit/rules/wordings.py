"""Targets printed twice in two wordings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from beskplan.audit.model import Agreed, Finding, Outcome, Severity
from beskplan.audit.rules.targets import Target, similar, stem, targets
from beskplan.audit.statements.plan import Plan

_NUMBERED = re.compile(
    r"^(?P<goal>\w*mål \d{1,2})\s*(?::|\.(?!\d))\s*(?=.{12,140}$)", re.IGNORECASE
)
_GOAL = re.compile(r"\w*mål \d", re.IGNORECASE)
_LEADER = re.compile(r"[\s.]*\.{2,}\s*\d*\s*$|[\s.:]+$")
"""The dots and the page of a table of contents, and the sign that ends a name."""
_PARALLEL = 4
"""A target is like at most so many others before they all are parallel."""
_SAME_GOAL = 0.6
"""Words that two wordings share at least; names further apart are two names."""
_SMALL = frozenset(
    [
        "og",
        "i",
        "på",
        "til",
        "af",
        "for",
        "ved",
        "som",
        "der",
        "den",
        "det",
        "de",
        "en",
        "et",
        "med",
        "at",
        "er",
        "om",
        "skal",
        "have",
        "har",
        "blive",
        "bliver",
        "herunder",
        "via",
        "samt",
        "ift.",
        "inden",
        "indenfor",
        "relevante",
        "måles",
        "dette",
        "hver",
    ]
)


def two_wordings(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `maal-to-ordlyde` says."""
    told: set[tuple[str, ...]] = set()
    for one, two in (*_repeated(plan), *_goals(plan)):
        if one.words == two.words:
            yield Agreed("maal-to-ordlyde", two.sentence.place, two.text[:80])
            continue
        added, dropped = _difference(one, two)
        if _other_subject(added, dropped):
            continue
        key = (*sorted(added), "/", *sorted(dropped))
        if key in told or key[::-1] in told:
            continue
        told.add(key)
        grave = _changes_meaning(added, dropped)
        severity: Severity = "doubt" if grave else "label"
        yield Finding(
            "maal-to-ordlyde", severity, "sikker" if grave else "sandsynlig", two.sentence.place, two.text,
            one.text, f"Samme mål står i {one.sentence.place.text} med en anden ordlyd: "
            f"»{' '.join(dropped) or '-'}« dér, »{' '.join(added) or '-'}« her.",
        )  # fmt: skip


def _repeated(plan: Plan) -> Iterator[tuple[Target, Target]]:
    """Targets that look like the same one."""
    pairs = [
        (one, two)
        for one, two in combinations(targets(plan), 2)
        if one.sentence.part != two.sentence.part and _may_repeat(one, two)
    ]
    # Many of one form are parallel targets, each for its own group.
    forms = Counter(
        id(target) for pair in pairs for target in pair if pair[0].words != pair[1].words
    )
    yield from (p for p in pairs if max(forms[id(p[0])], forms[id(p[1])]) <= _PARALLEL)


def _goals(plan: Plan) -> Iterator[tuple[Target, Target]]:
    """A numbered goal's name wherever it stands as a heading or alone, beside its first wording."""
    first: dict[str, Target] = {}
    for sentence in plan.sentences:
        if not sentence.first or not _GOAL.match(sentence.text):
            continue
        text = _LEADER.sub("", sentence.text)
        match = _NUMBERED.match(text)
        if match is None:
            continue
        named = Target(replace(sentence, text=text))
        known = first.setdefault(match["goal"].casefold(), named)
        if known is not named and similar(known, named) >= _SAME_GOAL:
            yield known, named


def _may_repeat(one: Target, two: Target) -> bool:
    if abs(len(one.words) - len(two.words)) > 12 or (
        one.plain == two.plain and one.words != two.words
    ):
        return False  # the same words with other numbers: two targets, or one told twice
    if not (one.asks and two.asks and one.is_one and two.is_one):
        return False
    if min(len(one.words), len(two.words)) < 7:
        return False
    return similar(one, two) >= 0.62


def _difference(one: Target, two: Target) -> tuple[list[str], list[str]]:
    here, there = Counter(two.words), Counter(one.words)
    return list((here - there).elements()), list((there - here).elements())


def _other_subject(added: list[str], dropped: list[str]) -> bool:
    """Another number for another subject is another target."""
    numbers = any(w[0].isdigit() for w in added) and any(w[0].isdigit() for w in dropped)
    return numbers and any(len(w) > 5 and not w[0].isdigit() for w in (*added, *dropped))


def _changes_meaning(added: list[str], dropped: list[str]) -> bool:
    """Whether more than spelling and small words differ."""
    content = [w for w in (*added, *dropped) if w not in _SMALL and len(w) > 3]
    loose = [
        w for w in content if not any(o is not w and stem(o)[:6] == stem(w)[:6] for o in content)
    ]
    return len(loose) >= 2 or any(w[0].isdigit() for w in (*added, *dropped))
