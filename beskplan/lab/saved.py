"""What is wrong with a params file or a mapping as it is saved: told beside the file in JupyterLab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from beskplan.core.errors import BeskplanError, Problem
from beskplan.params import available, read
from beskplan.params.jobs import Workplace, select
from beskplan.params.mail import read_mail_settings, read_recipients
from beskplan.params.profil import read_presentation
from beskplan.params.schemas import schema_name
from beskplan.registers.indicators import declare_own
from beskplan.runner.checking import check
from beskplan.sources.mapping import load_mapping
from beskplan.sources.plan import OWN, plan_of


def saved_problems(path: Path, root: Path) -> tuple[Problem, ...] | None:
    """What beskplan refuses of a file as it is saved.

    Args:
        path: The file, relative to the working copy, e.g. `params/rudersdal/2021.yaml`.
        root: The working copy.

    Returns:
        The problems, of a plan also those of its notebooks and data; None for a file that beskplan
        does not read.
    """
    name = "hentning" if path == OWN else schema_name(path)
    if path.parts[:-1] == ("mappings",) and path.suffix == ".yaml":
        name = "mapping"
    if name is None:
        return None
    try:
        _CHECKS[name](path, root)
    except BeskplanError as error:
        return error.problems
    return ()


def _check_plan(path: Path, root: Path) -> None:
    place, year = Workplace(root), int(path.name.partition(".")[0])
    check(select(place, path.parts[1], year), place)


def _check_year(path: Path, root: Path) -> None:
    for kommune, year in available(root):
        if year == int(path.stem):
            read(kommune, year, root)


_CHECKS: Final[dict[str, Callable[[Path, Path], object]]] = {
    "plan.json": _check_plan,
    "maal.json": _check_plan,
    "faelles.json": _check_year,
    "profil.json": lambda path, root: read_presentation(path.parts[1], root),
    "modtagere.json": lambda path, root: read_recipients(path.parts[1], root),
    "mail.json": lambda _, root: read_mail_settings(root),
    "indikatorer.json": lambda _, root: declare_own(root),
    "hentning": lambda _, root: plan_of(root),
    "mapping": lambda path, root: load_mapping(root / path, root),
}
"""By the schema of the file, what reads it as the build does."""
