"""Approve a report, or take the approval back: a person's word, bound to what the person looked at.

An approval names the hashes of every file of the draft. At the same moment a copy is made for the
readers: the report's folder with page, PDF and workbook set again from the same executed notebook, so
that they say "Godkendt" instead of "Udkast". Before that, what was looked at is set again
(`setting_problems`): only where it comes out byte for byte can the copy be said to differ from it in
nothing but its status. What is published and sent is that copy with the day of publication added.
Whenever a copy leaves, its files are compared with the hashes in the approval trail (`copy_problems`).

What a person has said something of stays for ever; other drafts go, so that a disk does not fill up
(`prune`). Kept of each report: every version that the trail names, the one in place and the one before
it, and the last drafts. Of the copies: those that the trail names. What a killed process left half is
removed when it is a day old.
"""

import json
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from beskplan.core.errors import InputError, Problem, did_you_mean
from beskplan.core.files import COPIES, copy_folder, install, sha256_bytes, sha256_file
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import prove
from beskplan.publish.trail import Event, State, States, Trail, What, day_of, problem
from beskplan.render import page as pages
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf
from beskplan.render.workbook import render_workbook
from beskplan.runner.records import MANIFEST, Records, Store, Version, now

COPY_MANIFEST = "kopi/manifest.json"
"""Names the hash of the copy's manifest, which holds those of all its files, in an event's `files`."""
LONGEST_NAME = 100
LONGEST_REASON = 500
_RESTORE = "hent mappen fra en sikkerhedskopi, eller byg, se på og godkend rapporten på ny"


class ApprovalError(InputError):
    """The report may not be approved, or not be withdrawn."""


class CopyError(InputError):
    """A copy is not what was approved, or cannot be made as it was approved."""


def approve(place: Workplace, job: Job, by: str) -> Event:
    """Approve the report that lies in place.

    Args:
        place: The working copy.
        job: The report.
        by: Who approves; printed on page and PDF.

    Returns:
        The approval; the one that holds already where the same bytes were approved before.

    Raises:
        ApprovalError: there is no report, it is made of demo data, its last build failed, a file is
            not as it was built, or the name is none; every reason is told.
        ProofError: the report fails its proof.
        LedgerError: the trail was tampered with.
    """
    refuse_unready(place, [job], by)
    prove(job, place, place.folder(job))
    with Trail(place.reports).writing() as trail:
        # Copied first: what is approved is what was just looked at, whatever is built meanwhile.
        version = Store.of(place.reports).keep(job.id, place.folder(job))
        state = States(trail.entries).of(job.id, version.content)
        if state.approval and not state.withdrawal and not list(_damages(place.reports, state)):
            return state.approval
        again = f"beskplan run --force {job.id}"
        if wrong := [*file_problems(version, again), *setting_problems(version, pages.DRAFT)]:
            raise ApprovalError(wrong)
        by, at = by.strip(), now()
        copy = make_copy(
            job.id,
            version,
            pages.approved_status(by, day_of(at)),
            place.reports,
            lambda folder: prove(job, place, folder),
        )
        files = {**version.files, MANIFEST: sha256_file(version.folder / MANIFEST)}
        event = event_of("godkendt", job.id, version.content, copy, by=by, at=at, files=files)
        return trail.add(event)


def refuse_unready(place: Workplace, jobs: Sequence[Job], by: str) -> None:
    """Refuse reports that may not be approved, before the first of them is; their proof comes later.

    Raises:
        ApprovalError: with every reason, as `approve`.
    """
    reports = (problem for job in jobs for problem in _report_problems(place, job))
    if problems := [*_text_problems("--by", by, LONGEST_NAME), *reports]:
        raise ApprovalError(problems)


def withdraw(
    place: Workplace, job: Job, by: str, reason: str, *, content: str | None = None
) -> Event:
    """Take an approval back; the next publication shows the report with the reason on it.

    Args:
        place: The working copy.
        job: The report.
        by: Who takes it back.
        reason: Why; printed on page and PDF.
        content: The version; the one in force where left out.

    Raises:
        ApprovalError: no such version is approved, or name or reason is none.
        CopyError: the approved copy was tampered with.
        LedgerError: the trail was tampered with.
    """
    problems = [
        *_text_problems("--by", by, LONGEST_NAME),
        *_text_problems("--reason", reason, LONGEST_REASON),
    ]
    if problems:
        raise ApprovalError(problems)
    by, reason, at = by.strip(), reason.strip(), now()
    with Trail(place.reports).writing() as trail:
        states = States(trail.entries)
        wanted = content or states.in_force(job.id)
        state = states.of(job.id, wanted)
        if state.approval is None or state.withdrawal is not None:
            raise ApprovalError(problem("not-approved-now", job.id, wanted))
        # The approved copy holds the executed notebook that was looked at.
        source = whole_copy(place.reports, state.approval)
        copy = make_copy(
            job.id, source, pages.withdrawn_status(by, day_of(at), reason), place.reports
        )
        return trail.add(event_of("trukket", job.id, wanted, copy, by=by, at=at, reason=reason))


def event_of(what: What, job: str, content: str, copy: Version, **said: Any) -> Event:
    """What the trail says of a version and of the copy that was made for it; `said`: fields of `Event`."""
    files = {**said.pop("files", {}), COPY_MANIFEST: sha256_file(copy.folder / MANIFEST)}
    return Event(what=what, job=job, content=content, copy=copy.content, files=files, **said)


def approved_copy(place: Workplace, job: Job) -> tuple[State, Path] | None:
    """What was said of the version in force, and its copy for readers; None where there is none.

    Raises:
        LedgerError: the trail was tampered with.
        CopyError: a file of the copy is not as it was approved.
    """
    states = States(Trail(place.reports).events())
    state = states.of(job.id, states.in_force(job.id))
    if state.approval is None or state.last is None:
        return None
    return state, whole_copy(place.reports, state.last).folder


def copies(reports: Path) -> Store:
    """The store of a working copy's approved, published and withdrawn copies."""
    return Store(reports / COPIES)


def whole_copy(reports: Path, event: Event) -> Version:
    """The copy that an event was made with.

    Raises:
        CopyError: a file of it is not as it was approved, published or withdrawn.
    """
    if wrong := list(copy_problems(reports, event)):
        raise CopyError(wrong)
    return copies(reports).version(event.job, event.copy_id)


def damaged_copies(reports: Path, states: States) -> list[Problem]:
    """Every file of every copy in the trail that is not as it was approved, published or withdrawn."""
    known = (state for job in states.jobs() for state in states.known(job).values())
    return [problem for state in known for problem in _damages(reports, state)]


def _damages(reports: Path, state: State) -> Iterator[Problem]:
    """What is wrong with the copies of a state: the approved one, and the one that readers get."""
    if state.approval and state.last:
        yield from copy_problems(reports, state.approval)
        if state.last is not state.approval:
            yield from copy_problems(reports, state.last)


def file_problems(version: Version, fix: str = "") -> Iterator[Problem]:
    """Files of a report that are not as its manifest says, and those that it does not know."""
    folder = version.folder
    try:
        wanted = version.files
        paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
        there = {name for name, path in paths.items() if path.is_file()}
    except (OSError, ValueError, KeyError, TypeError):
        yield problem("not-whole", str(folder), fix=fix)
        return
    for name in sorted((wanted.keys() | there) - {MANIFEST}):
        known = name in wanted and name in there
        if not known or sha256_file(folder / name) != wanted[name]:
            yield problem("file-changed" if known else "file-foreign", f"{folder}: {name}", fix=fix)


def copy_problems(reports: Path, event: Event) -> Iterator[Problem]:
    """Files of an event's copy that are not as they were approved, published or withdrawn."""
    copy = copies(reports).version(event.job, event.copy_id)
    if wrong := list(file_problems(copy, _RESTORE)):
        yield from wrong
        return
    # The manifest lies beside the files and can be edited with them; the trail knows better.
    is_other = event.files.get(COPY_MANIFEST) != sha256_file(copy.folder / MANIFEST)
    if is_other or copy.content != event.copy_id:
        where = f"{copy.folder}: {MANIFEST}"
        yield problem("not-that-file", where, line=event.number, fix=_RESTORE)


def demo_problem(version: Version, *, on_page: bool = False, otherwise: str = "") -> Problem | None:
    """What stands against letting a version out; None where all of its numbers are real.

    Args:
        version: A draft, or a copy. A manifest that does not say what it is made of counts as demo.
        on_page: What the page itself says, where the door has read it.
        otherwise: What else the person at the door can do.

    Raises:
        OSError, ValueError: there is no manifest that can be read.
    """
    manifest = version.manifest
    if manifest.get("demo", True) is False and not on_page:
        return None
    where = str(manifest.get("job", version.folder))
    return problem("demo", where, "demodata", otherwise=otherwise)


def setting_problems(version: Version, status: pages.Status) -> list[Problem]:
    """What hinders a copy that differs from a version in its status alone; empty where nothing does.

    Args:
        version: A draft, or a copy.
        status: The status that is printed on it.
    """
    job, found = version.manifest["job"], "en anden fil: programmet eller filen er ændret siden"
    return [
        problem("set-otherwise", f"{job}: {name}", found, job=job)
        for name, content in _rendered(version, status).items()
        if sha256_bytes(content) != version.files.get(name)
    ]


def make_copy(
    job: str,
    version: Version,
    status: pages.Status,
    reports: Path,
    check: Callable[[Path], object] | None = None,
) -> Version:
    """The copy of a version with a status; the same status gives the same copy.

    Args:
        job: The report.
        version: What was looked at.
        status: What its readers are told.
        reports: The folder of the reports.
        check: Looks at the finished folder, and raises where it may not be kept.

    Raises:
        RenderError: the report cannot be set.
        OSError: it cannot be written.
    """
    store = copies(reports)
    rendered = _rendered(version, status)
    store.folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".", dir=store.folder))
    try:
        folder = work / "kopi"
        copy_folder(version.folder, folder)
        for name, content in rendered.items():
            (folder / name).write_bytes(content)
        files = version.files | {name: sha256_bytes(one) for name, one in rendered.items()}
        looked_at = version.manifest.get("standing", {}).get("of", version.content)
        said = {"kind": status.kind, "text": status.text, "of": looked_at}
        record = {**version.manifest, "files": files, "standing": said}
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        if check:
            check(folder)
        stored = store.version(job, Version(folder).content)
        there = stored.folder / MANIFEST
        same = there.is_file() and sha256_file(there) == sha256_file(folder / MANIFEST)
        if not same or any(file_problems(stored)):
            install(folder, stored.folder)
        return Version(stored.folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def published_copy(reports: Path, approval: Event, day: date) -> Version:
    """Make the copy that says when it was published; the same day gives the same copy.

    Args:
        reports: The folder of the reports.
        approval: The approval that holds.
        day: Of the publication.

    Raises:
        CopyError: the approved copy was tampered with or is made of demo data, or this version of
            the program would set it differently, so that more than the day would change.
        RenderError: the report cannot be set.
        OSError: it cannot be written.
    """
    copy = whole_copy(reports, approval)
    by, approved_on = approval.by, day_of(approval.at)
    demo = demo_problem(copy)
    if wrong := [demo] if demo else setting_problems(copy, pages.approved_status(by, approved_on)):
        raise CopyError(wrong)
    return make_copy(approval.job, copy, pages.published_status(by, approved_on, day), reports)


def _rendered(version: Version, status: pages.Status) -> dict[str, bytes]:
    """The files of a version that tell a status, set anew with that status."""
    bilag = str(version.manifest["bilag"])
    page = pages.read_page(pages.read_notebook(version.folder / f"{bilag}.ipynb")).with_status(
        status
    )
    return {f"{bilag}{ending}": render(page) for ending, render in _RENDERED.items()}


_RENDERED: dict[str, Callable[[pages.Page], bytes]] = {
    ".html": lambda page: page_html(page).encode(),
    ".pdf": render_pdf,
    ".xlsx": render_workbook,
}
"""The files that tell a status, and what makes them."""


def _report_problems(place: Workplace, job: Job) -> Iterator[Problem]:
    version = Version(place.folder(job))
    try:
        demo = demo_problem(version)
    except (OSError, ValueError, KeyError):
        unbuilt, names = problem("not-built", job.id), [p.stem for p in place.notebooks.glob("*")]
        fix = "" if job.bilag in names else did_you_mean(job.bilag, names)
        yield replace(unbuilt, fix=fix or unbuilt.fix)
        return
    if demo:
        yield demo
    record = Records(place.reports).read(job.id)
    if record.failed_at:
        yield problem("failed-last", job.id, record.cause)
    yield from file_problems(version, f"beskplan run --force {job.id}")


def _text_problems(where: str, text: str, longest: int) -> Iterator[Problem]:
    """What is wrong with a text that a person gave and that others will read."""
    if not text.strip():
        yield problem("no-text", where)
    if len(text) > longest:
        yield problem("text-too-long", where, f"{len(text)} tegn", longest=longest)
    if any(unicodedata.category(letter)[0] == "C" for letter in text):
        # Line breaks, and signs that turn the direction of reading.
        yield problem("hidden-signs", where, ascii(text))


DRAFTS_KEPT = 5
"""Of each report: enough to see what a week of revisions did."""
UNFINISHED_SECONDS = 24 * 60 * 60
"""No approval or publication takes so long: what is older, and named by nobody, was left behind."""
_GOING = ".fjernes-"
"""Begins the name of a folder that is being removed: whole until then, and never seen afterwards."""


def prune(
    place: Workplace, *, keep: int = DRAFTS_KEPT, dry_run: bool = False
) -> tuple[tuple[str, ...], int]:
    """Remove old drafts and what killed processes left behind.

    Args:
        place: The working copy.
        keep: How many of the last drafts of each report stay.
        dry_run: Only tell what would go.

    Returns:
        `<job>/<content>` of each old draft, and the number of folders that somebody had left behind half.

    Raises:
        LedgerError: the trail of approvals was tampered with; nothing is removed on its word.
        LockedError: another holds the trail for too long.
    """
    versions, approved = Store.of(place.reports), copies(place.reports)
    with Trail(place.reports).writing() as trail:
        drafts = tuple(_old_drafts(place, versions, trail.entries, keep))
        leftovers = [
            *_left_behind(versions),
            *_left_behind(approved),
            *_unnamed(approved, trail.entries),
        ]
        if not dry_run:
            for folder in (*(one.folder for one in drafts), *leftovers):
                _remove(folder)
    names = (one.folder.relative_to(versions.folder).as_posix() for one in drafts)
    return tuple(names), len(leftovers)


def _old_drafts(
    place: Workplace, store: Store, events: list[Event], keep: int
) -> Iterator[Version]:
    named = {(event.job, event.content) for event in events}
    for folder in sorted(store.folder.glob("[0-9][0-9][0-9][0-9]/*/*")):
        job = folder.relative_to(store.folder).as_posix()
        drafts = [one for one in store.all(job) if (job, one.folder.name) not in named]
        in_use = _in_use(Version(place.reports / job))
        for one in drafts[: max(0, len(drafts) - keep)]:
            if one.folder.name not in in_use:
                yield one


def _in_use(in_place: Version) -> set[str]:
    """The report that lies in place, and the one that it is compared with."""
    try:
        previous = in_place.manifest.get("previous") or {}
        return {in_place.content, previous.get("content", "")}
    except (OSError, ValueError, KeyError):
        return set()


def _unnamed(approved: Store, events: list[Event]) -> Iterator[Path]:
    """Copies that were made for an approval or publication that never came about."""
    named = {(event.job, event.copy_id) for event in events}
    for folder in sorted(approved.folder.glob("[0-9][0-9][0-9][0-9]/*/*/[0-9a-f]*")):
        job = folder.parent.relative_to(approved.folder).as_posix()
        if (job, folder.name) not in named and _is_old(folder):
            yield folder


def _left_behind(store: Store) -> Iterator[Path]:
    """Folders that were being made or removed when their process ended."""
    for pattern in (".*", "[0-9][0-9][0-9][0-9]/*/*/.*"):
        for folder in sorted(store.folder.glob(pattern)):
            if folder.is_dir() and (folder.name.startswith(_GOING) or _is_old(folder)):
                yield folder


def _is_old(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > UNFINISHED_SECONDS


def _remove(folder: Path) -> None:
    going = folder
    if not folder.name.startswith("."):
        going = folder.with_name(f"{_GOING}{folder.name}")
        folder.rename(going)
    shutil.rmtree(going)
