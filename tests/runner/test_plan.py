"""The plan: what is fresh, what is stale and why; exactly that, and without importing anything heavy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.errors import DataError, ParamsError, Problem, UnknownNameError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.building import open_local_pool
from beskplan.runner.keys import library_key
from beskplan.runner.make_report import Outcome, make_report
from beskplan.runner.plan import Plan, make_plan
from beskplan.runner.records import MANIFEST, Records, read_json, status_is_old, write_json
from beskplan.runner.wanted import Choice
from tests.conftest import ROOT
from tests.runner.small_copy import (
    JOBS,
    FakePool,
    build,
    pretend_built,
    store_rows,
    write_copy,
)

HEAVY = (
    "IPython",
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


def in_place(path: Path, content: bytes) -> None:
    """Write into a file, and give it the times that it had."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flip(path: Path) -> None:
    """Change one bit in the middle, and give the file the times that it had."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    in_place(path, bytes(content))


def test_planning_writes_nothing_where_nothing_was_built(root: Path) -> None:
    assert stale(root) == dict.fromkeys(JOBS, ("aldrig lavet",))
    assert not (root / "reports").exists()


OVERRIDDEN = "maalgrupper: {decimaler_udvikling: 1}\n"
PARAMS, YEAR = "params/rudersdal/2027.yaml", "params/2027.yaml"
CHANGES: dict[str, tuple[Callable[[Path], object], dict[str, tuple[str, ...]]]] = {
    "a file that no report reads": (lambda root: append(root / "README.md", "mere\n"), {}),
    "a comment": (lambda root: append(root / PARAMS, "# en bemærkning\n"), {}),
    "a comment of the year": (lambda root: append(root / YEAR, "# en til\n"), {}),
    "a value": (
        lambda root: append(root / PARAMS, OVERRIDDEN),
        {RUDERSDAL: ("params er ændret",)},
    ),
    "a value of the year that one plan overrides": (
        lambda root: (root / YEAR).write_text(
            (root / YEAR).read_text("utf-8").replace("[oestdanmark]", "[oestdanmark, rar]"), "utf-8"
        ),
        {AARHUS: ("params er ændret",), RUDERSDAL: ("params er ændret",)},
    ),
    "a profile": (
        lambda root: (root / "params/aarhus/profil.yaml").write_text("afsender: Jobcenteret\n"),
        {AARHUS: ("kommunens profil eller logo er ændret",)},
    ),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_makes_stale_what_is_made_from_it(
    built: Path, change: Callable[[Path], object], expected: dict[str, tuple[str, ...]]
) -> None:
    assert stale(built) == {}
    change(built)
    assert stale(built) == expected


def test_a_changed_helper_makes_every_report_stale(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = library_key()
    monkeypatch.setattr("beskplan.runner.plan.library_key", lambda: {**now, "library": "another"})
    assert stale(built) == dict.fromkeys(JOBS, ("programmet er ændret",))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda at: (at / "maalgrupper.pdf").unlink(), "maalgrupper.pdf mangler"),
        (lambda at: append(at / "maalgrupper.html", "x"), "maalgrupper.html er ændret"),
        (lambda at: flip(at / "maalgrupper.html"), "maalgrupper.html er ændret"),
        (lambda at: flip(at / "maalgrupper.xlsx"), "maalgrupper.xlsx er ændret"),
        (lambda at: (at / "tabeller/01-tal.csv").unlink(), "tabeller/01-tal.csv mangler"),
        (lambda at: in_place(at / "tabeller/01-tal.csv", b""), "tabeller/01-tal.csv er ændret"),
        (lambda at: append(at / "rows.jsonl", "[]\n"), "rows.jsonl er ændret"),
        (lambda at: (at / "rows.jsonl").unlink(), "rows.jsonl mangler"),
        (lambda at: (at / "andet.html").touch(), "andet.html hører ikke til"),
        (lambda at: (at / MANIFEST).unlink(), "manifest.json mangler eller kan ikke læses"),
        (lambda at: in_place(at / MANIFEST, b"{}"), "manifest.json mangler eller kan ikke læses"),
        (lambda at: append(at / MANIFEST, "\n"), "manifest.json er ændret"),
    ],
)
def test_a_damaged_report_is_stale(built: Path, harm: Callable[[Path], None], reason: str) -> None:
    harm(built / "reports" / AARHUS)
    assert stale(built) == {AARHUS: (reason,)}


def test_a_report_whose_files_are_as_they_were_is_fresh_whatever_their_times(built: Path) -> None:
    record = built / "reports" / ".noegler" / f"{AARHUS}.json"
    before = read_json(record)["listing"]
    os.utime(built / "reports" / AARHUS / "maalgrupper.pdf", ns=(1, 1))
    assert stale(built) == {}
    assert read_json(record)["listing"] != before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"made_at": "2026", "key": 7}'])
def test_a_broken_record_is_no_record(built: Path, content: bytes) -> None:
    (built / "reports" / ".noegler" / f"{AARHUS}.json").write_bytes(content)
    assert stale(built) == {AARHUS: ("aldrig lavet",)}


def test_what_the_check_remembers_may_be_broken(built: Path) -> None:
    for path in (built / "reports" / ".noegler").glob("*.json"):
        path.write_text("[1", encoding="utf-8")
    assert stale(built) == {}


def test_the_choice_narrows_the_plan(root: Path) -> None:
    assert [one.job for one in make_plan(root, Choice("Aarhus")).jobs] == [AARHUS]
    chosen = make_plan(root, Choice(aar=2027, bilag="maalgrupper"))
    assert [one.job for one in chosen.jobs] == list(JOBS)
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


# --- the newest snapshot is damaged -----------------------------------------------------------


@pytest.fixture
def two_snapshots(root: Path) -> tuple[Path, str, Path]:
    """A working copy that was built, the id of its older snapshot, and the newest one's folder."""
    (older,) = (path.parent.name for path in (root / "data" / "snapshots").glob("*/snapshot.json"))
    newest = store_rows(root, {("230", "a_dagpenge", "2026M06"): 704.0}, on="2026-09-01")
    pretend_built(root)
    return root, older, root / "data" / "snapshots" / newest.id


@pytest.mark.parametrize("name", ["observations.parquet", "snapshot.json"])
def test_a_flipped_bit_of_the_newest_snapshot_is_said_and_stops_everything(
    two_snapshots: tuple[Path, str, Path], name: str
) -> None:
    root, older, newest = two_snapshots
    assert stale(root) == {}
    flip(newest / name)
    with pytest.raises(DataError) as caught:
        make_plan(root)
    assert newest.name in caught.value.problems[0].where
    for words in (["plan"], ["list"], ["check"], ["build"]):
        done = command(root, *words)
        assert (done.returncode, newest.name in done.stderr) == (2, True), done
    append(root / YEAR, f"datagrundlag: {older}\n")
    assert make_plan(root).jobs[0].data == older
    assert command(root, "check").returncode == 0


def test_what_the_disk_itself_has_spoilt_is_seen_although_no_time_has_changed(
    two_snapshots: tuple[Path, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _, newest = two_snapshots
    monkeypatch.setattr("beskplan.runner.data_now.stamp", lambda path: (path.stat().st_size,))
    assert stale(root) == {}
    flip(newest / "observations.parquet")
    with pytest.raises(DataError):
        make_plan(root)


def command(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = "from beskplan.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True, check=False
    )


# --- files that change while a build is at work -----------------------------------------------


class Edited(FakePool):
    """A pool that finds a file changed when it begins with Aarhus' report."""

    def __init__(self, place: Workplace, part: str, value: object) -> None:
        super().__init__(place)
        self.part, self.value = part, value

    def run(self, jobs: Sequence[Job]) -> Iterator[Outcome]:
        for outcome in super().run(jobs):
            if outcome.job.id == AARHUS:
                path = outcome.folder / MANIFEST
                manifest = read_json(path)
                manifest["made_from"][self.part] = self.value
                write_json(path, manifest)
            yield outcome


@pytest.mark.parametrize(
    ("part", "value", "where"),
    [
        ("params", {"params/aarhus/2027.yaml": "en anden"}, "params/aarhus/2027.yaml"),
        ("notebook", "en anden", "notebooks/maalgrupper.ipynb"),
        ("library", "en anden", "beskplan/"),
    ],
)
def test_a_report_made_from_files_that_were_edited_meanwhile_is_not_fresh(
    root: Path, part: str, value: object, where: str
) -> None:
    outcomes = {one.job.id: one for one in build(root, Edited(Workplace(root), part, value))}
    assert [one.where for one in outcomes[AARHUS].problems] == [where]
    assert all(one.ok for job, one in outcomes.items() if job != AARHUS)
    assert set(stale(root)) == {AARHUS}


def test_params_edited_and_taken_back_while_a_report_is_made_stop_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / PARAMS

    def edited_and_taken_back(_page: object) -> bytes:
        in_place(path, path.read_bytes())
        return b""

    monkeypatch.setattr("beskplan.runner.make_report.render_workbook", edited_and_taken_back)
    monkeypatch.setattr("beskplan.runner.make_report.prove", lambda *_: None)
    outcome = make_report(Job.parse(RUDERSDAL), Workplace(root))
    assert [one.where for one in outcome.problems] == [str(path)]
    assert not outcome.folder.exists()


def test_the_record_names_the_snapshot_that_was_read(root: Path) -> None:
    newer: list[str] = []

    class Late(FakePool):
        """A snapshot comes after the build has looked what there is."""

        def planned(self, job: str) -> Any:
            if not newer:
                revised = {("230", "a_dagpenge", "2026M06"): 704.0}
                newer.append(store_rows(root, revised, on="2026-09-01").id)
            return super().planned(job)

    assert all(one.ok for one in build(root, Late(Workplace(root))))
    status = read_json(root / "reports" / "status.json")
    assert {job["data"] for job in status["jobs"]} == set(newer)


def test_a_status_that_a_killed_build_could_not_write_is_mended_by_the_next(built: Path) -> None:
    reports = built / "reports"
    assert not status_is_old(reports)
    record = Records(reports).read(AARHUS)
    os.utime(reports / "status.json", ns=(1, 1))
    Records(reports).write(record)
    assert status_is_old(reports)
    done = command(built, "build")
    assert (done.returncode, done.stdout) == (0, "3 rapporter: intet at lave.\n"), done.stderr
    assert not status_is_old(reports)


# --- what a region's report reads -------------------------------------------------------------


def test_a_regions_report_is_stale_when_a_municipalitys_plan_changes(root: Path) -> None:
    (root / "params" / "rar-hovedstaden").mkdir()
    (root / "params" / "rar-hovedstaden" / "2027.yaml").write_text(
        "kommune: RAR Hovedstaden\naar: 2027\nbilag: [maalgrupper]\n", encoding="utf-8"
    )
    job = "2027/rar-hovedstaden/maalgrupper"
    pretend_built(root)
    append(root / "params" / "aarhus" / "2027.yaml", OVERRIDDEN)
    assert set(stale(root)) == {AARHUS}, "Aarhus is not of this region"
    pretend_built(root)
    append(root / PARAMS, OVERRIDDEN)
    assert set(stale(root)) == {RUDERSDAL, job}
    pretend_built(root)
    (root / PARAMS).unlink()
    assert set(stale(root)) == {job}
    pretend_built(root)
    append(root / "params" / "alleroed" / "2027.yaml", "bilga: 1\n")
    assert set(plan_of(root, "RAR Hovedstaden")) == {job}, "told by its own plan"


def plan_of(root: Path, kommune: str) -> set[str]:
    return {one.job for one in make_plan(root, Choice(kommune)).stale}


# --- what it costs ----------------------------------------------------------------------------


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
    assert done.stdout == "3 rapporter: intet at lave.\n[]\n"
    append(built / PARAMS, OVERRIDDEN)
    watch = code.replace("main()\nprint", "make_plan(Path())\nprint").replace(
        "from beskplan.cli import main",
        "from pathlib import Path; from beskplan.runner.plan import *",
    )
    done = subprocess.run(
        [sys.executable, "-c", watch], cwd=built, capture_output=True, text=True, check=True
    )
    assert "pydantic" in done.stdout, "the watch sees a heavy one"


def test_the_json_has_the_documented_keys(built: Path) -> None:
    (built / "reports" / AARHUS / "maalgrupper.pdf").unlink()
    found = json.loads(json.dumps(make_plan(built).as_json()))
    assert (found["version"], found["total"], found["stale"]) == (1, 3, 1)
    documented = (ROOT / "docs" / "plan-json.md").read_text(encoding="utf-8")
    for key in {*found, *found["jobs"][0]}:
        assert f"`{key}`" in documented
    job = next(one for one in found["jobs"] if one["job"] == AARHUS)
    assert (job["fresh"], job["reasons"]) == (False, ["maalgrupper.pdf mangler"])


def rows_read(root: Path, job: str) -> int:
    return len((root / "reports" / job / "rows.jsonl").read_text(encoding="utf-8").splitlines())


def test_a_report_leaves_behind_every_row_that_it_read(really_built: Path) -> None:
    # Two benefits, three areas or two, two levels and their shares.
    assert rows_read(really_built, ALLEROED) == 2 * 3 * 4
    assert rows_read(really_built, AARHUS) == 2 * 2 * 4


def test_one_revised_number_makes_exactly_those_reports_stale_that_read_it(
    really_built: Path,
) -> None:
    assert stale(really_built) == {}
    revised = {("230", "a_dagpenge", "2026M06"): 999.0}
    snapshot = store_rows(really_built, revised, on="2026-09-01")
    reason = (f"tal, som den har læst, er andre i øjebliksbillede {snapshot.id}",)
    # Rudersdal's own, and Allerød's, which compares with it.
    assert stale(really_built) == {ALLEROED: reason, RUDERSDAL: reason}

    back = store_rows(really_built, {("230", "fleksjob", "2026M06"): 7.0}, on="2026-10-01")
    assert back.id != snapshot.id
    assert stale(really_built) == {}


def test_the_same_rows_in_a_newer_snapshot_are_compared_once(really_built: Path) -> None:
    snapshot = store_rows(really_built, {("751", "fleksjob", "2026M06"): 8.0}, on="2026-11-01")
    assert stale(really_built) == {}
    records = Records(really_built / "reports")
    assert {records.read(job).same_in for job in JOBS} == {snapshot.id}


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
    assert told == ["Standset efter den første fejl."]


def test_a_report_that_another_build_has_made_meanwhile_is_not_made_again(root: Path) -> None:
    before: Plan = make_plan(root)
    pretend_built(root)
    pool = FakePool(Workplace(root))
    assert len(before.stale) == 3
    build(root, pool)
    assert pool.asked == []
