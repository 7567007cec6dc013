"""Where a notebook finds its parameters and data, from whatever folder it runs in."""

from __future__ import annotations

import os
from pathlib import Path

from beskplan.core.errors import InputError, Problem

ROOT_VARIABLE = "BESKPLAN_ROOT"
"""Environment variable that names the working copy, for those who run a notebook from elsewhere."""


def find_root(start: Path | None = None) -> Path:
    """The nearest folder from `start` (the current one) upwards that holds `params/`.

    Raises:
        InputError: there is none.
    """
    if named := os.environ.get(ROOT_VARIABLE):
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "params").is_dir():
            return folder
    raise InputError(
        Problem(
            where=str(here),
            what="no working copy here",
            expected="a folder with params/ here or above",
            fix=f"change to the working copy, or set {ROOT_VARIABLE}",
        )
    )
