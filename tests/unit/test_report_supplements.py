"""The tables after the sections: what is shown of which numbers, and what is named where they lack."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.html import Shown
from beskplan.report.maalgrupper import Maalgrupper
from tests.conftest import cases
from tests.unit.report_samples import Number, context, observation

TABLES = cases("report_supplements")

YAML = TABLES["yaml"]
PERIODS = ("2025M06", "2026M06")
DP = "nettoledige_dagpenge"
TIMER = "Personer med ordinære timer"
BENCHMARK = "Forventet og faktisk antal på offentlig forsørgelse"
Rows = list[dict[str, Any]]


def sections() -> Rows:
    return [
        observation(
            "fuldtidspersoner", 100 + 10 * at, period, ydelse=ydelse, area=area, group=group
        )
        for area in ("230", "000")
        for at, period in enumerate(PERIODS)
        for ydelse, group in (
            ("a_dagpenge", "alle"),
            ("a_dagpenge", "ledige"),
            ("sygedagpenge", "alle"),
        )
    ]


def hours(ydelse: str = "kontanthjaelp_2025", now: Number = 40, share: Number = 9.5) -> Rows:
    there = {"ydelse": ydelse, "group": "med_ordinaere_timer"}
    return [
        observation("personer", 50, PERIODS[0], **there),
        observation("personer", now, PERIODS[1], **there),
        observation("pct_af_modtagerne", share, PERIODS[1], **there),
        observation("pct_af_modtagerne", 12.1, PERIODS[1], area="000", **there),
    ]


def benchmark(period: str, expected: Number = 1000, actual: Number = 970) -> Rows:
    return [
        observation("fuldtidspersoner_forventet", expected, period),
        observation("fuldtidspersoner_faktisk", actual, period),
    ]


def report(
    root: Path, rows: Rows, kilde: str = "jobindsats", periode: str = "2026M06"
) -> Maalgrupper:
    yaml = YAML.format(kilde=kilde, periode=periode)
    return Maalgrupper(context(root, "maalgrupper", yaml, [*sections(), *rows]))


def block(made: Shown) -> Any:
    """What a cell shows, whatever kind it is."""
    return made.block


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def shown(one: Maalgrupper) -> dict[str, Any]:
    """The tables after the sections by their heading: rows with their heads, and what is said."""
    found = {}
    for part in block(one.benefit_sections()).parts:
        if part.title in (TIMER, BENCHMARK):
            made, *others = part.blocks
            rows = [[row.label, *(plain(cell.text) for cell in row.cells)] for row in made.rows]
            prose = [one for one in others if one.kind == "prose"]
            # What stands as a note is the register's own.
            said = [text for one in prose if one.role == "text" for text in one.paragraphs]
            assert [one.role for one in prose if "afløste" in one.paragraphs[0]] == (
                ["note"] if rows[0][0] == "Kontanthjælp" else []
            )
            found[part.title] = [rows, plain(" ".join(said))]
    return found


def case_ids(name: str) -> list[Any]:
    return [pytest.param(case["given"], case["told"], id=case["note"]) for case in TABLES[name]]


@pytest.mark.parametrize(("given", "expected"), case_ids("what_stands_after_the_sections"))
def test_what_stands_after_the_sections(
    tmp_path: Path, given: dict[str, dict[str, Any]], expected: dict[str, Any]
) -> None:
    makers: dict[str, Callable[..., Rows]] = {"hours": hours, "benchmark": benchmark}
    made = report(tmp_path, [row for kind in given for row in makers[kind](**given[kind])])
    assert made.problems() == []
    assert shown(made) == expected
    [told] = [one for one in [*made.reservations(), ""] if "ingen tal" in one or not one][:1]
    lacking = [name for name in (TIMER, BENCHMARK) if name not in expected]
    assert [name for name in (TIMER, BENCHMARK) if name.casefold() in told.casefold()] == lacking


FINAL, EARLY = "bruttoledige", "bruttoledige_foreloebig"


@pytest.mark.parametrize(("given", "expected"), case_ids("the_newest_months_of_the_unemployed"))
def test_the_newest_months_of_the_unemployed(
    tmp_path: Path, given: dict[str, dict[str, Number]], expected: dict[str, Any]
) -> None:
    rows = [
        observation("fuldtidsmodtagere", 50, period, ydelse=DP, source="statbank")
        for period in ("2025Q02", "2026Q02")
    ]
    for maal, months in given.items():
        for period, value in months.items():
            there = {"period": period, "source": "statbank"}
            whole = value if isinstance(value, str) else 10 * value
            rows.append(observation(maal, value, **there))
            rows.append(observation(maal, whole, area="000", **there))
    yaml = YAML.format(kilde="statbank", periode="2026M06") + f"  ledige: [{FINAL}, {EARLY}]\n"
    made = Maalgrupper(context(tmp_path, "maalgrupper", yaml, rows))
    assert made.problems() == []
    found = {}
    for part in block(made.benefit_sections()).parts:
        if part.title.startswith("Bruttoledige"):
            table, *others = part.blocks
            heads = [one.label if one.id.startswith("m") else "%" for one in table.columns[1:]]
            cells = [[row.label, *(plain(one.text) for one in row.cells)] for row in table.rows]
            said = [text for one in others for text in one.paragraphs]
            found[part.title] = [[["", *heads], *cells], plain(" ".join(said))]
            assert table.notes[0].startswith(f"»{part.title}«: ")
            assert ("foreløbige" in table.notes[0]) is ("foreløbig" in part.title)
    assert found == expected
    lacking = any("bruttoledige" in one for one in made.reservations())
    assert lacking is not bool(expected)


def test_of_jobindsatss_there_are_none_from_danmarks_statistik(tmp_path: Path) -> None:
    rows = [
        observation("fuldtidsmodtagere", 50, period, ydelse=DP, area=area, source="statbank")
        for period in ("2025Q02", "2026Q02")
        for area in ("230", "000")
    ]  # fmt: skip
    made = report(tmp_path, [*rows, *hours(), *benchmark("2026QMAT02")], kilde="statbank")
    assert shown(made) == {}
    assert not any(TIMER.casefold() in one for one in made.reservations())


def test_a_group_is_no_benefit_in_what_is_counted(tmp_path: Path) -> None:
    made = report(tmp_path, [])
    assert "på begge ydelser" in block(made.summary()).paragraphs[0]
    labels = [one.label for one in block(made.key_figures()).items]
    assert not any("edige" in label for label in labels), labels
    # Without the benefit's own section nobody is counted twice.
    alone = [row for row in sections() if row["group"] == "ledige" or row["ydelse"] != "a_dagpenge"]
    yaml = YAML.format(kilde="jobindsats", periode="2026M06")
    (tmp_path / "alene").mkdir()
    page = Maalgrupper(context(tmp_path / "alene", "maalgrupper", yaml, alone))
    assert len(block(page.key_figures()).items) == 2
    note = "Ledige på a-dagpenge er også talt med under de ydelser, som de får."
    assert note in block(made.change_figure()).notes


@pytest.mark.parametrize(("days", "told"), TABLES["the_page_says_which_numbers_are_older"])
def test_the_page_says_which_numbers_are_older(
    tmp_path: Path, days: dict[str, str], told: str
) -> None:
    rows = sections()
    for row in rows:
        table = {"a_dagpenge": "dag", "sygedagpenge": "syge"}[row["ydelse"]]
        row |= {"retrieved_at": days[row["ydelse"]], "table_id": table}
    yaml = YAML.format(kilde="jobindsats", periode="2026M06")
    made = Maalgrupper(context(tmp_path, "maalgrupper", yaml, rows))
    made.benefit_sections()
    found = [one for one in block(made.sources()).reservations if "samme dag" in one]
    assert found == ([f"Tallene er ikke hentet samme dag: {told}"] if told else [])


@pytest.mark.parametrize(
    ("kilde", "rows", "expected"),
    TABLES["a_period_without_numbers_is_refused_with"],
)
def test_a_period_without_numbers_is_refused_with_those_that_have_them(
    tmp_path: Path, kilde: str, rows: str, expected: tuple[str, str]
) -> None:
    quarters = [
        observation("fuldtidsmodtagere", 50, period, ydelse=DP, source="statbank")
        for period in ("2025Q02", "2026Q01")
    ]
    old = [observation("fuldtidspersoner", 1, "2020M06", ydelse="sygedagpenge")]
    held = {"": [], "gamle": old, "jobindsats": sections(), "begge": [*sections(), *quarters]}[rows]
    yaml = YAML.format(kilde=kilde, periode="2027M01")
    elsewhere = [observation("fuldtidspersoner", 1, "2020M01", area="360", ydelse="sygedagpenge")]
    made = Maalgrupper(context(tmp_path, "maalgrupper", yaml, [*elsewhere, *held]))
    [problem] = made.problems()
    assert problem.expected.startswith(expected[0])
    assert "beskplan fetch --source statbank kræver ingen nøgle" in problem.fix
    assert problem.fix.endswith(f"fx til {expected[1]}" if expected[1] else "eller ret `periode`")
