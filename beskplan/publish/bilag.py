"""The finished reports of a plan year as they go to a committee: numbered, with summary and hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from beskplan.blocks.model import KeyFigure, KeyFigures, Prose
from beskplan.core.editions import by_end, edition_name, edition_period, no_editions
from beskplan.core.errors import BeskplanError, Problem, ReportError, UnknownNameError, os_reason
from beskplan.core.files import sha256_bytes, sha256_file
from beskplan.params.jobs import Job, Workplace, how_often, newest_edition, plan_jobs
from beskplan.params.models import read
from beskplan.publish.approval import approved_copy, demo_problem
from beskplan.publish.publishing import refuse_lost_events
from beskplan.publish.trail import DRAFT, State, States, Trail, problem
from beskplan.render.page import Page, read_notebook, read_page
from beskplan.runner.records import Version

TOGETHER = "bilag-samlet.pdf"
"""All Bilag as one PDF."""
SUMMARY_SENTENCES = 6
"""Of one Bilag; the rest is in the Bilag itself."""
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-ZÆØÅ»])")


@dataclass(frozen=True)
class Bilag:
    """One finished report, read once: what is sent on is what was hashed."""

    number: int
    """From 1, in the order of the plan's params."""
    job: Job
    page: Page
    """With what its readers are told of it: approved, published, a draft."""
    pdf: bytes
    content: str
    """Name of the version that was looked at (`beskplan.runner.records`)."""
    state: State = DRAFT

    @property
    def title(self) -> str:
        """`Bilag 1. Udviklingen i målgrupperne`."""
        return f"Bilag {self.number}. {self.page.name}"

    @property
    def file_name(self) -> str:
        """`bilag-1-maalgrupper.pdf`: made of a number, the name of a notebook and a period only."""
        name = edition_name(self.job.bilag.replace("_", "-"), self.job.periode)
        return f"bilag-{self.number}-{name}.pdf"


def draft_bilag(place: Workplace, jobs: Sequence[Job], *, demo: bool = False) -> tuple[Bilag, ...]:
    """Each report as it was built last, approved or not.

    Args:
        place: The working copy.
        jobs: The reports, in their order.
        demo: Also what is made of demo data.

    Raises:
        ReportError: a report is missing, not what its manifest says, or made of demo data; all
            problems at once.
    """
    return _all(jobs, lambda number, job: _read(number, job, place.folder(job), demo=demo))


def approved_bilag(place: Workplace, jobs: Sequence[Job]) -> tuple[Bilag, ...]:
    """Each report in the copy that a person approved; arguments as `draft_bilag`.

    Raises:
        ReportError: a report is not approved, or is made of demo data; all of them at once.
        InputError: the trail of approvals, or an approved copy, was tampered with.
    """
    refuse_lost_events(place, Trail(place.reports).events())

    def read_copy(number: int, job: Job) -> Bilag:
        approved = approved_copy(place, job)
        if approved is None:
            raise ReportError(_not_approved(job))
        state, folder = approved
        return _read(number, job, folder, state)

    return _all(jobs, read_copy)


def _not_approved(job: Job) -> Problem:
    return problem("not-approved", job.id, "et udkast, eller trukket tilbage")


def named_jobs(place: Workplace, name: str) -> list[Job]:
    """The jobs of a whole plan (`2021/rudersdal`), without its editions; or the one that is named.

    Of a Bilag with editions its name alone (`2026/rudersdal/status`) is the newest that was built.

    Raises:
        BeskplanError: there is no such job or plan, it has nothing but editions, or its params are wrong.
    """
    aar, _, kommune = name.strip("/").partition("/")
    if not aar.isdecimal() or not kommune or "/" in kommune:
        return [newest_edition(place, Job.parse(name))]
    if jobs := plan_jobs(place, kommune, int(aar)):
        return jobs
    raise UnknownNameError(problem("only-editions", name.strip("/")))


def packet_jobs(place: Workplace, kommune: str, aar: int, *, draft: bool) -> list[Job]:
    """The jobs of a plan in the order of its params; of each Bilag with editions the newest.

    Args:
        place: The working copy.
        kommune: Slug of the municipality.
        aar: Plan year.
        draft: Take the newest edition that was built; else the newest that is approved. Where there is
            none, the packet is without it.

    Raises:
        BeskplanError: the params are wrong, or the trail of approvals was tampered with.
    """
    params = read(kommune, aar, place.root)
    found = []
    for job in (Job(aar, kommune, name) for name in params.bilag):
        if not how_often(params, job.bilag):
            found.append(job)
        elif draft:
            found += [one for one in [newest_edition(place, job)] if one.periode]
        else:
            found += _approved_editions(place, job)[-1:]
    return found


def approved_edition(place: Workplace, job: Job) -> Job:
    """The newest edition of a Bilag that is approved; the job itself where it is an edition.

    Raises:
        UnknownNameError: the Bilag has no editions.
        ReportError: none is approved.
        LedgerError: the trail of approvals was tampered with.
    """
    if not how_often(read(job.kommune, job.aar, place.root), job.bilag):
        raise UnknownNameError(no_editions("--bilag", repr(job.bilag)))
    found = [job] if job.periode else _approved_editions(place, job)
    if not found:
        raise ReportError(_not_approved(newest_edition(place, job)))
    return found[-1]


def _approved_editions(place: Workplace, job: Job) -> list[Job]:
    """Editions of a job in force, the newest last."""
    states = States(Trail(place.reports).events())
    every = (Job.parse(name) for name in states.jobs() if states.in_force(name))
    own = [one for one in every if one.periode and replace(one, periode="") == job]
    return sorted(own, key=lambda one: by_end(edition_period(one.periode)))


def _all(jobs: Sequence[Job], read_one: Callable[[int, Job], Bilag]) -> tuple[Bilag, ...]:
    bilag: list[Bilag] = []
    problems: list[Problem] = []
    for number, job in enumerate(jobs, start=1):
        try:
            bilag.append(read_one(number, job))
        except BeskplanError as error:
            problems.extend(error.problems)
    if problems:
        raise ReportError(problems)
    return tuple(bilag)


def _read(
    number: int, job: Job, folder: Path, state: State = DRAFT, *, demo: bool = False
) -> Bilag:
    version = Version(folder)
    try:
        files = version.files
        pdf = (folder / f"{job.bilag}.pdf").read_bytes()
        notebook = folder / f"{job.bilag}.ipynb"
        hashes = {f"{job.bilag}.pdf": sha256_bytes(pdf), notebook.name: sha256_file(notebook)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(problem("no-report", job.id, os_reason(error, named=True))) from None
    for name, found in hashes.items():
        if files.get(name) != found:
            raise ReportError(problem("other-file", f"{job.id}: {name}", job=job.id))
    page = read_page(read_notebook(notebook)).with_status(state.status)
    # The manifest's word and the page's own: the packet and the mail are made from the page.
    if not demo and (made_up := demo_problem(version, on_page=page.header.demo)):
        raise ReportError(made_up)
    content = state.approval.content if state.approval else version.content
    return Bilag(number, job, page, pdf, content, state)


def key_figures(page: Page) -> tuple[KeyFigures, ...]:
    """The key figures of a page, in their order."""
    return tuple(item for item in page.walk() if isinstance(item, KeyFigures))


def summary(page: Page) -> tuple[str, ...]:
    """The sentences of a page that say the most, as they stand on it.

    What stands in the section of the key figures; where that has no sentences, the paragraph about
    each key figure; where the page has no key figures, its first sentences. An edition answers in its
    first section. How the source counts is none of them.
    """
    figures = [item for block in key_figures(page) for item in block.items]
    beside = (
        text
        for section in page.sections
        if any(isinstance(item, KeyFigures) for item in section.walk())
        or (page.header.periode and section is page.sections[0])
        for text in _texts(section.walk())
    )
    every = tuple(_texts(page.walk()))
    about = (text for figure in figures for text in every if _is_about(text, figure))
    for found in (beside, about, iter(every)):
        said = chain.from_iterable(map(_SENTENCE_END.split, found))
        if chosen := tuple(islice(dict.fromkeys(said), SUMMARY_SENTENCES)):
            return chosen
    return ()


def _texts(items: Iterator[object]) -> Iterator[str]:
    prose = (item for item in items if isinstance(item, Prose) and item.id != "opgoerelse")
    blocks = (item for item in prose if item.role == "text")
    return chain.from_iterable(block.paragraphs for block in blocks)


def _is_about(text: str, figure: KeyFigure) -> bool:
    """Whether a paragraph names the key figure's number and what it counts.

    `Fuldtidspersoner på a-dagpenge, juni 2020`, 703: the paragraph has `703` and `på a-dagpenge`.
    """
    counted = figure.label.partition(",")[0].partition(" ")[2]
    number = rf"(?<![\d.,]){re.escape(figure.value)}(?![\d]|[.,]\d)"
    return bool(counted) and counted in text and re.search(number, text) is not None
