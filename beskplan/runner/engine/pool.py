"""Many reports at once: each in its own child of a warm process, or on the standard engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from beskplan.runner.engine.children import Children, Ended, Limits, Order
from beskplan.runner.engine.warm import Warm, WarmLostError, no_fork_here
from beskplan.runner.work import HERE, STANDARD_ENGINE

if TYPE_CHECKING:
    # Imported when the warm process is at work already.
    from beskplan.runner.work import Outcome

READ_FROM = 3
"""Reports from which it pays that the warm process reads the snapshot once for all of them."""
_STARTS = 3
"""How often the warm process is started anew, before the standard engine makes what is left."""


def processors() -> int:
    """The processors that this process may use; where the system cannot tell, all that there are."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, macOS
        return os.cpu_count() or 1


def make_one(job: str, root: Path, *, forked: bool) -> Outcome:
    """Make a report, in a process of its own; the same job draws the same random numbers."""
    import random
    from hashlib import sha256

    import numpy as np

    from beskplan.params.jobs import Job, Workplace
    from beskplan.runner.make_report import make_report

    seed = int.from_bytes(sha256(job.encode()).digest()[:4])
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # what seaborn and a notebook's author draw from
    engine = HERE if forked else STANDARD_ENGINE
    return make_report(Job.parse(job), Workplace(root), engine=engine)


def check_all(jobs: Sequence[str], root: Path) -> None:
    """`checking.check` of jobs, in whatever process."""
    from beskplan.params.jobs import Job, Workplace
    from beskplan.runner.checking import check

    check([Job.parse(job) for job in jobs], Workplace(root))


class ReportPool(AbstractContextManager["ReportPool"]):
    """Makes reports, at most `workers` at a time; a context manager.

    Starts warming up at once, so that its owner can check the jobs meanwhile.

    Args:
        root: The working copy.
        expected: How many reports there will be, about.
        workers: Processes at a time; the processors that this process may use, where left out.
        limits: Time and memory of one report.
        tell: Takes a sentence that the person at the terminal should see.
    """

    def __init__(
        self,
        root: Path,
        expected: int = READ_FROM,
        workers: int | None = None,
        limits: Limits | None = None,
        tell: Callable[[str], object] = print,
    ) -> None:
        self._root = root
        self._expected = expected
        self._workers = workers or processors()
        self._limits = limits or Limits()
        self._tell = tell
        self._standard: Children | None = None
        self._warm: Warm | None = None
        if reason := no_fork_here():
            tell(f"{reason}: rapporterne laves på standardmotoren, som er langsommere")
        else:
            self._start()

    def _start(self) -> None:
        read = self._root if self._expected >= READ_FROM else None
        self._warm = Warm(min(self._workers, self._expected), read)

    def check(self, jobs: Sequence[str]) -> None:
        """Look at every job before anything starts, in a child, so that this process stays light.

        Raises:
            InputError: with every problem of every job.
        """
        task = partial(check_all, jobs, self._root)
        # Where the warm process is lost, `run` tells of it, and starts it again.
        with suppress(WarmLostError):
            if self._warm is not None:
                (ended,) = self._warm.run([Order(0, task, Limits(None, None))])
                if not ended.reason:
                    ended.value()
                    return
        task()

    def run(self, jobs: Sequence[str]) -> Iterator[Outcome]:
        """The outcome of every job, in the order in which they are done; a failure stops no other."""
        left = dict(enumerate(jobs))
        for number in range(_STARTS):
            if self._warm is None or not left:
                break
            try:
                for ended in self._warm.run(self._orders(left, forked=True)):
                    yield self._outcome(left.pop(ended.number), ended)
            except WarmLostError as error:
                again = number + 1 < _STARTS and "tråde" not in str(error)
                rest = "den startes igen" if again else "resten laves på standardmotoren"
                self._tell(f"{error}; {rest}")
                self._warm.close()
                self._warm = None
                if again:
                    self._start()
        if left:
            self._standard = Children(min(self._workers, len(left)), "spawn")
            self._standard.submit(self._orders(left, forked=False))
            while self._standard.busy:
                for ended in self._standard.step():
                    yield self._outcome(left.pop(ended.number), ended)

    def each(self, tasks: Sequence[Callable[[], str]]) -> Iterator[tuple[int, str]]:
        """The number of each task with what it returns, or what killed its process."""
        if self._warm is None:
            yield from ((number, task()) for number, task in enumerate(tasks))
            return
        for ended in self._warm.run([Order(*one, self._limits) for one in enumerate(tasks)]):
            yield ended.number, ended.reason or ended.value()

    def close(self) -> None:
        """End the warm process and every child."""
        if self._warm is not None:
            self._warm.close()
            self._warm = None
        if self._standard is not None:
            self._standard.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _orders(self, jobs: dict[int, str], *, forked: bool) -> list[Order]:
        tasks = (
            (number, partial(make_one, job, self._root, forked=forked))
            for number, job in jobs.items()
        )
        return [Order(*task, self._limits) for task in tasks]

    def _outcome(self, job: str, ended: Ended) -> Outcome:
        """A child's own outcome, or what killed it as a failed report; its work folder is gone then."""
        from beskplan.runner.work import discard_work

        if not ended.reason:
            try:
                outcome: Outcome = ended.value()
            except Exception as error:  # noqa: BLE001  # whatever it was, it is this report's failure
                return failed(job, self._root, f"{type(error).__name__}: {error}")
            return outcome
        discard_work(self._root / "reports", ended.pid)
        return failed(job, self._root, ended.reason)


def failed(job: str, root: Path, reason: str) -> Outcome:
    """The outcome of a report whose process did not live to tell."""
    from beskplan.core.errors import Problem
    from beskplan.params.jobs import Job
    from beskplan.runner.work import Outcome

    one = Job.parse(job)
    problem = Problem(
        where=f"notebooks/{one.bilag}.ipynb",
        what=f"fejler for {one.kommune} {one.aar}",
        found=reason,
        fix=f"kør den alene: beskplan run {one.id}",
    )
    return Outcome(one, root / "reports" / job, (problem,))
