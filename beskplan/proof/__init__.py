"""Proof of identity: the finished files are read again, and must say what they should, of whom they should.

What hurts most is not a report that fails but one with another municipality's figures and no error
(systems.md §3). So nothing that rendered the report is believed: the HTML, the PDF, the executed
notebook and the rows that were read come from the disk, the job and the registers from elsewhere.

    identity    municipality, year and Bilag in title, h1, metadata
    tables      every caption, head and cell, in HTML and PDF, against the executed notebook
    figures     every figure is there, drawn, with its words
    words       no error output, no `nan`, no `1,234.5`
    places      no other municipality than those that the report is about or compares with
    values      every number of an area was read for that area, and stands so in the snapshot
    audit       the plan check finds no error and no contradiction in the page

A report that fails its proof is a failed report: it is never put in place.
"""

from __future__ import annotations

from pathlib import Path

from beskplan.core.errors import ProofError
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import audit, figures, identity, places, tables, values, words
from beskplan.proof.audit import Audited, audited
from beskplan.proof.evidence import gather
from beskplan.render.audit_pages import page_result
from beskplan.render.page import Page

RULES = (
    identity.rule,
    tables.rule,
    figures.rule,
    words.rule,
    places.rule,
    values.rule,
)


def prove(job: Job, place: Workplace, folder: Path) -> Audited:
    """Read a finished report again, and refuse it where it is not what it should be.

    Args:
        job: Whom and what the report is to be about.
        place: The working copy, with the params and the snapshots.
        folder: The finished files, not yet in place.

    Returns:
        What the plan check says of the page, with the findings that do not fail it.

    Raises:
        ProofError: with everything that any rule finds.
    """
    evidence = gather(job, place, folder)
    found = audited(evidence)
    problems = [problem for rule in RULES for problem in rule(evidence)]
    problems += audit.problems(evidence, found)
    if problems:
        raise ProofError(problems)
    return found


def rehearse(page: Page) -> None:
    """Compile and cache what the proof of such a report needs; what is found is not used."""
    page_result(page)
    places.named(page.heading)
