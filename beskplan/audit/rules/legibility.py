"""Numbers that stand broken in the text: not checked, but named so that somebody mends them."""

from __future__ import annotations

from collections.abc import Iterator

from beskplan.audit.model import Finding, Outcome
from beskplan.audit.statements.plan import BROKEN_REASON, Plan


def broken_number(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `brudt-tal` says."""
    for unread in plan.unread:
        if unread.reason == BROKEN_REASON:
            yield Finding(
                "brudt-tal", "label", "sikker", unread.place, unread.text, "tallet uden brud",
                "Tallet er brudt og kan læses på flere måder. Det er ikke kontrolleret.",
            )  # fmt: skip
