"""The check of one document: every rule over it, reservations taken into account."""

from __future__ import annotations

import re
from dataclasses import replace

from beskplan.audit.documents.model import Document
from beskplan.audit.model import Agreed, Finding, Result, in_order
from beskplan.audit.rules import RULES
from beskplan.audit.statements.plan import Plan, numbers_read, understand
from beskplan.audit.statements.scan import Scan
from beskplan.observations.snapshot import Snapshot

_ADMITS = Scan(
    r"\b(?:kan ikke (?:begge|alle)|passer ikke|passer [^.]{0,300}\bikke\b|uafklaret|regnet af (?:få|under)"
    r"|ikke vist i figuren|det trykte tal er|tilbage i tid)\b",
    re.IGNORECASE,
)
"""Words with which a plan itself says that a number of its own does not hold."""


DECLARABLE = frozenset(
    {
        "naevner",
        "modsatte-aendringer",
        "lille-grundlag",
        "verbum-mod-fortegn",
        "befolkning-eller-gruppe",
        "ydelse-uden-for-tid",
    }
)
"""Rules about what a plan may print on purpose, as long as it says so."""


def audit(document: Document, snapshot: Snapshot | None = None) -> Result:
    """Everything that the rules say of a document.

    Args:
        document: The plan.
        snapshot: Data to set its numbers against; without it only the plan itself is checked.
    """
    plan = understand(document, snapshot)
    findings: list[Finding] = []
    agreed: list[Agreed] = []
    for rule in RULES:
        for outcome in rule.check(plan):
            if isinstance(outcome, Finding):
                findings.append(_tidy(outcome))
            else:
                agreed.append(outcome)
    declared = [finding for finding in findings if is_declared(finding, plan)]
    held = [finding for finding in findings if finding not in declared]
    return Result(
        document.name,
        in_order(held),
        tuple(agreed),
        plan.unread,
        in_order(declared),
        numbers_read(plan),
        (*_assumed(plan), *document.notes),
        plan.kode,
        plan.aar,
    )


def _tidy(finding: Finding) -> Finding:
    """One full stop where a sentence ends with an abbreviation."""
    return replace(finding, explanation=re.sub(r"\.{2,}", ".", finding.explanation))


def is_declared(finding: Finding, plan: Plan) -> bool:
    """Whether the document has a note that names what the finding is about and admits it."""
    if finding.rule not in DECLARABLE:
        return False
    admitting = [
        passage.text.casefold()
        for passage in plan.document.passages
        if passage.kind == "note" and _ADMITS.search(passage.text)
    ]
    names = [name.casefold() for name in finding.about]
    return bool(names) and any(all(name in text for name in names) for text in admitting)


def _assumed(plan: Plan) -> tuple[str, ...]:
    whose = plan.area.lang_navn if plan.area else "ingen bestemt kommune"
    year = f" for {plan.aar}" if plan.aar else ""
    return (f"Dokumentet er læst som en plan{year}, {whose}.",)
