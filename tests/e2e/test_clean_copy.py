"""A newcomer's first command, in a copy that has nothing but the project's own files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The files that git would hand over, uncommitted changes included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("NOT CHECKED HERE: no git checkout to copy")
    target = tmp_path / "beskplan"
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    return target


def test_make_report_sets_everything_up_and_makes_the_report_with_an_empty_home(
    copy: Path, tmp_path: Path
) -> None:
    home = tmp_path / "hjem"
    home.mkdir()
    # No virtual environment, no settings of the person who runs the tests.
    kept = {
        name: os.environ[name] for name in os.environ if name.startswith(("PIP_", "UV_", "SSL_"))
    }
    environment = {**kept, "HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["make", "report"], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    folder = copy / "reports" / "2021" / "rudersdal" / "maalgrupper"
    assert (folder / "maalgrupper.html").stat().st_size > 50_000
    assert (folder / "maalgrupper.pdf").read_bytes().startswith(b"%PDF-1.7")
