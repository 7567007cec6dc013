"""Sums for areas that a source lacks: marked, bounded, and never made of what is missing or withheld."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from beskplan.observations.contract import COLUMNS, Key
from beskplan.observations.snapshot import NO_SHARE, NOT_ADDITIVE, NOT_ALL_PARTS, RowsByArea
from beskplan.registers.areas import area

JOINT = area("jc-taarnby-dragoer")
UNITS = {
    "fuldtidspersoner": "fuldtidspersoner",
    "personer": "personer",
    "pct_af_arbejdsstyrken": "pct. af arbejdsstyrken",
}


def row(kode: str, value: float | None, **change: Any) -> dict[str, Any]:
    indicator = change.get("indicator", "fuldtidspersoner")
    return {
        "indicator": indicator,
        "ydelse": "a_dagpenge",
        "group": "alle",
        "area": kode,
        "period": "2026M06",
        "value": value,
        "decimals": 1 if indicator.startswith("pct") else 0,
        "unit": UNITS[indicator],
        "state": "withheld" if value is None else "known",
        "source": "jobindsats",
        "table_id": "y25i01",
        "reference": "",
        "retrieved_at": "2026-08-01",
        **change,
    }


def rows(*given: dict[str, Any]) -> RowsByArea:
    return RowsByArea(pd.DataFrame(given, columns=list(COLUMNS)).astype({"value": "float64"}))


def joint(*given: dict[str, Any], indicator: str = "fuldtidspersoner") -> dict[str, Any] | None:
    key: Key = (indicator, "a_dagpenge", "alle", JOINT.kode, "2026M06")
    return rows(*given).get(JOINT.kode, {}).get(key)


def test_a_sum_is_calculated_and_carries_half_a_unit_for_each_part() -> None:
    found = joint(row("155", 100.0), row("185", 500.0))
    assert found is not None
    assert (found["value"], found["state"], found["uncertainty"]) == (600.0, "calculated", 1.0)
    assert found["reference"] == "beregnet: sum af 2 kommuner, højst 1,0 fra afrunding"


def test_a_sum_is_withheld_where_a_part_is() -> None:
    found = joint(row("155", None), row("185", 500.0))
    assert found is not None
    assert found["state"] == "withheld"
    assert pd.isna(found["value"])


@pytest.mark.parametrize(
    ("given", "indicator", "why"),
    [
        ([row("155", 100.0)], "fuldtidspersoner", NOT_ALL_PARTS),
        ([row("155", None, state="absent"), row("185", 5.0)], "fuldtidspersoner", NOT_ALL_PARTS),
        ([row("155", 9.0), row("185", 5.0, table_id="y01a02")], "fuldtidspersoner", NOT_ALL_PARTS),
        ([row(k, 9.0, indicator="personer") for k in ("155", "185")], "personer", NOT_ADDITIVE),
        (
            [row(k, 2.0, indicator="pct_af_arbejdsstyrken") for k in ("155", "185")],
            "pct_af_arbejdsstyrken",
            NO_SHARE,
        ),
    ],
)
def test_what_cannot_be_summed_is_absent_with_its_reason(
    given: list[dict[str, Any]], indicator: str, why: str
) -> None:
    found = joint(*given, indicator=indicator)
    assert found is not None
    assert (found["state"], found["reference"]) == ("absent", why)
    assert pd.isna(found["value"])


def test_the_sources_own_number_of_an_area_goes_before_a_sum() -> None:
    found = joint(row("155", 100.0), row("185", 500.0), row(JOINT.kode, 601.0))
    assert found is not None
    assert (found["value"], found["state"]) == (601.0, "known")


def test_the_country_is_never_summed() -> None:
    parts = [row(kommune.kode, 10.0) for kommune in map(area, area("084").parts)]
    assert "000" not in rows(*parts)
    assert (
        rows(*parts)["084"][("fuldtidspersoner", "a_dagpenge", "alle", "084", "2026M06")]["value"]
        == 290.0
    )


def test_an_area_without_rows_and_an_unknown_area_have_none() -> None:
    made = rows(row("155", 100.0))
    assert "230" not in made
    assert "atlantis" not in made
    assert list(made) == ["155"]
    assert len(made) == 1
