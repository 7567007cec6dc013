"""Which Bilag the library has a report object for, and what each needs of the data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from beskplan.core.errors import Problem
from beskplan.report import (
    egne,
    maalgrupper,
    overblik,
    rar_oversigt,
    refusion,
    resultatmaal,
    varighed,
)
from beskplan.report.context import Context

_NEEDS: dict[str, Callable[[Context], list[Problem]]] = {
    "maalgrupper": maalgrupper.data_problems,
    "overblik": overblik.data_problems,
    "rar_oversigt": rar_oversigt.data_problems,
    "refusion": refusion.data_problems,
    "resultatmaal": resultatmaal.data_problems,
    "varighed": varighed.data_problems,
}
"""Notebook name -> what is missing for it; a notebook of one's own has its params under `egne`."""


def data_problems(bilag: str, kommune: str, aar: int, root: Path) -> list[Problem]:
    """What the data lack for a report, before any kernel starts; empty where all is there.

    Raises:
        InputError: the parameters themselves are wrong.
    """
    return problems_of(Context.load(bilag, kommune, aar, root))


def problems_of(context: Context) -> list[Problem]:
    """As `data_problems`, of parameters and data that are already read."""
    if context.bilag in context.params.egne:
        return egne.data_problems(context)
    needs = _NEEDS.get(context.bilag)
    return needs(context) if needs else []
