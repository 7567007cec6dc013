"""Ticks are round, Danish and apart; labels are moved as little as needed; words break well."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.charts.axis import moment, time_ticks, value_axis
from beskplan.blocks.charts.lettering import text_width, wrap
from beskplan.blocks.charts.line_chart import spread
from beskplan.core.periods import Period, month, periods_between, quarter, year_

D = Decimal


@pytest.mark.parametrize(
    ("values", "decimals", "labels"),
    [
        ([703, 456], 0, ["0", "200", "400", "600", "800"]),
        ([37818], 0, ["0", "10.000", "20.000", "30.000", "40.000"]),
        ([-22, 13], 0, ["-30", "-20", "-10", "0", "10", "20"]),
        ([1, 2], 0, ["0", "1", "2"]),
        ([-5], 0, ["-5", "-4", "-3", "-2", "-1", "0"]),
        ([0], 0, ["0", "1"]),
        ([], 0, ["0", "1"]),
    ],
)
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


@pytest.mark.parametrize(
    ("first", "last", "width", "expected"),
    [
        (month(2019, 6), month(2019, 8), 600, ["juni 2019", "juli 2019", "aug. 2019"]),
        (
            month(2019, 6),
            month(2020, 6),
            600,
            ["juli 2019", "okt. 2019", "jan. 2020", "apr. 2020"],
        ),
        (month(2021, 8), month(2026, 7), 600, ["2022", "2023", "2024", "2025", "2026"]),
        (month(2005, 1), month(2026, 7), 320, ["2005", "2010", "2015", "2020", "2025"]),
        (quarter(2015, 4), quarter(2016, 2), 600, ["4. kvt. 2015", "1. kvt. 2016", "2. kvt. 2016"]),
        (quarter(2014, 1), quarter(2016, 3), 600, ["2014", "2015", "2016"]),
        (Period("QMAT", 2020, 2), Period("QMAT", 2021, 3), 300, ["2. kvt. 2020", "2. kvt. 2021"]),
        (year_(2014), year_(2019), 600, ["2014", "2015", "2016", "2017", "2018", "2019"]),
        (month(2019, 6), month(2019, 6), 600, ["juni 2019"]),
    ],
)
def test_ticks_of_time(first: Period, last: Period, width: float, expected: list[str]) -> None:
    assert texts(periods_between(first, last), width) == expected


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
