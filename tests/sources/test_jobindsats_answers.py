"""Every kind of bad answer is told apart, in words that say what to do; none becomes a number."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import SourceError
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.jobindsats.answers import read_answer
from beskplan.sources.jobindsats.client import Version
from beskplan.sources.plan import FetchPlan, default_plan
from beskplan.sources.refusals import UnreachableError
from tests.sources.server import faults
from tests.sources.server.faults import Fault
from tests.sources.server.serving import Sources

ONE_TABLE = default_plan().only(tables=("y01a02",))


@pytest.fixture
def one_month() -> FetchPlan:
    table = ONE_TABLE.jobindsats[0].model_copy(update={"latest": 1, "areas_if_there": ()})
    return ONE_TABLE.model_copy(update={"jobindsats": (table,)})


Told = Callable[[FetchPlan, Fault], str]


@pytest.fixture
def told(sources: Sources, clients: Clients, tmp_path: Path) -> Told:
    """What a fetch says where a fault stays."""

    def fetched(plan: FetchPlan, fault: Fault) -> str:
        fault.times = 99
        sources.faults.append(fault)
        with pytest.raises(SourceError) as caught:
            fetch(plan, tmp_path, clients)
        return "; ".join(problem.what for problem in caught.value.problems)

    return fetched


def first_number(text: str) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        head, _, tail = body.partition(b'"Hele landet", ')
        return head + b'"Hele landet", ' + text.encode() + tail[tail.index(b",") :]

    return change


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (Fault("/v3/data", body=faults.WRONG_KEY), "the key is refused"),
        (Fault("/v3/data", body=faults.LOGIN_PAGE), "a web page instead of data"),
        (Fault("/v3/data", body=b""), "the answer is empty"),
        (Fault("/v3/data", body=b"\xef\xbb\xbf  "), "the answer is empty"),
        (Fault("/v3/data", body=b"Vi er straks tilbage"), "words instead of JSON"),
        (Fault("/v3/data", body="Område;æ".encode("latin-1")), "the answer is not UTF-8"),
        (Fault("/v3/data", change=faults.halved), "the answer stops in the middle"),
        (
            Fault("/v3/data", body=b'{"columns": [}], "rows": [[1, 2], [3, 4]]}'),
            "the answer is broken JSON",
        ),
        (Fault("/v3/data", body=b'{"columns": [], "rows": {}}'), "JSON, but not a table"),
        (Fault("/v3/data", body=b"[[1, 2]]"), "JSON, but not a table"),
        (
            Fault("/v3/data", body=faults.unprocessable("No")),
            "an error message instead of data",
        ),
        (
            Fault("/v3/data", status=422, body=faults.unprocessable("Unknown period type: M")),
            "the source refuses the question",
        ),
        (Fault("/v3/data", change=faults.rows_changed(lambda _: [])), "the answer has no rows"),
        (
            Fault("/v3/data", change=faults.rows_changed(lambda rows: [rows[0][:-1], *rows[1:]])),
            "rows and columns differ",
        ),
        (
            Fault("/v3/data", change=faults.rows_changed(lambda rows: [rows[0], *rows])),
            "area and period stand twice",
        ),
        (
            Fault(
                "/v3/data",
                change=faults.rows_changed(lambda rows: [["2019M01", *rows[0][1:]], *rows[1:]]),
            ),
            "a period that was not asked for",
        ),
        (
            Fault(
                "/v3/data",
                change=faults.rows_changed(lambda rows: [[rows[0][0], "Atlantis", *rows[0][2:]]]),
            ),
            "an unknown area",
        ),
        (
            Fault("/v3/data", change=faults.columns_renamed({"Antal personer": "Antal børn"})),
            "the source has no such measure",
        ),
        (
            Fault("/v3/data", change=faults.columns_renamed({"Område": "Sted"})),
            "0 columns hold the area",
        ),
        (
            Fault("/v3/data", change=faults.columns_renamed({"Periode": "Antal personer 2"})),
            "0 columns hold the period",
        ),
        (Fault("/v3/data", change=first_number("NaN")), "a value that is no number"),
        (Fault("/v3/data", change=first_number("true")), "a cell is neither text nor number"),
        (Fault("/v3/data", change=first_number("[1]")), "a cell is neither text nor number"),
        (Fault("/v3/data", change=first_number("12.5")), "a count with decimals"),
        (Fault("/v3/data", change=first_number("-4")), "a value that cannot be"),
        (Fault("/v3/data", change=first_number('"mange"')), "not a Danish number"),
        (
            Fault("/v3/data", change=first_number('"1.3"')),
            "the dot may be a decimal point or a thousand dot",
        ),
        (Fault("/v3/tables", body=b"[]"), "the catalogue is empty"),
        (Fault("/v3/tables", body=b'[{"x": 1}]'), "the answer has another shape than expected"),
        (Fault("/v3/table/", body=b"{}"), "the answer has another shape than expected"),
    ],
)
def test_each_bad_answer_is_told_apart(
    told: Told, one_month: FetchPlan, fault: Fault, what: str
) -> None:
    assert told(one_month, fault) == what


def test_a_good_answer_is_not_refused(
    sources: Sources, clients: Clients, tmp_path: Path, one_month: FetchPlan
) -> None:
    assert len(fetch(one_month, tmp_path, clients).delivery.frame) == 99 * 4


@pytest.mark.parametrize("change", [faults.with_bom, faults.danish_numbers])
def test_a_bom_and_decimal_commas_make_no_difference(
    sources: Sources,
    clients: Clients,
    tmp_path: Path,
    one_month: FetchPlan,
    change: Callable[[bytes], bytes],
) -> None:
    right = fetch(one_month, tmp_path / "a", clients).delivery.frame
    sources.faults.append(Fault("/v3/data", times=99, change=change))
    changed = fetch(one_month, tmp_path / "b", clients).delivery.frame
    assert changed.drop(columns="retrieved_at").equals(right.drop(columns="retrieved_at"))


def test_a_table_divided_by_more_than_asked_is_refused(told: Told) -> None:
    def divided(rows: list[list[object]]) -> list[list[object]]:
        return [[*row[:2], "Mænd" if n % 2 else "Kvinder", *row[3:]] for n, row in enumerate(rows)]

    fault = Fault("/v3/data", change=faults.rows_changed(divided))
    plan = default_plan().only(tables=("y25i01",))
    what = told(plan, fault)
    assert "the answer is divided by more than was asked for" in what


def test_the_figures_of_another_benefit_are_refused(told: Told) -> None:
    def other(rows: list[list[object]]) -> list[list[object]]:
        return [[*row[:2], "Kontanthjælp", *row[3:]] for row in rows]

    plan = default_plan().only(tables=("y25i01",))
    table = plan.jobindsats[0].model_copy(update={"parts": plan.jobindsats[0].parts[1:2]})
    plan = plan.model_copy(update={"jobindsats": (table,)})
    fault = Fault("/v3/data", change=faults.rows_changed(other))
    what = told(plan, fault)
    assert what.startswith("another value than the one asked for")


def test_a_refused_key_stops_the_fetch_at_once(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    sources.faults.append(Fault("/v3/data", times=99, body=faults.WRONG_KEY))
    with pytest.raises(UnreachableError) as caught:
        fetch(default_plan(), tmp_path, clients)
    assert "JOBINDSATS_TOKEN" in caught.value.problems[0].fix
    assert len(sources.asked("/v3/data")) == 1


def is_table_or_refusal(body: bytes, version: Version) -> bool:
    try:
        return bool(read_answer(body, version, "here").rows)
    except SourceError as error:
        return all(problem.what for problem in error.problems)


@given(st.binary(max_size=300), st.sampled_from(["v3", "v2"]))
def test_whatever_comes_is_a_table_or_our_own_error(body: bytes, version: Version) -> None:
    assert is_table_or_refusal(body, version)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8
)


@given(JSON_VALUES)
def test_whatever_json_stands_in_a_table_is_read_or_refused(value: object) -> None:
    for rows in ([[value]], value):
        body = json.dumps({"columns": ["Periode"], "rows": rows}).encode()
        assert is_table_or_refusal(body, "v3")
