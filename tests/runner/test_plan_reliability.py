"""What lies in place is never called fresh where it may be wrong: damaged data, edits during a build."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from beskplan.cli import main
from beskplan.core.errors import DataError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.make_report import make_report
from beskplan.runner.plan import make_plan
from beskplan.runner.records import MANIFEST, Outcome, Records, read_json, status_is_old, write_json
from beskplan.runner.wanted import Choice
from tests.conftest import cases
from tests.runner.small_copy import (
    FakePool,
    append,
    build,
    flip,
    in_place,
    pretend_built,
    stale,
    store_rows,
    write_copy,
)

CASES = cases("plan_reliability")

ALLEROED, AARHUS, RUDERSDAL = (
    f"2027/{slug}/maalgrupper" for slug in ("alleroed", "aarhus", "rudersdal")
)
OVERRIDDEN = "maalgrupper: {decimaler_udvikling: 1}\n"
Command = Callable[..., tuple[object, str, str]]
PARAMS, YEAR = "params/rudersdal/2027.yaml", "params/2027.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_copy(tmp_path / "kopi")


@pytest.fixture
def built(root: Path) -> Path:
    pretend_built(root)
    return root


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in a working copy; gives its exit code, output and messages."""

    def run(root: Path, *words: str) -> tuple[object, str, str]:
        monkeypatch.chdir(root)
        monkeypatch.setattr(sys, "argv", ["beskplan", *words])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        return code or 0, *capsys.readouterr()

    return run


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
    two_snapshots: tuple[Path, str, Path], command: Command, name: str
) -> None:
    root, older, newest = two_snapshots
    assert stale(root) == {}
    flip(newest / name)
    with pytest.raises(DataError) as caught:
        make_plan(root)
    assert newest.name in caught.value.problems[0].where
    for words in (["plan"], ["list"], ["check"], ["build"]):
        code, _, told = command(root, *words)
        assert (code, newest.name in told) == (2, True), told
    append(root / YEAR, f"datagrundlag: {older}\n")
    assert make_plan(root).jobs[0].data == older
    assert command(root, "check")[0] == 0


def test_what_the_disk_itself_has_spoilt_is_seen_although_no_time_has_changed(
    two_snapshots: tuple[Path, str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _, newest = two_snapshots
    monkeypatch.setattr("beskplan.runner.wanted.stamp", lambda path: (path.stat().st_size,))
    assert stale(root) == {}
    flip(newest / "observations.parquet")
    with pytest.raises(DataError):
        make_plan(root)


# --- files that change while a build is at work -----------------------------------------------


class Edited(FakePool):
    """A pool that finds a file changed when it begins with Aarhus' report."""

    def __init__(self, place: Workplace, part: str, value: object) -> None:
        super().__init__(place)
        self.part, self.value = part, value

    def run(self, jobs: Sequence[str]) -> Iterator[Outcome]:
        for outcome in super().run(jobs):
            if outcome.job.id == AARHUS:
                path = outcome.folder / MANIFEST
                manifest = read_json(path)
                manifest["made_from"][self.part] = self.value
                write_json(path, manifest)
            yield outcome


@pytest.mark.parametrize(
    ("part", "value", "where"),
    CASES["a_report_made_from_files_that_were"],
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


def test_a_status_that_a_killed_build_could_not_write_is_mended_by_the_next(
    built: Path, command: Command
) -> None:
    reports = built / "reports"
    assert not status_is_old(reports)
    record = Records(reports).read(AARHUS)
    os.utime(reports / "status.json", ns=(1, 1))
    Records(reports).write(record)
    assert status_is_old(reports)
    assert command(built, "build") == (0, "3 rapporter: intet at lave.\n", "")
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
