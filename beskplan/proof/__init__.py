"""Proof of identity: the finished files are read again, and must say what they should, of whom they should.

What hurts most is not a report that fails but one with another municipality's figures and no error
(systems.md §3). So nothing that rendered the report is believed: page, PDF, workbook, CSV files and
the executed notebook come from the disk, the rows that were read from the record beside them, the
job and the registers from elsewhere; and the proof has its own arithmetic and its own reading.

    outputs     municipality, year and Bilag in title, h1 and metadata; captions, heads, cells, notes and
                key figures in HTML, PDF, workbook, CSV and `tal.json`
    numbers     every number from its indicator, benefit, group, area and period, under their names
    texts       no error output, no `nan`, no `1,234.5`; no other municipality than those that the report
                is about or compares with
    audit       the plan check finds no error and no contradiction in the page

A report that fails its proof is a failed report: it is never put in place. What neither data nor analyst
can break, how our own code draws and words right numbers, is held by tests (`tests/proof/rules.py`) of all
shipped reports and all municipalities.
"""

from __future__ import annotations

from pathlib import Path

from beskplan.core.errors import ProofError
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import audit, numbers, outputs, texts
from beskplan.proof.audit import Audited, audited
from beskplan.proof.evidence import gather

RULES = (outputs.rule, numbers.rule, texts.program_faults, texts.place_faults)


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
