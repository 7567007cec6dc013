"""No text of any chart is cut or lies on another, whatever the data are like."""

import io
from collections.abc import Callable
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from beskplan.blocks.charts import line_chart, rows
from beskplan.blocks.charts.canvas import Canvas, Lettering, font
from beskplan.blocks.charts.line_chart import Band, Level, Line
from beskplan.blocks.charts.rows import Bar, Step, ranking
from beskplan.core.periods import Period, month, periods_between, quarter, year_

D = Decimal
LONG = "Selvforsørgelses- og hjemrejseydelse samt overgangsydelse"
WORD = "Arbejdsmarkedsuddannelsesforanstaltningerne"
MONTHS = periods_between(month(2021, 8), month(2026, 7))
CLOSE = [
    Line(name, [D(700 + 3 * n + i) for i in range(59)] + [D(800 + n)])
    for n, name in enumerate(["Rudersdal", "RAR Hovedstaden", "Østdanmark", "Hele landet"])
]
NONE_YET: list[Decimal | None] = [None] * 35
FORECAST = [D(700 - 2 * i) for i in range(25)]
STEPS = [Step(1, D(80)), Step(5, D(40)), Step(27, D(30)), Step(53, D(20))]
RANKED = [
    Bar("A-dagpenge", D(54)),
    Bar("Uddannelseshjælp", D(-4)),
    Bar(LONG, D(-31)),
    Bar("Revalidering", None),
    Bar("Ledighedsydelse", D(0)),
    Bar("I alt", D(11), emphasis=True),
]

GALLERY: dict[str, Callable[[float], str]] = {
    "four areas": lambda w: rows.ranking(
        [Bar("Rudersdal", D(54), emphasis=True), Bar("RAR Hovedstaden", D(46)), Bar("Ø", D(49))],
        width=w,
    ),
    "both signs, zero and withheld": lambda w: rows.ranking(
        [Bar("Ærø", D(-22)), Bar("Fanø", D(13)), Bar("Åbenrå", D(0)), Bar("Læsø", None)], width=w
    ),
    "only falls": lambda w: rows.ranking([Bar("A", D(-22)), Bar("B", D("-0.3"))], width=w),
    "far out": lambda w: rows.ranking([Bar(LONG, D(1800)), Bar(WORD, D(-1800))], width=w),
    "all equal": lambda w: rows.ranking([Bar("A", D(12)), Bar("B", D(12))], width=w),
    "all zero": lambda w: rows.ranking([Bar("A", D(0)), Bar("B", D(0))], width=w),
    "all withheld": lambda w: rows.ranking(
        [Bar("A", None), Bar("B", None, missing="ikke opgjort")], width=w
    ),
    "ranking": lambda w: rows.ranking(RANKED, width=w),
    "shares": lambda w: rows.ranking(
        [Bar("A-dagpenge", D("22.4")), Bar(LONG, D("0.1"))],
        rest=Bar("Øvrige ydelser (hver under 3 pct.)", D("7.4")),
        width=w,
    ),
    "dots": lambda w: rows.dots(
        ["Rudersdal", "RAR Hovedstaden", "Østdanmark", "Hele landet"],
        [
            rows.DotRow("I alt", (D(8), D(13), D(11), D(0)), apart=True),
            rows.DotRow(LONG, (D(-12), D(2), None, D(-2))),
            rows.DotRow(WORD, (None, D(46), D(49), D(48))),
        ],
        signed=True,
        width=w,
    ),
    "dots of nothing": lambda w: rows.dots(["A", "B"], [rows.DotRow("X", (None, None))], width=w),
    "close ends": lambda w: line_chart.lines(MONTHS, CLOSE, unit="Fuldtidspersoner", width=w),
    "equal lines": lambda w: line_chart.lines(
        MONTHS, [Line(n, [D(7)] * 60) for n in "ABCD"], unit="Pct.", width=w
    ),
    "gaps and nothing known": lambda w: line_chart.lines(
        MONTHS,
        [Line("Læsø", [D(5)] * 10 + [None] * 49 + [D(8)]), Line("Ærø", [None] * 60)],
        unit="Antal borgere omfattet af integrationsprogrammet inden for de seneste fem år",
        level=Level("Målet for " + WORD, D(6)),
        width=w,
    ),
    "forecast": lambda w: line_chart.lines(
        MONTHS,
        [
            Line("Faktisk", [D(700 - i) for i in range(36)] + [None] * 24),
            Line("Vej til målet", [*NONE_YET, *FORECAST], dashed=True),
            Line("Uændret kurs", [*NONE_YET, *[D(700)] * 25], dashed=True),
            Line("Prognose", [*NONE_YET, *FORECAST], dashed=True),
        ],
        unit="Fuldtidspersoner",
        level=Level("Mål", D(652)),
        band=Band(
            "80 pct. interval",
            [*NONE_YET, *(value - 50 for value in FORECAST)],
            [*NONE_YET, *(value + 50 for value in FORECAST)],
        ),
        width=w,
    ),
    "points in time": lambda w: line_chart.lines(
        [month(2015, 1), month(2015, 9), month(2015, 12), month(2016, 4)],
        [Line(LONG, [D(20), D(31), D(22), D(19)]), Line(WORD, [D(21), D(23), D(22), D(19)])],
        unit="Uger",
        width=w,
    ),
    "quarters": lambda w: line_chart.lines(
        periods_between(quarter(2014, 2), quarter(2016, 3)),
        [Line("Tårnby", [D("3.25")] * 10)],
        unit="Pct.",
        decimals=2,
        width=w,
    ),
    "rolling years": lambda w: line_chart.lines(
        periods_between(Period("QMAT", 2020, 1), Period("QMAT", 2023, 2)),
        [Line("Tårnby", [D(i - 5) for i in range(14)])],
        unit="Pct.",
        width=w,
    ),
    "years": lambda w: line_chart.lines(
        [year_(y) for y in range(2014, 2020)],
        [Line("A-dagpenge", [D(299), D(310), None, D(301), None, D(37818)])],
        unit="Helårspersoner",
        width=w,
    ),
    "one period": lambda w: line_chart.lines(
        [month(2019, 6)], [Line("Rudersdal", [D(12345)])], unit="Personer", width=w
    ),
    "staircase": lambda w: rows.staircase(STEPS, width=w),
}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The matplotlib figures behind the charts that a test draws."""
    figures: list[Figure] = []
    to_text = Canvas.svg

    def keep(canvas: Canvas) -> str:
        figures.append(canvas.figure)
        return to_text(canvas)

    monkeypatch.setattr(Canvas, "svg", keep)
    return figures


def boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text and the box it takes, measured by the renderer that draws it."""
    width, height = (72 * side for side in figure.get_size_inches())
    renderer = RendererSVG(width, height, io.StringIO())
    written = [one for one in figure.artists if isinstance(one, Lettering)]
    return [
        (
            one.text,
            Text(
                *(one.at[0], height - one.at[1]),
                one.text,
                fontproperties=font(one.size),
                figure=figure,
                parse_math=False,
            ).get_window_extent(renderer),
        )
        for one in written
    ]


def faults(figure: Figure) -> list[str]:
    """Texts that are cut, and pairs that collide (touching by less than a px is air)."""
    width, height = (72 * side for side in figure.get_size_inches())
    found = boxes(figure)
    cut = [
        f"{text!r} is cut"
        for text, box in found
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    pairs = [
        f"{one!r} on {other!r}"
        for (one, a), (other, b) in combinations(found, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]
    return cut + pairs


@pytest.mark.parametrize("width", [320, 480, 680, 900])
@pytest.mark.parametrize("name", GALLERY)
def test_no_text_is_cut_or_collides(name: str, width: float, drawn: list[Figure]) -> None:
    GALLERY[name](width)
    assert faults(drawn[0]) == []


@pytest.mark.parametrize("name", list(GALLERY)[:9])
def test_no_text_lies_on_a_bar(name: str, drawn: list[Figure]) -> None:
    GALLERY[name](680)
    bars = [a.get_window_extent() for a in drawn[0].artists if isinstance(a, Rectangle)]
    assert not [text for text, box in boxes(drawn[0]) for bar in bars if box.overlaps(bar)]


def test_the_check_sees_a_collision_and_a_cut() -> None:
    canvas = Canvas(200, 60)
    canvas.text(20, 20, "Rudersdal")
    canvas.text(40, 22, "RAR Hovedstaden")
    canvas.text(180, 50, "Østdanmark")
    assert faults(canvas.figure) == ["'Østdanmark' is cut", "'Rudersdal' on 'RAR Hovedstaden'"]


def test_the_check_sees_labels_that_are_not_spread(
    drawn: list[Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beskplan.blocks.charts.line_chart.spread", lambda wanted, *_: wanted)
    GALLERY["close ends"](680)
    assert repr("Rudersdal\xa0800") + " on " + repr("RAR Hovedstaden\xa0801") in faults(drawn[0])


VALUES = st.none() | st.decimals(-2000, 2000, allow_nan=False, places=1)
LABELS = st.text("abcdefgæøåÆØÅW -/", min_size=1, max_size=60).filter(str.strip)
CALM = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@CALM
@given(
    rows=st.lists(st.builds(Bar, LABELS, VALUES), min_size=1, max_size=12),
    width=st.floats(320, 1000),
    decimals=st.integers(0, 2),
)
def test_bars_of_any_rows_are_clean(
    rows: list[Bar], width: float, decimals: int, drawn: list[Figure]
) -> None:
    ranking(rows, width=width, decimals=decimals, signed=True)
    assert faults(drawn[-1]) == []


@CALM
@given(
    ends=st.lists(VALUES, min_size=1, max_size=4),
    level=VALUES,
    label=LABELS,
    width=st.floats(320, 1000),
)
def test_lines_with_any_ends_are_clean(
    ends: list[Decimal | None],
    level: Decimal | None,
    label: str,
    width: float,
    drawn: list[Figure],
) -> None:
    line_chart.lines(
        MONTHS[:13],
        [Line(label, [D(100)] * 12 + [end]) for end in ends],
        unit="Pct.",
        decimals=1,
        level=None if level is None else Level("Mål", level),
        width=width,
    )
    assert faults(drawn[-1]) == []
