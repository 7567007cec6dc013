"""The real figures of 98 municipalities and 60 months, fetched over HTTP: what is measured on them
holds in what is delivered.

The expected counts stand in the README of the data.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from beskplan.registers.areas import find
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.http import Secret
from beskplan.sources.jobindsats import connect
from beskplan.sources.plan import FetchPlan, default_plan
from tests.sources.server.serving import TOKEN, Sources, serving
from tests.sources.server.tables import real_tables

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def frame(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pd.DataFrame]:
    plan = default_plan().only(tables=("y60a02", "y25i01"))
    merged, ledige = plan.jobindsats
    # The recorded table of visitation categories has one month: only the total is asked for.
    merged = merged.model_copy(update={"parts": merged.parts[:1]})
    plan = FetchPlan(jobindsats=(merged, ledige))
    with serving(Sources(jobindsats=real_tables(shared))) as sources:
        client = connect(Secret(TOKEN), address=sources.url)
        yield fetch(plan, tmp_path_factory.mktemp("real"), Clients(client)).delivery.frame
        client.close()


def wide(frame: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Values of y25i01 by area and period, one column per benefit."""
    rows = frame[(frame["table_id"] == "y25i01") & (frame["indicator"] == indicator)]
    return rows.pivot_table("value", ["area", "period"], "ydelse", aggfunc="first")


def test_every_area_and_month_is_there(frame: pd.DataFrame) -> None:
    assert frame["area"].nunique() == 99
    assert frame["period"].nunique() == 60
    assert (min(frame["period"]), max(frame["period"])) == ("2021M08", "2026M07")
    assert len(frame) == 99 * 60 * (4 + 3 * 2)


def test_the_smallest_visible_count_is_three(frame: pd.DataFrame) -> None:
    counts = frame[(frame["decimals"] == 0) & (frame["state"] == "known")]
    assert counts["value"].min() == 3


def test_a_blank_is_withheld_and_never_a_number(frame: pd.DataFrame) -> None:
    blank = frame[frame["value"].isna()]
    assert set(blank["state"]) == {"withheld"}
    assert len(blank) > 57


def test_totals_are_not_mended(frame: pd.DataFrame) -> None:
    counts = wide(frame, "fuldtidspersoner")
    counts = counts.drop(index="000", level="area").dropna()
    parts = counts["a_dagpenge"] + counts["kontanthjaelp_2025"]
    gap = (counts["alle"] - parts).abs()
    assert gap.max() == 1
    assert (gap == 1).sum() in range(1_400, 1_500)


def test_one_part_may_be_withheld_where_the_total_stands(frame: pd.DataFrame) -> None:
    counts = wide(frame, "fuldtidspersoner")
    hidden = counts["kontanthjaelp_2025"].isna() & counts[["alle", "a_dagpenge"]].notna().all(
        axis=1
    )
    assert hidden.sum() == 57


def test_every_figure_is_the_one_in_the_file(frame: pd.DataFrame, shared: Path) -> None:
    rows = frame[frame["table_id"] == "y60a02"]
    found = {
        (row["area"], row["period"], row["indicator"]): None
        if row["state"] == "withheld"
        else row["value"]
        for row in rows.to_dict("records")
    }
    columns = {
        "Antal personer": "personer",
        "Antal fuldtidspersoner": "fuldtidspersoner",
        "Fuldtidspersoner i pct. af arbejdsstyrken": "pct_af_arbejdsstyrken",
        "Fuldtidspersoner i pct. af befolkningen": "pct_af_befolkningen",
    }
    path = shared / "data/jobindsats/y60a02_kommuner.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        expected = {
            (find(row["Område"]).kode, row["Periode"], indicator): (
                float(row[column]) if row[column] else None
            )
            for row in csv.DictReader(stream)
            for column, indicator in columns.items()
        }
    assert found == expected
