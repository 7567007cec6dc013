"""Targets: without a baseline, in per cent of a per cent, asking two things, or in two wordings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import PCT, POINTS, Amount, amounts, broken_numbers
from beskplan.audit.statements.arithmetic import LIMITS
from beskplan.audit.statements.names import ydelse_mentions
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.tables import ReadTable, Row
from beskplan.audit.statements.vocabulary import NUMBER_WORDS, RELATIONS
from beskplan.blocks.text.language import capital
from beskplan.core.danish import format_number

_RE = patterns(
    "targets", bounds=[w for w in RELATIONS if w not in ("under", "over")], many=NUMBER_WORDS
)

_ALIKE = 0.7
"""Words that two targets share at least to be the same one."""
_PARALLEL = 4
"""A target is like at most so many others before they all are parallel."""
_AT_LENGTH = 7
"""Words from which a text says what is to be done, and not only what about."""
_ENDING = 6
"""So many words at the end of two goals are no chance."""
_USUAL = 8
"""A word in more targets than this ties no two together."""


@dataclass(frozen=True)
class Target:
    """A sentence that sets a target."""

    sentence: Sentence

    @property
    def text(self) -> str:
        """As it stands."""
        return self.sentence.text

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in lower case, numbers included; a goal's own number is no part of it."""
        bare = re.sub(r"^\W*(?:[A-ZÆØÅ]?\w*mål\s+\d+\s*[:.]|Ad \d|\d+\))\s*", "", self.text)
        return tuple(word.casefold() for word in _RE["word"].findall(bare))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its words, each once."""
        return frozenset(self.words)

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The long words, without their endings: what the target is about."""
        return frozenset(_stem(word) for word in self.words if len(word) >= 10)

    @cached_property
    def repeatable(self) -> bool:
        """Whether it says what is to be done at some length, with a number or among targets."""
        section = self.sentence.place.section
        among = (
            "mål for" in section.casefold() or "mål 20" in section or _RE["goal"].match(self.text)
        )
        asks = len(self.words) >= _AT_LENGTH and bool(_RE["asks"].search(self.text))
        return asks and bool(among or amounts(self.text))

    def likeness(self, other: Target) -> float:
        """How much of their words two targets share, from 0 to 1."""
        a, b = self.vocabulary, other.vocabulary
        return len(a & b) / len(a | b) if a | b else 0.0


def _stem(word: str) -> str:
    return re.sub(r"(?:erne|ernes|ende|ene|ens|en|et|er|e|s)$", "", word)


def targets(plan: Plan) -> Iterator[Outcome]:
    """Judge every target of a plan, alone and beside the others."""
    found = [
        Target(sentence)
        for sentence in plan.prose
        if sentence.kind != "note" and len(sentence.text) > 25
        and _RE["target"].search(sentence.text)
        and not (sentence.is_quote or _RE["ministers"].search(sentence.text))
    ]  # fmt: skip
    reported: dict[str, list[Target]] = {"maal-uden-udgangspunkt": [], "pct-eller-point": []}
    for target in found:
        for rule, right, case, what in (*_without_baseline(target), *_pct_of_share(target)):
            # The same target in the overview and in its section is told once.
            if not any(target.likeness(known) > _ALIKE for known in reported[rule]):
                reported[rule].append(target)
                yield judge(rule, target.sentence, right=right, case=case, what=what)
    yield from _two_relations(found)
    yield from _to_the_same_year(plan)
    yield from _two_wordings(plan, found)
    yield from _one_text_for_two(plan)
    yield from _reached(plan)


Remark = tuple[str, str, str, str]
"""Rule, what it should be, which of the rule's messages, and the number that it is about."""


def _moves(target: Target) -> list[Amount]:
    """The numbers by which a target is to change."""
    numbers = amounts(target.text)
    moves = [n for n in numbers if _RE["move"].search(target.text[: n.start])]
    return moves + [
        n for n in numbers if n.unit == PCT and _RE["lower"].match(target.text[n.end :])
    ]


def _without_baseline(target: Target) -> Iterator[Remark]:
    moves, text = _moves(target), target.text
    since, bare = _RE["since"].search(text), _RE["bare"].search(text)
    bases = [n for n in amounts(text) if _RE["counted_from"].search(text[: n.start])]
    bases += [
        n for n in amounts(text)
        if n not in moves and n.unit not in (PCT, POINTS, "år", "uger")
        and (n.qualifier in ("højst", "mindst") or _RE["reaches"].search(text[: n.start]))
    ]  # fmt: skip
    measured = since or any(n.unit == PCT for n in moves)
    if measured and (moves or bare) and not (bases or _RE["expected"].search(text)):
        what = moves[0].text if moves else "under niveauet"
        case = "siden" if since else "fund"
        yield "maal-uden-udgangspunkt", "udgangspunktet som et tal", case, what


def _pct_of_share(target: Target) -> Iterator[Remark]:
    for amount in amounts(target.text) if re.search(r"\b[Aa]ndel(?:en)?\b", target.text) else ():
        if amount.unit == PCT and _RE["move"].search(target.text[: amount.start]):
            yield "pct-eller-point", "procentpoint, eller niveauet som tal", "fund", amount.text


# ------------------------------------------------------------------------------ what is asked


def _two_relations(found: list[Target]) -> Iterator[Outcome]:
    """Judge targets of the same number about the same thing: »mindst«, »højst«, or exactly."""
    stated = [(target, level, asked) for target in found for level, asked in _levels(target)]
    common = Counter(noun for target in found for noun in target.nouns)
    reported: set[Hashable] = set()
    by_level: dict[str, list[tuple[Target, str]]] = {}
    for target, level, asked in stated:
        for other, first in by_level.setdefault(level, []):
            key = (level, frozenset({asked, first}))
            shared = any(common[noun] <= _USUAL for noun in target.nouns & other.nouns)
            if shared and other.sentence.part != target.sentence.part and key not in reported:
                reported |= {key} if first != asked else set()
                yield judge(
                    "maal-to-relationer", target.sentence, holds=first == asked, right=other.text,
                    level=level, there=other.sentence.place.text, first=first, asked=asked,
                )  # fmt: skip
        by_level[level].append((target, asked))


def _levels(target: Target) -> Iterator[tuple[str, str]]:
    """The levels of a target with what is asked of each: `27 pct.` and `mindst`."""
    text = target.text
    for amount in amounts(text):
        before = text[: amount.start]
        unit = "uge" if amount.unit in ("uger", "uge") else amount.unit
        if unit in (PCT, "uge") and not (
            _RE["move"].search(before) or _RE["mentioned"].search(before)
        ):
            near = f"{before[-45:]} {amount.qualifier}".casefold()
            words = _RE["asked"].findall(near)
            asked = RELATIONS[words[0]] if words else "præcis"
            yield f"{format_number(amount.value, amount.decimals)} {unit}", asked
    for match in broken_numbers(text):
        digits = re.sub(r"\s", "", match[0])
        if re.fullmatch(r"\d+,\d+", digits) and re.match(r"\s?uger?", text[match.end() :]):
            words = [w for w in RELATIONS if re.search(rf"\b{w}", text[: match.start()])]
            yield f"{digits} uge", RELATIONS[words[0]] if words else "præcis"


def _to_the_same_year(plan: Plan) -> Iterator[Outcome]:
    """Judge a target »under niveauet for 2016« where the text expects »på niveau med 2016«."""
    said: dict[tuple[str, str], tuple[str, Sentence]] = {}
    for sentence in plan.prose:
        match = _RE["relative"].search(sentence.text)
        if match is None or sentence.is_quote:
            continue
        heading = ydelse_mentions(sentence.place.section, plan.on)
        for mention in (plan.ydelser(sentence) or heading)[:1]:
            way = match["way"].casefold()
            known, first = said.setdefault((mention.key, match["year"]), (way, sentence))
            if known != way and first.part != sentence.part:
                yield judge(
                    "maal-to-relationer", sentence, right=first.text, case="niveau", way=way,
                    what=mention.text.casefold(), year=match["year"], known=known,
                    there=capital(first.place.text),
                )  # fmt: skip


# ------------------------------------------------------------------------------ what is reached


def _reached(plan: Plan) -> Iterator[Outcome]:
    """Judge a column of »ja« and »nej« by the level and the target of its row, and who counts them."""
    read = [(one.as_printed, [*_met(one.as_printed)]) for one in plan.own_tables]
    for _, rows in read:
        for row, word, met in rows:
            yes = not _RE["not_reached"].fullmatch(word)
            yield judge(
                "maal-naaet", row.place, holds=yes == met, printed=" | ".join(row.texts),
                right="nået" if met else "ikke nået", about=(row.label,), said=word,
            )  # fmt: skip
    for sentence in plan.prose:
        for match in _RE["reached"].finditer(sentence.text):
            name, many = match["table"] or "", _number(match["of"])
            meant = [
                rows for table, rows in read if len(rows) == many
                and (re.search(rf"(?i)\btabel {name}\b", table.title) if name
                     else table.place.section == sentence.place.section)
            ]  # fmt: skip
            if len(meant) == 1:
                every = {"ingen": 0, "alle": many}
                said = every.get(match["n"].casefold(), _number(match["n"]))
                there = sum(met for *_, met in meant[0])
                yield judge(
                    "maal-naaet", sentence, holds=there == said, right=f"{there} af {many}",
                    case="optalt", number=match["n"].casefold(),
                )  # fmt: skip


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBER_WORDS.get(word.casefold(), -1)


def _met(table: ReadTable) -> Iterator[tuple[Row, str, bool]]:
    """The targets of a table with what it says of them and whether the newest level meets them.

    Nothing where the newest level is not known, or most rows say something else than it.
    """
    limited = {
        c
        for row in table.rows
        for c, cell in enumerate(row.cells)
        if cell and cell.qualifier in LIMITS
    }
    heads = [
        c for c in table.columns if _RE["reached_head"].search(c.label) and c.index not in limited
    ]
    levels = [
        c for c in table.columns
        if c.index not in limited and any(row.cells[c.index] for row in table.rows)
        and c.role in ("level", "other") and not _RE["no_level"].search(c.label)
    ]  # fmt: skip
    if len(heads) != 1 or len(limited) != 1 or not levels:
        return
    newest = max(levels, key=lambda c: (c.period.last_day if c.period else date.min, c.index))
    level, target, word = newest.index, limited.pop(), heads[0].index
    found = [
        (row, row.texts[word], (now.value - limit.value) * LIMITS[limit.qualifier] <= 0)
        for row in table.rows
        if (now := row.cells[level]) and (limit := row.cells[target]) and limit.qualifier in LIMITS
        and _RE["verdict"].fullmatch(row.texts[word])
    ]  # fmt: skip
    agree = sum(met != bool(_RE["not_reached"].fullmatch(said)) for _, said, met in found)
    if agree > 1 and agree * 3 >= len(found) * 2:
        yield from found


# ------------------------------------------------------------------------------ wordings


def _two_wordings(plan: Plan, found: list[Target]) -> Iterator[Outcome]:
    """Judge a target or a goal's name that stands twice by its words."""
    reported: set[Hashable] = set()
    own_year = str(plan.on.year + 1)
    for one, two in (*_repeated(found), *_goals(plan)):
        here, there = Counter(two.words), Counter(one.words)
        added, dropped = ([*(a - b).elements()] for a, b in ((here, there), (there, here)))
        changed = [*added, *dropped]
        # Said in one place, the plan's own year is meant in the other too.
        if not (added and dropped) and own_year in changed:
            changed = [w for w in changed if w != own_year and w not in _RE.words("small")]
        numbers = any(w[0].isdigit() for w in changed)
        # Another number for another subject is another target.
        both = all(any(w[0].isdigit() for w in words) for words in (added, dropped))
        if both and any(len(w) > 5 and not w[0].isdigit() for w in changed):
            continue
        key = frozenset({tuple(sorted(added)), tuple(sorted(dropped))})
        if not changed or key not in reported:
            reported |= {key} if changed else set()
            grave = numbers or len(_loose(changed)) >= 2
            yield judge(
                "maal-to-ordlyde", two.sentence, holds=not changed, printed=two.text, right=one.text,
                case="mening" if grave else "fund", there=one.sentence.place.text,
                dropped=" ".join(dropped) or "-", added=" ".join(added) or "-",
            )  # fmt: skip


def _loose(changed: list[str]) -> list[str]:
    """The words of a difference that are more than spelling, endings and small words."""
    content = [w for w in changed if w not in _RE.words("small") and len(w) > 3]
    stems = Counter(_stem(w)[:6] for w in content)
    return [w for w in content if stems[_stem(w)[:6]] == 1]


def _repeated(found: list[Target]) -> Iterator[tuple[Target, Target]]:
    """Targets that look like the same one."""
    told = [quoted for target in found for quoted in _as_quoted(target) if quoted.repeatable]
    pairs = [
        (one, two) for one, two in combinations(told, 2)
        if one.sentence.part != two.sentence.part and _may_repeat(one, two)
    ]  # fmt: skip
    # Many of one form are parallel targets, each for its own group.
    forms = Counter(id(t) for one, two in pairs for t in (one, two) if one.words != two.words)
    yield from (p for p in pairs if max(forms[id(p[0])], forms[id(p[1])]) <= _PARALLEL)


def _as_quoted(target: Target) -> Iterator[Target]:
    """Give what a sentence quotes at length instead of it: »Flest har mål 1, »Alle nye borgere …««."""
    quotes = (
        Target(replace(target.sentence, text=text)) for text in _RE["quoted"].findall(target.text)
    )
    yield from [one for one in quotes if len(one.words) >= _AT_LENGTH] or [target]


def _may_repeat(one: Target, two: Target) -> bool:
    if abs(len(one.words) - len(two.words)) > 12 or one.likeness(two) < 0.62:
        return False
    plain = [[w for w in t.words if not w[0].isdigit()] for t in (one, two)]
    # The same words with other numbers: two targets, or one told twice.
    return plain[0] != plain[1] or one.words == two.words


def _goals(plan: Plan) -> Iterator[tuple[Target, Target]]:
    """A numbered goal's name wherever it stands as a heading or alone, beside its first wording."""
    first: dict[str, Target] = {}
    for sentence in plan.sentences:
        text = (
            _RE["leader"].sub("", sentence.text)
            if sentence.first and "ål " in sentence.text
            else ""
        )
        if match := _RE["numbered"].match(text):
            named = Target(replace(sentence, text=text))
            known = first.setdefault(match["goal"].casefold(), named)
            # Names further apart are two names.
            if known is not named and known.likeness(named) >= 0.6:
                yield known, named


def _one_text_for_two(plan: Plan) -> Iterator[Outcome]:
    """Judge two goals of different numbers that end with the same six words; more are parallel goals."""
    endings: dict[str, dict[str, Sentence]] = {}
    for sentence in plan.sentences:
        if match := _RE["goal"].match(sentence.text):
            found = _RE["word"].findall(match["text"])
            words = [word.casefold() for word in found if not word[0].isdigit()]
            if len(words) > _ENDING:
                ending = " ".join(words[-_ENDING:])
                endings.setdefault(ending, {}).setdefault(match["n"], sentence)
    for ending, goals in endings.items():
        if len(goals) == 2:
            (first, other), (second, sentence) = goals.items()
            yield judge(
                "to-maal-en-tekst", sentence, right="målets egen tekst", first=first,
                there=other.place.text, second=second, words=ending,
            )  # fmt: skip
