"""Which tables a sentence may be about."""

from __future__ import annotations

from functools import lru_cache

from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import REMEMBERED
from beskplan.audit.statements.names import area_mentions
from beskplan.audit.statements.plan import Plan, Sentence, kommuner_in
from beskplan.audit.statements.tables import ReadTable

_RE = patterns("text_and_table")
LONGEST = 5_000
"""Letters that no sentence has."""


@lru_cache(REMEMBERED)
def tables_for(plan: Plan, sentence: Sentence) -> tuple[tuple[ReadTable, bool], ...]:
    """The tables that a sentence may be about, and whether it stands beside the table.

    A sentence that names another benefit or another municipality than the table's is not about that
    table. Nor is a text of thousands of letters without an end: it has no order of clauses to go by.
    """
    if len(sentence.text) > LONGEST:
        return ()
    near = plan.section_table(sentence)
    named = {mention.key for mention in plan.ydelser(sentence)}
    found: list[tuple[ReadTable, bool]] = []
    if near and not near.ambiguous and (not named or not near.ydelse or _shared(near, named)):
        found = [(near, True)]
    long_term = _RE["long_term"].search(sentence.text)
    for table in plan.own_tables if named else ():
        whole = not table.special and not table.ydelser.isdisjoint(named)
        if table is not near and not table.ambiguous and (whole or (table.long_term and long_term)):
            found.append((table, False))
    return tuple(one for one in found if not _of_another(plan, one[0], sentence))


def _shared(table: ReadTable, named: set[str]) -> bool:
    parts = {table.ydelse, *table.ydelse.split("+"), *table.by_key}
    return table.special or not parts.isdisjoint(named)


def _of_another(plan: Plan, table: ReadTable, sentence: Sentence) -> bool:
    """Whether the sentence names a municipality that has a table of its own, and this is none of it."""
    whose, said = kommuner_in(table.title), kommuner_in(sentence.text)
    if not whose or not said or not whose.isdisjoint(said):
        return False
    return any(said & kommuner_in(one.title) for one in plan.own_tables)


def is_elsewhere(plan: Plan, sentence: Sentence, table: ReadTable) -> bool:
    """Whether a sentence beside a table of the plan's own numbers names another area."""
    known = {plan.kode, table.area, *plan.joint, *table.areas}
    return any(mention.key not in known for mention in area_mentions(sentence.text))
