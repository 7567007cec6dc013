"""What the build has children do."""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np

from beskplan.observations import Snapshot, hold, loaded, newest
from beskplan.params.jobs import Job, Workplace
from beskplan.registers.areas import areas
from beskplan.runner.engine.in_process import IN_THIS_PROCESS
from beskplan.runner.make_report import Outcome, discard_work, make_report

_COMPARED_KINDS: Final = ("region", "rar", "oestvest")


@dataclass(frozen=True)
class ReportTask:
    """A report to be made in a process of its own."""

    job: Job
    place: Workplace

    def __call__(self) -> Outcome:
        """Make it; the same job draws the same random numbers in every build."""
        seed(self.job.id)
        return make_report(self.job, self.place, engine=IN_THIS_PROCESS)

    def clean_up(self, pid: int) -> None:
        """Remove the work folder of a child that was killed."""
        discard_work(self.place, pid)


@dataclass(frozen=True)
class Reading:
    """The newest snapshot read by a child, because reading Parquet starts native threads."""

    place: Workplace

    def __call__(self) -> dict[tuple[Path, str], Snapshot]:
        """What a child has read, to be handed to the warm process."""
        newest(self.place.root)
        return loaded()

    def clean_up(self, pid: int) -> None:
        """Nothing was written."""

    def take_over(self, snapshots: dict[tuple[Path, str], Snapshot]) -> None:
        """Hold in the warm process what the child has read: every report is then born with it.

        The rows of the areas that most reports compare with too: their sums cost the most.
        """
        hold(snapshots)
        for snapshot in snapshots.values():
            for kind in _COMPARED_KINDS:
                for whole in areas(kind):
                    snapshot.rows_by_area.get(whole.kode)


def seed(text: str) -> None:
    """Random numbers from now on depend on `text` alone."""
    number = int.from_bytes(sha256(text.encode()).digest()[:4])
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002  # what seaborn and a notebook's author still draw from
