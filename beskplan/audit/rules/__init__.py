"""The rules of the plan check, one small module per family."""

from __future__ import annotations

from beskplan.audit.rules import changes, comparison, denominators, hhv, ranks, signs, sums, text_and_table
from beskplan.audit.rules.registry import Rule

RULES: tuple[Rule, ...] = (
    changes.ratio_as_change,
    changes.level_as_change,
    changes.pct_recomputed,
    changes.count_recomputed,
    changes.opposite_changes,
    changes.small_base,
    sums.sums,
    sums.parts_of_whole,
    denominators.denominators,
    denominators.population,
    signs.verb_against_sign,
    signs.from_to,
    hhv.respectively,
    text_and_table.number_in_text,
    text_and_table.direction_in_text,
    comparison.compared,
    comparison.level_with,
    comparison.times_as_large,
    comparison.direction_alone,
    ranks.superlatives,
)
"""Every rule, in the order of docs/plantjek.md."""

__all__ = ["RULES", "Rule"]
