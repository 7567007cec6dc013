"""Which editions a build makes: the newest whole period; what waits is told; earlier ones stay."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from beskplan import cli
from beskplan.core.errors import BeskplanError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.building import lines
from beskplan.runner.checking import check
from beskplan.runner.make_report import make_report
from beskplan.runner.plan import make_plan, waiting_lines
from beskplan.runner.remote import pack
from beskplan.runner.wanted import Choice
from tests.conftest import ROOT, cases
from tests.runner import small_copy
from tests.runner.small_copy import (
    FakePool,
    append,
    build,
    pretend_built,
    store_rows,
    third_quarter,
    write_periodical_copy,
)
from tests.runner.test_plan import HEAVY

BOTH = ("a_dagpenge", "sygedagpenge")
LATER = "2026-11-01"
CASES = cases("edition_plans")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_periodical_copy(tmp_path)


def planned(root: Path, **choice: object) -> tuple[list[str], list[str]]:
    """The editions of a plan, and what waits in words."""
    made = make_plan(root, Choice(**choice))  # type: ignore[arg-type]
    return [one.job for one in made.jobs if "status" in one.job], list(waiting_lines(made.waiting))


def run_main(root: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> object:
    """The exit code of a command."""
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["beskplan", *words])
    try:
        cli.main()
    except SystemExit as error:
        return error.code or 0
    return 0


def test_an_edition_of_more_pages_than_four_is_made_and_the_build_says_so(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(2027, "rudersdal", "status", "2026K2")
    made = make_report(job, Workplace(root))
    assert (made.problems, [one for one in made.remarks if one.startswith("pdf")]) == ((), [])
    # As if it might have none: the same edition is too long.
    monkeypatch.setattr("beskplan.runner.make_report.MOST_PAGES", 0)
    made = make_report(job, Workplace(root))
    pages = len(PdfReader(made.folder / "status.pdf").pages)
    said = "\n".join(lines([made]))
    assert made.problems == ()
    assert f"pdf: mere end 0 sider i {job.id}:\n  {pages}, selv om udgaven er sat tættere" in said
    # What is no edition may have any number.
    other = make_report(Job(2027, "rudersdal", "maalgrupper"), Workplace(root))
    assert [one for one in other.remarks if one.startswith("pdf")] == []


@pytest.mark.parametrize("night", CASES["nights"], ids=lambda night: night["what"])
def test_a_build_wants_the_newest_period_with_every_number(
    root: Path, night: dict[str, Any]
) -> None:
    (first,) = (root / "data/snapshots").glob("[0-9a-f]*")
    for number, delivery in enumerate(night.get("arrives", ())):
        also = third_quarter(*delivery["ydelser"], without=delivery.get("without", ()))
        store_rows(root, also=also, on=f"2026-11-{number + 1:02d}")
    for name, text in night.get("params", {}).items():
        append(root / "params" / name, text.replace("FIRST", first.name))
    jobs, told = planned(root, **night.get("choice", {}))
    assert jobs == night["jobs"]
    assert told == night["lines"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["what"])
def test_what_can_have_no_edition_is_refused(root: Path, case: dict[str, Any]) -> None:
    for name, (old, new) in case.get("params", {}).items():
        path = root / "params" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(BeskplanError) as caught:
        make_plan(root, Choice(**case["choice"]))
    told = "\n".join(map(str, caught.value.problems))
    assert all(part in told for part in case["told"]), told
    assert caught.value.exit_code == 2


def test_the_plan_of_the_year_makes_the_edition(root: Path) -> None:
    """Two plans of a municipality never make one edition twice."""
    later = (root / "params" / "aarhus" / "2027.yaml").read_text(encoding="utf-8")
    for year in (2026, 2028):
        text = later.replace("2027", str(year))
        (root / "params" / "aarhus" / f"{year}.yaml").write_text(text, encoding="utf-8")
        shared = (root / "params" / "2027.yaml").read_text(encoding="utf-8")
        (root / "params" / f"{year}.yaml").write_text(shared, encoding="utf-8")
    assert planned(root, kommune="aarhus")[0] == ["2026/aarhus/status-2026K2"]
    # A year that a person has named is the person's choice.
    assert planned(root, kommune="aarhus", aar=2028)[0] == ["2028/aarhus/status-2026K2"]


def test_what_is_made_and_what_is_waited_for_may_be_two_plans_turn(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last quarter of 2025 is the plan of 2025's; that of 2026 waits for the first of its year."""
    for year in (2025, 2026):
        for name in (f"{year}.yaml", f"aarhus/{year}.yaml"):
            old = (root / "params" / name.replace(str(year), "2027")).read_text(encoding="utf-8")
            (root / "params" / name).write_text(old.replace("2027", str(year)), encoding="utf-8")
    (root / "params" / "aarhus" / "2027.yaml").unlink()
    ends = {"2025M06": "2024M12", "2026M06": "2025M12"}
    last = {(*key[:2], ends[key[2]]): value for key, value in small_copy._values().items()}
    monkeypatch.setattr(small_copy, "_values", lambda: last)
    shutil.rmtree(root / "data")
    store_rows(root)
    assert planned(root, kommune="aarhus") == (
        ["2025/aarhus/status-2025K4"],
        ["2026/aarhus/status-2026K1 venter på alle tal for 1. kvartal 2026."],
    )


def test_an_earlier_edition_stays_as_it_was(root: Path) -> None:
    pretend_built(root)
    first = root / "reports/2027/aarhus/status-2026K2"
    before = {path.name: path.read_bytes() for path in first.iterdir() if path.is_file()}
    # The quarter arrives, and a number of the edition before is revised.
    store_rows(root, {("751", "a_dagpenge", "2026M06"): 5.0}, also=third_quarter(*BOTH), on=LATER)
    pool = FakePool(Workplace(root))
    build(root, pool)
    assert [job[-6:] for job in pool.asked if "status" in job] == ["2026K3"] * 3
    assert {path.name: path.read_bytes() for path in first.iterdir() if path.is_file()} == before


def test_an_edition_is_stale_when_the_one_before_says_other_numbers(root: Path) -> None:
    pretend_built(root)
    store_rows(root, also=third_quarter(*BOTH), on=LATER)
    build(root, FakePool(Workplace(root)))
    assert make_plan(root).stale == ()
    earlier = root / "reports/2027/aarhus/status-2026K2/rows.jsonl"
    earlier.write_text("[]\n", encoding="utf-8")
    (stale,) = make_plan(root).stale
    assert (stale.job, stale.reasons) == ("2027/aarhus/status-2026K3", ("udgaven før er ændret",))


def approved_second_quarter(root: Path) -> Path:
    """The copy that an approval of Aarhus' second quarter leaves."""
    copy = root / "reports/.godkendte/2027/aarhus/status-2026K2/c0"
    shutil.copytree(root / "reports/2027/aarhus/status-2026K2", copy)
    said = {"made_at": "2026-11-02T08:00:00", "data": {"text": "Tal fra Jobindsats.dk"}}
    (copy / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    return copy


def test_what_was_approved_of_the_edition_before_counts_and_not_a_draft_of_it(root: Path) -> None:
    pretend_built(root)
    store_rows(root, also=third_quarter(*BOTH), on=LATER)
    build(root, FakePool(Workplace(root)))
    copy = approved_second_quarter(root)
    # The approval of the same rows makes nothing stale, and neither does a draft made after it.
    assert make_plan(root).stale == ()
    built = root / "reports/2027/aarhus/status-2026K2/rows.jsonl"
    built.write_text("[]\n", encoding="utf-8")
    assert make_plan(root).stale == ()
    (copy / "rows.jsonl").write_text("[]\n", encoding="utf-8")
    assert [one.job for one in make_plan(root).stale] == ["2027/aarhus/status-2026K3"]


def test_a_cluster_gets_the_edition_before_too(root: Path) -> None:
    pretend_built(root)
    job = Job(2027, "aarhus", "status", "2026K3")
    copy = approved_second_quarter(root)
    with tarfile.open(fileobj=io.BytesIO(pack(Workplace(root), [job]))) as parcel:
        names = [name for name in parcel.getnames() if "status-" in name]
    folders = (copy.relative_to(root).as_posix(), "reports/2027/aarhus/status-2026K2")
    both = [f"{one}/{file}" for one in folders for file in ("manifest.json", "rows.jsonl")]
    assert sorted(names) == both


def test_a_build_with_nothing_to_do_asks_no_table(root: Path) -> None:
    store_rows(root, also=third_quarter("a_dagpenge"), on=LATER)
    pretend_built(root)
    make_plan(root)
    code = (
        "import sys; from pathlib import Path; from beskplan.runner.plan import make_plan;"
        "from beskplan.runner.plan import waiting_lines;"
        f"made = make_plan(Path({str(root)!r}));"
        "print(len(made.jobs), len(made.stale), *waiting_lines(made.waiting));"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "6 0 3 planer: status-2026K3 venter på sygedagpenge.",
        "[]",
    ]


def test_a_region_that_has_ended_hinders_no_edition_of_the_others(root: Path) -> None:
    """RAR Hovedstaden ended with 2024: it is left out unless it is what is named."""
    folder = root / "params" / "rar-hovedstaden"
    folder.mkdir()
    text = "kommune: RAR Hovedstaden\naar: 2027\nbilag: [status]\n"
    (folder / "2027.yaml").write_text(text, encoding="utf-8")
    jobs, told = planned(root, periode="2026K2")
    assert (len(jobs), told) == (3, [])
    (found,) = planned(root, kommune="rar-hovedstaden", periode="2026K2")[0]
    with pytest.raises(BeskplanError, match=r"en periode til og med 31\. december 2024"):
        check([Job.parse(found)], Workplace(root))


@pytest.mark.parametrize("words", CASES["wrong_plan"]["words"], ids=" ".join)
def test_a_plan_without_sections_is_refused_and_not_passed_over(
    root: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (root / "params" / "2027.yaml").write_text("status: {hver: kvartal}\n", encoding="utf-8")
    plan = "kommune: Aarhus\naar: 2027\nbilag: [status]\n"
    (root / "params" / "aarhus" / "2027.yaml").write_text(plan, encoding="utf-8")
    assert run_main(root, words, monkeypatch) == 2
    assert CASES["wrong_plan"]["says"] in capsys.readouterr().err


def test_a_plan_with_no_number_at_all_is_refused_and_not_passed_over(root: Path) -> None:
    shutil.rmtree(root / "data")
    shared = root / "params" / "2027.yaml"
    text = shared.read_text(encoding="utf-8").replace("oestdanmark", "region-nordjylland")
    shared.write_text(text, encoding="utf-8")
    (found,) = make_plan(root, Choice("aarhus", bilag="status")).jobs
    assert found.job == "2027/aarhus/status"
    with pytest.raises(BeskplanError, match="ingen periode med tal for alle afsnit"):
        check([Job.parse(found.job)], Workplace(root))


@pytest.mark.parametrize("case", CASES["commands"], ids=lambda case: case["says"])
def test_the_commands_say_what_an_edition_waits_for(
    root: Path,
    case: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pretend_built(root)
    ended = run_main(root, case["words"], monkeypatch)
    written = capsys.readouterr()
    assert case["says"] in written.out + written.err
    assert ended == case["code"]
