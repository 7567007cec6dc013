"""StatBank: tableinfo and data, in three formats and two languages, its errors in our words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import SourceError
from beskplan.sources.refusals import TooBigError
from beskplan.sources.statbank import Format, Language, StatBank
from beskplan.sources.statbank.answers import read_answer
from beskplan.sources.statbank.queries import CELL_LIMIT, Query, make_query
from beskplan.sources.statbank.tableinfo import TableInfo, read_tableinfo
from tests.sources.server import faults
from tests.sources.server.faults import Fault
from tests.sources.server.serving import Sources

AREAS = ("000", "101", "230")
CHOICE = {"OMRÅDE": AREAS, "KØN": ("TOT",), "ALDER": ("TOT",), "Tid": ("2025K3", "2025K4")}


def info_of(variables: list[dict[str, object]]) -> TableInfo:
    said = {"id": "T", "updated": "2026-01-01", "variables": variables}
    return read_tableinfo(json.dumps(said).encode(), "here")


TIME = {"id": "Tid", "time": True, "values": [{"id": "2025", "text": "2025"}]}
SEX = {"id": "KØN", "elimination": False, "values": [{"id": "M", "text": "Mænd"}]}


@pytest.mark.parametrize("fmt", ["CSV", "BULK", "JSONSTAT"])
@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("codes", [True, False])
def test_every_format_language_and_presentation_gives_the_same_cells(
    sources: Sources, bank: StatBank, fmt: Format, lang: Language, *, codes: bool
) -> None:
    info = bank.tableinfo("FOLK1A", lang)
    cube = bank.data(info, CHOICE, fmt=fmt, lang=lang, codes=codes)
    table = sources.statbank["FOLK1A"]
    assert cube.variables == ("OMRÅDE", "KØN", "ALDER", "Tid")
    assert len(cube.cells) == 6
    assert dict(cube.cells) == {key: table.cell(key) for key in cube.cells}


def test_labels_are_in_the_language_asked_for(bank: StatBank) -> None:
    danish, english = (bank.tableinfo("FOLK1A", lang) for lang in ("da", "en"))
    assert danish.variable("ALDER", "here").value("TOT", "here").text == "Alder i alt"
    assert english.variable("ALDER", "here").value("TOT", "here").text == "Age, total"


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


def test_periods_must_be_written_out(bank: StatBank) -> None:
    with pytest.raises(SourceError, match="no periods are chosen"):
        bank.data(bank.tableinfo("RAS400"), {"OMRÅDE": ("230",)})


def test_a_variable_that_is_not_summed_must_be_chosen(bank: StatBank) -> None:
    with pytest.raises(SourceError) as caught:
        bank.data(bank.tableinfo("AULK04"), {"Tid": ("2026M07",)})
    [problem] = caught.value.problems
    assert problem.what == "the source does not sum over ENHED"
    assert "'Langtidsledige (antal)'" in problem.expected


def test_all_faults_of_a_question_are_told_at_once() -> None:
    info = info_of([SEX, {**SEX, "id": "ALDER"}, TIME])
    with pytest.raises(SourceError) as caught:
        make_query(info, {"Tid": ("1999",)}, "here")
    assert len(caught.value.problems) == 3


def test_a_question_above_the_limit_goes_as_bulk_or_not_at_all() -> None:
    many = [{"id": str(n), "text": str(n)} for n in range(1001)]
    wide = {"id": "A", "elimination": True, "values": many}
    choice = {
        "A": tuple(one["id"] for one in many),
        "B": tuple(one["id"] for one in many),
        "Tid": ("2025",),
    }
    info = info_of([wide, {**wide, "id": "B"}, TIME])
    query = make_query(info, choice, "here")
    assert query.cells > CELL_LIMIT
    assert query.fmt == "BULK"
    with pytest.raises(SourceError, match="too many cells"):
        make_query(info, choice, "here", fmt="JSONSTAT")
    with pytest.raises(SourceError, match="BULK needs values of every variable"):
        make_query(
            info_of([wide, {**wide, "id": "B"}, SEX | {"elimination": True}, TIME]), choice, "x"
        )


@pytest.mark.parametrize(
    ("code", "status", "what"),
    [
        ("EXTRACT-NOTFOUND", 400, "no such table, variable or value"),
        ("REQUEST-MISSING", 400, "something is missing in the question"),
        ("EXTRACT-NOTALLOWED", 400, "the choice of values is not allowed"),
        ("EXTRACT-TOOBIG", 400, "the question is too big"),
        ("REQUEST-LIMIT", 400, "the question is too big"),
        ("REQUEST-NOTFOUND", 404, "there is no such function"),
        ("SOMETHING-NEW", 400, "the source refuses the question"),
    ],
)
def test_errors_of_the_source_are_told_in_our_words(
    sources: Sources, bank: StatBank, code: str, status: int, what: str
) -> None:
    body = json.dumps({"errorTypeCode": code, "message": "Det gik galt"}).encode()
    sources.faults.append(Fault("/v1", times=9, status=status, body=body))
    with pytest.raises(SourceError) as caught:
        bank.tableinfo("RAS400")
    [problem] = caught.value.problems
    assert problem.what == what
    assert f"{code}: Det gik galt" in problem.found
    assert isinstance(caught.value, TooBigError) == (what == "the question is too big")
    assert len(sources.seen) == 1


def test_an_unknown_table_is_told_by_the_source_itself(bank: StatBank) -> None:
    with pytest.raises(SourceError, match="Tabellen blev ikke fundet"):
        bank.tableinfo("RAS999")


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (Fault("/v1/data", body=b""), "the answer is empty"),
        (Fault("/v1/data", body=faults.LOGIN_PAGE), "a web page instead of data"),
        (Fault("/v1/data", change=faults.halved), "stops in the middle of a row"),
        (Fault("/v1/data", body=b"Tabellen opdateres\r\n"), "not the columns asked for"),
        (
            Fault("/v1/data", change=lambda body: body.replace(b"230;", b"999;")),
            "no such value, or several",
        ),
        (
            Fault("/v1/data", change=lambda body: body.replace(b"230;", b"751;")),
            "a value that was not asked for",
        ),
        (
            Fault("/v1/data", change=lambda body: body.replace(b"230;", b"101;")),
            "a cell stands twice",
        ),
        (
            Fault("/v1/data", change=lambda body: body.replace(b";TOT;", b";")),
            "not the columns asked for|a row is cut short",
        ),
        (
            Fault("/v1/data", change=lambda body: body.partition(b"\r\n")[0] + b"\r\n"),
            "the answer has no cells",
        ),
    ],
)
def test_each_bad_csv_is_told_apart(
    sources: Sources, bank: StatBank, fault: Fault, what: str
) -> None:
    sources.faults.append(fault)
    with pytest.raises(SourceError, match=what):
        bank.data(bank.tableinfo("FOLK1A"), CHOICE)


def jsonstat(value: object, size: list[int]) -> bytes:
    label = {"category": {"index": {"2025": 0}, "label": {"2025": "2025"}}}
    sex = {"category": {"label": {"M": "Mænd"}}}
    dimension = {"KØN": sex, "Tid": label, "id": ["KØN", "Tid"], "size": size}
    return json.dumps({"dataset": {"dimension": dimension, "value": value}}).encode()


MEN_2025 = Query("T", (("KØN", ("M",)), ("Tid", ("2025",))), "JSONSTAT")


@pytest.mark.parametrize(
    ("value", "text"), [([7], "7"), ({"0": 7.5}, "7.5"), ({}, ""), ([None], "")]
)
def test_jsonstat_may_be_dense_or_sparse(value: object, text: str) -> None:
    cube = read_answer(jsonstat(value, [1, 1]), MEN_2025, info_of([SEX, TIME]), "here")
    assert dict(cube.cells) == {("M", "2025"): text}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (jsonstat([7, 8], [1, 1]), "not JSONSTAT version 1"),
        (jsonstat([], [1, 1]), "not JSONSTAT version 1"),
        (jsonstat([7], [1, 2]), "not JSONSTAT version 1"),
        (jsonstat({"1": 7}, [1, 1]), "not JSONSTAT version 1"),
        (jsonstat([True], [1, 1]), "a value that is no number"),
        (b'{"version": "2.0", "value": [7]}', "not JSONSTAT version 1"),
        (b"[1]", "not JSONSTAT version 1"),
    ],
)
def test_each_bad_jsonstat_is_told_apart(body: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        read_answer(body, MEN_2025, info_of([SEX, TIME]), "here")


def test_a_table_without_time_is_refused() -> None:
    with pytest.raises(SourceError, match="no variable of time"):
        info_of([SEX])


def is_cube_or_refusal(body: bytes, query: Query) -> bool:
    try:
        return bool(read_answer(body, query, info_of([SEX, TIME]), "here").cells)
    except SourceError as error:
        return all(problem.what for problem in error.problems)


@given(
    st.binary(max_size=200)
    | st.text(alphabet="KØNTIDHOLM;2025\r\n\"'", max_size=80).map(str.encode)
)
def test_whatever_comes_as_csv_is_read_or_refused(body: bytes) -> None:
    assert is_cube_or_refusal(body, Query("T", MEN_2025.values, "CSV"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "size", "category", "KØN", "index"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(JSON_VALUES, JSON_VALUES)
def test_whatever_comes_as_jsonstat_is_read_or_refused(dimension: object, value: object) -> None:
    body = json.dumps({"dataset": {"dimension": dimension, "value": value}}).encode()
    assert is_cube_or_refusal(body, MEN_2025)


@given(JSON_VALUES, JSON_VALUES, JSON_VALUES)
def test_whatever_stands_inside_of_jsonstat_is_read_or_refused(
    category: object, size: object, value: object
) -> None:
    time = {"category": category}
    dimension = {"KØN": {"category": {"index": ["M"]}}, "Tid": time, "id": ["KØN", "Tid"]}
    dataset = {"dimension": {**dimension, "size": size}, "value": value}
    assert is_cube_or_refusal(json.dumps({"dataset": dataset}).encode(), MEN_2025)
