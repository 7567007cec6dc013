"""A build from plan to records: what is stale is made, what became of it is written down and told.

A build holds the working copy alone; `run JOB`s share it with each other, and each holds its own job
alone, so that a scheduler may start many at once. The operating system holds the locks: they end with
their process, however it ends, so that no lock of a dead process is ever in the way.
"""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from beskplan.core.editions import split_name
from beskplan.core.errors import LockedError, Problem, UnknownNameError, os_reason
from beskplan.core.files import sha256_file
from beskplan.core.periods import moment_text
from beskplan.registers.provenance import EMBEDDED
from beskplan.runner import records
from beskplan.runner.collecting import Each
from beskplan.runner.keys import COMMIT_VARIABLE, code_commit
from beskplan.runner.plan import Plan, Planned

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from beskplan.params.jobs import Job


LOCK = "laas"
"""Name of the lock in `reports/.noegler/`; the file says who holds it."""
_POLL_SECONDS = 0.1


@contextmanager
def build_lock(
    reports: Path, *, wait_seconds: float = 0.0, tell: Callable[[str], object] = print
) -> Iterator[None]:
    """Hold the reports of a working copy alone.

    Args:
        reports: The folder of the reports.
        wait_seconds: How long to wait for another to end.
        tell: Takes a sentence about what is waited for.

    Raises:
        LockedError: another process is still at work.
    """
    with _held(reports / records.FOLDER / LOCK, wait_seconds, tell, shared=False):
        yield


@contextmanager
def run_lock(
    reports: Path, job: str, *, wait_seconds: float = 0.0, tell: Callable[[str], object] = print
) -> Iterator[None]:
    """Hold one job alone, beside others that run other jobs; arguments and errors as `build_lock`."""
    folder = reports / records.FOLDER
    with (
        _held(folder / LOCK, wait_seconds, tell, shared=True),
        _held(folder / f"{job}.{LOCK}", wait_seconds, tell, shared=False),
    ):
        yield


@contextmanager
def _held(
    path: Path, wait_seconds: float, tell: Callable[[str], object], *, shared: bool
) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with path.open("a+", encoding="utf-8") as file:
        told = False
        while not _taken(file, shared=shared):
            if time.monotonic() >= deadline:
                raise LockedError(_problem(path))
            if not told:
                tell(f"Venter på {_holder(path)}.")
                told = True
            time.sleep(_POLL_SECONDS)
        if not shared:
            _sign(file)
        try:
            yield
        finally:
            _release(file)


def _sign(file: IO[str]) -> None:
    """Say who holds it; for people only, so it may fail where the disk is full."""
    with suppress(OSError):
        file.truncate(0)
        json.dump({"pid": os.getpid(), "host": platform.node(), "since": records.now()}, file)
        file.flush()


def _problem(path: Path) -> Problem:
    return Problem(
        where=str(path.parent.parent),
        what="en anden bygning er i gang",
        found=_holder(path),
        fix="vent, til den er færdig, eller lad denne vente: --wait 600",
    )


def _holder(path: Path) -> str:
    """Who holds the lock, as far as it says so."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return f"proces {held['pid']} på {held['host']}, i gang siden {moment_text(held['since'])}"
    except (OSError, ValueError, KeyError):
        return "en anden proces"


try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    def _taken(file: IO[str], *, shared: bool) -> bool:  # noqa: ARG001  # there are no shared ones
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _taken(file: IO[str], *, shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


SHOWN_JOBS = 6
"""Jobs named for each cause; the others are counted."""


def cause(outcome: records.Outcome) -> str:
    """Why a report failed, in words that are the same for every job that failed alike.

    What names the job itself (municipality, year, numbers) is left out.
    """
    first = outcome.problems[0]
    found = first.found.partition("\n")[0]
    text = f"{first.where}: {first.what}" + (f": {found}" if found else "")
    for name in _names(outcome.job):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text, flags=re.IGNORECASE)
    return text


def _names(job: Job) -> list[str]:
    """Everything that only this job is called, the longest first."""
    from beskplan.registers.areas import area, find

    names = {job.id, job.kommune, str(job.aar)}
    try:
        one = find(job.kommune)
        names |= {one.navn, one.kode, one.lang_navn, area(one.kode).slug}
    except UnknownNameError:
        pass  # its folder is all the name that it has
    return sorted(names, key=len, reverse=True)


def lines(outcomes: Sequence[records.Outcome]) -> list[str]:
    """The summary of a build, for a person: how many, and each common cause with its jobs and its fix."""
    failed: dict[str, list[records.Outcome]] = {}
    for outcome in outcomes:
        if not outcome.ok:
            failed.setdefault(cause(outcome), []).append(outcome)
    count = sum(map(len, failed.values()))
    told = [
        f"{len(outcomes) - count} lavet, {count} mislykkedes."
        if count
        else f"{len(outcomes)} lavet."
    ]
    # The most frequent cause first.
    for common, members in sorted(failed.items(), key=lambda one: -len(one[1])):
        ids = [outcome.job.id for outcome in members]
        kept = sum(outcome.folder.exists() for outcome in members)
        if len(ids) == 1:
            # `shown` has just told the whole of it.
            told += [f"Den seneste gode rapport ligger stadig: {ids[0]}"] * kept
            continue
        more = f" og {len(ids) - SHOWN_JOBS} til" if len(ids) > SHOWN_JOBS else ""
        told += ["", f"{len(ids)} x {common}", f"  {', '.join(ids[:SHOWN_JOBS])}{more}"]
        told += [f"  {line}" for line in _details(members[0].problems)]
        if kept:
            told.append(f"  den seneste gode rapport af {kept} af dem ligger stadig")
    return told + _remarks(outcomes)


def _remarks(outcomes: Sequence[records.Outcome]) -> list[str]:
    """What is said of finished reports, by who and by which rule: how many, and the first in its words."""
    by_rule: dict[str, dict[str, str]] = {}
    for outcome in outcomes:
        for remark in outcome.remarks:
            who, rule, words = remark.split(": ", 2)
            by_rule.setdefault(f"{who}: {rule}", {}).setdefault(outcome.job.id, words)
    told = []
    for rule, jobs in sorted(by_rule.items()):
        job, words = next(iter(jobs.items()))
        where = f"i {len(jobs)} rapporter, den første {job}" if len(jobs) > 1 else f"i {job}"
        told += ["", f"{rule} {where}:", f"  {words}"]
    return told


def _details(problems: Sequence[Problem]) -> list[str]:
    """What more is known of the first of a group."""
    first = problems[0]
    told = [f"ventet: {first.expected}"] if first.expected else []
    told += [f"gør:    {first.fix}"] if first.fix else []
    return told + ([f"{len(problems) - 1} fejl mere"] if len(problems) > 1 else [])


def shown(
    outcomes: Iterable[records.Outcome], total: int, console: Console | None = None
) -> Iterator[records.Outcome]:
    """Pass outcomes on, and tell of each."""
    from rich.console import Console

    console = console or Console(highlight=False, soft_wrap=True)
    with progress_bar(console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Rapporter", total=total)
        for outcome in outcomes:
            bar.update(task, description=outcome.job.id)
            bar.advance(task)
            console.print(_line(outcome), markup=False)
            yield outcome


def progress_bar(console: Console, **options: bool) -> Progress:
    """Make a bar with what is done now, how many of how many are done, and the time since its start."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.description}")
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, **options)  # type: ignore[arg-type]


def _line(outcome: records.Outcome) -> str:
    if outcome.ok:
        return f"lavet  {outcome.job.id}  {os.path.relpath(outcome.folder)}"
    told = [f"FEJL   {outcome.job.id}", *(str(problem) for problem in outcome.problems)]
    if outcome.failed_notebook:
        told.append(f"  den kørte notebook: {os.path.relpath(outcome.failed_notebook)}")
    return "\n".join(told)


class Pool(Protocol):
    """Makes reports: on this machine (`ReportPool`) or on others (`remote.ClusterPool`)."""

    def check(self, jobs: Sequence[str]) -> None:
        """Refuse jobs that cannot become right reports, with every problem of every job."""

    def run(self, jobs: Sequence[str]) -> Iterator[records.Outcome]:
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
        tell: Takes a sentence that a person should see.
    """

    root: Path
    open_pool: OpenPool
    lock: Callable[[], AbstractContextManager[None]]
    replan: Callable[[], Plan]
    alone: bool = True
    combined: Callable[[Each], object] | None = None
    tell: Callable[[str], object] = print

    def run(self, plan: Plan) -> Iterator[records.Outcome]:
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
                    records.discard_dead_work(self.root / "reports")
                stale = {one.job: one for one in self.replan().stale}
                try:
                    yield from self._made(pool, stale)
                    if self.combined is not None:
                        self.combined(pool.each)
                except BaseException:
                    # Still under the lock: what the next build finds must be at rest.
                    pool.close()
                    records.discard_dead_work(self.root / "reports")
                    raise
                finally:
                    self._status()

    def _made(self, pool: Pool, stale: dict[str, Planned]) -> Iterator[records.Outcome]:
        for made in pool.run(list(stale)):
            yield self._recorded(stale[made.job.id], made)

    def _recorded(self, planned: Planned, outcome: records.Outcome) -> records.Outcome:
        """Write the record of what became of a report; gives that, with what is found wrong only now."""
        try:
            if outcome.ok and (wrong := _edited_since(planned, outcome.folder)):
                outcome = replace(outcome, problems=wrong)
            record = (
                good_record(planned, outcome.folder) if outcome.ok else _failed(planned, outcome)
            )
            records.Records(self.root / "reports").write(record)
        except OSError as error:
            # The report stands; the next build makes it again, as it cannot know that it is fresh.
            self.tell(f"{outcome.job.id}: optegnelsen om den kan ikke skrives: {os_reason(error)}")
        return outcome

    def _status(self) -> None:
        try:
            records.write_status(self.root / "reports")
        except OSError as error:
            self.tell(f"reports/status.json kan ikke skrives: {os_reason(error)}")


def _edited_since(planned: Planned, folder: Path) -> tuple[Problem, ...]:
    """What a report in place was made from that is not what the build has looked at."""
    made_from = records.read_json(folder / records.MANIFEST)["made_from"]
    wrong = [
        name for name, sha256 in made_from["params"].items() if planned.inputs.get(name) != sha256
    ]
    bilag, _ = split_name(planned.job.rpartition("/")[2])
    parts = {"notebook": f"notebooks/{bilag}.ipynb", "library": "beskplan/"}
    wrong += [name for part, name in parts.items() if made_from[part] != planned.key[part]]
    return tuple(records.changed_meanwhile(name) for name in wrong)


def good_record(planned: Planned, folder: Path) -> records.Record:
    """The record of a report that has just been put in place."""
    seen, manifest = records.listing(folder), records.read_json(folder / records.MANIFEST)
    data = EMBEDDED if manifest["data"]["embedded"] else manifest["data"]["id"]
    return records.Record(
        planned.job,
        made_at=records.now(),
        key=planned.key,
        data=data,
        same_in=data,
        manifest=sha256_file(folder / records.MANIFEST),
        listing=seen,
    )


def _failed(planned: Planned, outcome: records.Outcome) -> records.Record:
    problems = [asdict(problem) for problem in outcome.problems]
    return replace(planned.record, failed_at=records.now(), cause=cause(outcome), problems=problems)
