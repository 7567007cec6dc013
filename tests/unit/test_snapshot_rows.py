"""Observations and the rows of a snapshot: the contract, what is read, what is refused."""

import errno
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from beskplan.core.errors import DataError, InputError
from beskplan.observations.contract import COLUMNS, Key, validate
from beskplan.observations.snapshot import NO_SHARE, NOT_ADDITIVE, NOT_ALL_PARTS, RowsByArea
from beskplan.observations.snapshot_store import (
    choose,
    faults,
    newest,
    storable,
    store,
    stored_snapshots,
)
from beskplan.registers.areas import area
from tests.conftest import cases
from tests.unit.report_samples import Number, observation
from tests.unit.test_snapshots import ROW, delivery, folder_of, values

CASES = cases("observations")


def frame(*changes: dict[str, Any]) -> pd.DataFrame:
    rows = [
        {**ROW, "period": f"2020M{number:02d}", **change}
        for number, change in enumerate(changes, 1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})


def test_a_table_that_keeps_the_contract_passes_unchanged() -> None:
    table = frame({}, {"state": "withheld", "value": None}, {"state": "absent", "value": None})
    pd.testing.assert_frame_equal(validate(table, "x.csv"), table)


@pytest.mark.parametrize(("change", "column"), CASES["each_broken_rule_is_refused_with_its"])
def test_each_broken_rule_is_refused_with_its_row_and_column(
    change: dict[str, Any], column: str
) -> None:
    with pytest.raises(DataError) as refusal:
        validate(frame({}, change), "x.csv")
    wheres = [problem.where for problem in refusal.value.problems]
    assert any(where.startswith("x.csv: række 2") and where.endswith(column) for where in wheres), (
        wheres
    )


def test_two_rows_for_the_same_observation_are_refused() -> None:
    with pytest.raises(DataError, match="én række for hver"):
        validate(frame({"period": "2020M06"}, {"period": "2020M06", "value": 704.0}), "x.csv")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(DataError) as refusal:
        validate(frame({"state": "hidden"}, {"period": "?"}, {"indicator": "?"}), "x.csv")
    assert {problem.where.split(": ")[1].split()[1] for problem in refusal.value.problems} >= {
        "1",
        "2",
        "3",
    }


JOINT = area("jc-taarnby-dragoer")


def row(kode: str, value: float | None, **change: Any) -> dict[str, Any]:
    indicator = change.get("indicator", "fuldtidspersoner")
    counted: Number = "withheld" if value is None else value
    made = observation(indicator, counted, "2026M06", ydelse="a_dagpenge", area=kode)
    return {**made, "table_id": "y25i01", **change}


def rows(*given: dict[str, Any]) -> RowsByArea:
    return RowsByArea(pd.DataFrame(given, columns=list(COLUMNS)).astype({"value": "float64"}))


def joint(*given: dict[str, Any], indicator: str = "fuldtidspersoner") -> dict[str, Any] | None:
    key: Key = (indicator, "a_dagpenge", "alle", JOINT.kode, "2026M06")
    return rows(*given).get(JOINT.kode, {}).get(key)


def test_a_sum_is_calculated_and_carries_half_a_unit_for_each_part() -> None:
    found = joint(row("155", 100.0), row("185", 500.0))
    assert found is not None
    assert (found["value"], found["state"], found["uncertainty"]) == (600.0, "calculated", 1.0)
    assert found["reference"] == "beregnet: sum af 2 kommuner, højst 1,0 fra afrunding"


def test_a_sum_is_withheld_where_a_part_is() -> None:
    found = joint(row("155", None), row("185", 500.0))
    assert found is not None
    assert found["state"] == "withheld"
    assert pd.isna(found["value"])


@pytest.mark.parametrize(
    ("given", "indicator", "why"),
    [
        ([row("155", 100.0)], "fuldtidspersoner", NOT_ALL_PARTS),
        ([row("155", None, state="absent"), row("185", 5.0)], "fuldtidspersoner", NOT_ALL_PARTS),
        ([row("155", 9.0), row("185", 5.0, table_id="y01a02")], "fuldtidspersoner", NOT_ALL_PARTS),
        ([row(k, 9.0, indicator="personer") for k in ("155", "185")], "personer", NOT_ADDITIVE),
        (
            [row(k, 2.0, indicator="pct_af_arbejdsstyrken") for k in ("155", "185")],
            "pct_af_arbejdsstyrken",
            NO_SHARE,
        ),
    ],
)
def test_what_cannot_be_summed_is_absent_with_its_reason(
    given: list[dict[str, Any]], indicator: str, why: str
) -> None:
    found = joint(*given, indicator=indicator)
    assert found is not None
    assert (found["state"], found["reference"]) == ("absent", why)
    assert pd.isna(found["value"])


def test_the_sources_own_number_of_an_area_goes_before_a_sum() -> None:
    found = joint(row("155", 100.0), row("185", 500.0), row(JOINT.kode, 601.0))
    assert found is not None
    assert (found["value"], found["state"]) == (601.0, "known")


def test_the_country_is_never_summed() -> None:
    parts = [row(kommune.kode, 10.0) for kommune in map(area, area("084").parts)]
    assert "000" not in rows(*parts)
    assert (
        rows(*parts)["084"][("fuldtidspersoner", "a_dagpenge", "alle", "084", "2026M06")]["value"]
        == 290.0
    )


def test_an_area_without_rows_and_an_unknown_area_have_none() -> None:
    made = rows(row("155", 100.0))
    assert "230" not in made
    assert "atlantis" not in made
    assert list(made) == ["155"]
    assert len(made) == 1


LATER, EARLIER = {"retrieved_at": "2026-08-02"}, {"retrieved_at": "2026-07-31"}
NONE = {"value": None, "state": "absent"}
HIDDEN = {"value": None, "state": "withheld"}


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    CASES["known_is_never_replaced_by_none_nor"],
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
