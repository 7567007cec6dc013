"""The rules by name: what readers are told of each and of what it finds, kept as data in `regler.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beskplan.audit.model import Finding, Outcome, Place
from beskplan.audit.statements.plan import Sentence
from beskplan.core.files import shipped_yaml


@dataclass(frozen=True)
class Rule:
    """One named rule; its Danish title and text stand in the report and in docs/plantjek.md."""

    id: str
    title: str
    text: str


_DATA: dict[str, dict[str, Any]] = shipped_yaml("beskplan.audit", "regler.yaml")
RULES = tuple(Rule(name, one["titel"], one["tekst"]) for name, one in _DATA.items())
"""Every rule, in the order of docs/plantjek.md."""


def judge(
    rule: str, where: Sentence | Place, /, *, holds: bool = False, printed: str = "", right: str = "",
    about: tuple[str, ...] = (), case: str = "fund", sure: bool | None = None,
    grave: bool | None = None, **words: object,
) -> Outcome:  # fmt: skip
    """Give the outcome of one check, a finding in the words of `regler.yaml`.

    Args:
        rule: Name of the rule.
        where: The sentence, or the place of what is judged.
        holds: Whether it holds.
        printed: What stands in the plan; a sentence's own text where it is left out.
        right: What it should be; empty where nobody can know.
        about: Names of the rows or subjects concerned.
        case: Which of the rule's messages tells of it.
        sure: Whether the finding is certain, where the message alone does not say so.
        grave: Whether the finding is a certain error, else a likely contradiction, where the message
            alone does not say so.
        words: What the message's names in braces stand for.
    """
    place = where if isinstance(where, Place) else where.place
    printed = printed or ("" if isinstance(where, Place) else where.text)
    if holds:
        return rule
    severity, certainty, message = _DATA[rule][case]
    if sure is not None:
        certainty = "sikker" if sure else "sandsynlig"
    if grave is not None:
        severity, certainty = ("error", "sikker") if grave else ("contradiction", "sandsynlig")
    explanation = message.format(printed=printed, right=right, **words)
    return Finding(rule, severity, certainty, place, printed, right, explanation, about)
