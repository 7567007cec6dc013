"""The rules that hold our own code: it draws and words right numbers rightly, whatever numbers they are.

No data and no analyst can break them, so no report is held to them when it is made; tests are. What is
built in a test's own process is proven by them too (`proven_by_all`); `faults` reads finished reports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from beskplan import proof
from beskplan.params.jobs import Job, Workplace
from beskplan.proof.evidence import gather
from tests.proof import figures, sentences, tables, wording

RULES = (
    tables.rule,
    figures.rule,
    sentences.rule,
    wording.courses_rule,
    wording.status_rule,
    wording.texts_rule,
)


@contextmanager
def proven_by_all() -> Iterator[None]:
    """The proof of a report has the rules of our own code besides."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof, "RULES", (*proof.RULES, *RULES))
        yield


def faults(root: Path) -> list[str]:
    """What the rules find in the finished reports of a working copy, of which there must be some."""
    place = Workplace(root)
    manifests = sorted(place.reports.glob("*/*/*/manifest.json"))
    assert manifests, root
    jobs = [Job.parse(json.loads(path.read_text(encoding="utf-8"))["job"]) for path in manifests]
    every = (gather(job, place, place.folder(job)) for job in jobs)
    return [str(problem) for one in every for rule in RULES for problem in rule(one)]
