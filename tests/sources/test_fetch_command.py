"""`beskplan fetch`: from the sources into a snapshot, with plain words where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from beskplan.cli.app import app
from beskplan.core.errors import BeskplanError, SourceError, UnknownNameError
from beskplan.observations import choose, faults, newest, stored_snapshots
from beskplan.sources import jobindsats as tokens
from tests.sources.server.faults import Fault
from tests.sources.server.serving import TOKEN, Sources

ONE = ("--table", "y01a02", "--table", "RAS400")


@pytest.fixture
def place(sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy, and the addresses of the local server in the environment."""
    (tmp_path / "params").mkdir()
    monkeypatch.setenv("JOBINDSATS_TOKEN", TOKEN)
    monkeypatch.setenv("BESKPLAN_JOBINDSATS_URL", sources.url)
    monkeypatch.setenv("BESKPLAN_STATBANK_URL", f"{sources.url}/v1")
    return tmp_path


def run(place: Path, *options: str) -> str:
    result = CliRunner().invoke(app, ["fetch", *options, "--root", str(place)])
    if result.exception is not None:
        raise result.exception
    assert result.exit_code == 0
    return result.output


def test_it_stores_a_snapshot_and_says_which(place: Path) -> None:
    said = run(place, *ONE)
    snapshot = choose("nyeste", place)
    assert f"Øjebliksbillede {snapshot.id}: " in said
    assert set(snapshot.frame["table_id"]) >= {"y01a02", "RAS400"}
    assert [fault for one in stored_snapshots(place) for fault in faults(one)] == []
    found = newest(place)
    assert found is not None
    assert {t.table_id: t.version for t in found[0].tables}["y01a02"] == "2026-08-14"


def test_progress_is_plain_lines_where_there_is_no_terminal(place: Path) -> None:
    said = run(place, *ONE)
    assert "jobindsats: y01a02" in said
    assert "\x1b" not in said


def test_an_unchanged_source_gives_no_new_snapshot(place: Path) -> None:
    run(place, *ONE)
    before = [one.folder for one in stored_snapshots(place)]
    assert "af 0 nye svar" in run(place, *ONE)
    assert [one.folder for one in stored_snapshots(place)] == before


def test_without_a_token_danmarks_statistik_is_fetched_and_the_rest_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOBINDSATS_TOKEN")
    monkeypatch.setattr(tokens, "find_spec", lambda _name: None)
    result = CliRunner().invoke(app, ["fetch", "--root", str(place)])
    assert isinstance(result.exception, SourceError)
    assert result.exception.exit_code == 3
    assert "beskplan fetch --source statbank" in result.exception.problems[0].fix
    assert set(choose("nyeste", place).frame["source"]) == {"statbank"}
    assert "y01a02 er ikke opdateret: der er stadig ingen tal." in result.output
    with pytest.raises(SourceError):
        run(place, "--source", "jobindsats")
    assert "Øjebliksbillede" in run(place, "--source", "statbank")


def test_a_table_that_fails_is_named_with_the_day_of_the_numbers_that_stand(
    place: Path, sources: Sources
) -> None:
    run(place, *ONE)
    before = choose("nyeste", place)
    sources.jobindsats["y01a02"].update_latest = "2026-09-14"
    sources.statbank["RAS400"].updated = "2026-09-14T08:00:00"
    sources.statbank["RAS400"].marks = {("230", "2025"): "77"}
    sources.faults.append(Fault("/v3/data", times=9, body=b"Vi er straks tilbage"))
    result = CliRunner().invoke(app, ["fetch", *ONE, "--root", str(place)])
    assert isinstance(result.exception, SourceError)
    after = choose("nyeste", place)
    assert after.id != before.id
    assert "y01a02 er ikke opdateret: der er stadig tal hentet " in result.output


def test_the_plan_of_the_working_copy_is_used(place: Path) -> None:
    (place / "params" / "hentning.yaml").write_text(
        "without: [AUK01, AULK04, AUP02, FOLK1A]", encoding="utf-8"
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
    with pytest.raises(UnknownNameError, match="mente du 'y01a02'"):
        run(place, "--table", "y01a2")
    assert sources.seen == []


def test_a_plan_of_one_s_own_is_taken(place: Path) -> None:
    plan = place / "plan.yaml"
    plan.write_text(
        "statbank: [{ id: FOLK1A, period_type: Q, latest: 1, indicator: befolkning }]",
        encoding="utf-8",
    )
    run(place, "--plan", str(plan))
    frame = choose("nyeste", place).frame
    assert len(frame[frame["table_id"] == "FOLK1A"]) == 99
