"""Jobindsats: tables, areas and values are found by name, and any answer is read or refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import SourceError
from beskplan.registers.areas import areas, kommuner
from beskplan.sources import jobindsats
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.jobindsats import Jobindsats, TableSpec
from beskplan.sources.jobindsats_rows import read_answer
from beskplan.sources.labels import normalised
from beskplan.sources.plan import JobindsatsTable, Measure, Part, default_plan
from tests.sources.server.serving import TOKEN, Sources
from tests.sources.server.tables import months
from tests.sources.some_tables import only

PLAN = default_plan()
TABLES = {table.id: table for table in PLAN.jobindsats}


def spec_of(star: Jobindsats, table: str) -> TableSpec:
    return star.read_spec(star.spec_body(table), table)


def problems_of(star: Jobindsats, plan: JobindsatsTable) -> list[tuple[str, str, str]]:
    with pytest.raises(SourceError) as caught:
        star.asks(plan, spec_of(star, plan.id))
    return [(one.what, one.found, one.fix) for one in caught.value.problems]


def test_labels_of_both_versions_are_the_same_label_and_of_other_measures_not() -> None:
    share = "Fuldtidspersoner i pct. af befolkningen"
    same = (share, f"{share} 16-66 år", f"{share}16-66 år", f"  {share.lower()}  16 - 64 år ")
    assert {normalised(label) for label in same} == {normalised(share)}
    other = (share, "Antal personer", "Antal fuldtidspersoner", f"{share} 16-29 år")
    assert len({normalised(label) for label in other}) == 4


def test_a_table_is_found_without_letter_case_or_refused_with_the_nearest(star: Jobindsats) -> None:
    assert star.entry_of(star.catalogue(), "Y01A02").update_latest == "2026-08-14"
    with pytest.raises(SourceError) as caught:
        star.entry_of(star.catalogue(), "y01a20")
    assert "'y01a02'" in caught.value.problems[0].fix


@pytest.mark.parametrize(
    ("table", "change", "what", "near"),
    [
        (
            "y60a02",
            {"parts": (Part(ydelse="kontanthjaelp_2025", value="Jobparate"),)},
            ("kilden har ikke værdien", "'Jobparate'"),
            "'Jobparat'",
        ),
        (
            "y01a02",
            {"period_type": "QMAT"},
            ("tabellen har ikke perioder af denne type", "'QMAT'"),
            "",
        ),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(
    star: Jobindsats, table: str, change: dict[str, Any], what: tuple[str, str], near: str
) -> None:
    [told] = problems_of(star, TABLES[table].model_copy(update=change))
    assert told[:2] == what
    assert near in told[2]


def test_every_missing_municipality_is_named(sources: Sources, star: Jobindsats) -> None:
    names = [one.navn for one in kommuner()]
    names.remove("Samsø")
    names[names.index("Rudersdal")] = "Rudersdalen"
    sources.jobindsats["y01a02"].kommuner = tuple(names)
    problems = problems_of(star, TABLES["y01a02"])
    assert {(what, found) for what, found, _ in problems} == {
        ("tabellen har ikke dette område", "'Rudersdal' (230)"),
        ("tabellen har ikke dette område", "'Samsø' (741)"),
    }
    assert any("'Rudersdalen'" in fix for _, _, fix in problems)


def test_other_spellings_of_the_areas_are_known(sources: Sources, star: Jobindsats) -> None:
    other = {"Aarhus": "Århus", "Nordfyns": "Nordfyn", "Vesthimmerlands": "Vesthimmerland"}
    names = tuple(other.get(one.navn, one.navn) for one in kommuner())
    sources.jobindsats["y01a02"].kommuner = names
    codes = {
        code for ask in star.asks(TABLES["y01a02"], spec_of(star, "y01a02")) for code in ask.codes
    }
    assert {"751", "480", "820"} <= codes


def test_each_area_is_taken_from_one_hierarchy_only(star: Jobindsats) -> None:
    asks = star.asks(TABLES["y01a02"], spec_of(star, "y01a02"))
    codes = [code for ask in asks for code in ask.codes]
    assert len(codes) == len(set(codes)) == 1 + 98 + 5 + 8
    assert [ask.area for ask in asks] == ["_nykom", "_reko"]
    # More periods than there are is no error.
    assert {ask.periods for ask in asks} == {months("2026M07", 6)}
    assert len(areas("rar")) == 8


def test_areas_that_may_be_missing_are_left_out_where_they_are(
    sources: Sources, star: Jobindsats
) -> None:
    sources.jobindsats["y01a02"].regions = False
    [ask] = star.asks(TABLES["y01a02"], spec_of(star, "y01a02"))
    assert len(ask.codes) == 99


def test_a_country_of_birth_is_not_taken_for_the_country(star: Jobindsats) -> None:
    spec = json.loads(star.spec_body("y01a02"))
    births = [{"value_id": "/", "value_name": "I alt"}]
    births += [
        {"value_id": f"/{name}/", "value_name": name} for name in ("Danmark", "Polen", "Syrien")
    ]
    hierarchy = {"hierarchy_id": "_oprinda", "levels": [{"level_id": "1", "values": births}]}
    spec["dimensions"].insert(0, {"dimension_id": "_oprind", "hierarchies": [hierarchy]})
    read = star.read_spec(json.dumps(spec).encode(), "y01a02")
    asks = star.asks(TABLES["y01a02"], read)
    assert {ask.values for ask in asks} == {(("_oprinda", "/"),)}


def test_every_other_dimension_is_written_out(star: Jobindsats) -> None:
    asks = star.asks(TABLES["y60a02"], spec_of(star, "y60a02"))
    assert {ask.values[0] for ask in asks} == {
        ("_viskat_1int", path) for path in ("/", "/1/", "/2/", "/3/", "/4/")
    }


def test_the_address_has_its_signs_unescaped_and_no_token(star: Jobindsats) -> None:
    plan = TABLES["y60a02"].model_copy(
        update={"latest": 2, "parts": TABLES["y60a02"].parts[1:2], "areas_if_there": ()}
    )
    [ask] = star.asks(plan, spec_of(star, "y60a02"))
    assert star.path(ask) == (
        "data/y60a02?mgroup.*=*&period.M=2026M07,2026M06"
        "&hierarchy._nykom=*&hierarchy._viskat_1int=/1/&format=json"
    )
    assert TOKEN not in star.origin(ask)


def test_the_signs_reach_the_source_unescaped(
    sources: Sources, star: Jobindsats, clients: Clients, tmp_path: Path
) -> None:
    fetch(only(PLAN, "y01a02"), tmp_path, clients)
    assert "?mgroup.*=*&period.M=2026M07,2026M06," in sources.asked("/v3/data")[0].path


def test_a_big_question_is_split_by_periods(
    sources: Sources, star: Jobindsats, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.jobindsats["y01a02"].periods = months("2026M07", 120)
    monkeypatch.setattr(jobindsats, "CELLS_PER_ASK", 101 * 4 * 50)
    plan = TABLES["y01a02"].model_copy(update={"areas_if_there": ()})
    asks = star.asks(plan, spec_of(star, "y01a02"))
    assert [len(ask.periods) for ask in asks] == [50, 50, 20]
    asked = [period for ask in asks for period in ask.periods]
    assert asked == list(months("2026M07", 120))


def test_a_measure_that_is_not_there_is_refused_with_the_nearest(
    clients: Clients, tmp_path: Path
) -> None:
    plan = only(PLAN, "y01a02")
    measure = Measure(indicator="personer", labels=("Antal person",))
    table = plan.jobindsats[0].model_copy(update={"measures": (measure,)})
    with pytest.raises(SourceError) as caught:
        fetch(plan.model_copy(update={"jobindsats": (table,)}), tmp_path, clients)
    problem = caught.value.problems[0]
    assert (problem.what, problem.found) == ("kilden har ikke målet", "'Antal person'")
    assert "'Antal personer'" in problem.fix


def test_the_recorded_labels_of_efterloen_are_read(clients: Clients, tmp_path: Path) -> None:
    frame = fetch(only(PLAN, "y28a02"), tmp_path, clients).delivery.frame
    assert set(frame["indicator"]) == {"fuldtidspersoner", "personer"}
    used = {one.split("; ")[0] for one in frame["reference"]}
    assert used == {
        "Antal fuldtidspersoner med udbetalt efterløn",
        "Antal personer med udbetalt efterløn",
    }


def is_table_or_refusal(body: bytes) -> bool:
    try:
        return bool(read_answer(body, "here").rows)
    except SourceError as error:
        return all(problem.what for problem in error.problems)


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_table_or_our_own_error(body: bytes) -> None:
    assert is_table_or_refusal(body)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8
)


@given(JSON_VALUES)
def test_whatever_json_stands_in_a_table_is_read_or_refused(value: object) -> None:
    for rows in ([[value]], value):
        body = json.dumps({"columns": ["Periode"], "rows": rows}).encode()
        assert is_table_or_refusal(body)
