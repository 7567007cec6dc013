"""The rules of the plan check, one module per family."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from beskplan.audit.model import Outcome
from beskplan.audit.rules import (
    arithmetic,
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
from beskplan.audit.rules.registry import RULES, Rule
from beskplan.audit.statements.plan import Plan

Check = Callable[[Plan], Iterator[Outcome]]

CHECKS: tuple[Check, ...] = (
    arithmetic.table_arithmetic,
    arithmetic.opposite_changes,
    arithmetic.small_base,
    arithmetic.shares_of_hundred,
    arithmetic.parts_of_whole,
    denominators.denominators,
    denominators.denominators_in_text,
    movements.movements_add_up,
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
)
"""What each family looks at; a check yields findings and agreements of one or more rules."""

__all__ = ["CHECKS", "RULES", "Check", "Rule"]
