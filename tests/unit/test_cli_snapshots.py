"""The commands about snapshots: thin, and every answer says which data."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from beskplan.cli.app import app
from beskplan.core.errors import DataError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for level in (100, 90):
        write(tmp_path, level)
        run(tmp_path, "import", str(tmp_path / "y01a02.csv"), "--retrieved", "2026-08-01")
    return tmp_path


def write(place: Path, level: int) -> None:
    text = f"Periode;Område;Antal personer;Antal fuldtidspersoner\n2026M06;Rudersdal;{level};80\n"
    (place / "y01a02.csv").write_text(text, encoding="utf-8")


def run(place: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--root", str(place)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def ids(place: Path) -> list[str]:
    return [line.split()[0] for line in run(place, "snapshots", "list").splitlines()]


def test_import_tells_the_new_snapshot_and_list_shows_it_first(place: Path) -> None:
    told = run(place, "import", str(place / "y01a02.csv"), "--retrieved", "2026-08-02")
    *understood, stored = told.splitlines()
    assert stored.split(":")[0] == ids(place)[0]
    assert understood[0] == "y01a02.csv, række 1:"
    assert "hentet 2. august 2026" in told
    assert len(ids(place)) == 4  # three imports and the embedded figures


def test_an_import_that_changes_known_numbers_says_which_also_on_the_same_day(place: Path) -> None:
    first = ids(place)[0]
    write(place, 91)
    words = ("import", str(place / "y01a02.csv"), "--retrieved", "2026-08-01")
    told = run(place, *words)
    assert told[told.index("Ændret") :].splitlines() == [
        f"Ændret siden øjebliksbillede {first}: 1 kendt tal",
        "  Antal personer, a-dagpenge (personer), Rudersdal, juni 2026: 90 er blevet 91",
        f"  se dem alle: beskplan snapshots diff {first}",
    ]
    assert "Ændret" not in run(place, *words)  # the same again changes nothing


def test_a_dry_run_tells_what_is_understood_and_stores_nothing(place: Path) -> None:
    before = ids(place)
    told = run(place, "import", str(place / "y01a02.csv"), "--dry-run")
    assert told.splitlines()[0] == "y01a02.csv, række 1:"
    assert ids(place) == before


def test_show_names_tables_sources_and_raw_files(place: Path) -> None:
    told = run(place, "snapshots", "show")
    assert "jobindsats y01a02: 2 tal. Jobindsats.dk" in told
    assert "y01a02.csv" in told
    assert "ÆLDRE TAL" not in told


def test_show_says_which_tables_are_older_than_the_newest_of_their_source(place: Path) -> None:
    heads = "Område;Periode;Visitationskategori;Antal fuldtidspersoner"
    text = f"{heads}\nRudersdal;2026M06;Jobparat;80\n"
    (place / "y60a02.csv").write_text(text, encoding="utf-8")
    run(place, "import", str(place / "y60a02.csv"), "--retrieved", "2026-08-09")
    told = [line for line in run(place, "snapshots", "show").splitlines() if "ÆLDRE TAL" in line]
    assert ["y01a02" in line for line in told] == [True]


def test_diff_tells_the_size_of_what_was_revised(place: Path) -> None:
    told = run(place, "snapshots", "diff", ids(place)[1])
    assert "jobindsats y01a02: 1 rettet" in told
    assert "Antal personer, a-dagpenge (personer), Rudersdal, juni 2026: 100 er blevet 90" in told


def test_verify_is_silent_on_whole_files_and_raises_on_a_changed_one(place: Path) -> None:
    assert "2 øjebliksbilleder" in run(place, "snapshots", "verify")
    raw = next((place / "data/snapshots" / ids(place)[0] / "raw").iterdir())
    raw.write_bytes(raw.read_bytes() + b" ")
    with pytest.raises(DataError, match="et gemt øjebliksbillede er beskadiget"):
        run(place, "snapshots", "verify")


def test_prune_tells_before_it_removes(place: Path) -> None:
    old = ids(place)[1]
    assert old in run(place, "snapshots", "prune", "--keep", "1", "--dry-run")
    assert old in ids(place)
    run(place, "snapshots", "prune", "--keep", "1")
    assert old not in ids(place)


def test_a_draft_is_written_and_can_be_imported_with(place: Path) -> None:
    draft = place / "mappings" / "liste.yaml"
    write(place, 70)
    run(place, "import", str(place / "y01a02.csv"), "--draft", str(draft))
    assert len(ids(place)) == 3
    run(place, "import", str(place / "y01a02.csv"), "--mapping", str(draft))
    assert len(ids(place)) == 4
