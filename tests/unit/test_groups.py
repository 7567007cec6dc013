"""Population groups: found by name, dated by plan year, put into words with a benefit."""

from __future__ import annotations

from datetime import date

import pytest

from beskplan.core.errors import UnknownNameError
from beskplan.registers.benefits import benefit, register
from beskplan.registers.groups import group, groups

ON = date(2020, 6, 1)


def test_foreign_citizens_are_defined_anew_in_the_plan_for_2021() -> None:
    foreign = group("udenlandske_statsborgere")
    assert "EFTA" in foreign.definition(2020).text
    assert foreign.definition(2021).text == "Borgere uden dansk statsborgerskab"
    assert foreign.definition(2027) == foreign.definition(2021)


def test_the_new_definition_is_told_in_its_first_plan_only() -> None:
    foreign = group("udenlandske_statsborgere")
    note = foreign.note(2021)
    assert note is not None
    assert "EFTA" in note
    assert foreign.note(2020) is None
    assert foreign.note(2022) is None
    assert group("alle").note(2021) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jobparat", "jobparate"),
        ("Aktivitetsparat", "aktivitetsparate"),
        ("Uddannelsesparat", "uddannelsesparate"),
        ("Åbenlys uddannelsesparat", "aabenlyst_uddannelsesparate"),
        ("under_30", "under_30"),
        ("Udenlandske  borgere", "udenlandske_statsborgere"),
    ],
)
def test_a_group_is_found_as_plans_and_source_call_it(name: str, expected: str) -> None:
    assert group(name).id == expected


def test_an_unknown_group_brings_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as refused:
        group("jobparrate")
    assert refused.value.problems[0].fix == "mente du 'jobparate'?"


@pytest.mark.parametrize(
    ("name", "ydelse", "expected"),
    [
        ("alle", "fleksjob", "fleksjobansatte"),
        ("jobparate", "kontanthjaelp", "jobparate kontanthjælpsmodtagere"),
        ("under_30", "a_dagpenge", "a-dagpengemodtagere under 30 år"),
        (
            "udenlandske_statsborgere",
            "offentlig_forsoergelse",
            "udenlandske statsborgere på offentlig forsørgelse",
        ),
    ],
)
def test_the_group_among_a_benefits_recipients(name: str, ydelse: str, expected: str) -> None:
    assert group(name).of(benefit(ydelse), ON) == expected


def test_every_group_can_be_said_of_every_benefit() -> None:
    for one in groups():
        for ydelse in register().benefits.values():
            assert "{" not in one.of(ydelse, ON)
