"""Targets: printed twice in two ways, without a baseline, or in per cent of a per cent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import QUOTES_ANOTHER
from beskplan.core.numbers import format_number

_TARGET = Scan(
    r"\bskal\b|\b[Mm]inimum\b|\b[Mm]indst \d|\bmål(?:et|sætning\w*)?\b|\bhøjst\b|\bnedbring|^Alle\b"
)
_OTHERS = Scan(rf"^(?:Hører under|Ministermål)\b|{QUOTES_ANOTHER.regex.pattern}", re.IGNORECASE)
"""The minister's goals, and what is quoted: not this document's own words."""
MOVE = re.compile(
    r"\b(?:nedbringes|øges|falde|reduceres|stige|sænkes|forøges|hæves|mindskes)\s+med\s+$",
    re.IGNORECASE,
)
"""Words before a number by which a target is to change."""
_SINCE = Scan(
    r"\bi forhold til\b|\bift\.|\bfra niveauet\b|\bsammenlignet med\b|\bunder niveau(?:et)? for\b",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"^(?:Beskæftigelses|Resultat|Minister)?\s?[Mm]ål\s+(?P<n>\d{1,2})\s*[:.]\s*(?P<text>.{15,})$"
)
_WORD = re.compile(r"[a-zæøå½]+|\d+(?:,\d+)?%?", re.IGNORECASE)


_ASKS = Scan(
    r"^(?!.*(?:\?$|fastsat af)).*(?:\bskal\b|[Mm]inimum|[Mm]indst|\bhøjst\b|^Alle\b|\bfalder\b)",
    re.DOTALL,
)
_LOWER = re.compile(
    r"\s*(?:lavere|højere|færre|flere|mindre|mere)\b(?!\s+end (?:i )?(?:hele|gennemsnit|landet|RAR|[A-ZÆØÅ]))"
)
_COUNTED_FROM = re.compile(
    r"\b(?:fra|mod|end|i forhold til|ift\.?|sammenlignet med)\s+(?:de |i alt |ca\. )?$"
)


@dataclass(frozen=True)
class Target:
    """A sentence that sets a target."""

    sentence: Sentence

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in lower case, numbers included; a goal's own number is no part of it."""
        bare = re.sub(
            r"^\W*(?:[A-ZÆØÅ]?\w*mål\s+\d+\s*[:.]|Ad \d|\d+\))\s*", "", self.sentence.text
        )
        return tuple(word.casefold() for word in _WORD.findall(bare))

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Its words without the numbers."""
        return tuple(word for word in self.words if not word[0].isdigit())

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its words, each once."""
        return frozenset(self.words)

    @cached_property
    def asks(self) -> bool:
        """Whether it says what is to be done, and is no question."""
        return bool(_ASKS.search(self.text))

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The long words, without their endings: what the target is about."""
        return frozenset(stem(word) for word in self.words if len(word) >= 10)

    @cached_property
    def is_one(self) -> bool:
        """Whether it stands as a target: with a number, or in a section of targets."""
        return (
            bool(amounts(self.text))
            or "mål for" in self.sentence.place.section.casefold()
            or bool(_GOAL.match(self.text) or "mål 20" in self.sentence.place.section)
        )

    @property
    def text(self) -> str:
        """As it stands."""
        return self.sentence.text


@lru_cache(2)
def targets(plan: Plan) -> tuple[Target, ...]:
    """The sentences that set a target."""
    return tuple(
        Target(sentence)
        for sentence in plan.prose
        if sentence.kind != "note"
        and _TARGET.search(sentence.text)
        and len(sentence.text) > 25
        and not _OTHERS.search(sentence.text)
    )


def stem(word: str) -> str:
    """A word without its ending."""
    return re.sub(r"(?:erne|ernes|ende|ene|ens|en|et|er|e|s)$", "", word)


def similar(one: Target, two: Target) -> float:
    """How much of their words two targets share, from 0 to 1."""
    a, b = one.vocabulary, two.vocabulary
    return len(a & b) / len(a | b) if a | b else 0.0


def no_baseline(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `maal-uden-udgangspunkt` says."""
    told: list[Target] = []
    for target in targets(plan):
        numbers = amounts(target.text)
        moves = [n for n in numbers if MOVE.search(target.text[: n.start])]
        moves += [n for n in numbers if n.unit == PCT and _LOWER.match(target.text[n.end :])]
        since = bool(_SINCE.search(target.text))
        if not since and not any(n.unit == PCT for n in moves):
            continue
        if _has_baseline(target, moves):
            continue
        bare = re.search(r"\bskal være under niveau(?:et)? for\b", target.text)
        if not (moves or bare):
            continue
        if any(similar(target, known) > 0.7 for known in told):
            continue
        told.append(target)
        what = moves[0].text if moves else "under niveauet"
        yield Finding(
            "maal-uden-udgangspunkt", "doubt", "sandsynlig", target.sentence.place, target.text,
            "udgangspunktet som et tal",
            f"Målet er en ændring ({what}), men planen viser ikke det tal, som den skal måles fra."
            if since else f"Målet er en ændring ({what}), men det siger ikke, hvad den skal måles fra.",
        )  # fmt: skip


def _has_baseline(target: Target, moves: list[Amount]) -> bool:
    """Whether a target gives the number that its change is measured from, or the level it gives."""
    others = [
        n
        for n in amounts(target.text)
        if n not in moves and n.unit not in (PCT, POINTS, "år", "uger")
    ]
    return any(_COUNTED_FROM.search(target.text[: n.start]) for n in amounts(target.text)) or any(
        re.search(r"\b(?:til|på)\s+(?:højst |mindst |ca\. )?$", target.text[: n.start])
        for n in others
    )


def pct_of_share(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `pct-eller-point` says."""
    told: list[Target] = []
    for target in targets(plan):
        start = re.search(r"\b[Aa]ndel(?:en)?\b", target.text)
        for amount in amounts(target.text):
            if start is None or amount.unit != PCT or not MOVE.search(target.text[: amount.start]):
                continue
            if any(similar(target, known) > 0.7 for known in told):
                continue
            told.append(target)
            yield Finding(
                "pct-eller-point", "doubt", "sandsynlig", target.sentence.place, target.text,
                "procentpoint, eller niveauet som tal",
                f"En andel, der skal ændres med {amount.text}, kan læses som procent og som "
                "procentpoint.",
            )  # fmt: skip


def level_and_change(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `maal-niveau-og-fald` says."""
    told: set[Decimal] = set()
    for target in targets(plan):
        numbers = amounts(target.text)
        level = next((n for n in numbers if n.unit == PCT), None)
        point = next((n for n in numbers if n.unit == POINTS), None)
        if level is None or point is None or "svarende til" not in target.text:
            continue
        up = re.search(r"\bstigning\b", target.text)
        base = level.value - point.value if up else level.value + point.value
        for sentence in plan.prose:
            other = _same_subject(plan, target, sentence)
            if other is None or base in told:
                continue
            if other.value == base:
                yield Agreed("maal-niveau-og-fald", sentence.place, other.text)
                continue
            told.add(base)
            yield Finding(
                "maal-niveau-og-fald", "doubt", "sandsynlig", target.sentence.place, target.text,
                f"et udgangspunkt på {other.text}",
                f"{level.text} efter {point.text} giver et udgangspunkt på "
                f"{format_number(base, level.decimals)} pct. "
                f"I {sentence.place.text} står {other.text}.",
            )  # fmt: skip


def _same_subject(plan: Plan, target: Target, sentence: Sentence) -> Amount | None:
    """The share that another sentence gives of what a target is about, in the plan's own municipality."""
    if sentence.part == target.sentence.part or re.search(r"\bskal\b|\bmål", sentence.text):
        return None
    counted = set(re.findall(r"\d+ uger|\d+ år|\d+ måneder", target.text))
    if not counted or not any(token in sentence.text for token in counted):
        return None
    stems = {stem(word)[:7] for word in target.words if len(word) >= 7}
    if not any(
        stem(word.casefold())[:7] in stems
        for word in _WORD.findall(sentence.text)
        if len(word) >= 7
    ):
        return None
    name = plan.area.navn if plan.area else ""
    if name and name not in sentence.text:
        return None
    return next((n for n in amounts(sentence.text) if n.unit == PCT and not n.qualifier), None)


def one_text_for_two(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `to-maal-en-tekst` says."""
    goals: dict[str, tuple[Sentence, tuple[str, ...]]] = {}
    told: set[tuple[str, str]] = set()
    for sentence in plan.sentences:
        match = _GOAL.match(sentence.text)
        if match is None:
            continue
        words = tuple(w.casefold() for w in _WORD.findall(match["text"]) if not w[0].isdigit())
        for number, (other, known) in goals.items():
            pair = (number, match["n"])
            same = number != match["n"] and len(words) >= 7 and words[-6:] == known[-6:]
            if same and pair not in told and pair[::-1] not in told:
                told.add(pair)
                yield Finding(
                    "to-maal-en-tekst", "label", "sandsynlig", sentence.place, sentence.text,
                    "målets egen tekst",
                    f"Mål {number} ({other.place.text}) og mål {match['n']} slutter på de samme ord: "
                    f"»{' '.join(words[-6:])}«.",
                )  # fmt: skip
        goals.setdefault(match["n"], (sentence, words))
