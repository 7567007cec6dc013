"""A report beside its notebook: made again whenever the notebook or the params are saved.

JupyterLab's server shows the page, exactly as the build makes it, inside a frame that asks for news.
A notebook that fails leaves the last good page in place, with the problem above it; so do the notebook
rules that it breaks.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import nbformat
import papermill
from nbformat.reader import NotJSONError

from beskplan.core.errors import BeskplanError, NotebookError, Problem, UnknownNameError
from beskplan.observations.snapshot_store import snapshots_folder
from beskplan.params.jobs import Job, Workplace
from beskplan.params.models import params_files
from beskplan.params.profil import profil_path
from beskplan.render.page_html import TEMPLATES
from beskplan.runner.engine.pool import page_worker
from beskplan.runner.notebook_rules import check_notebook

P = ParamSpec("P")
Value = TypeVar("Value")
FRAME = (TEMPLATES / "preview.html").read_bytes()
"""Shows the page beside this address (`page`) and asks for `news` of it."""
_OLDER = " Nedenfor er den seneste, der kunne."


def preview_job(text: str, place: Workplace) -> Job:
    """The job that `text` names: a job's id, or a notebook, for whom its parameters cell says.

    Args:
        text: `2021/rudersdal/maalgrupper`, `maalgrupper` or `notebooks/maalgrupper.ipynb`.
        place: The working copy.

    Raises:
        UnknownNameError: no such notebook or municipality, or a notebook that names none.
        NotebookError: the file cannot be read as a notebook, perhaps only now.
    """
    if text.count("/") == 2 and text.partition("/")[0].isdigit():
        job = Job.parse(text)
        place.notebook(job.bilag)
        return job
    path = place.notebook(Path(text).stem)
    try:
        given = papermill.inspect_notebook(str(path))
        kommune, aar = (ast.literal_eval(given[name]["default"]) for name in ("kommune", "aar"))
    except NotJSONError:
        raise _half_saved(path) from None
    except (KeyError, ValueError, SyntaxError):
        slips = [
            one for one in check_notebook(path, run_by_hand=True) if one.where.endswith("celle 2")
        ]
        problem = Problem(
            where=f"notebooks/{path.name}: celle 2",
            what="siger ikke, hvem den er for",
            fix='skriv kommune = "Rudersdal" og aar = 2021, hver på sin linje',
        )
        raise UnknownNameError([*slips, problem]) from None
    return Job.parse(f"{aar}/{kommune}/{path.stem}")


def _half_saved(path: Path) -> NotebookError:
    """Jupyter writes into the file: who reads it at that moment sees half of it."""
    what = "er ved at blive gemt, eller er ikke en notebook"
    return NotebookError(Problem(f"notebooks/{path.name}", what, fix="gem den igen"))


@dataclass
class Preview:
    """The latest page of one job, and what has become of making it."""

    job: Job
    place: Workplace
    page: bytes = b""
    edition: int = 0
    """Counts the pages; 0 before the first."""
    problems: str = ""
    rules: str = ""
    """The notebook rules that the notebook breaks, each with how to mend it."""
    state: str = "Siden laves ..."
    _seen: str = ""
    stamp: object = None
    """Times of the files that it was made from, as `times` gave them."""

    def times(self) -> object:
        """When every file that the page is made from was written; reads none of them."""
        notebook = self.place.root / "notebooks" / f"{self.job.bilag}.ipynb"
        return [*map(_time_and_size, (notebook, *self._files())), *self._snapshots()]

    def refresh(self) -> bool:
        """Make the page again if anything it is made from has changed; tells whether it had."""
        print_now = self._fingerprint()
        if print_now == self._seen:
            return False
        self._seen = print_now
        self.state = "Siden laves ..."
        broken = check_notebook(self.place.notebook(self.job.bilag), run_by_hand=True)
        self.rules = "\n\n".join(map(str, broken))
        try:
            self.page = self._make()
        except BeskplanError as error:
            self.problems = "\n\n".join(map(str, error.problems))
            self.state = f"Siden kunne ikke laves.{_OLDER * bool(self.edition)}"
        else:
            self.edition += 1
            self.problems = ""
            self.state = f"{self.job.id}, som notebooken er gemt"
        return True

    def news(self) -> dict[str, str | int]:
        """What the frame shows around the page."""
        return {
            "title": self.job.id,
            "edition": self.edition,
            "state": self.state,
            "problems": "\n\n".join(filter(None, (self.problems, self.rules))),
        }

    def _make(self) -> bytes:
        try:
            return page_worker(self.place.root).page(self.job.id)
        except NotJSONError:
            raise _half_saved(self.place.notebook(self.job.bilag)) from None

    def _fingerprint(self) -> str:
        """Hash of the job, of all that is written by hand, and of which snapshots there are.

        A notebook's outputs do not count: running it in JupyterLab saves them, and changes nothing.
        """
        job = self.job
        seen = hashlib.sha256(job.id.encode() + _sources(self.place.notebook(job.bilag)))
        for path in self._files():
            seen.update(path.read_bytes() if path.is_file() else b"-")
        for name in self._snapshots():
            seen.update(name.encode())
        return seen.hexdigest()

    def _files(self) -> tuple[Path, ...]:
        """What is written by hand beside the notebook, whether it is there or not."""
        root, job = self.place.root, self.job
        folder = profil_path(root, job.kommune).parent
        return (
            *params_files(root, job.kommune, job.aar),
            *sorted(path for path in folder.glob("*") if path.suffix in (".png", ".svg")),
            folder / "profil.yaml",
        )

    def _snapshots(self) -> list[str]:
        found = snapshots_folder(self.place.root).glob("*/snapshot.json")
        return sorted(path.parent.name for path in found)


def _time_and_size(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _sources(path: Path) -> bytes:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        # Half saved, or broken: running it says what is wrong.
        return path.read_bytes()
    return json.dumps([(cell.cell_type, cell.source) for cell in notebook.cells]).encode()


class Previews:
    """The previews of a working copy, by notebook or job.

    Nothing runs of itself: an open preview asks for news some times a second, and each question looks
    whether something was saved. Pages are made one at a time, beside the server's own thread.
    """

    def __init__(self, root: Path) -> None:
        self.place = Workplace(root)
        self._previews: dict[str, Preview] = {}
        self._maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beskplan-preview")
        self._running: dict[str, Future[bool]] = {}
        self._warming: Future[None] | None = None

    def page(self, what: str) -> bytes:
        """The latest page; empty before the first."""
        preview = self._previews.get(what)
        return preview.page if preview else b""

    def warm_up(self) -> None:
        """Begin what the first page waits for longest, once: the process that runs notebooks."""
        if self._warming is None:
            self._warming = self.beside(lambda: page_worker(self.place.root).warm_up())

    def beside(self, call: Callable[P, Value], *args: P.args, **named: P.kwargs) -> Future[Value]:
        """Something asked for once, done beside the server's own thread."""
        return self._maker.submit(call, *args, **named)

    def file(self, what: str, ending: str) -> Future[bytes]:
        """A notebook as `html` or `pdf`, run anew as it is saved.

        Args:
            what: Its path in the working copy, e.g. `notebooks/maalgrupper.ipynb`, or a job.
            ending: Of the file.

        Raises:
            BeskplanError: in the future: the notebook cannot be run, breaks a rule that the build
                refuses, or says of nobody whom it is for.
        """

        def made() -> bytes:
            job = preview_job(what, self.place)
            if broken := check_notebook(self.place.notebook(job.bilag), run_by_hand=True):
                raise NotebookError(broken)
            return page_worker(self.place.root).page(job.id, ending)

        return self.beside(made)

    def news(self, what: str) -> dict[str, str | int]:
        """What the frame around the page shows, with `busy` while the page is made again.

        A question begins that where files have been written.

        Raises:
            Exception: our own fault while the page was made; the server logs it.
        """
        running = self._running.get(what)
        if running is None or running.done():
            if running is not None:
                del self._running[what]
                running.result()
            known = self._previews.get(what)
            stamp = known.times() if known else None
            if known and known.stamp == stamp:
                return known.news()
            try:
                job = preview_job(what, self.place)
            except BeskplanError as error:
                edition = known.edition if known else 0
                state = "Siden kan ikke laves, før notebooken siger, hvem den er for."
                return {
                    "title": what,
                    "edition": edition,
                    "state": f"{state}{_OLDER * bool(edition)}",
                    "problems": "\n\n".join(map(str, error.problems)),
                }
            preview = self._previews.setdefault(what, Preview(job, self.place))
            # Another job is a new page in the same window: the preview sees that it has changed.
            preview.job, preview.stamp = job, stamp
            self._running[what] = self._maker.submit(preview.refresh)
        return self._previews[what].news() | {"busy": True}
