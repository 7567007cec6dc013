"""StatBank's five tables of the default plan, and its missing marks, as observations."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from beskplan.core.errors import SourceError
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.plan import StatbankTable, default_plan
from beskplan.sources.statbank import StatBank
from tests.sources.server.serving import Sources
from tests.sources.server.tables import months

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
        ("FOLK1A", "befolkning", "2025Q04"),
        ("AUK01", "fuldtidspersoner", "2025Q04"),
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


def test_the_value_is_that_of_the_chosen_label(
    sources: Sources, clients: Clients, tmp_path: Path
) -> None:
    frame = fetched(clients, tmp_path, "AUK01")
    row = row_of(frame, "230", "2025Q04")
    wanted = sources.statbank["AUK01"].cell(("230", "TOTUSU", "2025K4"))
    assert row["value"] == float(wanted)
    assert row["reference"] == "YDELSESTYPE=TOTUSU"


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
        indicator="fuldtidspersoner",
        ydelse="sygedagpenge",
        group="dst_opgoerelse",
        select={"ydelsestype": "Sygedagpenge mv."},
    )
    plan = PLAN.model_copy(update={"statbank": (table,)})
    frame = fetch(plan, tmp_path, clients).delivery.frame
    assert set(frame["ydelse"]) == {"sygedagpenge"}


def test_periods_of_another_type_are_refused(bank: StatBank, tmp_path: Path) -> None:
    table = PLAN.statbank[0].model_copy(update={"period_type": "M"})
    with pytest.raises(SourceError, match="ikke perioder af denne type"):
        fetch(PLAN.model_copy(update={"statbank": (table,)}), tmp_path, Clients(statbank=bank))
