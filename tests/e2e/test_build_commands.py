"""`plan`, `build` and `run` as a scheduler uses them: what they say, and their exit codes."""

import json
import shutil
from pathlib import Path

import pytest

from beskplan.cli import main
from tests.conftest import cases
from tests.e2e.running import run
from tests.rudersdal_copy import copy_one_bilag

CASES = cases("build_commands")

JOB = "2021/rudersdal/maalgrupper"


@pytest.fixture(scope="module")
def place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rudersdal's plan of 2021, built."""
    place = tmp_path_factory.mktemp("kopi")
    shutil.copytree(root / "notebooks", place / "notebooks")
    copy_one_bilag(root, place)
    done = run(place, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("1 lavet.\n")
    return place


def test_what_is_fresh_is_not_made_again(place: Path) -> None:
    manifest = place / "reports" / JOB / "manifest.json"
    before = manifest.stat().st_mtime_ns
    for words in (("build",), ("build", "--jobs", "1"), ("run", JOB)):
        done = run(place, *words)
        assert (done.returncode, done.stdout) == (0, "1 rapport: intet at lave.\n"), words
    assert run(place, "build", "--only-failed").stdout == "Ingen rapport mislykkedes sidst.\n"
    assert manifest.stat().st_mtime_ns == before


def test_the_plan_is_told_to_people_and_to_programs(place: Path) -> None:
    assert run(place, "plan").stdout == "0 af 1 skal laves; 1 er friske.\n"
    found = json.loads(run(place, "plan", "--json", "--kommune", "230").stdout)
    assert [job["job"] for job in found["jobs"]] == [JOB]
    assert all((place / output).is_file() for output in found["jobs"][0]["outputs"])


def test_the_status_names_every_file_with_its_hash(place: Path) -> None:
    (job,) = json.loads((place / "reports" / "status.json").read_text(encoding="utf-8"))["jobs"]
    assert (job["job"], job["state"], job["failed_at"]) == (JOB, "good", None)
    assert {"maalgrupper.html", "maalgrupper.pdf"} <= set(job["files"])


@pytest.mark.parametrize(("words", "told"), CASES["a_wrong_name_ends_with_2_and_the_nearest_right"])
def test_a_wrong_name_ends_with_2_and_the_nearest_right_one(
    place: Path, words: tuple[str, ...], told: str
) -> None:
    done = run(place, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_no_scheduler_at_an_address_ends_with_3(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="NOT CHECKED HERE: the extra `dask` is not installed")
    # In this process, so that nobody waits the half minute that a cluster gets.
    monkeypatch.setattr("beskplan.runner.remote.CONNECT_SECONDS", 1)
    monkeypatch.setattr("sys.argv", ["beskplan", "build", "--force", "--on", "tcp://127.0.0.1:1"])
    monkeypatch.chdir(place)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "ingen Dask-planlægger svarer" in capsys.readouterr().err


def test_a_plan_that_waits_for_numbers_says_how_the_others_are_built(
    place: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "kopi"
    shutil.copytree(place, copy)
    made = run(copy, "new", "Læsø", "2027")
    assert (copy / "params" / "laesoe" / "2027.yaml").is_file(), made.stderr
    all_plans, alone = run(copy, "build"), run(copy, "build", "--kommune", "Læsø")
    assert (all_plans.returncode, alone.returncode) == (2, 2), all_plans.stdout
    hint = "byg de andre hver for sig: beskplan build --kommune ... --aar ..."
    assert hint in all_plans.stderr
    assert hint not in alone.stderr
    assert run(copy, "build", "--kommune", "Rudersdal", "--aar", "2021").returncode == 0
