from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from beskplan.build.jobs import Job, Workplace
from beskplan.build.making import make_report


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Rudersdal's Bilag of 2021, built once from the working copy's own files."""
    place = Workplace(tmp_path_factory.mktemp("arbejdskopi"))
    for folder in ("notebooks", "params"):
        shutil.copytree(root / folder, place.root / folder)
    outcome = make_report(Job(2021, "rudersdal", "maalgrupper"), place)
    assert outcome.ok, "\n".join(map(str, outcome.problems))
    return outcome.folder
