"""A first plan is written from what the data hold; a notebook of one's own comes with its params."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.core.errors import InputError
from beskplan.core.periods import Period
from beskplan.newplan.beginning import (
    FirstChoices,
    OwnBilag,
    first_plan,
    notebook,
    offered,
    params_file,
)
from beskplan.newplan.files import write_all
from beskplan.newplan.moving import open_choices
from beskplan.params.jobs import Workplace, select
from beskplan.params.models import read
from beskplan.runner.checking import check
from beskplan.runner.notebook_rules import check_notebook
from tests.newplan.working_copy import KOLDING, counts, keep, write_place
from tests.unit.report_samples import observation

BESOEG = [
    observation("virksomhedsbesoeg", number, f"2026M{month:02d}", area=KOLDING)
    for month, number in enumerate((4, 6, 5), start=1)
]


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    return write_place(root, tmp_path, {})


def test_a_first_plan_has_the_benefits_with_numbers_at_the_newest_common_month(place: Path) -> None:
    rows = [*counts("a_dagpenge", "2025M06", "2026M06"), *counts("sygedagpenge", "2026M06")]
    keep(place, [*rows, *counts("fleksjob", "2026M05")])
    file = first_plan(place, "Kolding", 2027, FirstChoices(("maalgrupper", "overblik")))
    values = yaml.safe_load(file.text)
    assert values["maalgrupper"]["periode"] == "2026M06"
    assert list(values["maalgrupper"]["afsnit"]) == ["a_dagpenge", "sygedagpenge"]
    assert values["overblik"]["ydelser"] == ["a_dagpenge", "sygedagpenge"]
    write_all([file], place, force=False)
    check(select(Workplace(place), "kolding", 2027), Workplace(place))


def test_a_section_keeps_the_notebook_s_name_when_its_benefit_was_replaced(place: Path) -> None:
    keep(place, counts("kontanthjaelp_2025", "2025M07", "2026M07"))
    text = first_plan(place, "kolding", 2027, FirstChoices()).text
    assert yaml.safe_load(text)["maalgrupper"]["afsnit"] == {
        "kontanthjaelp": {"ydelse": "kontanthjaelp_2025"}
    }


def test_a_benefit_that_is_only_counted_for_a_group_says_which(place: Path) -> None:
    keep(place, [{**row, "group": "ledige"} for row in counts("a_dagpenge", "2026M06")])
    text = first_plan(place, "kolding", 2027, FirstChoices(periode=Period.parse("2026M06"))).text
    assert "    a_dagpenge: {ydelse: a_dagpenge, gruppe: ledige}\n" in text


def test_without_numbers_all_benefits_stand_there_and_the_file_says_what_to_do(place: Path) -> None:
    text = first_plan(place, "kolding", 2027, FirstChoices()).text
    assert "# VALG: Data har ingen tal for Kolding i juni 2026. Hent" in text
    # Such a plan cannot choose Danmarks Statistik.
    assert "statbank" not in text
    assert "    foertidspension: {ydelse: foertidspension}\n" in text
    assert "uddannelseshjaelp" not in text


@pytest.mark.parametrize(
    ("held", "choices", "own"),
    [
        # Without an answer the year's shared file says it all, where the data have its month.
        (("2026M06",), FirstChoices(), None),
        ((), FirstChoices(), None),
        (("2025M06", "2026M06", "2026M07"), FirstChoices(), None),
        # Every answer is used, also beside the shared file.
        (("2026M06",), FirstChoices(sammenlign_med=("rar",)), {"sammenlign_med": ["rar"]}),
        (
            ("2026M05", "2026M06"),
            FirstChoices(periode=Period.parse("2026M05")),
            {"periode": "2026M05"},
        ),
        # Numbers of another month only: the plan begins there and can be built.
        (("2025M05", "2026M05"), FirstChoices(), {"periode": "2026M05"}),
        # Those of years before are not what the shared file's benefits are about.
        (("2019M06", "2020M06"), FirstChoices(), None),
    ],
)
def test_what_the_year_s_shared_file_says_is_not_said_again(
    place: Path, held: tuple[str, ...], choices: FirstChoices, own: dict[str, Any] | None
) -> None:
    shared = "maalgrupper: {periode: 2026M06, afsnit: {a_dagpenge: {ydelse: a_dagpenge}}}\n"
    (place / "params/2027.yaml").write_text(shared, encoding="utf-8")
    if held:
        keep(place, counts("a_dagpenge", *held))
    file = first_plan(place, "kolding", 2027, choices)
    assert yaml.safe_load(file.text).get("maalgrupper") == own
    if held and max(held) > "2025":
        write_all([file], place, force=False)
        check(select(Workplace(place), "kolding", 2027), Workplace(place))


@pytest.mark.parametrize("aar", [2026, 2027])
@pytest.mark.parametrize("name", ["Region Sjælland", "Region Østdanmark", "Region Syddanmark"])
def test_a_region_has_a_plan_as_long_as_it_is_there(place: Path, name: str, aar: int) -> None:
    there = {2026: "Region Østdanmark", 2027: "Region Sjælland"}[aar] != name
    try:
        assert first_plan(place, name, aar, FirstChoices()).path.name == f"{aar}.yaml"
        assert there
    except InputError as error:
        assert not there
        (problem,) = error.problems
        assert problem.what == "findes ikke i det år"
        others = {2026: "Region Hovedstaden og Region Sjælland", 2027: "Region Østdanmark"}[aar]
        assert problem.fix.startswith(f"lav en plan for {others}:")


def test_open_data_alone_begin_a_plan_that_chooses_its_source(place: Path, root: Path) -> None:
    shutil.copy(root / "params" / "2027.yaml", place / "params")
    keep(
        place,
        [
            observation("fuldtidsmodtagere", value, period, ydelse=ydelse, area=area)
            for ydelse, value in (("sygedagpenge_mv", 1_308), ("fleksjob", 2_000), ("efterloen", 9))
            for period in ("2024Q04", "2025Q04")
            for area in (KOLDING, "000")
        ],
    )
    file = first_plan(place, "kolding", 2027, FirstChoices())
    assert yaml.safe_load(file.text)["maalgrupper"] == {"periode": "2025K4"}
    said = " ".join(file.text.replace("\n#  ", "").split())
    assert "niveauet for sygedagpenge mv. var 1.308 fuldtidsmodtagere i 4. kvartal 2025" in said
    assert "5 pct. færre, højst 1.243." in said
    assert "fleksjob" not in said
    write_all([file], place, force=False)
    check(select(Workplace(place), "kolding", 2027), Workplace(place))


def test_a_bilag_that_only_its_makers_know_cannot_begin_from_nothing(place: Path) -> None:
    with pytest.raises(InputError) as raised:
        first_plan(place, "kolding", 2027, FirstChoices(("maalgrupper", "varighed")))
    assert raised.value.problems[0].found == "varighed"
    with pytest.raises(InputError) as refused:
        FirstChoices(sammenlign_med=("rar", "Horsholm")).checked()
    assert refused.value.problems[0].fix == "mente du 'Hørsholm'?"


def test_the_template_and_what_is_made_of_it_keep_the_notebook_rules(tmp_path: Path) -> None:
    made = notebook(OwnBilag("moeder", "Møder i jobcenteret"), "Kolding", 2027)
    path = tmp_path / "moeder.ipynb"
    path.write_text(made.text, encoding="utf-8")
    assert check_notebook(path) == ()
    sources = ["".join(cell["source"]) for cell in json.loads(made.text)["cells"]]
    assert sources[0].startswith("# Møder i jobcenteret\n")
    assert sources[1] == 'kommune = "kolding"\naar = 2027'
    assert 'egne.load("moeder", kommune, aar)' in sources[2]
    assert "nyt_bilag" not in made.text


@pytest.mark.parametrize(
    ("own", "what"),
    [
        (OwnBilag("Besøg"), "kan ikke være navn på en notebook"),
        (OwnBilag("overblik"), "er taget"),
        (OwnBilag("nyt_bilag"), "er taget"),
        (OwnBilag("unge", maal="personr"), "findes ikke"),
        (OwnBilag("unge", ydelse="fleksjobb"), "findes ikke"),
    ],
)
def test_a_name_that_will_not_do_is_refused(own: OwnBilag, what: str) -> None:
    with pytest.raises(InputError) as raised:
        notebook(own)
    assert [problem.what for problem in raised.value.problems] == [what]


def test_the_params_of_a_new_bilag_have_the_periods_of_its_numbers(place: Path) -> None:
    keep(place, BESOEG)
    own = OwnBilag("virksomhedsbesoeg", "Virksomhedsbesøg")
    write_all([notebook(own), params_file(own, place, "Kolding", 2026)], place, force=False)
    section = read("kolding", 2026, place).egne["virksomhedsbesoeg"].afsnit["tal"]
    assert (section.fra.code, section.til.code) == ("2026M01", "2026M03")
    assert section.maal == "virksomhedsbesoeg"
    assert section.emne == "virksomhedsbesøg"
    assert not open_choices((place / "params/kolding/2026.yaml").read_text("utf-8"))
    check(select(Workplace(place), "kolding", 2026), Workplace(place))


def test_a_new_bilag_of_a_chosen_benefit_is_about_its_numbers_or_says_what_there_is(
    place: Path,
) -> None:
    keep(place, [*counts("fleksjob", "2025M06", "2026M06"), *BESOEG])
    chosen = offered(place)
    assert {"fuldtidspersoner", "virksomhedsbesoeg"} <= set(chosen["maal"])
    assert chosen["ydelse"] == {"fleksjob": "fleksjob"}
    own = OwnBilag("unge", maal="fuldtidspersoner", ydelse="fleksjob")
    write_all([notebook(own), params_file(own, place, "Kolding", 2026)], place, force=False)
    section = read("kolding", 2026, place).egne["unge"].afsnit["tal"]
    assert (section.maal, section.ydelse, section.til.code) == (own.maal, own.ydelse, "2026M06")
    assert section.emne == "fuldtidspersoner i fleksjob"
    check(select(Workplace(place), "kolding", 2026), Workplace(place))
    others = (replace(own, ydelse=""), replace(own, ydelse="a_dagpenge"))
    for other in (*(replace(one, name="andre") for one in others), OwnBilag("fuldtidspersoner")):
        with pytest.raises(InputError) as refused:
            params_file(other, place, "Kolding", 2026)
        assert [one.expected for one in refused.value.problems] == ["af fleksjob"]


def test_a_new_bilag_before_its_numbers_says_that_its_periods_are_a_guess(place: Path) -> None:
    write_all([params_file(OwnBilag("moeder"), place, "Kolding", 2026)], place, force=False)
    assert read("kolding", 2026, place).egne["moeder"].afsnit["tal"].fra.code == "2025M01"
    text = (place / "params/kolding/2026.yaml").read_text("utf-8")
    assert open_choices(text) == 1
    assert "`maal`, `fra` og `til` er gæt" in " ".join(text.replace("#", "").split())


@pytest.mark.parametrize(
    ("name", "fix"), [("Mine Besøg", "skriv fx mine_besoeg"), ("!", "skriv fx virksomhedsbesoeg")]
)
def test_a_name_that_will_not_do_is_refused_with_the_nearest(name: str, fix: str) -> None:
    with pytest.raises(InputError) as refused:
        OwnBilag(name).check()
    assert [one.fix for one in refused.value.problems] == [fix]


@pytest.mark.parametrize(
    "bilag", ["bilag: [maalgrupper]  # ét\n", "bilag:\n  - maalgrupper  # ét\n"]
)
def test_a_plan_that_is_there_gets_two_more_bilag_and_keeps_its_remarks(
    root: Path, tmp_path: Path, bilag: str
) -> None:
    plan = f"# Min plan\nkommune: Kolding\naar: 2026\n{bilag}\nmaalgrupper:\n  periode: 2025M06\n"
    plan += "  afsnit:\n    fleksjob: {ydelse: fleksjob}\n"
    place = write_place(root, tmp_path, {"kolding/2026.yaml": plan})
    for name in ("virksomhedsbesoeg", "moeder"):
        write_all([params_file(OwnBilag(name), place, "kolding", 2026)], place, force=False)
    params = read("kolding", 2026, place)
    assert params.bilag == ("maalgrupper", "virksomhedsbesoeg", "moeder")
    assert list(params.egne) == ["virksomhedsbesoeg", "moeder"]
    text = (place / "params/kolding/2026.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Min plan\nkommune: Kolding\n")
    assert "# ét" in text
    with pytest.raises(InputError, match=r"har allerede det bilag(.|\n)*under egne: moeder"):
        params_file(OwnBilag("moeder"), place, "kolding", 2026)
