"""Faults planted one at a time: how many are found, and whether anything is found where none is.

`pytest tests/audit/test_audit_planted.py -s` prints recall by kind of fault and precision by rule.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document
from beskplan.audit.documents.model import Document
from beskplan.audit.model import Finding
from beskplan.params.jobs import Workplace, select
from beskplan.render.audit_pages import page_document, page_result
from tests.audit.planting import KINDS, Fault, is_detectable, plant
from tests.audit.shown_pages import ROOT, pages

FAULTS = 300
RECALL = 0.95
PRECISION = 0.95


@dataclass
class Score:
    """What became of the planted faults."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[Fault] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found.total() / self.planted.total()

    @property
    def precision(self) -> float:
        """Of the new findings, those that stand where the fault is."""
        return self.right.total() / self.told.total()

    def lines(self) -> Iterable[str]:
        yield f"recall {self.recall:.3f}, precision {self.precision:.3f}"
        for kind, planted in sorted(self.planted.items()):
            yield f"  {kind:<18} {self.found[kind]:>4} of {planted:>4}"
        for rule, told in sorted(self.told.items()):
            yield f"  {rule:<26} {self.right[rule]:>4} of {told:>4} findings at the fault"


def score(documents: list[Document], seed: int) -> Score:
    """Plant faults by chance, and count; from the documents alone, with no data beside them."""
    chance, result = random.Random(seed), Score()  # noqa: S311  # no secret
    before = [audit(document) for document in documents]
    known = [{*one.findings, *one.declared} for one in before]
    while result.planted.total() < FAULTS:
        index = chance.randrange(len(documents))
        fault = plant(documents[index], chance.choice(sorted(KINDS)), chance)
        if fault is None or not is_detectable(fault, documents[index]):
            continue
        result.planted[fault.kind] += 1
        after = audit(fault.document)
        new = [one for one in (*after.findings, *after.declared) if one not in known[index]]
        at_fault = [one for one in new if points_at(one, fault)]
        refused = set(after.unread) - set(before[index].unread)
        result.told.update(one.rule for one in new)
        result.right.update(one.rule for one in at_fault)
        if at_fault or refused:
            result.found[fault.kind] += 1
        else:
            result.missed.append(fault)
    return result


def points_at(finding: Finding, fault: Fault) -> bool:
    """Whether a finding stands in the fault's section, or names its table or section."""
    same = finding.place.section == fault.place.section
    names = (fault.place.table, fault.place.section)
    return same or any(name and name in finding.explanation for name in names)


def told(result: Score) -> str:
    return "\n".join(
        (*result.lines(), *(f"missed {m.kind}: {m.after[:160]}" for m in result.missed))
    )


def test_planted_faults_in_our_own_reports_are_found() -> None:
    result = score([page_document(page) for _, page in pages()], seed=7)
    print(told(result))  # noqa: T201
    assert result.recall >= RECALL, told(result)
    assert result.precision >= PRECISION, told(result)


@pytest.mark.shared
def test_planted_faults_in_the_adopted_plans_are_found(shared: Path) -> None:
    documents = [read_document(path) for path in sorted((shared / "seeds").glob("*.txt"))]
    result = score(documents, seed=7)
    print(told(result))  # noqa: T201
    assert result.recall >= RECALL, told(result)
    assert result.precision >= PRECISION, told(result)


@pytest.mark.parametrize("job", [job.id for job in select(Workplace(ROOT))])
def test_a_report_of_ours_is_clean(job: str) -> None:
    findings = page_result(dict(pages())[job]).findings
    assert findings == ()


def test_every_kind_of_fault_can_be_planted() -> None:
    chance = random.Random(1)  # noqa: S311  # no secret
    documents = [page_document(page) for _, page in pages()]
    assert [kind for kind in KINDS if not any(plant(d, kind, chance) for d in documents)] == []
