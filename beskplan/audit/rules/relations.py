"""What is asked of a number: the same target with two relations, a target against a forecast."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.rules.targets import MOVE, Target, targets
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts, broken_numbers
from beskplan.audit.statements.names import ydelse_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import RELATIONS, quotes_another
from beskplan.core.numbers import format_number

_RELATIVE = Scan(
    r"\b(?:skal|forventes|vil|kan)\b[^.;]*?\b(?P<way>under|over|på) niveau(?:et)? (?:for|med|i)\b"
    r"[^.;]{0,40}?\b(?P<year>20\d\d)\b",
    re.IGNORECASE,
)


def two_relations(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `maal-to-relationer` says."""
    stated = [
        (target, amount, relation)
        for target in targets(plan)
        for amount, relation in _levels(target)
    ]
    common = Counter(noun for target in targets(plan) for noun in target.nouns)
    told: set[tuple[str, ...]] = set()
    for (one, a, first), (two, b, second) in combinations(stated, 2):
        shared = {n for n in one.nouns & two.nouns if common[n] <= 8}
        if a != b or not shared or one.sentence.part == two.sentence.part:
            continue
        if first == second:
            yield Agreed("maal-to-relationer", two.sentence.place, a)
            continue
        key = (a, *sorted((first, second)))
        if key in told:
            continue
        told.add(key)
        yield Finding(
            "maal-to-relationer", "doubt", "sandsynlig", two.sentence.place, two.text, one.text,
            f"Målet om {a} står i {one.sentence.place.text} som »{first}«, her som »{second}«.",
        )  # fmt: skip
    yield from _to_the_same_year(plan)


def _to_the_same_year(plan: Plan) -> Iterator[Outcome]:
    """A target »under niveauet for 2016« where the text expects »på niveau med 2016«."""
    said: dict[tuple[str, str], tuple[str, Sentence]] = {}
    for sentence in plan.prose:
        match = _RELATIVE.search(sentence.text)
        if match is None or quotes_another(sentence.text):
            continue
        heading = ydelse_mentions(sentence.place.section, plan.on)
        for mention in (plan.ydelser(sentence) or heading)[:1]:
            key, way = (mention.key, match["year"]), match["way"].casefold()
            known, first = said.setdefault(key, (way, sentence))
            if known == way or first.part == sentence.part:
                continue
            yield Finding(
                "maal-to-relationer", "doubt", "mulig", sentence.place, sentence.text, first.text,
                f"Her skal {mention.text.casefold()} være {way} niveauet for {match['year']}. "
                f"{first.place.text.capitalize()} siger »{known} niveau«.",
            )  # fmt: skip


def _levels(target: Target) -> Iterator[tuple[str, str]]:
    """The levels of a target with what is asked of each: `27 pct.` and `mindst`."""
    for amount in amounts(target.text):
        before = target.text[: amount.start]
        if MOVE.search(before) or amount.unit == POINTS or amount.unit in ("år", "måneder"):
            continue
        if re.search(r"\b[Mm]ål(?:et|sætningen) om\b[^.]*$", before):
            continue  # the target is only mentioned
        unit = amount.unit or _unit_after(target.text, amount)
        if unit not in (PCT, "uger", "uge", "pct."):
            continue
        yield (
            f"{format_number(amount.value, amount.decimals)} {unit.replace('uger', 'uge')}",
            _asked(target, amount),
        )
    for match in broken_numbers(target.text):
        digits = re.sub(r"\s", "", match[0])
        if re.fullmatch(r"\d+,\d+", digits) and re.match(r"\s?uger?", target.text[match.end() :]):
            word = next(
                (
                    RELATIONS[w]
                    for w in RELATIONS
                    if re.search(rf"\b{w}", target.text[: match.start()])
                ),
                "",
            )
            yield f"{digits} uge", word or "præcis"


def _asked(target: Target, amount: Amount) -> str:
    near = f"{target.text[max(0, amount.start - 45) : amount.start]} {amount.qualifier}".casefold()
    for word, relation in RELATIONS.items():
        if re.search(rf"(?:^|\s){re.escape(word)}(?:\s|$|,)", near) and word not in (
            "under",
            "over",
        ):
            return relation
    return "præcis"


def _unit_after(text: str, amount: Amount) -> str:
    match = re.match(r"\s?(uger?|pct\.)", text[amount.end :])
    return match[1] if match else ""
