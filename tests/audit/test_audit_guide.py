"""docs/plantjek.md holds every rule in its own words, and no rule that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from beskplan.audit.rules.registry import RULES


def explained(root: Path) -> dict[str, tuple[str, str]]:
    """Title and text of each rule in the guide, by its name."""
    text = (root / "docs" / "plantjek.md").read_text(encoding="utf-8")
    found = re.findall(
        r"^### ([^\n]+) \(`([a-z-]+)`\)\n\n(.+?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL
    )
    return {name: (title, " ".join(body.split())) for title, name, body in found}


def test_the_guide_explains_every_rule_as_the_report_does(root: Path) -> None:
    assert explained(root) == {rule.id: (rule.title, rule.text) for rule in RULES}


def test_the_guide_has_the_rules_in_the_order_in_which_they_are_checked(root: Path) -> None:
    assert list(explained(root)) == [rule.id for rule in RULES]
