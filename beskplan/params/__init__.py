"""The parameters of one municipality's plan year: closed, frozen, complete before anything starts.

`read(kommune, aar, root)` merges the year's shared facts (`params/<aar>.yaml`) with the
municipality's own (`params/<kommune>/<aar>.yaml`, which wins) and refuses all that is wrong at once.
"""

from beskplan.params.models import (
    Afsnit,
    Maalgrupper,
    PlanParams,
    available,
    params_files,
    params_path,
    read,
)
from beskplan.params.values import subject

__all__ = [
    "Afsnit",
    "Maalgrupper",
    "PlanParams",
    "available",
    "params_files",
    "params_path",
    "read",
    "subject",
]
