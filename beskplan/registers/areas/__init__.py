"""The register of areas: municipalities, regions, RAR, landsdele, Øst/Vest, the country.

Tables and sources name areas in many ways; everything here is keyed on the code, names are
resolved by `find`, and an area has the dates between which it exists. The facts stand in
`beskplan/data/areas/*.yaml` and are read once, at the first question.
"""

from beskplan.registers.areas.model import Area, Kind
from beskplan.registers.areas.names import danish_key, genitive, slugify
from beskplan.registers.areas.register import (
    area,
    areas,
    find,
    joint_jobcentre,
    kommuner,
    oestvest,
    regional_council,
)

__all__ = [
    "Area",
    "Kind",
    "area",
    "areas",
    "danish_key",
    "find",
    "genitive",
    "joint_jobcentre",
    "kommuner",
    "oestvest",
    "regional_council",
    "slugify",
]
