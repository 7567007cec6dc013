"""The findings in SARIF 2.1.0, which code hosts and editors show beside the line of the plan.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from typing import Any

from beskplan.audit.model import Finding, Result, Severity
from beskplan.audit.rules import RULES, Rule

_LEVELS: dict[Severity, str] = {
    "error": "error",
    "contradiction": "error",
    "doubt": "warning",
    "label": "note",
}


def result_sarif(result: Result) -> str:
    """The result as a SARIF log of one run, with the rules in their own words."""
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "beskplan audit", "rules": [*map(_rule, RULES)]}},
                "results": [_result(one, result.document) for one in result.findings],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.text},
    }


def _result(finding: Finding, document: str) -> dict[str, Any]:
    expected = f" Bør være: {finding.expected}." if finding.expected else ""
    location: dict[str, Any] = {"artifactLocation": {"uri": document}}
    if finding.place.line:
        location["region"] = {"startLine": finding.place.line}
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"»{finding.printed}«. {finding.explanation}{expected}"},
        "locations": [{"physicalLocation": location}],
        "properties": {"alvor": finding.severity, "sikkerhed": finding.certainty},
    }
