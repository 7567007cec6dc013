"""Files of one's own: drafted, read, refused, and what is told of them."""

import io
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from beskplan.core.errors import BeskplanError, DataError
from beskplan.registers.indicators import INDICATORS, declare_own
from beskplan.registers.reading import parse
from beskplan.runner.wanted import wanted
from beskplan.sources.cells import period_of
from beskplan.sources.drafting import draft_mapping
from beskplan.sources.imports import read_export, read_file
from beskplan.sources.mapping import CHOOSE, AreaColumn, Mapping, PeriodColumn, load_mapping
from tests.conftest import cases
from tests.importing import import_file

TABLES = cases("own_files")

FOLDER = Path(__file__).parent / "cases"
CASES: list[dict[str, Any]] = yaml.safe_load(
    (FOLDER / "own_files.yaml").read_text(encoding="utf-8")
)
ON = date(2026, 8, 1)


def answered(draft: str, answers: list[str]) -> str:
    """The draft with an answer for each `VALG` below its two lines of explanation."""
    lines = draft.splitlines(keepends=True)
    head, text = "".join(lines[:2]), "".join(lines[2:])
    assert f"titel: {CHOOSE}  #" in text
    text = text.replace(f"titel: {CHOOSE}", "titel: Egne tal", 1)
    assert text.count(CHOOSE) == len(answers)
    parts = text.split(CHOOSE)
    return head + parts[0] + "".join(f"{a}{b}" for a, b in zip(answers, parts[1:], strict=True))


def drafted(case: dict[str, Any]) -> str:
    return draft_mapping(case["text"].encode(), name="fil.csv", id="fil", source="own:egen")


def read(case: dict[str, Any]) -> dict[str, Any]:
    mapping = parse(answered(drafted(case), case["answers"]), "fil.yaml", Mapping)
    frame = read_export(case["text"].encode(), mapping, name="fil.csv", retrieved_at=ON)[0].frame
    keys = frame["area"] + " " + frame["period"] + " " + frame["indicator"]
    # What is counted of all is not named.
    for part in ("ydelse", "group"):
        keys += (" " + frame[part]).where(frame[part] != "alle", "")
    values = frame["value"].astype(object).where(frame["state"] == "known", frame["state"])
    return dict(zip(keys, values, strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_file_is_drafted_and_read_or_refused(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(BeskplanError, match=case["refused"]):
            read(case)
        return
    for line in case["draft"]:
        assert line in drafted(case)
    assert read(case) == case["values"]


@pytest.mark.parametrize(
    ("written", "year", "type_", "code"), TABLES["a_period_is_read_as_files_write_it"]
)
def test_a_period_is_read_as_files_write_it(
    written: Any, year: int | None, type_: Any, code: str
) -> None:
    assert period_of(written, year, type_).code == code


@pytest.mark.parametrize(("written", "type_"), TABLES["what_is_no_period_is_refused"])
def test_what_is_no_period_is_refused(written: str, type_: Any) -> None:
    with pytest.raises(BeskplanError):
        period_of(written, None, type_)


def test_an_import_tells_what_it_understood_and_shows_no_small_count(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "liste.yaml").write_text(
        "id: liste\ntitel: Liste\nkilde: own:egen\ntabel: liste\nomraade: {kolonne: Kommune}\n"
        "periode: {kolonne: Måned}\nudelad: {Kommune: [I alt]}\nignorer: [Noter]\n"
        "tal:\n  - {kolonne: Antal, indikator: personer}\n",
        encoding="utf-8",
    )
    file = tmp_path / "liste.csv"
    file.write_text(
        "Kommune;Måned;Antal;Noter\nRudersdal;jan-26;120;\nFuresø;jan-26;3;\nI alt;jan-26;123;\n",
        encoding="utf-8",
    )
    _, lines = read_file(file, "liste", tmp_path, retrieved_at=ON)
    assert [line.strip() for line in lines] == [
        "liste.csv, række 1:",
        "Antal personer (personer): 2 tal, januar 2026, Rudersdal, Furesø",
        "linje 2, Antal: Rudersdal, januar 2026: 120 personer",
        "linje 3, Antal: Furesø, januar 2026: fortroligt",
        "rækker, der er udeladt: »I alt« (1)",
        "kolonner, der ikke er læst: Noter",
    ]


def test_a_number_below_a_year_is_placed_by_its_head_as_it_is_written() -> None:
    content = "Måned;2025;2026\njanuar;120;131\n".encode()
    draft = draft_mapping(content, name="fil.csv", id="fil", source="own:egen")
    mapping = parse(answered(draft, ["Furesø", "virksomhedsbesoeg"]), "fil.yaml", Mapping)
    _, lines = read_export(content, mapping, name="fil.csv", retrieved_at=ON)
    assert "linje 2, 2025: Furesø, januar 2025: 120 besøg" in [line.strip() for line in lines]


@pytest.mark.parametrize(
    ("name", "sheet", "title", "years"), TABLES["a_file_of_another_year_is_refused"]
)
def test_a_file_of_another_year_is_refused(name: str, sheet: str, title: str, years: str) -> None:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet(sheet)
        for row, cells in enumerate(([title], ["Måned", "Besøg"], ["januar", 12], ["februar", 14])):
            page.write_row(row, 0, cells)
    draft = draft_mapping(content.getvalue(), name=name, id="fil", source="own:egen")
    assert ("over tallene eller i arkets navn står" in draft) is bool(
        re.search("20", sheet + title[:14])
    )
    mapping = parse(answered(draft, ["Furesø", "2025", "virksomhedsbesoeg"]), "fil.yaml", Mapping)
    if not years:
        frame = read_export(content.getvalue(), mapping, name=name, retrieved_at=ON)[0].frame
        assert list(frame["period"]) == ["2025M01", "2025M02"]
        return
    with pytest.raises(DataError) as refusal:
        read_export(content.getvalue(), mapping, name=name, retrieved_at=ON)
    (problem,) = refusal.value.problems
    assert (problem.what, problem.found) == ("et andet år end skemaets", years)


def test_an_unfinished_draft_is_refused_and_hinders_no_other(tmp_path: Path) -> None:
    text = (
        "id: {}\ntitel: x\nkilde: own:x\ntabel: x\nomraade: {{fast: {}}}\nperiode: {{kolonne: P}}\n"
    )
    text += "tal: [{{kolonne: A, indikator: personer}}]\n"
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "ny.yaml").write_text(text.format("ny", CHOOSE), "utf-8")
    (tmp_path / "mappings" / "faerdig.yaml").write_text(
        f"# Erstat hvert {CHOOSE}.\n{text.format('faerdig', 'Furesø')}", "utf-8"
    )
    assert load_mapping("faerdig", tmp_path).id == "faerdig"
    with pytest.raises(DataError, match=f"erstat {CHOOSE}"):
        load_mapping("ny", tmp_path)


def test_a_misspelt_column_to_leave_out_by_is_refused(tmp_path: Path) -> None:
    text = (
        "id: x\ntitel: x\nkilde: own:x\ntabel: x\nomraade: {fast: Furesø}\nperiode: {kolonne: P}\n"
        "udelad: {Komune: [I alt]}\ntal: [{kolonne: A, indikator: personer}]\n"
    )
    mapping = parse(text, "x.yaml", Mapping)
    with pytest.raises(DataError, match="Komune"):
        read_export(
            b"Kommune;P;A\nFures\xc3\xb8;2026M01;7\n", mapping, name="x.csv", retrieved_at=ON
        )


OWN = """
indikatorer:
  samtaler: {navn: Antal samtaler, enhed: samtaler}
  deltagere: {navn: Deltagere i forløbet, enhed: deltagere, personer: true}
"""


def own_copy(root: Path, indicators: str = OWN) -> Path:
    """A working copy with indicators and a mapping of its own, and the file that this reads."""
    for folder in ("params", "mappings"):
        (root / folder).mkdir(parents=True)
    (root / "params" / "indikatorer.yaml").write_text(indicators, encoding="utf-8")
    (root / "mappings" / "liste.yaml").write_text(
        "id: liste\ntitel: Liste\nkilde: own:egen\ntabel: liste\nomraade: {fast: Furesø}\n"
        "periode: {kolonne: Måned}\ntal:\n  - {kolonne: A, indikator: samtaler}\n"
        "  - {kolonne: B, indikator: deltagere}\n",
        encoding="utf-8",
    )
    (root / "liste.csv").write_text("Måned;A;B\njan-26;3;3\nfeb-26;8;8\n", encoding="utf-8")
    return root


def test_an_own_indicator_is_stored_and_small_counts_of_people_are_withheld(tmp_path: Path) -> None:
    root = own_copy(tmp_path / "egen")
    frame = import_file(root / "liste.csv", "liste", root, retrieved_at=ON).frame
    states = dict(zip(frame["indicator"] + " " + frame["period"], frame["state"], strict=True))
    assert states == {
        "samtaler 2026M01": "known",
        "samtaler 2026M02": "known",
        "deltagere 2026M01": "withheld",
        "deltagere 2026M02": "known",
    }
    assert INDICATORS["samtaler"].unit == "samtaler"


def test_another_working_copy_does_not_know_it(tmp_path: Path) -> None:
    root = own_copy(tmp_path / "egen")
    declare_own(root)
    assert "samtaler" in INDICATORS
    declare_own(tmp_path)
    assert "samtaler" not in INDICATORS
    with pytest.raises(DataError, match="en indikator, som beskplan kender"):
        load_mapping(root / "mappings" / "liste.yaml", tmp_path)


@pytest.mark.parametrize(("text", "fault"), TABLES["a_wrong_declaration_is_refused"])
def test_a_wrong_declaration_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    root = own_copy(tmp_path / "egen", text)
    with pytest.raises(DataError, match=fault):
        declare_own(root)


def test_a_changed_declaration_makes_reports_stale(tmp_path: Path, root: Path) -> None:
    place = own_copy(tmp_path / "egen")
    shutil.copytree(root / "notebooks", place / "notebooks")
    shutil.copytree(root / "params" / "rudersdal", place / "params" / "rudersdal")
    shutil.copyfile(root / "params" / "2021.yaml", place / "params" / "2021.yaml")
    first = wanted(place, "x")[0].key["params"]
    assert wanted(place, "x")[0].key["params"] == first
    path = place / "params" / "indikatorer.yaml"
    path.write_text(OWN.replace("Antal samtaler", "Samtaler i alt"), encoding="utf-8")
    assert wanted(place, "x")[0].key["params"] != first
    declare_own(root)


HEADS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "heads.yaml").read_text(encoding="utf-8"))


def as_workbook(sheet: list[list[Any]]) -> bytes:
    """The rows of a case as a workbook, with the cells merged that it says; `2025-01-01 yyyy` is a day."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("Ark1")
        for at, column in (
            (at, column) for at, row in enumerate(sheet) for column in range(len(row))
        ):
            cell: Any = sheet[at][column]
            if cell in (">", "^", ""):
                continue
            line = [*sheet[at][column + 1 :], ""]
            right = next(n for n, one in enumerate(line) if one != ">")
            down = 0
            while sheet[at + down + 1 : at + down + 2] and sheet[at + down + 1][column:][:1] == [
                "^"
            ]:
                down += 1
            form = None
            if hit := re.fullmatch(r"(\d{4}-\d\d-\d\d) (\S+)", str(cell)):
                cell, form = date.fromisoformat(hit[1]), book.add_format({"num_format": hit[2]})
            if right or down:
                page.merge_range(at, column, at + down, column + right, cell, form)
            else:
                page.write(at, column, cell, form)
    return stream.getvalue()


@pytest.mark.parametrize("case", HEADS, ids=lambda case: case["name"])
def test_heads_in_several_rows_are_read_or_refused(case: dict[str, Any]) -> None:
    content = as_workbook(case["sheet"])
    draft = draft_mapping(content, name="fil.xlsx", id="fil", source="own:egen")
    for line in case["draft"]:
        assert line in draft
    text = answered(draft, case["answers"]).replace(*case.get("replace", ["", ""]))
    text += case.get("mapping", "")

    def values() -> dict[str, Any]:
        mapping = parse(text, "fil.yaml", Mapping)
        frame = read_export(content, mapping, name="fil.xlsx", retrieved_at=ON)[0].frame
        return dict(
            zip(
                frame["area"] + " " + frame["period"] + " " + frame["indicator"],
                frame["value"],
                strict=True,
            )
        )

    if "refused" in case:
        with pytest.raises(BeskplanError, match=case["refused"]):
            values()
    else:
        assert values() == pytest.approx(case["values"], nan_ok=True)


GUIDE = Path(__file__).parents[2] / "docs" / "egne-tal.md"
SMALLEST = (
    "id: x\ntitel: X\nkilde: own:x\ntabel: x\nomraade: {fast: Furesø}\nperiode: {kolonne: P}\n"
)
SMALLEST += "tal: [{kolonne: A, indikator: personer}]\n"


def guide_examples() -> list[tuple[str, str]]:
    """Key and example of each row of the guide's table of keys."""
    table = GUIDE.read_text(encoding="utf-8").partition("## 3.")[2].partition("## 4.")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    found = [
        (re.split("[`:]", row[1])[1], example)
        for row in rows
        for example in re.findall("`([^`]+)`", row[3])
    ]
    below = re.findall(r"`(udelad|faste): ([^`]*\})`", table.partition("**Køn")[2])
    return found + [(key, example.replace("\n", " ")) for key, example in below]


def with_example(key: str, example: str) -> Mapping:
    values = yaml.safe_load(SMALLEST)
    given = yaml.safe_load(example)
    is_whole = isinstance(given, dict) and given.keys() <= Mapping.model_fields.keys()
    values |= given if is_whole else {key: given}
    return parse(yaml.safe_dump(values, allow_unicode=True), "x.yaml", Mapping)


@pytest.mark.parametrize(("key", "example"), guide_examples())
def test_each_example_of_the_guide_is_a_mapping(key: str, example: str) -> None:
    assert with_example(key, example).id == "x"


def test_an_example_with_a_group_that_nobody_counts_is_refused() -> None:
    assert len(guide_examples()) > 15
    with pytest.raises(DataError, match="maend"):
        with_example("gruppe", "{kolonne: Køn, vaerdier: {Mænd: maend}}")


def test_the_rows_of_both_sexes_together_are_read_as_the_guide_says() -> None:
    mapping = with_example("udelad", "{Køn: [Mænd, Kvinder]}")
    rows = "P;Køn;A\n2026M01;Mænd;12\n2026M01;Kvinder;14\n2026M01;I alt;26\n"
    frame = read_export(rows.encode(), mapping, name="x.csv", retrieved_at=ON)[0].frame
    assert frame["value"].tolist() == [26]


def small(numbers: dict[str, Any], cells: list[str], above: str = "") -> tuple[bytes, Mapping]:
    """A file of one column of numbers, and its mapping."""
    rows = [f"sted {at};{cell}" for at, cell in enumerate(cells[1:])]
    text = "\n".join([*filter(None, [above]), "Sted;Tal", f"Furesø;{cells[0]}", *rows])
    keys: dict[str, Any] = {"id": "fil", "titel": "Fil", "kilde": "own:egen", "tabel": "fil"}
    keys["ignorer"] = ["Sted"]
    keys |= {"omraade": {"fast": "Furesø"}, "periode": {"fast": "juni 2026"}}
    keys["tal"] = [{"kolonne": "Tal"} | numbers]
    return text.encode(), parse(yaml.safe_dump(keys, allow_unicode=True), "fil.yaml", Mapping)


@pytest.mark.parametrize(
    ("title", "refused"), TABLES["what_stands_over_the_numbers_is_held_against_the_mapping"]
)
def test_what_stands_over_the_numbers_is_held_against_the_mapping(title: str, refused: str) -> None:
    content, mapping = small({"indikator": "fuldtidspersoner"}, ["120"], f"{title};")
    if not refused:
        assert len(read_export(content, mapping, name="fil.csv", retrieved_at=ON)[0].frame) == 1
        return
    with pytest.raises(DataError) as refusal:
        read_export(content, mapping, name="fil.csv", retrieved_at=ON)
    assert [one.what for one in refusal.value.problems] == [refused]


@pytest.mark.parametrize(
    ("column", "refused"), TABLES["a_column_that_is_not_read_may_say_what_the_numbers_are"]
)
def test_a_column_that_is_not_read_may_say_what_the_numbers_are(
    column: list[str], refused: str
) -> None:
    mapping = small({"indikator": "fuldtidspersoner"}, ["1"])[1].model_copy(
        update={"ignorer": (column[0],), "omraade": AreaColumn(kolonne="Kommune")}
    )
    rows = zip(["Kommune", "Furesø", "Greve"], ["Tal", "10", "12"], column, strict=True)
    content = "\n".join(map(";".join, rows)).encode()
    if not refused:
        assert len(read_export(content, mapping, name="fil.csv", retrieved_at=ON)[0].frame) == 2
        return
    with pytest.raises(DataError, match=refused):
        read_export(content, mapping, name="fil.csv", retrieved_at=ON)


@pytest.mark.parametrize(("keys", "cells", "expected"), TABLES["shares_of_one"])
def test_shares_of_one_are_read_as_per_cents_or_asked_for(
    keys: dict[str, Any], cells: list[str], expected: Any
) -> None:
    numbers = {"indikator": "pct_af_arbejdsstyrken", **keys}
    text = f"Måned;Tal\njan-26;{cells[0]}\nfeb-26;{cells[1]}\n".encode()
    mapping = small(numbers, cells)[1].model_copy(
        update={"periode": PeriodColumn(kolonne="Måned"), "ignorer": ()}
    )
    if isinstance(expected, list):
        frame = read_export(text, mapping, name="fil.csv", retrieved_at=ON)[0].frame
        assert list(frame["value"]) == expected
        return
    with pytest.raises(DataError) as refusal:
        read_export(text, mapping, name="fil.csv", retrieved_at=ON)
    assert expected in {one.what for one in refusal.value.problems}.pop()
