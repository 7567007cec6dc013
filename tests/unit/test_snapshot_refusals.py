"""What must not be stored, and what must not be passed over: each is refused with what to do."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.errors import DataError, InputError
from beskplan.observations import choose, faults, newest, storable, store, stored_snapshots
from tests.unit.test_snapshots import ROW, delivery, folder_of, values

LATER, EARLIER = {"retrieved_at": "2026-08-02"}, {"retrieved_at": "2026-07-31"}
NONE = {"value": None, "state": "absent"}
HIDDEN = {"value": None, "state": "withheld"}


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ({}, LATER | {"value": 711.0}, ""),
        ({}, LATER | HIDDEN, ""),
        (HIDDEN, LATER | NONE, ""),
        (NONE, LATER, ""),
        ({}, EARLIER, ""),
        ({}, LATER | NONE, "kendte tal ville blive erstattet af ingen"),
        ({"state": "calculated"}, LATER | NONE, "kendte tal ville blive erstattet af ingen"),
        ({}, EARLIER | {"value": 711.0}, "ældre tal ville erstatte nyere"),
        (HIDDEN, EARLIER, "ældre tal ville erstatte nyere"),
        ({}, {"retrieved_at": "2199-01-01"}, "hentet på en dag, der ikke er kommet"),
        (
            {},
            LATER | {"period": "2026M09"},
            "tal for en periode, der ikke var begyndt, da de blev hentet",
        ),
    ],
)
def test_known_is_never_replaced_by_none_nor_newer_by_older(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], refused: str
) -> None:
    first = store(delivery(before), tmp_path)
    told, problems = storable(delivery(after, content=b"after"), tmp_path)
    assert [one.what for one in problems] == ([refused] if refused else [])
    assert (told is None) == bool(refused)
    if refused:
        with pytest.raises(DataError, match=refused):
            store(delivery(after, content=b"after"), tmp_path)
        assert choose("nyeste", tmp_path).id == first.id
        return
    stored = store(delivery(after, content=b"after"), tmp_path).frame.iloc[0]
    newest_day = max(after["retrieved_at"], ROW["retrieved_at"])
    assert stored["retrieved_at"] == newest_day
    assert stored["state"] == after.get("state", "known")


def test_the_tables_that_may_be_stored_are_told_from_those_that_may_not(tmp_path: Path) -> None:
    other = {"table_id": "y07a02", "ydelse": "sygedagpenge"}
    store(delivery({}, other), tmp_path)
    made, problems = storable(delivery(NONE, other | {"value": 9.0}, content=b"new"), tmp_path)
    assert made is not None
    assert set(made.frame["table_id"]) == {one.table_id for one in made.raw} == {"y07a02"}
    assert [one.where for one in problems] == ["jobindsats y01a02"]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("write_text", OSError(errno.ENOSPC, "disken er fuld")),
        ("mkdir", PermissionError(errno.EACCES, "ingen adgang til filen")),
    ],
)
def test_a_full_disk_and_a_folder_for_reading_only_give_our_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, error: OSError
) -> None:
    first = store(delivery({}), tmp_path)

    def fail(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Path, broken, fail)
        with pytest.raises(InputError) as refusal:
            store(delivery({"value": 9.0}, content=b"other"), tmp_path)
    assert str(error.strerror) in refusal.value.problems[0].found
    assert choose("nyeste", tmp_path).id == first.id
    assert store(delivery({"value": 9.0}, content=b"other"), tmp_path).id != first.id


@pytest.mark.parametrize("name", ["observations.parquet", "snapshot.json"])
def test_a_damaged_newest_snapshot_is_said_and_never_passed_over(tmp_path: Path, name: str) -> None:
    first = store(delivery({}), tmp_path)
    second = store(delivery({"value": 711.0}), tmp_path)
    path = folder_of(second, tmp_path) / name
    whole = path.read_bytes()
    path.write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])
    for wanted in ("nyeste", second.id):
        with pytest.raises(DataError) as refusal:
            choose(wanted, tmp_path)
        assert refusal.value.problems[0].where == str(path)
    with pytest.raises(DataError):
        newest(tmp_path)
    assert choose(first.id, tmp_path).id == first.id
    path.write_bytes(whole)
    assert choose("nyeste", tmp_path).id == second.id


def test_an_older_damaged_snapshot_stops_nothing(tmp_path: Path) -> None:
    first = store(delivery({}), tmp_path)
    second = store(delivery({"value": 711.0}), tmp_path)
    (folder_of(first, tmp_path) / "snapshot.json").write_bytes(b"{}")
    assert choose("nyeste", tmp_path).id == second.id
    assert faults(stored_snapshots(tmp_path)[1])


def test_a_damaged_snapshot_is_replaced_only_by_one_that_has_all_that_it_held(
    tmp_path: Path,
) -> None:
    store(delivery({}), tmp_path)
    other = {"table_id": "y07a02", "ydelse": "sygedagpenge"}
    damaged = store(delivery(other), tmp_path)
    (folder_of(damaged, tmp_path) / "observations.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="beskadiget"):
        store(delivery({"value": 711.0}), tmp_path)
    healed = store(delivery({**other, "value": 9.0}), tmp_path)
    assert choose("nyeste", tmp_path).id == healed.id
    assert set(values(healed)) == {
        ("y01a02", "230", "2026M06"),
        ("y07a02", "230", "2026M06"),
    }
