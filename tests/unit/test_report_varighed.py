"""Durations of any municipality: rows without numbers are named, two systems are told apart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Figure, Omitted, Prose, Subsections
from beskplan.core.errors import ParamsError
from beskplan.report.varighed import Varighed, load
from tests.conftest import cases
from tests.proof.drawing import read_chart
from tests.proof.figures import faults
from tests.unit.report_samples import WITHHELD, Number, cells, context, observation, of_kind, text

CASES = cases("report_varighed")

POINTS = ["2025M06", "2025M12", "2026M06"]
YAML = CASES["yaml"]


def series(group: str, *values: Number, **place: str) -> list[dict[str, Any]]:
    return [
        observation("personer_over_52_uger", value, period, group=group, **place)
        for value, period in zip(values, POINTS, strict=True)
    ]


DATA = [*series("lab_6_1", 40, 30, 25), *series("lab_6_2", 9, 9, 9)]


def test_each_point_the_whole_change_and_the_last_years(tmp_path: Path) -> None:
    made = Varighed(context(tmp_path, "varighed", YAML, DATA))
    found = cells(made.table("lange_forloeb").block)
    # The last year is the whole time here: one column of change.
    assert found["LAB 6.1 Forsikrede ledige"] == ["40", "30", "25", "-15"]
    assert found["LAB 6.2 Jobparate på kontanthjælp"] == ["9", "9", "9", "0"]


def test_a_group_without_numbers_is_named_and_not_shown(tmp_path: Path) -> None:
    made = Varighed(context(tmp_path, "varighed", YAML, DATA))
    found = cells(made.table("lange_forloeb").block)
    assert list(found)[2:] == ["I alt"]
    assert found["I alt"] == ["49", "39", "34", "-15"]
    note = text(made.notes("lange_forloeb").block)
    assert note == "Kilden har ikke tal for aktivitetsparate på kontanthjælp i Rudersdal Kommune."


def test_a_withheld_number_keeps_its_row(tmp_path: Path) -> None:
    data = [*DATA, *series("lab_6_3", WITHHELD, WITHHELD, WITHHELD)]
    made = Varighed(context(tmp_path, "varighed", YAML, data))
    found = cells(made.table("lange_forloeb").block)
    assert found["LAB 6.3 Aktivitetsparate på kontanthjælp"] == ["fortroligt"] * 4
    assert "I alt" not in found


def test_no_numbers_at_all_are_a_problem_before_anything_runs(tmp_path: Path) -> None:
    elsewhere = series("lab_6_1", 5, 6, 7, area="223")
    (problem,) = Varighed(context(tmp_path, "varighed", YAML, elsewhere)).problems()
    assert problem.where.endswith("varighed.serier.lange_forloeb")
    assert "personer_over_52_uger" in problem.found


def test_the_news_are_who_became_more_and_who_fewer(tmp_path: Path) -> None:
    data = [
        *series("lab_6_1", 90, 60, 40),
        *series("lab_6_2", 10, 30, 50),
        *series("lab_6_3", 9, 9, 12),
    ]
    made = Varighed(context(tmp_path, "varighed", YAML, data))
    told = text(made.sentence("lange_forloeb").block)
    assert told == (
        "Antallet af personer i lange forløb i Rudersdal Kommune faldt fra 109 i juni 2025 til 102 i juni "
        "2026. Flest var jobparate på kontanthjælp: 50 af 102 personer i juni 2026. Fra juni 2025 til juni "
        "2026 steg antallet af jobparate på kontanthjælp (40 flere), men det faldt for forsikrede "
        "ledige (50 færre)."
    )
    assert text(made.summary().block) == (
        "Fra juni 2025 til juni 2026 faldt antallet af personer i lange forløb i Rudersdal Kommune fra 109 "
        "til 102."
    )


def test_the_summary_tells_the_greatest_change_first_and_what_is_shared_once() -> None:
    told = text(load("taarnby", 2017).summary().block)
    assert told == (
        "Fra januar 2015 til september 2016 blev antallet af borgere i jobafklaringsforløb i Tårnby Kommune "
        "tredoblet, fra 45 til 136 fuldtidspersoner. Den gennemsnitlige varighed på offentlig forsørgelse "
        "steg fra 58 til 68 uger. Også antallet af personer i kontaktforløb på 52 uger eller mere steg, fra "
        "905 til 947. Fra januar 2015 til maj 2016 steg antallet af personer i kontaktforløb på 52 uger "
        "eller mere i Dragør Kommune fra 119 til 133. Antallet af fuldtidspersoner i målgrupperne i "
        "Dragør Kommune faldt derimod fra 815 i januar 2015 til 765 i juni 2016."
    )


def test_a_number_that_did_not_move_is_unchanged(tmp_path: Path) -> None:
    data = [*series("lab_6_1", 9, 8, 9), *series("lab_6_2", 9, 9, 9)]
    told = text(Varighed(context(tmp_path, "varighed", YAML, data)).sentence("lange_forloeb").block)
    assert "var uændret, 18 både i juni 2025 og i juni 2026." in told
    assert "steg" not in told


MULTIPLES: list[tuple[tuple[Number, ...], str]] = CASES["multiples"]


@pytest.mark.parametrize(("values", "told"), MULTIPLES)
def test_a_multiple_is_called_one(tmp_path: Path, values: tuple[Number, ...], told: str) -> None:
    yaml = YAML.replace("[lab_6_1, lab_6_2, lab_6_3]", "[lab_6_1]")
    made = Varighed(context(tmp_path, "varighed", yaml, series("lab_6_1", *values)))
    said = text(made.sentence("lange_forloeb").block)
    assert said == f"Antallet af forsikrede ledige i Rudersdal Kommune {told}"


def panels(folder: Path) -> Figure:
    data = [*series("lab_6_1", 90, 60, 40), *series("lab_6_2", 10, WITHHELD, 50)]
    made = Varighed(context(folder, "varighed", YAML, data)).figure("lange_forloeb").block
    assert isinstance(made, Figure)
    return made


def found(made: Figure, **changes: Any) -> list[str]:
    made = made.model_copy(update=changes)
    data = made.model_dump(mode="json")
    drawings = [made.svg, made.svg_narrow]
    return [fault[0] for svg in drawings for fault in faults(read_chart(svg.encode()), data)]


def test_each_group_has_its_small_chart_to_one_scale(tmp_path: Path) -> None:
    made = panels(tmp_path)
    assert made.title == "Flere jobparate på kontanthjælp, færre forsikrede ledige"
    assert "LAB 6.2 Jobparate på kontanthjælp: fra 10 til 50." in made.alt
    assert found(made) == []


WEEKS = YAML.replace("personer_over_52_uger", "gns_varighed_igang_uger")
WEEKS = WEEKS.replace("lab_6_1, lab_6_2, lab_6_3", "a_dagpenge, sygedagpenge, fleksjob")
WEEKS = WEEKS.replace("personer i lange forløb", "den gennemsnitlige varighed")


def weeks(folder: Path) -> Varighed:
    """Durations that the source counts to a tenth of a week."""
    numbers = {
        "a_dagpenge": (20.5, 21.5, 22.5),
        "sygedagpenge": (30.4, 25.5, 20.4),
        "fleksjob": (9,) * 3,
    }
    data = [
        observation("gns_varighed_igang_uger", value, period, ydelse=ydelse) | {"decimals": 1}
        for ydelse, values in numbers.items()
        for value, period in zip(values, POINTS, strict=True)
    ]
    return Varighed(context(folder, "varighed", WEEKS, data))


def test_weeks_are_no_people(tmp_path: Path) -> None:
    made = weeks(tmp_path)
    drawn = of_kind(Figure, made.figure("lange_forloeb").block)
    assert drawn.title == "Højere for a-dagpengemodtagere, lavere for sygedagpengemodtagere"
    assert text(made.sentence("lange_forloeb").block) == (
        "Tallet var højest for a-dagpengemodtagere: 22,5 uger i juni 2026. Fra juni 2025 til juni 2026 faldt "
        "tallet for sygedagpengemodtagere (10,0)."
    )


def test_a_small_chart_ends_at_its_number_with_all_its_decimals(tmp_path: Path) -> None:
    made = of_kind(Figure, weeks(tmp_path).figure("lange_forloeb").block)
    assert {"22,5", "20,4", "9,0"} <= {one.text for one in read_chart(made.svg.encode()).texts}
    assert found(made) == []
    # A drawing that prints whole weeks is refused.
    whole = made.data.model_dump(mode="json")
    for row in whole["rows"]:
        row["cells"][2] |= {"value": float(int(row["cells"][2]["value"]))}
    data = made.model_dump(mode="json") | {"data": whole}
    told = [fault[0] for fault in faults(read_chart(made.svg.encode()), data)]
    assert "et andet tal ved linjens ende" in told


def other_number(made: Figure) -> dict[str, Any]:
    first, *rest = made.data.rows
    cells = (first.cells[0].model_copy(update={"value": 95.0}), *first.cells[1:])
    rows = (first.model_copy(update={"cells": cells}), *rest)
    return {"data": made.data.model_copy(update={"rows": rows})}


@pytest.mark.parametrize(
    "change",
    [
        other_number,
        lambda made: {"alt": made.alt.replace("til 50", "til 51")},
        lambda made: {"svg": made.svg_narrow.replace("#12436d", "#28a197", 1)},
        lambda made: {"data": made.data.model_copy(update={"rows": made.data.rows[:1]})},
    ],
    ids=["another number", "another end", "another colour", "a chart too many"],
)
def test_the_proof_refuses_other_small_charts(
    tmp_path: Path, change: Callable[[Figure], dict[str, Any]]
) -> None:
    made = panels(tmp_path)
    assert found(made, **change(made)) != []


@pytest.mark.parametrize(("values", "shown"), [((45, 60, 70), True), ((45, WITHHELD, 70), False)])
def test_a_line_of_mostly_gaps_is_not_drawn(
    tmp_path: Path, values: tuple[Number, ...], shown: bool
) -> None:
    yaml = YAML.replace("[lab_6_1, lab_6_2, lab_6_3]", "[lab_6_1]")
    made = Varighed(context(tmp_path, "varighed", yaml, series("lab_6_1", *values)))
    assert isinstance(made.figure("lange_forloeb").block, Figure) is shown


def test_another_municipality_stands_under_its_name(tmp_path: Path) -> None:
    yaml = YAML.replace("      maal:", "      kommune: Hørsholm\n      maal:")
    data = series("lab_6_1", 5, 6, 7, area="223")
    made = Varighed(context(tmp_path, "varighed", yaml, data)).partner("lange_forloeb").block
    assert isinstance(made, Subsections)
    assert [part.title for part in made.parts] == ["Hørsholm Kommune: personer i lange forløb"]


def test_a_section_that_the_plan_does_not_have_is_left_out(tmp_path: Path) -> None:
    made = Varighed(context(tmp_path, "varighed", YAML, DATA))
    for block in (made.table("gennemsnit"), made.figure("gennemsnit")):
        assert isinstance(block.block, Omitted)
        assert not block.block.missed


@pytest.mark.parametrize(("source", "two"), [("jobindsats", False), ("own:opus", True)])
def test_two_municipalities_from_two_systems_are_not_compared(
    tmp_path: Path, source: str, two: bool
) -> None:
    partner = (
        "    samarbejde:\n      emne: personer i lange forløb\n      kommune: Hørsholm\n"
        "      maal: personer_over_52_uger\n      raekker: [lab_6_1]\n"
        "      perioder: [2025M06, 2025M12, 2026M06]\n"
    )
    data = [*DATA, *series("lab_6_1", 5, 6, 7, area="223", source=source)]
    made = Varighed(context(tmp_path, "varighed", YAML + partner, data))
    block = made.comparability().block
    assert isinstance(block, Prose) is two
    if two:
        assert "Tallene for Rudersdal er fra Jobindsats.dk" in text(block)
        assert "tallene for Hørsholm er fra own:opus" in text(block)


@pytest.mark.parametrize(("points", "right"), CASES["points_in_time_must_be_of_one_kind_and_in"])
def test_points_in_time_must_be_of_one_kind_and_in_order(
    tmp_path: Path, points: str, right: bool
) -> None:
    yaml = YAML.replace("[2025M06, 2025M12, 2026M06]", points)
    if right:
        assert Varighed(context(tmp_path, "varighed", yaml, DATA)).problems() == []
        return
    with pytest.raises(ParamsError):
        context(tmp_path, "varighed", yaml, DATA)
