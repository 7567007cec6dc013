"""Population groups: found by name, dated by plan year, put into words with a benefit."""

from __future__ import annotations

from datetime import date

import pytest

from beskplan.core.errors import DataError, UnknownNameError
from beskplan.registers.benefits import benefit, register
from beskplan.registers.groups import group, groups, parse_groups

ON = date(2020, 6, 1)


def text(phrase: str = "{modtagere}", definitions: str = "[{text: A, source: lov}]") -> str:
    return f"groups: [{{id: a, navn: a, phrase: '{phrase}', definitions: {definitions}}}]"


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


def test_a_right_file_is_read() -> None:
    assert list(parse_groups(text())) == ["a"]


@pytest.mark.parametrize("phrase", ["uden sted", "{navn}", "{modtagere} {paa}"])
def test_a_phrase_without_its_one_place_is_refused(phrase: str) -> None:
    with pytest.raises(DataError, match=r"needs \{modtagere\} or \{paa\}, once"):
        parse_groups(text(phrase))


@pytest.mark.parametrize(
    "definitions",
    [
        "[{text: A, source: lov, first_plan_year: 2020}]",
        "[{text: A, source: lov, last_plan_year: 2020}]",
        "[{text: A, source: lov}, {text: B, source: lov, first_plan_year: 2021}]",
        "[{text: A, source: l, last_plan_year: 2019}, {text: B, source: l, first_plan_year: 2021}]",
    ],
)
def test_definitions_that_leave_a_year_open_are_refused(definitions: str) -> None:
    with pytest.raises(DataError, match="leave a gap or overlap"):
        parse_groups(text(definitions=definitions))


def test_a_name_of_two_groups_is_refused() -> None:
    two = text() + "\n"
    doubled = two.replace(
        "}]}]", "}]}, {id: b, navn: A, phrase: '{paa}', definitions: [{text: B, source: lov}]}]"
    )
    with pytest.raises(DataError, match="name used by two groups"):
        parse_groups(doubled)
