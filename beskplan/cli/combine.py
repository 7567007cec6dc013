"""`beskplan combine`: a thin command over `beskplan.runner.collecting`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def combine(
    kommune: Annotated[
        str | None, typer.Option("--kommune", help="Name, code or slug of one municipality.")
    ] = None,
    aar: Annotated[int | None, typer.Option("--aar", help="One plan year.")] = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="The working copy; found from here upwards by default."),
    ] = None,
) -> None:
    """Put all finished Bilag of each municipality and year together in one PDF.

    `beskplan build` does so by itself for every plan of several Bilag; after `beskplan run` of single
    reports this makes the combined PDF follow.

    Example: beskplan combine --kommune Rudersdal --aar 2021
    """
    from beskplan.params.jobs import Workplace, select
    from beskplan.report.place import find_root
    from beskplan.runner.collecting import write_combined

    place = Workplace((root or find_root()).resolve())
    plans = dict.fromkeys((job.kommune, job.aar) for job in select(place, kommune, aar))
    for a_kommune, an_aar in plans:
        typer.echo(os.path.relpath(write_combined(place.root, a_kommune, an_aar)))
