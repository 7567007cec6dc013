"""What a workbook shows is what is read: a format or raised letters that change it are refused."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from beskplan.core.errors import DataError
from beskplan.sources.cell_marks import MARKS
from beskplan.sources.imports import read_export
from beskplan.sources.mapping import Mapping

MAPPING = {
    "id": "moede",
    "titel": "Fremmøde",
    "kilde": "own:center",
    "tabel": "fremmoede",
    "omraade": {"fast": "Rudersdal"},
    "periode": {"kolonne": "Måned"},
    "tal": [{"kolonne": "Besøg", "indikator": "virksomhedsbesoeg"}],
}


def workbook(
    value: object, form: str = "", period: object = "2026M01", period_form: str = ""
) -> bytes:
    """A table of one number; a text `1308^1` has its end raised."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Ark1")
        raised = book.add_format({"font_script": 1})
        sheet.write_row(0, 0, ["Måned", "Besøg"])
        sheet.write(1, 0, period, book.add_format({"num_format": period_form or "General"}))
        if isinstance(value, str) and "^" in value:
            text, note = value.split("^")
            sheet.write_rich_string(1, 1, text, raised, note)
        else:
            sheet.write(1, 1, value, book.add_format({"num_format": form or "General"}))
    return stream.getvalue()


def outcome(content: bytes, **other: object) -> float | list[str]:
    try:
        mapping = Mapping.model_validate(MAPPING | other)
        frame = read_export(content, mapping, name="f.xlsx", retrieved_at=date(2026, 8, 1)).frame
    except DataError as error:
        return [one.what for one in error.problems]
    return float(frame["value"].iloc[0])


@pytest.mark.parametrize(
    "form",
    [
        "General",
        "0",
        "#,##0",
        "#,##0;-#,##0",
        "#,##0;[Red]-#,##0",
        '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-',
        "_(* #,##0_);_(* (#,##0);_(* -_);_(@_)",
        '0" besøg"',
        "[Blue]0",
        "[$-406]0",
        "@",
        "# ##0",
    ],
)
def test_an_ordinary_format_changes_nothing(form: str) -> None:
    assert outcome(workbook(14, form)) == 14


@pytest.mark.parametrize(
    "form",
    [
        '0"000"',
        "0\\0\\0\\0",
        "0,",
        "#,##0,",
        "#,##0,,",
        "-0",
        "(0)",
        '[<15]"fortroligt";0',
        '"fortroligt"',
        '"<5"',
        '[>=5]0;"<5"',
        '[=3]"*";0',
    ],
)
def test_a_format_that_shows_another_number_or_none_is_refused(form: str) -> None:
    assert outcome(workbook(14, form)) == [MARKS["rewritten"][0]]


@pytest.mark.parametrize("form", ["0\\%", '0.0"%"'])
def test_a_per_cent_sign_belongs_to_a_share(form: str) -> None:
    assert outcome(workbook(14, form)) == [MARKS["percent sign"][0]]
    share = [{"kolonne": "Besøg", "indikator": "ledighedspct"}]
    assert outcome(workbook(14, form), tal=share) == 14


@pytest.mark.parametrize("text", ["1308^1", "13^2"])
def test_raised_letters_are_no_digits(text: str) -> None:
    assert outcome(workbook(text)) == [MARKS["superscript"][0]]


@pytest.mark.parametrize(
    ("period", "form"), [(2026, '0"M01"'), (date(2026, 1, 1), "yyyy")], ids=str
)
def test_a_period_is_what_the_cell_shows(period: object, form: str) -> None:
    assert outcome(workbook(14, "", period, form)) == [MARKS["rewritten"][0]]


def test_a_day_stands_for_its_month() -> None:
    assert outcome(workbook(14, "", date(2026, 1, 1), "dd-mm-yyyy")) == 14
    assert outcome(workbook(14, "", date(2026, 1, 1), "mmm yyyy")) == 14


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Måned;Besøg\n2026M01;12 %", ["procent i en kolonne med besøg"]),
        ("Måned;Besøg\n2026M01;12 pct.", ["procent i en kolonne med besøg"]),
    ],
)
def test_per_cent_is_no_count(text: str, told: list[str]) -> None:
    assert outcome(text.encode()) == told


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("Fanø;;", ["en række, hvor kun én celle er udfyldt"]),
        (";;99", ["en række, hvor kun én celle er udfyldt"]),
        ("Kilde: centret;;", 14.0),
    ],
)
def test_a_row_that_lost_its_numbers_is_no_footnote(last: str, told: object) -> None:
    text = f"Kommune;Måned;Besøg\nRudersdal;2026M01;14\n{last}\n"
    assert outcome(text.encode(), omraade={"kolonne": "Kommune"}) == told
