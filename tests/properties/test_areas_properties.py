"""Properties of areas and of targets."""

import re
import unicodedata
from contextlib import suppress
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from beskplan.core.danish import danish_key, genitive, slugify
from beskplan.core.errors import DataError, UnknownNameError
from beskplan.core.periods import month
from beskplan.indicators.followup import Measured, follow_up
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.targets import Point, level_after_pct, path_value
from beskplan.params.maal import Relativ
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


ORDER = {"behind": 0, "on_track": 1, "reached": 2}
counts = st.integers(min_value=3, max_value=100_000)
changes = st.integers(min_value=-90, max_value=90).filter(bool)


def target(change: int) -> Relativ:
    return Relativ.model_validate(
        {
            "id": "x",
            "hvad": "x",
            "tekst": "x",
            "slags": "relativ",
            "aendring_pct": change,
            "enhed": "personer",
            "udgangspunkt": {"periode": "2018M12"},
            "frist": "2019M12",
        }
    )


def known(value: int) -> Quantity:
    return Quantity(Decimal(value), 0, "personer")


WITHHELD = Quantity(None, 0, "personer", "withheld")


def status(change: int, baseline: Quantity, newest: Quantity) -> str:
    series = (Point(month(2018, 12), baseline), Point(month(2019, 6), newest))
    return follow_up(target(change), Measured(series, month(2019, 6), {}), 2019).status


@given(changes, counts, counts, counts)
def test_a_better_number_never_stands_worse(
    change: int, baseline: int, one: int, other: int
) -> None:
    low, high = sorted((one, other))
    worse, better = (high, low) if change < 0 else (low, high)
    stands = [ORDER[status(change, known(baseline), known(value))] for value in (worse, better)]
    assert stands[0] <= stands[1]


@given(changes, counts)
def test_what_is_withheld_is_never_judged(change: int, count: int) -> None:
    assert status(change, WITHHELD, known(count)) == "unknown"
    assert status(change, known(count), WITHHELD) == "unknown"


@given(changes, counts)
def test_a_change_always_asks_for_a_change(change: int, baseline: int) -> None:
    level = level_after_pct(known(baseline), Decimal(change))
    assert (level.printed > baseline) is (change > 0)
    assert level.printed != baseline


@given(changes, counts, st.integers(min_value=0, max_value=12))
def test_the_path_lies_between_baseline_and_level(change: int, baseline: int, ahead: int) -> None:
    start = Point(month(2018, 12), known(baseline))
    level = level_after_pct(start.quantity, Decimal(change))
    found = path_value(start, level, month(2019, 12), month(2018, 12).shift(ahead))
    assert found is not None
    low, high = sorted((Decimal(baseline), level.printed))
    assert low <= found.exact <= high
