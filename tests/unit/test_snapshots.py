"""The store of snapshots: whole or not at all, never edited, the newest valid one by default."""

import multiprocessing
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from beskplan.core.errors import DataError, InputError, LockedError
from beskplan.observations import snapshot_store
from beskplan.observations.contract import COLUMNS, Delivery, RawFile, revisions
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import (
    choose,
    embedded,
    faults,
    manifest_of,
    prune,
    store,
    stored_snapshots,
)
from tests.conftest import cases

CASES = cases("snapshots")

ROW: dict[str, Any] = CASES["row"]


def frame(*changes: dict[str, Any]) -> pd.DataFrame:
    rows = [{**ROW, **change} for change in changes]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})


def delivery(*changes: dict[str, Any], content: bytes = b"raw", **raw: Any) -> Delivery:
    table = frame(*changes)
    tables = table[["source", "table_id", "retrieved_at"]].drop_duplicates().to_dict("records")
    files: list[RawFile] = []
    for one in tables:
        fields: dict[str, Any] = {str(name): value for name, value in one.items()}
        fields |= {"name": "svar.json", "origin": "test", **raw}
        files.append(RawFile(content=content + str(one["table_id"]).encode(), **fields))
    return Delivery(table, tuple(files))


def values(snapshot: Snapshot) -> dict[tuple[str, str, str], float]:
    keys = zip(
        snapshot.frame["table_id"], snapshot.frame["area"], snapshot.frame["period"], strict=True
    )
    return dict(zip(keys, snapshot.frame["value"], strict=True))


def folder_of(snapshot: Snapshot, root: Path) -> Path:
    return root / "data" / "snapshots" / snapshot.id


def test_without_a_snapshot_the_default_is_the_embedded_figures(tmp_path: Path) -> None:
    assert choose("nyeste", tmp_path) is embedded()


def test_what_is_stored_comes_back_unchanged_with_its_raw_bytes(tmp_path: Path) -> None:
    stored = store(delivery({}, {"area": "000", "value": 75000.0}, content=b"\x00\xff"), tmp_path)
    chosen = choose("nyeste", tmp_path)
    assert chosen.id == stored.id
    pd.testing.assert_frame_equal(chosen.frame, stored.frame)
    (raw,) = manifest_of(stored.id, tmp_path).raw
    assert (folder_of(stored, tmp_path) / "raw" / raw.file).read_bytes() == b"\x00\xffy01a02"


def test_readers_are_told_sources_and_days(tmp_path: Path) -> None:
    stored = store(
        delivery(
            {},
            {"period": "2026M05", "retrieved_at": "2026-07-03"},
            {"source": "statbank", "table_id": "AUP02", "period": "2026M04"},
        ),
        tmp_path,
    )
    assert stored.text == (
        "tal fra Jobindsats.dk (hentet 3. juli 2026 - 1. august 2026) "
        "og Danmarks Statistik (hentet 1. august 2026)"
    )
    assert {t.table_id: t.licence for t in manifest_of(stored.id, tmp_path).tables}[
        "AUP02"
    ] == "CC BY 4.0"


def test_storing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    first = store(delivery({}), tmp_path)
    assert store(delivery({}), tmp_path).id == first.id
    assert len(stored_snapshots(tmp_path)) == 1


def test_a_new_snapshot_continues_the_newest_and_replaces_what_it_covers(tmp_path: Path) -> None:
    store(delivery({}, {"period": "2026M05", "value": 650.0}), tmp_path)
    second = store(
        delivery({"value": 711.0}, {"table_id": "y07a02", "ydelse": "sygedagpenge"}), tmp_path
    )
    assert values(second) == {
        ("y01a02", "230", "2026M06"): 711.0,
        ("y01a02", "230", "2026M05"): 650.0,
        ("y07a02", "230", "2026M06"): 703.0,
    }
    assert not [problem for one in stored_snapshots(tmp_path) for problem in faults(one)]


def test_a_group_that_the_source_no_longer_gives_does_not_stay_behind(tmp_path: Path) -> None:
    store(delivery({}, {"group": "jobparate"}, {"group": "aktivitetsparate"}), tmp_path)
    fewer = delivery({"group": "jobparate", "value": 9.0})
    with pytest.raises(DataError, match="erstattet af ingen"):
        store(fewer, tmp_path)
    second = store(fewer, tmp_path, accept_missing=True)
    assert sorted(second.frame["group"]) == ["alle", "jobparate"]


def test_going_back_to_an_older_delivery_makes_it_the_newest_again(tmp_path: Path) -> None:
    first = store(delivery({}), tmp_path)
    store(delivery({"value": 711.0}, content=b"other"), tmp_path)
    third = store(delivery({}), tmp_path)
    assert third.id != first.id
    assert values(choose("nyeste", tmp_path)) == values(first)


def test_two_tables_that_say_something_of_one_observation_are_refused(tmp_path: Path) -> None:
    store(delivery({}), tmp_path)
    with pytest.raises(DataError, match="en anden tabel har de samme"):
        store(delivery({"source": "own:opus", "table_id": "liste"}), tmp_path)


def test_observations_without_their_raw_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="uden den fil"):
        store(Delivery(frame({}), ()), tmp_path)


def test_a_delivery_that_breaks_the_contract_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        store(delivery({"period": "juni"}), tmp_path)
    assert choose("nyeste", tmp_path) is embedded()


@pytest.mark.parametrize(("source", "below"), [("jobindsats", 3), ("own:opus", 5), ("statbank", 0)])
def test_small_counts_never_reach_the_store(tmp_path: Path, source: str, below: int) -> None:
    rows = [{"source": source, "period": f"2026M{n + 1:02d}", "value": float(n)} for n in range(8)]
    stored = store(delivery(*rows), tmp_path).frame.sort_values("period")
    assert stored["state"].tolist() == ["withheld"] * below + ["known"] * (8 - below)
    assert stored["value"].isna().tolist() == [True] * below + [False] * (8 - below)


def test_the_municipalitys_own_rule_goes_before_the_default(tmp_path: Path) -> None:
    made = delivery({"source": "own:opus", "value": 7.0})
    stored = store(Delivery(made.frame, made.raw, withhold_below=10), tmp_path)
    assert stored.frame["state"].tolist() == ["withheld"]


@pytest.mark.parametrize("name", ["observations.parquet", "snapshot.json", "raw"])
def test_a_flipped_byte_anywhere_is_found(tmp_path: Path, name: str) -> None:
    stored = store(delivery({}), tmp_path)
    path = folder_of(stored, tmp_path) / name
    path = next(path.iterdir()) if path.is_dir() else path
    for at in range(0, path.stat().st_size, max(1, path.stat().st_size // 40)):
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)
        assert faults(stored_snapshots(tmp_path)[0]), f"byte {at} of {name}"
        content[at] ^= 1
        path.write_bytes(content)
    assert not faults(stored_snapshots(tmp_path)[0])


def test_a_missing_or_foreign_raw_file_is_found(tmp_path: Path) -> None:
    raw = folder_of(store(delivery({}), tmp_path), tmp_path) / "raw"
    (raw / "fremmed.csv").write_text("x")
    assert [p.what for p in faults(stored_snapshots(tmp_path)[0])] == [
        "filen hører ikke til øjebliksbilledet"
    ]
    shutil.rmtree(raw)
    assert [p.what for p in faults(stored_snapshots(tmp_path)[0])] == [
        "et gemt øjebliksbillede er beskadiget"
    ]


def test_a_broken_snapshot_is_mended_by_storing_its_content_again(tmp_path: Path) -> None:
    first = store(delivery({}), tmp_path)
    (folder_of(first, tmp_path) / "observations.parquet").write_bytes(b"")
    assert store(delivery({}), tmp_path).id == first.id
    assert not faults(stored_snapshots(tmp_path)[0])


def test_an_unknown_id_is_refused_with_the_nearest(tmp_path: Path) -> None:
    known = store(delivery({}), tmp_path).id
    wrong = known[:-1] + ("0" if known[-1] != "0" else "1")
    with pytest.raises(DataError) as refusal:
        choose(wrong, tmp_path)
    assert refusal.value.problems[0].fix == f"mente du '{known}'?"


def test_what_a_killed_store_left_is_no_snapshot_and_is_swept(tmp_path: Path) -> None:
    left = tmp_path / "data" / "snapshots" / f"{snapshot_store.INCOMING}dead"
    left.mkdir(parents=True)
    (left / "observations.parquet").write_bytes(b"half")
    assert choose("nyeste", tmp_path) is embedded()
    store(delivery({}), tmp_path)
    assert not left.exists()


def test_the_difference_names_each_observation_with_its_size() -> None:
    old = frame({}, {"area": "000", "value": 5.0}, {"area": "101", "value": 8.0}, {"area": "147"})
    new = frame(
        {"value": 700.0, "retrieved_at": "2026-09-01"},
        {"area": "000", "value": None, "state": "withheld"},
        {"area": "147", "retrieved_at": "2026-09-01"},
        {"area": "151", "value": 4.0},
    )
    told = {r.key[3]: (r.kind, r.size) for r in revisions(old, new)}
    assert told == {
        "000": ("nu fortroligt", None),
        "101": ("fjernet", None),
        "151": ("nyt", None),
        "230": ("rettet", Decimal("-3.0")),
    }


def test_the_difference_never_tells_a_number_that_is_now_withheld() -> None:
    (one,) = revisions(frame({"value": 4.0}), frame({"value": None, "state": "withheld"}))
    assert (one.before, one.now, one.size) == (None, None, None)


def test_prune_keeps_the_newest_and_whatever_params_or_reports_name(tmp_path: Path) -> None:
    ids = [store(delivery({"value": float(n)}), tmp_path).id for n in range(100, 106)]
    (tmp_path / "params" / "rudersdal").mkdir(parents=True)
    (tmp_path / "params" / "rudersdal" / "2027.yaml").write_text(f"datagrundlag: {ids[1]}\n")
    assert prune(tmp_path, 2, dry_run=True) == (ids[0], ids[2], ids[3])
    assert len(stored_snapshots(tmp_path)) == 6
    assert prune(tmp_path, 2) == (ids[0], ids[2], ids[3])
    assert [one.folder.name for one in stored_snapshots(tmp_path)] == [ids[5], ids[4], ids[1]]
    assert not [problem for one in stored_snapshots(tmp_path) for problem in faults(one)]


def test_prune_never_takes_the_last_valid_snapshot(tmp_path: Path) -> None:
    first = store(delivery({}), tmp_path)
    for n in range(3):
        later = store(delivery({"value": float(n + 10)}, content=str(n).encode()), tmp_path)
        (folder_of(later, tmp_path) / "observations.parquet").write_bytes(b"")
    assert first.id not in prune(tmp_path, 1)
    assert choose(first.id, tmp_path).id == first.id
    with pytest.raises(InputError):
        prune(tmp_path, 0)


def test_a_second_store_waits_and_then_says_that_the_folder_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(delivery({}), tmp_path)
    monkeypatch.setattr(snapshot_store, "LOCK_SECONDS", 0.1)
    with snapshot_store.locked(tmp_path / "data" / "snapshots"), pytest.raises(LockedError):
        store(delivery({"value": 1000.0}), tmp_path)


def _store_table(number: int, root: Path) -> None:
    table = f"y{number:02d}a02"
    store(
        delivery({"table_id": table, "period": f"2026M{number + 1:02d}", "value": 10.0 + number}),
        root,
    )


def test_stores_at_the_same_time_neither_mix_nor_lose_anything(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_store_table, args=(n, tmp_path)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    last = choose("nyeste", tmp_path)
    assert values(last) == {
        (f"y{n:02d}a02", "230", f"2026M{n + 1:02d}"): 10.0 + n for n in range(3)
    }
    assert not [problem for one in stored_snapshots(tmp_path) for problem in faults(one)]
