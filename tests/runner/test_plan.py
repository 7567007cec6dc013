"""The plan: what is fresh, what is stale and why; exactly that, and without importing anything heavy."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from beskplan.core.errors import ParamsError, Problem, UnknownNameError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.keys import library_key
from beskplan.runner.plan import Plan, make_plan
from beskplan.runner.records import MANIFEST, Outcome, Records, read_json
from beskplan.runner.wanted import Choice
from tests.conftest import ROOT, cases
from tests.runner.small_copy import (
    JOBS,
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

CASES = cases("plan")

HEAVY = CASES["heavy"]
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
    with ReportPool(root) as pool:
        outcomes = build(root, pool)
    assert [str(problem) for one in outcomes for problem in one.problems] == []
    return root


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


# --- what it costs ----------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["new", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    heavy = [name for name in HEAVY if name not in ("pydantic", "typer", "yaml")]
    code = (
        f"import atexit, sys; sys.argv = ['beskplan', *{words!r}]\n"
        f"atexit.register(lambda: print([name for name in {heavy!r} if name in sys.modules]))\n"
        "from beskplan.cli import main\n"
        "main()\n"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, check=True, capture_output=True, text=True).stdout.endswith("\n[]\n")
    used = [
        *run[:2],
        code.replace("main()", "from beskplan.cli.begin import beginning; beginning.Path"),
    ]
    assert "pandas" in subprocess.run(used, capture_output=True, text=True, check=True).stdout


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


def rows_read(root: Path, job: str) -> list[bool]:
    """Of each row that a report has asked for, whether the snapshot had it."""
    text = (root / "reports" / job / "rows.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)[5] is not None for line in text.splitlines()]


def test_a_report_leaves_behind_every_row_that_it_read(really_built: Path) -> None:
    # Two benefits, three areas or two, two levels and a share; the course of three years has no more.
    assert sum(rows_read(really_built, ALLEROED)) == 2 * 3 * 3
    assert sum(rows_read(really_built, AARHUS)) == 2 * 2 * 3
    assert not all(rows_read(really_built, AARHUS)), "what is not there may come"


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


def test_one_failure_stops_no_other(built: Path) -> None:
    place = Workplace(built)
    failures = {job: failure(built, job) for job in JOBS[:1]}
    assert [one.ok for one in build(built, FakePool(place, failures), force=True)] == [
        False,
        True,
        True,
    ]


def test_a_report_that_another_build_has_made_meanwhile_is_not_made_again(root: Path) -> None:
    before: Plan = make_plan(root)
    pretend_built(root)
    pool = FakePool(Workplace(root))
    assert len(before.stale) == 3
    build(root, pool)
    assert pool.asked == []
