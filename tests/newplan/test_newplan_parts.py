"""The small parts of a new plan: years in words, successors by their day, marks that are counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from beskplan.core.periods import Period
from beskplan.newplan.files import with_schema
from beskplan.newplan.moving import (
    Roll,
    area_heirs,
    benefit_heirs,
    benefit_note,
    choice,
    follow_up,
    later,
    moved,
    note,
    open_choices,
    periods_below,
    replaced,
    without_marks,
    written,
)
from beskplan.params.maal import Udgangspunkt


@pytest.mark.parametrize(
    ("text", "years", "expected"),
    [
        ("i 2019 mod 2018", (), "i 2020 mod 2019"),
        ("i 2019 mod 2018", (2019,), "i 2020 mod 2018"),
        ("2.019 borgere, 12019 kr., 2019,5", (), "2.019 borgere, 12019 kr., 2019,5"),
        ("inden udgangen af 2019.", (), "inden udgangen af 2020."),
        ("2019-2021", (), "2020-2022"),
        ("i 1999", (), "i 1999"),
    ],
)
def test_years_in_words_move_and_other_numbers_do_not(
    text: str, years: tuple[int, ...], expected: str
) -> None:
    assert Roll(2019, 2020).years(text, *years) == expected


@pytest.mark.parametrize(
    ("period", "months", "expected"),
    [
        ("2026M06", 12, "2027M06"),
        ("2026M06", 5, "2026M11"),
        ("2026Q2", 12, "2027Q02"),
        ("2026", 24, "2028"),
        ("2026", 6, "2026"),
        ("2023QMAT02", 12, "2024QMAT02"),
    ],
)
def test_periods_move_in_their_own_units(period: str, months: int, expected: str) -> None:
    assert written(moved(Period.parse(period), months)) == expected


def test_a_day_moves_also_on_the_29th_of_february() -> None:
    assert later(date(2024, 2, 29), Roll(2024, 2025)) == date(2025, 2, 28)
    assert later(date(2024, 7, 1), Roll(2024, 2026)) == date(2026, 7, 1)


def test_every_period_of_a_model_is_found_with_its_path() -> None:
    value = {"a": (Udgangspunkt(periode=Period.parse("2019")), "2020")}
    assert list(periods_below(value)) == [(("a", 0, "periode"), Period.parse("2019"))]


@pytest.mark.parametrize(
    ("ydelse", "on", "heirs"),
    [
        ("kontanthjaelp", date(2025, 6, 30), ("kontanthjaelp",)),
        ("kontanthjaelp", date(2025, 7, 1), ("kontanthjaelp_2025",)),
        ("sho", date(2026, 1, 1), ("kontanthjaelp_2025",)),
        ("kontanthjaelpsomraadet", date(2026, 1, 1), ("kontanthjaelpsomraadet",)),
        ("arbejdsmarkedsydelse_og_saerlig_uddannelsesydelse", date(2017, 6, 1), ()),
        ("kontanthjaelp_2025", date(2020, 1, 1), ("kontanthjaelp_2025",)),
    ],
)
def test_a_benefit_has_successors_from_the_day_it_ends(
    ydelse: str, on: date, heirs: tuple[str, ...]
) -> None:
    assert benefit_heirs(ydelse, on) == heirs


def test_a_benefit_without_successor_says_so() -> None:
    told = benefit_note("kontantydelse", date(2018, 1, 1))
    assert told == "Kontantydelse ophørte 31. december 2016 uden at være afløst af en anden."


@pytest.mark.parametrize(
    ("name", "on", "heirs"),
    [
        ("rar", date(2026, 1, 1), ("rar",)),
        ("RAR Hovedstaden", date(2024, 12, 31), ("RAR Hovedstaden",)),
        ("RAR Hovedstaden", date(2025, 1, 1), ("region-hovedstaden",)),
        ("Hørsholm", date(2026, 1, 1), ("Hørsholm",)),
    ],
)
def test_an_area_has_successors_from_the_day_it_ends(
    name: str, on: date, heirs: tuple[str, ...]
) -> None:
    assert area_heirs(name, on) == heirs


def test_a_successor_of_two_stands_once_where_the_first_stood() -> None:
    heirs = {"b": ("x",), "c": ("x", "y"), "d": ()}
    assert replaced(["a", "b", "c", "d"], heirs) == ("a", "x", "y")


def test_open_choices_are_counted_and_other_remarks_are_not() -> None:
    lines = [*choice("Vælg " + "ord " * 60), *note("VALGET er truffet"), *follow_up(2019, "Nået.")]
    text = "\n".join([*lines, "titel: 'VALG: ikke en bemærkning'", "  # # VALG: også her"])
    assert open_choices(text) == 2
    assert all(len(line) <= 96 for line in lines)


def test_last_year_s_marks_go_and_what_is_commented_out_below_them_stays() -> None:
    marks = [*choice("Gælder det stadig? " * 9), *follow_up(2019, "Nået. " * 30)]
    rest = "# forbehold:\n#   - Tallene er foreløbige.\na: 1  # VALG: ved a\n"
    text = "  # Om planen\n" + "".join(f"  {line}\n" for line in marks) + rest
    assert without_marks(text) == "  # Om planen\n" + rest
    assert without_marks(rest) == rest


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("params/kolding/2026.yaml", "../skema/plan.json"),
        ("params/kolding/2026.maal.yaml", "../skema/maal.json"),
        ("params/2026.yaml", "skema/faelles.json"),
    ],
)
def test_a_params_file_begins_with_the_way_to_its_schema(path: str, address: str) -> None:
    text = with_schema("a: 1\n", Path(path))
    assert text == f"# yaml-language-server: $schema={address}\na: 1\n"
    assert with_schema(text, Path(path)) == text


def test_a_file_without_schema_stays_as_it_is() -> None:
    assert with_schema("a: 1\n", Path("mappings/besoeg.yaml")) == "a: 1\n"
