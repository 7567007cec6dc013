"""Every level and share that the seed documents print, and every change that they derive."""

from pathlib import Path

import pytest

from beskplan.core.files import shipped_yaml
from beskplan.core.periods import Period
from beskplan.indicators.quantities import (
    Interval,
    Quantity,
    implied_denominator,
    pct_change,
    rounding_interval,
)
from beskplan.observations import published
from beskplan.observations.contract import validate
from beskplan.observations.snapshot_store import embedded
from beskplan.registers.indicators import INDICATORS
from beskplan.report.data import ReportData

RUDERSDAL = [name for name in published.table_ids() if name.startswith("004_")]


def test_every_numeric_table_of_the_documents_is_shipped(shared: Path) -> None:
    for path in sorted((shared / "published" / "tables").glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        numeric = [
            line
            for line in lines[1:]
            if line.split(",")[-2] not in ("tekst", "sidetal") and ",," not in line
        ]
        if path.stem in published.table_ids():
            shipped = (
                Path(published.__file__).parents[1] / "data" / "published" / path.name
            ).read_text("utf-8")
            assert set(numeric) <= set(shipped.splitlines()), path.name
        else:
            assert numeric == [], path.name


def test_every_shipped_table_with_a_mapping_becomes_observations() -> None:
    frame = validate(published.observations(), "beskplan/data/published")
    assert len(frame) > 230
    assert set(frame["table_id"]) >= set(RUDERSDAL)
    assert frame["reference"].str.fullmatch(r"linje \d+").all()


def test_what_becomes_no_observation_is_a_change_beside_its_levels() -> None:
    mapping = shipped_yaml("beskplan", "data", "published", "mapping.yaml")
    left = [
        cell.unit
        for table_id in mapping["tables"]
        for cell in published.cells(table_id)
        if cell.column not in mapping["columns"] and cell.unit not in mapping["units"]
    ]
    assert set(left) == set(mapping["derived_units"])


def quantities(table_id: str, area: str) -> dict[str, Quantity]:
    """The section's numbers of one area: before, now, share."""
    data = ReportData(embedded())
    rows = embedded().frame.query("table_id == @table_id and area == @area").to_dict("records")
    found = {}
    for row in rows:
        counted = row["indicator"] == "fuldtidspersoner"
        role = ("before" if "2019" in row["period"] else "now") if counted else "share"
        found[role] = data.quantity(
            row["indicator"], row["ydelse"], area, Period.parse(row["period"]), row["group"]
        )
    return found


@pytest.mark.parametrize("table_id", RUDERSDAL)
def test_the_changes_that_the_plan_printed_are_computed_from_its_levels(table_id: str) -> None:
    codes = {"Østdanmark": "oestdanmark", "RAR Hovedstaden": "rar-hovedstaden", "Rudersdal": "230"}
    printed = [cell for cell in published.cells(table_id) if cell.unit == "pct."]
    assert len(printed) == 3
    for cell in printed:
        numbers = quantities(table_id, codes[cell.row])
        change = pct_change(numbers["before"], numbers["now"])
        assert change.text(unit="%").replace("\u00a0", "") == cell.published_text


def test_rudersdals_shares_of_june_imply_one_workforce() -> None:
    tables = [name for name in RUDERSDAL if name not in ("004_T03", "004_T10", "004_T11")]
    intervals = []
    for name in tables:
        numbers = quantities(name, "230")
        printed = map(rounding_interval, (numbers["now"], numbers["share"]))
        intervals.append(implied_denominator(*printed))
    known = [one for one in intervals if one]
    common = Interval(max(one.low for one in known), min(one.high for one in known))
    assert 25_000 < common.low < common.high < 27_000


def test_units_of_the_observations_are_those_of_their_indicator() -> None:
    frame = published.observations()
    assert (
        frame["unit"] == frame["indicator"].map({key: one.unit for key, one in INDICATORS.items()})
    ).all()
