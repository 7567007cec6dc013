"""What goes to a committee: a plan's finished reports, numbered, with summary and hash; and its packet.

    reports/pakker/2021/rudersdal/
        udvalgssag-rudersdal-2021.zip
        udvalgssag-rudersdal-2021/
            dagsordenspunkt.html  dagsordenspunkt.docx  dagsordenspunkt.pdf
            bilag-1-maalgrupper.pdf  ...
            bilag-samlet.pdf, where there are several
            manifest.json

The agenda item has its fields in the order of a Danish committee's agenda, and is the same kind of page
as a report, so that the same code makes its web page and its PDF. The same reports, params and code give
the same bytes on any day.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from beskplan import __version__
from beskplan.blocks.model import Cell, Column, KeyFigure, KeyFigures, Prose, Row, Table
from beskplan.core import errors
from beskplan.core.danish import list_danish
from beskplan.core.editions import by_end, edition_name, edition_period, no_editions
from beskplan.core.files import install_files, sha256_bytes, sha256_file, zipped
from beskplan.core.periods import date_text
from beskplan.params.bilag import Udvalgssag
from beskplan.params.jobs import Job, Workplace, how_often, newest_edition, plan_jobs
from beskplan.params.models import params_path, read
from beskplan.params.values import paragraphs, subject
from beskplan.publish.approval import approved_copy, demo_problem
from beskplan.publish.publishing import refuse_lost_events
from beskplan.publish.trail import DRAFT, WORDS, State, States, Trail, problem
from beskplan.render import page as pages
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_combined, set_pdf
from beskplan.render.typst_nodes import page_data
from beskplan.render.word import page_word
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
    page: pages.Page
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
            raise errors.ReportError(_not_approved(job))
        state, folder = approved
        return _read(number, job, folder, state)

    return _all(jobs, read_copy)


def _not_approved(job: Job) -> errors.Problem:
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
    raise errors.UnknownNameError(problem("only-editions", name.strip("/")))


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
        raise errors.UnknownNameError(no_editions("--bilag", repr(job.bilag)))
    found = [job] if job.periode else _approved_editions(place, job)
    if not found:
        raise errors.ReportError(_not_approved(newest_edition(place, job)))
    return found[-1]


def _approved_editions(place: Workplace, job: Job) -> list[Job]:
    """Editions of a job in force, the newest last."""
    states = States(Trail(place.reports).events())
    every = (Job.parse(name) for name in states.jobs() if states.in_force(name))
    own = [one for one in every if one.periode and replace(one, periode="") == job]
    return sorted(own, key=lambda one: by_end(edition_period(one.periode)))


def _all(jobs: Sequence[Job], read_one: Callable[[int, Job], Bilag]) -> tuple[Bilag, ...]:
    bilag: list[Bilag] = []
    problems: list[errors.Problem] = []
    for number, job in enumerate(jobs, start=1):
        try:
            bilag.append(read_one(number, job))
        except errors.BeskplanError as error:
            problems.extend(error.problems)
    if problems:
        raise errors.ReportError(problems)
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
        raise errors.ReportError(
            problem("no-report", job.id, errors.os_reason(error, named=True))
        ) from None
    for name, found in hashes.items():
        if files.get(name) != found:
            raise errors.ReportError(problem("other-file", f"{job.id}: {name}", job=job.id))
    page = pages.read_page(pages.read_notebook(notebook)).with_status(state.status)
    # The manifest's word and the page's own: the packet and the mail are made from the page.
    if not demo and (made_up := demo_problem(version, on_page=page.header.demo)):
        raise errors.ReportError(made_up)
    content = state.approval.content if state.approval else version.content
    return Bilag(number, job, page, pdf, content, state)


def key_figures(page: pages.Page) -> tuple[KeyFigures, ...]:
    """The key figures of a page, in their order."""
    return tuple(item for item in page.walk() if isinstance(item, KeyFigures))


def summary(page: pages.Page) -> tuple[str, ...]:
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


FOLDER = "pakker"
NAME = "dagsordenspunkt"
NONE = "-"
"""Stands in a field without content, as in the committees' own agendas."""
AFTER_THE_MEETING = "Udfyldes efter mødet."


def agenda_page(case: Udvalgssag, bilag: Sequence[Bilag]) -> pages.Page:
    """The agenda item.

    Args:
        case: What a person has written.
        bilag: The plan's reports, at least one, all of one municipality and year.

    Returns:
        A page with one section a field. Key figures are tables, numbered from 1, with the
        numbers as they stand in the Bilag. A draft where a Bilag is one.
    """
    headers = [one.page.header for one in bilag]
    header = headers[0].model_copy(
        update={
            "bilag": NAME,
            "data_text": "; ".join(dict.fromkeys(one.data_text for one in headers)),
            "data_id": ", ".join(dict.fromkeys(one.data_id for one in headers)),
            "demo": any(one.demo for one in headers),
        }
    )
    number = f"{case.punkt}. " if case.punkt else ""
    meeting = _prose("moede", f"{case.udvalg}, møde den {date_text(case.moede)}.")
    sections = tuple(_sections(case, bilag))
    return pages.Page(header, number + case.titel, (meeting,), sections, status=_status(bilag))


def _status(bilag: Sequence[Bilag]) -> pages.Status:
    if any(one.state.approval is None for one in bilag):
        return pages.DRAFT
    names = list(dict.fromkeys(one.state.approval.by for one in bilag if one.state.approval))
    what = "Bilaget" if len(bilag) == 1 else "Bilagene"
    return pages.Status("godkendt", "", f"{what} er godkendt af {list_danish(names)}.")


def _sections(case: Udvalgssag, bilag: Sequence[Bilag]) -> Iterator[pages.Section]:
    taken: set[str] = set()
    for heading, name in WORDS["agenda"].items():
        title, otherwise = heading, NONE
        below: list[pages.Section] = []
        if name in ("beslutning", "fravaerende"):
            otherwise = AFTER_THE_MEETING
        if name == "beslutning":
            title = f"{heading} {case.udvalg} den {case.moede:%d-%m-%Y}"
        if name == "sagsbeskrivelse":
            for one, news in _news(bilag):
                about = f"{one.title}: det vigtigste"
                below.append(pages.Section(pages.heading_id(about, taken), about, tuple(news), ()))
        if name:
            text = getattr(case, name)
            items = [_prose(pages.heading_id(title, set()), *(paragraphs(text or otherwise)))]
        else:
            names = [f"{one.title} ({one.file_name})" for one in bilag]
            whole = [f"Alle bilag i én fil ({TOGETHER})"] if len(bilag) > 1 else []
            items = [_list("bilagsliste", [*names, *whole])]
        yield pages.Section(pages.heading_id(title, taken), title, tuple(items), tuple(below))


def _news(bilag: Sequence[Bilag]) -> Iterator[tuple[Bilag, list[pages.Item]]]:
    """What each Bilag has to say: its summary, and its key figures as tables."""
    count = 0
    for one in bilag:
        name = one.job.bilag.replace("_", "-")
        items: list[pages.Item] = []
        if texts := summary(one.page):
            items.append(_list(f"{name}-det-vigtigste", texts))
        for block in key_figures(one.page):
            count += 1
            items.append(pages.Numbered(count, _key_figure_table(one, block, count)))
        if items:
            yield one, items


def _key_figure_table(bilag: Bilag, block: KeyFigures, count: int) -> Table:
    columns = (
        Column(id=key, label=text, kind="text") for key, text in WORDS["key-figures"].items()
    )
    texts = ((one.label, (one.value, one.change, one.comparison)) for one in block.items)
    return Table(
        id=f"noegletal-{count}",
        title=f"Nøgletal fra Bilag {bilag.number}",
        unit="tal som i bilaget",
        period="perioden står i hver række",
        columns=tuple(columns),
        rows=tuple(
            Row(label=label, cells=tuple(Cell(text=text or NONE) for text in cells))
            for label, cells in texts
        ),
        sources=block.sources,
        demo=bilag.page.header.demo,
    )


def _prose(name: str, *texts: str) -> Prose:
    return Prose(id=name, paragraphs=texts)


def _list(name: str, texts: Sequence[str]) -> Prose:
    return Prose(id=name, paragraphs=tuple(texts), bullets=len(texts) > 1)


def packet_folder(place: Workplace, kommune: str, aar: int) -> Path:
    """Where a packet lies: zip and folder together, so that one rename replaces both."""
    return place.reports / FOLDER / str(aar) / kommune


def make_packet(
    place: Workplace, kommune: str, aar: int, *, draft: bool = False, demo: bool = False
) -> Path:
    """Make the packet of a municipality's plan year.

    Args:
        place: The working copy.
        kommune: Name, code or slug of the municipality.
        aar: Plan year.
        draft: Take the reports as they were built last, approved or not; the packet then says so.
        demo: In a draft also what is made of demo data; the packet then says that too.

    Returns:
        The zip.

    Raises:
        ParamsError: the params are wrong, or have no `udvalgssag`.
        ReportError: a report is missing, not what was built, not approved, or made of demo data; all of
            them at once.
    """
    slug = subject(kommune).slug
    case = _case(place, slug, aar)
    jobs = packet_jobs(place, slug, aar, draft=draft)
    bilag = draft_bilag(place, jobs, demo=demo) if draft else approved_bilag(place, jobs)
    if not bilag:
        raise errors.ReportError(problem("no-edition-for-packet", f"{aar}/{slug}"))
    target, name = packet_folder(place, slug, aar), f"udvalgssag-{slug}-{aar}"
    files = packet_files(case, bilag)
    together = {f"{name}.zip": zipped_folder(name, files)}
    together |= {f"{name}/{file}": content for file, content in files.items()}
    install_files(together, target, place.reports / ".arbejde")
    return target / f"{name}.zip"


def packet_files(case: Udvalgssag, bilag: Sequence[Bilag]) -> dict[str, bytes]:
    """Name and content of every file of the packet."""
    page = agenda_page(case, bilag)
    files = {
        f"{NAME}.html": page_html(page).encode(),
        f"{NAME}.docx": page_word(page, case.moede),
        # An agenda item is short: its fields need no list of contents before them.
        f"{NAME}.pdf": set_pdf({**page_data(page, case.moede), "contents": 0}, "report.typ", NAME),
        **{one.file_name: one.pdf for one in bilag},
    }
    if len(bilag) > 1:
        files[TOGETHER] = render_combined([one.page for one in bilag])
    record = _manifest(case, bilag, files)
    text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    return {**files, "manifest.json": text.encode()}


def _manifest(
    case: Udvalgssag, bilag: Sequence[Bilag], files: Mapping[str, bytes]
) -> dict[str, Any]:
    header = bilag[0].page.header
    return {
        "version": 1,
        "kommune": header.kommune,
        "kommune_kode": header.kommune_kode,
        "aar": header.aar,
        "udvalg": case.udvalg,
        "moede": case.moede.isoformat(),
        "sagsnr": case.sagsnr,
        "beskplan": __version__,
        "bilag": [
            {
                "nr": one.number,
                "titel": one.page.name,
                "job": one.job.id,
                "fil": one.file_name,
                "version": one.content,
                "godkendt_af": one.state.approval.by if one.state.approval else None,
                "godkendt": one.state.approval.at if one.state.approval else None,
                "data": one.page.header.data_id,
            }
            for one in bilag
        ],
        "files": {name: sha256_bytes(content) for name, content in sorted(files.items())},
    }


def _case(place: Workplace, slug: str, aar: int) -> Udvalgssag:
    params = read(slug, aar, place.root)
    if params.udvalgssag is None:
        where = params_path(place.root, slug, aar).relative_to(place.root).as_posix()
        raise errors.ParamsError(problem("no-case", f"{where}: udvalgssag"))
    return params.udvalgssag


def zipped_folder(folder: str, files: Mapping[str, bytes]) -> bytes:
    """The files below one folder as a zip with the same bytes on any day.

    Raises:
        ReportError: a name would leave the folder when the zip is opened.
    """
    for name in files:
        if name != Path(name).name or name in ("", ".", "..") or "\\" in name:
            raise errors.ReportError(problem("odd-file-name", f"{folder}.zip", repr(name)))
    return zipped((f"{folder}/{name}", content) for name, content in sorted(files.items()))
