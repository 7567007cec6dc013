"""Names, slugs and sort keys for any input."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.errors import DataError, UnknownNameError
from beskplan.core.words import danish_key, genitive, slugify
from beskplan.registers.areas import Area, areas, find

ANY_AREA = st.sampled_from(areas())
ANY_NAME = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30)
SPELLINGS = st.sampled_from(
    [("å", "aa"), ("Å", "Aa"), ("aa", "å"), ("Aa", "Å"), ("ø", "oe"), ("æ", "ae"), ("-", " ")]
)


@given(ANY_NAME)
def test_a_slug_is_ascii_and_its_own_slug(name: str) -> None:
    try:
        slug = slugify(name)
    except DataError:
        return
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert slugify(slug) == slug


@given(ANY_NAME)
def test_composed_and_decomposed_letters_have_one_slug_and_one_place(name: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert danish_key(composed) == danish_key(decomposed)
    try:
        assert slugify(composed) == slugify(decomposed)
    except DataError:
        return


@given(st.permutations([one.navn for one in areas()]))
def test_the_order_does_not_depend_on_the_input_order(names: list[str]) -> None:
    assert sorted(names, key=danish_key) == [one.navn for one in areas()]


@given(ANY_AREA, st.lists(SPELLINGS, max_size=3), st.sampled_from([str, str.upper, str.lower]))
def test_an_area_is_found_in_any_spelling(
    one: Area, spellings: list[tuple[str, str]], case: type[str]
) -> None:
    name = one.lang_navn
    for old, new in spellings:
        name = name.replace(old, new)
    assert find(f" {case(name)} ") is one


@given(ANY_NAME)
def test_find_answers_with_an_area_or_refuses_in_one_way(name: str) -> None:
    with suppress(UnknownNameError):
        assert find(name) in areas()


@given(ANY_NAME.filter(bool))
def test_a_genitive_only_adds_to_the_name(name: str) -> None:
    assert genitive(name) in (f"{name}s", f"{name}'")
