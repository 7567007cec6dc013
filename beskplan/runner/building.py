"""A build from plan to records: what is stale is made, and what became of it is written down."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from beskplan.params.jobs import Job, Workplace
from beskplan.runner.checking import check
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.make_report import Outcome, discard_all_work
from beskplan.runner.manifest import COMMIT_VARIABLE, code_commit
from beskplan.runner.plan import Plan, Planned, main_files, manifest_stamp
from beskplan.runner.records import Failure, Good, Record, Records, now
from beskplan.runner.status import write_status
from beskplan.runner.summary import cause


class Pool(Protocol):
    """Makes reports: on this machine (`ReportPool`) or on others (`remote.ClusterPool`)."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """The outcome of every job, as they are done."""


OpenPool = Callable[[], AbstractContextManager[Pool]]


@dataclass(frozen=True)
class Build:
    """How stale reports are made.

    Attributes:
        place: The working copy.
        open_pool: Gives what makes the reports.
        lock: Keeps other builds away while reports are made.
        replan: Looks again at what is stale, once no other build is at work.
        fail_fast: Start no further report after the first failure.
        tell: Takes a sentence that a person should see.
    """

    place: Workplace
    open_pool: OpenPool
    lock: Callable[[], AbstractContextManager[None]]
    replan: Callable[[], Plan]
    fail_fast: bool = False
    tell: Callable[[str], object] = print

    def run(self, plan: Plan) -> Iterator[Outcome]:
        """Make what is stale in `plan`; yields each outcome when it is recorded.

        Raises:
            InputError: params, notebooks or data are wrong; nothing was started.
            LockedError: another build is at work.
        """
        os.environ.pop(COMMIT_VARIABLE, None)
        os.environ[COMMIT_VARIABLE] = code_commit(self.place.root)
        # The pool warms up while the jobs are checked.
        with self.open_pool() as pool:
            check([Job.parse(one.job) for one in plan.stale], self.place)
            with self.lock():
                discard_all_work(self.place)
                stale = {one.job: one for one in self.replan().stale}
                try:
                    yield from self._made(pool, stale)
                finally:
                    self._status()

    def _made(self, pool: Pool, stale: dict[str, Planned]) -> Iterator[Outcome]:
        for outcome in pool.run([Job.parse(job) for job in stale]):
            self._record(stale[outcome.job.id], outcome)
            yield outcome
            if self.fail_fast and not outcome.ok:
                self.tell("Stopped after the first failure.")
                return

    def _record(self, planned: Planned, outcome: Outcome) -> None:
        try:
            records = Records(self.place.reports)
            records.write(_record_of(planned, outcome, self.place.folder(outcome.job)))
        except OSError as error:
            # The report stands; the next build makes it again, as it cannot know that it is fresh.
            self.tell(f"{outcome.job.id}: its record cannot be written: {error}")

    def _status(self) -> None:
        try:
            write_status(self.place.reports)
        except OSError as error:
            self.tell(f"reports/status.json cannot be written: {error}")


def open_local_pool(
    place: Workplace, workers: int | None, tell: Callable[[str], None]
) -> AbstractContextManager[Pool]:
    """Children of a warm process on this machine."""
    return ReportPool(place, workers, tell=tell)


def _record_of(planned: Planned, outcome: Outcome, folder: Path) -> Record:
    if outcome.ok:
        good = Good(
            made_at=now(),
            key=planned.key,
            data=planned.data,
            same_in=planned.data,
            files=main_files(folder),
            stamp=manifest_stamp(folder),
        )
        return replace(planned.record, good=good, failure=None)
    problems = [asdict(problem) for problem in outcome.problems]
    return replace(planned.record, failure=Failure(now(), cause(outcome), problems))
