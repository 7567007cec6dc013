"""StatBank: its questions, answers and observations."""

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import SourceError
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.labels import TooBigError
from beskplan.sources.plan import Part, StatbankTable, default_plan
from beskplan.sources.statbank import (
    CELL_LIMIT,
    Query,
    StatBank,
    TableInfo,
    make_query,
    read_answer,
    read_tableinfo,
)
from tests.conftest import cases
from tests.sources.server.faults import WHAT, Fault
from tests.sources.server.serving import Sources
from tests.sources.server.tables import YDELSESTYPER, months
from tests.sources.some_tables import only

CASES = cases("statbank")

TIME = {"id": "Tid", "time": True, "values": [{"id": "2025", "text": "2025"}]}
SEX = {"id": "KØN", "elimination": False, "values": [{"id": "M", "text": "Mænd"}]}
MEN_2025 = Query("T", (("KØN", ("M",)), ("Tid", ("2025",))))


def info_of(*variables: dict[str, object], **besides: object) -> TableInfo:
    said = {"id": "T", "updated": "2026-01-01T08:00:00", "variables": variables, **besides}
    return read_tableinfo(json.dumps(said).encode(), "here")


def test_values_are_found_by_label_or_id(bank: StatBank) -> None:
    variable = bank.tableinfo("AUK01").variable("ydelsestype", "here")
    assert variable.value("i alt uden  SU-modtagere", "here").id == "TOTUSU"
    assert variable.value("SY", "here").id == "SY"


def test_a_table_that_is_not_there_is_refused_by_its_name(bank: StatBank) -> None:
    with pytest.raises(SourceError) as caught:
        bank.tableinfo("AUK99")
    (problem,) = caught.value.problems
    assert problem.where == "statbank: AUK99"


def test_an_unknown_variable_or_value_is_refused_with_the_nearest(bank: StatBank) -> None:
    info = bank.tableinfo("AUK01")
    with pytest.raises(SourceError, match="mente du 'YDELSESTYPE'"):
        info.variable("YDELSETYPE", "here")
    with pytest.raises(SourceError, match=r"mente du 'Sygedagpenge mv\.'"):
        info.variable("YDELSESTYPE", "here").value("Sygedagpenge", "here")


def test_all_faults_of_a_question_are_told_at_once() -> None:
    info = info_of(SEX, {**SEX, "id": "ALDER"}, TIME)
    with pytest.raises(SourceError) as caught:
        make_query(info, {"Tid": ("1999",)}, "here")
    assert [(one.what, one.expected) for one in caught.value.problems] == [
        ("kilden lægger ikke sammen over KØN", "'Mænd'"),
        ("kilden lægger ikke sammen over ALDER", "'Mænd'"),
        ("Tid har ikke værdien", ""),
    ]
    with pytest.raises(SourceError, match="der er ikke valgt perioder"):
        make_query(info, {"KØN": ("M",), "ALDER": ("M",)}, "here")


def test_a_question_above_the_limit_goes_as_bulk_or_not_at_all() -> None:
    many = [{"id": str(n), "text": str(n)} for n in range(1001)]
    wide = {"id": "A", "elimination": True, "values": many}
    ids = tuple(str(n) for n in range(1001))
    choice = {"A": ids, "B": ids, "Tid": ("2025",)}
    query = make_query(info_of(wide, {**wide, "id": "B"}, TIME), choice, "here")
    assert query.cells > CELL_LIMIT
    assert query.fmt == "BULK"
    left_out = info_of(wide, {**wide, "id": "B"}, {**SEX, "elimination": True}, TIME)
    with pytest.raises(SourceError, match="BULK kræver værdier af alle variabler"):
        make_query(left_out, choice, "here")


@pytest.mark.parametrize("code", [*filter(str.isupper, WHAT), "SOMETHING-NEW"])
def test_errors_of_the_source_are_told_in_our_words(
    sources: Sources, bank: StatBank, code: str
) -> None:
    body = json.dumps({"errorTypeCode": code, "message": "Det gik galt"}).encode()
    sources.faults.append(Fault("/v1", times=9, status=400, body=body))
    with pytest.raises(SourceError) as caught:
        bank.tableinfo("RAS400")
    [problem] = caught.value.problems
    assert problem.what == WHAT.get(code, "kilden afviser spørgsmålet")
    assert f"{code}: Det gik galt" in problem.found
    assert isinstance(caught.value, TooBigError) == (problem.what == "spørgsmålet er for stort")
    assert len(sources.seen) == 1


def test_an_unknown_table_is_told_by_the_source_itself(bank: StatBank) -> None:
    with pytest.raises(SourceError, match="Tabellen blev ikke fundet"):
        bank.tableinfo("RAS999")


def test_a_table_without_time_and_one_that_is_closed_are_refused() -> None:
    with pytest.raises(SourceError, match="ingen tidsvariabel"):
        info_of(SEX)
    with pytest.raises(SourceError, match="tabellen er lukket"):
        info_of(SEX, TIME, active=False)


@given(
    st.binary(max_size=200)
    | st.text(alphabet="KØNTIDHOLM;2025\r\n\"'", max_size=80).map(str.encode)
)
def test_whatever_comes_is_every_cell_or_refused(body: bytes) -> None:
    try:
        cells = len(read_answer(body, MEN_2025, "here"))
    except SourceError:
        cells = 1
    assert cells == 1


@pytest.mark.shared
def test_recorded_answers_are_read(shared: Path) -> None:
    folder = shared / "data/statbank"
    info = read_tableinfo((folder / "fixture_tableinfo_STRAF42_da.json").read_bytes(), "STRAF42")
    assert (info.id, info.updated, info.time.id) == ("STRAF42", "2025-03-25T08:00:00", "Tid")
    assert info.variable("herkomst1", "here").value("I alt", "here").id == "00"
    # The recorded answer has labels where ours have ids.
    query = Query("STRAF42", (("HERKOMST1", ("Total",)), ("Tid", ("2023",))))
    body = (folder / "fixture_data_STRAF42.csv").read_bytes()
    assert read_answer(body, query, "here") == {("Total", "2023"): "233454"}


@pytest.mark.shared
def test_a_whole_recorded_table_is_read(shared: Path) -> None:
    body = (shared / "data/statbank/FOLK1A_1kvartal_kommuner_en.csv").read_bytes()
    rows = [line.split(";") for line in body.decode("utf-8-sig").splitlines()]
    ids = tuple(
        tuple(dict.fromkeys(column)) for column in zip(*(row[:5] for row in rows[1:]), strict=True)
    )
    query = Query("FOLK1A", tuple(zip(rows[0][:5], ids, strict=True)))
    cells = read_answer(body, query, "FOLK1A")
    assert len(cells) == len(rows) - 1 == 105 * 5
    assert cells["All Denmark", "Total", "Age, total", "Total", "2022Q1"] == "5873420"
    assert cells["Copenhagen", "Total", "Age, total", "Total", "2008Q1"] == "509861"


PLAN = default_plan().only("statbank")


def fetched(clients: Clients, root: Path, *tables: str) -> pd.DataFrame:
    return fetch(only(PLAN, *tables), root, clients).delivery.frame


def row_of(frame: pd.DataFrame, area: str, period: str) -> dict[Hashable, Any]:
    [row] = frame[(frame["area"] == area) & (frame["period"] == period)].to_dict("records")
    return row


@pytest.mark.parametrize(("table", "indicator", "period"), CASES["the_five_tables_work_out_of_the"])
def test_the_five_tables_work_out_of_the_box(
    clients: Clients, tmp_path: Path, table: str, indicator: str, period: str
) -> None:
    frame = fetched(clients, tmp_path, table)
    assert set(frame["indicator"]) == {indicator}
    assert set(frame["table_id"]) == {table}
    assert max(frame["period"]) == period
    assert frame["area"].nunique() == 1 + 5 + 98


def test_regions_keep_their_zero(clients: Clients, tmp_path: Path) -> None:
    areas = set(fetched(clients, tmp_path, "RAS400")["area"])
    assert {"000", "081", "084", "230"} <= areas


def people(sources: Sources, *ages: int) -> int:
    table = sources.statbank["FOLK1A"]
    return sum(int(table.cell(("230", str(age), "2025K4"))) for age in ages)


def test_the_population_is_that_of_16_to_66_years_added_up(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    row = row_of(fetched(clients, tmp_path, "FOLK1A"), "230", "2025Q04")
    assert row["value"] == people(sources, *range(16, 67)) != people(sources, *range(16, 66))
    assert (row["state"], row["decimals"]) == ("known", 0)
    assert row["reference"] == "ALDER=16-66"
    [asked] = sources.asked("/v1/data")
    assert all(f'"{age}"' in asked.body for age in (16, 66))
    assert not any(f'"{age}"' in asked.body for age in (15, 67, "IALT"))


@pytest.mark.parametrize(
    ("mark", "state"), [("..", "withheld"), ("x", "withheld"), (".", "absent"), ("-", "known")]
)
def test_one_year_of_age_that_is_withheld_withholds_the_sum(
    sources: Sources, clients: Clients, tmp_path: Path, mark: str, state: str
) -> None:
    sources.statbank["FOLK1A"].marks = {("230", "40", "2025K4"): mark}
    row = row_of(fetched(clients, tmp_path, "FOLK1A"), "230", "2025Q04")
    assert row["state"] == state
    # The source's "-" is nobody.
    assert state != "known" or row["value"] == people(sources, *range(16, 40), *range(41, 67))


def test_a_table_without_each_year_of_age_is_refused_by_name(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    table = sources.statbank["FOLK1A"]
    table.variables = {**table.variables, "ALDER": {"IALT": "Alder i alt", "16": "16-24 år"}}
    with pytest.raises(SourceError, match="'16 år'"):
        fetched(clients, tmp_path, "FOLK1A")


def test_each_part_is_the_value_with_its_label(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    frame = fetched(clients, tmp_path, "AUK01")
    assert len(sources.asked("/v1/data")) == 1
    [plan] = only(PLAN, "AUK01").statbank
    assert set(frame["ydelse"]) == {part.ydelse for part in plan.parts}
    table, ids = sources.statbank["AUK01"], {text: one for one, text in YDELSESTYPER.items()}
    for part in plan.parts:
        kode = ids[str(part.value)]
        row = row_of(frame[frame["ydelse"] == part.ydelse], "230", "2025Q04")
        assert row["value"] == float(table.cell(("230", kode, "2025K4")))
        assert row["reference"] == f"YDELSESTYPE={kode}"


def test_a_benefit_that_is_gone_is_named_and_stops_no_other(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    table = sources.statbank["AUK01"]
    values = {one: text for one, text in YDELSESTYPER.items() if one not in ("RE", "LY")}
    values["RE"] = "Revalidering (nyt navn)"
    table.variables = {**table.variables, "YDELSESTYPE": values}
    done = fetch(only(PLAN, "AUK01"), tmp_path, clients)
    told = [(one.where, one.found) for one in done.problems]
    assert told == [
        ("statbank: AUK01", "'Ledighedsydelse'"),
        ("statbank: AUK01", "'Revalideringsydelse i øvrigt'"),
    ]
    gone = {"ledighedsydelse", "revalidering_i_oevrigt"}
    [plan] = only(PLAN, "AUK01").statbank
    assert set(done.delivery.frame["ydelse"]) == {part.ydelse for part in plan.parts} - gone


def test_a_level_that_is_gone_is_named_and_stops_nothing(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    table = sources.statbank["AUK01"]
    omraade = {kode: text for kode, text in table.variables["OMRÅDE"].items() if kode[:2] != "08"}
    table.variables = {**table.variables, "OMRÅDE": omraade}
    done = fetch(only(PLAN, "AUK01"), tmp_path, clients)
    assert [(one.where, one.found) for one in done.problems] == [("statbank: AUK01", "'region'")]
    assert done.delivery.frame["area"].nunique() == 1 + 98


def test_a_table_without_any_of_its_parts_is_refused(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    table = sources.statbank["AUK01"]
    table.variables = {**table.variables, "YDELSESTYPE": {"TOT": "I alt"}}
    with pytest.raises(SourceError, match="'I alt uden SU-modtagere'"):
        fetched(clients, tmp_path, "AUK01")


@pytest.mark.parametrize("also", ["Passiv kontanthjælp", "Kontanthjælp (passiv)"])
def test_a_label_that_is_not_confirmed_may_be_one_of_several(
    sources: Sources, clients: Clients, tmp_path: Path, also: str
) -> None:
    table = sources.statbank["AUK01"]
    table.variables = {**table.variables, "YDELSESTYPE": {**YDELSESTYPER, "KH": "x", "KP": also}}
    # An id among the accepted names counts as well as a label: KH is left out here.
    table.variables["YDELSESTYPE"].pop("KH")  # type: ignore[attr-defined]
    frame = fetched(clients, tmp_path, "AUK01")
    references = set(frame.loc[frame["ydelse"] == "kontanthjaelp_passiv", "reference"])
    assert references == {"YDELSESTYPE=KP"}


def test_every_period_is_written_out(sources: Sources, clients: Clients, tmp_path: Path) -> None:
    fetched(clients, tmp_path, "AUP02")
    [asked] = sources.asked("/v1/data")
    assert all(f'"{one}"' in asked.body for one in months("2026M07", 14))


@pytest.mark.parametrize(("mark", "state"), CASES["missing_marks_keep_their_meaning"])
def test_missing_marks_keep_their_meaning(
    sources: Sources, clients: Clients, tmp_path: Path, mark: str, state: str
) -> None:
    sources.statbank["AUP02"].marks = {("230", "2026M07"): mark}
    row = row_of(fetched(clients, tmp_path, "AUP02"), "230", "2026M07")
    assert row["state"] == state
    assert pd.isna(row["value"]) == (state != "known")


@pytest.mark.parametrize(("table", "cell"), CASES["a_cell_that_cannot_be_is_refused"])
def test_a_cell_that_cannot_be_is_refused(
    sources: Sources, clients: Clients, tmp_path: Path, table: str, cell: tuple[str, str]
) -> None:
    text, expected = cell
    key = ("230", "1", "2026M07") if table == "AULK04" else ("230", "2026M07")
    sources.statbank[table].marks = {key: text}
    with pytest.raises(SourceError) as caught:
        fetched(clients, tmp_path, table)
    [problem] = caught.value.problems
    assert (problem.found, problem.expected) == (f"'{text}'", expected)
    assert problem.where == f"statbank: {table}: 230 2026M07"


def test_decimals_are_those_of_the_column(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    sources.statbank["AUP02"].marks = {("230", "2026M07"): "3.84"}
    assert set(fetched(clients, tmp_path, "AUP02")["decimals"]) == {2}


@pytest.mark.parametrize("label", ["", "Allerød"])
def test_a_municipality_that_is_gone_or_has_another_s_label_is_refused_by_name(
    sources: Sources, clients: Clients, tmp_path: Path, label: str
) -> None:
    table = sources.statbank["RAS400"]
    omraade = {k: text for k, text in table.variables["OMRÅDE"].items() if k != "230"}
    omraade |= {"230": label} if label else {}
    table.variables = {**table.variables, "OMRÅDE": omraade}
    with pytest.raises(SourceError, match=r"'Rudersdal' \(230\)"):
        fetched(clients, tmp_path, "RAS400")


def test_another_table_is_fetched_by_its_id(clients: Clients, tmp_path: Path) -> None:
    table = StatbankTable(
        id="AUK01",
        period_type="Q",
        latest=1,
        indicator="fuldtidsmodtagere",
        select={"ydelsestype": "Sygedagpenge mv."},
        parts=(Part(ydelse="sygedagpenge_mv"),),
    )
    plan = PLAN.model_copy(update={"statbank": (table,)})
    frame = fetch(plan, tmp_path, clients).delivery.frame
    assert set(frame["ydelse"]) == {"sygedagpenge_mv"}


def test_periods_of_another_type_are_refused(bank: StatBank, tmp_path: Path) -> None:
    table = PLAN.statbank[0].model_copy(update={"period_type": "M"})
    with pytest.raises(SourceError, match="ikke perioder af denne type"):
        fetch(PLAN.model_copy(update={"statbank": (table,)}), tmp_path, Clients(statbank=bank))
