"""The finished reports that everyone must be able to read."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.records import Outcome
from tests.access import ten_municipalities

Reports = Callable[[Job], Path]


@pytest.fixture(scope="session")
def any_report(
    root: Path, build_report: Reports, tmp_path_factory: pytest.TempPathFactory
) -> Reports:
    """Gives a report's folder: of the ten municipalities from made-up numbers, else as published.

    All ten are made by one build when the first is asked for, once a worker.
    """

    @cache
    def ten() -> dict[Job, Outcome]:
        place = ten_municipalities.workplace(root, tmp_path_factory.mktemp("ti-kommuner"))
        return _built(place, ten_municipalities.JOBS)

    def build(job: Job) -> Path:
        return _folder(ten()[job]) if job in ten_municipalities.JOBS else build_report(job)

    return build


@pytest.fixture
def another_build(root: Path, tmp_path: Path) -> Reports:
    """Builds a published report once more, in a copy of its own, by a forked child."""

    def build(job: Job) -> Path:
        place = Workplace(tmp_path)
        for folder in ("notebooks", "params"):
            shutil.copytree(root / folder, place.root / folder)
        return _folder(_built(place, (job,))[job])

    return build


def _folder(outcome: Outcome) -> Path:
    assert outcome.ok, "\n".join(map(str, outcome.problems))
    return outcome.folder


def _built(place: Workplace, jobs: tuple[Job, ...]) -> dict[Job, Outcome]:
    with ReportPool(place.root, workers=1, tell=lambda _: None) as pool:
        return {outcome.job: outcome for outcome in pool.run([job.id for job in jobs])}
