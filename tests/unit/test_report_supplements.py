"""The tables after the sections: what is shown of which numbers, and what is named where they lack."""

from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.html import Shown
from beskplan.report.maalgrupper import Maalgrupper
from tests.conftest import cases
from tests.unit.report_samples import WITHHELD, Number, context, observation

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


def shown(one: Maalgrupper) -> dict[str, tuple[list[list[str]], str]]:
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
            found[part.title] = (rows, plain(" ".join(said)))
    return found


CASES: list[tuple[str, Rows, dict[str, tuple[list[list[str]], str]]]] = [
    ("nothing", [], {}),
    (
        "hours of one of two benefits",
        hours(),
        {
            TIMER: (
                [["Kontanthjælp", "50", "40", "9,5", "12,1"]],
                "I juni 2026 var der 40 kontanthjælpsmodtagere med ordinære timer (9,5 pct.).",
            )
        },
    ),
    (
        "withheld takes its share with it",
        hours("jobafklaring", now=WITHHELD),
        {TIMER: ([["Jobafklaringsforløb", "50", "fortroligt", "fortroligt", "12,1"]], "")},
    ),
    (
        "the benchmark without an area that the source lacks",
        benchmark("2026QMAT02"),
        {
            BENCHMARK: (
                [["Rudersdal", "1.000", "970", "-30", "-3 %"]],
                ("I perioden 3. kvartal 2025 - 2. kvartal 2026 var der 970 fuldtidspersoner på offentlig "
                "forsørgelse i Rudersdal Kommune. Det er 30 færre (3 pct.), end kommunens rammevilkår giver "
                "grund til at vente."),
            )
        },
    ),
    (
        "an equal number",
        benchmark("2025QMAT04", 970),
        {
            BENCHMARK: (
                [["Rudersdal", "970", "970", "0", "0 %"]],
                ("I perioden 1. kvartal 2025 - 4. kvartal 2025 var der 970 fuldtidspersoner på offentlig "
                "forsørgelse i Rudersdal Kommune. Det er lige så mange, som kommunens rammevilkår giver "
                "grund til at vente."),
            )
        },
    ),
    ("a rolling year that ends after the period", benchmark("2026QMAT03"), {}),
    ("a rolling year that is too old", benchmark("2024QMAT04"), {}),
    (
        "a withheld actual number",
        benchmark("2026QMAT02", actual=WITHHELD),
        {BENCHMARK: ([["Rudersdal", "1.000", "fortroligt", "fortroligt", "fortroligt"]], "")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "expected"), [pytest.param(*more, id=name) for name, *more in CASES]
)
def test_what_stands_after_the_sections(
    tmp_path: Path, rows: Rows, expected: dict[str, tuple[list[list[str]], str]]
) -> None:
    made = report(tmp_path, rows)
    assert made.problems() == []
    assert shown(made) == expected
    [told] = [one for one in [*made.reservations(), ""] if "ingen tal" in one or not one][:1]
    lacking = [name for name in (TIMER, BENCHMARK) if name not in expected]
    assert [name for name in (TIMER, BENCHMARK) if name.casefold() in told.casefold()] == lacking


FINAL, EARLY = "bruttoledige", "bruttoledige_foreloebig"
MONTHLY: list[tuple[str, dict[str, dict[str, Number]], dict[str, tuple[list[list[str]], str]]]] = [
    ("nothing at all is named", {}, {}),
    (
        "the newest three months, and the preliminary ones after them",
        {
            FINAL: {
                "2025M08": 40, "2026M05": 43, "2026M06": 45, "2026M07": 44, "2026M08": 50,
            },
            EARLY: {
                "2025M09": 41, "2026M08": 51, "2026M09": 41,
            },
        },
        {
            "Bruttoledige": (
                [["", "August 2025", "Juni 2026", "Juli 2026", "August 2026", "%"],
                ["Rudersdal", "40", "45", "44", "50", "25 %"],
                ["Hele landet", "400", "450", "440", "500", "25 %"]],
                ("I august 2026 var der 50 ledige fuldtidspersoner i Rudersdal Kommune. Det er 10 flere (25 "
                "pct.) end i august 2025."),
            ),
            "Bruttoledige (foreløbig opgørelse)": (
                [["", "September 2025", "September 2026", "%"],
                ["Rudersdal", "41", "41", "0 %"],
                ["Hele landet", "410", "410", "0 %"]],
                ("I september 2026 var der foreløbigt opgjort 41 ledige fuldtidspersoner i Rudersdal "
                "Kommune. Det er lige så mange som i september 2025."),
            ),
        },
    ),
    (
        "preliminary months that the final count has are not shown",
        {FINAL: {"2026M08": 50}, EARLY: {"2026M07": 44, "2026M08": 51}},
        {
            "Bruttoledige": (
                [["", "Juni 2026", "Juli 2026", "August 2026"],
                ["Rudersdal", "ikke opgjort", "ikke opgjort", "50"],
                ["Hele landet", "ikke opgjort", "ikke opgjort", "500"]],
                "",
            ),
        },
    ),
    (
        "a withheld month has no sentence, and the months before the quarter are not its news",
        {FINAL: {"2025M04": 40, "2026M03": 9, "2026M04": WITHHELD}},
        {
            "Bruttoledige": (
                [["", "April 2025", "April 2026", "%"],
                ["Rudersdal", "40", "fortroligt", "fortroligt"],
                ["Hele landet", "400", "fortroligt", "fortroligt"]],
                "",
            ),
        },
    ),
    ("too old", {FINAL: {"2026M03": 9}}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"), [pytest.param(*more, id=name) for name, *more in MONTHLY]
)
def test_the_newest_months_of_the_unemployed(
    tmp_path: Path,
    given: dict[str, dict[str, Number]],
    expected: dict[str, tuple[list[list[str]], str]],
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
            found[part.title] = ([["", *heads], *cells], plain(" ".join(said)))
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
    [
        ("bedst", "", ("det, som data indeholder", "")),
        ("bedst", "gamle", ("det, som data indeholder", "")),
        ("bedst", "jobindsats", ("en periode med tal: juni 2025 - juni 2026", "2026M06")),
        ("jobindsats", "begge", ("en periode med tal: juni 2025 - juni 2026", "2026M06")),
        ("statbank", "begge", ("en periode med tal: 2. kvartal 2025 - 1. kvartal 2026", "2026Q01")),
        (
            "bedst",
            "begge",
            (
                "en periode med tal: juni 2025 - juni 2026 og 2. kvartal 2025 - 1. kvartal 2026",
                "2026M06",
            ),
        ),
    ],
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
