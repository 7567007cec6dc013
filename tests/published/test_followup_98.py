"""A follow-up for any of the 98 municipalities from the real series, with params only."""

import re
import shutil
from pathlib import Path

import pytest

from beskplan.blocks.model import Figure, Subsections, Table
from beskplan.registers.areas import kommuner
from beskplan.report import resultatmaal
from tests.conftest import cases

CASES = cases("followup_98")

pytestmark = pytest.mark.shared

PLAN = "kommune: {navn}\naar: 2026\nbilag: [resultatmaal]\n"
TARGETS = CASES["targets"]


@pytest.fixture(scope="module")
def place(real_series: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(real_series, tmp_path_factory.mktemp("alle") / "kopi"))
    for kommune in kommuner():
        folder = root / "params" / kommune.slug
        folder.mkdir(parents=True)
        (folder / "2026.yaml").write_text(PLAN.format(navn=kommune.navn), encoding="utf-8")
        (folder / "2026.maal.yaml").write_text(TARGETS, encoding="utf-8")
    return root


def overview(place: Path, name: str) -> list[list[str]]:
    table = resultatmaal.load(name, 2026, place).table().block
    assert isinstance(table, Table)
    return [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows]


def test_a_real_follow_up_says_what_a_hand_finds_in_the_file(place: Path) -> None:
    # Rudersdal: 375 in December 2025, 362 in July 2026; 375 x 0,95 = 356,25; 7 months of 12 on the
    # way are 375 - 19 x 7/12 = 363,9.
    first, second = overview(place, "Rudersdal")
    assert first == [
        "362 fuldtidspersoner (juli 2026)",
        "fald på 5 pct. til højst 356 fuldtidspersoner (december 2026)",
        "skal være 6 færre (på vej)",
        "august 2026",
    ]
    assert second[1] == "som Rudersdal og Hørsholm eller bedre (december 2026)"


@pytest.mark.parametrize("name", [kommune.navn for kommune in kommuner()])
def test_every_municipality_gets_a_status_or_a_reason(place: Path, name: str) -> None:
    for row in overview(place, name):
        assert re.search(r"\b(nået|på vej|bagud|afventer tal|fortroligt)\b", row[2], re.IGNORECASE)


@pytest.mark.parametrize("name", ["København", "Læsø"])
def test_the_figure_shows_the_courses_and_their_interval(place: Path, name: str) -> None:
    block = resultatmaal.load(name, 2026, place).targets().block
    assert isinstance(block, Subsections)
    (figure, *_) = [one for one in block.parts[0].blocks if isinstance(one, Figure)]
    assert not figure.demo
    heads = [column.label for column in figure.data.columns]
    assert heads == [
        "Periode",
        "Opgjort",
        "Vej mod målet",
        "Uændret tempo",
        "Fremskrivning",
        "Interval, 80 pct., nedre",
        "Interval, 80 pct., øvre",
    ]
    assert figure.data.rows[-1].label == "December 2026"
