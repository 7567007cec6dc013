"""The rules by name: what readers are told of each, kept as data in `regler.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class Rule:
    """One named rule; its Danish title and text stand in the report and in docs/plantjek.md."""

    id: str
    title: str
    text: str


def _read() -> tuple[Rule, ...]:
    content = files("beskplan.audit").joinpath("regler.yaml").read_text(encoding="utf-8")
    return tuple(
        Rule(name, one["titel"], one["tekst"]) for name, one in yaml.safe_load(content).items()
    )


RULES = _read()
"""Every rule, in the order of docs/plantjek.md."""
