"""The finished reports of a plan year as they go to a committee: numbered, with summary and hash."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from beskplan.blocks.model import KeyFigure, KeyFigures, Prose
from beskplan.core.errors import BeskplanError, Problem, ReportError
from beskplan.params.jobs import Job, Workplace, newest_edition, plan_jobs
from beskplan.publish.approval import approved_copy, demo_problem
from beskplan.publish.publishing import refuse_lost_events
from beskplan.publish.trail import DRAFT, Event, State, Trail
from beskplan.registers.provenance import sha256_bytes, sha256_file
from beskplan.render.page import Page, read_notebook, read_page
from beskplan.runner.versions import Version

SUMMARY_PARAGRAPHS = 4
"""Of one Bilag; the rest is in the Bilag itself."""


@dataclass(frozen=True)
class Bilag:
    """One finished report, read once: what is sent on is what was hashed."""

    number: int
    """From 1, in the order of the plan's params."""
    job: Job
    page: Page
    pdf: bytes
    content: str
    """Name of the version that was looked at (`beskplan.runner.versions`)."""
    approval: Event | None = None
    """None for a draft."""
    copy: str = ""
    """Name of the copy that readers get; empty for a draft."""
    published: bool = False

    @property
    def title(self) -> str:
        """`Bilag 1. Udviklingen i målgrupperne`."""
        return f"Bilag {self.number}. {self.page.title}"

    @property
    def file_name(self) -> str:
        """`bilag-1-maalgrupper.pdf`: made of a number and the name of a notebook only."""
        return f"bilag-{self.number}-{self.job.bilag.replace('_', '-')}.pdf"


def draft_bilag(
    place: Workplace, kommune: str, aar: int, *, demo: bool = False
) -> tuple[Bilag, ...]:
    """Every Bilag of a plan year as it was built last, approved or not.

    Args:
        place: The working copy.
        kommune: Slug of the municipality.
        aar: Plan year.
        demo: Also what is made of demo data.

    Raises:
        ReportError: a report is missing, not what its manifest says, or made of demo data; all
            problems at once.
    """
    return _all(
        place,
        kommune,
        aar,
        lambda number, job: _read(number, job, place.folder(job), demo=demo),
    )


def approved_bilag(place: Workplace, kommune: str, aar: int) -> tuple[Bilag, ...]:
    """Every Bilag of a plan year in the copy that a person approved; arguments as `draft_bilag`.

    Raises:
        ReportError: a report is not approved, or is made of demo data; all of them at once.
        InputError: the trail of approvals, or an approved copy, was tampered with.
    """
    refuse_lost_events(place, Trail(place.reports).events())

    def read_copy(number: int, job: Job) -> Bilag:
        approved = approved_copy(place, job)
        if approved is None:
            what, there = "er ikke godkendt", "et udkast, eller trukket tilbage"
            fix = f"se på den, og godkend den: beskplan approve {job.id} --by NAVN"
            raise ReportError(Problem(job.id, what, there, fix=fix))
        state, folder = approved
        return _read(number, job, folder, state)

    return _all(place, kommune, aar, read_copy)


def named_jobs(place: Workplace, name: str) -> list[Job]:
    """The jobs of a whole plan (`2021/rudersdal`), without its editions; or the one that is named.

    Of a Bilag with editions its name alone (`2026/rudersdal/status`) is the newest that was built.

    Raises:
        BeskplanError: there is no such job or plan, or its params are wrong.
    """
    aar, _, kommune = name.strip("/").partition("/")
    if not aar.isdecimal() or not kommune or "/" in kommune:
        return [newest_edition(place, Job.parse(name))]
    return plan_jobs(place, kommune, int(aar))


def _all(
    place: Workplace, kommune: str, aar: int, read_one: Callable[[int, Job], Bilag]
) -> tuple[Bilag, ...]:
    bilag: list[Bilag] = []
    problems: list[Problem] = []
    for number, job in enumerate(plan_jobs(place, kommune, aar), start=1):
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
        what, fix = "har ingen færdig rapport", f"byg den: beskplan run {job.id}"
        raise ReportError(Problem(job.id, what, str(error), fix=fix)) from None
    for name, found in hashes.items():
        if files.get(name) != found:
            fix = f"byg den igen: beskplan run --force {job.id}"
            raise ReportError(
                Problem(f"{job.id}: {name}", "er ikke den fil, der blev dannet", fix=fix)
            )
    page = read_page(read_notebook(notebook))
    # The manifest's word and the page's own: the packet and the mail are made from the page.
    if not demo and (problem := demo_problem(version, on_page=page.header.demo)):
        raise ReportError(problem)
    approval = state.approval
    return Bilag(
        number=number,
        job=job,
        page=page,
        pdf=pdf,
        content=approval.content if approval else version.content,
        approval=approval,
        copy=state.copy,
        published=state.published is not None,
    )


def key_figures(page: Page) -> tuple[KeyFigures, ...]:
    """The key figures of a page, in their order."""
    return tuple(item for item in page.walk() if isinstance(item, KeyFigures))


def summary(page: Page) -> tuple[str, ...]:
    """The sentences of a page that say the most, as they stand on it.

    What stands in the section of the key figures; where that has no sentences, the paragraph about
    each key figure; where the page has no key figures, its first sentences.
    """
    figures = [item for block in key_figures(page) for item in block.items]
    beside = (
        text
        for section in page.sections
        if any(isinstance(item, KeyFigures) for item in section.walk())
        for text in _texts(section.walk())
    )
    every = tuple(_texts(page.walk()))
    about = (text for figure in figures for text in every if _is_about(text, figure))
    for found in (beside, about, iter(every)):
        if chosen := tuple(islice(dict.fromkeys(found), SUMMARY_PARAGRAPHS)):
            return chosen
    return ()


def _texts(items: Iterator[object]) -> Iterator[str]:
    blocks = (item for item in items if isinstance(item, Prose) and item.role == "text")
    return chain.from_iterable(block.paragraphs for block in blocks)


def _is_about(text: str, figure: KeyFigure) -> bool:
    """Whether a paragraph names the key figure's number and what it counts.

    `Fuldtidspersoner på a-dagpenge, juni 2020`, 703: the paragraph has `703` and `på a-dagpenge`.
    """
    counted = figure.label.partition(",")[0].partition(" ")[2]
    number = rf"(?<![\d.,]){re.escape(figure.value)}(?![\d]|[.,]\d)"
    return bool(counted) and counted in text and re.search(number, text) is not None
