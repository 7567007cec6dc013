"""Charts: one draw, axes, joints and style."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.charts import canvas
from beskplan.blocks.charts.axis import moment, time_ticks, value_axis
from beskplan.blocks.charts.canvas import (
    GROUND,
    NARROW_WIDTH,
    PALETTE,
    WIDTH,
    drawing,
    split_word,
    text_width,
    theme,
    wrap,
)
from beskplan.blocks.charts.line_chart import spread
from beskplan.blocks.charts.rows import Bar, DotRow, dots, ranking
from beskplan.core.colours import contrast
from beskplan.core.periods import Period, month, periods_between, quarter, year_
from beskplan.registers.benefits import benefits
from beskplan.registers.indicators import groups, target_groups
from tests.conftest import cases

CASES = cases("charts_drawing")

BARS = [Bar("RAR Hovedstaden", Decimal(46)), Bar("Rudersdal", Decimal(54), emphasis=True)]
CHARTS = {
    "ranking": partial(ranking, BARS),
    "dots": partial(dots, ["Rudersdal"], [DotRow("A-dagpenge", (Decimal(54),))]),
}


def width_of(svg: str) -> float:
    found = re.match(r'<svg [^>]*width="([\d.]+)"', svg)
    assert found
    return float(found[1])


@pytest.mark.parametrize("name", CHARTS)
def test_a_drawing_has_both_widths(name: str) -> None:
    both = drawing(CHARTS[name])
    assert (width_of(both.wide), width_of(both.narrow)) == (WIDTH, NARROW_WIDTH)


D = Decimal


@pytest.mark.parametrize(("values", "decimals", "labels"), CASES["ticks_of_values"])
def test_ticks_of_values(values: list[object], decimals: int, labels: list[str]) -> None:
    numbers = [D(str(value)) for value in values]
    axis = value_axis(numbers, decimals=decimals)
    assert list(axis.labels()) == labels


@given(st.lists(st.decimals(-(10**6), 10**6, allow_nan=False, places=1), min_size=1, max_size=9))
def test_every_value_lies_on_its_axis(values: list[Decimal]) -> None:
    axis = value_axis(values, decimals=1)
    assert axis.low <= float(min(values)) <= float(max(values)) <= axis.high
    assert 2 <= len(axis.ticks) <= 8
    assert len(set(axis.labels())) == len(axis.ticks)


def texts(periods: list[Period], width: float = 600) -> list[str]:
    first, last = moment(periods[0]), moment(periods[-1])
    ticks = time_ticks(
        periods,
        lambda at: 30 + (at - first) / max(last - first, 1) * (width - 60),
        size=12,
        left=0,
        right=width,
    )
    return [tick.text for tick in ticks]


@pytest.mark.parametrize(("first", "last", "width", "expected"), CASES["ticks_of_time"])
def test_ticks_of_time(first: str, last: str, width: float, expected: list[str]) -> None:
    periods = periods_between(Period.parse(first), Period.parse(last))
    assert texts(periods, width) == expected


def test_moments_keep_the_distance_in_time() -> None:
    assert moment(month(2020, 1)) - moment(month(2019, 10)) == 3
    assert moment(quarter(2020, 1)) - moment(quarter(2018, 4)) == 5
    assert moment(year_(2020)) - moment(year_(2014)) == 6


@given(
    labels=st.lists(st.tuples(st.floats(-50, 350), st.floats(5, 40)), min_size=1, max_size=7),
)
def test_spread_labels_stand_apart_in_order_and_inside(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [w for w, _ in labels], [h for _, h in labels]
    middles = spread(wanted, heights, 0, 300)
    placed = sorted(zip(middles, heights, wanted, strict=True))
    assert all(a + ha / 2 <= b - hb / 2 + 1e-6 for (a, ha, _), (b, hb, _) in pairwise(placed))
    assert [w for *_, w in placed] == sorted(wanted)
    assert placed[0][0] - placed[0][1] / 2 >= -1e-6
    assert placed[-1][0] + placed[-1][1] / 2 <= 300 + 1e-6


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([100.0, 20.0, 60.0], [20.0] * 3, 0, 200) == [100.0, 20.0, 60.0]


def test_close_labels_move_equally_far() -> None:
    assert spread([50.0, 50.0], [20.0, 20.0], 0, 100) == [40.0, 60.0]


def test_too_many_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="60 px do not fit into 50 px"):
        spread([1.0, 2.0, 3.0], [20.0] * 3, 0, 50)


@given(st.text("abcæøåWi -/\u00a0", min_size=1), st.floats(40, 300))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, limit: float) -> None:
    block = wrap(text, 13, limit)
    assert all(text_width(line, 13) <= limit for line in block)
    kept = "".join(block).replace("-", "").replace(" ", "")
    assert kept == text.replace("-", "").replace(" ", "")


def test_words_break_at_spaces_and_hyphens_before_letters() -> None:
    name = "Selvforsørgelses- og hjemrejseydelse"
    assert wrap(name, 13, 400) == (name,)
    assert wrap(name, 13, 150) == ("Selvforsørgelses- og", "hjemrejseydelse")
    assert wrap("RAR-Hovedstaden", 13, 90) == ("RAR-", "Hovedstaden")
    assert wrap("Hovedstaden", 13, 60) == ("Hoved-", "staden")
    assert wrap("mål 1.362\u00a0pct.", 13, 70) == ("mål", "1.362\u00a0pct.")


LONG = 14
"""Letters that a label beside a line has room for on a phone, about."""
HEADS = CASES["heads"]
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


@pytest.mark.parametrize(("word", "letters", "parts"), CASES["a_word_is_divided_as_late_as_may_be"])
def test_a_word_is_divided_as_late_as_may_be(word: str, letters: int, parts: list[str]) -> None:
    assert split_word(word, at_most(letters)) == parts


@given(st.text(alphabet="abcdefgæøå", min_size=1, max_size=40), st.integers(2, 20))
def test_every_part_fits_and_no_letter_is_lost(word: str, letters: int) -> None:
    parts = split_word(word, at_most(letters))
    assert all(len(part) <= letters for part in parts)
    assert "".join(part.removesuffix("-") for part in parts) == word


OF_GRAPHICS, OF_TEXT = 3, 4.5
"""What WCAG asks for."""
BESIDE = [
    *((colour, GROUND, OF_GRAPHICS) for colour in (*PALETTE, canvas.OWN, canvas.OTHER)),
    *((colour, GROUND, OF_GRAPHICS) for colour in (canvas.TOTAL, canvas.BAND_EDGE)),
    *((one, other, OF_GRAPHICS) for one, other in pairwise(PALETTE)),
    (canvas.OWN, canvas.OTHER, OF_GRAPHICS),
    (canvas.BAND_EDGE, canvas.BAND, OF_GRAPHICS),
    (theme().ink, GROUND, OF_TEXT),
    (GROUND, canvas.OWN, OF_TEXT),
]


@pytest.mark.parametrize(("colour", "other", "least"), BESIDE)
def test_every_colour_stands_out_from_what_it_stands_on_or_beside(
    colour: str, other: str, least: float
) -> None:
    assert contrast(colour, other) >= least


def test_some_lines_need_their_halo_on_an_interval() -> None:
    assert min(contrast(colour, canvas.BAND) for colour in PALETTE) < OF_GRAPHICS


def test_text_is_never_smaller_than_12_px() -> None:
    assert min(theme().label_size, theme().tick_size) >= 12


def test_seaborns_default_palette_would_fail() -> None:
    import seaborn as sns

    assert min(contrast(colour, GROUND) for colour in sns.color_palette("deep").as_hex()) < 3
