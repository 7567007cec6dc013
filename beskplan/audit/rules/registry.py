"""What a rule is: a name, its own words for readers, and a function over a plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from beskplan.audit.model import Outcome
from beskplan.audit.statements.plan import Plan

Check = Callable[[Plan], Iterator[Outcome]]


@dataclass(frozen=True)
class Rule:
    """One named rule; its Danish text stands in the report and in docs/plantjek.md."""

    id: str
    title: str
    text: str
    check: Check


def rule(id: str) -> Callable[[Check], Rule]:
    """Make a function the check of a rule; its docstring, in Danish, is what readers are told.

    The first line is the rule's title, what follows its explanation.
    """

    def made(check: Check) -> Rule:
        title, _, text = inspect.cleandoc(check.__doc__ or "").partition("\n\n")
        if not title or not text:
            raise ValueError(f"the rule {id} has no title or no text")
        return Rule(id, title.rstrip("."), " ".join(text.split()), check)

    return made
