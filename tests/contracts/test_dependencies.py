"""Every dependency has its reason, and none is named that is not there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement


def declared(root: Path) -> set[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project.get("optional-dependencies", {}).values()
    lines = [*project["dependencies"], *(line for group in optional for line in group)]
    return {Requirement(line).name for line in lines}


def explained(text: str) -> dict[str, str]:
    table = text.split("## Dependencies", 1)[1]
    rows = re.findall(r"^\| ([a-zA-Z0-9_.-]+) \| (.+) \|$", table, flags=re.MULTILINE)
    return {name: reason for name, reason in rows if name not in ("package", "---")}


def test_each_dependency_has_a_reason_in_the_architecture(root: Path) -> None:
    reasons = explained((root / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert set(reasons) == declared(root)
    assert all(len(reason) > 10 for reason in reasons.values())


def test_a_dependency_without_reason_is_found(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert set(explained(text.replace("| typst |", "| typist |"))) != declared(root)
