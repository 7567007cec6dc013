"""The own shares beside a group's: every number a dot, every withheld one counted, no rank that tells it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Block, Figure, Omitted
from beskplan.core.errors import ParamsError
from beskplan.report.maalgrupper import Maalgrupper
from tests.conftest import cases
from tests.proof.drawing import read_chart
from tests.proof.figures import faults
from tests.unit.report_samples import WITHHELD, Number, context, observation, of_kind

CASES = cases("report_beside")

YAML = CASES["yaml"]
GROUP = """
  sammenligningsgruppe:
    navn: kommuner med samme rammevilkår
    kommuner: [Allerød, Rudersdal, Hørsholm, Gentofte]
    kilde: VIVE 2025
"""
BENEFITS = ("a_dagpenge", "sygedagpenge")
AREAS = {"Rudersdal": "230", "Allerød": "201", "Hørsholm": "223", "Gentofte": "157"}


def block(folder: Path, shares: dict[str, Number], group: str = GROUP) -> Block:
    rows: list[dict[str, Any]] = []
    every = [(name, share, one) for name, share in shares.items() for one in BENEFITS]
    for name, share, ydelse in every:
        there = {"ydelse": ydelse, "area": AREAS[name]}
        rows.append(observation("fuldtidspersoner", 300, "2026M06", **there))
        rows.append(observation("pct_af_arbejdsstyrken", share, "2026M06", **there))
    made = context(folder, "maalgrupper", YAML.format(group=group), rows)
    return Maalgrupper(made).beside_figure().block


def figure(folder: Path, shares: dict[str, Number]) -> Figure:
    return of_kind(Figure, block(folder, shares))


def told(made: Figure, data: dict[str, Any] | None = None) -> list[str]:
    whole = data or made.model_dump(mode="json")
    drawings = [made.svg, made.svg_narrow]
    return [fault[0] for svg in drawings for fault in faults(read_chart(svg.encode()), whole)]


SHARES: dict[str, Number] = {"Rudersdal": 2.7, "Allerød": 2.1, "Hørsholm": 3.4, "Gentofte": 2.7}
PLACES = [
    (SHARES, "nr. 2 af 4"),
    (SHARES | {"Hørsholm": WITHHELD}, "nr. 1 af 3, 1 fortrolig"),
    (SHARES | {"Hørsholm": WITHHELD, "Allerød": WITHHELD}, "nr. 1 af 2, 2 fortrolige"),
    (SHARES | {"Rudersdal": 1.0}, "nr. 4 af 4"),
    ({"Rudersdal": 2.7, "Allerød": 2.1}, "nr. 1 af 2"),
]
"""Shares, and the own place among those that have a number: equal ones share the better place."""


@pytest.mark.parametrize(("shares", "place"), PLACES)
def test_the_own_place_is_among_those_with_a_number(
    tmp_path: Path, shares: dict[str, Number], place: str
) -> None:
    made = figure(tmp_path, shares)
    assert [row.cells[-1].text.replace("\u00a0", " ") for row in made.data.rows] == [place] * 2
    assert place in made.alt.replace("\u00a0", " ")
    # A legend of two, then a dot for each number that is known, and none for the others.
    known = [share for share in shares.values() if share != WITHHELD]
    assert len(read_chart(made.svg.encode()).dots) == 2 + 2 * len(known)
    assert told(made) == []


def test_the_group_is_named_with_its_source(tmp_path: Path) -> None:
    made = figure(tmp_path, SHARES)
    assert made.notes[0] == "Gruppen er Allerød, Hørsholm og Gentofte. Valgt efter: VIVE 2025."


@pytest.mark.parametrize(
    ("shares", "group", "missed"),
    [(SHARES, "", False), (SHARES | {"Rudersdal": WITHHELD}, GROUP, True)],
)
def test_without_a_group_or_a_number_there_is_no_figure(
    tmp_path: Path, shares: dict[str, Number], group: str, missed: bool
) -> None:
    made = of_kind(Omitted, block(tmp_path, shares, group))
    assert made.missed is missed


ALL = "  sammenligningsgruppe: {kommuner: alle}"


def everybody(folder: Path, shares: dict[str, Number]) -> Figure:
    return of_kind(Figure, block(folder, shares, ALL))


def test_all_municipalities_are_a_row_each_and_only_known_ones_have_a_place(tmp_path: Path) -> None:
    made = everybody(tmp_path, SHARES | {"Hørsholm": WITHHELD})
    assert told(made) == []
    assert made.title == "Rudersdal ved siden af landets kommuner"
    rows = {
        row.label: [cell.text.replace("\u00a0", " ") for cell in row.cells]
        for row in made.data.rows
    }
    assert len(rows) == 98 + 1
    assert rows["Hørsholm"] == ["fortroligt"] * 2
    assert rows["Læsø"] == ["ikke opgjort"] * 2
    # One withheld above or below moves no place: it has none.
    assert rows["Placering"] == ["nr. 1 af 3, 1 fortrolig"] * 2


def test_the_place_is_the_same_wherever_the_withheld_number_lies(tmp_path: Path) -> None:
    """What is known of it (the source's own number) must not show in any text."""
    places = set()
    for folder, share in (("lav", 0.1), ("hoej", 9.9)):
        (tmp_path / folder).mkdir()
        known = everybody(tmp_path / folder, SHARES | {"Hørsholm": share})
        (tmp_path / folder / "x").mkdir()
        hidden = everybody(tmp_path / folder / "x", SHARES | {"Hørsholm": WITHHELD})
        assert known.notes != hidden.notes
        places.add(hidden.notes)
    assert len(places) == 1


def test_the_proof_sees_a_wrong_place_among_all(tmp_path: Path) -> None:
    made = everybody(tmp_path, SHARES)
    data = made.model_dump(mode="json")
    data["data"]["rows"][-1]["cells"][0]["text"] = "nr. 1 af 4"
    assert "en anden placering end tallenes" in told(made, data)
    data = made.model_dump(mode="json")
    data["data"]["rows"][1]["cells"][0]["value"] = 1.0
    data["data"]["rows"][1]["cells"][0]["text"] = "1,0"
    assert "en prik et andet sted end sit tal" in told(made, data)


@pytest.mark.parametrize(("group", "expected"), CASES["another_group_is_refused"])
def test_another_group_is_refused_once(tmp_path: Path, group: str, expected: str) -> None:
    with pytest.raises(ParamsError) as caught:
        block(tmp_path, SHARES, f"  sammenligningsgruppe: {group}")
    assert [problem.expected for problem in caught.value.problems] == [expected]


def test_a_group_without_a_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamsError):
        block(tmp_path, SHARES, GROUP.replace("    kilde: VIVE 2025\n", ""))


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda cells: cells[-1].update(text="nr. 1 af 4"), "en anden placering end tallenes"),
        (lambda cells: cells[3].update(value=3.9, text="3,9"), "en prik et andet sted end sit tal"),
        (lambda cells: cells[3].update(value=None, text="fortroligt", state="withheld"),
         "en prik et andet sted end sit tal"),
    ],
)  # fmt: skip
def test_the_proof_sees_a_wrong_dot_or_place(tmp_path: Path, change: Change, fault: str) -> None:
    made = figure(tmp_path, SHARES)
    data = made.model_dump(mode="json")
    change(data["data"]["rows"][0]["cells"])
    assert fault in told(made, data)
