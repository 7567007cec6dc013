"""What a workbook shows is what is read: a format or raised letters that change it are refused."""

import io
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from beskplan.core.errors import DataError
from beskplan.sources.imports import read_export
from beskplan.sources.mapping import Mapping
from tests.conftest import cases
from tests.sources.server.faults import WHAT

CASES = cases("cell_marks")

MAPPING = CASES["mapping"]


def workbook(
    value: object,
    form: str = "",
    period: object = "2026M01",
    period_form: str = "",
    *,
    look: dict[str, object] | None = None,
    condition: dict[str, object] | None = None,
    rows: dict[str, object] | None = None,
    width: float | None = None,
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
            shown = {"num_format": form or "General"} | (look or {})
            sheet.write(1, 1, value, book.add_format(shown))
        if condition:
            style = (
                {"format": book.add_format(condition.pop("style"))} if "style" in condition else {}
            )
            sheet.conditional_format("A1:C9", condition | style)
        if rows:
            sheet.set_default_row(**rows)
        if width is not None:
            sheet.set_column(1, 1, width)
    return stream.getvalue()


AREAS: list[tuple[object, str, object]] = CASES["areas"]


@pytest.mark.parametrize(("code", "kind", "told"), AREAS, ids=str)
def test_an_area_code_that_a_spreadsheet_holds_as_a_number_is_its_area(
    code: object, kind: str, told: object
) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Kommune", "Måned", "Besøg"])
        sheet.write_row(1, 0, [code, "2026M01", 14])
    text = f"Kommune;Måned;Besøg\n{code};2026M01;14\n".encode()
    content = stream.getvalue() if kind == "xlsx" else text
    mapping = Mapping.model_validate(MAPPING | {"omraade": {"kolonne": "Kommune"}})
    if told == 14:
        frame = read_export(content, mapping, name="f", retrieved_at=date(2026, 8, 1))[0].frame
        assert (frame["area"].iloc[0], frame["value"].iloc[0]) == ("825", told)
        return
    with pytest.raises(DataError) as refusal:
        read_export(content, mapping, name="f", retrieved_at=date(2026, 8, 1))
    (told_of,) = refusal.value.problems
    fix, _, rest = told_of.fix.replace("Skal", "skal").partition(
        "skal rækken ikke læses, så skriv "
    )
    assert (told_of.what, fix.strip()) == ("området findes ikke", told)
    assert rest == f"`udelad: {{Kommune: ['{code}']}}` i skemaet"


def outcome(content: bytes, **other: object) -> float | list[str]:
    try:
        mapping = Mapping.model_validate(MAPPING | other)
        frame = read_export(content, mapping, name="f.xlsx", retrieved_at=date(2026, 8, 1))[0].frame
    except DataError as error:
        return [one.what for one in error.problems]
    return float(frame["value"].iloc[0])


@pytest.mark.parametrize("form", CASES["an_ordinary_format_changes_nothing"])
def test_an_ordinary_format_changes_nothing(form: str) -> None:
    assert outcome(workbook(14, form)) == 14


@pytest.mark.parametrize("form", CASES["a_format_that_shows_another_number_or_none_is_refused"])
def test_a_format_that_shows_another_number_or_none_is_refused(form: str) -> None:
    assert outcome(workbook(14, form)) == [WHAT["rewritten"]]


WHITE: dict[str, object] = {"font_color": "#FFFFFF"}
LOOKS: list[tuple[object, dict[str, object], str]] = [
    # What a person does not see, or sees crossed out, is not read; what is seen well is.
    (14, {"look": {"font_strikeout": True}}, "struck"),
    ("14", {"look": {"font_strikeout": True}}, "struck"),
    (14, {"look": WHITE}, "unseen"),
    (14, {"look": {"font_color": "#FDFDFD"}}, "unseen"),
    (14, {"look": {"font_color": "#12436D", "bg_color": "#12436D"}}, "unseen"),
    (14, {"look": {"font_size": 1}}, "unseen"),
    (14, {"look": WHITE | {"bg_color": "#12436D"}}, ""),
    (14, {"look": {"font_color": "#BFBFBF", "bold": True, "underline": 1}}, ""),
    (14, {"form": ";;;"}, "invisible"),
    (14, {"form": "[White]0"}, "invisible"),
    (0, {"form": "0;-0;;@"}, "invisible"),
    (0, {"form": "#,###"}, "invisible"),
    (14, {"form": "0;-0;;@"}, ""),
    (0, {"form": '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-'}, ""),
    (0, {"form": '0;-0;"under 5"'}, "rewritten"),
    (14, {"width": 0}, "hidden column"),
    (14, {"rows": {"hide_unused_rows": True}}, "hidden row"),
    (14, {"rows": {"height": 20}}, ""),
    (
        14,
        {"condition": {"type": "cell", "criteria": "<", "value": 20, "style": WHITE}},
        "conditional",
    ),
    (14, {"condition": {"type": "blanks", "style": {"font_strikeout": True}}}, "conditional"),
    (14, {"condition": {"type": "blanks", "style": {"num_format": ";;;"}}}, "conditional"),
    (14, {"condition": {"type": "data_bar", "bar_only": True}}, "conditional"),
    (14, {"condition": {"type": "data_bar"}}, ""),
    (14, {"condition": {"type": "blanks", "style": WHITE | {"bg_color": "#12436D"}}}, ""),
]


@pytest.mark.parametrize(("value", "shown", "mark"), LOOKS, ids=str)
def test_a_number_that_is_not_seen_or_crossed_out_is_refused(
    value: object, shown: dict[str, Any], mark: str
) -> None:
    expected = [WHAT[mark]] if mark else float(str(value))
    assert outcome(workbook(value, **deepcopy(shown)), fortroligt_under=0) == expected


def test_a_refusal_of_what_is_not_seen_names_sheet_row_and_column() -> None:
    with pytest.raises(DataError) as refusal:
        read_export(
            workbook(14, look=WHITE),
            Mapping.model_validate(MAPPING),
            name="f.xlsx",
            retrieved_at=date(2026, 8, 1),
        )
    assert refusal.value.problems[0].where == "f.xlsx: ark 'Ark1', række 2, kolonne B (Besøg)"


@pytest.mark.parametrize("form", ["0\\%", '0.0"%"'])
def test_a_per_cent_sign_belongs_to_a_share(form: str) -> None:
    assert outcome(workbook(14, form)) == [WHAT["percent sign"]]
    share = [{"kolonne": "Besøg", "indikator": "ledighedspct"}]
    assert outcome(workbook(14, form), tal=share) == 14


@pytest.mark.parametrize("text", ["1308^1", "13^2"])
def test_raised_letters_are_no_digits(text: str) -> None:
    assert outcome(workbook(text)) == [WHAT["superscript"]]


@pytest.mark.parametrize("form", ['@"5"', '0;-0;0;@"5"', '0;-0;0;"ukendt"'])
def test_a_text_is_what_the_cell_shows(form: str) -> None:
    assert outcome(workbook("14", form)) == [WHAT["rewritten"]]
    assert outcome(workbook("14", "0;-0;0;")) == [WHAT["invisible"]]
    assert outcome(workbook("14", '@" besøg"')) == 14


@pytest.mark.parametrize(
    ("period", "form", "told"),
    [
        (2026, '0"M01"', "rewritten"),
        (date(2026, 3, 31), "yyyy", "year"),
        (date(2026, 2, 1), "yy", "year"),
        (2026, "yyyy", "year"),
    ],
    ids=str,
)
def test_a_period_is_what_the_cell_shows(period: object, form: str, told: str) -> None:
    found = outcome(workbook(14, "", period, form))
    assert isinstance(found, list)
    assert found[0] == WHAT[told]


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)], ids=str)
def test_the_first_or_last_day_of_a_year_that_shows_the_year_is_the_year(day: date) -> None:
    content, mapping = workbook(14, "", day, "yyyy"), Mapping.model_validate(MAPPING)
    frame = read_export(content, mapping, name="f.xlsx", retrieved_at=day)[0].frame
    assert frame["period"].tolist() == ["2026Y01"]


def test_a_day_stands_for_its_month() -> None:
    assert outcome(workbook(14, "", date(2026, 1, 1), "dd-mm-yyyy")) == 14
    assert outcome(workbook(14, "", date(2026, 1, 1), "mmm yyyy")) == 14


@pytest.mark.parametrize(("text", "told"), CASES["per_cent_is_no_count"])
def test_per_cent_is_no_count(text: str, told: list[str]) -> None:
    assert outcome(text.encode()) == told


@pytest.mark.parametrize(("last", "told"), CASES["a_row_that_lost_its_numbers_is_no_footnote"])
def test_a_row_that_lost_its_numbers_is_no_footnote(last: str, told: object) -> None:
    text = f"Kommune;Måned;Besøg\nRudersdal;2026M01;14\n{last}\n"
    assert outcome(text.encode(), omraade={"kolonne": "Kommune"}) == told
