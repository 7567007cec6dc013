"""Combined PDFs after a build: those whose Bilag have changed are set again.

A combined PDF beside newer Bilag would say two things, so the build that makes the one makes the
other. What it was made from is remembered beside the records; a build that finds nothing changed
reads one small file and asks the file system for the age of each manifest. Only the standard library
is imported until there is something to set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from beskplan.core.errors import BeskplanError, Problem, RenderError, UnknownNameError
from beskplan.core.files import sha256_file, write_whole
from beskplan.runner.keys import digest
from beskplan.runner.plan import readers_key
from beskplan.runner.records import FOLDER, MANIFEST, read_json, remember, stamp
from beskplan.runner.wanted import Choice, wanted

_MEMORY = "samlet.json"


@dataclass(frozen=True)
class Collection:
    """A plan of several Bilag, all of them made."""

    aar: int
    kommune: str
    key: str
    """Tells the reports that lie in place, and their order, from any others."""

    @property
    def name(self) -> str:
        """`2021/rudersdal`."""
        return f"{self.aar}/{self.kommune}"


def combined_path(root: Path, kommune: str, aar: int) -> Path:
    """Where a plan's combined PDF lies: `reports/2021/rudersdal/rudersdal-2021.pdf`."""
    return root / "reports" / str(aar) / kommune / f"{kommune}-{aar}.pdf"


def write_combined(root: Path, kommune: str, aar: int, *, word: bool = False) -> Path:
    """Set all Bilag of a plan year as one PDF, in the order of its params; put it in place in one step.

    Args:
        root: The working copy.
        kommune: Slug of the municipality.
        aar: Plan year.
        word: As a Word document instead, for whoever goes on writing in Word.

    Raises:
        UnknownNameError: the plan has editions only.
        RenderError: a Bilag has no finished report, or they cannot be set as one.
        OSError: it cannot be written.
    """
    from beskplan.params.jobs import Workplace, plan_jobs
    from beskplan.render.page import read_notebook, read_page
    from beskplan.render.page_pdf import TITLE, render_combined
    from beskplan.render.typst_nodes import document_date
    from beskplan.render.word import pages_word

    place = Workplace(root)
    jobs = plan_jobs(place, kommune, aar)
    if not jobs:
        fix = "vælg en plan med andre bilag: hver udgave står for sig"
        raise UnknownNameError(Problem(f"{aar}/{kommune}", "planen har kun udgaver", fix=fix))
    notebooks = [place.folder(job) / f"{job.bilag}.ipynb" for job in jobs]
    missing = [
        Problem(job.id, "har ingen færdig rapport", fix="byg den først: beskplan build")
        for job, path in zip(jobs, notebooks, strict=True)
        if not path.is_file()
    ]
    if missing:
        raise RenderError(missing)
    pages = [read_page(read_notebook(path)) for path in notebooks]
    path = combined_path(root, kommune, aar)
    if not word:
        return write_whole(path, render_combined(pages))
    dated = max(document_date(page.header) for page in pages)
    return write_whole(path.with_suffix(".docx"), pages_word(TITLE, pages, dated))


def stale_collections(root: Path, choice: Choice | None = None) -> tuple[Collection, ...]:
    """The plans whose combined PDF is missing or was made from other reports than lie in place.

    Args:
        root: The working copy.
        choice: Which plans; the Bilag named in it is overlooked, as all belong to a combined PDF.

    Raises:
        BeskplanError: params are wrong, or nothing fits the choice.
    """
    known = read_json(root / "reports" / FOLDER / _MEMORY)
    return tuple(
        one
        for one in _collections(root, choice or Choice())
        if not _is_fresh(known.get(one.name), one, combined_path(root, one.kommune, one.aar))
    )


def _is_fresh(known: Any, one: Collection, path: Path) -> bool:
    """Whether the combined PDF is the file that was made of these reports."""
    if not isinstance(known, dict) or known.get("key") != one.key or not path.is_file():
        return False
    return known.get("stamp") == list(stamp(path)) or known.get("sha256") == sha256_file(path)


def _collections(root: Path, choice: Choice) -> Iterator[Collection]:
    found = wanted(root, readers_key(), Choice(choice.kommune, choice.aar))
    # An edition is a document of its own: the plan's stays as it was adopted.
    plans = (one.job for one in found if not one.hver)
    for name, bilag in groupby(plans, lambda job: job.rpartition("/")[0]):
        jobs = list(bilag)
        stamps = [_manifest_stamp(root / "reports" / job) for job in jobs]
        if len(jobs) > 1 and all(stamps):
            aar, kommune = name.split("/")
            yield Collection(int(aar), kommune, digest([jobs, stamps]))


def _manifest_stamp(report: Path) -> tuple[int, ...]:
    try:
        return stamp(report / MANIFEST)
    except OSError:
        return ()


def combine_one(root: Path, one: Collection) -> str:
    """Set a combined PDF, in whatever process; gives what went wrong, empty where it was set."""
    try:
        write_combined(root, one.kommune, one.aar)
    except BeskplanError as error:
        return "; ".join(str(problem) for problem in error.problems)
    except OSError as error:
        return str(error)
    return ""


Tasks = Sequence[Callable[[], str]]
Each = Callable[[Tasks], Iterable[tuple[int, str]]]


def one_by_one(tasks: Tasks) -> Iterator[tuple[int, str]]:
    """Set them in this process: for few, as another takes as long to start."""
    yield from ((number, task()) for number, task in enumerate(tasks))


def collect(
    root: Path,
    stale: Sequence[Collection],
    tell: Callable[[str], object],
    each: Each = one_by_one,
) -> int:
    """Set the combined PDFs anew; one that cannot be set is told and left for the next build.

    Args:
        root: The working copy.
        stale: As `stale_collections` found them.
        tell: Takes a sentence that a person should see.
        each: Does the tasks, and gives the number of each with what went wrong.

    Returns:
        How many were made.
    """
    memory = root / "reports" / FOLDER / _MEMORY
    made: dict[str, Any] = {}
    for number, problem in each([partial(combine_one, root, one) for one in stale]):
        one = stale[number]
        if problem:
            tell(f"{one.name}: ingen samlet PDF: {problem}")
        else:
            path = combined_path(root, one.kommune, one.aar)
            made[one.name] = {"key": one.key, "sha256": sha256_file(path), "stamp": stamp(path)}
    if made:
        remember(memory, {**read_json(memory), **made})
    return len(made)
