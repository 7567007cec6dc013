"""The command line as a person or a scheduler uses it, on a copy of the working copy."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import cases
from tests.e2e.running import run, run_here
from tests.rudersdal_copy import copy_one_bilag

CASES = cases("commands")

JOB = "2021/rudersdal/maalgrupper"


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    """A working copy with Rudersdal's plan of 2021 and nothing else."""
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    copy_one_bilag(root, tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, built; no test changes it."""
    place = tmp_path_factory.mktemp("kopi")
    shutil.copytree(root / "notebooks", place / "notebooks")
    copy_one_bilag(root, place)
    done = run(place, "build", "--kommune", "Rudersdal")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("1 lavet.\n")
    return place


@pytest.fixture
def built_copy(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "kopi")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_list_names_the_jobs_and_the_municipalities(place: Path) -> None:
    assert run(place, "list").stdout.split() == [JOB]
    assert len(run_here(place, "list", "kommuner").stdout.splitlines()) == 98


def test_check_says_that_nothing_is_wrong_and_writes_nothing(place: Path) -> None:
    done = run(place, "check")
    assert (done.returncode, done.stdout) == (0, "1 rapport: ingen fejl fundet.\n")
    assert not (place / "reports").exists()


def test_what_is_fresh_is_not_made_again(built: Path) -> None:
    manifest = built / "reports" / JOB / "manifest.json"
    before = manifest.stat().st_mtime_ns
    for words in (("build",), ("build", "--jobs", "1"), ("run", JOB)):
        done = run(built, *words)
        assert (done.returncode, done.stdout) == (0, "1 rapport: intet at lave.\n"), words
    assert run(built, "build", "--only-failed").stdout == "Ingen rapport mislykkedes sidst.\n"
    assert manifest.stat().st_mtime_ns == before


def test_the_plan_is_told_to_people_and_to_programs(built: Path) -> None:
    assert run(built, "plan").stdout == "0 af 1 skal laves; 1 er friske.\n"
    found = json.loads(run_here(built, "plan", "--json", "--kommune", "230").stdout)
    assert [job["job"] for job in found["jobs"]] == [JOB]
    assert all((built / output).is_file() for output in found["jobs"][0]["outputs"])


def test_the_status_names_every_file_with_its_hash(built: Path) -> None:
    (job,) = json.loads((built / "reports" / "status.json").read_text(encoding="utf-8"))["jobs"]
    assert (job["job"], job["state"], job["failed_at"]) == (JOB, "good", None)
    assert {"maalgrupper.html", "maalgrupper.pdf"} <= set(job["files"])


def test_a_forced_build_makes_the_same_pages_and_no_other_version(built_copy: Path) -> None:
    folder = built_copy / "reports" / JOB
    first = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    # Eleven benefits, the corrections, and the file of sources and notes.
    assert len(list((folder / "tabeller").glob("*.csv"))) == 13
    assert run(built_copy, "run", JOB, "--force").returncode == 0
    for name in ("maalgrupper.html", "maalgrupper.pdf"):
        assert (folder / name).read_bytes() == first[name]
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["previous"] is None


@pytest.mark.parametrize(("words", "told"), CASES["a_wrong_name_ends_with_2_and_the_nearest_right"])
def test_a_wrong_name_ends_with_2_and_the_nearest_right_one(
    place: Path, words: tuple[str, ...], told: str
) -> None:
    done = run_here(place, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES["wrong_input_ends_with_2_before"])
def test_wrong_input_ends_with_2_before_anything_starts(
    place: Path, file: str, old: str, new: str, told: str
) -> None:
    replace(place / file, old, new)
    done = run_here(place, "build")
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert not (place / "reports").exists()


def test_a_municipality_without_data_is_refused_by_name(place: Path) -> None:
    shutil.copytree(place / "params" / "rudersdal", place / "params" / "kolding")
    replace(place / "params" / "kolding" / "2021.yaml", "kommune: Rudersdal", "kommune: Kolding")
    done = run(place, "build", "--kommune", "Kolding")
    assert done.returncode == 2
    assert "ingen tal for kommunen i perioden" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_scheduler_at_an_address_ends_with_3(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="NOT CHECKED HERE: the extra `dask` is not installed")
    # In this process, so that nobody waits the half minute that a cluster gets.
    monkeypatch.setattr("beskplan.runner.remote.CONNECT_SECONDS", 1)
    done = run_here(built, "build", "--force", "--on", "tcp://127.0.0.1:1")
    assert done.returncode == 3
    assert "ingen Dask-planlægger svarer" in done.stderr


def test_a_plan_that_waits_for_numbers_says_how_the_others_are_built(built_copy: Path) -> None:
    made = run_here(built_copy, "new", "Læsø", "2027")
    assert (built_copy / "params" / "laesoe" / "2027.yaml").is_file(), made.stderr
    all_plans = run(built_copy, "build")
    alone = run_here(built_copy, "build", "--kommune", "Læsø")
    assert (all_plans.returncode, alone.returncode) == (2, 2), all_plans.stdout
    hint = "byg de andre hver for sig: beskplan build --kommune ... --aar ..."
    assert hint in all_plans.stderr
    assert hint not in alone.stderr
    assert run(built_copy, "build", "--kommune", "Rudersdal", "--aar", "2021").returncode == 0


def test_a_failing_cell_keeps_the_old_report_and_leaves_the_notebook_for_inspection(
    built_copy: Path,
) -> None:
    folder = built_copy / "reports" / JOB
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    notebook = built_copy / "notebooks" / "maalgrupper.ipynb"
    replace(notebook, 'report.table(\\"fleksjob\\")', "report.table(kommune)")
    done = run(built_copy, "build")
    assert done.returncode == 1
    assert "report.table(kommune)" in done.stdout
    assert "rudersdal 2021" in done.stdout
    assert (built_copy / "reports" / "fejlet" / f"{JOB}.ipynb").is_file()
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
