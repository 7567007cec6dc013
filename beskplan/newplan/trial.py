"""A copy of params/ in which new files are tried, by the same reading and checks as the real ones."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from beskplan.core.errors import Problem
from beskplan.observations import Snapshot
from beskplan.params import PlanParams, read, subject
from beskplan.params.presentation import Presentation
from beskplan.params.profil import Profil
from beskplan.report.bilag import problems_of
from beskplan.report.context import Context
from beskplan.report.data import ReportData


class Trial:
    """The params of a working copy with some files changed; the data are the real ones."""

    def __init__(self, folder: Path, kommune: str, aar: int) -> None:
        self._folder, self._kommune, self._aar = folder, kommune, aar

    def read(self, texts: Mapping[Path, str]) -> PlanParams:
        """The new plan's parameters with these texts in place.

        Args:
            texts: By path relative to the working copy.

        Raises:
            ParamsError: they are wrong.
        """
        for path, text in texts.items():
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return read(self._kommune, self._aar, self._folder)

    def problems(self, bilag: str, params: PlanParams, snapshot: Snapshot) -> list[Problem]:
        """What the data lack for one Bilag of the new plan."""
        return problems_of(
            Context(
                bilag=bilag,
                kommune=subject(params.kommune),
                params=params,
                data=ReportData(snapshot),
                presentation=Presentation(Profil()),
                root=self._folder,
            )
        )


@contextmanager
def trial(root: Path, kommune: str, aar: int) -> Iterator[Trial]:
    """A copy of `root/params`, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="beskplan-") as folder:
        shutil.copytree(root / "params", Path(folder) / "params")
        yield Trial(Path(folder), kommune, aar)
