"""`beskplan fetch`: the plan of a fetch, and the command."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from beskplan.cli.app import app
from beskplan.core.errors import BeskplanError, DataError, SourceError, UnknownNameError
from beskplan.observations.snapshot_store import choose, faults, newest, stored_snapshots
from beskplan.registers.benefits import benefits
from beskplan.sources import http
from beskplan.sources.plan import OWN, FetchPlan, Source, default_plan, plan_of
from tests.conftest import cases
from tests.sources.server.faults import Fault
from tests.sources.server.serving import TOKEN, Sources
from tests.sources.some_tables import only

CASES = cases("fetch_command")

ONE = ("y01a02", "RAS400")
OTHERS = [one.id for one in default_plan().tables.values() if one.id not in ONE]


@pytest.fixture
def place(sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy, and the addresses of the local server in the environment."""
    (tmp_path / "params").mkdir()
    monkeypatch.setenv("JOBINDSATS_TOKEN", TOKEN)
    monkeypatch.setenv("BESKPLAN_JOBINDSATS_URL", sources.url)
    monkeypatch.setenv("BESKPLAN_STATBANK_URL", f"{sources.url}/v1")
    return tmp_path


@pytest.fixture
def two(place: Path) -> Path:
    """A working copy whose plan has two tables."""
    (place / OWN).write_text(f"without: [{', '.join(OTHERS)}]", encoding="utf-8")
    return place


def run(place: Path, *options: str) -> str:
    result = CliRunner().invoke(app, ["fetch", *options, "--root", str(place)])
    if result.exception is not None:
        raise result.exception
    assert result.exit_code == 0
    return result.output


def test_it_stores_a_snapshot_and_says_which(two: Path) -> None:
    said = run(two)
    snapshot = choose("nyeste", two)
    assert f"Øjebliksbillede {snapshot.id}: " in said
    assert set(snapshot.frame["table_id"]) >= {"y01a02", "RAS400"}
    assert [fault for one in stored_snapshots(two) for fault in faults(one)] == []
    found = newest(two)
    assert found is not None
    assert {t.table_id: t.version for t in found[0].tables}["y01a02"] == "2026-08-14"


def test_progress_is_plain_lines_where_there_is_no_terminal(two: Path) -> None:
    said = run(two)
    assert "jobindsats: y01a02" in said
    assert "\x1b" not in said


def test_an_unchanged_source_gives_no_new_snapshot(two: Path) -> None:
    run(two)
    before = [one.folder for one in stored_snapshots(two)]
    assert "Tabeller med nye svar: 0, uændrede: " in run(two)
    assert [one.folder for one in stored_snapshots(two)] == before


def test_without_a_token_danmarks_statistik_is_fetched_and_the_rest_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOBINDSATS_TOKEN")
    monkeypatch.setattr(http, "find_spec", lambda _name: None)
    result = CliRunner().invoke(app, ["fetch", "--root", str(place)])
    assert isinstance(result.exception, SourceError)
    assert result.exception.exit_code == 3
    assert "beskplan fetch --source statbank" in result.exception.problems[0].fix
    assert set(choose("nyeste", place).frame["source"]) == {"statbank"}
    # One cause, one line, with every table.
    (line,) = [one for one in result.output.splitlines() if "er ikke opdateret" in one]
    assert line.startswith("y01a02, ")
    assert line.endswith(" og y30r21 er ikke opdateret: der er stadig ingen tal.")
    with pytest.raises(SourceError):
        run(place, "--source", "jobindsats")
    assert "Øjebliksbillede" in run(place, "--source", "statbank")


def test_a_table_that_fails_is_named_with_the_day_of_the_numbers_that_stand(
    two: Path, sources: Sources
) -> None:
    run(two)
    before = choose("nyeste", two)
    sources.jobindsats["y01a02"].update_latest = "2026-09-14"
    sources.statbank["RAS400"].updated = "2026-09-14T08:00:00"
    sources.statbank["RAS400"].marks = {("230", "2025"): "77"}
    sources.faults.append(Fault("/v3/data", times=9, body=b"Vi er straks tilbage"))
    result = CliRunner().invoke(app, ["fetch", "--root", str(two)])
    assert isinstance(result.exception, SourceError)
    after = choose("nyeste", two)
    assert after.id != before.id
    assert "y01a02 er ikke opdateret: der er stadig tal hentet " in result.output


def test_the_plan_of_the_working_copy_is_used(place: Path) -> None:
    (place / "params" / "hentning.yaml").write_text(
        "without: [AUF01, AUK01, AULK01, AULK04, AUP02, FOLK1A]", encoding="utf-8"
    )
    run(place, "--source", "statbank")
    assert set(choose("nyeste", place).frame["table_id"]) == {"RAS400"}


def test_a_source_that_is_gone_leaves_the_newest_snapshot(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(place, "--source", "statbank")
    before = choose("nyeste", place).id
    monkeypatch.setenv("BESKPLAN_STATBANK_URL", "ftp://nowhere")
    with pytest.raises(BeskplanError):
        run(place, "--source", "statbank")
    assert choose("nyeste", place).id == before


def test_an_unknown_table_is_refused_before_anything_is_asked(
    place: Path, sources: Sources
) -> None:
    (place / OWN).write_text("without: [y01a2]", encoding="utf-8")
    with pytest.raises(UnknownNameError, match="mente du 'y01a02'"):
        run(place)
    assert sources.seen == []


GOOD = CASES["good"]


def read(folder: Path, text: str) -> FetchPlan:
    (folder / "params").mkdir()
    (folder / OWN).write_text(text, encoding="utf-8")
    return plan_of(folder)


def test_a_table_of_one_s_own_is_read(tmp_path: Path) -> None:
    [table] = [one for one in read(tmp_path, GOOD).jobindsats if one.id == "y01a02"]
    assert (table.latest, table.period_type, table.areas) == (12, "M", ("land", "kommune"))


@pytest.mark.parametrize(("old", "new", "words"), CASES["what_is_wrong_is_refused_with_the_right"])
def test_what_is_wrong_is_refused_with_the_right_word(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = new.join(GOOD.rsplit(old, 1))
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_the_default_plan_asks_for_every_table_of_the_benefits() -> None:
    listed = {(table.id, one.id) for one in benefits() for table in one.tables}
    asked = {(table.id, part.ydelse) for table in default_plan().jobindsats for part in table.parts}
    assert listed <= asked
    assert ("ptv_a02", "offentlig_forsoergelse") in asked


def test_the_default_plan_asks_for_the_denominators() -> None:
    asked = {table.id for table in default_plan().statbank}
    assert asked == {"RAS400", "FOLK1A", "AUK01", "AULK01", "AULK04", "AUF01", "AUP02"}


@pytest.mark.parametrize("source", ["jobindsats", "statbank"])
def test_one_source_can_be_chosen(source: Source) -> None:
    chosen = default_plan().only(source)
    assert bool(chosen.jobindsats) == (source == "jobindsats")
    assert bool(chosen.statbank) == (source == "statbank")


def test_a_choice_of_nothing_is_refused() -> None:
    with pytest.raises(BeskplanError, match="ingenting"):
        only(default_plan(), "y01a02").only("statbank")


OWN_PLAN = CASES["own_plan"]


def own(root: Path, text: str) -> FetchPlan:
    (root / "params").mkdir(exist_ok=True)
    (root / "params" / "hentning.yaml").write_text(text, encoding="utf-8")
    return plan_of(root)


def test_a_working_copy_changes_adds_and_leaves_out_tables(tmp_path: Path) -> None:
    assert plan_of(tmp_path) == default_plan()
    built_in, changed = default_plan().tables, own(tmp_path, OWN_PLAN).tables
    assert set(built_in) - set(changed) == {"y40a02"}
    assert set(changed) - set(built_in) == {"y01h01"}
    assert changed["y28a02"].latest == 12
    assert changed["y01a02"] == built_in["y01a02"]


@pytest.mark.parametrize(("text", "words"), CASES["a_wrong_change_is_refused"])
def test_a_wrong_change_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BeskplanError, match=words):
        own(tmp_path, text)
