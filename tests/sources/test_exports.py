"""Exported files: found where they can be, refused with both readings where they cannot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from beskplan.core.errors import DataError
from beskplan.sources.exports import (
    read_export,
)
from tests.sources.export_mapping import BASE, mapping

ON = date(2026, 8, 1)
HEAD = "Periode;Område;Antal personer;Pct. af arbejdsstyrken"


def read(content: str | bytes, **change: Any) -> list[tuple[Any, ...]]:
    raw = content.encode() if isinstance(content, str) else content
    frame = read_export(raw, mapping(**change), name="fil", retrieved_at=ON).frame
    columns = ["area", "period", "indicator", "value", "state"]
    found = frame[columns].itertuples(index=False)
    return [tuple(None if cell != cell else cell for cell in row) for row in found]  # noqa: PLR0124


def values(*rows: str, **change: Any) -> list[float | None]:
    return [row[3] for row in read("\n".join((HEAD, *rows)), **change)]


def refusal(*rows: str, **change: Any) -> Any:
    with pytest.raises(DataError) as error:
        values(*rows, **change)
    return error.value.problems[0]


def test_counts_shares_marks_and_empty_cells_each_become_what_they_are() -> None:
    assert read(f"{HEAD}\n2026M06;Rudersdal;1.308;2,4\n2026M06;Læsø;;..\n") == [
        ("230", "2026M06", "personer", 1308.0, "known"),
        ("230", "2026M06", "pct_af_arbejdsstyrken", 2.4, "known"),
        ("825", "2026M06", "personer", None, "withheld"),
        ("825", "2026M06", "pct_af_arbejdsstyrken", None, "absent"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_separator_and_line_ends_are_found(
    encoding: str, separator: str, newline: str
) -> None:
    text = f"{HEAD}\n2026M06;Ærø;1.308;2,4\n".replace(";", separator).replace("\n", newline)
    assert [row[3] for row in read(text.encode(encoding))] == [1308.0, 2.4]


def test_titles_above_and_footnotes_below_are_no_rows() -> None:
    text = f"A-dagpenge\n\nHentet 1. august\n{HEAD}\n2026M06;Rudersdal;5;2,4\n\nKilde: Jobindsats\nNote: x\n"
    assert len(read(text)) == 2
    with pytest.raises(DataError, match="a row below the footnotes"):
        read(f"{text}2026M07;Rudersdal;5;2,4\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1308", 1308),
        ("1.308", 1308),
        ("1 308", 1308),
        ("1\u00a0308", 1308),
        ("12.345.678", 12345678),
        ("007", 7),
    ],
)
def test_a_count_is_read_as_a_count(text: str, value: int) -> None:
    assert values(f"2026M06;Rudersdal;{text};2,4")[0] == value


@pytest.mark.parametrize("text", ["1.3", "1,3", "1,308", "13.08"])
def test_a_count_that_may_be_a_fraction_is_refused_with_row_and_both_readings(text: str) -> None:
    problem = refusal(f"2026M06;Rudersdal;{text};2,4")
    assert problem.where == "fil: row 2, Antal personer"
    assert "two ways" in problem.what
    assert problem.expected.count("(") == 2
    assert problem.found == repr(text)


@pytest.mark.parametrize(
    "text", ["abc", "1-2", "1..3", "NaN", "inf", "1e5", "١٢", "=1+1", "1.2.3", "--5", ","]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert refusal(f"2026M06;Rudersdal;{text};2,4").what in (
        "not a number",
        "can be read in two ways in a column of whole numbers",
    )


def test_the_decimal_sign_is_what_the_files_shares_show() -> None:
    assert values("2026M06;Rudersdal;1,308;2.4") == [1308.0, 2.4]
    assert values("2026M06;Rudersdal;1.308;2,4") == [1308.0, 2.4]


def test_two_decimal_signs_in_one_file_are_refused_with_a_row_of_each() -> None:
    with pytest.raises(DataError) as error:
        values("2026M06;Rudersdal;5;2,4", "2026M06;Ærø;5;2.4")
    assert [problem.where for problem in error.value.problems] == [
        "fil: row 2, Pct. af arbejdsstyrken",
        "fil: row 3, Pct. af arbejdsstyrken",
    ]


def test_a_share_of_three_digits_is_ambiguous_until_the_mapping_says_the_sign() -> None:
    three = [{**BASE["tal"][0]}, {**BASE["tal"][1], "decimaler": 3}]
    assert "two ways" in refusal("2026M06;Rudersdal;5;2.404", tal=three).what
    assert values("2026M06;Rudersdal;5;2.404", tal=three, fil={"decimaltegn": "."})[1] == 2.404


@pytest.mark.parametrize("sign", [",", "."])
def test_a_count_is_no_fraction_whatever_the_sign(sign: str) -> None:
    fraction = f"1{sign}308"
    assert "two ways" in refusal(f"2026M06;Rudersdal;{fraction};2", fil={"decimaltegn": sign}).what


@pytest.mark.parametrize(
    ("share", "what"),
    [("2,44", "more decimals"), ("240", "no possible value"), ("-2,4", "no possible value")],
)
def test_a_share_that_cannot_be_is_refused(share: str, what: str) -> None:
    assert what in refusal(f"2026M06;Rudersdal;5;{share}").what


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("2026M06;Rudersdal;5", "wrong number of cells"),
        ("2026M06;;5;2,4", "a cell that says what the row is about is empty"),
        ("2026M06;Rudersdalen;5;2,4", "no such area"),
        ("2026M13;Rudersdal;5;2,4", "not a period"),
        ("2026M06;Ru\x00dersdal;5;2,4", "not readable as text"),
    ],
)
def test_a_row_that_is_not_whole_is_refused(row: str, what: str) -> None:
    problem = refusal("2026M05;Rudersdal;5;2,4", row)
    assert problem.what == what
    assert "fil" in problem.where


def test_all_problems_come_at_once_and_each_name_only_once() -> None:
    with pytest.raises(DataError) as error:
        values("2026M06;Atlantis;x;2,4", "2026M07;Atlantis;5;y")
    told = sorted((problem.where, problem.what) for problem in error.value.problems)
    assert told == [
        ("fil: row 2", "no such area"),
        ("fil: row 2, Antal personer", "not a number"),
        ("fil: row 3, Pct. af arbejdsstyrken", "not a number"),
    ]


def test_an_empty_cell_is_refused_where_the_mapping_does_not_say_what_it_means() -> None:
    assert refusal("2026M06;Rudersdal;;2,4", tom="afvis").what == "an empty cell"


def test_one_observation_twice_is_refused() -> None:
    with pytest.raises(DataError, match="one row per"):
        values("2026M06;Rudersdal;5;2,4", "2026M06;Rudersdal;6;2,4")


def test_a_column_that_nobody_has_decided_about_is_refused() -> None:
    text = f"{HEAD};Ny kolonne\n2026M06;Rudersdal;5;2,4;9\n"
    with pytest.raises(DataError, match="a column that the mapping does not name"):
        read(text)
    assert len(read(text, ignorer=["Ny kolonne"])) == 2


def test_a_missing_column_is_named_with_the_nearest_label() -> None:
    with pytest.raises(DataError) as error:
        read("Periode;Område;Antal person;Pct. af arbejdsstyrken\n2026M06;Rudersdal;5;2,4\n")
    assert "Antal personer" in error.value.problems[0].found


def test_labels_of_both_api_versions_are_the_same() -> None:
    assert read(
        f"{HEAD.replace('Antal personer', 'Antal personer 16-66 år')}\n2026M06;Rudersdal;5;2,4\n"
    )


def test_the_heads_stand_where_the_mapping_says() -> None:
    text = f"{HEAD}\n{HEAD}\n2026M06;Rudersdal;5;2,4\n"
    with pytest.raises(DataError):
        read(text)
    assert len(read(text, fil={"overskrift": 2})) == 2


WIDE = {
    "periode": {"i_overskrift": True},
    "tal": [{"indikator": "personer", "ydelse": "a_dagpenge"}],
}


def test_periods_may_stand_in_the_heads() -> None:
    found = read("Område;2026M05;juni 2026;Jul 2026\nRudersdal;5;6;\n", **WIDE)
    assert [(row[1], row[3], row[4]) for row in found] == [
        ("2026M05", 5.0, "known"),
        ("2026M06", 6.0, "known"),
        ("2026M07", None, "withheld"),
    ]


def test_a_pivot_tables_empty_cells_repeat_the_one_above_only_where_named() -> None:
    rows = ("2026M06;Rudersdal;5;2,4", ";Ærø;6;2,5")
    assert values(*rows, fyld_ned=["Periode"]) == [5.0, 2.4, 6.0, 2.5]
    assert "is empty" in refusal(*rows).what


def test_groups_come_from_a_column_and_an_unknown_one_is_refused() -> None:
    change = {
        "gruppe": {"kolonne": "Kategori", "vaerdier": {"Jobparat": "jobparate"}},
        "tal": BASE["tal"][:1],
    }
    text = "Periode;Område;Kategori;Antal personer\n2026M06;Rudersdal;{};5\n"
    frame = read_export(
        text.format("jobparat").encode(), mapping(**change), name="fil", retrieved_at=ON
    ).frame
    assert frame["group"].tolist() == ["jobparate"]
    with pytest.raises(DataError, match="a group that the mapping does not name"):
        read(text.format("Ny"), **change)


def test_a_fixed_column_must_hold_its_value() -> None:
    text = "Periode;Område;Køn;Antal personer\n2026M06;Rudersdal;{};5\n"
    change = {"faste": {"Køn": ["I alt", "Total"]}, "tal": BASE["tal"][:1]}
    assert len(read(text.format("i alt"), **change)) == 1
    with pytest.raises(DataError, match="not the mapping's fixed value"):
        read(text.format("Kvinder"), **change)


def workbook(*rows: Sequence[object], sheets: tuple[str, ...] = ("Ark1",)) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "default_date_format": "dd-mm-yyyy"}
    ) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for at, cell in enumerate(row):
                    sheet.write(number, at, cell)
    return target.getvalue()


HEADS = HEAD.split(";")


def test_a_workbooks_numbers_days_and_texts_are_read_by_their_column() -> None:
    book = workbook(
        ["A-dagpenge"],
        HEADS,
        ["2026M06", "Rudersdal", 1308, 2.4],
        [date(2026, 7, 1), "Rudersdal", "1.308", 0.1 + 0.2],
        ["august 2026", "Rudersdal", "", ".."],
    )
    found = read(book)
    assert [row[3] for row in found] == [1308.0, 2.4, 1308.0, 0.3, None, None]
    assert [row[1] for row in found][::2] == ["2026M06", "2026M07", "2026M08"]


def test_a_count_that_a_spreadsheet_has_made_a_fraction_is_refused_with_both_readings() -> None:
    with pytest.raises(DataError) as error:
        read(workbook(HEADS, ["2026M06", "Rudersdal", 1.308, 2.4]))
    assert error.value.problems[0].expected == "1,308 (decimals) or 1.308 (thousands)"


def test_the_sheet_is_found_or_must_be_named() -> None:
    rows: list[Sequence[object]] = [HEADS, ["2026M06", "Rudersdal", 5, 2.4]]
    two = workbook(*rows, sheets=("Data", "Kopi"))
    with pytest.raises(DataError, match="several tables fit"):
        read(two)
    assert len(read(two, fil={"ark": "Data"})) == 2
    with pytest.raises(DataError, match="no such sheet"):
        read(two, fil={"ark": "Ark9"})


def test_a_cell_in_the_far_corner_is_refused_before_it_takes_all_memory() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet().write(1_048_575, 16_383, "x")
    with pytest.raises(DataError, match="too many cells"):
        read(target.getvalue())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.bin", b"0" * 1000)
    with pytest.raises(DataError, match=r"format \.xlsx"):
        read(target.getvalue())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no table found"),
        (b"bare tekst", "no table found"),
        (b"PK\x03\x04 broken", "not readable as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "the old format"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a web page, not a table"),
        (b"\x00\x01\x02\x03;\x04", "not readable as text"),
        (HEAD.encode(), "no rows below the column heads"),
        (f'{HEAD}\n2026M06;"Rudersdal;5;2,4\n'.encode(), ""),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, what: str) -> None:
    with pytest.raises(DataError) as error:
        read(content)
    assert what in error.value.problems[0].what
