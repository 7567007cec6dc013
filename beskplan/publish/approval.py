"""Approve a report, or take the approval back: a person's word, bound to what the person looked at.

An approval names the hashes of every file of the draft. The approved copy (`copies.py`) is made at the
same moment by the same code, and kept by its own hash. What is published and sent is that copy with
the day of publication added: no later version of the program can change anything else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import prove
from beskplan.publish.copies import (
    COPY_MANIFEST,
    CopyError,
    copies,
    copy_problems,
    demo_problem,
    file_problems,
    make_copy,
    manifest_hash,
    setting_problems,
)
from beskplan.publish.trail import Event, State, States, Trail, day_of
from beskplan.registers.provenance import sha256_file
from beskplan.render.page import DRAFT, approved_status, withdrawn_status
from beskplan.runner.records import Records, now
from beskplan.runner.versions import MANIFEST, Store, Version

LONGEST_NAME = 100
LONGEST_REASON = 500


class ApprovalError(InputError):
    """The report may not be approved, or not be withdrawn."""


def approve(place: Workplace, job: Job, by: str, *, note: str = "") -> Event:
    """Approve the report that lies in place.

    Args:
        place: The working copy.
        job: The report.
        by: Who approves; printed on page and PDF.
        note: A remark for the trail; printed nowhere.

    Returns:
        The approval; the one that holds already where the same bytes were approved before.

    Raises:
        ApprovalError: there is no report, it is made of demo data, its last build failed, a file is
            not as it was built, or the name is none; every reason is told.
        ProofError: the report fails its proof.
        LedgerError: the trail was tampered with.
    """
    problems = [
        *_text_problems("--by", by, LONGEST_NAME),
        *_text_problems("--note", note, LONGEST_REASON, needed=False),
        *_report_problems(place, job),
    ]
    if problems:
        raise ApprovalError(problems)
    prove(job, place, place.folder(job))
    with Trail(place.reports).writing() as trail:
        # Copied first: what is approved is what was just looked at, whatever is built meanwhile.
        version = Store.of(place.reports).keep(job.id, place.folder(job))
        state = States(trail.entries).of(job.id, version.content)
        if state.approval and not state.withdrawal and not list(_damages(place.reports, state)):
            return state.approval
        if wrong := [*file_problems(version), *setting_problems(version, DRAFT)]:
            raise ApprovalError(wrong)
        by, at = by.strip(), now()
        status = approved_status(by, day_of(at))
        copy = make_copy(
            job.id, version, status, place.reports, lambda folder: prove(job, place, folder)
        )
        files = {**version.files, MANIFEST: sha256_file(version.folder / MANIFEST)}
        return trail.add(
            Event(
                at=at,
                what="godkendt",
                job=job.id,
                content=version.content,
                by=by,
                files={**files, COPY_MANIFEST: manifest_hash(copy)},
                copy=copy.content,
                reason=note.strip(),
            )
        )


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
            what = "har ingen godkendt udgave, som kan trækkes tilbage"
            fix = "`beskplan approvals` viser, hvad der er godkendt"
            raise ApprovalError(Problem(job.id, what, wanted, fix=fix))
        # The approved copy holds the executed notebook that was looked at.
        source = _whole_copy(place.reports, job, state.approval, state.approval)
        status = withdrawn_status(by, day_of(at), reason)
        copy = make_copy(job.id, source, status, place.reports, lambda _folder: None)
        return trail.add(
            Event(
                at=at,
                what="trukket",
                job=job.id,
                content=wanted,
                by=by,
                files={COPY_MANIFEST: manifest_hash(copy)},
                copy=copy.content,
                reason=reason,
            )
        )


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
    return state, _whole_copy(place.reports, job, state.last, state.approval).folder


def damaged_copies(reports: Path, states: States) -> list[Problem]:
    """Every file of every copy in the trail that is not as it was approved, published or withdrawn."""
    known = (state for job in states.jobs() for state in states.known(job).values())
    return [problem for state in known for problem in _damages(reports, state)]


def _damages(reports: Path, state: State) -> Iterator[Problem]:
    """What is wrong with the copies of a state: the one that readers get, and the approved one."""
    if state.approval and state.last:
        yield from copy_problems(reports, state.approval, state.approval)
        if state.last is not state.approval:
            yield from copy_problems(reports, state.last, state.approval)


def _whole_copy(reports: Path, job: Job, event: Event, approval: Event) -> Version:
    if wrong := list(copy_problems(reports, event, approval)):
        raise CopyError(wrong)
    return copies(reports).version(job.id, event.copy_id)


def _report_problems(place: Workplace, job: Job) -> Iterator[Problem]:
    version = Version(place.folder(job))
    try:
        demo = demo_problem(version)
    except (OSError, ValueError, KeyError):
        yield Problem(job.id, "har ingen færdig rapport", fix="byg den først: beskplan build")
        return
    if demo:
        yield demo
    record = Records(place.reports).read(job.id)
    if record.failed_at:
        what = "kunne ikke bygges sidst; den rapport, der ligger der, er ældre"
        fix = "ret årsagen, og byg igen: beskplan build --only-failed"
        yield Problem(job.id, what, record.cause, fix=fix)
    yield from file_problems(version)


def _text_problems(
    where: str, text: str, longest: int, *, needed: bool = True
) -> Iterator[Problem]:
    """What is wrong with a text that a person gave and that others will read."""
    if needed and not text.strip():
        yield Problem(where, "er tom", expected="et navn eller en grund, som læserne forstår")
    if len(text) > longest:
        yield Problem(where, "er for lang", f"{len(text)} tegn", f"højst {longest}")
    if any(unicodedata.category(letter)[0] == "C" for letter in text):
        # Line breaks, and signs that turn the direction of reading.
        yield Problem(where, "har tegn, der ikke kan ses", ascii(text), "én linje tekst")
