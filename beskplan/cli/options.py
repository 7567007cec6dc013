"""Options that several commands have, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Kommune = Annotated[str | None, typer.Option("--kommune", help="En kommunes navn eller kode.")]
Aar = Annotated[int | None, typer.Option("--aar", help="Et planår.")]
Bilag = Annotated[str | None, typer.Option("--bilag", help="En notebooks navn i notebooks/.")]
Root = Annotated[
    Path | None,
    typer.Option("--root", help="Arbejdskopien; findes opad herfra, hvor den udelades."),
]


def working_copy(root: Path | None) -> Path:
    """The working copy that a command is about.

    Raises:
        InputError: none was named, and there is none here or above.
    """
    from beskplan.report.place import find_root

    return (root or find_root()).resolve()
