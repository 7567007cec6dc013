"""Every rule on made-up plans that a caseworker can read: what it finds, and what it leaves alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.audit.checking import audit
from beskplan.audit.documents import text_document
from beskplan.audit.model import Finding
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import RULES
from beskplan.observations.snapshot_store import embedded

FOLDER = Path(__file__).parents[1] / "cases" / "audit"
RUDERSDAL, YEAR = "230", 2021


def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found += yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def found_by(case: dict[str, Any]) -> list[Finding]:
    document = text_document(case["plan"].replace(" | ", "\t"))
    document = replace(document, kommune_kode=RUDERSDAL, aar=case.get("aar", YEAR))
    result = audit(document, embedded() if case.get("data") else None)
    return [one for one in result.findings if one.rule == case["rule"]]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['rule']}: {case['note']}")
def test_the_rule_finds_what_the_case_says_and_nothing_else(case: dict[str, Any]) -> None:
    findings = found_by(case)
    printed = [one.printed for one in findings]
    assert len(findings) == len(case["finds"]), printed
    assert [text for text in case["finds"] if not any(text in one for one in printed)] == []


def test_every_rule_has_a_case_that_it_finds_and_one_that_it_leaves_alone() -> None:
    finding = {case["rule"] for case in cases() if case["finds"]}
    silent = {case["rule"] for case in cases() if not case["finds"]}
    ids = {rule.id for rule in RULES}
    assert finding == ids
    assert silent == ids


def test_no_two_rules_share_a_name() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_explains_itself_in_danish(rule: Any) -> None:
    assert len(rule.title) > 10
    assert len(rule.text) > 20
    assert not rule.title.endswith(".")


def test_every_pattern_is_asked_for_and_every_one_asked_for_is_there(root: Path) -> None:
    data = yaml.safe_load((root / "beskplan/audit/moenstre.yaml").read_text(encoding="utf-8"))
    asked: set[tuple[str, str]] = set()
    for path in (root / "beskplan/audit").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if section := re.search(r'^_RE = patterns\(\s*"(\w+)"', source, re.MULTILINE):
            names = re.findall(r'_RE(?:\.words|\.table)?[\[(]"(\w+)"', source)
            asked |= {(section[1], name) for name in names}
    pieces = {
        piece for entries in data.values() for piece in re.findall(r"\{([a-z_]+)\}", f"{entries}")
    }
    there = {(section, name) for section, entries in data.items() for name in entries}
    assert {name for _, name in there - asked} <= pieces
    assert asked <= there


def test_a_pattern_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        patterns("movements")["hvorhen"]
