"""The targets of a plan: a gap in the numbers is drawn, tabled and told as a gap."""

import re
from pathlib import Path

import pytest

from beskplan.blocks.model import Figure, Prose, Subsections
from beskplan.core.periods import Period, periods_between
from beskplan.params.maal import Maaling
from beskplan.report.followed_target import read_series
from beskplan.report.resultatmaal import Resultatmaal
from tests.conftest import cases
from tests.unit.report_samples import WITHHELD, Number, context, observation, of_kind

CASES = cases("report_resultatmaal")

TARGET = CASES["target"]
START, END = Period.parse("2024M01"), Period.parse("2027M04")


def figure(folder: Path, without: tuple[str, ...], hidden: tuple[str, ...] = ()) -> Figure:
    """The target's figure of 40 months, some of which have no row or are withheld."""
    path = folder / "params" / "rudersdal" / "2027.maal.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(TARGET, encoding="utf-8")
    rows = []
    for number, period in enumerate(periods_between(START, END)):
        value: Number = WITHHELD if period.code in hidden else 40 + number % 7
        if period.code not in without:
            rows.append(observation("virksomhedsbesoeg", value, period.code, source="own:center"))
    report = Resultatmaal(context(folder, "resultatmaal", "", rows))
    block = of_kind(Subsections, report.targets().block)
    (found,) = [one for one in block.parts[0].blocks if isinstance(one, Figure)]
    return found


def cells(found: Figure) -> dict[str, str]:
    return {row.label: row.cells[0].text for row in found.data.rows}


@pytest.mark.parametrize(("without", "hidden", "note"), CASES["a_gap_is_told"])
def test_a_gap_is_told(
    tmp_path: Path, without: tuple[str, ...], hidden: tuple[str, ...], note: str
) -> None:
    found = figure(tmp_path, without, hidden)
    assert note in found.notes
    shown = cells(found)
    assert shown["Marts 2026"] == ("fortroligt" if hidden else "ikke opgjort")
    assert len(shown) == 54, "every month of 2024 to the deadline has its row"


def test_the_line_is_broken_at_the_gap(tmp_path: Path) -> None:
    whole = figure(tmp_path / "a", ())
    broken = figure(tmp_path / "b", ("2026M03",))
    assert not [note for note in whole.notes if "afbrudt" in note]
    assert broken.svg != whole.svg
    assert _runs(broken) == _runs(whole) + 1


def _runs(found: Figure) -> int:
    """How many stretches the municipality's own line, the widest, is drawn in."""
    paths = re.findall(r'<path d="([^"]+)" fill="none"([^>]*)', found.svg)
    widths = [
        float((re.search(r'stroke-width="([\d.]+)"', rest) or [0, 0])[1]) for _, rest in paths
    ]
    return sum(
        path.count("m")
        for (path, _), width in zip(paths, widths, strict=True)
        if width == max(widths)
    )


def test_a_course_that_is_left_out_is_told(tmp_path: Path) -> None:
    found = figure(tmp_path, ("2026M03",))
    heads = [column.label for column in found.data.columns]
    assert "Vej mod målet" in heads
    assert "Fremskrivning" not in heads
    assert [note for note in found.notes if note.startswith("Der er ingen fremskrivning. Den")]


def test_a_newest_period_that_is_withheld_is_told(tmp_path: Path) -> None:
    found = figure(tmp_path, (), ("2027M04",))
    assert "Der er ingen fremskrivning, fordi det seneste tal er fortroligt." in found.notes


@pytest.mark.parametrize(("source", "points"), [("own:center", 7), ("published:004", 2)])
def test_points_that_a_plan_printed_are_no_gaps(tmp_path: Path, source: str, points: int) -> None:
    rows = [
        observation("virksomhedsbesoeg", 8, code, source=source) for code in ("2026M06", "2026M12")
    ]
    made = context(tmp_path, "resultatmaal", "", rows)
    series = read_series(made, Maaling(indikator="virksomhedsbesoeg"), made.kommune)
    assert len(series) == points
    assert sum(point.quantity.is_number for point in series) == 2


@pytest.mark.parametrize(
    ("goals", "mark", "told"),
    CASES["the_ministers_goals_name_the_plans"],
    ids=["one of two", "none of them", "no goals"],
)
def test_the_ministers_goals_name_the_plans_own(
    tmp_path: Path, goals: str, mark: str, told: list[str] | None
) -> None:
    path = tmp_path / "params" / "rudersdal" / "2027.maal.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        TARGET.replace("titel: Virksomhederne", f"titel: Virksomhederne\n    {mark}"),
        encoding="utf-8",
    )
    (tmp_path / "params" / "2027.yaml").write_text(goals + "\n", encoding="utf-8")
    rows = [observation("virksomhedsbesoeg", 40, "2027M04", source="own:center")]
    block = Resultatmaal(context(tmp_path, "resultatmaal", "", rows)).ministers_goals().block
    assert (list(block.paragraphs) if isinstance(block, Prose) else None) == told


@pytest.mark.parametrize(("held", "told"), CASES["a_target_that_no_data_can_follow"])
def test_a_target_that_no_data_can_follow_is_told_with_what_there_is(
    tmp_path: Path, held: list[list[str]], told: list[str]
) -> None:
    path = tmp_path / "params" / "rudersdal" / "2027.maal.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CASES["target_of_sygedagpenge"], encoding="utf-8")
    rows = [observation(name, 40, period, ydelse=ydelse) for name, ydelse, period in held]
    report = Resultatmaal(context(tmp_path, "resultatmaal", CASES["both_sources"], rows))
    assert list(report.never_followed()) == told
