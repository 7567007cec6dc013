"""A sentence with those before it that it goes on from, and the judgement of a part of a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import fits_rounded
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import Skeleton, Token, skeleton
from beskplan.core.danish import format_pct

_RE = patterns("wholes")

_OF_WHICH = (_RE["hereof"], _RE["some_of_them"], _RE["of"])
"""Forms of a sentence that tell a whole and one part of it."""


class Base(NamedTuple):
    """What the sentences before have told: a whole, those of its parts, and the counts of each sentence."""

    whole: Token | None
    parts: list[Token]


class Read(NamedTuple):
    """A sentence with its form and the sentences before it, the nearest last."""

    plan: Plan
    sentence: Sentence
    form: Skeleton
    earlier: list[Sentence]

    @property
    def said(self) -> Iterator[Sentence]:
        """The sentences before, the nearest first, as far as one goes on from the other."""
        after = self.sentence
        for one in reversed(self.earlier):
            if after.part - one.part > 1 or (after.part != one.part and after is not self.sentence):
                return
            yield one
            after = one

    @property
    def before(self) -> Iterator[Skeleton]:
        """The forms of the sentences before, the nearest first."""
        return (skeleton(one.text) for one in self.said)

    def base(self) -> Base:
        """The number that the sentence may go on about, and the parts of it that were told."""
        parts: list[Token] = []
        for form in self.before:
            counts = [t for t in form.tokens if t.kind == "N"]
            if of := _RE["of_are"].search(form.text):
                whole = form.token(of, "whole")
                told = [t for t in counts if t.start > whole.start and t.size <= whole.size]
                return Base(None if _RE["overlap"].search(form.text) else whole, told + parts)
            for pattern in _OF_WHICH:
                if match := pattern.search(form.text):
                    whole, part = (form.token(match, name) for name in ("whole", "part"))
                    return Base(whole if whole.kind == "N" else None, [part, *parts])
            if len(counts) != 1:
                break
            if not _RE["goes_on"].match(form.text):
                return Base(counts[0], parts)
            parts = counts + parts
        return Base(None, parts)

    def outcome(
        self, rule: str, tokens: Sequence[Token], right: str, *, holds: bool = False,
        grave: bool | None = None, **words: Any,
    ) -> Outcome:  # fmt: skip
        """Judge numbers of the sentence; they count as checked either way."""
        own = [t for t in tokens if t in self.form.tokens]
        self.plan.mark_text(self.sentence, own)
        told = [
            one.text for one in self.earlier if {*tokens} - {*own} & {*skeleton(one.text).tokens}
        ]
        words["printed"] = words.get("printed") or " ".join((*told, self.sentence.text))
        return judge(rule, self.sentence, holds=holds, right=right, grave=grave, **words)

    def whole_before(self, before: int, kind: str = "N") -> Token | None:
        """The number that stands before a place in the sentence, else the last of the one before."""
        here = [t for t in self.form.tokens if t.kind == kind and t.end <= before]
        if not here and (form := next(self.before, None)):
            here = [t for t in form.tokens if t.kind == kind]
        return here[-1] if here else None

    def tokens(self, kinds: str, text: str) -> list[Token]:
        """The tokens of some kinds in a piece of the form."""
        return [self.form.tokens[int(n)] for n in re.findall(rf"⟨[{kinds}](\d+)⟩", text)]


def judged_part(read: Read, part: Token, whole: Token, share: Token | None) -> Iterator[Outcome]:
    """Judge a part of a whole, and its share where it is told: per cent or a fraction in words."""
    if not whole.size or part.amount is None or part.amount.signed or part.kind != whole.kind:
        return
    if part.size > whole.size:
        most = f"højst {whole.text}"
        yield read.outcome("del-af-helhed", (part, whole), most, part=part.text, whole=whole.text)
    elif share is not None:
        right, amount = part.size / whole.size * 100, share.amount
        if amount is None:  # a fraction in words
            holds = share.is_about(right)
        else:
            holds = amount.means(right) or fits_rounded(whole.amount, part.amount, amount)
        yield read.outcome(
            "del-i-parentes", (part, whole, share), format_pct(right, amount.decimals if amount else 0),
            holds=holds, grave=amount is not None and amount.is_slip_of(right), part=part.text,
            whole=whole.text, said=share.text,
        )  # fmt: skip
