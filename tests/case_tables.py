"""Tables of cases, a YAML file for each test module: what the test is given and what it should find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def cases(module: str) -> dict[str, Any]:
    """The cases of a test module, by the beginning of the test's name."""
    path = Path(__file__).parent / "cases" / "tables" / f"{module}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
