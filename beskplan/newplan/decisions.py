"""What the data allow of a new plan, and where its parts stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from beskplan.params import PlanParams
from beskplan.registers.document import KeyPath

SECTIONS = ("maalgrupper", "afsnit")
"""Where the sections stand that may each have a period of their own."""


@dataclass(frozen=True)
class Decisions:
    """What the data allow: found by trying (`rolling`).

    Attributes:
        months: How far the periods of a Bilag, or of a section, move.
        left_out: Sections for which there are no numbers at all.
        data: `datagrundlag` of the new plan.
    """

    months: Mapping[KeyPath, int]
    left_out: frozenset[KeyPath] = field(default_factory=frozenset)
    data: str = "nyeste"

    def of(self, path: KeyPath, otherwise: int) -> int:
        """How far what stands at a path moves: as the nearest thing above it that is decided."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.months:
                return self.months[path[:end]]
        return otherwise


def bilag_path(name: str, params: PlanParams) -> KeyPath:
    """Where the parameters of a notebook stand."""
    return ("egne", name) if name in params.egne else (name,)
