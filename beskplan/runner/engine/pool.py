"""Many reports at once: each in its own child of a warm process, or on the standard engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context
from types import TracebackType

from beskplan.core.errors import Problem
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.engine.children import Ended, Limits
from beskplan.runner.engine.forking import no_fork_here
from beskplan.runner.engine.tasks import Reading, ReportTask
from beskplan.runner.engine.zygote import Order, Refused, Zygote, ZygoteLostError
from beskplan.runner.make_report import Outcome, make_report
from beskplan.runner.processors import processors


class ReportPool:
    """Makes reports, at most `workers` at a time; a context manager.

    Starts warming up at once, so that its owner can check the jobs meanwhile.

    Args:
        place: The working copy.
        workers: Processes at a time; the processors that this process may use, where left out.
        limits: Time and memory of one report.
        tell: Takes a sentence that the person at the terminal should see.
    """

    def __init__(
        self,
        place: Workplace,
        workers: int | None = None,
        limits: Limits | None = None,
        tell: Callable[[str], None] = print,
    ) -> None:
        self._place = place
        self._workers = workers or processors()
        self._limits = limits or Limits()
        self._tell = tell
        self._zygote = None if self._unavailable() else Zygote(self._workers)

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        """The outcome of every job, in the order in which they are done; a failure stops no other."""
        left = dict(enumerate(jobs))
        if self._zygote is not None:
            try:
                yield from self._forked(self._zygote, left)
            except ZygoteLostError as error:
                self._tell(f"{error}; the remaining reports run on the standard engine")
        if left:
            yield from self._on_standard_engine(list(left.values()))

    def close(self) -> None:
        """End the warm process and every child."""
        if self._zygote is not None:
            self._zygote.close()

    def __enter__(self) -> ReportPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _unavailable(self) -> bool:
        if reason := no_fork_here():
            self._tell(f"{reason}: the reports run on the standard engine, which is slower")
        return bool(reason)

    def _forked(self, zygote: Zygote, left: dict[int, Job]) -> Iterator[Outcome]:
        """Outcomes of children; what is not done stays in `left`."""
        zygote.submit((*self._rehearsals(list(left.values())), *self._orders(left)))
        refusals: set[str] = set()
        for number, end in zygote.ends(len(left)):
            if isinstance(end, Refused):
                refusals.add(end.reason)
            else:
                yield outcome_of(left.pop(number), self._place, end)
        for reason in sorted(refusals):
            self._tell(
                f"{reason}, so that it must not fork: the remaining reports run on the standard engine"
            )

    def _orders(self, jobs: dict[int, Job]) -> Iterator[Order]:
        for number, job in jobs.items():
            yield Order(number, ReportTask(job, self._place), self._limits)

    def _rehearsals(self, jobs: Sequence[Job]) -> Iterator[Order]:
        if len(jobs) > 1:
            yield Order(-1, Reading(self._place), self._limits, rehearsal=True, alone=True)

    def _on_standard_engine(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        workers = min(self._workers, len(jobs))
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
            futures = {executor.submit(make_report, job, self._place): job for job in jobs}
            for future in as_completed(futures):
                try:
                    yield future.result()
                except BrokenProcessPool as error:
                    yield failed(futures[future], self._place, str(error))


def outcome_of(job: Job, place: Workplace, ended: Ended) -> Outcome:
    """A child's own outcome, or what killed it as a failed report, with what it used."""
    if isinstance(ended.value, Outcome):
        return replace(ended.value, usage=ended.usage)
    reason = f"{type(ended.error).__name__}: {ended.error}" if ended.error else ended.reason
    return replace(failed(job, place, reason), usage=ended.usage)


def failed(job: Job, place: Workplace, reason: str) -> Outcome:
    """The outcome of a report whose process did not live to tell."""
    problem = Problem(
        where=f"notebooks/{job.bilag}.ipynb",
        what=f"failed for {job.kommune} {job.aar}",
        found=reason,
        fix=f"run it alone: beskplan run {job.id}",
    )
    return Outcome(job, place.folder(job), (problem,))
