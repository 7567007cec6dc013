"""A table as CSV opens rightly in a Danish spreadsheet and never runs as a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beskplan.blocks.captions import DEMO
from beskplan.blocks.csv import DEMO_HEAD, table_csv
from beskplan.blocks.model import Cell, Column, Row, Source, Table, as_demo
from tests.render.sample_notebook import sample_long_table, sample_table, sample_table_with_gaps


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def one_cell(cell: Cell, *, label: str = "Rudersdal") -> Table:
    return Table(
        id="t",
        title="T",
        unit="Antal",
        period="2020",
        columns=(Column(id="a", label="Område", kind="text"), Column(id="b", label="2020")),
        rows=(Row(label=label, cells=(cell,)),),
        sources=(Source(text="K"),),
    )


def test_the_file_is_semicolons_crlf_and_utf8_with_a_mark() -> None:
    data = table_csv(sample_table())
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 4
    assert b";" in data


def test_heads_carry_the_unit_and_numbers_no_dots_or_units() -> None:
    assert read(table_csv(sample_table())) == [
        [
            "Område",
            "Juni 2019 (fuldtidspersoner)",
            "Juni 2020 (fuldtidspersoner)",
            "Udvikling (pct.)",
            "Andel juni 2020 (pct. af arbejdsstyrken)",
        ],
        ["Østdanmark", "37818", "56208", "49", "4,2"],
        ["RAR Hovedstaden", "28219", "41215", "46", "4,4"],
        ["Rudersdal", "456", "703", "54", "2,7"],
    ]


def test_a_unit_that_the_whole_table_has_is_not_repeated() -> None:
    heads = read(table_csv(sample_long_table()))[0]
    assert heads == ["Måned", "Østdanmark", "RAR Hovedstaden", "Rudersdal"]


def test_gaps_keep_their_word_and_a_number_s_note_stands_in_a_column_of_its_own() -> None:
    head, _, joint, own = read(table_csv(sample_table_with_gaps()))
    assert head[-1] == "Noter"
    assert joint[1:5] == ["240", "228", "-5", "ikke opgjort"]
    assert joint[5].startswith("[note 1] Beregnet")
    assert own[1:] == ["fortroligt", "12", "fortroligt", "0,0", "ingen"]


def test_every_row_of_made_up_numbers_says_so_and_no_row_of_real_ones() -> None:
    head, *rows = read(table_csv(as_demo(sample_table())))
    assert head[-1] == DEMO_HEAD
    assert [row[-1] for row in rows] == [DEMO] * 3
    assert [row[:-1] for row in (head, *rows)] == read(table_csv(sample_table()))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-a", "@x", "\uff1d1", "-"])
def test_a_text_that_would_run_as_a_formula_stays_text(text: str) -> None:
    (_, row) = read(table_csv(one_cell(Cell(text=text, state="absent"), label=text)))
    assert row == [f"'{text}", f"'{text}"]


def test_a_negative_number_is_no_formula() -> None:
    (_, row) = read(table_csv(one_cell(Cell(text="-1.234,50", value=-1234.5))))
    assert row[1] == "-1234,50"


@given(
    st.text(min_size=1).filter(lambda text: bool(text.strip())),
    st.integers(min_value=-(10**9), max_value=10**9),
)
def test_labels_and_numbers_come_back_as_they_went(label: str, number: int) -> None:
    text = f"{number:,}".replace(",", ".")
    table = one_cell(Cell(text=text, value=number), label=label)
    (_, row) = read(table_csv(table))
    assert row == [row[0], str(number)]
    assert row[0].removeprefix("'") == table.rows[0].label.removeprefix("'")
