"""Sort keys, slugs, genitives, long names and places: the Danish of the register."""

from __future__ import annotations

import pytest

from beskplan.core.errors import DataError
from beskplan.core.words import danish_key, genitive, slugify
from beskplan.registers.areas import area, areas, find, kommuner


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


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Rudersdal", "rudersdal"),
        ("Høje-Taastrup", "hoeje-taastrup"),
        ("Århus", "aarhus"),
        ("A\u030arhus", "aarhus"),
        ("Ærø", "aeroe"),
        ("Vest- og Sydsjælland", "vest-og-sydsjaelland"),
        ("  Café 2\u00a0", "cafe-2"),
    ],
)
def test_a_slug_is_plain_ascii(name: str, slug: str) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize("name", ["", " - ", "日本"])
def test_a_slug_is_never_empty(name: str) -> None:
    with pytest.raises(DataError):
        slugify(name)


@pytest.mark.parametrize(
    ("kode", "form"),
    [
        ("230", "Rudersdals"),
        ("259", "Køges"),
        ("751", "Aarhus'"),
        ("730", "Randers'"),
        ("420", "Assens'"),
        ("615", "Horsens'"),
        ("480", "Nordfyns"),
        ("820", "Vesthimmerlands"),
        ("084", "Region Hovedstadens"),
        ("000", "hele landets"),
    ],
)
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


@pytest.mark.parametrize(
    "long_name",
    [
        "Aarhus Kommune",
        "Faaborg-Midtfyn Kommune",
        "Fanø Kommune",
        "Frederiksberg Kommune",
        "Høje-Taastrup Kommune",
        "Læsø Kommune",
        "Lyngby-Taarbæk Kommune",
        "Morsø Kommune",
        "Nordfyns Kommune",
        "Samsø Kommune",
        "Vesthimmerlands Kommune",
        "Ærø Kommune",
    ],
)
def test_official_long_names(long_name: str) -> None:
    assert find(long_name, kind="kommune").lang_navn == long_name


@pytest.mark.parametrize(
    ("kode", "where"),
    [
        ("230", "i Rudersdal Kommune"),
        ("101", "i Københavns Kommune"),
        ("400", "på Bornholm"),
        ("825", "i Læsø Kommune"),
        ("000", "i hele landet"),
        ("oestdanmark", "i Østdanmark"),
        ("rar-hovedstaden", "i RAR Hovedstaden"),
        ("084", "i Region Hovedstaden"),
        ("jc-taarnby-dragoer", "i Tårnby og Dragør Kommuner"),
    ],
)
def test_where_something_happens(kode: str, where: str) -> None:
    assert area(kode).stedsform == where
