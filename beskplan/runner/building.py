"""A build from plan to records: what is stale is made, and what became of it is written down."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from beskplan.core.editions import split_name
from beskplan.core.errors import Problem
from beskplan.registers.provenance import EMBEDDED, sha256_file
from beskplan.runner.collecting import Each
from beskplan.runner.keys import COMMIT_VARIABLE, code_commit
from beskplan.runner.plan import Plan, Planned
from beskplan.runner.records import MANIFEST, Record, Records, listing, now, read_json, write_status
from beskplan.runner.summary import cause
from beskplan.runner.work import Outcome, changed_meanwhile, discard_dead_work


class Pool(Protocol):
    """Makes reports: on this machine (`ReportPool`) or on others (`remote.ClusterPool`)."""

    def check(self, jobs: Sequence[str]) -> None:
        """Refuse jobs that cannot become right reports, with every problem of every job."""

    def run(self, jobs: Sequence[str]) -> Iterator[Outcome]:
        """The outcome of every job, by their ids, as they are done."""

    def each(self, tasks: Sequence[Callable[[], str]]) -> Iterator[tuple[int, str]]:
        """The number of each task with what it returns."""

    def close(self) -> None:
        """End every process that is at work for it."""


OpenPool = Callable[[], AbstractContextManager[Pool]]


@dataclass(frozen=True)
class Build:
    """How stale reports are made.

    Attributes:
        root: The working copy.
        open_pool: Gives what makes the reports.
        lock: Keeps other builds away while reports are made.
        replan: Looks again at what is stale, once no other build is at work.
        alone: Whether `lock` keeps all others out, so that what dead ones have left can be removed.
        combined: Sets the combined PDFs that have become stale, where that is wanted.
        fail_fast: Start no further report after the first failure.
        tell: Takes a sentence that a person should see.
    """

    root: Path
    open_pool: OpenPool
    lock: Callable[[], AbstractContextManager[None]]
    replan: Callable[[], Plan]
    alone: bool = True
    combined: Callable[[Each], object] | None = None
    fail_fast: bool = False
    tell: Callable[[str], object] = print

    def run(self, plan: Plan) -> Iterator[Outcome]:
        """Make what is stale in `plan`; yields each outcome when it is recorded.

        Raises:
            InputError: params, notebooks or data are wrong; nothing was started.
            LockedError: another build is at work.
        """
        os.environ.pop(COMMIT_VARIABLE, None)
        os.environ[COMMIT_VARIABLE] = code_commit(self.root)
        # The pool warms up while the jobs are checked.
        with self.open_pool() as pool:
            pool.check([one.job for one in plan.stale])
            with self.lock():
                if self.alone:
                    discard_dead_work(self.root / "reports")
                stale = {one.job: one for one in self.replan().stale}
                try:
                    yield from self._made(pool, stale)
                    if self.combined is not None:
                        self.combined(pool.each)
                except BaseException:
                    # Still under the lock: what the next build finds must be at rest.
                    pool.close()
                    discard_dead_work(self.root / "reports")
                    raise
                finally:
                    self._status()

    def _made(self, pool: Pool, stale: dict[str, Planned]) -> Iterator[Outcome]:
        for made in pool.run(list(stale)):
            outcome = self._recorded(stale[made.job.id], made)
            yield outcome
            if self.fail_fast and not outcome.ok:
                self.tell("Standset efter den første fejl.")
                return

    def _recorded(self, planned: Planned, outcome: Outcome) -> Outcome:
        """Write the record of what became of a report; gives that, with what is found wrong only now."""
        try:
            if outcome.ok and (wrong := _edited_since(planned, outcome.folder)):
                outcome = replace(outcome, problems=wrong)
            record = (
                good_record(planned, outcome.folder) if outcome.ok else _failed(planned, outcome)
            )
            Records(self.root / "reports").write(record)
        except OSError as error:
            # The report stands; the next build makes it again, as it cannot know that it is fresh.
            self.tell(f"{outcome.job.id}: optegnelsen om den kan ikke skrives: {error}")
        return outcome

    def _status(self) -> None:
        try:
            write_status(self.root / "reports")
        except OSError as error:
            self.tell(f"reports/status.json kan ikke skrives: {error}")


def _edited_since(planned: Planned, folder: Path) -> tuple[Problem, ...]:
    """What a report in place was made from that is not what the build has looked at."""
    made_from = read_json(folder / MANIFEST)["made_from"]
    wrong = [
        name for name, sha256 in made_from["params"].items() if planned.inputs.get(name) != sha256
    ]
    bilag, _ = split_name(planned.job.rpartition("/")[2])
    parts = {"notebook": f"notebooks/{bilag}.ipynb", "library": "beskplan/"}
    wrong += [name for part, name in parts.items() if made_from[part] != planned.key[part]]
    return tuple(changed_meanwhile(name) for name in wrong)


def good_record(planned: Planned, folder: Path) -> Record:
    """The record of a report that has just been put in place."""
    seen, manifest = listing(folder), read_json(folder / MANIFEST)
    data = EMBEDDED if manifest["data"]["embedded"] else manifest["data"]["id"]
    return Record(
        planned.job,
        made_at=now(),
        key=planned.key,
        data=data,
        same_in=data,
        manifest=sha256_file(folder / MANIFEST),
        listing=seen,
    )


def _failed(planned: Planned, outcome: Outcome) -> Record:
    problems = [asdict(problem) for problem in outcome.problems]
    return replace(planned.record, failed_at=now(), cause=cause(outcome), problems=problems)
