"""The PDF says what the page says, the same on every run, whatever the texts are."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import nbconvert
import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from pikepdf import Array, Dictionary, Name, Object

from beskplan.blocks.captions import DEMO
from beskplan.blocks.csv import table_csv
from beskplan.blocks.model import Accent, Cell, Column, Row, Source, Table
from beskplan.core.errors import RenderError
from beskplan.params.profil import Logo
from beskplan.proof.pdf_text import read_pdf
from beskplan.registers.areas import area, find
from beskplan.render import page_pdf
from beskplan.render.page import Markdown, Numbered, Page, Section, read_page
from beskplan.render.page_html import TEMPLATES
from beskplan.render.page_pdf import _group_rows, children, render_pdf, tag_tables
from beskplan.render.typst_columns import FULL_SIZE_PT, SMALLEST_PT, table_layout
from beskplan.render.typst_nodes import ACCENT, LONG_TABLE_LINES, document_date
from tests.access.pdf_rules import empty_feet
from tests.conftest import cases
from tests.render.sample_notebook import (
    PNG,
    SVG,
    sample_figure,
    sample_header,
    sample_long_table,
    sample_notebook,
    sample_table,
)

CASES = cases("pdf")

HOSTILE = CASES["hostile"]


@pytest.fixture(scope="module")
def page() -> Page:
    return read_page(sample_notebook())


@pytest.fixture(scope="module")
def pdf(page: Page) -> bytes:
    return render_pdf(page)


def _page(*items: Markdown | Numbered, title: str = "Prøve") -> Page:
    return Page(sample_header(), title, (), (Section("afsnit", "Afsnit", tuple(items)),))


def _texts(data: bytes) -> list[str]:
    return [element.text for element in read_pdf(data).elements]


def _printed(table: Table) -> list[list[str]]:
    return [[row.label, *(cell.text for cell in row.cells)] for row in table.rows]


def test_every_cell_of_every_table_is_read_back_as_it_is(page: Page, pdf: bytes) -> None:
    figures = [entry.block.data for entry in page.figures() if entry.block.kind == "figure"]
    tables = [entry.block for entry in page.tables() if entry.block.kind == "table"]

    assert [table[1:] for table in read_pdf(pdf).tables] == [
        _printed(t) for t in (*tables, *figures)
    ]


def test_another_number_is_read_back_as_another(page: Page, pdf: bytes) -> None:
    table = sample_table()
    row = table.rows[-1]
    changed = row.model_copy(update={"cells": (Cell(text="457", value=457), *row.cells[1:])})
    other = table.model_copy(update={"rows": (*table.rows[:-1], changed)})

    assert read_pdf(render_pdf(_page(Numbered(1, other)))).tables[0][1:] != _printed(table)


def test_column_heads_are_read_with_their_units(pdf: bytes) -> None:
    assert read_pdf(pdf).tables[0][0] == [
        "Område",
        "Juni 2019 fuldtidspersoner",
        "Juni 2020 fuldtidspersoner",
        "Udvikling pct.",
        "Andel juni 2020 pct. af arbejdsstyrken",
    ]


def test_the_headings_are_those_of_the_page(pdf: bytes) -> None:
    found = [(e.tag, e.text) for e in read_pdf(pdf).elements if e.tag in ("H1", "H2", "H3")]

    assert found == [
        ("H1", "Målgrupper på offentlig forsørgelse: Rudersdal Kommune, 2021"),
        ("H2", "Nøgletal"),
        ("H2", "Indhold"),
        ("H2", "A-dagpenge"),
        ("H3", "Måned for måned"),
        ("H2", "Ledighedsydelse"),
        ("H2", "Kilder og forbehold"),
        ("H3", "Kilder"),
        ("H3", "Forbehold"),
        ("H2", "Tal bag figurerne"),
    ]


def test_what_a_page_leaves_out_stands_under_reservations(pdf: bytes) -> None:
    assert "Kontantydelse ophørte med udgangen af 2016." in _texts(pdf)


def test_made_up_numbers_are_marked_on_every_table_and_figure() -> None:
    texts = _texts(render_pdf(read_page(sample_notebook(demo=True))))

    tables_and_figures = 3 + 2 + 2
    assert texts.count(DEMO) == tables_and_figures + 1


def test_real_numbers_are_not_marked_as_made_up(pdf: bytes) -> None:
    assert DEMO not in _texts(pdf)


def test_the_same_page_gives_the_same_bytes_in_another_process(pdf: bytes) -> None:
    code = (
        "import sys; from tests.render.sample_notebook import sample_notebook as nb;"
        "from beskplan.render.page import read_page; from beskplan.render.page_pdf import render_pdf;"
        "sys.stdout.buffer.write(render_pdf(read_page(nb())))"
    )
    other = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=other)

    assert run.stdout == pdf


def test_another_page_gives_other_bytes(page: Page, pdf: bytes) -> None:
    assert render_pdf(replace(page, title="En anden titel")) != pdf


def test_the_document_is_dated_by_its_data(page: Page, pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20201118")
    undated = page.header.model_copy(update={"data_text": "Offentliggjorte tal"})
    assert document_date(undated) == date(2021, 1, 1)


def test_the_attached_files_are_the_tables_csv(page: Page, pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as opened:
        files = {name: file.get_file().read_bytes() for name, file in opened.attachments.items()}

    assert files["tabel-01-a-dagpenge.csv"] == table_csv(sample_table())
    assert sorted(files) == [
        "figur-01-figur-a-dagpenge.csv",
        "figur-02-figur-ledighedsydelse.csv",
        "tabel-01-a-dagpenge.csv",
        "tabel-02-maaned-for-maaned.csv",
        "tabel-03-ledighedsydelse.csv",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_printed_and_never_run(text: str) -> None:
    table = sample_table()
    odd = Row(label=text, cells=tuple(Cell(text=text) for _ in range(4)))
    source = (Source(text=text),)
    odd_table = table.model_copy(update={"title": text, "rows": (odd,), "sources": source})

    data = render_pdf(_page(Numbered(1, odd_table), title=text))

    assert read_pdf(data).tables[0][1] == [text] * 5
    assert f"Kilde: {text}" in _texts(data)
    assert f"{text}: Rudersdal Kommune, 2021" in _texts(data)


@given(
    st.text(
        st.characters(categories=["Lu", "Ll", "Nd", "Po", "Sm", "Sc", "Pd"], max_codepoint=0xFF)
        | st.sampled_from([" ", "\u00a0"]),
        min_size=1,
        max_size=90,
    )
    .map(lambda text: " ".join(text.split(" ")).strip())
    .filter(bool)
)
@settings(max_examples=25)
def test_any_latin_text_survives_the_way_into_a_cell_and_back(text: str) -> None:
    table = sample_table()
    row = Row(label=text, cells=tuple(Cell(text=text) for _ in range(4)))
    data = render_pdf(_page(Numbered(1, table.model_copy(update={"rows": (row,)}))))

    assert read_pdf(data).tables[0][1] == [text] * 5


def test_markdown_comes_through_with_its_structure() -> None:
    text = (
        "**Fed** og *kursiv* og `kode`.\n\n1. først\n2. dernæst\n   - under\n\n"
        "Se [afsnittet](#afsnit) og [os](https://example.org/?a=1&b=2)."
    )

    elements = read_pdf(render_pdf(_page(Markdown(text)))).elements

    assert [e.text for e in elements[-5:]] == [
        "Fed og kursiv og kode.",
        "først",
        "dernæst",
        "under",
        "Se afsnittet og os.",
    ]


def test_a_link_to_no_place_is_refused() -> None:
    with pytest.raises(RenderError):
        render_pdf(_page(Markdown("[væk](#findes-ikke)")))


def test_a_sign_that_no_font_has_is_refused_with_its_name() -> None:
    table = sample_table().model_copy(update={"title": "Tal 👍"})

    with pytest.raises(RenderError) as caught:
        render_pdf(_page(Numbered(1, table)))

    assert "👍" in caught.value.problems[0].found


def test_a_figure_that_fetches_a_file_is_refused() -> None:
    svg = SVG.replace("</svg>", '<image href="/etc/hostname" width="5" height="5"/></svg>')
    figure = sample_figure().model_copy(update={"svg": svg})

    with pytest.raises(RenderError):
        render_pdf(_page(Numbered(1, figure)))


def test_an_edition_of_five_pages_is_set_closer_on_four_and_no_other_report_is(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = (Markdown("Indsatsen begynder tidligere, og antallet ventes at falde. " * 8),) * 40
    section = replace(page.sections[0], items=many, subsections=())
    long = replace(page, items=(), sections=(section, *page.sections[-1:]))
    edition = replace(long, header=page.header.model_copy(update={"periode": "3. kvartal 2026"}))

    def pages(one: Page) -> int:
        return len(pypdf.PdfReader(BytesIO(render_pdf(one))).pages)

    others, told = pages(long), pages(edition)
    text = "".join(p.extract_text() for p in pypdf.PdfReader(BytesIO(render_pdf(edition))).pages)
    assert "".join(text.split()).count("begyndertidligere") == 40 * 8
    monkeypatch.setattr(page_pdf, "TIGHTEST", 0)
    assert (told, pages(edition) > page_pdf.MOST_PAGES) == (page_pdf.MOST_PAGES, True)
    assert pages(long) == others > page_pdf.MOST_PAGES


def test_the_publisher_s_colours_are_the_document_s(page: Page, pdf: bytes) -> None:
    accent = Accent(text="#7A1230", large="#7A1230", graphics="#C4501B")
    own = render_pdf(replace(page, header=page.header.model_copy(update={"light": accent})))
    assert {"0.478431", "0.768627"} <= _reds(own)
    assert not {"0.478431", "0.768627"} & _reds(pdf)


def test_the_document_s_own_colour_is_the_web_page_s() -> None:
    style = (TEMPLATES / "beskplan.css").read_text(encoding="utf-8")
    assert f"--accent:{ACCENT.lower()};--stor:{ACCENT.lower()};--streg:{ACCENT.lower()};" in style


def _reds(data: bytes) -> set[str]:
    """The red part of every colour that is set on any page, with six decimals."""
    with pikepdf.open(BytesIO(data)) as opened:
        return {
            f"{float(instruction.operands[0]):.6f}"
            for one in opened.pages
            for instruction in pikepdf.parse_content_stream(one)
            if str(instruction.operator) in ("rg", "RG", "scn", "SCN", "sc", "SC")
            and len(instruction.operands) == 3
        }


def test_a_logo_is_shown_with_its_words(page: Page) -> None:
    words = "Rudersdal Kommunes logo"
    logo = Logo(PNG, words).uri
    header = page.header.model_copy(update={"logo": logo, "logo_alt": words})

    assert words in _texts(render_pdf(replace(page, header=header)))


MANY = CASES["many"]
EAST = [area(kode).navn for kode in find("Region Østdanmark").parts]


def _matrix(id: str) -> Table:
    cells = tuple(Cell(text=text) for text in ("fortroligt", *["-42 %"] * 16))
    columns = [Column(id=f"c{at}", label=label, unit="pct.") for at, label in enumerate(MANY)]
    return sample_table().model_copy(
        update={
            "id": id,
            "unit": "pct.",
            "columns": (Column(id="kommune", label="Kommune", kind="text"), *columns),
            "rows": tuple(Row(label=name, cells=cells) for name in EAST),
        }
    )


def test_the_46_municipalities_of_the_largest_region_stand_on_one_page_on_its_side_each_time() -> (
    None
):
    tables = [_matrix(f"m{number}") for number in (2, 3)]
    first = _page(Numbered(1, sample_table()))
    header = first.header.model_copy(update={"periode": "1. kvartal 2027"})
    sections = (
        Section("kommunerne", "Kommunerne", tuple(map(Numbered, (2, 3), tables))),
        *first.sections,
    )
    data = render_pdf(replace(first, header=header, sections=sections))
    pages = pypdf.PdfReader(BytesIO(data)).pages
    assert [one.mediabox.width > one.mediabox.height for one in pages] == [False, True, True]
    # Last, so that the pages before are not broken off; and no word of a cell is torn.
    assert [one[1:] for one in read_pdf(data).tables[1:]] == [*map(_printed, tables)]
    for page in pages[1:]:
        lines = page.extract_text().splitlines()
        assert all(any(line.startswith(name) for line in lines) for name in EAST)
        assert sum("fortroligt" in line for line in lines) == len(EAST)


@pytest.mark.parametrize("rows", [19, 31, 44, 45, 46, 47, 70, 98])
@pytest.mark.parametrize("lines", [0, 17, 24])
def test_a_long_table_leaves_no_row_or_note_alone_on_a_page(rows: int, lines: int) -> None:
    table = sample_long_table(rows).model_copy(update={"notes": ("En note.",)})
    before = (Markdown("\n\n".join(["Et afsnit."] * lines)),) if lines else ()

    with pikepdf.open(BytesIO(render_pdf(_page(*before, Numbered(1, table))))) as opened:
        root = opened.Root.StructTreeRoot
        body = _below(root, "/TBody")[0]
        pages = [_pages(row)[0] for row in children(body, "/TR")]
        caption = _pages(_below(root, "/Caption")[0])
        source = _pages(_below(root, "/P")[-1])
        last_page = opened.pages[-1].obj.objgen

    assert len(pages) == rows
    assert min(pages.count(one) for one in pages) >= 3
    assert caption[0] == pages[0]
    assert source[0] == pages[-1]
    assert source[0] == last_page


def test_a_short_table_is_torn_only_where_much_of_a_page_would_stay_empty(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages_of_rows(data: bytes) -> list[int]:
        with pikepdf.open(BytesIO(data)) as opened:
            numbers = {one.obj.objgen: at for at, one in enumerate(opened.pages, 1)}
            body = _below(opened.Root.StructTreeRoot, "/TBody")[0]
            return [numbers[_pages(row)[0]] for row in children(body, "/TR")]

    torn, moved = set(), set()
    for lines in range(8, 24, 3):
        before = Markdown("\n\n".join(["Et afsnit."] * lines))
        short = _page(before, Numbered(1, sample_long_table(LONG_TABLE_LINES)))
        rows = pages_of_rows(render_pdf(short))
        assert min(rows.count(one) for one in rows) >= 3
        torn |= {lines} if len(set(rows)) > 1 else set()
        with monkeypatch.context() as whole:
            whole.setattr(page_pdf, "MOST_FITTED", 0)
            unfitted = render_pdf(short)
        assert len(set(pages_of_rows(unfitted))) == 1
        if pages_of_rows(unfitted)[0] > 1 and empty_feet(unfitted)[1] > 0.22:
            moved.add(lines)
    assert torn == moved
    assert torn


def test_a_row_of_many_lines_stands_on_one_page_with_its_longest_word() -> None:
    """In columns of words a number among words may be broken off; else it would take the row head's room."""
    told = Cell(text="136 fuldtidspersoner (september 2016)", value=136)
    wanted = Cell(text="skal falde med 6 procentpoint (mål i teksten)", value=6)
    name = "Virksomhedsrettet indsats for sygedagpengemodtagere i job og uddannelse"
    columns = [
        Column(id=one, label=one.capitalize(), kind="text") for one in ("maal", "er", "skal", "nu")
    ]
    long = sample_long_table(24).model_copy(
        update={
            "columns": tuple(columns),
            "rows": tuple(
                Row(label=f"{at} {name}", cells=(told, wanted, wanted)) for at in range(24)
            ),
        }
    )
    layout = table_layout(long)
    assert layout.holds(0, "sygedagpengemodtagere")
    assert not replace(layout, widths=[20.0, 39.5, 47.5, 47.5]).holds(0, "sygedagpengemodtagere")
    torn = set()
    for lines in range(9, 24, 2):
        before = Markdown("\n\n".join(["Et afsnit."] * lines))
        with pikepdf.open(BytesIO(render_pdf(_page(before, Numbered(1, long))))) as opened:
            body = _below(opened.Root.StructTreeRoot, "/TBody")[0]
            pages = [set(_pages(row)) for row in children(body, "/TR")]
        assert {len(one) for one in pages} == {1}, lines
        torn |= {frozenset(one) for one in pages}
    assert len(torn) > 1


@pytest.mark.parametrize(("rows", "torn"), [(LONG_TABLE_LINES, False), (60, True)])
def test_a_torn_table_says_on_the_next_page_that_it_goes_on(
    page: Page, rows: int, torn: bool
) -> None:
    data = render_pdf(_page(Numbered(1, sample_long_table(rows))))
    told = ["fortsat" in (one.extract_text() or "") for one in pypdf.PdfReader(BytesIO(data)).pages]
    assert not told[0]
    assert any(told) is torn


def test_many_columns_make_the_type_smaller_but_never_tiny() -> None:
    narrow, wide = (
        Table(
            id="t",
            title="T",
            unit="Antal",
            period="2021",
            columns=tuple(Column(id=f"c{n}", label=f"Juni {2000 + n}") for n in range(count + 1)),
            rows=(Row(label="Rudersdal", cells=(Cell(text="12.345", value=12345),) * count),),
            sources=(Source(text="Kilde"),),
        )
        for count in (3, 12)
    )

    assert table_layout(narrow).size == FULL_SIZE_PT
    assert SMALLEST_PT <= table_layout(wide).size < FULL_SIZE_PT
    assert read_pdf(render_pdf(_page(Numbered(1, wide)))).tables[0][1] == _printed(wide)[0]


def test_tags_are_refused_where_there_are_none() -> None:
    out = BytesIO()
    with pikepdf.new() as empty:
        empty.add_blank_page()
        empty.save(out)

    with pytest.raises(RenderError):
        tag_tables(out.getvalue())
    with pytest.raises(RenderError):
        read_pdf(out.getvalue())


def test_nbconvert_gives_the_very_same_pdf(sample_notebook: NotebookNode, pdf: bytes) -> None:
    exporter = nbconvert.get_exporter("beskplan-pdf")()

    data, resources = exporter.from_notebook_node(sample_notebook)

    assert data == pdf
    assert resources["output_extension"] == ".pdf"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_of_a_process_that_has_set_a_pdf_says_so_and_does_not_hang(page: Page) -> None:
    render_pdf(page)
    child = os.fork()
    if child == 0:
        try:
            render_pdf(page)
        except RenderError:
            os._exit(3)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3


def _below(element: Object, tag: str) -> list[Object]:
    own = [[kid] if str(kid.S) == tag else _below(kid, tag) for kid in children(element)]
    return [one for part in own for one in part]


def _pages(element: Object, page: Object | None = None) -> list[tuple[int, int]]:
    """The pages that an element stands on, as object numbers."""
    page = element.get("/Pg", page)
    kids: Any = element.get("/K")
    found: list[tuple[int, int]] = []
    for kid in list(kids) if isinstance(kids, Array) else [kids]:
        if isinstance(kid, int) and page is not None:
            found.append(page.objgen)
        elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found.extend(_pages(kid, page))
        elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
            found.append(kid.Pg.objgen)
    return found


def test_rows_right_below_a_table_are_put_into_its_head_and_its_body() -> None:
    with pikepdf.new() as pdf:
        rows = [
            pdf.make_indirect(
                Dictionary(S=Name.TR, K=Array([pdf.make_indirect(Dictionary(S=tag))]))
            )
            for tag in (Name.TH, Name.TD, Name.TD)
        ]
        table = pdf.make_indirect(Dictionary(S=Name.Table, K=Array(rows)))

        _group_rows(pdf, table)

        assert [(str(kid.S), len(children(kid, "/TR"))) for kid in children(table)] == [
            ("/THead", 1),
            ("/TBody", 2),
        ]
        assert [str(row.P.S) for row in rows] == ["/THead", "/TBody", "/TBody"]
