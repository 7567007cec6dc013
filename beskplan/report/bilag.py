"""Which Bilag the library has a report object for, and what each needs of the data."""

from pathlib import Path
from typing import Any

from beskplan.core.errors import Problem
from beskplan.report.base import Context, Report
from beskplan.report.egne import EgetBilag
from beskplan.report.maalgrupper import Maalgrupper
from beskplan.report.overblik import Overblik
from beskplan.report.rar_oversigt import RarOversigt
from beskplan.report.refusion import Refusion
from beskplan.report.resultatmaal import Resultatmaal
from beskplan.report.status import Status
from beskplan.report.varighed import Varighed

_REPORTS: dict[str, type[Report[Any]]] = {
    report.bilag: report
    for report in (
        Maalgrupper,
        Overblik,
        RarOversigt,
        Refusion,
        Resultatmaal,
        Status,
        Varighed,
    )
}
"""By notebook; a notebook of one's own has its params under `egne`."""


def data_problems(
    bilag: str, kommune: str, aar: int, root: Path, periode: str = ""
) -> list[Problem]:
    """What the data lack for a report or an edition, before any kernel starts; empty where all is there.

    Raises:
        InputError: the parameters themselves are wrong.
    """
    return problems_of(Context.load(bilag, kommune, aar, root, periode))


def problems_of(context: Context) -> list[Problem]:
    """As `data_problems`, of parameters and data that are already read."""
    if context.bilag in context.params.egne:
        return EgetBilag(context).problems()
    report = _REPORTS.get(context.bilag)
    return report(context).problems() if report else []
