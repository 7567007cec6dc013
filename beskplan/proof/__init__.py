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
    audited     the plan check finds no error and no contradiction in the page: what it would hold against
                another's plan, it holds against ours

A report that fails its proof is a failed report: it is never put in place. What neither data nor analyst
can break, how our own code draws and words right numbers, is held by tests (`tests/proof/rules.py`) of all
shipped reports and all municipalities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from beskplan.audit.model import Finding, Severity, is_at_or_above
from beskplan.audit.report import NAMES, TITLES
from beskplan.core.errors import Problem, ProofError
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import numbers, outputs
from beskplan.proof.evidence import Evidence, gather
from beskplan.render.audit_pages import page_result
from beskplan.render.page import read_page

RULES = (outputs.rule, numbers.rule, outputs.program_faults, outputs.place_faults)
FAILS_FROM: Severity = "contradiction"
"""Findings of this severity and above fail a report."""
OF_THE_SOURCE = frozenset({"naevner"})
"""Rules about figures side by side that are all the source's own."""
MATCHED_BY_WORDS = frozenset({"maal-i-oversigt", "to-vaerdier", "samme-celle"})
"""Rules that pair two places by their words, as one must in another's plan: `Ledige i alt` and `Ledige
på a-dagpenge` are parallel targets. Here the proof itself ties every number to what it counts."""


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
    problems += _failures(evidence, found)
    if problems:
        raise ProofError(problems)
    return found


@dataclass(frozen=True)
class Audited:
    """What the plan check says of a page.

    Three kinds of findings do not fail a report: lesser ones (doubts and labels), those about figures that
    the page only prints as their source has them, and those that pair two places by their words. They go
    to the manifest and to the summary of the build.

    Attributes:
        agreed: How many checks hold.
        failing: Findings with which the report must not be put in place.
        remarks: Findings that are only told.
    """

    agreed: int
    failing: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    def as_record(self) -> dict[str, object]:
        """For the manifest; JSON types only."""
        return {"stemmer": self.agreed, "fund": [_record(one) for one in self.remarks]}

    @property
    def lines(self) -> tuple[str, ...]:
        """The remarks for the summary of a build, each beginning with `plantjek` and its rule."""
        found = ((one.rule, one.place.text, one.explanation) for one in self.remarks)
        return tuple(": ".join(("plantjek", *words)) for words in found)


def audited(evidence: Evidence) -> Audited:
    """Every rule of the plan check over the page as its notebook has it."""
    # Read by the page's own code: the plan check works on pages, and is no part of what is proven here.
    result = page_result(read_page(evidence.notebook))
    failing = tuple(one for one in result.findings if _fails(one))
    remarks = tuple(one for one in result.findings if one not in failing)
    return Audited(len(result.agreed), failing, remarks)


def _failures(evidence: Evidence, found: Audited) -> Iterator[Problem]:
    """The findings that fail the report, in their own words.

    What is wrong is the rule's title, so that reports which fail alike are told together.
    """
    for one in found.failing:
        what = f"{one.rule}: {TITLES[one.rule]}"
        why = f"{one.expected}. {one.explanation}" if one.expected else one.explanation
        yield evidence.problem("ipynb", what, one.printed, why, one.place.text)


def _record(finding: Finding) -> dict[str, str]:
    return {
        "regel": finding.rule,
        "alvor": NAMES[finding.severity],
        "sted": finding.place.text,
        "trykt": finding.printed,
        "forklaring": finding.explanation,
    }


def _fails(finding: Finding) -> bool:
    return (
        is_at_or_above(finding.severity, FAILS_FROM)
        and finding.certainty != "mulig"
        and finding.rule not in OF_THE_SOURCE | MATCHED_BY_WORDS
    )
