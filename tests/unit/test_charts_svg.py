"""The SVG text: lean, deterministic, closed in itself, and without a trace on the process."""

import hashlib
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from beskplan.blocks.charts import canvas
from beskplan.blocks.charts.canvas import GROUND, OWN, TOTAL
from beskplan.blocks.charts.line_chart import Line, lines
from beskplan.blocks.charts.rows import Bar, ranking
from beskplan.blocks.charts.svg import svg_text
from beskplan.core.periods import month, periods_between
from tests.proof.drawing import read_chart

BARS = [Bar("Rudersdal", Decimal(54), emphasis=True), Bar("Hele landet", Decimal(47))]
ORDINARY_BYTES = 30_000


def draw_lines() -> str:
    names = ["Rudersdal", "RAR Hovedstaden", "Østdanmark", "Hele landet"]
    series = [Line(name, [Decimal(700 + 7 * (i % 9)) for i in range(60)]) for name in names]
    return lines(periods_between(month(2021, 8), month(2026, 7)), series, unit="Fuldtidspersoner")


def own_figure() -> Figure:
    """What an analyst may draw: axes, a clip path, markers, a legend."""
    figure = Figure((4, 3))
    axes = figure.add_subplot()
    axes.plot([0, 1, 2], [3, 1, 2], "o-", label="æøå")
    axes.legend()
    return figure


def ids(svg: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', svg)


@pytest.mark.parametrize(
    "svg", [ranking(BARS), draw_lines(), svg_text(own_figure())], ids=["bars", "lines", "own"]
)
def test_the_text_is_one_closed_svg_element(svg: str) -> None:
    root = ET.fromstring(svg)  # noqa: S314 our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "defs", "path", "use", "clipPath", "rect"}
    assert "<!--" not in svg
    assert "style=" not in svg
    assert svg.count("http") == 1  # the name space


def test_the_letters_are_those_of_the_page_s_own_font(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {bar.label for bar in BARS}
    assert names <= {text.text for text in read_chart(ranking(BARS).encode()).texts}
    other = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    monkeypatch.setattr(canvas, "FONT", other)
    canvas.font.cache_clear()
    try:
        foreign = {text.text for text in read_chart(ranking(BARS).encode()).texts}
    finally:
        canvas.font.cache_clear()
    assert not names & foreign


@pytest.mark.parametrize("svg", [ranking(BARS), svg_text(own_figure())], ids=["bars", "own"])
def test_every_reference_has_its_target(svg: str) -> None:
    targets = set(re.findall(r'(?:href="|url\()#([\w-]+)', svg))
    assert targets
    assert targets == set(ids(svg))


def test_two_charts_in_one_page_share_no_id() -> None:
    assert not set(ids(ranking(BARS))) & set(ids(draw_lines()))


def test_colours_survive() -> None:
    svg = ranking(BARS)
    assert all(f'fill="{colour.lower()}"' in svg for colour in (GROUND, OWN, TOTAL))


def test_size_in_px_and_a_light_ground() -> None:
    root = ET.fromstring(ranking(BARS))  # noqa: S314 our own text
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == (
        "680",
        "74",
        "0 0 680 74",
    )
    ground = root[0]
    assert (ground.get("d"), ground.get("fill")) == ("m0,74h680v-74h-680z", "#ffffff")


def test_ordinary_charts_are_small() -> None:
    assert len(ranking(BARS).encode()) < ORDINARY_BYTES / 2
    assert len(draw_lines().encode()) < ORDINARY_BYTES


def test_the_size_bound_bites() -> None:
    wordy = [
        Bar("".join(map(chr, range(start, start + 60))), Decimal(1)) for start in (192, 252, 312)
    ]
    assert len(ranking(wordy).encode()) > ORDINARY_BYTES


def test_numbers_keep_the_shape() -> None:
    figure = Figure((1, 1), facecolor="none")
    figure.add_artist(mpl.lines.Line2D([0.25, 0.5], [1 / 3, 1]))
    assert 'd="m18,48l18-48"' in svg_text(figure)


def test_steps_between_points_never_drift() -> None:
    figure = Figure((1, 1), dpi=72, facecolor="none")
    thirds = [n / 300 for n in range(301)]
    figure.add_artist(mpl.lines.Line2D(thirds, [n * (1 - n) for n in thirds]))
    drawn = re.findall(r' d="m([^"]+)"', svg_text(figure))[-1]
    steps = [float(n) for n in re.findall(r"-?[\d.]+", drawn)]
    assert sum(steps[2::2]) + steps[0] == pytest.approx(72, abs=0.01)


def test_the_users_settings_change_nothing() -> None:
    plain = ranking(BARS)
    with mpl.rc_context({"savefig.bbox": "tight", "savefig.facecolor": "red", "font.size": 30}):
        assert ranking(BARS) == plain


CHILD = """
import hashlib, os, sys
import matplotlib
from decimal import Decimal
from beskplan.blocks.charts.rows import Bar, ranking
print("pyplot" if "matplotlib.pyplot" in sys.modules else "clean")
before = dict(matplotlib.rcParams)
svg = ranking([Bar("Rudersdal", Decimal(54), emphasis=True), Bar("Hele landet", Decimal(47))])
print("same" if before == dict(matplotlib.rcParams) else "settings changed")
from matplotlib import pyplot
print(len(pyplot.get_fignums()))
print(len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
print(hashlib.sha256(svg.encode()).hexdigest())
"""


def test_bytes_are_the_same_in_every_process_and_nothing_is_left_behind() -> None:
    env = {
        **os.environ,
        # Sets come in another order than in this process.
        "PYTHONHASHSEED": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "MPLBACKEND": "agg",
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=Path(__file__).parents[2],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    *found, digest = done.stdout.split()
    assert found == ["clean", "same", "0", "1"]
    assert digest == hashlib.sha256(ranking(BARS).encode()).hexdigest()
