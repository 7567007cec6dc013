"""The course of the target groups: every known number is drawn, every gap is open, and no more is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Block, Figure, Omitted
from beskplan.core.periods import Period
from beskplan.report.maalgrupper import Maalgrupper
from tests.conftest import cases
from tests.proof.drawing import read_chart
from tests.proof.figures import faults
from tests.unit.report_samples import WITHHELD, Number, context, observation, of_kind

CASES = cases("report_course")

YAML = CASES["yaml"]
NOW = Period.parse("2026M06")
MONTHS = [NOW.shift(n).code for n in range(-35, 1)]
QUARTERS = [Period.parse("2026Q2").shift(n).code for n in range(-11, 1)]

Values = list[Number | None]
OWN: dict[str, Values] = {
    "a_dagpenge": [float(300 + 2 * n) for n in range(36)],
    "ressourceforloeb": [float(100 - n) for n in range(36)],
}
"""By benefit, a value a month; None where there is no row."""


def page(folder: Path, own: dict[str, Values], periods: list[str] = MONTHS) -> Block:
    rows: list[dict[str, Any]] = []
    for ydelse, values in own.items():
        for period, value in zip(periods, values, strict=True):
            there = {"ydelse": ydelse, "source": "demo"}
            if value is not None:
                rows.append(observation("fuldtidspersoner", value, period, **there))
            rows.append(observation("fuldtidspersoner", 5000, period, area="000", **there))
    yaml = YAML.format(now=periods[-1])
    return Maalgrupper(context(folder, "maalgrupper", yaml, rows)).course_figure().block


def figure(folder: Path, own: dict[str, Values] = OWN, periods: list[str] = MONTHS) -> Figure:
    return of_kind(Figure, page(folder, own, periods))


def with_values(ydelse: str, changes: dict[int, Number | None]) -> dict[str, Values]:
    values = [changes.get(n, value) for n, value in enumerate(OWN[ydelse])]
    return OWN | {ydelse: values}


def told(made: Figure) -> list[str]:
    data = made.model_dump(mode="json")
    drawings = [made.svg, made.svg_narrow]
    return [fault[0] for svg in drawings for fault in faults(read_chart(svg.encode()), data)]


def notes(made: Figure) -> str:
    return " ".join(made.notes)


def test_three_years_of_months_are_drawn_as_index(tmp_path: Path) -> None:
    made = figure(tmp_path)
    assert (made.title, made.subtitle) == (
        "Siden juli 2023 er stigningen størst for a-dagpenge og faldet størst for ressourceforløb",
        "Indeks, juli 2023 = 100, juli 2023 til juni 2026",
    )
    assert "A-dagpenge: Rudersdal 123 og Hele landet 100." in made.alt
    assert len(made.data.rows) == 2 * 36
    assert told(made) == []


def test_the_title_names_those_that_moved_most(tmp_path: Path) -> None:
    # Of a status' few curves it says so: another benefit may have moved more since then.
    made = figure(tmp_path)
    among = replace_title(
        made, "blandt de viste er stigningen siden juli 2023 størst for a-dagpenge"
    )
    assert told(among) == []
    other = replace_title(made, made.title.replace("a-dagpenge", "ressourceforløb"))
    assert set(told(other)) == {"en anden yderlighed i titlen"}


def replace_title(made: Figure, title: str) -> Figure:
    return made.model_copy(update={"title": title})


def test_three_years_of_quarters_are_drawn(tmp_path: Path) -> None:
    own: dict[str, Values] = {"a_dagpenge": [float(300 + n) for n in range(12)]}
    made = figure(tmp_path, own, QUARTERS)
    assert made.subtitle == ("Indeks, 3. kvartal 2023 = 100, 3. kvartal 2023 til 2. kvartal 2026")
    assert told(made) == []


@pytest.mark.parametrize("known", [(23,), (35,), (23, 35)])
def test_the_two_periods_of_the_tables_are_no_course(
    tmp_path: Path, known: tuple[int, ...]
) -> None:
    rows = [observation("fuldtidspersoner", 300, MONTHS[n], ydelse="a_dagpenge") for n in known]
    report = Maalgrupper(context(tmp_path, "maalgrupper", YAML.format(now=NOW.code), rows))
    assert isinstance(report.course_figure().block, Omitted)


@pytest.mark.parametrize("gap", [WITHHELD, None], ids=["withheld", "no row"])
def test_a_gap_is_never_bridged(tmp_path: Path, gap: Number | None) -> None:
    made = figure(tmp_path, with_values("a_dagpenge", {10: gap, 11: gap}))
    assert told(made) == []
    assert "fortroligt eller ikke opgjort: a-dagpenge." in notes(made)
    cells = {row.label: row.cells[0] for row in made.data.rows}
    assert cells["A-dagpenge, maj 2024"].value is None
    # Neither does a line pass over the two months, nor does any text give the numbers.
    bridged = figure(tmp_path, OWN).svg
    assert "en linje, hvor der ikke er noget tal" in told(made.model_copy(update={"svg": bridged}))


def test_a_first_month_that_is_withheld_moves_the_index_for_all(tmp_path: Path) -> None:
    made = figure(tmp_path, with_values("a_dagpenge", {0: WITHHELD}))
    assert "første periode = 100" in made.subtitle
    assert "hvor de alle har et tal (a-dagpenge: august 2023)" in notes(made)
    assert told(made) == []


def test_a_municipality_that_is_withheld_throughout_has_no_line(tmp_path: Path) -> None:
    made = figure(tmp_path, OWN | {"a_dagpenge": [WITHHELD] * 36})
    assert "A-dagpenge: Hele landet 100." in made.alt
    assert told(made) == []


def test_small_numbers_are_no_news(tmp_path: Path) -> None:
    small: list[Number | None] = [19.0, *(float(10 + n) for n in range(35))]
    made = figure(tmp_path, OWN | {"a_dagpenge": small})
    assert "a-dagpenge" not in made.title
    assert "Færre end 20 i den første periode: a-dagpenge." in notes(made)
    assert told(made) == []


def test_a_law_is_marked_in_its_own_panel(tmp_path: Path) -> None:
    made = figure(tmp_path)
    assert "Stiplet streg (ressourceforløb): Fra 1. februar 2026" in notes(made)
    upright = [
        stroke.points[0][0]
        for stroke in read_chart(made.svg.encode()).strokes
        if stroke.dashed and stroke.points[0][0] == stroke.points[1][0]
    ]
    assert len(upright) == 1


def test_a_benefit_that_ends_is_drawn_from_the_break_on(tmp_path: Path) -> None:
    """Ressourceforløb begin in 2013: what a source may have before is another thing."""
    months = [Period.parse("2015M06").shift(n).code for n in range(-35, 1)]
    made = figure(tmp_path, OWN, months)
    labels = [row.label for row in made.data.rows if row.label.startswith("Ressourceforløb")]
    assert labels[0] == "Ressourceforløb, januar 2013"
    assert told(made) == []


Change = Callable[[dict[str, Any]], dict[str, Any]]


def in_cell(made: dict[str, Any]) -> dict[str, Any]:
    made["data"]["rows"][-5]["cells"][0]["value"] += 40
    return made


def in_text(key: str, old: str, new: str) -> Change:
    return lambda made: made | {key: made[key].replace(old, new)}


def other_order(made: dict[str, Any]) -> dict[str, Any]:
    rows = made["data"]["rows"]
    made["data"]["rows"] = [*rows[36:], *rows[:36]]
    return made


def other_areas(made: dict[str, Any]) -> dict[str, Any]:
    _, one, other = made["data"]["columns"]
    one["label"], other["label"] = other["label"], one["label"]
    return made


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (in_cell, "et punkt ligger et andet sted end sit tal"),
        (in_text("alt", "Rudersdal 123", "Rudersdal 132"), "et andet tal i den alternative tekst"),
        (in_text("title", "stigningen", "faldet"), "en anden yderlighed i titlen"),
        (in_text("subtitle", "juli 2023 = 100", "juni 2023 = 100"), "et andet udgangspunkt end tallenes"),
        (other_order, "et felt under et andet navn"),
        (other_areas, "et punkt ligger et andet sted end sit tal"),
        (lambda made: made | {"data": made["data"] | {"rows": made["data"]["rows"][:36]}},
         "et andet antal felter end tabellens"),
    ],
)  # fmt: skip
def test_the_proof_sees_what_is_drawn_otherwise(tmp_path: Path, change: Change, fault: str) -> None:
    made = figure(tmp_path)
    data = change(made.model_dump(mode="json"))
    assert fault in [found[0] for found in faults(read_chart(made.svg.encode()), data)]


def test_the_proof_reads_the_number_at_the_end_of_a_line(tmp_path: Path) -> None:
    one, other = figure(tmp_path), figure(tmp_path, with_values("a_dagpenge", {35: 400.0}))
    texts = [text.text for text in read_chart(other.svg.encode()).texts]
    assert {"133"} <= set(texts)
    assert "et andet tal ved linjens ende" in told(one.model_copy(update={"svg": other.svg}))
