"""The command line as a person uses it: in a process of its own, on a copy of the working copy."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import cases
from tests.e2e.running import run
from tests.rudersdal_copy import copy_one_bilag

CASES = cases("commands")


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    """A working copy with Rudersdal's plan of 2021 and nothing else."""
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    copy_one_bilag(root, tmp_path)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_list_names_the_jobs_and_the_municipalities(place: Path) -> None:
    assert run(place, "list").stdout.split() == ["2021/rudersdal/maalgrupper"]
    assert len(run(place, "list", "kommuner").stdout.splitlines()) == 98
    wrong = run(place, "list", "komuner")
    assert wrong.returncode == 2
    assert "mente du 'kommuner'?" in wrong.stderr


def test_check_says_that_nothing_is_wrong_and_writes_nothing(place: Path) -> None:
    done = run(place, "check")
    assert (done.returncode, done.stdout) == (0, "1 rapport: ingen fejl fundet.\n")
    assert not (place / "reports").exists()


def test_build_makes_every_file_and_a_second_build_the_same_pages(place: Path) -> None:
    assert run(place, "build", "--kommune", "Rudersdal").returncode == 0
    folder = place / "reports" / "2021" / "rudersdal" / "maalgrupper"
    first = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {"maalgrupper.html", "maalgrupper.pdf", "maalgrupper.ipynb", "manifest.json"} <= set(
        first
    )
    # Eleven benefits, the corrections, and the file of sources and notes.
    assert len(list((folder / "tabeller").glob("*.csv"))) == 13
    assert run(place, "run", "2021/rudersdal/maalgrupper", "--force").returncode == 0
    for name in ("maalgrupper.html", "maalgrupper.pdf"):
        assert (folder / name).read_bytes() == first[name]
    # Made again from the same, it is the same version: there is no other one before it.
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["previous"] is None


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES["wrong_input_ends_with_2_before"])
def test_wrong_input_ends_with_2_before_anything_starts(
    place: Path, file: str, old: str, new: str, told: str
) -> None:
    replace(place / file, old, new)
    done = run(place, "build")
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (place / "reports").exists()


def test_a_municipality_without_data_is_refused_by_name(place: Path) -> None:
    shutil.copytree(place / "params" / "rudersdal", place / "params" / "kolding")
    replace(place / "params" / "kolding" / "2021.yaml", "kommune: Rudersdal", "kommune: Kolding")
    done = run(place, "build", "--kommune", "Kolding")
    assert done.returncode == 2
    assert "ingen tal for kommunen i perioden" in done.stderr


def test_a_choice_that_fits_nothing_is_refused_with_what_there_is(place: Path) -> None:
    done = run(place, "build", "--aar", "2031")
    assert done.returncode == 2
    assert "rudersdal 2021" in done.stderr


def test_a_failing_cell_keeps_the_old_report_and_leaves_the_notebook_for_inspection(
    place: Path,
) -> None:
    assert run(place, "build").returncode == 0
    folder = place / "reports" / "2021" / "rudersdal" / "maalgrupper"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    replace(
        place / "notebooks" / "maalgrupper.ipynb",
        'report.table(\\"fleksjob\\")',
        "report.table(kommune)",
    )
    done = run(place, "build")
    assert done.returncode == 1
    assert "report.table(kommune)" in done.stdout
    assert "rudersdal 2021" in done.stdout
    assert (place / "reports" / "fejlet" / "2021" / "rudersdal" / "maalgrupper.ipynb").is_file()
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_notebook_runs_by_hand_without_the_command_line(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--no-progress-bar", "maalgrupper.ipynb", "out.ipynb"],
        cwd=place / "notebooks",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "247 flere" in (place / "notebooks" / "out.ipynb").read_text(encoding="utf-8")
