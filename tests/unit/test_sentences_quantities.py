"""Words for how many: each begins and ends where docs/ordvalg.md says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.text import language as quantity_words
from beskplan.blocks.text.language import amount, counted_amount, with_examples


@pytest.mark.parametrize(
    ("count", "total", "word"),
    [
        (26, 26, "alle"),
        (1, 1, "alle"),
        (25, 26, "næsten alle"),
        (9, 10, "næsten alle"),
        (23, 26, "de fleste"),
        (14, 26, "de fleste"),
        (13, 26, "en del"),
        (7, 26, "en del"),
        (6, 26, "nogle"),
        (4, 26, "nogle"),
        (3, 26, "enkelte"),
        (3, 8, "enkelte"),
        (2, 3, "de fleste"),
        (1, 26, "kun ét"),
        (0, 26, "ingen"),
    ],
)
def test_a_word_begins_and_ends_at_its_threshold(count: int, total: int, word: str) -> None:
    assert amount(count, total) == word


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_more_than_all_or_fewer_than_none_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="of"):
        amount(count, total)


@given(st.integers(1, 98), st.data())
def test_the_count_stands_beside_the_word(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total))
    said = counted_amount(count, total, "jobcenter", "jobcentre")
    assert 0 < count < total or str(total) in said or total == 1
    if 0 < count < total:
        assert said.endswith(f"({count} af {total})")


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [
        (0, 26, "ingen af de 26 jobcentre"),
        (26, 26, "alle 26 jobcentre"),
        (0, 1, "ingen jobcentre"),
        (1, 1, "det ene jobcenter"),
    ],
)
def test_none_and_all_are_said_of_one_and_of_many(count: int, total: int, said: str) -> None:
    assert counted_amount(count, total, "jobcenter", "jobcentre") == said


def test_examples_stand_in_brackets() -> None:
    assert with_examples(["Herlev", "Hørsholm"]) == " (fx Herlev og Hørsholm)"
    assert with_examples([]) == ""


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("næsten alle", 100 * quantity_words.NEARLY_ALL_FROM),
        ("de fleste", 100 * quantity_words.MOST_ABOVE),
        ("en del", 100 * quantity_words.MANY_FROM),
        ("nogle", Decimal(quantity_words.SOME_FROM)),
        ("enkelte", Decimal(quantity_words.SOME_FROM)),
    ],
)
def test_the_page_for_readers_gives_the_thresholds_of_the_code(
    word: str, value: Decimal, root: Path
) -> None:
    page = (root / "docs" / "ordvalg.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| {word} |"))
    assert f" {value.normalize():f}" in row.rsplit("|", 2)[1]
