"""Options that several commands have, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Kommune = Annotated[
    str | None, typer.Option("--kommune", help="Name, code or slug of one municipality.")
]
Aar = Annotated[int | None, typer.Option("--aar", help="One plan year.")]
Bilag = Annotated[
    str | None, typer.Option("--bilag", help="One notebook, by its name in notebooks/.")
]
Root = Annotated[
    Path | None,
    typer.Option("--root", help="The working copy; found from here upwards by default."),
]


def working_copy(root: Path | None) -> Path:
    """The working copy that a command is about.

    Raises:
        InputError: none was named, and there is none here or above.
    """
    from beskplan.report.place import find_root

    return (root or find_root()).resolve()
