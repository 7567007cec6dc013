"""StatBank: tableinfo, questions and answers, and its errors in our words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import SourceError
from beskplan.sources.labels import TooBigError
from beskplan.sources.statbank import (
    CELL_LIMIT,
    Query,
    StatBank,
    TableInfo,
    make_query,
    read_answer,
    read_tableinfo,
)
from tests.sources.server.faults import WHAT, Fault
from tests.sources.server.serving import Sources

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
