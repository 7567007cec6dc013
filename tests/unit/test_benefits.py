"""The register of benefits: validity, successors, and their words from each date on."""

import csv
import re
from datetime import date
from importlib.resources import files

import pytest
import yaml

from beskplan.core.errors import UnknownNameError
from beskplan.registers.benefits import (
    Benefit,
    benefit,
    benefits,
    composites,
    composition_note,
    is_where,
    listing,
    named_in,
    parts,
    register,
    renaming_notes,
    replaced_by,
)
from beskplan.registers.indicators import target_group, target_groups
from tests.conftest import cases

CASES = cases("benefits")

ALL: tuple[Benefit, ...] = tuple(register().benefits.values())
YEARS = (2014, 2017, 2019, 2020, 2024, 2026)
FOOTNOTE_2019_2020 = CASES["footnote_2019_2020"]
"""As Rudersdal's plan for 2021 prints it under the table of all benefits."""
PLAN_DAY = {"000": date(2017, 12, 31), "001": date(2015, 12, 31), "003": date(2016, 9, 1)}


def published_names() -> list[tuple[str, date]]:
    """Every benefit name that heads a row of the plans' tables, with a day of its figures."""
    folder = files("beskplan").joinpath("data", "published")
    tables = yaml.safe_load(folder.joinpath("mapping.yaml").read_text(encoding="utf-8"))["tables"]
    found: dict[tuple[str, date], None] = {}
    for table in (name for name, how in tables.items() if how.get("rows") == "ydelse"):
        text = folder.joinpath(f"{table}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            found[row["row"], PLAN_DAY[table[:3]]] = None
    return [key for key in found if key[0] != "I alt"]


def meant(name: str, on: date) -> set[str]:
    """Ids of the benefits in force on a day that a name means."""
    return {ydelse for ydelse in named_in(name) if benefit(ydelse).covers(on)}


def published_titles() -> list[str]:
    """What stands before 'Fuldtidspersoner' in the titles of Rudersdal's eleven tables."""
    folder = files("beskplan").joinpath("data", "published")
    titles = []
    for number in range(1, 12):
        text = folder.joinpath(f"004_T{number:02}.csv").read_text(encoding="utf-8")
        title = next(csv.DictReader(text.splitlines()))["table_title"]
        titles.append(title.split("Fuldtidspersoner")[0].split(", udenlandske")[0].strip(" .,"))
    return titles


@pytest.mark.parametrize(
    ("ydelse", "last_without", "first_with"), CASES["a_benefit_begins_on_the_day"]
)
def test_a_benefit_begins_on_the_day_of_its_law(
    ydelse: str, last_without: date, first_with: date
) -> None:
    assert not benefit(ydelse).covers(last_without)
    assert benefit(ydelse).covers(first_with)


@pytest.mark.parametrize("ydelse", ["kontanthjaelp", "uddannelseshjaelp", "sho"])
def test_the_three_old_benefits_end_with_june_2025_and_the_new_one_stands_in(ydelse: str) -> None:
    assert replaced_by(ydelse, date(2025, 6, 30)) == (benefit(ydelse),)
    assert replaced_by(ydelse, date(2025, 7, 1)) == (benefit("kontanthjaelp_2025"),)
    assert ydelse in benefit("kontanthjaelp_2025").predecessors


def test_a_benefit_that_ended_without_successor_is_replaced_by_nothing() -> None:
    assert replaced_by("kontantydelse", date(2020, 1, 1)) == ()
    assert replaced_by("sho", date(2014, 1, 1)) == ()


def test_the_name_is_the_one_in_force_on_the_day() -> None:
    sho = benefit("sho")
    assert sho.name(date(2019, 12, 31)) == "integrationsydelse"
    assert sho.name(date(2020, 1, 1)) == "selvforsørgelses- og hjemrejseydelse samt overgangsydelse"


@pytest.mark.parametrize(("ydelse", "paa", "modtagere"), CASES["phrases_of_june_2020"])
def test_phrases_of_june_2020(ydelse: str, paa: str, modtagere: str) -> None:
    on = date(2020, 6, 1)
    assert benefit(ydelse).paa(on) == paa
    assert benefit(ydelse).modtagere(on) == modtagere


@pytest.mark.parametrize("one", ALL, ids=lambda b: b.id)
def test_every_benefit_has_every_phrase_in_every_year(one: Benefit) -> None:
    for year in YEARS:
        on = date(year, 6, 1)
        assert is_where(one.paa(on)) or one.id.startswith("nettoledige_")
        for title in (one.overskrift(on), one.tabeltitel(on)):
            assert title[0].isupper()
        for word in (one.name(on), one.forms_on(on).bestemt, one.modtagere(on)):
            assert word[0].islower()
            assert word == " ".join(word.split())


@pytest.mark.parametrize("one", ALL, ids=lambda b: b.id)
def test_the_definite_form_agrees_with_the_gender(one: Benefit) -> None:
    """Hovedord in -en, -et, -ene; 'den særlige', 'de øvrige' carry the article in front."""
    endings = {"en": "en", "et": "et", "flertal": "ene"}
    for forms in one.forms:
        noun = re.sub(r" (\(.+\)|mv\.|i øvrigt)$", "", forms.bestemt)
        in_front = forms.bestemt.startswith(("den ", "de ")) or " den " in forms.bestemt
        genitive = forms.bestemt.startswith(("jobcentrets ", "kommunens "))
        right = noun.endswith(endings[forms.koen])
        assert in_front or genitive or right


def test_tables_follow_the_reform_of_2025() -> None:
    assert benefit("kontanthjaelp").table_ids(date(2025, 6, 1)) == ("y36a02",)
    assert benefit("kontanthjaelp").table_ids(date(2025, 7, 1)) == ()
    assert benefit("kontanthjaelp_2025").table_ids(date(2021, 8, 1)) == ("y60a02",)
    assert benefit("kontanthjaelp_2025").table_ids(date(2021, 7, 31)) == ()


def test_figures_from_before_the_benefit_are_counted_back() -> None:
    merged = benefit("kontanthjaelp_2025")
    assert merged.is_counted_back(date(2025, 6, 1))
    assert not merged.is_counted_back(date(2025, 7, 1))
    assert not merged.is_counted_back(date(2019, 1, 1)), "no figures at all that early"
    assert not benefit("a_dagpenge").is_counted_back(date(2014, 1, 1))


def test_no_table_is_claimed_by_two_benefits() -> None:
    ids = [table.id for one in ALL for table in one.tables]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(("name", "on"), published_names())
def test_every_benefit_that_a_published_row_names_is_found(name: str, on: date) -> None:
    assert meant(name, on)


def test_every_published_table_title_of_rudersdal_is_found() -> None:
    expected = [
        "a_dagpenge", "kontanthjaelp", "sygedagpenge", "uddannelseshjaelp", "sho",
        "ressourceforloeb", "fleksjob", "ledighedsydelse", "foertidspension",
        "offentlig_forsoergelse", "kontanthjaelpsomraadet",
    ]  # fmt: skip
    for title, ydelse in zip(published_titles(), expected, strict=True):
        assert ydelse in meant(title, date(2020, 6, 1))


def test_every_id_of_the_published_mapping_is_known() -> None:
    text = files("beskplan").joinpath("data", "published", "mapping.yaml").read_text("utf-8")
    mapping = yaml.safe_load(text)
    named = {*mapping["row_heads"]["ydelse"].values()}
    named |= {
        how["fixed"]["ydelse"] for how in mapping["tables"].values() if "ydelse" in how["fixed"]
    }
    assert named - {"alle"} <= register().benefits.keys()


@pytest.mark.parametrize("one", ALL, ids=lambda b: b.id)
def test_a_name_finds_the_benefit_that_bears_it_on_the_day(one: Benefit) -> None:
    on = one.valid_from or one.valid_to or date(2019, 6, 1)
    found = meant(one.name(on), on)
    # A sum that consists of one benefit on the day carries that benefit's name.
    assert one.id in found or (one.is_composite and {*parts(one.id, on)} <= found)


def test_kontanthjaelp_needs_a_day() -> None:
    assert meant("Kontanthjælp", date(2025, 6, 30)) == {"kontanthjaelp"}
    assert meant("kontanthjælp", date(2025, 7, 1)) == {"kontanthjaelp_2025"}


@pytest.mark.parametrize("name", ["", "*", "I alt", "Folkepension"])
def test_a_name_of_no_benefit_names_none(name: str) -> None:
    assert not named_in(name)


def test_a_misspelt_id_brings_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as by_id:
        benefit("foertidspensjon")
    assert by_id.value.problems[0].fix == "mente du 'foertidspension'?"


def test_the_name_that_readers_see_brings_its_id_and_not_the_nearest_id() -> None:
    with pytest.raises(UnknownNameError) as by_name:
        benefit("passiv kontanthjælp")
    assert by_name.value.problems[0].fix == "mente du 'kontanthjaelp_passiv'?"


def test_the_sum_of_2019_and_2020_is_the_footnote_of_the_plan() -> None:
    assert list(parts("offentlig_forsoergelse", date(2019, 4, 1))) == FOOTNOTE_2019_2020
    assert list(parts("offentlig_forsoergelse", date(2020, 4, 1))) == FOOTNOTE_2019_2020


@pytest.mark.parametrize("year", [2014, 2017, 2021, 2027])
def test_the_sum_of_other_years_has_what_is_in_force(year: int) -> None:
    on = date(year, 6, 1)
    listed = parts("offentlig_forsoergelse", on)
    assert all(benefit(one).covers(on) for one in listed)
    # What only Danmarks Statistik counts so is no part of Jobindsats's sum.
    today = (one for one in benefits() if one.covers(on))
    jobindsats = {one.id for one in today if one.source != ("dst_of",)}
    in_force = jobindsats - {"efterloen", "barselsdagpenge"}
    assert set(listed) == in_force


def test_the_sum_of_2027_has_the_one_kontanthjaelp() -> None:
    listed = parts("offentlig_forsoergelse", date(2027, 6, 1))
    assert "kontanthjaelp_2025" in listed
    assert not {"kontanthjaelp", "uddannelseshjaelp", "sho"} & set(listed)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2013, 6, 1), ("kontanthjaelp",)),
        (date(2014, 6, 1), ("kontanthjaelp", "uddannelseshjaelp")),
        (date(2020, 5, 1), ("kontanthjaelp", "uddannelseshjaelp", "sho")),
        (date(2026, 5, 1), ("kontanthjaelp_2025",)),
    ],
)
def test_the_area_of_kontanthjaelp_by_year(day: date, expected: tuple[str, ...]) -> None:
    assert parts("kontanthjaelpsomraadet", day) == expected


def test_kontanthjaelp_with_integration_leaves_uddannelseshjaelp_out() -> None:
    assert parts("kontanthjaelp_og_integration", date(2015, 12, 31)) == ("kontanthjaelp", "sho")


def test_a_plain_benefit_consists_of_itself() -> None:
    assert parts("fleksjob", date(2020, 1, 1)) == ("fleksjob",)


def test_plain_benefits_and_composites_are_told_apart() -> None:
    assert not {b.id for b in benefits()} & {b.id for b in composites()}
    assert {b.id for b in (*benefits(), *composites())} == register().benefits.keys()


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
    assert "1. januar 2020" in note.note
    assert "integrationsloven" in note.note
    assert "ophold" in note.note
    assert "Lov nr. 174 af 27. februar 2019" in note.source


@pytest.mark.parametrize(("ydelse", "before", "now"), CASES["no_note_where_nothing_changed"])
def test_no_note_where_nothing_changed_between(ydelse: str, before: date, now: date) -> None:
    assert renaming_notes(ydelse, before, now) == ()


def test_the_reform_of_2025_is_told_and_counted_back_figures_with_it() -> None:
    (note,) = renaming_notes("kontanthjaelp_2025", date(2025, 6, 1), date(2026, 6, 30))
    assert "1. juli 2025" in note.note
    assert "opgørelse af de tre ydelser under ét" in note.note
    (sums,) = renaming_notes("kontanthjaelpsomraadet", date(2025, 6, 1), date(2026, 6, 30))
    assert "under ét" not in sums.note, "the sum of the three is not a counted-back figure"


def test_a_sum_does_not_tell_of_benefits_that_only_began_within_it() -> None:
    assert renaming_notes("offentlig_forsoergelse", date(2014, 1, 1), date(2017, 12, 31)) == ()
    (own,) = renaming_notes("jobafklaring", date(2014, 1, 1), date(2017, 12, 31))
    assert "1. juli 2014" in own.note


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


@pytest.mark.parametrize(("printed", "expected"), CASES["a_target_group_is_found_as_plans_print"])
def test_a_target_group_is_found_as_plans_print_it(printed: str, expected: str) -> None:
    assert target_group(printed).id == expected


@pytest.mark.parametrize("name", ["LAB 2.15 Andet", "Revalidender", "Sygemeldte"])
def test_an_unknown_or_undecided_target_group_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError):
        target_group(name)


def test_the_law_changes_its_numbers_in_2020() -> None:
    def numbers(on: date) -> list[str]:
        return [one.nr for one in target_groups() if one.nr and one.covers(on)]

    assert {number[:2] for number in numbers(date(2019, 12, 31))} == {"2."}
    assert numbers(date(2020, 1, 1)) == [f"6.{n}" for n in range(1, 12)]
    assert "2.14" not in numbers(date(2014, 6, 30))
