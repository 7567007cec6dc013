"""The status: its numbers worked out anew, its words by their definition, its period by what is there."""

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Figure, Table
from beskplan.core.errors import InputError, ParamsError
from beskplan.core.periods import Period
from beskplan.registers.areas import kommuner
from beskplan.report import shared_blocks
from beskplan.report.base import Context
from beskplan.report.data import ReportData, recorded
from beskplan.report.status import Status
from beskplan.report.status_periode import Newest, newest_period
from tests.conftest import cases
from tests.unit.report_samples import WITHHELD, Number, context, observation, of_kind, snapshot

CASES = cases("report_status")

YAML = CASES["yaml"]
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
    return of_kind(Table, Status(made(folder, rows)).checked().scoreboard().block)


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


@pytest.mark.parametrize(("periode", "is_told"), [("2025K4", False), ("2026K1", True)])
def test_what_has_changed_the_rules_within_the_year_stands_under_the_scoreboard(
    tmp_path: Path, periode: str, *, is_told: bool
) -> None:
    """From February 2026 on nobody begins a ressourceforløb: a fall is not what it seems."""
    other = {"fleksjob": "ressourceforloeb"}
    rows = {
        (other.get(ydelse, ydelse), area, code): value
        for (ydelse, area, code), value in (served() | arrived(*ALL_ROWS)).items()
    }
    block = Status(made(tmp_path, rows, YAML.replace("fleksjob", "ressourceforloeb"), periode))
    table = of_kind(Table, block.checked().scoreboard().block)
    [at] = [row for row in table.rows if row.label == "Ressourceforløb"]
    notes = [note for note in table.notes if "begynder ingen nye ressourceforløb" in note]
    assert (len(notes) == 1) is is_told
    assert ("[note " in at.cells[2].text) is is_told
    assert not any("[note " in cell.text for row in table.rows if row != at for cell in row.cells)


@pytest.mark.parametrize(("before", "now", "word"), CASES["words"])
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


@pytest.mark.parametrize(("before", "is_of_zero"), [(0.0, True), (None, False)])
def test_why_a_change_in_pct_is_not_there_is_told_rightly(
    tmp_path: Path, before: float | None, *, is_of_zero: bool
) -> None:
    """The source has a 0 of the year before, or it has no number of it."""
    rows = served() | {("fleksjob", "230", "2024Q04"): before}
    known: Rows = {key: value for key, value in rows.items() if value is not None}
    found = table_of(tmp_path, known)
    assert [row.cells[3].text for row in found.rows][1] == "ikke opgjort"
    [note] = [one for one in found.notes if one.startswith("»ikke opgjort«")]
    assert ("eller tallet før var 0" in note) is is_of_zero


@pytest.mark.parametrize(("changes", "place"), CASES["places"])
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


LEFT_OUT = YAML.replace("{hver: kvartal}", "{hver: kvartal, udelad: [fleksjob]}")


def test_a_section_that_the_status_leaves_out_is_neither_shown_nor_waited_for(
    tmp_path: Path,
) -> None:
    rows = served() | arrived(*ALL_ROWS[:2], *ALL_ROWS[4:])
    assert newest(tmp_path / "alle", rows)[0] == "2025K4"
    found = Status(made(tmp_path, rows, LEFT_OUT, periode="")).checked()
    assert found.context.periode == Period.parse("2026Q1")
    block = of_kind(Table, found.scoreboard().block)
    assert "Fleksjob" not in [row.label for row in block.rows]
    with pytest.raises(ParamsError, match="mente du 'fleksjob'"):
        made(tmp_path, rows, LEFT_OUT.replace("[fleksjob]", "[fleksjobb]"))


REFUSED: list[tuple[str, dict[str, Any], str]] = CASES["refused"]


@pytest.mark.parametrize(("name", "more", "told"), REFUSED, ids=[one[0] for one in REFUSED])
def test_what_cannot_be_an_edition_is_refused(
    tmp_path: Path, name: str, more: dict[str, Any], told: str
) -> None:
    rows = served() | arrived(*ALL_ROWS[:2])
    with pytest.raises(InputError, match=told):
        Status(made(tmp_path, rows, **more)).checked()


@pytest.mark.parametrize("periode", ["", "2025M12", "2025M11"])
def test_a_status_of_months_is_not_made_of_quarters(tmp_path: Path, periode: str) -> None:
    """The quarter that a month ends has the same last day, and its numbers are not the month's."""
    yaml = YAML.replace("hver: kvartal", "hver: maaned")
    found = made(tmp_path, served(), yaml, periode)
    assert newest_period(found) == Newest(None, ())
    with pytest.raises(InputError, match="kun ydelsernes tal for kvartaler"):
        Status(found).checked()


REMARK = "{tekst: Færre søger ind., navn: Mette Holm, dato: 2026-02-01}"
REMARKS = CASES["remarks"]


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


def edition(folder: Path, rows: Rows, periode: str, yaml: str = YAML) -> Status:
    """The status of a period; what it reads is left behind as a finished report leaves it."""
    kept = folder / "reports" / "2027" / "rudersdal" / f"status-{periode}"
    kept.mkdir(parents=True)
    with recorded(kept / "rows.jsonl"):
        report = Status(made(folder, rows, yaml, periode)).checked()
        report.scoreboard()
        report.since()
    return report


def since(folder: Path, before: Rows, now: Rows) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """The rows and the notes of what has changed from the third quarter of 2025 to the fourth."""
    edition(folder, before, "2025K3")
    block = of_kind(Table, edition(folder, now, "2025K4").since().block)
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


MONTHLY = CASES["monthly"]
TARGET = CASES["target"]
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


@pytest.mark.parametrize(("deadline", "is_told"), [("2026Q04", True), ("2025Q04", False)])
def test_a_target_of_quarters_says_that_it_has_no_forecast_and_why(
    tmp_path: Path, deadline: str, *, is_told: bool
) -> None:
    text = TARGET.format(level=250).replace("2026M12", deadline)
    text = text.replace("a_dagpenge", "fleksjob").replace("på a-dagpenge", "i fleksjob")
    text = text.replace("2025M12", "2024Q04").replace("fuldtidspersoner", "fuldtidsmodtagere")
    plan = tmp_path / "params" / "rudersdal"
    plan.mkdir(parents=True)
    (plan / "2027.maal.yaml").write_text(text, encoding="utf-8")
    block = of_kind(Table, Status(made(tmp_path, served())).checked().targets().block)
    assert (shared_blocks.WORDS["ingen_fremskrivning"] in block.notes) is is_told
    assert block.rows[0].cells[-1].text == (
        "ingen fremskrivning" if is_told else "målet er gjort op"
    )


ENDS = CASES["ends"]


@pytest.mark.parametrize(("level", "word", "told"), ENDS)
def test_a_target_has_its_forecast_with_interval(
    tmp_path: Path, level: int, word: str, told: str
) -> None:
    report = monthly(tmp_path, level)
    block = of_kind(Table, report.targets().block)
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
    assert "planens ene mål kan ikke vurderes endnu." in answer.paragraphs[0].casefold()
    assert len(re.findall(r"\.(?= [A-ZÆØÅ]|$)", answer.paragraphs[0])) <= 5


def test_an_edition_judges_targets_on_what_was_known_then(tmp_path: Path) -> None:
    block = of_kind(Table, monthly(tmp_path, 300, "2026M03").targets().block)
    assert "marts 2026" in block.rows[0].cells[0].text
    assert "juni 2026" not in str(block.model_dump())


def test_a_monthly_edition_is_a_month_with_36_months_behind_it(tmp_path: Path) -> None:
    block = of_kind(Table, monthly(tmp_path, 300).scoreboard().block)
    line = block.rows[0].cells[0].line
    assert line is not None
    assert (len(line.values), block.columns[1].label) == (36, "Juli 2023")


def answer_of(report: Status) -> str:
    block = report.answer().block
    assert block.kind == "prose"
    return str(block.paragraphs[0])


@pytest.mark.parametrize(("changes", "told"), cases("status_sentences")["beside"])
def test_how_it_went_beside_others_is_told_of_each_or_of_both(
    tmp_path: Path, changes: list[float], told: str
) -> None:
    """A-dagpenge and sygedagpenge rise from 100 by so many, where the country stands still."""
    yaml = YAML.replace("fleksjob", "sygedagpenge").replace("    offentlig_forsoergelse:", "    #")
    ydelser = ("nettoledige_dagpenge", "sygedagpenge")[: len(changes)]
    if len(changes) == 1:
        yaml = yaml.replace("    sygedagpenge:", "    #")
    rows: Rows = {
        (ydelse, area, code): 5000.0 if area == COUNTRY else 100.0 + (code == "2025Q04") * change
        for ydelse, change in zip(ydelser, changes, strict=True)
        for area in (COUNTRY, "230")
        for code in QUARTERS[:-1]
    }
    assert told in answer_of(Status(made(tmp_path, rows, yaml)).checked())


@pytest.mark.parametrize(
    ("areas", "named", "silent"),
    CASES["the_answer_compares_with_the_area_that"],
)
def test_the_answer_compares_with_the_area_that_the_scoreboard_shows(
    tmp_path: Path, areas: str, named: str, silent: str
) -> None:
    yaml = YAML.replace("[hele-landet]", f"[{areas}]")
    told = answer_of(Status(made(tmp_path, served(), yaml)).checked())
    assert (named in told, silent in told) == (True, False)


def test_an_explanation_that_no_status_shows_is_refused(tmp_path: Path) -> None:
    text = "plantekst: {status: {afsnit: {fleksjob: {forklaring: Flere søger ind.}}}}\n"
    with pytest.raises(InputError, match=r"plantekst\.status\.afsnit\.fleksjob"):
        Status(made(tmp_path, served(), f"{YAML}{text}")).checked()


def test_a_benefit_that_nobody_was_on_has_no_course(tmp_path: Path) -> None:
    rows = served() | {("fleksjob", "230", code): 0.0 for code in QUARTERS}
    block = of_kind(Figure, Status(made(tmp_path, rows)).checked().course().block)
    assert block.data is not None
    drawn = {row.label.partition(",")[0] for row in block.data.rows}
    assert drawn == {"A-dagpenge (nettoledige)", "Offentlig forsørgelse uden SU"}


def test_what_has_changed_names_the_source_of_the_new_period_too(tmp_path: Path) -> None:
    edition(tmp_path, served(), "2025K3")
    found = made(tmp_path, served())
    frame = found.data.snapshot.frame
    new = frame["period"] == "2025Q04"
    later = frame.assign(retrieved_at=frame["retrieved_at"].mask(new, "2026-10-09"))
    names = [str(name) for name in later]
    rows = [dict(zip(names, row, strict=True)) for row in later.itertuples(index=False)]
    data = ReportData(snapshot(rows))
    block = of_kind(Table, Status(Context(**{**vars(found), "data": data})).since().block)
    days = " ".join(source.text for source in block.sources)
    assert "1. august 2026" in days
    assert "9. oktober 2026" in days


def test_the_only_benefit_is_told_as_a_total_is(tmp_path: Path) -> None:
    yaml = YAML.replace("    a_dagpenge:", "    #").replace("    offentlig_f", "    #")
    told = answer_of(Status(made(tmp_path, served(), yaml)).checked())
    assert told.startswith(
        "Fra 4. kvartal 2024 til 4. kvartal 2025 kom der 12 flere, i alt 334 fuldtidsmodtagere i fleksjob. "
    )
