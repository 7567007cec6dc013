"""Approve a report, or take the approval back: a person's word, bound to what the person looked at.

An approval names the hashes of every file of the draft. The approved copy (`copies.py`) is made at the
same moment by the same code, and kept by its own hash. What is published and sent is that copy with
the day of publication added (`releasing.py`): no later version of the program can change anything else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import prove
from beskplan.publish.copies import copies, file_problems, make_copy, setting_problems
from beskplan.publish.demo import demo_problem
from beskplan.publish.states import State, States, day_of
from beskplan.publish.trail import Event, Trail
from beskplan.registers.provenance import sha256_file
from beskplan.render.standing import DRAFT, approved, withdrawn
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
        TrailError: the trail was tampered with.
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
        # Kept by hard links: what is approved is what was just looked at, whatever is built meanwhile.
        version = Store.of(place.reports).keep(job.id, place.folder(job))
        state = States(trail.events).of(job.id, version.content)
        if state.approval and not state.withdrawal:
            return state.approval
        if wrong := [*file_problems(version), *setting_problems(version, DRAFT)]:
            raise ApprovalError(wrong)
        at = now()
        copy = make_copy(
            job.id,
            version,
            approved(by.strip(), day_of(at)),
            copies(place.reports),
            lambda folder: prove(job, place, folder),
        )
        files = {**version.files, MANIFEST: sha256_file(version.folder / MANIFEST)}
        return trail.add(
            "godkendt",
            job.id,
            version.content,
            by.strip(),
            files=files,
            copy=copy.content,
            reason=note.strip(),
            at=at,
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
        TrailError: the trail was tampered with.
    """
    problems = [
        *_text_problems("--by", by, LONGEST_NAME),
        *_text_problems("--reason", reason, LONGEST_REASON),
    ]
    if problems:
        raise ApprovalError(problems)
    with Trail(place.reports).writing() as trail:
        states = States(trail.events)
        wanted = content or states.in_force(job.id)
        state = states.of(job.id, wanted)
        if state.approval is None or state.withdrawal is not None:
            fix = "`beskplan catalogue` shows what is approved"
            raise ApprovalError(Problem(job.id, "no approved version to withdraw", wanted, fix=fix))
        at = now()
        # The approved copy holds the executed notebook that was looked at.
        copy = make_copy(
            job.id,
            copies(place.reports).version(job.id, state.copy),
            withdrawn(by.strip(), day_of(at), reason.strip()),
            copies(place.reports),
            lambda _folder: None,
        )
        return trail.add(
            "trukket", job.id, wanted, by.strip(), copy=copy.content, reason=reason.strip(), at=at
        )


def approved_copy(place: Workplace, job: Job) -> tuple[State, Path] | None:
    """What was said of the version in force, and the copy that wears it; None where there is none.

    Raises:
        TrailError: the trail was tampered with.
        ApprovalError: a file of the copy is not as it was approved.
    """
    states = States(Trail(place.reports).events())
    state = states.of(job.id, states.in_force(job.id))
    if state.approval is None:
        return None
    copy = copies(place.reports).version(job.id, state.copy)
    if wrong := list(file_problems(copy)):
        raise ApprovalError(wrong)
    return state, copy.folder


def _report_problems(place: Workplace, job: Job) -> Iterator[Problem]:
    version = Version(place.folder(job))
    try:
        demo = demo_problem(version)
    except (OSError, ValueError, KeyError):
        yield Problem(job.id, "has no finished report", fix="build it first: beskplan build")
        return
    if demo:
        yield demo
    record = Records(place.reports).read(job.id)
    if record.failed_at:
        yield Problem(
            job.id,
            "its last build failed; what lies there is older",
            record.cause,
            fix="mend the cause and build again: beskplan build --only-failed",
        )
    yield from file_problems(version)


def _text_problems(
    where: str, text: str, longest: int, *, needed: bool = True
) -> Iterator[Problem]:
    """What is wrong with a text that a person gave and that others will read."""
    if needed and not text.strip():
        yield Problem(where, "is empty", expected="a name or reason that readers understand")
    if len(text) > longest:
        yield Problem(where, "is too long", f"{len(text)} letters", f"at most {longest}")
    if any(unicodedata.category(letter)[0] == "C" for letter in text):
        # Line breaks, and signs that turn the direction of reading.
        yield Problem(where, "holds signs that are no letters", ascii(text), "one line of text")
