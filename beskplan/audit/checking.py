"""The check of one document: every rule over it, reservations taken into account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from beskplan.audit.documents.model import Document, Grid, Passage
from beskplan.audit.model import Finding, Outcome, Place, Result, TableRead, in_order
from beskplan.audit.patterns import patterns
from beskplan.audit.rules import (
    arithmetic,
    chains,
    comparison,
    counting,
    denominators,
    movements,
    periods,
    registers,
    targets,
    text_and_table,
    twice,
    wholes,
)
from beskplan.audit.statements.amounts import is_rows
from beskplan.audit.statements.plan import Plan, numbers_in_tables, numbers_in_text, understand
from beskplan.observations.snapshot import Snapshot

_RE = patterns("checking")

Check = Callable[[Plan], Iterator[Outcome]]

CHECKS: tuple[Check, ...] = (
    arithmetic.table_arithmetic,
    arithmetic.small_base,
    arithmetic.shares_of_hundred,
    arithmetic.parts_of_whole,
    denominators.denominators,
    denominators.denominators_in_text,
    movements.movements_add_up,
    chains.changes_in_a_row,
    wholes.parts_and_wholes,
    text_and_table.text_against_tables,
    counting.units,
    comparison.comparisons,
    twice.cells_twice,
    twice.forecasts,
    twice.facts_twice,
    targets.targets,
    periods.periods,
    registers.names,
    registers.benefits,
    registers.against_data,
    counting.counted,
    text_and_table.slips,
)
"""What each family looks at; a check yields findings and agreements of one or more rules."""


DECLARABLE = frozenset(
    ("naevner", "lille-grundlag", "verbum-mod-fortegn", "ydelse-uden-for-tid")
)  # fmt: skip
"""Rules about what a plan may print on purpose, as long as it says so."""


def audit(document: Document, snapshot: Snapshot | None = None) -> Result:
    """Check a document with every rule.

    Args:
        document: The plan.
        snapshot: Data to set its numbers against; without it only the plan itself is checked.
    """
    plan = understand(document, snapshot)
    outcomes = [outcome for check in CHECKS for outcome in check(plan)]
    findings = _once([outcome for outcome in outcomes if isinstance(outcome, Finding)])
    declared = [finding for finding in findings if is_declared(finding, plan)]
    in_tables, in_text = numbers_in_tables(plan), numbers_in_text(plan)
    whose = plan.area.lang_navn if plan.area else "ingen bestemt kommune"
    year = f" for {plan.aar}" if plan.aar else ""
    return Result(
        document.name,
        in_order(finding for finding in findings if finding not in declared),
        tuple(outcome for outcome in outcomes if isinstance(outcome, str)),
        plan.unread,
        in_order(declared),
        len(in_tables) + len(in_text),
        len(plan.checked & (in_tables | in_text)),
        tuple(_tables(plan, in_tables | in_text)),
        (f"Dokumentet er læst som en plan{year}, {whose}.",),
        plan.kode,
        plan.aar,
    )


def _tables(plan: Plan, numbers: set[tuple[int, int, int]]) -> Iterator[TableRead]:
    """Every table that shows numbers, and how many of them were checked."""
    for index, part in enumerate(plan.document.parts):
        own = {number for number in numbers if number[0] == index}
        if own and isinstance(part, Grid):
            yield TableRead(part.place, part.title, len(own), len(own & plan.checked))
        elif isinstance(part, Passage) and is_rows(part.text):
            yield TableRead(part.place, _NO_COLUMNS, len(own), len(own & plan.checked))


_NO_COLUMNS = "tal uden kolonner, der kan læses"
"""What stands for the title of rows of numbers that are no table to the check."""


_WAYS = ("verbum-mod-fortegn", "fra-til", "retning-mod-tabel", "retning-uden-tal", "den-stoerste")
"""Rules that find the same wrong word; the first that does tells of it."""


def _once(findings: list[Finding]) -> list[Finding]:
    """The findings with one for each cause: a wrong word of direction is one, however it is seen."""
    seen: dict[tuple[Place, str], str] = {}
    for finding in sorted(
        (f for f in findings if f.rule in _WAYS), key=lambda f: _WAYS.index(f.rule)
    ):
        seen.setdefault((finding.place, finding.printed), finding.rule)
    return [
        replace(f, explanation=re.sub(r"\.{2,}", ".", f.explanation))  # after an abbreviation
        for f in findings if f.rule not in _WAYS or seen[f.place, f.printed] == f.rule
    ]  # fmt: skip


def is_declared(finding: Finding, plan: Plan) -> bool:
    """Whether the document has a note that names what the finding is about and admits it."""
    if finding.rule not in DECLARABLE:
        return False
    admitting = [
        passage.text.casefold()
        for passage in plan.document.passages
        if passage.kind == "note" and _RE["admits"].search(passage.text)
    ]
    names = [name.casefold() for name in finding.about]
    return bool(names) and any(all(name in text for name in names) for text in admitting)
