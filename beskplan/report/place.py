"""Where a notebook finds its parameters and data, from whatever folder it runs in."""

import ast
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from beskplan.core.errors import BeskplanError, InputError, Refusals, did_you_mean

ROOT_VARIABLE = "BESKPLAN_ROOT"
"""Environment variable that names the working copy, for those who run a notebook from elsewhere."""


problem = Refusals("beskplan.report")

PARAMETERS = ("kommune", "aar")
"""The names of a report's parameters: those of every notebook's second cell."""
PERIODE = "periode"
"""The parameter that a periodical report has besides."""
_INJECTED = "# Parameters\n"
"""Begins the cell that papermill puts in for the parameters it is given."""
_COMING_IN = 0.5
"""Seconds. "Run all" asks for each cell by itself; ipykernel gives up those alone that it already has."""


def refuse_unknown_parameters(*, periodical: bool = False) -> None:
    """Refuse names that papermill was given and that the report does not have: it only warns, and runs on.

    Args:
        periodical: Whether the report has a period; an empty one is no period, and refused by none.

    Raises:
        InputError: with the nearest right name, e.g. for `papermill -p Kommune Viborg`.
    """
    shell = _shell()
    names = shell.user_ns if shell is not None else {}
    cells = names.get("In", ())
    known = (*PARAMETERS, PERIODE) if periodical or not names.get(PERIODE) else PARAMETERS
    trees = [ast.parse(cell) for cell in cells if cell.startswith(_INJECTED)]
    given = (
        target.id
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
    if unknown := [name for name in given if name not in known]:
        expected = f"en af {', '.join(known)}"
        raise InputError(
            problem(
                "unknown-parameter",
                f"parameter {name}",
                repr(name),
                expected=expected,
                fix=did_you_mean(name, known),
            )
            for name in unknown
        )


class NotLoaded:
    """Stands where a report stood until it was loaded anew in vain.

    The cells below may run all the same, and must not show the numbers of the report before.
    """

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)  # IPython asks how it is shown
        raise InputError(problem("not-loaded", f"report.{name}"))


@contextmanager
def forget_if_refused() -> Iterator[None]:
    """Put `NotLoaded` in the place of a notebook's `report` where what runs inside is refused."""
    try:
        yield
    except BeskplanError:
        if (shell := _shell()) is not None:
            shell.user_ns["report"] = NotLoaded()
            if hasattr(shell, "kernel"):
                time.sleep(_COMING_IN)
        raise


def _shell() -> Any:
    """The shell of the notebook that runs in this process; None where there is no notebook."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def find_root() -> Path:
    """The nearest folder from the current one upwards that holds `params/`.

    Raises:
        InputError: there is none, or the current folder has been deleted.
    """
    try:
        here = Path.cwd().resolve()
    except FileNotFoundError:
        raise InputError(problem("folder-deleted", "den mappe, du står i")) from None
    if named := os.environ.get(ROOT_VARIABLE):
        return Path(named).resolve()
    for folder in (here, *here.parents):
        if (folder / "params").is_dir():
            return folder
    raise InputError(problem("no-working-copy", str(here), variable=ROOT_VARIABLE))
