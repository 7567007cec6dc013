"""Numbers that stand broken in the text: not checked, but named so that somebody mends them."""

from __future__ import annotations

from collections.abc import Iterator

from beskplan.audit.model import Finding, Outcome
from beskplan.audit.rules.registry import rule
from beskplan.audit.statements.plan import BROKEN_REASON, Plan


@rule("brudt-tal")
def broken_number(plan: Plan) -> Iterator[Outcome]:
    """Et tal er brudt.

    Et mellemrum inde i et tal, et tabt nul eller et bogstav i stedet for et ciffer gør tallet
    tvetydigt. Det kontrolleres ikke, men skal rettes.
    """
    for unread in plan.unread:
        if unread.reason == BROKEN_REASON:
            yield Finding(
                "brudt-tal", "label", "sikker", unread.place, unread.text, "tallet uden brud",
                "Tallet er brudt og kan læses på flere måder. Det er ikke kontrolleret.",
            )  # fmt: skip
