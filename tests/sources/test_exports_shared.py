"""The real files: imported, validated, stored, and the measured facts hold in what is stored."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from beskplan.core.errors import DataError
from beskplan.core.periods import Period
from beskplan.observations import Snapshot, choose, faults, newest, shelved
from beskplan.registers.areas import kommuner, regional_council
from beskplan.registers.breaks import refuse_breaks
from beskplan.report.data import ReportData
from beskplan.sources.imports import import_file
from beskplan.sources.verifying import raw_problems

pytestmark = pytest.mark.shared

FILES = {
    "jobindsats/y25i01_kommuner.csv": 35_640,
    "jobindsats/y60a02_kommuner.csv": 23_760,
    "jobindsats/y60a02_visitation_seneste.csv": 495,
    "jobindsats/y01a02_hele_landet_regioner.csv": 840,
    "statbank/FOLK1A_1kvartal_kommuner_en.csv": 525,
    "statbank/AUP02_aarlig_ledighedspct_kommuner.csv": 1_764,
}
"""Rows of observations that each file must give: its lines times its number columns."""


@pytest.fixture(scope="module")
def place(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("place")
    for file in FILES:
        import_file(shared / "data" / file, None, root, retrieved_at=date(2026, 8, 15))
    return root


@pytest.fixture(scope="module")
def snapshot(place: Path) -> Snapshot:
    return choose("nyeste", place)


def table(snapshot: Snapshot, table_id: str) -> pd.DataFrame:
    return snapshot.frame[snapshot.frame["table_id"] == table_id]


def test_every_line_of_every_file_is_there(snapshot: Snapshot) -> None:
    assert len(snapshot.frame) == sum(FILES.values())
    assert table(snapshot, "y25i01")["area"].nunique() == 99


def test_every_stored_byte_is_as_it_was(place: Path) -> None:
    assert len(shelved(place)) == len(FILES)
    assert [problem for one in shelved(place) for problem in faults(one)] == []


def test_every_stored_number_is_that_of_its_raw_file(place: Path) -> None:
    found = newest(place)
    assert found is not None
    manifest, snapshot = found
    folder = place / "data" / "snapshots" / manifest.id
    assert raw_problems(folder, manifest, snapshot.frame) == []


def test_every_number_of_the_files_comes_back(shared: Path, snapshot: Snapshot) -> None:
    file = pd.read_csv(shared / "data/jobindsats/y60a02_kommuner.csv")
    stored = table(snapshot, "y60a02")
    stored = stored[stored["group"] == "alle"].pivot_table(
        index="period", columns=["indicator"], values="value", aggfunc="sum"
    )
    by_period = file.groupby("Periode").sum(numeric_only=True)
    for column, indicator in (
        ("Antal personer", "personer"),
        ("Antal fuldtidspersoner", "fuldtidspersoner"),
        ("Fuldtidspersoner i pct. af arbejdsstyrken", "pct_af_arbejdsstyrken"),
        ("Fuldtidspersoner i pct. af befolkningen", "pct_af_befolkningen"),
    ):
        assert (by_period[column] - stored[indicator]).abs().max() < 1e-6


def test_the_smallest_visible_count_is_three_and_what_is_empty_is_withheld(
    snapshot: Snapshot,
) -> None:
    counts = snapshot.frame[
        (snapshot.frame["unit"].isin(["personer", "fuldtidspersoner"]))
        & (snapshot.frame["source"] == "jobindsats")
    ]
    assert counts["value"].min() == 3
    assert (counts["value"].isna() == (counts["state"] == "withheld")).all()
    assert (counts["state"] == "withheld").sum() > 57


def ledige(snapshot: Snapshot) -> pd.DataFrame:
    rows = table(snapshot, "y25i01")
    counts = rows[rows["indicator"] == "fuldtidspersoner"]
    wide: pd.DataFrame = counts.pivot_table(
        index=["area", "period"], columns="ydelse", values="value", dropna=False
    )
    return wide


def test_in_57_rows_kontanthjaelp_is_withheld_where_total_and_a_dagpenge_stand(
    snapshot: Snapshot,
) -> None:
    wide = ledige(snapshot)
    gaps = wide["kontanthjaelp_2025"].isna() & wide["alle"].notna() & wide["a_dagpenge"].notna()
    assert gaps.sum() == 57


def test_totals_are_not_the_sums_of_their_rounded_parts(snapshot: Snapshot) -> None:
    whole = ledige(snapshot).dropna()
    gap = whole["alle"] - whole["a_dagpenge"] - whole["kontanthjaelp_2025"]
    assert len(whole) == 5_883
    assert (gap != 0).sum() == 1_450
    assert gap.abs().max() == 1


@pytest.mark.parametrize("kommune", kommuner(), ids=lambda one: one.slug)
def test_the_bilag_of_2027_has_its_numbers_for_every_municipality(
    snapshot: Snapshot, kommune: object
) -> None:
    """June 2025 against June 2026: own, region and country, for both sections."""
    own = next(one for one in kommuner() if one == kommune)
    before, now = Period.parse("2025M06"), Period.parse("2026M06")
    data = ReportData(snapshot)
    for ydelse, group in (("a_dagpenge", "ledige"), ("kontanthjaelp_2025", "alle")):
        council = regional_council(own, now.first_day)
        refuse_breaks("fuldtidspersoner", ydelse, council.kode, before, now, where="afsnit")
        for period in (before, now):
            found = {
                kode: data.quantity("fuldtidspersoner", ydelse, kode, period, group).state
                for kode in (own.kode, council.kode, "000")
            }
            assert found[own.kode] in ("known", "withheld")
            assert found[council.kode] in ("calculated", "withheld")
            assert found["000"] == "known"
        assert data.quantity("pct_af_arbejdsstyrken", ydelse, own.kode, now, group).is_number
        assert (
            data.quantity("pct_af_arbejdsstyrken", ydelse, council.kode, now, group).state
            == "absent"
        )


def test_every_region_has_its_sums(snapshot: Snapshot) -> None:
    """So that the test above is not one of withheld sums only."""
    data = ReportData(snapshot)
    june = Period.parse("2026M06")
    states = [
        data.quantity("fuldtidspersoner", "kontanthjaelp_2025", f"08{n}", june).state
        for n in range(1, 6)
    ]
    assert states == ["calculated"] * 5


def test_a_changed_cell_of_a_real_file_is_refused_or_read(shared: Path, tmp_path: Path) -> None:
    text = (shared / "data/jobindsats/y60a02_kommuner.csv").read_text(encoding="utf-8")
    path = tmp_path / "y60a02_forkert.csv"
    path.write_text(text.replace("97709", "97.709"), encoding="utf-8")
    with pytest.raises(DataError, match="to måder"):
        import_file(path, None, tmp_path)


def test_a_file_of_another_benefit_with_the_same_columns_is_not_taken_for_this_one(
    shared: Path, tmp_path: Path
) -> None:
    path = tmp_path / "y36a02.csv"
    path.write_bytes((shared / "data/jobindsats/y01a02_hele_landet_regioner.csv").read_bytes())
    with pytest.raises(DataError, match="ikke vælges et skema"):
        import_file(path, None, tmp_path)
