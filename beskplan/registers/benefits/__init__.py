"""Ydelser (benefits) with their days, names, successors and Danish words; LAB target groups.

Everything is dated data in `data/benefits.yaml` and `data/target_groups.yaml`: a benefit that the
law renames, ends or merges is a change there, not in code.
"""

from beskplan.registers.benefits.model import Benefit, Event, Forms, TableUse
from beskplan.registers.benefits.register import (
    Register,
    benefit,
    benefits,
    composites,
    find,
    offentlig_forsoergelse,
    parse_register,
    parts,
    register,
    replaced_by,
)
from beskplan.registers.benefits.target_groups import TargetGroup, target_group, target_groups
from beskplan.registers.benefits.wording import (
    RenamingNote,
    composition_note,
    listing,
    renaming_notes,
)

__all__ = [
    "Benefit",
    "Event",
    "Forms",
    "Register",
    "RenamingNote",
    "TableUse",
    "TargetGroup",
    "benefit",
    "benefits",
    "composites",
    "composition_note",
    "find",
    "listing",
    "offentlig_forsoergelse",
    "parse_register",
    "parts",
    "register",
    "renaming_notes",
    "replaced_by",
    "target_group",
    "target_groups",
]
