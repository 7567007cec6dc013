"""A whole fetch: table by table, never twice for the same, and on from where it broke off."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beskplan.core.errors import InputError, SourceError
from beskplan.observations.contract import COLUMNS, KEY, validate
from beskplan.sources.fetching import FOLDER, AnswerStore, Clients, StoredAnswer, fetch
from beskplan.sources.http import Patience
from beskplan.sources.plan import default_plan
from tests.conftest import cases
from tests.sources.conftest import Connected
from tests.sources.server import faults
from tests.sources.server.faults import Fault
from tests.sources.server.serving import Sources
from tests.sources.server.tables import BankTable, JobindsatsTable
from tests.sources.some_tables import only

CASES = cases("fetching")

Change = Callable[[dict[str, JobindsatsTable], str], object]
PLAN = default_plan()
TWO = only(PLAN, "y01a02", "y60a02")
SOME = only(PLAN, "y01a02", "y36a02", "y60a02", "y25i01", "RAS400", "AUP02")
NOW = datetime.fromisoformat("2026-08-20T12:00:00+02:00")


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="retrieved_at").sort_values(list(KEY), ignore_index=True)


def test_the_default_plan_keeps_the_contract(clients: Clients, tmp_path: Path) -> None:
    delivery = fetch(PLAN, tmp_path, clients, clock=lambda: NOW).delivery
    assert list(delivery.frame.columns) == list(COLUMNS)
    assert len(validate(delivery.frame, "here")) == len(delivery.frame) > 50_000
    assert set(delivery.frame["retrieved_at"]) == {"2026-08-20"}


TAKEN_IF_THERE = {
    "y25i09": ("langtidsledige", "2026M07", "Antal langtidsledige"),
    "y60j01": ("med_ordinaere_timer", "2026M07", "Antal personer med ordinære timer"),
    "otij01": ("med_ordinaere_timer", "2026M07", "Antal personer med ordinære timer"),
    "y30r21": ("fuldtidspersoner_forventet", "2026QMAT02", "Forventet antal"),
}
"""Indicator or group, newest period, and a measure's label."""


@pytest.mark.parametrize("table", TAKEN_IF_THERE)
def test_the_tables_that_may_be_lacking_are_found_by_title_and_label(
    sources: Sources, clients: Clients, tmp_path: Path, table: str
) -> None:
    what, newest, label = TAKEN_IF_THERE[table]
    fetched = fetch(only(PLAN, table), tmp_path, clients, clock=lambda: NOW)
    frame = fetched.delivery.frame
    assert {what} <= {*frame["indicator"], *frame["group"]}
    assert max(frame["period"]) == newest
    rows = frame[
        (frame["area"] == "230") & frame["indicator"].isin([what, "fuldtidspersoner", "personer"])
    ]
    served = sources.jobindsats[table]
    for row in rows.to_dict("records"):
        asked = row["reference"].rpartition("=")[2] or "/"
        value = served.values.get(asked, "I alt")
        [measure] = [one for one in served.measures if one == row["reference"].split(";")[0]]
        assert label in measure
        assert row["value"] == served.cell("Rudersdal", row["period"], value, measure)


LACKING: dict[str, Change] = {
    "tabellen er ikke i oversigten": lambda tables, one: tables.pop(one),
    "titel er en andens": lambda tables, one: setattr(tables[one], "title", "Førtidspension"),
    "": lambda tables, one: setattr(tables[one], "measures", {"Antal": 0}),
}
"""What is said of a table that is not as it should be; of another label, the label."""


@pytest.mark.parametrize("table", TAKEN_IF_THERE)
@pytest.mark.parametrize("told", LACKING)
def test_a_table_that_is_taken_where_it_is_there_is_else_told_and_no_failure(
    sources: Sources, clients: Clients, tmp_path: Path, table: str, told: str
) -> None:
    plan = only(PLAN, "y25i01", table)
    LACKING[told](sources.jobindsats, table)
    fetched = fetch(plan, tmp_path, clients, clock=lambda: NOW)
    assert (fetched.problems, fetched.failed) == ((), ())
    assert {one.table_id for one in fetched.delivery.raw} == {"y25i01"}
    (note,) = [one for one in fetched.notes if table in one]
    assert "sprunget over" in note
    assert (told or TAKEN_IF_THERE[table][2]) in note


def test_a_source_that_fails_at_such_a_table_has_failed(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    sources.faults.append(Fault("/v3/table/y25i09", status=503, times=99))
    fetched = fetch(only(PLAN, "y25i01", "y25i09"), tmp_path, clients, clock=lambda: NOW)
    assert fetched.failed == (("jobindsats", "y25i09"),)


def test_withheld_absent_and_known_stay_apart(clients: Clients, tmp_path: Path) -> None:
    delivery = fetch(only(PLAN, "y01a02"), tmp_path, clients).delivery
    frame = delivery.frame
    laesoe = frame[(frame["area"] == "825") & (frame["indicator"] == "personer")]
    samsoe = frame[(frame["area"] == "741") & (frame["period"] == "2026M03")]
    assert set(laesoe["state"]) == {"withheld"}
    assert laesoe["value"].isna().all()
    assert set(samsoe["state"]) == {"absent"}
    assert set(frame[frame["area"] == "230"]["state"]) == {"known"}
    # A share may stand where its count is withheld; an area that is none becomes no observation.
    shares = frame[(frame["area"] == "825") & frame["indicator"].str.startswith("pct_")]
    assert set(shares["state"]) == {"known"}
    assert "uoplyst" not in set(frame["area"])
    assert "Uoplyst område" in delivery.raw[0].content.decode()


def test_raw_files_are_what_the_source_sent(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    sources.faults.append(Fault("/v3/data", times=99, change=faults.with_bom))
    raw = fetch(TWO, tmp_path, clients).delivery.raw
    assert all(one.content.startswith(b"\xef\xbb\xbf{") for one in raw)
    assert {one.version for one in raw} == {"2026-08-14"}
    assert all(one.origin.startswith(f"{sources.url}/v3/data/") for one in raw)
    assert {(one.source, one.table_id) for one in raw} == {
        ("jobindsats", "y01a02"),
        ("jobindsats", "y60a02"),
    }


def test_an_unchanged_table_is_not_asked_for_again(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    first = fetch(SOME, tmp_path, clients, clock=lambda: NOW)
    sources.seen.clear()
    later = fetch(SOME, tmp_path, clients, clock=lambda: NOW + timedelta(days=9))
    assert later.asked == 0
    assert not sources.asked("/v3/data")
    assert not sources.asked("/v3/table/")
    assert not sources.asked("/v1/data")
    assert later.delivery.frame.equals(first.delivery.frame)
    assert later.delivery.raw == first.delivery.raw


def test_an_updated_table_is_asked_for_again_and_no_other(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    fetch(SOME, tmp_path, clients)
    sources.seen.clear()
    sources.jobindsats["y01a02"].update_latest = "2026-09-14"
    sources.statbank["RAS400"].updated = "2026-11-01T08:00:00"
    fetch(SOME, tmp_path, clients)
    asked = {one.path.split("?")[0] for one in sources.seen}
    assert asked == {
        "/v3/tables",
        "/v3/table/y01a02",
        "/v3/data/y01a02",
        "/v1/tableinfo",
        "/v1/data",
    }
    assert len(sources.asked("/v1/data")) == 1


def test_another_plan_asks_anew(sources: Sources, clients: Clients, tmp_path: Path) -> None:
    fetch(TWO, tmp_path, clients)
    table = TWO.jobindsats[0].model_copy(update={"latest": 2})
    again = fetch(TWO.model_copy(update={"jobindsats": (table,)}), tmp_path, clients)
    assert again.asked > 0
    assert again.delivery.frame["period"].nunique() == 2


def test_without_an_update_date_an_answer_is_good_for_its_day(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    sources.jobindsats["y01a02"].update_latest = None
    plan = only(PLAN, "y01a02")
    days = [
        fetch(plan, tmp_path, clients, clock=iter([day] * 9).__next__).asked
        for day in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1))
    ]
    assert days == [2, 0, 2]


def test_a_table_that_fails_does_not_stop_the_others_and_is_asked_for_alone_afterwards(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    sources.faults += [Fault("/v3/data/y36a02", times=99, status=503)]
    first = fetch(SOME, tmp_path, clients)
    assert first.failed == (("jobindsats", "y36a02"),)
    assert [one.where for one in first.problems] == ["jobindsats v3: tal y36a02"]
    came = set(first.delivery.frame["table_id"])
    assert came == {"y01a02", "y60a02", "y25i01", "RAS400", "AUP02"}
    sources.faults.clear()
    sources.seen.clear()
    second = fetch(SOME, tmp_path, clients)
    assert {one.path.split("?")[0] for one in sources.asked("/data")} == {"/v3/data/y36a02"}
    assert second.unchanged == first.asked - 1
    whole = fetch(SOME, tmp_path / "whole", clients).delivery.frame
    assert cells(second.delivery.frame).equals(cells(whole))


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (Fault("/v3/data", status=503), ["y01a02", "y04a02", "y07a02"]),
        (Fault("/v3/data", status=401), ["y01a02"]),
        (Fault("/v3/data", body=faults.WRONG_KEY), ["y01a02"]),
        (Fault("/v3/tables", body=faults.WRONG_KEY), []),
    ],
)
def test_a_source_that_is_down_is_left_alone_and_the_other_one_asked(
    sources: Sources, clients: Clients, tmp_path: Path, fault: Fault, asked: list[str]
) -> None:
    fault.times = 99
    sources.faults.append(fault)
    plan = only(PLAN, "y01a02", "y04a02", "y07a02", "y08a02", "y60a02", "RAS400")
    fetched = fetch(plan, tmp_path, clients)
    assert {one.source for one in fetched.delivery.raw} == {"statbank"}
    assert [table for _, table in fetched.failed] == [one.id for one in plan.jobindsats]
    tried = dict.fromkeys(re.split("[/?]", one.path)[3] for one in sources.asked("/v3/data"))
    assert list(tried) == asked
    named = "; ".join(one.found for one in fetched.problems)
    assert not asked or "y08a02" in named
    assert fetched.problems[0].fix


def unemployed(sources: Sources, table: str, title: str, label: str) -> BankTable:
    """A table of the unemployed by municipality and month, as StatBank has them."""
    like = sources.statbank["AUP02"]
    variables = dict(like.variables)
    time = variables.pop("Tid")
    kinds = {"TOT": label, "LDP": "Nettoledige dagpengemodtagere"}
    return BankTable(
        table, title, {**variables, "YDELSESTYPE": kinds, "Tid": time}, fixed=("YDELSESTYPE",)
    )


@pytest.mark.parametrize(
    ("served", "indicator"),
    CASES["monthly_unemployed_are_final_or"],
    ids=["final", "preliminary", "another title", "another label"],
)
def test_monthly_unemployed_are_final_or_marked_preliminary(
    sources: Sources, clients: Clients, tmp_path: Path, served: tuple[str, str, str], indicator: str
) -> None:
    """A table that the source has otherwise is told, and stops nothing."""
    table = served[0]
    sources.statbank[table] = unemployed(sources, *served)
    fetched = fetch(only(PLAN, table, "RAS400"), tmp_path, clients)
    found = fetched.delivery.frame
    assert set(found[found["table_id"] == table]["indicator"]) == (
        {indicator} if indicator else set()
    )
    assert not found[found["table_id"] == "RAS400"].empty
    assert not fetched.failed


def test_the_problems_of_all_tables_are_told_at_once(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    del sources.jobindsats["y01a02"]
    del sources.statbank["FOLK1A"]
    sources.jobindsats["y04a02"].kommuner = sources.jobindsats["y04a02"].kommuner[1:]
    sources.statbank["AUP02"].active = False
    sources.statbank["RAS400"].text = "Strafferetlige afgørelser"
    bad, good = {"y01a02", "y04a02", "AUP02", "FOLK1A", "RAS400"}, {"y60a02", "AUK01"}
    fetched = fetch(only(PLAN, *bad, *good), tmp_path, clients)
    told = [(one.where.split(": ")[1], one.what) for one in fetched.problems]
    assert told == [
        ("y01a02", "tabellen er ikke i oversigten"),
        ("y04a02", "tabellen har ikke dette område"),
        ("RAS400", "tabellens titel er en andens"),
        ("FOLK1A", "tabel, variabel eller værdi findes ikke"),
        ("AUP02", "tabellen er lukket"),
    ]
    assert set(fetched.delivery.frame["table_id"]) == good


@pytest.mark.parametrize(("table", "title", "refused"), CASES["a_table_with_the_title_of_another"])
def test_a_table_with_the_title_of_another_is_refused(
    sources: Sources, clients: Clients, tmp_path: Path, table: str, title: str, *, refused: bool
) -> None:
    sources.jobindsats[table].title = title
    plan = only(PLAN, table, "RAS400")
    assert bool(fetch(plan, tmp_path / "a", clients).failed) == refused
    said = plan.jobindsats[0].model_copy(update={"title": (title,)})
    plan = plan.model_copy(update={"jobindsats": (said,)})
    assert fetch(plan, tmp_path / "b", clients).failed == ()


def test_rows_that_a_source_does_not_give_are_told(clients: Clients, tmp_path: Path) -> None:
    assert fetch(TWO, tmp_path, clients).notes == (
        "y01a02: kilden har ingen række for Samsø i 2026M03",
        "y60a02: kilden har ingen række for Samsø i 2026M03",
    )


def test_a_question_that_is_too_big_is_asked_in_halves(
    sources: Sources, connected: Connected, tmp_path: Path
) -> None:
    clients = Clients(connected(patience=Patience(attempts=1, timeout=60)))
    plan = only(PLAN, "y01a02")
    whole = fetch(plan, tmp_path / "whole", clients).delivery.frame
    body = faults.unprocessable("Too many cells requested")
    sources.faults += [Fault("/v3/data", status=422, body=body), Fault("/v3/data", status=504)]
    fetched = fetch(plan, tmp_path / "halves", clients)
    assert cells(fetched.delivery.frame).equals(cells(whole))
    assert fetched.asked == 2 + len(fetched.delivery.raw) == 6


def test_a_question_that_cannot_be_halved_is_told(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    body = faults.unprocessable("Too many cells requested")
    sources.faults.append(Fault("/v3/data", times=99, status=422, body=body))
    with pytest.raises(SourceError, match="Too many cells requested"):
        fetch(only(PLAN, "y01a02"), tmp_path, clients)


def test_an_update_in_the_middle_is_refused_and_the_next_fetch_is_whole(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    def updated(body: bytes) -> bytes:
        sources.jobindsats["y60a02"].update_latest = "2026-09-14"
        return body

    sources.faults.append(Fault("/v3/data/y60a02", change=updated))
    fetched = fetch(TWO, tmp_path, clients)
    [problem] = fetched.problems
    assert set(fetched.delivery.frame["table_id"]) == {"y01a02"}
    assert problem.what == "kilden opdaterede tabellen under hentningen"
    assert problem.found == "2026-08-14 -> 2026-09-14"
    raw = fetch(TWO, tmp_path, clients).delivery.raw
    assert {one.version for one in raw if one.table_id == "y60a02"} == {"2026-09-14"}


def test_answers_that_nobody_needs_any_more_are_dropped(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    def files() -> int:
        return sum(path.is_file() for path in (tmp_path / FOLDER).rglob("*"))

    fetch(TWO, tmp_path, clients)
    before = files()
    sources.jobindsats["y60a02"].update_latest = "2026-09-14"
    fetch(TWO, tmp_path, clients)
    assert files() == before > 0


def test_progress_counts_to_its_end(clients: Clients, tmp_path: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    fetch(TWO, tmp_path, clients, progress=lambda *step: steps.append(step))
    assert (0, 2, "jobindsats: tabeloversigt") in steps
    questions = [one for one in steps if one[1] == steps[-1][1]]
    assert steps[-1][0] == steps[-1][1] == questions[-1][1] > 2


@given(body=st.binary(max_size=200), byte=st.integers(0, 400), flip=st.integers(1, 255))
@settings(max_examples=60)
def test_a_stored_answer_comes_back_whole_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, byte: int, flip: int
) -> None:
    root = tmp_path_factory.mktemp("answers")
    answers = AnswerStore(root)
    stored = StoredAnswer(body, "2026-08-20T12:00:00+02:00")
    answers.put("statbank", "RAS400", "key", stored)
    assert answers.get("statbank", "ras400", "key") == stored
    [path] = [one for one in root.rglob("*") if one.is_file()]
    content = bytearray(path.read_bytes())
    content[byte % len(content)] ^= flip
    path.write_bytes(bytes(content))
    damaged = answers.get("statbank", "RAS400", "key")
    # A flipped byte of the head may change the date, never the answer itself.
    assert damaged is None or damaged.body == body


def test_a_full_disk_gives_our_own_error(
    clients: Clients, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("beskplan.sources.fetching.write_whole", full)
    with pytest.raises(InputError, match="disken er fuld"):
        fetch(TWO, tmp_path, clients)
