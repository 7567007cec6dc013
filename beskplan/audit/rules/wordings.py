"""Targets printed twice in two wordings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from beskplan.audit.model import Agreed, Finding, Outcome, Severity
from beskplan.audit.rules.registry import rule
from beskplan.audit.rules.targets import Target, similar, stem, targets
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan

_ASKS = Scan(
    r"^(?!.*(?:\?$|fastsat af)).*(?:\bskal\b|[Mm]inimum|[Mm]indst|\bhøjst\b|^Alle\b|\bfalder\b)",
    re.DOTALL,
)
_NUMBERED = re.compile(
    r"^(?P<goal>\w*mål \d{1,2})\s*(?::|\.(?!\d))\s*(?=.{12,140}$)", re.IGNORECASE
)
_GOAL = re.compile(r"\w*mål \d", re.IGNORECASE)
_LEADER = re.compile(r"[\s.]*\.{2,}\s*\d*\s*$|[\s.:]+$")
"""The dots and the page of a table of contents, and the sign that ends a name."""
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


@rule("maal-to-ordlyde")
def two_wordings(plan: Plan) -> Iterator[Outcome]:
    """Det samme mål står i to ordlyde.

    Et mål, der står både i oversigten og i sit afsnit, skal stå ens. Er kun stavningen
    forskellig, er det en skønhedsfejl. Er et ord skiftet ud eller faldet ud, kan det ændre,
    hvem målet gælder.
    """
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
    for one, two in combinations(targets(plan), 2):
        if one.sentence.part != two.sentence.part and _may_repeat(one, two):
            yield one, two


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
    if abs(len(one.words) - len(two.words)) > 12 or not (
        _ASKS.search(one.text) and _ASKS.search(two.text)
    ):
        return False
    if not (one.is_one and two.is_one):
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
