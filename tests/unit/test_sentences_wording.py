"""Comparison words begin and end exactly where docs/ordvalg.md says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from beskplan.blocks.text import wording
from beskplan.blocks.text.wording import Times, has_moved_apart, times
from beskplan.core.numbers import format_number


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        ("0.44", "mindre end halvt så stor som"),
        ("0.45", "omtrent halvt så stor som"),
        ("0.55", "omtrent halvt så stor som"),
        ("0.56", None),
        ("1", None),
        ("1.79", None),
        ("1.8", "omtrent dobbelt så stor som"),
        ("2", "omtrent dobbelt så stor som"),
        ("2.01", "mere end dobbelt så stor som"),
        ("2.69", "mere end dobbelt så stor som"),
        ("2.7", "omtrent tre gange så stor som"),
        ("3.3", "omtrent tre gange så stor som"),
        ("3.31", "mere end tre gange så stor som"),
        ("10.4", "omtrent ti gange så stor som"),
        ("10.9", "mere end ti gange så stor som"),
        ("40", "mere end ti gange så stor som"),
    ],
)
def test_a_ratio_has_its_words(ratio: str, words: str | None) -> None:
    said = times((d(ratio),))
    assert (said.text("stor") if said else None) == words


def test_a_ratio_must_hold_of_the_printed_and_the_unrounded_numbers() -> None:
    # 13 pct. against 3 pct. prints as 4.3; unrounded it is 13.16 against 2.61, which is 5.04.
    assert times((d("4.33"), d("5.04"))) == Times("more_than", 4)
    assert times((d("1.81"), d("1.76"))) is None
    assert times((d("0.44"), d("0.46"))) is None
    assert times((d("0.5"), d("0.46"))) == Times("half")


def test_nearly_unchanged_needs_both_a_small_per_cent_and_few_persons() -> None:
    assert wording.is_nearly_unchanged(d("-4"), d("-1"))
    assert not wording.is_nearly_unchanged(d("-5"), d("-1"))
    assert not wording.is_nearly_unchanged(d("4"), d("2"))


@pytest.mark.parametrize(
    ("change", "pct", "neuter", "adjective"),
    [
        ("19", "90", False, ""),
        ("500", "9", False, ""),
        ("20", "10", False, "markant"),
        ("-20", "-10", True, "markant"),
        ("49", "80", False, "markant"),
        ("50", "25", False, "kraftig"),
        ("-50", "-25", True, "kraftigt"),
    ],
)
def test_adjectives_of_size_stand_above_their_thresholds_only(
    change: str, pct: str, neuter: bool, adjective: str
) -> None:
    assert wording.size_adjective(d(change), d(pct), neuter=neuter) == adjective


def test_shares_differ_by_a_shade_in_points_and_in_proportion() -> None:
    assert wording.is_shade(d("1.4"), d("1.5"))
    assert not wording.is_shade(d("0.5"), d("0.4")), "a quarter more is no shade"
    assert not wording.is_shade(d("6.2"), d("6.5")), "0,3 procentpoint is no shade"


def test_changes_are_in_step_up_to_one_point_apart() -> None:
    assert wording.is_in_step(d("10"), d("9"))
    assert not wording.is_in_step(d("10.1"), d("9"))


def test_a_trend_is_told_only_where_the_data_carry_it() -> None:
    # fleksjob in Rudersdal and RAR Hovedstaden 2019-2020: 1,4 against 1,5 pct.
    closer = {"now": (d("1.4"), d("1.5")), "growth": (d("1.137"), d("1.053")), "decimals": 1}
    assert has_moved_apart(**closer) == "closer"  # type: ignore[arg-type]
    # førtidspension: 3,8 against 5,0 pct., the larger share grows faster
    assert (
        has_moved_apart(now=(d("3.8"), d("5")), growth=(d("1.024"), d("1.077")), decimals=1)
        == "away"
    )


@pytest.mark.parametrize(
    ("now", "growth", "why"),
    [
        (("1.8", "2.2"), ("1.089", "1.094"), "the gap hardly moved"),
        (("2.7", "4.4"), ("1.54", "1.46"), "the gap grew while the ratio shrank"),
        (("0.6", "1.0"), ("1.105", "1.147"), "last year's gap rounds to today's"),
        (("3.0", "2.9"), ("1.3", "1.0"), "one has passed the other"),
        (("1.0", "0.0"), ("1.1", "1.2"), "a share of nothing"),
    ],
)
def test_no_trend_is_told_where(now: tuple[str, str], growth: tuple[str, str], why: str) -> None:
    said = has_moved_apart(
        now=(d(now[0]), d(now[1])), growth=(d(growth[0]), d(growth[1])), decimals=1
    )
    assert said is None, why


DOCUMENTED = {
    "næsten uændret": (wording.NEARLY_BELOW_PCT, wording.NEARLY_BELOW_COUNT),
    "markant": (wording.MARKED_PCT, wording.MARKED_COUNT),
    "kraftig": (wording.STRONG_PCT, wording.STRONG_COUNT),
    "(ingen pct.)": (d(str(wording.SMALL_BASE)),),
    "på linje med": (wording.IN_STEP_PCTPOINT,),
    "13 procentpoint større end": (wording.GAP_FROM_PCTPOINT,),
    "mindre end halvt så stor": (wording.HALF_FROM,),
    "omtrent halvt så stor": (wording.HALF_FROM, wording.HALF_TO),
    "omtrent dobbelt så stor": (2 * (1 - wording.AROUND), d("2")),
    "omtrent tre gange så stor (og flere)": (100 * wording.AROUND,),
    "mere end tre gange så stor (og flere)": (d(str(wording.MOST_TIMES)),),
    "en anelse højere, en anelse lavere": (wording.SHADE_PCTPOINT, 100 * wording.SHADE_PART),
    "afstanden er blevet mindre, større": (wording.TREND_PCTPOINT,),
}
"""The numbers that stand in the table of docs/ordvalg.md, by the words of the row."""


@pytest.mark.parametrize("words", DOCUMENTED)
def test_the_page_for_readers_gives_the_thresholds_of_the_code(words: str, root: Path) -> None:
    rows = _rows(root)
    assert _numbers(rows[words]) == [_danish(value) for value in DOCUMENTED[words]]


def test_the_page_for_readers_gives_the_thresholds_that_stand_in_prose(root: Path) -> None:
    page = " ".join((root / "docs" / "ordvalg.md").read_text(encoding="utf-8").split())
    assert f"begge ændringer er på mindst {_danish(wording.RATIO_FROM_PCT)} pct." in page
    assert f"andele er på mindst {_danish(wording.RATIO_FROM_SHARE)} pct." in page
    assert f"en forskel på {_danish(100 * wording.TREND_SLIP)} pct. i arbejdsstyrkens" in page


def _rows(root: Path) -> dict[str, str]:
    """Last cell of each table row by its first."""
    lines = (root / "docs" / "ordvalg.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return {row[0]: row[-1] for row in cells}


def _numbers(text: str) -> list[str]:
    return [word for word in text.split() if word[0].isdigit()]


def _danish(value: Decimal) -> str:
    plain = value.normalize()
    return format_number(plain, max(0, -int(plain.as_tuple().exponent)))
