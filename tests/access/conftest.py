"""The finished reports that everyone must be able to read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from beskplan.params.jobs import Job, Workplace, select
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.work import Outcome
from tests.access import ten_municipalities


@pytest.fixture(scope="session")
def any_report(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Job], Path]:
    """Gives a report's folder: of the ten municipalities from made-up numbers, else as published.

    All of either kind are made when the first is asked for, once a worker and by one build.
    """

    @cache
    def seeds() -> dict[Job, Outcome]:
        place = Workplace(tmp_path_factory.mktemp("planerne"))
        for folder in ("notebooks", "params"):
            shutil.copytree(root / folder, place.root / folder)
        return _built(place, select(place))

    @cache
    def ten() -> dict[Job, Outcome]:
        place = ten_municipalities.workplace(root, tmp_path_factory.mktemp("ti-kommuner"))
        return _built(place, ten_municipalities.JOBS)

    def build(job: Job) -> Path:
        outcome = (ten() if job in ten_municipalities.JOBS else seeds())[job]
        assert outcome.ok, "\n".join(map(str, outcome.problems))
        return outcome.folder

    return build


def _built(place: Workplace, jobs: tuple[Job, ...]) -> dict[Job, Outcome]:
    with ReportPool(place.root, workers=1, tell=lambda _: None) as pool:
        return {outcome.job: outcome for outcome in pool.run([job.id for job in jobs])}
