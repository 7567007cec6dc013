"""Editions: of an area that has ended, and beside an earlier one with other sections."""

from dataclasses import replace
from pathlib import Path

import pytest

from beskplan.blocks.model import Table
from beskplan.core.errors import InputError
from beskplan.core.periods import Period
from beskplan.registers.areas import find
from beskplan.report.base import Context
from beskplan.report.status import Status
from beskplan.report.status_periode import Newest, newest_period
from tests.conftest import cases
from tests.unit.report_samples import context, observation, of_kind
from tests.unit.test_report_status import (
    BENEFITS,
    COUNTRY,
    QUARTERS,
    YAML,
    answer_of,
    edition,
    made,
    served,
)

CASES = cases("status_editions")


RAR = "RAR Hovedstaden"
"""It ended with 2024; Region Hovedstaden took its place."""


def of_the_rar(folder: Path, periode: str) -> Context:
    kode = find(RAR).kode
    rows = {
        (ydelse, area, code): 50_000.0 if area == COUNTRY else 400.0 + number
        for ydelse in BENEFITS
        for area in (COUNTRY, kode)
        for number, code in enumerate(QUARTERS)
    }
    counted = [
        observation("fuldtidsmodtagere", value, code, ydelse=ydelse, area=area, source="statbank")
        for (ydelse, area, code), value in rows.items()
    ]
    found = context(folder, "status", YAML, counted, RAR)
    return replace(found, periode=Period.parse(periode) if periode else None)


def test_an_area_that_has_ended_keeps_its_last_edition_and_waits_for_none(tmp_path: Path) -> None:
    assert newest_period(of_the_rar(tmp_path, "")) == Newest(Period.parse("2024Q4"), ())
    assert "Næste udgave" not in answer_of(Status(of_the_rar(tmp_path, "2024Q4")).checked())


@pytest.mark.parametrize("periode", ["2025Q1", "2026Q1"])
def test_an_edition_of_an_area_that_has_ended_by_then_is_refused(
    tmp_path: Path, periode: str
) -> None:
    """A year later no break stands between the two periods."""
    with pytest.raises(InputError) as caught:
        Status(of_the_rar(tmp_path, periode)).checked()
    (problem,) = caught.value.problems
    assert problem.expected == "en periode til og med 31. december 2024"
    assert problem.fix == "lav en plan for Region Hovedstaden"


@pytest.mark.parametrize(("beside", "told"), [("[hele-landet, rar]", 0), ("[rar, hele-landet]", 1)])
def test_a_region_that_ends_is_told_of_only_where_the_scoreboard_shows_it(
    tmp_path: Path, beside: str, told: int
) -> None:
    """Rudersdal's region of 2025 is Region Hovedstaden, which ends with 2026."""
    yaml = YAML.replace("[hele-landet]", beside)
    rows = served(("230", "201", "223", find("Region Hovedstaden").kode))
    report = Status(made(tmp_path, rows, yaml)).checked()
    assert str(report.counting().block).count("afløses Region Hovedstaden") == told


OTHERS = CASES["others"]
"""Sections that the earlier edition and this one are without, and the benefits that both have."""


@pytest.mark.parametrize(("before", "now", "shared"), OTHERS)
def test_an_edition_before_with_other_sections_is_compared_in_those_that_both_have(
    tmp_path: Path, before: list[str], now: list[str], shared: list[str]
) -> None:
    def without(names: list[str]) -> str:
        lines = YAML.splitlines(keepends=True)
        return "".join(one for one in lines if one.strip().partition(":")[0] not in names)

    edition(tmp_path, served(), "2025K3", without(before))
    block = of_kind(Table, edition(tmp_path, served(), "2025K4", without(now)).since().block)
    assert [row.label for row in block.rows] == shared
