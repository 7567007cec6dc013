"""Long Danish words are divided where a reader would divide them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.charts.lettering import split_word
from beskplan.registers.benefits import benefits
from beskplan.registers.groups import groups, target_groups

LONG = 14
"""Letters that a label beside a line has room for on a phone, about."""
HEADS = (
    "afklarings", "aktivitets", "arbejds", "arbejdsløs", "arbejdsløsheds", "arbejdsmarkeds",
    "barsels", "barselsdagpenge", "efterløns", "fleksjob", "forrevalide", "førtids",
    "hjemrejse", "hjælps", "integrations", "job", "jobafklarings", "kontant", "kontanthjælps",
    "ledigheds", "markeds", "overgangs", "ressource", "selv", "sygedagpenge", "uddannelses",
    "opkvalifice", "revaliderings", "ydelses", "heds", "langtids", "uddannelseshjælps",
)  # fmt: skip
"""What may stand before a hyphen."""


def at_most(letters: int) -> Callable[[str], bool]:
    return lambda part: len(part) <= letters


def long_names() -> list[str]:
    names = [form.name for one in benefits() for form in one.forms]
    names += [group.label for group in target_groups()]
    names += [str(name) for group in groups() for name in (group.model_dump().get("navn"),) if name]
    words = {word for name in names for word in re.findall(r"\w+", name)}
    return sorted(word for word in words if len(word) > LONG)


def test_the_registers_have_long_names() -> None:
    assert len(long_names()) >= 10


@pytest.mark.parametrize("word", long_names())
def test_every_long_name_of_the_registers_is_divided_between_its_words(word: str) -> None:
    *heads, last = split_word(word, at_most(LONG))
    assert {head.removesuffix("-").casefold() for head in heads} <= set(HEADS)
    assert len(last) >= 3


@pytest.mark.parametrize(
    ("word", "letters", "parts"),
    [
        ("jobafklaringsforløb", 15, ["jobafklarings-", "forløb"]),
        ("jobafklaringsforløb", 11, ["job-", "afklarings-", "forløb"]),
        ("ressourceforløb", 14, ["ressource-", "forløb"]),
        ("barselsdagpenge", 12, ["barsels-", "dagpenge"]),
        ("kontanthjælpsområdet", 16, ["kontanthjælps-", "området"]),
        ("Vesthimmerlands", 12, ["Vesthimmer-", "lands"]),
        ("Mariagerfjord", 10, ["Mariager-", "fjord"]),
        ("Frederikshavn", 11, ["Frederiks-", "havn"]),
        ("xxxxxx", 4, ["xxx-", "xxx"]),
        ("A-kasse", 9, ["A-kasse"]),
    ],
)
def test_a_word_is_divided_as_late_as_may_be(word: str, letters: int, parts: list[str]) -> None:
    assert split_word(word, at_most(letters)) == parts


@given(st.text(alphabet="abcdefgæøå", min_size=1, max_size=40), st.integers(2, 20))
def test_every_part_fits_and_no_letter_is_lost(word: str, letters: int) -> None:
    parts = split_word(word, at_most(letters))
    assert all(len(part) <= letters for part in parts)
    assert "".join(part.removesuffix("-") for part in parts) == word
