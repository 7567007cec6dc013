"""StatBank's five tables of the default plan, and its missing marks, as observations."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from beskplan.core.errors import SourceError
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.plan import Part, StatbankTable, default_plan
from beskplan.sources.statbank import StatBank
from tests.sources.server.serving import Sources
from tests.sources.server.tables import YDELSESTYPER, months

PLAN = default_plan().only(sources=("statbank",))


def fetched(clients: Clients, root: Path, *tables: str) -> pd.DataFrame:
    return fetch(PLAN.only(tables=tables), root, clients).delivery.frame


def row_of(frame: pd.DataFrame, area: str, period: str) -> dict[Hashable, Any]:
    [row] = frame[(frame["area"] == area) & (frame["period"] == period)].to_dict("records")
    return row


@pytest.mark.parametrize(
    ("table", "indicator", "period"),
    [
        ("RAS400", "arbejdsstyrke", "2025Y01"),
        ("FOLK1A", "befolkning_16_66", "2025Q04"),
        ("AUK01", "fuldtidsmodtagere", "2025Q04"),
        ("AULK04", "personer", "2026M07"),
        ("AUP02", "ledighedspct", "2026M07"),
    ],
)
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
    [plan] = PLAN.only(tables=("AUK01",)).statbank
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
    done = fetch(PLAN.only(tables=("AUK01",)), tmp_path, clients)
    told = [(one.where, one.found) for one in done.problems]
    assert told == [
        ("statbank: AUK01", "'Ledighedsydelse'"),
        ("statbank: AUK01", "'Revalideringsydelse i øvrigt'"),
    ]
    gone = {"ledighedsydelse", "revalidering_i_oevrigt"}
    [plan] = PLAN.only(tables=("AUK01",)).statbank
    assert set(done.delivery.frame["ydelse"]) == {part.ydelse for part in plan.parts} - gone


def test_a_level_that_is_gone_is_named_and_stops_nothing(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    table = sources.statbank["AUK01"]
    omraade = {kode: text for kode, text in table.variables["OMRÅDE"].items() if kode[:2] != "08"}
    table.variables = {**table.variables, "OMRÅDE": omraade}
    done = fetch(PLAN.only(tables=("AUK01",)), tmp_path, clients)
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


@pytest.mark.parametrize(
    ("mark", "state"),
    [("..", "withheld"), ("x", "withheld"), (".", "absent"), ("-", "absent"), ("4,2", "known")],
)
def test_missing_marks_keep_their_meaning(
    sources: Sources, clients: Clients, tmp_path: Path, mark: str, state: str
) -> None:
    sources.statbank["AUP02"].marks = {("230", "2026M07"): mark}
    row = row_of(fetched(clients, tmp_path, "AUP02"), "230", "2026M07")
    assert row["state"] == state
    assert pd.isna(row["value"]) == (state != "known")


@pytest.mark.parametrize(
    ("table", "cell"),
    [
        ("AUP02", ("fire", "et tal, eller et af .. . - x")),
        ("AUP02", ("1.234,5", "et tal, eller et af .. . - x")),
        ("AUP02", ("101", "0 til 100")),
        ("AUP02", ("-1", "0 til 100")),
        ("AULK04", ("1.308", "et helt tal")),
        ("AULK04", ("-3", "0 eller mere")),
    ],
)
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
