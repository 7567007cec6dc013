"""The status: its numbers worked out anew, its words by their definition, its period by what is there."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Table
from beskplan.core.errors import InputError, ParamsError
from beskplan.core.periods import Period
from beskplan.registers.areas import kommuner
from beskplan.report.base import Context
from beskplan.report.rows import recorded
from beskplan.report.status import Status
from beskplan.report.status_periode import newest_period
from tests.unit.report_samples import WITHHELD, Number, context, observation

YAML = """
status: {hver: kvartal}
maalgrupper:
  periode: 2025Q4
  kilde: statbank
  sammenlign_med: [hele-landet]
  afsnit:
    a_dagpenge: {ydelse: a_dagpenge, statbank: nettoledige_dagpenge}
    fleksjob: {ydelse: fleksjob, statbank: fleksjob}
    offentlig_forsoergelse: {ydelse: offentlig_forsoergelse, statbank: offentlig_forsoergelse_uden_su}
"""
BENEFITS = ("nettoledige_dagpenge", "fleksjob", "offentlig_forsoergelse_uden_su")
QUARTERS = [Period.parse("2026Q1").shift(back).code for back in range(-12, 1)]
WORKFORCE = 20_000
COUNTRY = "000"
Rows = dict[tuple[str, str, str], Number]
"""By benefit, area and period."""


def served(kommuner_: tuple[str, ...] = ("230", "201", "223")) -> Rows:
    """Numbers of every quarter to the fourth of 2025, no two alike."""
    return {
        (ydelse, area, code): float(
            (200 + 70 * b + 31 * a + 3 * q) * (90 if area == COUNTRY else 1)
        )
        for b, ydelse in enumerate(BENEFITS)
        for a, area in enumerate((COUNTRY, *kommuner_))
        for q, code in enumerate(QUARTERS[:-1])
    }


def made(folder: Path, rows: Rows, yaml: str = YAML, periode: str = "2025K4") -> Context:
    counted = [
        observation("fuldtidsmodtagere", value, code, ydelse=ydelse, area=area, source="statbank")
        for (ydelse, area, code), value in rows.items()
    ]
    areas = {area for _, area, _ in rows}
    workforce = [
        observation("arbejdsstyrke", WORKFORCE, "2025Y01", area=area, source="statbank")
        for area in areas
    ]
    found = context(folder, "status", yaml, [*counted, *workforce])
    edition = Period.parse(periode) if periode else None
    return Context(**{**vars(found), "periode": edition})


def table_of(folder: Path, rows: Rows) -> Table:
    block = Status(made(folder, rows)).checked().scoreboard().block
    assert isinstance(block, Table)
    return block


def scoreboard(folder: Path, rows: Rows) -> dict[str, list[str]]:
    """The printed cells of each row, without the number that the small line begins with."""
    found = table_of(folder, rows)
    return {
        row.label: [one.text.replace("\u00a0", " ") for one in row.cells[1:]] for row in found.rows
    }


def pct(before: Decimal, now: Decimal) -> str:
    return f"{((now / before - 1) * 100).quantize(Decimal(1), ROUND_HALF_UP):+} %"


def test_every_number_is_what_the_rows_give(tmp_path: Path) -> None:
    rows = served()
    board = scoreboard(tmp_path, rows)
    labels = ("A-dagpenge (nettoledige)", "Fleksjob", "Offentlig forsørgelse uden SU")
    for label, ydelse in zip(labels, BENEFITS, strict=True):

        def level(area: str, code: str, ydelse: str = ydelse) -> Decimal:
            return Decimal(str(rows[ydelse, area, code]))

        before, now = level("230", "2024Q04"), level("230", "2025Q04")
        others = [level(area, "2025Q04") for area in ("201", "223")]
        assert board[label][:6] == [
            f"{now:.0f}",
            f"{now - before:+.0f}",
            pct(before, now),
            pct(level(COUNTRY, "2024Q04"), level(COUNTRY, "2025Q04")),
            f"{(now / WORKFORCE * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}".replace(".", ","),
            f"{1 + sum(one > now for one in others)} af 3",
        ]  # fmt: skip


def test_the_small_line_is_the_course_from_the_first_number_to_the_last(tmp_path: Path) -> None:
    rows = served() | {("fleksjob", "230", QUARTERS[5]): WITHHELD}
    for row, ydelse in zip(table_of(tmp_path, rows).rows, BENEFITS, strict=True):
        numbers = [rows[ydelse, "230", code] for code in QUARTERS[:-1]]
        line = row.cells[0].line
        assert line is not None
        assert line.values == tuple(None if one == WITHHELD else one for one in numbers)
        assert row.cells[0].value == numbers[0]


WORDS: list[tuple[Number, Number, str]] = [
    (100.0, 90.0, "bedre"),
    (100.0, 110.0, "ringere"),
    (100.0, 101.0, "som"),
    (100.0, 102.0, "ringere"),
    (100.0, 99.0, "som"),
    (100.0, 98.0, "bedre"),
    (19.0, 40.0, "for få"),
    (100.0, WITHHELD, "fortroligt"),
    (WITHHELD, 100.0, "fortroligt"),
]
"""The own number a year before and now, beside a country where it stands still, and the word."""


@pytest.mark.parametrize(("before", "now", "word"), WORDS)
def test_the_word_is_chosen_as_its_definition_says(
    tmp_path: Path, before: Number, now: Number, word: str
) -> None:
    rows = served()
    for ydelse in BENEFITS:
        rows |= {(ydelse, "230", "2024Q04"): before, (ydelse, "230", "2025Q04"): now}
        rows |= {(ydelse, COUNTRY, code): 5000.0 for code in ("2024Q04", "2025Q04")}
    board = scoreboard(tmp_path, rows)
    assert board["A-dagpenge (nettoledige)"][-1] == word
    assert board["Fleksjob"][-1] == "neutral"


PLACES: list[tuple[dict[str, Number], str]] = [
    ({}, "3 af 3"),
    ({"201": WITHHELD}, "2 af 2"),
    ({"223": WITHHELD}, "2 af 2"),
    ({"201": WITHHELD, "223": WITHHELD}, "1 af 1"),
    ({"230": WITHHELD}, "fortroligt"),
    ({"230": 9000.0}, "1 af 3"),
]


@pytest.mark.parametrize(("changes", "place"), PLACES)
def test_a_withheld_number_has_no_place_and_moves_none(
    tmp_path: Path, changes: dict[str, Number], place: str
) -> None:
    rows = served() | {("fleksjob", area, "2025Q04"): value for area, value in changes.items()}
    assert scoreboard(tmp_path, rows)["Fleksjob"][5] == place


def test_every_municipality_with_a_number_is_in_the_ranking(tmp_path: Path) -> None:
    rows = served(tuple(one.kode for one in kommuner()))
    assert {cells[5].partition(" ")[2] for cells in scoreboard(tmp_path, rows).values()} == {
        "af 98"
    }


def newest(folder: Path, rows: Rows) -> tuple[str, tuple[str, ...]]:
    found = newest_period(made(folder, rows, periode=""))
    return (found.periode.statbank if found.periode else ""), found.waits_for


def arrived(*which: tuple[str, str]) -> Rows:
    return {(ydelse, area, "2026Q01"): 300.0 for ydelse, area in which}


ALL_ROWS = tuple((ydelse, area) for ydelse in BENEFITS for area in (COUNTRY, "230"))
ARRIVALS: list[tuple[tuple[tuple[str, str], ...], str, tuple[str, ...]]] = [
    ((), "2025K4", ("alle tal for 1. kvartal 2026",)),
    (ALL_ROWS[:2], "2025K4", ("fleksjob", "offentlig forsørgelse uden SU")),
    (ALL_ROWS[:5], "2025K4", ("offentlig forsørgelse uden SU",)),
    (ALL_ROWS, "2026K1", ("alle tal for 2. kvartal 2026",)),
]
"""What has come of the first quarter of 2026; the newest edition; what the next one waits for."""


@pytest.mark.parametrize(("there", "edition", "waits"), ARRIVALS)
def test_an_edition_waits_for_all_of_its_sections(
    tmp_path: Path, there: tuple[tuple[str, str], ...], edition: str, waits: tuple[str, ...]
) -> None:
    assert newest(tmp_path, served() | arrived(*there)) == (edition, waits)


def test_a_section_that_the_source_does_not_have_is_not_waited_for(tmp_path: Path) -> None:
    rows = {key: value for key, value in served().items() if key[0] != "fleksjob"}
    assert newest(tmp_path, rows | arrived(*ALL_ROWS[:2], *ALL_ROWS[4:]))[0] == "2026K1"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("half a period", {"periode": "2026K1"}, "fleksjob"),
    ("another kind", {"periode": "2025M12"}, "et kvartal som 2026K3"),
]


@pytest.mark.parametrize(("name", "more", "told"), REFUSED, ids=[one[0] for one in REFUSED])
def test_what_cannot_be_an_edition_is_refused(
    tmp_path: Path, name: str, more: dict[str, Any], told: str
) -> None:
    rows = served() | arrived(*ALL_ROWS[:2])
    with pytest.raises(InputError, match=told):
        Status(made(tmp_path, rows, **more)).checked()


REMARK = "{tekst: Færre søger ind., navn: Mette Holm, dato: 2026-02-01}"
REMARKS = [
    (f"2025K4: {{fleksjob: {REMARK}}}", ""),
    (f"2025Q4: {{fleksjob: {REMARK}}}", ""),
    (f"2025M12: {{fleksjob: {REMARK}}}", "kvartaler som 2026K3"),
    (f"2025K5: {{fleksjob: {REMARK}}}", "forkert værdi"),
    (f"2025K4: {{fleksjobb: {REMARK}}}", "mente du 'fleksjob'"),
]


@pytest.mark.parametrize(("remark", "told"), REMARKS)
def test_a_remark_stands_in_its_edition_or_is_refused(
    tmp_path: Path, remark: str, told: str
) -> None:
    yaml = YAML.replace("{hver: kvartal}", f"{{hver: kvartal, bemaerkninger: {{{remark}}}}}")
    if told:
        with pytest.raises(ParamsError, match=told):
            made(tmp_path, served(), yaml)
        return
    block = Status(made(tmp_path, served(), yaml)).remarks().block
    assert block.kind == "prose"
    assert block.paragraphs == ("Fleksjob: Færre søger ind. (Mette Holm, 1. februar 2026)",)
    earlier = Status(made(tmp_path, served(), yaml, periode="2025K3")).remarks().block
    assert earlier.kind == "omitted"


def edition(folder: Path, rows: Rows, periode: str) -> Status:
    """The status of a period; what it reads is left behind as a finished report leaves it."""
    kept = folder / "reports" / "2027" / "rudersdal" / f"status-{periode}"
    kept.mkdir(parents=True)
    with recorded(kept / "rows.jsonl"):
        report = Status(made(folder, rows, periode=periode)).checked()
        report.scoreboard()
        report.since()
    return report


def since(folder: Path, before: Rows, now: Rows) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """The rows and the notes of what has changed from the third quarter of 2025 to the fourth."""
    edition(folder, before, "2025K3")
    block = edition(folder, now, "2025K4").since().block
    assert isinstance(block, Table)
    return {row.label: [one.text for one in row.cells] for row in block.rows}, block.notes


NEW, THEN = QUARTERS[-2], QUARTERS[-3]
JOBS = ("fleksjob", "230")
CHANGES: list[tuple[Rows, Rows, list[str]]] = [
    ({}, {}, ["331", "331", "334", "+3", "nyt kvartal"]),
    ({}, {(*JOBS, THEN): 341.0}, ["331", "341", "334", "-7", "nyt kvartal og revision"]),
    ({}, {(*JOBS, QUARTERS[2]): 1.0}, ["331", "331", "334", "+3", "nyt kvartal og revision"]),
    ({}, {(*JOBS, THEN): WITHHELD}, [*["fortroligt"] * 2, "334", "fortroligt", "nyt kvartal og revision"]),
    ({}, {(*JOBS, NEW): WITHHELD}, []),
    ({(*JOBS, THEN): WITHHELD}, {}, ["fortroligt", "331", "334", "+3", "nyt kvartal og revision"]),
    ({(*JOBS, THEN): WITHHELD}, {(*JOBS, THEN): WITHHELD},
     []),
]  # fmt: skip
"""What the earlier edition had otherwise, what this one has, and the row about fleksjob; no row where its
change is not known and nothing is revised."""


@pytest.mark.parametrize(("before", "now", "row"), CHANGES)
def test_what_has_changed_is_told_with_its_reason(
    tmp_path: Path, before: Rows, now: Rows, row: list[str]
) -> None:
    rows, notes = since(tmp_path, served() | before, served() | now)
    assert rows.get("Fleksjob", []) == row
    revised = ["Fleksjob"] if "nyt kvartal og revision" in row else []
    assert bool(revised) == any(one.startswith("»Revision«") for one in notes)
    assert [name for name, cells in rows.items() if "revision" in cells[-1]] == revised


def test_a_great_revision_is_told_in_one_note(tmp_path: Path) -> None:
    later: Rows = {key: value + 5 for key, value in served().items() if not isinstance(value, str)}
    _, notes = since(tmp_path, served(), later)
    [told] = [one for one in notes if one.startswith("»Revision«")]
    assert told == (
        "»Revision«: kilden har ændret tallene om a-dagpenge (nettoledige), fleksjob og offentlig "
        "forsørgelse uden SU for 1. kvartal 2023 til 3. kvartal 2025."
    )


def test_the_first_edition_has_nothing_before_it(tmp_path: Path) -> None:
    assert edition(tmp_path, served(), "2025K3").since().block.kind == "omitted"


def test_an_edition_of_another_source_is_not_compared(tmp_path: Path) -> None:
    other = {
        ("nettoledige_kontanthjaelp", area, code): v for (_, area, code), v in served().items()
    }
    yaml = YAML.replace("statbank: fleksjob", "statbank: nettoledige_kontanthjaelp")
    kept = tmp_path / "reports" / "2027" / "rudersdal" / "status-2025K3"
    kept.mkdir(parents=True)
    with recorded(kept / "rows.jsonl"):
        Status(made(tmp_path, other, yaml, periode="2025K3")).scoreboard()
    block = Status(made(tmp_path, served())).since().block
    assert block.kind == "omitted"
    assert block.reason.startswith("Udgaven om 3. kvartal 2025 har ikke de samme tal")


MONTHLY = """
status: {hver: maaned}
maalgrupper:
  periode: 2026M06
  kilde: jobindsats
  sammenlign_med: [hele-landet]
  afsnit:
    a_dagpenge: {ydelse: a_dagpenge}
"""
TARGET = """
kilde: Rudersdal Kommunes Beskæftigelsesplan 2027
overordnede:
  - nr: 1
    titel: Flere i job
    resultatmaal:
      - id: r1
        slags: niveau_hoejst
        hvad: Borgere på a-dagpenge
        tekst: Højst {level} på a-dagpenge
        enhed: fuldtidspersoner
        niveau: {level}
        frist: 2026M12
        udgangspunkt: {{periode: 2025M12}}
        maaling: {{indikator: fuldtidspersoner, ydelser: [a_dagpenge]}}
"""
MONTHS = [Period.parse("2026M06").shift(back) for back in range(-41, 1)]


def monthly_rows() -> list[dict[str, Any]]:
    rows = []
    for number, month in enumerate(MONTHS):
        for area, times in (("230", 1), (COUNTRY, 100)):
            there = {"ydelse": "a_dagpenge", "area": area}
            value = float(400 - 3 * number + number % 2) * times
            rows.append(observation("fuldtidspersoner", value, month.code, **there))
            rows.append(observation("pct_af_arbejdsstyrken", 2.5, month.code, **there))
    return rows


def monthly(folder: Path, level: int, periode: str = "2026M06") -> Status:
    """A number that falls by three a month, and a target for the end of the year."""
    plan = folder / "params" / "rudersdal"
    plan.mkdir(parents=True)
    (plan / "2027.maal.yaml").write_text(TARGET.format(level=level), encoding="utf-8")
    found = context(folder, "status", MONTHLY, monthly_rows())
    return Status(Context(**{**vars(found), "periode": Period.parse(periode)})).checked()


ENDS = [
    (300, "nået", "ved fristen er efter fremskrivningen ét mål nået"),
    (200, "ikke nået", "ved fristen er efter fremskrivningen ét mål ikke nået"),
]


@pytest.mark.parametrize(("level", "word", "told"), ENDS)
def test_a_target_has_its_forecast_with_interval(
    tmp_path: Path, level: int, word: str, told: str
) -> None:
    report = monthly(tmp_path, level)
    block = report.targets().block
    assert isinstance(block, Table)
    [row] = block.rows
    found = re.fullmatch(
        r"(\d+) fuldtidspersoner \((\d+) til (\d+)\), (.*)",
        row.cells[-1].text.replace("\u00a0", " "),
    )
    assert found is not None
    middle, low, high = map(int, found.groups()[:3])
    assert low <= middle <= high
    assert found[4] == word
    answer = report.answer().block
    assert answer.kind == "prose"
    assert told in answer.paragraphs[0].casefold()
    assert len(re.findall(r"\.(?= [A-ZÆØÅ]|$)", answer.paragraphs[0])) <= 5


def test_an_edition_judges_targets_on_what_was_known_then(tmp_path: Path) -> None:
    block = monthly(tmp_path, 300, "2026M03").targets().block
    assert isinstance(block, Table)
    assert "marts 2026" in block.rows[0].cells[0].text
    assert "juni 2026" not in str(block.model_dump())


def test_a_monthly_edition_is_a_month_with_36_months_behind_it(tmp_path: Path) -> None:
    block = monthly(tmp_path, 300).scoreboard().block
    assert isinstance(block, Table)
    line = block.rows[0].cells[0].line
    assert line is not None
    assert (len(line.values), block.columns[1].label) == (36, "Juli 2023")
