"""A chart shows what its numbers say: lengths, order, gaps and refusals."""

from decimal import Decimal
from typing import Any

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Rectangle

from beskplan.blocks.charts.canvas import OTHER, OWN, PALETTE, TOTAL, Canvas, Lettering
from beskplan.blocks.charts.line_chart import Band, Line, lines
from beskplan.blocks.charts.rows import Bar, DotRow, Step, dots, ranking, staircase
from beskplan.core.periods import month, periods_between

D = Decimal
MONTHS = periods_between(month(2019, 6), month(2020, 6))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    figures: list[Figure] = []

    def keep(canvas: Canvas) -> str:
        figures.append(canvas.figure)
        return ""

    monkeypatch.setattr(Canvas, "svg", keep)
    return figures


def bars_of(figure: Figure) -> list[tuple[str, float]]:
    """Colour and length of each bar, from the top; falls have a negative length."""
    bars = [artist for artist in figure.artists if isinstance(artist, Rectangle)]
    zero = zero_of(figure)
    return [
        (hex_of(bar), bar.get_width() if bar.get_x() >= zero - 1e-6 else -bar.get_width())
        for bar in bars
    ]


def zero_of(figure: Figure) -> float:
    return xs(figure.findobj(Line2D)[0])[0]


def xs(line: Any) -> list[float]:
    """The x of a line's points in px."""
    return [float(x) for x in line.get_xdata()]


def hex_of(bar: Rectangle) -> str:
    return to_hex(bar.get_facecolor()).upper()


def texts_of(figure: Figure) -> list[str]:
    written = [one for one in figure.artists if isinstance(one, Lettering)]
    return [one.text.replace("\u00a0", " ") for one in written]


def series_lines(figure: Figure, colour: str) -> list[Any]:
    return [
        line
        for line in figure.findobj(Line2D)
        if line.get_color() == colour and line.get_linewidth() > 1.5
    ]


def test_bars_are_as_long_as_their_values(drawn: list[Figure]) -> None:
    ranking([Bar("A", D(50), emphasis=True), Bar("B", D(25)), Bar("C", D(-25))])
    (total, a), (part, b), (_, c) = bars_of(drawn[0])
    assert (total, part) == (TOTAL, OWN)
    assert (a, b) == pytest.approx((-2 * c, -c))


def test_bars_follow_the_printed_value(drawn: list[Figure]) -> None:
    ranking([Bar("A", D("10.4")), Bar("B", D("9.5")), Bar("C", D("0.4"))])
    (_, a), (_, b) = bars_of(drawn[0])
    assert a == pytest.approx(b)
    assert texts_of(drawn[0])[1::2] == ["10 pct.", "10 pct.", "0 pct."]


def test_a_missing_value_has_its_word_and_no_bar(drawn: list[Figure]) -> None:
    ranking([Bar("Læsø", None), Bar("Ærø", None, missing="ikke opgjort"), Bar("Fanø", D(0))])
    assert bars_of(drawn[0]) == []
    assert texts_of(drawn[0]) == ["Fanø", "0 pct.", "Læsø", "fortroligt", "Ærø", "ikke opgjort"]


def test_a_small_bar_beside_a_huge_one_is_still_seen(drawn: list[Figure]) -> None:
    ranking([Bar("A", D(1800)), Bar("B", D(1)), Bar("C", D(-1))])
    assert [length for _, length in bars_of(drawn[0])[1:]] == pytest.approx([1.5, -1.5])


def test_a_ranking_has_its_total_first_then_rises_then_falls_and_the_missing_last(
    drawn: list[Figure],
) -> None:
    rows = [Bar("x", None), Bar("fald", D(-4)), Bar("lige", D(0)), Bar("a", D(7)), Bar("b", D(7))]
    ranking([*rows, Bar("I alt", D(2), emphasis=True)], signed=True)
    assert texts_of(drawn[0])[::2] == ["I alt", "a", "b", "lige", "fald", "x"]
    assert texts_of(drawn[0])[1::2] == [
        "+2 pct.", "+7 pct.", "+7 pct.", "0 pct.", "-4 pct.", "fortroligt",
    ]  # fmt: skip
    assert [colour for colour, _ in bars_of(drawn[0])] == [TOTAL, OWN, OWN, OWN]


def test_the_rest_of_the_shares_is_last_and_muted(drawn: list[Figure]) -> None:
    ranking([Bar("a", D("2.5")), Bar("b", D("9"))], rest=Bar("Øvrige", D("70")), decimals=1)
    assert texts_of(drawn[0]) == ["b", "9,0 pct.", "a", "2,5 pct.", "Øvrige", "70,0 pct."]
    assert [colour for colour, _ in bars_of(drawn[0])] == [OWN, OWN, OTHER]


def test_each_area_has_its_own_dot_where_its_printed_value_is(drawn: list[Figure]) -> None:
    rows = [DotRow("A", (D("9.6"), D(-5), None)), DotRow("B", (None, D(10), D(0)))]
    dots(["Læsø", "Ærø", "Fanø"], rows, signed=True)
    (zero,) = {
        x
        for line in drawn[0].findobj(Line2D)
        if (x := xs(line)[0]) and line.get_color() == "#262626"
    }
    marks = [(to_hex(one.get_facecolor()).upper(), one.center) for one in drawn[0].findobj(Circle)]
    legend, placed = marks[:3], marks[3:]
    assert len({colour for colour, _ in legend}) == 3
    per_unit = {colour: (x - zero) for colour, (x, _) in placed if colour == OWN}[OWN] / 10
    assert sorted(round((x - zero) / per_unit) for _, (x, _) in placed) == [-5, 0, 10, 10]
    assert texts_of(drawn[0])[-4:] == ["A", "+10 pct.", "B", "fortroligt"]


def test_a_gap_breaks_the_line_and_a_lone_value_is_a_dot(drawn: list[Figure]) -> None:
    values = [D(1), D(2), D(3), None, D(4), None, None, D(5), D(6), D(7), D(8), D(9), None]
    lines(MONTHS, [Line("Læsø", values)], unit="Personer")
    assert [len(xs(run)) for run in series_lines(drawn[0], PALETTE[0])] == [3, 5]
    assert len(drawn[0].findobj(Circle)) == 1
    assert "Læsø 9" in texts_of(drawn[0])


def test_a_series_without_numbers_says_so(drawn: list[Figure]) -> None:
    nothing = [None] * 13
    lines(MONTHS, [Line("A", nothing), Line("B", nothing, missing="ikke opgjort")], unit="Pct.")
    assert {"A fortroligt", "B ikke opgjort"} <= set(texts_of(drawn[0]))


def test_points_stand_at_their_distance_in_time(drawn: list[Figure]) -> None:
    points = [month(2015, 1), month(2015, 2), month(2015, 5)]
    lines(points, [Line("A", [D(1), D(2), D(3)])], unit="Uger")
    first, second, third = xs(series_lines(drawn[0], PALETTE[0])[0])
    assert third - second == pytest.approx(3 * (second - first))


def test_expected_lines_are_dashed_and_known_ones_are_not(drawn: list[Figure]) -> None:
    values = [D(i) for i in range(13)]
    lines(MONTHS, [Line("Faktisk", values), Line("Mål", values, dashed=True)], unit="Pct.")
    assert [series_lines(drawn[0], colour)[0].get_linestyle() for colour in PALETTE[:2]] == [
        "-",
        "--",
    ]


def test_lines_on_an_interval_have_a_light_edge(drawn: list[Figure]) -> None:
    values = [D(i) for i in range(13)]
    band = Band("80 pct. interval", values, values)
    lines(MONTHS, [Line("A", values)], unit="Pct.")
    lines(MONTHS, [Line("A", values)], unit="Pct.", band=band)
    assert [len(series_lines(figure, "#FFFFFF")) for figure in drawn] == [0, 1]


def test_steps_are_to_scale(drawn: list[Figure]) -> None:
    staircase([Step(1, D(80)), Step(5, D(40)), Step(27, D(30))])
    first, second, _ = (a for a in drawn[0].artists if isinstance(a, Rectangle))
    assert (second.get_width() + 1) / (first.get_width() + 1) == pytest.approx(22 / 4)
    assert first.get_height() == pytest.approx(2 * second.get_height())
