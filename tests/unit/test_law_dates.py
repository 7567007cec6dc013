"""Each date of the employment reform and of the regions: the day before, and the day itself."""

from datetime import date
from pathlib import Path

import pytest

from beskplan.blocks.model import Table
from beskplan.core.periods import Period
from beskplan.registers.areas import find, must_have_jobcentre
from beskplan.registers.benefits import benefit
from beskplan.registers.breaks import breaks_between, breaks_file
from beskplan.registers.indicators import expected_notes, target_groups
from beskplan.report.maalgrupper import Maalgrupper
from beskplan.sources.labels import required_codes
from beskplan.sources.statbank import Value, Variable
from tests.conftest import cases
from tests.unit.report_samples import context, observation, of_kind

CASES = cases("law_dates")

FULL_TIME = "fuldtidspersoner"
EXPECTED = "Ventet, ikke vedtaget: "

BREAKS = CASES["breaks"]
"""Benefit, the last period before a law and the first with it, and how its note begins."""


@pytest.mark.parametrize(("ydelse", "before", "first", "note"), BREAKS)
def test_a_comparison_across_a_law_carries_its_note(
    ydelse: str, before: str, first: str, note: str
) -> None:
    last, now = Period.parse(before), Period.parse(first)

    def notes(one: Period, other: Period) -> list[str]:
        return [found.note for found in breaks_between(FULL_TIME, ydelse, "230", one, other)]

    assert any(text.startswith(note) for text in notes(last, now))
    assert not any(text.startswith(note) for text in notes(last.shift(-1), last))
    assert not any(text.startswith(note) for text in notes(now.next, now.shift(2)))


def test_what_is_only_expected_is_printed_so() -> None:
    expected = [one for one in breaks_file().breaks if one.expected]
    assert {one.day for one in expected} == {date(2027, 1, 1)}
    assert all(one.text == EXPECTED + one.note for one in expected)
    law = [one for one in breaks_file().breaks if not one.expected]
    assert not any(one.text.startswith("Ventet") for one in law)


@pytest.mark.parametrize(("on", "name"), CASES["the_jobcentre_is_the_municipality_from_february"])
def test_the_jobcentre_is_the_municipality_from_february_2026(on: date, name: str) -> None:
    assert must_have_jobcentre(on) is name.startswith("jobcentre")
    everybody = benefit("jobcentrets_maalgrupper")
    assert everybody.name(on) == name
    assert everybody.modtagere(on) == f"borgere i {name}"


@pytest.mark.parametrize(("on", "count"), [(date(2026, 12, 31), 0), (date(2027, 1, 1), 1)])
def test_the_five_target_groups_have_an_empty_place(on: date, count: int) -> None:
    notes = expected_notes(on)
    assert len(notes) == count
    assert all(note.startswith(EXPECTED) and "fem" in note for note in notes)
    # Those of today go on: no law ends them yet.
    assert sum(one.covers(on) for one in target_groups()) == 12


def municipalities() -> list[str]:
    return [kode for region in ("084", "085") for kode in find(region).parts]


@pytest.mark.parametrize(
    ("on", "names", "found", "notes"), CASES["rudersdal_is_compared_with_the_areas_of"]
)
def test_rudersdal_is_compared_with_the_areas_of_the_day(
    tmp_path: Path, on: date, names: list[str], found: list[str], notes: list[str]
) -> None:
    made = context(tmp_path, "maalgrupper", "", [observation(FULL_TIME, 5, "2026M12")])
    assert [one.kode for one in made.reference_areas(names, on)] == found
    told = list(made.area_notes(names, on, on))
    assert [text.startswith(note) for text, note in zip(told, notes, strict=True)] == [
        True for _ in notes
    ]


@pytest.mark.parametrize(
    ("now", "region", "before"),
    [("2026M12", "Region Hovedstaden", "2025M12"), ("2027M01", "Region Østdanmark", "2026M01")],
)
def test_a_year_back_from_the_new_region_is_its_municipalities(
    tmp_path: Path, now: str, region: str, before: str
) -> None:
    rows = [
        observation(FULL_TIME, 100 + at, period, ydelse="a_dagpenge", area=kode)
        for at, period in enumerate((before, now))
        for kode in municipalities()
    ]
    yaml = f"""
maalgrupper:
  periode: {now}
  sammenlign_med: [rar]
  afsnit: {{a_dagpenge: {{ydelse: a_dagpenge}}}}
"""
    report = Maalgrupper(context(tmp_path, "maalgrupper", yaml, rows))
    assert report.problems() == []
    table = of_kind(Table, report.table("a_dagpenge").block)
    (row,) = [one for one in table.rows if not one.emphasis]
    count = len(municipalities()) if now == "2027M01" else len(find("084").parts)
    assert (row.label, row.cells[0].value) == (region, 100 * count)
    told = str(report.counting().block)
    assert told.count("Region Østdanmark dannes 1. januar 2027") == (now == "2027M01")
    # A plan for 2027 says it of the region that its numbers are of, and only of one that ends.
    ends = "Tallene her er fra før den dag og gælder Region Hovedstaden."
    assert told.count(ends) == (now != "2027M01")


@pytest.mark.parametrize(
    ("newest", "region"), [("2026M12", "084"), ("2027M01", "region-oestdanmark")]
)
def test_the_months_after_the_quarter_are_of_the_region_of_the_newest(
    tmp_path: Path, newest: str, region: str
) -> None:
    counted = ("nettoledige_dagpenge", "fuldtidsmodtagere", "2025Q04", "2026Q04")
    months = ("alle", "bruttoledige", str(Period.parse(newest).year_before().code), newest)
    rows = [
        observation(measure, 10, period, ydelse=ydelse, area=kode, source="statbank")
        for ydelse, measure, *periods in (counted, months)
        for period in periods
        for kode in municipalities()
    ]
    yaml = """
maalgrupper:
  periode: 2026M12
  kilde: statbank
  sammenlign_med: [rar]
  ledige: [bruttoledige]
  afsnit: {a_dagpenge: {ydelse: nettoledige_dagpenge, maal: fuldtidsmodtagere}}
"""
    report = Maalgrupper(context(tmp_path, "maalgrupper", yaml, rows))
    assert report.problems() == []
    parts = list(getattr(report.benefit_sections().block, "parts", ()))
    (table,) = [one for one in parts[-1].blocks if isinstance(one, Table)]
    (row,) = [one for one in table.rows if not one.emphasis]
    assert (row.area, row.cells[0].value) == (region, 10 * len(find(region).parts))
    assert find(region).navn in table.title
    formed = [one for one in table.notes if one.startswith("»Region Østdanmark«: dannes 1. januar")]
    assert len(formed) == (newest == "2027M01")


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ({"081", "082", "083", "084", "085"}, set()),
        ({"081", "082", "083", "region-oestdanmark"}, set()),
        ({"081", "082", "083", "084", "085", "region-oestdanmark"}, set()),
        ({"081", "082", "083", "084"}, {"085", "region-oestdanmark"}),
        ({"081", "082", "region-oestdanmark"}, {"083"}),
        ({"081", "082", "083"}, {"084", "085", "region-oestdanmark"}),
    ],
)
def test_a_source_has_the_old_regions_or_the_new(there: set[str], missing: set[str]) -> None:
    assert required_codes(["region"], there) - there == missing


def test_statistics_denmark_may_give_the_region_any_code() -> None:
    values = [Value(id=one, text=text) for one, text in (
        ("084", "Region Hovedstaden"), ("086", "Region Østdanmark"), ("081", "Region Midtjylland"),
    )]  # fmt: skip
    found = Variable(id="OMRÅDE", values=tuple(values)).areas
    # A code that is known means its own label only.
    assert found == {"084": "084", "region-oestdanmark": "086"}
