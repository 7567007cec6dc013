"""Exported files and their mappings."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from beskplan.core.errors import BeskplanError, DataError, UnknownNameError
from beskplan.registers.reading import parse
from beskplan.sources.imports import read_export
from beskplan.sources.mapping import Mapping, load_mapping, mapping_text, mappings, save_mapping
from tests.conftest import cases

CASES = cases("exports")

ON = date(2026, 8, 1)
HEAD = "Periode;Område;Antal personer;Pct. af arbejdsstyrken"
TEXTS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "texts.yaml").read_text(encoding="utf-8")
)

BASE: dict[str, Any] = CASES["base"]


def mapping(**change: Any) -> Mapping:
    """A mapping of an export with some of its keys replaced."""
    return parse(yaml.safe_dump({**BASE, **change}), "proeve.yaml", Mapping)


def read(content: bytes, **change: Any) -> dict[str, Any]:
    """Values by area, period, indicator and group, as `texts.yaml` has them."""
    frame = read_export(content, mapping(**change), name="fil", retrieved_at=ON)[0].frame
    told = {"withheld": None, "absent": "absent"}
    values = {}
    for row in frame.to_dict("records"):
        group = "" if row["group"] == "alle" else f" {row['group']}"
        key = f"{row['area']} {row['period']} {row['indicator']}{group}"
        values[key] = told.get(row["state"], row["value"])
    return values


def refusal(content: bytes, **change: Any) -> str:
    with pytest.raises(DataError) as error:
        read(content, **change)
    return error.value.problems[0].what


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case["text"][-40:])
def test_a_text_gives_its_observations_or_is_refused(case: dict[str, Any]) -> None:
    change = case.get("change", {})
    try:
        assert read(case["text"].encode(), **change) == case.get("values")
    except BeskplanError as error:
        told = zip(error.problems, case["refused"], strict=True)
        found = [[one.where, one.what, one.expected][: len(wanted)] for one, wanted in told]
        assert found == case["refused"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_separator_and_line_ends_are_found(
    encoding: str, separator: str, newline: str
) -> None:
    text = f"{HEAD}\n2026M06;Ærø;1.308;2,4\n".replace(";", separator).replace("\n", newline)
    assert list(read(text.encode(encoding)).values()) == [1308.0, 2.4]


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_the_encoding_of_an_old_program_is_read_where_the_mapping_says_it(encoding: str) -> None:
    content = f"{HEAD}\n2026M06;Ærø;1.308;2,4\n".encode(encoding)
    assert refusal(content) == "æ, ø og å er skrevet i en anden tegnkodning"
    assert list(read(content, fil={"tegnkodning": encoding}).values()) == [1308.0, 2.4]


def workbook(
    *rows: Sequence[object], sheets: tuple[str, ...] = ("Ark1",), percent: str = ""
) -> bytes:
    """A workbook; its last column has the number format `percent`."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "default_date_format": "dd-mm-yyyy"}
    ) as book:
        shown = book.add_format({"num_format": percent})
        for name in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for at, cell in enumerate(row):
                    formats = (shown,) if percent and number and at == len(row) - 1 else ()
                    sheet.write(number, at, cell, *formats)
    return target.getvalue()


HEADS = HEAD.split(";")
ROW = ["2026M06", "Rudersdal", 5, 2.4]


def test_a_workbooks_numbers_days_and_texts_are_read_by_their_column() -> None:
    book = workbook(
        ["A-dagpenge"],
        HEADS,
        ["2026M06", "Rudersdal", 1308, 2.4],
        [date(2026, 7, 1), "Rudersdal", "1.308", 0.1 + 0.2],
        ["august 2026", "Rudersdal", "", ".."],
    )
    assert read(book) == {
        "230 2026M06 personer": 1308.0,
        "230 2026M06 pct_af_arbejdsstyrken": 2.4,
        "230 2026M07 personer": 1308.0,
        "230 2026M07 pct_af_arbejdsstyrken": 0.3,
        "230 2026M08 personer": None,
        "230 2026M08 pct_af_arbejdsstyrken": "absent",
    }


@pytest.mark.parametrize(("number", "fix"), CASES["what_is_no_number_is_refused_with_what_can_be"])
def test_what_is_no_number_is_refused_with_what_can_be_done(number: str, fix: str) -> None:
    text = f"Periode;Område;Antal personer;Pct. af arbejdsstyrken\n2026M06;Rudersdal;{number};2,4"
    with pytest.raises(DataError) as error:
        read(text.encode())
    assert fix in error.value.problems[0].fix


def test_a_count_that_a_spreadsheet_has_made_a_fraction_is_refused_with_both_readings() -> None:
    with pytest.raises(DataError) as error:
        read(workbook(HEADS, ["2026M06", "Rudersdal", 1.308, 2.4]))
    [problem] = error.value.problems
    assert problem.where == "fil: ark 'Ark1', række 2, kolonne C (Antal personer)"
    assert problem.expected == "1,308 (decimaler) eller 1.308 (tusinder)"


def test_a_column_of_per_cent_is_read_as_it_shows_where_the_mapping_says_so() -> None:
    shares = {"kolonne": HEADS[3], "indikator": "pct_af_arbejdsstyrken", "andel": True}
    change = {"tal": [shares], "ignorer": [HEADS[2]]}
    shown = workbook(HEADS, ["2026M06", "Rudersdal", 5, 0.031], percent="0.0%")
    assert read(shown, **change) == {"230 2026M06 pct_af_arbejdsstyrken": 3.1}
    plain = workbook(HEADS, ["2026M06", "Rudersdal", 5, 0.031])
    assert read(plain, **change) == {"230 2026M06 pct_af_arbejdsstyrken": 3.1}
    # What is formatted one by one holds per cents and shares side by side.
    rows = ["2026M06", "Rudersdal", 5, 0.031], ["2026M06", "Furesø", 5, 0.9, ""]
    mixed = workbook(HEADS, *rows, percent="0.0%")
    assert refusal(mixed, **change) == (
        "et tal uden procentformat i en kolonne med andre, der har det"
    )
    count = {"kolonne": HEADS[2], "indikator": "personer", "andel": True}
    with pytest.raises(DataError, match="indikatorer i pct"):
        mapping(tal=[count])


def test_the_sheet_is_found_or_must_be_named() -> None:
    two = workbook(HEADS, ROW, sheets=("Data", "Kopi"))
    assert refusal(two) == "flere tabeller passer til skemaet"
    assert len(read(two, fil={"ark": "Data"})) == 2
    assert refusal(two, fil={"ark": "Ark9"}) == "arket findes ikke"


def test_a_cell_in_the_far_corner_is_refused_before_it_takes_all_memory() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet().write(1_048_575, 16_383, "x")
    assert refusal(target.getvalue()) == "et ark med for mange celler"


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", b"0" * 1000)
    assert refusal(target.getvalue()) == "ikke et regneark i formatet .xlsx"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04 broken", "kan ikke læses som et regneark"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "en projektmappe i det gamle format"),
        (b"\x00\x01\x02\x03;\x04", "kan ikke læses som tekst"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, what: str) -> None:
    assert refusal(content).startswith(what)


@pytest.mark.parametrize(("change", "fault"), CASES["a_wrong_mapping_is_refused"])
def test_a_wrong_mapping_is_refused(change: dict[str, Any], fault: str) -> None:
    mapping()
    with pytest.raises(DataError, match=fault):
        mapping(**change)


def test_a_saved_mapping_reads_the_same_again_and_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mappings" / "proeve.yaml"
    save_mapping(mapping_text(mapping()), path)
    assert load_mapping(path) == mapping() == load_mapping("proeve", tmp_path)
    with pytest.raises(DataError, match="findes allerede"):
        save_mapping(mapping_text(mapping()), path)


def test_an_unknown_mapping_is_refused_with_the_nearest_and_two_of_one_id_too(
    tmp_path: Path,
) -> None:
    with pytest.raises(UnknownNameError) as error:
        load_mapping("jobindsats_y25i02")
    assert error.value.problems[0].fix == "mente du 'jobindsats_y25i01'?"
    save_mapping(mapping_text(mapping(id="jobindsats_y25i01")), tmp_path / "mappings" / "egen.yaml")
    with pytest.raises(DataError, match="to skemaer har samme id"):
        mappings(tmp_path)
