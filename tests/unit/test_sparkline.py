"""A little line says what its numbers say, and the proof refuses one that says anything else."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from beskplan.blocks.charts.line_chart import sparkline
from beskplan.blocks.model import KeyFigures, Sparkline
from beskplan.core.periods import Period
from beskplan.report.maalgrupper import Maalgrupper
from tests.conftest import cases
from tests.proof.wording import line_faults, told_faults
from tests.unit.report_samples import WITHHELD, Number, context, observation

CASES = cases("sparkline")

D = Decimal
MONTHS = [Period.parse("2026M06").shift(n).code for n in range(-35, 1)]
YAML = CASES["yaml"]


def course(folder: Path, values: dict[int, Number]) -> Sparkline | None:
    rows = [
        observation("fuldtidspersoner", value, MONTHS[n], ydelse="a_dagpenge", source="demo")
        for n, value in values.items()
    ]
    strip = Maalgrupper(context(folder, "maalgrupper", YAML, rows)).key_figures().block
    assert isinstance(strip, KeyFigures)
    return strip.items[0].course


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (
            {n: 1200.0 + n for n in range(36)},
            "Siden juli 2023: lavest 1.200 (juli 2023), højest 1.235 (juni 2026)",
        ),
        (
            dict.fromkeys(range(36), 50.0) | {3: 40.0, 4: WITHHELD, 5: WITHHELD},
            "Siden juli 2023: lavest 40 (oktober 2023), højest 50 (juli 2023); 2 tal mangler",
        ),
        (dict.fromkeys(range(30, 36), 50.0), "Siden januar 2026: 50 hele vejen"),
        ({23: 40.0, 35: 50.0}, None),
        ({35: 50.0}, None),
    ],
    ids=["rises", "gaps", "level", "the table's two", "one"],
)
def test_a_key_figure_tells_its_course(
    tmp_path: Path, values: dict[int, Number], text: str | None
) -> None:
    made = course(tmp_path, values)
    told = made.text.replace("\u00a0", " ") if made else None
    assert told == text
    if made:
        numbers = [cell.value for cell in made.numbers]
        codes = [cell.origin[-1] for cell in made.numbers]
        assert list(told_faults(told or "", codes, numbers)) == []
        assert list(line_faults(etree.fromstring(made.svg), numbers)) == []


VALUES = [None, D(12), D(14), None, D(20), None, D(8), D(9)]


def drawn() -> str:
    return sparkline(VALUES)


def test_a_gap_stays_open_and_a_number_alone_is_a_dot() -> None:
    assert len(re.findall("M", drawn())) == 3
    assert (
        list(
            line_faults(
                etree.fromstring(drawn()), [None if v is None else float(v) for v in VALUES]
            )
        )
        == []
    )


@pytest.mark.parametrize("values", [[], [None], [D(3)], [None, D(3), None]])
def test_fewer_than_two_numbers_are_no_line(values: list[Decimal | None]) -> None:
    assert sparkline(values) == ""


def test_what_hardly_moves_looks_level() -> None:
    heights = [
        float(y) for y in re.findall(r"[ML]\S+ (\S+?)(?=[ML\"])", sparkline([D(1000), D(1010)]))
    ]
    assert 0 < max(heights) - min(heights) < 3


@pytest.mark.parametrize(("high", "faults"), [(20_001, 0), (20_010, 0), (20_400, 1)])
def test_a_level_drawing_is_right_for_a_swing_that_nobody_could_see(high: int, faults: int) -> None:
    level = etree.fromstring(sparkline([D(20_000)] * 3))
    assert len(list(line_faults(level, [20_000.0, float(high), 20_000.0]))) == faults
    drawn = etree.fromstring(sparkline([D(20_000), D(high), D(20_000)]))
    assert list(line_faults(drawn, [20_000.0, float(high), 20_000.0])) == []


def moved(svg: str) -> str:
    return re.sub(
        r"L(\S+) (\d+\.\d)", lambda hit: f"L{hit[1]} {float(hit[2]) + 3:.1f}", svg, count=1
    )


@pytest.mark.parametrize(
    "fault",
    [
        lambda svg: svg.replace("M", "L").replace("L", "M", 1),
        lambda _: sparkline([*VALUES[:-1], D(19)]),
        lambda _: sparkline([*reversed(VALUES)]),
        lambda svg: re.sub(r" d=\"[^\"]*\"", "", svg),
        moved,
    ],
    ids=["bridged", "another number", "backwards", "no line", "moved"],
)
def test_the_proof_refuses_another_line(fault: Callable[[str], str]) -> None:
    assert list(
        line_faults(
            etree.fromstring(fault(drawn())), [None if v is None else float(v) for v in VALUES]
        )
    )


@pytest.mark.parametrize(("text", "what"), CASES["the_proof_refuses_other_words"])
def test_the_proof_refuses_other_words(text: str, what: str) -> None:
    codes = ["2025M06", "2025M07", "2025M08"]
    faults = [fault for fault, *_ in told_faults(text, codes, [12.0, 8.0, None])]
    assert faults
    assert all(what in fault for fault in faults)
