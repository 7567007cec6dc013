"""The plan: what is fresh, what is stale and why; exactly that, and without importing anything heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from beskplan.core.errors import ParamsError, Problem, UnknownNameError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.building import open_local_pool
from beskplan.runner.keys import library_key
from beskplan.runner.make_report import Outcome
from beskplan.runner.plan import Plan, make_plan
from beskplan.runner.records import Records
from beskplan.runner.wanted import Choice
from tests.runner.small_copy import (
    JOBS,
    FakePool,
    build,
    pretend_built,
    store_rows,
    write_copy,
)

HEAVY = (
    "jupyter",
    "matplotlib",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pydantic",
    "typer",
    "yaml",
)
ALLEROED, AARHUS, RUDERSDAL = (
    f"2027/{slug}/maalgrupper" for slug in ("alleroed", "aarhus", "rudersdal")
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_copy(tmp_path / "kopi")


@pytest.fixture
def built(root: Path) -> Path:
    pretend_built(root)
    return root


@pytest.fixture(scope="module")
def really_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_copy(tmp_path_factory.mktemp("bygget") / "kopi")
    with open_local_pool(Workplace(root), None, print) as pool:
        outcomes = build(root, pool)
    assert [str(problem) for one in outcomes for problem in one.problems] == []
    return root


def stale(root: Path) -> dict[str, tuple[str, ...]]:
    return {one.job: one.reasons for one in make_plan(root).stale}


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_what_was_never_made_is_stale(root: Path) -> None:
    assert stale(root) == dict.fromkeys(JOBS, ("never made",))


def test_planning_writes_nothing_where_nothing_was_built(root: Path) -> None:
    make_plan(root)
    assert not (root / "reports").exists()


def test_what_was_built_is_fresh_and_stays_so(built: Path) -> None:
    assert stale(built) == {}
    append(built / "README.md", "En bemærkning mere\n")
    assert stale(built) == {}


def test_a_comment_and_an_overridden_value_in_the_params_change_nothing(built: Path) -> None:
    append(built / "params" / "rudersdal" / "2027.yaml", "# en bemærkning\n")
    append(built / "params" / "2027.yaml", "# en til\n")
    assert stale(built) == {}


def test_a_changed_value_makes_its_own_report_stale(built: Path) -> None:
    append(built / "params" / "rudersdal" / "2027.yaml", "maalgrupper: {decimaler_udvikling: 1}\n")
    assert stale(built) == {RUDERSDAL: ("params changed",)}


def test_a_changed_value_of_the_year_makes_every_report_stale_that_does_not_override_it(
    built: Path,
) -> None:
    path = built / "params" / "2027.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[oestdanmark]", "[oestdanmark, rar]"), encoding="utf-8")
    assert stale(built) == {AARHUS: ("params changed",), RUDERSDAL: ("params changed",)}


def test_a_profile_makes_the_municipalitys_reports_stale(built: Path) -> None:
    profile = built / "params" / "aarhus" / "profil.yaml"
    profile.write_text("afsender: Jobcenter Aarhus\n", encoding="utf-8")
    assert stale(built) == {AARHUS: ("presentation changed",)}


def test_a_changed_helper_makes_every_report_stale(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = library_key()
    monkeypatch.setattr("beskplan.runner.plan.library_key", lambda: {**now, "library": "another"})
    assert stale(built) == dict.fromkeys(JOBS, ("library changed",))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda folder: (folder / "maalgrupper.pdf").unlink(), "maalgrupper.pdf is missing"),
        (
            lambda folder: append(folder / "maalgrupper.html", "x"),
            "maalgrupper.html was changed by hand",
        ),
        (
            lambda folder: (folder / "manifest.json").unlink(),
            "the folder is not the one that was built",
        ),
    ],
)
def test_a_damaged_report_is_stale(built: Path, harm: Callable[[Path], None], reason: str) -> None:
    harm(built / "reports" / AARHUS)
    assert stale(built) == {AARHUS: (reason,)}


def test_a_broken_record_is_no_record(built: Path) -> None:
    (built / "reports" / ".noegler" / f"{AARHUS}.json").write_text("{", encoding="utf-8")
    assert stale(built) == {AARHUS: ("never made",)}


def test_the_choice_narrows_the_plan(root: Path) -> None:
    assert [one.job for one in make_plan(root, Choice("Aarhus")).jobs] == [AARHUS]
    assert [one.job for one in make_plan(root, Choice(aar=2027, bilag="maalgrupper")).jobs] == list(
        JOBS
    )
    for wrong in (Choice("Aarhvs"), Choice(aar=1999), Choice(bilag="malgrupper")):
        with pytest.raises(UnknownNameError):
            make_plan(root, wrong)


def test_everything_wrong_with_the_params_is_told_at_once(built: Path) -> None:
    for slug in ("aarhus", "rudersdal"):
        append(built / "params" / slug / "2027.yaml", "bilga: 1\n")
    with pytest.raises(ParamsError) as caught:
        make_plan(built)
    assert {problem.found for problem in caught.value.problems} == {"'bilga'"}
    assert len(caught.value.problems) == 2


def test_a_plan_without_work_imports_nothing_heavy(built: Path) -> None:
    code = (
        "import sys; sys.argv = ['beskplan', 'build']\n"
        "from beskplan.cli import main\n"
        "main()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=built, capture_output=True, text=True, check=True
    )
    assert done.stdout == "3 reports: nothing to do.\n[]\n"


def test_the_watch_on_imports_sees_a_heavy_one(built: Path) -> None:
    append(built / "params" / "rudersdal" / "2027.yaml", "maalgrupper: {decimaler_udvikling: 1}\n")
    code = (
        "import sys; from pathlib import Path\n"
        "from beskplan.runner.plan import make_plan\n"
        "make_plan(Path())\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=built, capture_output=True, text=True, check=True
    )
    assert "pydantic" in done.stdout


def test_the_json_has_the_documented_keys(built: Path) -> None:
    (built / "reports" / AARHUS / "maalgrupper.pdf").unlink()
    found = json.loads(json.dumps(make_plan(built).as_json()))
    assert (found["version"], found["total"], found["stale"]) == (1, 3, 1)
    documented = (
        Path(__file__).parents[2].joinpath("docs", "plan-json.md").read_text(encoding="utf-8")
    )
    for key in {*found, *found["jobs"][0]}:
        assert f"`{key}`" in documented
    job = next(one for one in found["jobs"] if one["job"] == AARHUS)
    assert (job["fresh"], job["reasons"]) == (False, ["maalgrupper.pdf is missing"])


def rows_read(root: Path, job: str) -> int:
    return len((root / "reports" / job / "rows.jsonl").read_text(encoding="utf-8").splitlines())


def test_a_report_leaves_behind_every_row_that_it_read(really_built: Path) -> None:
    # Two benefits, three areas or two, two levels and a share.
    assert rows_read(really_built, ALLEROED) == 2 * 3 * 3
    assert rows_read(really_built, AARHUS) == 2 * 2 * 3


def test_one_revised_number_makes_exactly_those_reports_stale_that_read_it(
    really_built: Path,
) -> None:
    assert stale(really_built) == {}
    revised = {("230", "a_dagpenge", "2026M06"): 999.0}
    snapshot = store_rows(really_built, revised, on="2026-09-01")
    reason = (f"data: rows that it read differ in snapshot {snapshot.id}",)
    # Rudersdal's own, and Allerød's, which compares with it.
    assert stale(really_built) == {ALLEROED: reason, RUDERSDAL: reason}

    back = store_rows(really_built, {("230", "fleksjob", "2026M06"): 7.0}, on="2026-10-01")
    assert back.id != snapshot.id
    assert stale(really_built) == {}


def test_the_same_rows_in_a_newer_snapshot_are_compared_once(really_built: Path) -> None:
    snapshot = store_rows(really_built, {("751", "fleksjob", "2026M06"): 8.0}, on="2026-11-01")
    assert stale(really_built) == {}
    records = Records(really_built / "reports")
    assert {records.read(job).good.same_in for job in JOBS} == {snapshot.id}  # type: ignore[union-attr]


def failure(root: Path, job: str, what: str = "er gået galt") -> Outcome:
    one = Job.parse(job)
    return Outcome(one, Workplace(root).folder(one), (Problem("her", what),))


def test_a_failure_keeps_the_good_version_and_is_tried_again_first(built: Path) -> None:
    place = Workplace(built)
    first = FakePool(place, {RUDERSDAL: failure(built, RUDERSDAL)})
    build(built, first, force=True)
    assert stale(built) == {RUDERSDAL: (stale(built)[RUDERSDAL][0],)}
    assert "her: er gået galt" in stale(built)[RUDERSDAL][0]
    status = json.loads((built / "reports" / "status.json").read_text(encoding="utf-8"))
    states = {job["job"]: job["state"] for job in status["jobs"]}
    assert states == {ALLEROED: "good", AARHUS: "good", RUDERSDAL: "outdated"}
    outdated = next(job for job in status["jobs"] if job["job"] == RUDERSDAL)
    assert outdated["made_at"] <= outdated["failed_at"]

    again = FakePool(place)
    build(built, again, force=True)
    assert again.asked[0] == RUDERSDAL
    assert stale(built) == {}


def test_only_failed_leaves_everything_else_alone(built: Path) -> None:
    place = Workplace(built)
    build(built, FakePool(place, {AARHUS: failure(built, AARHUS)}), force=True)
    append(built / "params" / "rudersdal" / "2027.yaml", "maalgrupper: {decimaler_udvikling: 1}\n")
    again = FakePool(place)
    build(built, again, only_failed=True)
    assert again.asked == [AARHUS]


def test_one_failure_stops_no_other_unless_asked_to(built: Path) -> None:
    place = Workplace(built)
    failures = {job: failure(built, job) for job in JOBS[:1]}
    assert [one.ok for one in build(built, FakePool(place, failures), force=True)] == [
        False,
        True,
        True,
    ]
    told: list[str] = []
    outcomes = build(built, FakePool(place, failures), force=True, fail_fast=True, told=told)
    assert [one.ok for one in outcomes] == [False]
    assert told == ["Stopped after the first failure."]


def test_a_report_that_another_build_has_made_meanwhile_is_not_made_again(root: Path) -> None:
    before: Plan = make_plan(root)
    pretend_built(root)
    pool = FakePool(Workplace(root))
    assert len(before.stale) == 3
    build(root, pool)
    assert pool.asked == []
