"""Whatever the bytes: a table or our own error, never a traceback, a hang or a silent wrong number."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache

import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from beskplan.core.danish import format_number
from beskplan.core.errors import BeskplanError, DataError
from beskplan.observations.contract import validate
from beskplan.sources.cells import NumberCell, read_number
from beskplan.sources.drafting import draft_mapping
from beskplan.sources.imports import read_export
from beskplan.sources.mapping import Mapping, load_mapping

ON = date(2026, 8, 1)
HEAD = "Periode;Område;Antal personer;Antal fuldtidspersoner"
GOOD = f"{HEAD}\n2026M06;Rudersdal;1.308;1.200\n2026M06;Læsø;;5\n2026M06;Ærø;12;9\n"
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@cache
def mapping() -> Mapping:
    return load_mapping("jobindsats_y01a02")


def outcome(content: bytes, made: Callable[[bytes], object]) -> object | None:
    """What came of it, or None where it was refused with at least one problem that has a place."""
    try:
        return made(content)
    except BeskplanError as error:
        problems = error.problems
    assert all(problem.where and problem.what for problem in problems)
    return None


def table(content: bytes) -> object:
    frame = read_export(content, mapping(), name="fil", retrieved_at=ON)[0].frame
    return validate(frame, "fil")


def draft(content: bytes) -> object:
    return draft_mapping(content, name="fil", id="x", source="own:x")


@cache
def workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Ark1")
        for number, line in enumerate(GOOD.splitlines()):
            for at, cell in enumerate(line.split(";")):
                sheet.write(number, at, cell)
    return target.getvalue()


@FUZZ
@given(st.binary(max_size=400))
@example(b"PK\x03\x04")
@example(b"\xff\xfe")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
@example(GOOD.encode("utf-16"))
def test_any_bytes_end_in_a_table_or_in_our_error(content: bytes) -> None:
    outcome(content, table)
    outcome(content, draft)


@FUZZ
@given(st.text(alphabet=";,\t|\n\r\"'.-0123456789 M€æøå%\u00a0\x00", max_size=200))
def test_any_rows_under_right_heads_end_in_a_table_or_in_our_error(text: str) -> None:
    outcome(f"{HEAD}\n{text}".encode(), table)


@FUZZ
@given(st.integers(0, len(GOOD.encode()) - 1), st.binary(max_size=4), st.integers(0, 4))
def test_a_damaged_text_file_ends_in_a_table_or_in_our_error(
    at: int, new: bytes, removed: int
) -> None:
    content = GOOD.encode()
    outcome(content[:at] + new + content[at + removed :], table)


@FUZZ
@given(st.data())
def test_a_damaged_workbook_ends_in_a_table_or_in_our_error(data: st.DataObject) -> None:
    content = workbook()
    at = data.draw(st.integers(0, len(content) - 1))
    new = data.draw(st.binary(max_size=8))
    cut = data.draw(st.sampled_from([0, 1, 8, 10_000]))
    outcome(content[:at] + new + content[at + cut :], table)


def test_the_undamaged_files_are_read() -> None:
    assert outcome(GOOD.encode(), table) is not None
    assert outcome(workbook(), table) is not None


CELLS = st.one_of(
    st.text(alphabet="0123456789.,-+ %\u00a0", min_size=1, max_size=12),
    st.floats(),
    st.integers(-(10**18), 10**18),
    st.booleans(),
)


@settings(max_examples=400)
@given(CELLS, st.sampled_from([0, 1, 2]), st.sampled_from([",", ".", None]))
def test_a_cell_is_a_number_of_its_column_or_refused(
    cell: object, decimals: int, sign: object
) -> None:
    try:
        value = read_number(NumberCell("her", cell, decimals), sign)  # type: ignore[arg-type]
    except DataError:
        return
    assert value.is_finite()
    assert -int(value.as_tuple().exponent) <= decimals
    if isinstance(cell, str):
        # Whatever was understood, the digits are those of the cell: nothing is lost or made up.
        digits = [letter for letter in cell if letter.isdigit()]
        read = [letter for letter in f"{abs(value):f}" if letter.isdigit()]
        assert "".join(digits).strip("0") == "".join(read).strip("0")


@settings(max_examples=300)
@given(st.integers(0, 10**9), st.sampled_from([0, 1, 2]), st.sampled_from([",", "."]))
def test_what_is_written_in_either_style_is_read_back(units: int, decimals: int, sign: str) -> None:
    value = Decimal(units).scaleb(-decimals)
    text = format_number(value, decimals)
    if sign == ".":
        text = text.translate(str.maketrans(",.", ".,"))
    assert read_number(NumberCell("her", text, decimals), sign) == value  # type: ignore[arg-type]
