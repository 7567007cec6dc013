"""What a person fills in under "Nyt Bilag", made into files by the same code as `beskplan new-bilag`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.newplan.files import write_all
from beskplan.newplan.own_bilag import OwnBilag, notebook, params_file


def new_bilag(filled_in: Mapping[str, str], root: Path) -> Path:
    """Make the notebook, and with a municipality and year the lines of params that build it.

    Args:
        filled_in: `navn`, `titel`, `kommune`, `aar`, as typed; all but the name may be empty.
        root: The working copy.

    Returns:
        The notebook's path, relative to the working copy.

    Raises:
        InputError: something filled in will not do; no file is written then.
    """
    navn, titel, kommune, aar = (
        filled_in.get(name, "").strip() for name in ("navn", "titel", "kommune", "aar")
    )
    if bool(kommune) is not bool(aar) or (aar and not aar.isdecimal()):
        expected = "both, as in Furesø and 2026, or none of them"
        raise InputError(
            Problem("kommune, aar", "do not go together", f"{kommune!r}, {aar!r}", expected)
        )
    own, year = OwnBilag(navn, titel), int(aar) if aar else None
    files = [notebook(own, kommune, year)]
    if year is not None:
        files.append(params_file(own, root, kommune, year))
    write_all(files, root, force=False)
    return files[0].path
