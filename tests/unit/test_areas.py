"""The register of areas: codes, names as people write them, and where each entry is from."""

import csv
from datetime import date
from pathlib import Path

import pytest

from beskplan.core.danish import danish_key, genitive, slugify
from beskplan.core.errors import DataError, UnknownNameError
from beskplan.registers.areas import (
    area,
    areas,
    ended_note,
    find,
    in_force,
    joint_jobcentre,
    kommuner,
    regional_council,
)
from tests.conftest import cases

CASES = cases("areas")

IN_2021 = date(2021, 1, 1)
IN_2026 = date(2026, 1, 1)


@pytest.mark.parametrize(("kind", "count"), CASES["each_kind_has_its_number_of_areas"])
def test_each_kind_has_its_number_of_areas(kind: str, count: int) -> None:
    assert len([one for one in areas() if one.kind == kind]) == count


@pytest.mark.parametrize("kind", ["region", "rar", "landsdel", "oestvest", "land"])
@pytest.mark.parametrize("on", [date(2024, 12, 31), date(2026, 12, 31), date(2027, 1, 1)])
def test_every_municipality_is_in_exactly_one_area_of_each_division(kind: str, on: date) -> None:
    those = [one for one in areas(on=on) if one.kind == kind]
    parts = [kode for one in those for kode in one.parts]
    every = [] if kind == "rar" and on.year > 2024 else [one.kode for one in kommuner()]
    assert sorted(parts) == sorted(every)


@pytest.mark.parametrize(("kode", "count"), CASES["an_area_has_its_number_of_municipalities"])
def test_an_area_has_its_number_of_municipalities(kode: str, count: int) -> None:
    assert len(area(kode).parts) == count


def test_oestdanmark_is_the_three_eastern_rar() -> None:
    eastern = [area(f"rar-{name}") for name in ("hovedstaden", "sjaelland", "bornholm")]
    assert set(area("oestdanmark").parts) == {kode for one in eastern for kode in one.parts}


def test_rar_hovedstaden_is_the_region_without_bornholm() -> None:
    assert set(area("084").parts) - set(area("rar-hovedstaden").parts) == {"400"}


def test_a_municipality_lies_in_the_areas_that_count_it() -> None:
    for one in kommuner():
        for kode in (one.region, one.landsdel, one.rar, one.oestvest):
            assert one.kode in area(kode).parts, (one.navn, kode)


def test_codes_of_statbank_are_three_digits_with_their_zeros() -> None:
    # What the code of Region Østdanmark will be is not known: a word stands in for it.
    official = [one.kode for one in areas(on=IN_2026) if one.kind in ("land", "region", "kommune")]
    assert all(len(kode) == 3 and kode.isdecimal() for kode in official)
    assert area("084").navn == "Region Hovedstaden"
    with pytest.raises(UnknownNameError) as caught:
        area("84")
    assert caught.value.problems[0].fix == "mente du '084'?"


def test_a_wrong_number_gets_no_other_place_suggested() -> None:
    with pytest.raises(UnknownNameError) as wrong_number:
        area("231")
    assert wrong_number.value.problems[0].fix == ""
    with pytest.raises(UnknownNameError) as wrong_word:
        area("rar-hovedstad")
    assert wrong_word.value.problems[0].fix == "mente du 'rar-hovedstaden'?"


def test_every_slug_is_unique_and_leads_back() -> None:
    slugs = [one.slug for one in areas()]
    assert len(set(slugs)) == len(slugs)
    assert all(find(one.slug) is one for one in areas())


def test_every_name_and_code_leads_back() -> None:
    for one in areas():
        for name in (one.kode, one.navn, one.lang_navn, one.navn.upper(), *one.aliases):
            assert find(name) is one, name


def test_municipalities_come_in_danish_order() -> None:
    names = [one.navn for one in kommuner()]
    assert names[:3] == ["Albertslund", "Allerød", "Assens"]
    assert names[-4:] == ["Ærø", "Aabenraa", "Aalborg", "Aarhus"]
    assert names.index("Furesø") + 1 == names.index("Faaborg-Midtfyn")


@pytest.mark.parametrize(("name", "kode"), CASES["names_of_the_sources_are_known"])
def test_names_of_the_sources_are_known(name: str, kode: str) -> None:
    assert find(name).kode == kode


def test_a_misspelt_municipality_is_told_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        find("Koldig", kind="kommune", where="params/kolding/2027.yaml: kommune")
    (problem,) = caught.value.problems
    assert problem.where == "params/kolding/2027.yaml: kommune"
    assert problem.what == "kommunen findes ikke"
    assert problem.found == "'Koldig'"
    assert problem.expected == "et af de 98 navne i `beskplan list kommuner`"
    assert problem.fix == "mente du 'Kolding'?"


@pytest.mark.parametrize("name", ["Atlantis", "231", "", "---", "Sjælland Nord", "Bornholm Øst"])
def test_what_is_no_area_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError):
        find(name)


def test_the_wrong_kind_is_refused_with_the_right_one_named() -> None:
    with pytest.raises(UnknownNameError) as caught:
        find("Bornholm", kind="rar")
    assert caught.value.problems[0].fix == "mente du 'RAR Bornholm'?"
    assert find("RAR Bornholm", kind="rar").parts == ("400",)


def test_a_rar_ends_with_2024_and_names_its_successor() -> None:
    fyn = find("RAR Fyn")
    days = (date(2014, 12, 31), date(2015, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    assert [fyn.is_valid(day) for day in days] == [False, True, True, False]
    assert [area(kode).navn for kode in fyn.successors] == ["Region Syddanmark"]


def test_a_rar_lies_within_its_successor() -> None:
    for rar in areas("rar"):
        (region,) = rar.successors
        assert set(rar.parts) <= set(area(region).parts), rar.navn


def test_areas_on_a_day_leave_out_what_has_ended() -> None:
    assert len(areas("rar", on=IN_2021)) == 8
    assert areas("rar", on=IN_2026) == ()
    assert len(areas("kommune", on=IN_2026)) == 98


def test_the_council_is_the_rar_to_2024_and_the_region_after() -> None:
    assert regional_council("Rudersdal", date(2024, 12, 31)).kode == "rar-hovedstaden"
    after = regional_council("Rudersdal", date(2025, 1, 1))
    assert after.kode == "084"
    assert after.raad == "Det Regionale Beskæftigelsesråd for Region Hovedstaden"


def test_every_municipality_has_one_council_before_and_after_2025() -> None:
    before = {regional_council(one, IN_2021).kode for one in kommuner()}
    after = {regional_council(one, IN_2026).kode for one in kommuner()}
    assert (len(before), len(after)) == (8, 5)


@pytest.mark.parametrize(
    ("on", "council", "regions"),
    [(date(2026, 12, 31), "084", 5), (date(2027, 1, 1), "region-oestdanmark", 4)],
)
def test_two_regions_are_one_from_2027(on: date, council: str, regions: int) -> None:
    assert regional_council("Rudersdal", on).kode == council
    assert regional_council("Odense", on).kode == "083"
    assert len(areas("region", on=on)) == regions
    assert {in_force(area(kode), on).kode for kode in ("084", "085")} == (
        {"region-oestdanmark"} if regions == 4 else {"084", "085"}
    )


def test_region_oestdanmark_is_not_the_half_of_the_country() -> None:
    region, half = find("Region Østdanmark"), find("Østdanmark")
    assert (region.kind, half.kind) == ("region", "oestvest")
    assert set(region.parts) == set(half.parts)
    assert find("Region of Eastern Denmark") == find("region-oestdanmark") == region
    assert ended_note(area("085")) == (
        "Region Sjælland ophørte 31. december 2026 og er afløst af Region Østdanmark."
    )


def test_there_is_no_council_before_2015() -> None:
    with pytest.raises(UnknownNameError) as caught:
        regional_council(area("230"), date(2014, 12, 31))
    assert caught.value.problems[0].expected == "en dag fra 2015-01-01"


def test_only_a_municipality_has_a_council() -> None:
    with pytest.raises(UnknownNameError):
        regional_council(area("084"), IN_2021)


def test_east_and_west_part_at_the_great_belt() -> None:
    halves = {name: area(find(name).oestvest).navn for name in ("Slagelse", "Bornholm", "Nyborg")}
    assert list(halves.values()) == ["Østdanmark", "Østdanmark", "Vestdanmark"]


def test_a_joint_jobcentre_has_two_municipalities_and_both_find_it() -> None:
    for centre in areas("jobcenter"):
        assert len(centre.parts) == 2
        assert all(joint_jobcentre(kode) is centre for kode in centre.parts)
        assert all(area(kode).navn in centre.navn for kode in centre.parts)


def test_ishoej_and_vallensbaek_part_in_2022() -> None:
    assert joint_jobcentre("Ishøj", on=date(2021, 12, 31)) is find("Ishøj-Vallensbæk")
    assert joint_jobcentre("Ishøj", on=date(2022, 1, 1)) is None
    assert joint_jobcentre("Tårnby", on=IN_2026) is find("Tårnby-Dragør")


def test_most_municipalities_share_no_jobcentre() -> None:
    assert joint_jobcentre("Rudersdal") is None


def test_aa_sorts_as_aring_at_the_front_and_inside() -> None:
    names = ["Aalborg", "Ærø", "Faaborg", "Fyn", "Høje-Taastrup", "Hørsholm", "Øster", "Åbenrå"]
    assert sorted(names, key=danish_key) == [
        "Fyn",
        "Faaborg",
        "Høje-Taastrup",
        "Hørsholm",
        "Ærø",
        "Øster",
        "Åbenrå",
        "Aalborg",
    ]
    assert sorted(names) != sorted(names, key=danish_key)


def test_letter_case_does_not_change_the_order() -> None:
    assert sorted(["b", "C", "a", "AARHUS", "å"], key=danish_key)[:3] == ["a", "b", "C"]


@pytest.mark.parametrize(("name", "slug"), CASES["a_slug_is_plain_ascii"])
def test_a_slug_is_plain_ascii(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize("name", ["", " - ", "日本"])
def test_a_slug_is_never_empty(name: str) -> None:
    with pytest.raises(DataError):
        slugify(name)


@pytest.mark.parametrize(("kode", "form"), CASES["the_genitive_of_an_area"])
def test_the_genitive_of_an_area(kode: str, form: str) -> None:
    assert area(kode).genitiv == form


@pytest.mark.parametrize(("name", "form"), [("Felix", "Felix'"), ("Schwarz", "Schwarz'")])
def test_x_and_z_take_the_apostrophe_too(name: str, form: str) -> None:
    assert genitive(name) == form


def test_no_genitive_has_s_and_apostrophe_or_two_s_at_the_end() -> None:
    for one in areas():
        assert not one.genitiv.endswith(("s's", "'s", "ss"))
        assert one.genitiv.endswith(("s", "'"))


def test_only_two_long_names_are_not_the_name_and_kommune() -> None:
    others = {
        one.navn: one.lang_navn for one in kommuner() if one.lang_navn != f"{one.navn} Kommune"
    }
    assert others == {"København": "Københavns Kommune", "Bornholm": "Bornholms Regionskommune"}


@pytest.mark.parametrize("long_name", CASES["official_long_names"])
def test_official_long_names(long_name: str) -> None:
    assert find(long_name, kind="kommune").lang_navn == long_name


@pytest.mark.parametrize(("kode", "where"), CASES["where_something_happens"])
def test_where_something_happens(kode: str, where: str) -> None:
    assert area(kode).stedsform == where


@pytest.mark.shared
def test_codes_names_and_divisions_agree_with_the_checked_list(shared: Path) -> None:
    with (shared / "data/kommuner/kommuner.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    ours = [
        {
            "kode": one.kode,
            "navn": one.navn,
            "regionskode": one.region,
            "region": area(one.region).navn,
            "landsdel": area(one.landsdel).navn.removeprefix("Landsdel "),
            "rar": area(one.rar).navn,
            "oest_vest": area(one.oestvest).navn,
        }
        for one in sorted(kommuner(), key=lambda one: one.kode)
    ]
    assert ours == sorted(listed, key=lambda row: row["kode"])


def _names(path: Path, column: str, delimiter: str = ",") -> set[str]:
    with path.open(encoding="utf-8-sig") as file:
        return {row[column] for row in csv.DictReader(file, delimiter=delimiter)}


@pytest.mark.shared
def test_every_area_of_the_published_tables_is_known(shared: Path) -> None:
    published = shared / "published"
    tables = [
        *published.glob("tables/004_T*.csv"),
        *(published / f"tables/002_T{number}.csv" for number in (2, 3)),
    ]
    names = {name for path in tables for name in _names(path, "row")}
    names |= _names(published / "targets.csv", "municipality")
    assert len(tables) == 13
    assert {"Rudersdal", "Østdanmark", "Tårnby-Drager", "Tårnby (og Dragør)"} <= names
    assert {name for name in names if find(name).kind == "rest"} == set()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "column", "delimiter", "count"), CASES["every_area_of_the_real_data_is"]
)
def test_every_area_of_the_real_data_is_known_and_another(
    shared: Path, file: str, column: str, delimiter: str, count: int
) -> None:
    names = _names(shared / "data" / file, column, delimiter)
    assert len({find(name).kode for name in names}) == len(names) == count
