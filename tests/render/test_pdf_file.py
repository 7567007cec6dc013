"""The PDF's file, its layout, and the tables behind its figures."""

import re
import zlib
from io import BytesIO
from typing import Any

import page as validator
import pikepdf
import pypdf
import pytest
from nbformat import NotebookNode
from pikepdf import Name

from beskplan.blocks.model import MIME, Figure, Table
from beskplan.proof.pdf_text import read_pdf
from beskplan.render.page import Markdown, Numbered, Page, Section, read_page
from beskplan.render.page_pdf import render_pdf, saved
from beskplan.render.typst_columns import FULL_SIZE_PT, SMALLEST_PT
from beskplan.render.typst_nodes import FIGURE_DATA_TITLE, LONG_TABLE_LINES, page_data, table_node
from tests.access.pdf_rules import broken_rules, elements
from tests.render.sample_notebook import (
    sample_figure,
    sample_header,
    sample_long_table,
    sample_notebook,
)

AMBIGUOUS = b"\r\nendstream"


def _content_ending_with_return() -> bytes:
    """Data whose compressed form ends with a carriage return."""
    texts = (b"q Q\n" * n for n in range(1, 100))
    return next(text for text in texts if zlib.compress(text).endswith(b"\r"))


def _pdf_with(content: bytes) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pdf.make_stream(b"")
    stream.write(zlib.compress(content), filter=Name.FlateDecode)
    pdf.pages[0].Contents = stream
    return pdf


def test_a_stream_that_ends_with_a_return_is_ended_otherwise() -> None:
    content = _content_ending_with_return()

    with _pdf_with(content) as pdf:
        data = saved(pdf)

    assert AMBIGUOUS not in data
    with pikepdf.open(BytesIO(data)) as again:
        assert again.pages[0].Contents.read_bytes() == content


def test_saved_plainly_the_same_file_would_be_ambiguous() -> None:
    out = BytesIO()
    with _pdf_with(_content_ending_with_return()) as pdf:
        pdf.save(out)

    assert AMBIGUOUS in out.getvalue()


@pytest.mark.parametrize("aar", range(2000, 2030))
def test_no_report_ends_a_stream_ambiguously(aar: int) -> None:
    page = read_page(sample_notebook())
    header = sample_header().model_copy(update={"aar": aar, "data_text": f"Tal fra {aar}"})

    data = render_pdf(type(page)(header, page.title, page.items, page.sections))

    assert AMBIGUOUS not in data
    profile = validator.ValidationProfile.PDF_A_3A
    assert validator.validate_pdf_bytes(data, profile=profile).is_compliant


def test_a_stream_that_is_ended_otherwise_keeps_its_parameters() -> None:
    content = _content_ending_with_return()
    with _pdf_with(content) as pdf:
        pdf.pages[0].Contents.DecodeParms = pikepdf.Dictionary(Predictor=1)
        data = saved(pdf)

    with pikepdf.open(BytesIO(data)) as again:
        assert again.pages[0].Contents.read_bytes() == content


def test_nothing_is_said_of_suspect_tags() -> None:
    with pikepdf.open(BytesIO(render_pdf(read_page(sample_notebook())))) as pdf:
        assert dict(pdf.Root.MarkInfo) == {"/Marked": True}


def texts_in(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts_in(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts_in(part)]
    return [value] if isinstance(value, str) else []


def page_with_figures_of_its_own_table(sample: NotebookNode) -> Page:
    blocks = [
        output["data"]
        for cell in sample.cells
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
    ]
    table = next(data[MIME] for data in blocks if data[MIME]["kind"] == "table")
    for data in blocks:
        if data[MIME]["kind"] == "figure":
            data[MIME]["data"] = table
    return read_page(sample)


def test_a_figure_whose_numbers_stand_in_a_table_refers_to_it(
    sample_notebook: NotebookNode,
) -> None:
    page = page_with_figures_of_its_own_table(sample_notebook)
    figure = page.figures()[0].block
    assert isinstance(figure, Figure)
    shown = page.table_of(figure)
    assert shown is not None
    assert shown.number == 1
    assert FIGURE_DATA_TITLE not in texts_in(page_data(page))


def test_a_figure_with_other_numbers_has_them_in_the_appendix(
    sample_notebook: NotebookNode,
) -> None:
    page = read_page(sample_notebook)
    assert all(
        page.table_of(entry.block) is None
        for entry in page.figures()
        if isinstance(entry.block, Figure)
    )
    assert FIGURE_DATA_TITLE in texts_in(page_data(page))


MONTH = re.compile(r"(?:Januar|Februar|Marts|April|Maj|Juni|Juli|August|\w+ber) \d{4}")
Place = tuple[int, float, float]
"""Page, px from the left and px from the foot."""


def narrow_table(rows: int) -> Table:
    """Months and two numbers: half the page is enough."""
    table = sample_long_table(rows)
    return table.model_copy(
        update={
            "columns": (*table.columns[:2], table.columns[3]),
            "rows": tuple(
                row.model_copy(update={"cells": (row.cells[0], row.cells[2])}) for row in table.rows
            ),
        }
    )


def page_of(*items: Any, sections: int = 1, parts: int = 0) -> Page:
    below = tuple(Section(f"del-{n}", f"Del {n}", ()) for n in range(parts))
    first = Section("afsnit-0", "Afsnit 0", items, below)
    more = (Section(f"afsnit-{n}", f"Afsnit {n}", ()) for n in range(1, sections))
    return Page(sample_header(), "Prøve", (), (first, *more))


def with_appendix(rows: int, paragraphs: int = 0, figures: int = 1) -> Page:
    """A page whose figures draw a narrow table each, so that these stand in the appendix."""
    items: list[Markdown | Numbered] = [Markdown("\n\n".join(["Et afsnit."] * (paragraphs or 1)))]
    for number in range(1, figures + 1):
        data = narrow_table(rows).model_copy(update={"title": f"Tal {number}"})
        drawn = sample_figure(f"figur-{number}").model_copy(update={"data": data})
        items.append(Numbered(number, drawn))
    return page_of(*items)


def texts(data: bytes) -> list[tuple[str, Place]]:
    """Every piece of text with where it begins."""
    found: list[tuple[str, Place]] = []
    for number, page in enumerate(pypdf.PdfReader(BytesIO(data)).pages):

        def keep(text: str, cm: Any, tm: Any, *_: Any, number: int = number) -> None:
            if text.strip():
                x, y = (cm[0] * tm[4] + cm[4], cm[3] * tm[5] + cm[5])
                found.append((text.strip(), (number, round(x), round(y))))

        page.extract_text(visitor_text=keep)
    return found


@pytest.mark.parametrize("rows", [19, 40, 60, 120])
@pytest.mark.parametrize("paragraphs", [0, 6, 13])
def test_two_halves_hold_every_row_once_and_nothing_lies_on_another(
    rows: int, paragraphs: int
) -> None:
    page = with_appendix(rows, paragraphs, figures=2)
    data = render_pdf(page)
    tables = read_pdf(data).tables
    assert [len(table) for table in tables] == [rows + 1] * 2
    places = [place for text, place in texts(data) if MONTH.fullmatch(text)]
    assert len(places) == 2 * rows
    assert len({x for _, x, _ in places}) == 2
    by_column: dict[tuple[int, float], list[float]] = {}
    for number, x, y in places:
        by_column.setdefault((number, x), []).append(y)
    for heights in by_column.values():
        gaps = [b - a for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False)]
        assert all(gap >= FULL_SIZE_PT for gap in gaps)
    # What follows the first table stands below all of its rows.
    captions = [place for text, place in texts(data) if text.startswith("Tal bag figur 2")]
    first = places[:rows]
    (second,) = captions
    assert all(place[0] < second[0] or place[2] > second[2] for place in first)


def test_two_halves_are_about_as_long() -> None:
    data = render_pdf(with_appendix(40))
    columns: dict[float, int] = {}
    for text, (_, x, _) in texts(data):
        if MONTH.fullmatch(text):
            columns[x] = columns.get(x, 0) + 1
    longer, shorter = sorted(columns.values(), reverse=True)
    assert longer - shorter <= 6


def test_a_table_in_two_halves_over_pages_is_one_table_for_a_reader() -> None:
    data = render_pdf(with_appendix(120))
    assert broken_rules(data) == {}
    with pikepdf.open(BytesIO(data)) as pdf:
        assert len(elements(pdf, "/Table")) == 1
        assert len(pdf.pages) > 2


def test_only_long_narrow_tables_of_the_appendix_are_halved() -> None:
    assert table_node(narrow_table(40), "T", "t", halved=True)["halved"]
    assert not table_node(narrow_table(40), "T", "t")["halved"]
    assert not table_node(narrow_table(LONG_TABLE_LINES), "T", "t", halved=True)["halved"]
    wide = sample_long_table(40)
    columns = (*wide.columns, *wide.columns[1:])
    rows = tuple(row.model_copy(update={"cells": row.cells * 2}) for row in wide.rows)
    wider = wide.model_copy(update={"columns": columns, "rows": rows})
    assert not table_node(wider, "T", "t", halved=True)["halved"]


def test_the_type_of_a_halved_table_is_never_tiny() -> None:
    node = table_node(narrow_table(40), "T", "t", halved=True)
    assert SMALLEST_PT <= node["size"] <= FULL_SIZE_PT


@pytest.mark.parametrize(
    ("sections", "parts", "depth"), [(3, 0, 0), (4, 0, 0), (5, 0, 2), (3, 4, 3), (7, 9, 2)]
)
def test_contents_are_listed_where_there_is_something_to_look_up(
    sections: int, parts: int, depth: int
) -> None:
    page = page_of(Markdown("Et afsnit."), sections=sections, parts=parts)
    assert page_data(page)["contents"] == depth
    heads = [one.text for one in read_pdf(render_pdf(page)).elements if one.tag == "TOCI"]
    assert len(heads) == (0 if depth == 0 else sections + (parts if depth == 3 else 0))


def test_tall_rows_make_a_table_long() -> None:
    table = narrow_table(8)
    words = " ".join(["ord"] * 40)
    rows = tuple(
        row.model_copy(
            update={"cells": tuple(cell.model_copy(update={"text": words}) for cell in row.cells)}
        )
        for row in table.rows
    )
    assert not table_node(table, "T", "t")["long"]
    assert table_node(table.model_copy(update={"rows": rows}), "T", "t")["long"]
