"""Words for how large and how many: each begins and ends exactly where docs/ordvalg.md says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from beskplan.blocks.text import language, one_benefit
from beskplan.blocks.text.all_benefits import share_words
from beskplan.blocks.text.language import UnitNoun, amount, counted_amount, with_examples
from beskplan.core.numbers import format_number
from tests.unit.sentence_samples import HOVEDSTADEN, RUDERSDAL, movement, quantity


@pytest.mark.parametrize(
    ("change", "pct", "nearly"), [(-4, -1, True), (-5, -1, False), (4, 2, False), (0, 0, True)]
)
def test_nearly_unchanged_needs_both_a_small_per_cent_and_few_persons(
    change: int, pct: int, nearly: bool
) -> None:
    assert one_benefit.is_nearly_unchanged(Decimal(change), Decimal(pct)) is nearly


@pytest.mark.parametrize(
    ("own", "other", "words"),
    [
        ("1.5", "1.5", "på niveau med"),
        ("1.4", "1.5", "en anelse lavere end"),
        ("1.6", "1.5", "en anelse højere end"),
        ("0.5", "0.4", "højere end"),
        ("6.2", "6.5", "lavere end"),
    ],
)
def test_shares_differ_by_a_shade_in_points_and_in_proportion(
    own: str, other: str, words: str
) -> None:
    assert share_words(quantity(own, 1, "pct."), quantity(other, 1, "pct.")) == words


@pytest.mark.parametrize(
    ("own", "other", "kind"),
    [
        ((1000, 1100), (1000, 1090), "in_step"),
        ((1000, 1110), (1000, 1090), "larger"),
        ((1000, 1070), (1000, 1090), "smaller"),
        ((1000, 1100), (1000, 990), "opposite"),
        ((1000, 1100), (10000, 10010), "flat"),
        ((1000, 1100), (19, 25), "unknown"),
    ],
)
def test_two_changes_stand_to_each_other(
    own: tuple[int, int], other: tuple[int, int], kind: str
) -> None:
    mine, its = movement(RUDERSDAL, *own), movement(HOVEDSTADEN, *other)
    assert one_benefit.relation(mine, its) == kind


@pytest.mark.parametrize(
    ("count", "total", "word"),
    [
        (26, 26, "alle 26 jobcentre"),
        (1, 1, "det ene jobcenter"),
        (25, 26, "næsten alle jobcentre (25 af 26)"),
        (23, 26, "de fleste jobcentre (23 af 26)"),
        (17, 26, "omtrent to tredjedele af jobcentrene (17 af 26)"),
        (14, 26, "godt halvdelen af jobcentrene (14 af 26)"),
        (13, 26, "halvdelen af jobcentrene (13 af 26)"),
        (11, 26, "knap halvdelen af jobcentrene (11 af 26)"),
        (9, 26, "omtrent en tredjedel af jobcentrene (9 af 26)"),
        (7, 26, "omtrent en fjerdedel af jobcentrene (7 af 26)"),
        (4, 26, "nogle jobcentre (4 af 26)"),
        (3, 26, "enkelte jobcentre (3 af 26)"),
        (1, 26, "kun ét jobcenter (1 af 26)"),
        (0, 26, "ingen af de 26 jobcentre"),
        (0, 1, "ingen jobcentre"),
    ],
)
def test_a_quantity_word_begins_and_ends_at_its_threshold(
    count: int, total: int, word: str
) -> None:
    assert counted_amount(count, total, UnitNoun("ét jobcenter", "jobcentre")) == word


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_more_than_all_or_fewer_than_none_are_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="of"):
        amount(count, total)


def test_examples_stand_in_brackets() -> None:
    assert with_examples(["Herlev", "Hørsholm"]) == " (fx Herlev og Hørsholm)"
    assert with_examples([]) == ""


DOCUMENTED = {
    "næsten uændret": (one_benefit.NEARLY_BELOW_PCT, one_benefit.NEARLY_BELOW_COUNT),
    "(ingen pct.)": (Decimal(one_benefit.SMALL_BASE),),
    "på linje med": (one_benefit.IN_STEP_PCTPOINT,),
    "en anelse højere, en anelse lavere": (
        one_benefit.SHADE_PCTPOINT,
        100 * one_benefit.SHADE_PART,
    ),
    "som": (one_benefit.IN_STEP_PCTPOINT,),
    "bedre": (one_benefit.IN_STEP_PCTPOINT,),
    "ringere": (one_benefit.IN_STEP_PCTPOINT,),
    "for få": (Decimal(one_benefit.SMALL_BASE),),
    "(områderne nævnes alligevel)": (one_benefit.NEWS_FROM_PCT,),
    **{name: tuple(100 * end for end in ends) for name, ends in language.AMOUNTS.items()},
}
"""The numbers that stand in the tables of docs/ordvalg.md, by the words of the row."""


@pytest.mark.parametrize("words", DOCUMENTED)
def test_the_page_for_readers_gives_the_thresholds_of_the_code(words: str, root: Path) -> None:
    lines = (root / "docs" / "ordvalg.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    last = {row[0]: row[-1] for row in cells}[words]
    numbers = [word for word in last.split() if word[0].isdigit()]
    assert numbers == [_danish(value) for value in DOCUMENTED[words]]


def _danish(value: Decimal) -> str:
    plain = value.normalize()
    return format_number(plain, max(0, -int(plain.as_tuple().exponent)))
