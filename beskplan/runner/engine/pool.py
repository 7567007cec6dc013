"""Many reports at once: each in its own child of a warm process, or on the standard engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from beskplan.core.errors import CellError, Problem
from beskplan.core.files import COPIES
from beskplan.runner.engine import processes
from beskplan.runner.keys import digest, library_key
from beskplan.runner.records import HERE, STANDARD_ENGINE, Outcome, discard_work, listing
from beskplan.runner.wanted import SNAPSHOTS

if TYPE_CHECKING:
    from nbformat import NotebookNode

READ_FROM = 3
"""Reports from which it pays that the warm process reads the snapshot once for all of them."""


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


@dataclass(frozen=True)
class Run:
    """What a notebook's code gave, as long as neither the code nor what it reads is changed."""

    made_from: str
    """Hash of the job, the code cells, all params, and the municipality's reports and approved copies."""
    outputs: list[Any]
    """Of each code cell, in order."""


def make_page(
    job: str, root: Path, ending: str = "html", *, forked: bool, last: Run | None = None
) -> tuple[bytes, Run]:
    """The page of a job as its notebook is saved, without proof and without a place among reports.

    Args:
        job: Its id.
        root: The working copy.
        ending: `html` or `pdf`.
        forked: Whether this process is one of its own.
        last: The last run: where only text has been changed since, the code is not run again.

    Returns:
        The file, and the run that it shows.

    Raises:
        BeskplanError: the notebook cannot be run, or is no report.
    """
    from tempfile import TemporaryDirectory

    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    from beskplan.params.jobs import Job, Workplace
    from beskplan.render.page_html import page_html
    from beskplan.render.page_pdf import render_pdf
    from beskplan.runner.make_report import execute, page_of
    from beskplan.runner.notebook_rules import why_not

    parsed, place, engine = Job.parse(job), Workplace(root), HERE if forked else STANDARD_ENGINE
    saved = load_notebook_node(str(place.notebook(parsed.bilag)))
    notebook = parameterize_notebook(saved, parsed.parameters)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # A region's page reads the params of its municipalities, a status the edition before it.
    read = [place.root / "params", *place.reports.glob(f"*/{parsed.kommune}")]
    read += (place.reports / COPIES).glob(f"*/{parsed.kommune}")
    cells = [(cell.source, cell.metadata) for cell in code]
    made_from = digest([job, cells, *map(listing, sorted(read))])
    # Code that breaks the notebook rules may read anything.
    if last and last.made_from == made_from and not why_not(notebook):
        for cell, outputs in zip(code, last.outputs, strict=True):
            cell.outputs = outputs
    else:
        with TemporaryDirectory() as folder:
            output = Path(folder) / f"{parsed.bilag}.ipynb"
            notebook = execute(parsed, place, output, engine=engine)
    page = page_of(notebook, parsed)
    file = render_pdf(page) if ending == "pdf" else page_html(page).encode()
    return file, Run(made_from, [c.outputs for c in notebook.cells if c.cell_type == "code"])


def run_notebook(
    nb: NotebookNode, kernel_name: str, options: dict[str, Any], place: tuple[Path, dict[str, str]]
) -> NotebookNode:
    """Run a notebook in a child, as if begun in the folder and the environment of whoever asks."""
    # Not in the engines' module: a child of a fork server that another has started would import that
    # before papermill, which looks for our engine there while it is imported itself.
    from papermill.engines import papermill_engines

    folder, environment = place
    os.environ.update(environment)
    os.chdir(folder)
    engine = papermill_engines.get_engine(HERE)
    return cast("NotebookNode", engine.execute_notebook(nb, kernel_name, **options))


class PageWorker:
    """Makes one page at a time as it is saved, by a warm process that stays.

    It is started anew when the library's source or the stored snapshots have changed; params and
    notebooks are read for every page. Where no process can be forked, papermill's own engine runs here.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made_for: object = None
        self._last: Run | None = None

    def warm_up(self) -> None:
        """Start the warm process where there can be one, again where it holds older code or data."""
        if processes.no_fork_here():
            return
        snapshots = sorted(path.name for path in (self._root / SNAPSHOTS).glob("[0-9a-f]*"))
        made_for = library_key(), snapshots
        if made_for != self._made_for or processes.fork_server_pid() is None:
            processes.start_fork_server(self._root)
            self._made_for, self._last = made_for, None

    def page(self, job: str, ending: str = "html") -> bytes:
        """The page of a job, as `html` or `pdf`.

        Raises:
            BeskplanError: as `make_page`; or its process died, and of what.
        """
        self.warm_up()
        if not processes.no_fork_here():
            with suppress(processes.NoForkServerError):
                task = partial(make_page, job, self._root, ending, forked=True, last=self._last)
                (ended,) = processes.Children(1, processes.Limits(), forked=True).run([task])
                if ended.reason:
                    raise CellError(failed(job, self._root, ended.reason).problems)
                file: bytes
                file, self._last = ended.value()
                return file
        return make_page(job, self._root, ending, forked=False)[0]


@cache
def page_worker(root: Path) -> PageWorker:
    """The worker of a working copy in this process."""
    return PageWorker(root)


def check_all(jobs: Sequence[str], root: Path) -> None:
    """`checking.check` of jobs, in whatever process."""
    from beskplan.params.jobs import Job, Workplace
    from beskplan.runner.checking import check

    check([Job.parse(job) for job in jobs], Workplace(root))


class ReportPool(AbstractContextManager["ReportPool"]):
    """Makes reports, at most `workers` at a time; a context manager.

    The warm process starts at once, so that its owner can look at the jobs meanwhile. A process has
    one pool at a time.

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
        limits: processes.Limits | None = None,
        tell: Callable[[str], object] = print,
    ) -> None:
        self._root = root
        self._workers = workers or processors()
        self._limits = limits or processes.Limits()
        self._tell = tell
        self._children: list[processes.Children] = []
        self._forked = not processes.no_fork_here()
        if self._forked:
            processes.start_fork_server(root if expected >= READ_FROM else None)
        else:
            self._use_standard_engine(processes.no_fork_here())

    def check(self, jobs: Sequence[str]) -> None:
        """Look at every job before anything starts, in a child, so that this process stays light.

        Raises:
            InputError: with every problem of every job.
        """
        task = partial(check_all, jobs, self._root)
        if self._forked:
            with suppress(processes.NoForkServerError):
                for ended in self._start(processes.Limits(None, None)).run([task]):
                    if not ended.reason:
                        ended.value()
                        return
        task()

    def run(self, jobs: Sequence[str]) -> Iterator[Outcome]:
        """The outcome of every job, in the order in which they are done; a failure stops no other."""
        left = dict(enumerate(jobs))
        while left:
            numbers = list(left)
            tasks = [
                partial(make_one, job, self._root, forked=self._forked) for job in left.values()
            ]
            try:
                for ended in self._start(self._limits).run(tasks):
                    yield self._outcome(left.pop(numbers[ended.number]), ended)
            except processes.NoForkServerError as error:
                self._use_standard_engine(str(error))

    def each(self, tasks: Sequence[Callable[[], str]]) -> Iterator[tuple[int, str]]:
        """The number of each task with what it returns, or what killed its process."""
        if not self._forked:
            yield from ((number, task()) for number, task in enumerate(tasks))
            return
        for ended in self._start(self._limits).run(tasks):
            yield ended.number, ended.reason or ended.value()

    def close(self) -> None:
        """End the warm process and every child."""
        for children in self._children:
            children.close()
        if self._forked:
            processes.stop_fork_server()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, limits: processes.Limits) -> processes.Children:
        self._children.append(processes.Children(self._workers, limits, forked=self._forked))
        return self._children[-1]

    def _use_standard_engine(self, reason: str) -> None:
        self.close()
        self._forked = False
        self._tell(f"{reason}: rapporterne laves på standardmotoren, som er langsommere")

    def _outcome(self, job: str, ended: processes.Ended) -> Outcome:
        """A child's own outcome, or what killed it as a failed report; its work folder is gone then."""
        if ended.reason:
            discard_work(self._root / "reports", ended.pid)
            return failed(job, self._root, ended.reason)
        try:
            outcome: Outcome = ended.value()
        except Exception as error:  # noqa: BLE001  # whatever it was, it is this report's failure
            return failed(job, self._root, f"{type(error).__name__}: {error}")
        return outcome


def failed(job: str, root: Path, reason: str) -> Outcome:
    """The outcome of a report whose process did not live to tell."""
    from beskplan.params.jobs import Job

    one = Job.parse(job)
    problem = Problem(
        where=f"notebooks/{one.bilag}.ipynb",
        what=f"fejler for {one.kommune} {one.aar}",
        found=reason,
        fix=f"kør den alene: beskplan run {one.id}",
    )
    return Outcome(one, root / "reports" / job, (problem,))
