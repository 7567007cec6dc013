"""The real figures of 98 municipalities and 60 months, fetched over HTTP and imported from files: what
is measured on them (the README of the data) holds in what comes of them.
"""

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from beskplan.core.errors import DataError
from beskplan.core.periods import Period
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import choose, faults, stored_snapshots
from beskplan.registers.areas import find
from beskplan.report.data import ReportData
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.http import Secret
from beskplan.sources.jobindsats import connect
from beskplan.sources.plan import FetchPlan, default_plan
from tests.conftest import cases
from tests.importing import import_file
from tests.sources.server.serving import TOKEN, Sources, serving
from tests.sources.server.tables import real_tables
from tests.sources.some_tables import only

CASES = cases("real_figures")

pytestmark = pytest.mark.shared

FILES = CASES["files"]
"""Rows of observations that each file must give: its lines times its number columns."""


@pytest.fixture(scope="module")
def fetched(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pd.DataFrame]:
    """y60a02 and y25i01 as a fetch delivers them."""
    merged, ledige = only(default_plan(), "y60a02", "y25i01").jobindsats
    # The recorded table of visitation categories has one month: only the total is asked for.
    merged = merged.model_copy(update={"parts": merged.parts[:1]})
    with serving(Sources(jobindsats=real_tables(shared))) as sources:
        client = connect(Secret(TOKEN), address=sources.url)
        plan, root = FetchPlan(jobindsats=(merged, ledige)), tmp_path_factory.mktemp("real")
        yield fetch(plan, root, Clients(client)).delivery.frame
        client.close()


@pytest.fixture(scope="module")
def root(shared: Path, real_series: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy with all files."""
    folder = Path(shutil.copytree(real_series, tmp_path_factory.mktemp("copy") / "kopi"))
    for file in [*FILES][2:]:
        import_file(shared / "data" / file, None, folder, retrieved_at=date(2026, 8, 15))
    return folder


@pytest.fixture(scope="module")
def snapshot(root: Path) -> Snapshot:
    return choose("nyeste", root)


@pytest.fixture(params=["fetched", "imported"])
def frame(request: pytest.FixtureRequest) -> pd.DataFrame:
    """The total rows of y60a02 and those of y25i01, by both ways."""
    if request.param == "fetched":
        both: pd.DataFrame = request.getfixturevalue("fetched")
    else:
        both = request.getfixturevalue("snapshot").frame
    groups = both["table_id"].map({"y60a02": "alle", "y25i01": "ledige"})
    return both[both["group"] == groups]


def test_every_area_and_month_is_there(frame: pd.DataFrame) -> None:
    assert frame["area"].nunique() == 99
    assert frame["period"].nunique() == 60
    assert (min(frame["period"]), max(frame["period"])) == ("2021M08", "2026M07")
    assert len(frame) == 99 * 60 * (4 + 3 * 2)


def test_the_smallest_visible_count_is_three_and_a_blank_is_withheld(frame: pd.DataFrame) -> None:
    counts = frame[(frame["decimals"] == 0) & (frame["state"] == "known")]
    assert counts["value"].min() == 3
    blank = frame[frame["value"].isna()]
    assert set(blank["state"]) == {"withheld"}
    assert len(blank) > 57


def test_totals_are_not_mended_and_parts_may_be_withheld_beside_them(frame: pd.DataFrame) -> None:
    rows = frame[(frame["table_id"] == "y25i01") & (frame["indicator"] == "fuldtidspersoner")]
    counts = rows.pivot_table("value", ["area", "period"], "ydelse", aggfunc="first", dropna=False)
    hidden = counts["kontanthjaelp_2025"].isna() & counts[["alle", "a_dagpenge"]].notna().all(
        axis=1
    )
    assert hidden.sum() == 57
    whole = counts.dropna()
    gap = (whole["alle"] - whole["a_dagpenge"] - whole["kontanthjaelp_2025"]).abs()
    assert (len(whole), (gap != 0).sum(), gap.max()) == (5_883, 1_450, 1)


def test_every_figure_is_the_one_in_the_file(frame: pd.DataFrame, shared: Path) -> None:
    rows = frame[frame["table_id"] == "y60a02"]
    known = rows["value"].astype(object).where(rows["value"].notna(), None)
    keys = zip(rows["area"], rows["period"], rows["indicator"], strict=True)
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
    assert dict(zip(keys, known, strict=True)) == expected


def test_every_line_of_every_file_is_stored_and_read_again(root: Path, snapshot: Snapshot) -> None:
    assert len(snapshot.frame) == sum(FILES.values())
    assert len(stored_snapshots(root)) == len(FILES)
    assert [problem for one in stored_snapshots(root) for problem in faults(one)] == []


def test_every_region_has_its_sums(snapshot: Snapshot) -> None:
    data, june = ReportData(snapshot), Period.parse("2026M06")
    for region in ("081", "082", "083", "084", "085"):
        count = data.quantity("fuldtidspersoner", "kontanthjaelp_2025", region, june)
        share = data.quantity("pct_af_arbejdsstyrken", "kontanthjaelp_2025", region, june)
        assert (count.state, share.state) == ("calculated", "absent")


@pytest.mark.parametrize(
    ("file", "name", "change", "refusal"), CASES["a_real_file_with_an_odd_cell_or"]
)
def test_a_real_file_with_an_odd_cell_or_the_name_of_another_benefit_is_refused(
    shared: Path, tmp_path: Path, file: str, name: str, change: tuple[str, str], *, refusal: str
) -> None:
    text = (shared / "data/jobindsats" / file).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    with pytest.raises(DataError, match=refusal):
        import_file(tmp_path / name, None, tmp_path)
