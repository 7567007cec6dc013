"""Sentences about the benefits themselves, and the target groups of the law."""

from __future__ import annotations

from datetime import date

import pytest

from beskplan.core.errors import UnknownNameError
from beskplan.registers.benefits import (
    composition_note,
    listing,
    parts,
    register,
    renaming_notes,
)
from beskplan.registers.groups import target_group, target_groups

JUNE_2019, JUNE_2020 = date(2019, 6, 1), date(2020, 6, 30)


def test_a_list_is_danish_and_bears_the_names_of_the_day() -> None:
    assert listing(["fleksjob"], JUNE_2020) == "fleksjob"
    assert listing(["fleksjob", "sho"], JUNE_2019) == "fleksjob og integrationsydelse"
    three = listing(["a_dagpenge", "kontanthjaelp", "foertidspension"], JUNE_2020)
    assert three == "a-dagpenge, kontanthjælp og førtidspension"
    assert "overgangsydelse" in listing(parts("offentlig_forsoergelse", JUNE_2020), JUNE_2020)


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to list"):
        listing([], JUNE_2020)


def test_the_composition_names_what_had_ended() -> None:
    note = composition_note("offentlig_forsoergelse", date(2020, 4, 1))
    ended = "Heraf var kontantydelse, arbejdsmarkedsydelse og særlig uddannelsesydelse ophørt"
    assert ended in note
    assert "ophørt" not in composition_note("offentlig_forsoergelse", date(2026, 6, 1))


def test_the_composition_of_a_plain_benefit_is_refused() -> None:
    with pytest.raises(ValueError, match="no composite"):
        composition_note("fleksjob", JUNE_2020)


def test_the_composition_of_a_sum_that_has_ended_is_refused() -> None:
    with pytest.raises(ValueError, match="consists of nothing"):
        composition_note("arbejdsmarkedsydelse_og_saerlig_uddannelsesydelse", JUNE_2020)


@pytest.mark.parametrize("ydelse", ["sho", "kontanthjaelpsomraadet", "offentlig_forsoergelse"])
def test_the_renaming_of_2020_is_told_once_with_what_tells_the_two_apart(ydelse: str) -> None:
    (note,) = renaming_notes(ydelse, JUNE_2019, JUNE_2020)
    assert note.day == date(2020, 1, 1)
    assert "1. januar 2020" in note.text
    assert "integrationsloven" in note.text
    assert "ophold" in note.text
    assert "Lov nr. 174 af 27. februar 2019" in note.source


@pytest.mark.parametrize(
    ("ydelse", "before", "now"),
    [
        ("fleksjob", JUNE_2019, JUNE_2020),
        ("sho", date(2020, 1, 1), date(2021, 6, 30)),
        ("sho", date(2018, 6, 1), date(2019, 12, 31)),
        ("uddannelseshjaelp", JUNE_2019, JUNE_2020),
    ],
)
def test_no_note_where_nothing_changed_between(ydelse: str, before: date, now: date) -> None:
    assert renaming_notes(ydelse, before, now) == ()


def test_the_reform_of_2025_is_told_and_counted_back_figures_with_it() -> None:
    (note,) = renaming_notes("kontanthjaelp_2025", date(2025, 6, 1), date(2026, 6, 30))
    assert "1. juli 2025" in note.text
    assert "opgørelse af de tre ydelser under ét" in note.text
    (sums,) = renaming_notes("kontanthjaelpsomraadet", date(2025, 6, 1), date(2026, 6, 30))
    assert "under ét" not in sums.text, "the sum of the three is not a counted-back figure"


def test_a_sum_does_not_tell_of_benefits_that_only_began_within_it() -> None:
    assert renaming_notes("offentlig_forsoergelse", date(2014, 1, 1), date(2017, 12, 31)) == ()
    (own,) = renaming_notes("jobafklaring", date(2014, 1, 1), date(2017, 12, 31))
    assert "1. juli 2014" in own.text


def test_several_benefits_share_one_note_each_day_in_order() -> None:
    notes = renaming_notes(["sho", "uddannelseshjaelp"], date(2013, 12, 1), date(2026, 6, 30))
    days = [note.day.year for note in notes]
    assert days == [2014, 2015, 2020, 2025]


def test_periods_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="earlier period"):
        renaming_notes("sho", JUNE_2020, JUNE_2019)


def test_every_note_is_whole_sentences() -> None:
    for event in register().events:
        assert event.note[0].isupper()
        assert event.note.endswith(".")
        assert "  " not in event.note


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("LAB 2.1 Forsikret ledig", "lab_2_1"),
        ("LAB 2.2 Kontanthjælp", "lab_2_2"),
        ("LAB 2.3 Kontanthjælp", "lab_2_3"),
        ("LAB 2.11 Ressourceforløb", "lab_2_11"),
        ("2.14 Jobafklaringsforløb", "lab_2_14"),
        ("Person omfattet af Integrationsloven", "integrationsloven"),
        ("lab_6_9", "lab_6_9"),
    ],
)
def test_a_target_group_is_found_as_plans_print_it(printed: str, expected: str) -> None:
    assert target_group(printed).id == expected


@pytest.mark.parametrize("name", ["LAB 2.15 Andet", "Revalidender", "Sygemeldte"])
def test_an_unknown_or_undecided_target_group_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError):
        target_group(name)


def test_the_law_changes_its_numbers_in_2020() -> None:
    numbers_2019 = [g.nr for g in target_groups(date(2019, 12, 31)) if g.nr]
    numbers_2020 = [g.nr for g in target_groups(date(2020, 1, 1)) if g.nr]
    assert {number[:2] for number in numbers_2019} == {"2."}
    assert numbers_2020 == [f"6.{n}" for n in range(1, 12)]
    assert "2.14" not in [g.nr for g in target_groups(date(2014, 6, 30))]
