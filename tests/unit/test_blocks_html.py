"""Blocks as HTML and as CSV, and what a figure refuses."""

import base64
import csv
import io
import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from pydantic import ValidationError

from beskplan.blocks import captions
from beskplan.blocks.captions import DEMO
from beskplan.blocks.charts.canvas import Drawing
from beskplan.blocks.csv import DEMO_HEAD, table_csv
from beskplan.blocks.html import block_html, preview_html
from beskplan.blocks.model import (
    Block,
    Cell,
    Column,
    Header,
    KeyFigure,
    KeyFigures,
    Omitted,
    Prose,
    Row,
    Source,
    Table,
    as_demo,
)
from beskplan.blocks.tables import figure
from tests.conftest import cases
from tests.render.sample_notebook import (
    NBSP,
    SVG,
    sample_figure,
    sample_header,
    sample_key_figures,
    sample_long_table,
    sample_sources,
    sample_table,
    sample_table_with_gaps,
)

CASES = cases("blocks_html")

EVERY_KIND: dict[str, Block] = {
    "table": sample_table(),
    "gaps": sample_table_with_gaps(),
    "figure": sample_figure(),
    "key figures": sample_key_figures(),
    "prose": Prose(id="p", paragraphs=("En.", "To.")),
    "sources": sample_sources(),
    "omitted": Omitted(id="o", reason="Ingen tal."),
    "header": sample_header(),
}
HOSTILE = "<script>alert(1)</script>\"'&"


def tree(html: str) -> Any:
    return lxml_html.fragment_fromstring(html, create_parent="div")


def drawing_of(address: str) -> str:
    """The SVG of a data URI; its quotation marks may be of the other kind."""
    head, _, data = address.partition(",")
    assert head == "data:image/svg+xml"
    return unquote(data).replace("'", '"')


def words(element: Any) -> str:
    return " ".join(element.text_content().split(" ")).replace("\n", " ").strip()


def test_a_table_says_number_title_unit_and_period_in_its_caption() -> None:
    (caption,) = tree(block_html(sample_table(), number=3)).xpath("//caption")
    assert words(caption) == (
        "Tabel 3. Fuldtidspersoner på a-dagpenge "
        "Fuldtidspersoner og pct. af arbejdsstyrken, juni 2019 og juni 2020"
    )


def test_a_table_shows_every_text_as_it_is() -> None:
    table = sample_table_with_gaps()
    rows = tree(block_html(table, number=1)).xpath("//tbody/tr")
    assert [[cell.text_content() for cell in row] for row in rows] == [
        [row.label, *(cell.text for cell in row.cells)] for row in table.rows
    ]


def test_heads_say_their_unit_unless_the_reader_has_it() -> None:
    heads = tree(block_html(sample_table())).xpath("//thead//th")
    assert [words(head) for head in heads] == [
        "Område",
        "Juni 2019 fuldtidspersoner",
        "Juni 2020 fuldtidspersoner",
        "Udvikling pct.",
        "Andel juni 2020 pct. af arbejdsstyrken",
    ]


def test_the_row_that_the_report_is_about_is_marked() -> None:
    (own,) = tree(block_html(sample_table())).xpath("//tr[@class='egen']/th/text()")
    assert own == "Rudersdal"


def test_numbers_are_aligned_and_words_for_gaps_are_told_apart() -> None:
    found = tree(block_html(sample_table_with_gaps()))
    gaps = found.xpath("//td[@class='tal ord']/text()")
    assert gaps == ["ikke opgjort [note 2]", "fortroligt [note 3]", "fortroligt [note 3]"]
    assert len(found.xpath("//td[@class='tal']")) == 9


def test_notes_are_numbered_below_the_table_and_sources_named() -> None:
    found = tree(block_html(sample_table_with_gaps()))
    assert found.xpath("string(//ul[@class='noter']/li)").startswith("[note 1] Beregnet")
    assert found.xpath("string(//p[@class='kilde'])") == (
        "Kilder: Jobindsats.dk, a-dagpenge (y01a02), hentet 18. november 2020; "
        "Opdigtede tal til afprøvning"
    )


def test_the_csv_link_carries_the_very_file() -> None:
    (link,) = tree(block_html(sample_table(), number=1)).xpath("//a[@download]")
    assert link.get("download") == "tabel-01-a-dagpenge.csv"
    data = link.get("href").partition("base64,")[2]
    assert base64.b64decode(data) == table_csv(sample_table())


def test_a_figure_is_a_picture_with_its_alt_and_size_and_the_drawing_unchanged() -> None:
    (image,) = tree(block_html(sample_figure(), number=1)).xpath("//img")
    assert image.get("alt") == sample_figure().alt
    assert (image.get("width"), image.get("height")) == ("672", "336")
    assert drawing_of(image.get("src")) == SVG


def test_a_drawing_without_a_size_gets_none() -> None:
    figure = sample_figure().model_copy(update={"svg": '<svg viewBox="0 0 1 1"/>'})
    (image,) = tree(block_html(figure)).xpath("//img")
    assert image.get("width") is None


def test_a_figure_has_its_numbers_beside_it() -> None:
    found = tree(block_html(sample_figure(), number=2))
    (caption,) = found.xpath("//details//caption")
    assert words(caption).startswith("Tal bag figur 2. Andel af arbejdsstyrken på a-dagpenge")
    assert found.xpath("string(//figcaption)").startswith("Figur 2. Andelen på a-dagpenge steg")


def test_the_data_of_a_figure_name_their_source_where_it_is_another() -> None:
    figure = sample_figure()
    data = figure.data.model_copy(update={"sources": (Source(text="Egne tal"),)})
    other = figure.model_copy(update={"data": data})
    assert "Kilde: Egne tal" in block_html(other)
    assert block_html(figure).count("Kilde:") == 1


def test_key_figures_say_their_direction_in_words_too() -> None:
    found = tree(block_html(sample_key_figures()))
    assert found.xpath("//span[@class='skjult']/text()") == ["Stigning: ", "Fald: ", "Uændret: "]
    assert len(found.xpath("//svg[@aria-hidden='true']")) == 3
    assert found.xpath("//dd[@class='vaerdi']/text()")[-1] == f"2,7{NBSP}pct."


def test_a_direction_without_a_change_in_words_is_still_said() -> None:
    block = KeyFigures(
        title="Nøgletal",
        items=(KeyFigure(label="A", value="1", direction="up"),),
        sources=(Source(text="K"),),
    )
    assert "Stigning" in block_html(block)


def test_headings_inside_a_block_follow_the_page() -> None:
    assert "<h3>Kilder</h3>" in block_html(sample_sources(), level=3)
    assert '<h4 id="noegletal">' in block_html(sample_key_figures(), level=4)


def test_a_note_is_marked_as_one_and_bullets_are_a_list() -> None:
    note = Prose(id="n", paragraphs=("En.",), role="note", bullets=True)
    assert tree(block_html(note)).xpath("//div[@role='note']/ul/li/text()") == ["En."]


def test_made_up_numbers_say_so_on_each_table_and_figure() -> None:
    for block in (sample_table(), sample_figure()):
        assert captions.DEMO in block_html(as_demo(block))
        assert captions.DEMO not in block_html(block)


def test_a_line_never_breaks_inside_a_dagpenge() -> None:
    html = block_html(Prose(id="p", paragraphs=("Flere på a-dagpenge i Høje-Taastrup.",)))
    assert html == '<p>Flere på <span class="hel">a-dagpenge</span> i Høje-Taastrup.</p>'


@pytest.mark.parametrize("name", EVERY_KIND)
def test_no_text_of_a_block_becomes_a_tag(name: str) -> None:
    def poison(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {key: poison(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [poison(part) for part in value]
        free = isinstance(value, str) and key not in {"kind", "id", "state", "svg", "role"}
        free = free and key not in {"bilag", "direction", "svg_narrow", "statement_url"}
        return f"{value}{HOSTILE}" if free else value

    block = EVERY_KIND[name]
    hostile = type(block).model_validate(poison(block.model_dump(mode="json")))
    found = tree(block_html(hostile, number=1))
    assert found.xpath("//script") == []
    shown = found.text_content() + "".join(found.xpath("//@alt"))
    assert "<script>" in shown


def test_a_phone_gets_the_drawing_made_for_it() -> None:
    narrow = '<svg xmlns="http://www.w3.org/2000/svg" width="340" height="90"/>'
    both = sample_figure().model_copy(update={"svg_narrow": narrow})
    (source,) = tree(block_html(both)).xpath("//picture/source")
    assert drawing_of(source.get("srcset")) == narrow
    assert not set(source.get("srcset")) & set(" \t\n")
    assert (source.get("width"), source.get("height")) == ("340", "90")
    assert len(tree(block_html(both)).xpath("//picture//img[@alt]")) == 1
    assert "<picture>" not in block_html(sample_figure())


def test_a_notebook_carries_one_drawing_of_a_figure() -> None:
    both = sample_figure().model_copy(update={"svg_narrow": sample_figure().svg})
    assert preview_html(both) == preview_html(sample_figure())


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_of_block_can_be_seen_in_a_notebook(name: str) -> None:
    html = preview_html(EVERY_KIND[name])
    assert html.startswith("<style>.beskplan.beskplan{") is (EVERY_KIND[name].kind == "header")
    assert re.findall(r"<svg (?![^>]*width=)", html) == []
    assert tree(html).xpath("string(.//div[@class='beskplan']/@lang)") == "da"


def test_a_block_without_number_has_a_title_without_one() -> None:
    table = sample_table()
    assert captions.table_title(table) == table.title
    assert captions.figure_title(sample_figure()) == sample_figure().title
    assert captions.data_title(sample_figure()).startswith("Tal bag figuren. ")


def test_the_same_block_gives_the_same_bytes() -> None:
    for block in EVERY_KIND.values():
        copied = type(block).model_validate_json(block.model_dump_json())
        assert block_html(copied) == block_html(block)
    assert isinstance(EVERY_KIND["table"], Table)
    assert isinstance(EVERY_KIND["header"], Header)


@pytest.mark.parametrize(("texts", "line"), CASES["two_tables_of_one_source_and_day_are_named"])
def test_two_tables_of_one_source_and_day_are_named_together(texts: list[str], line: str) -> None:
    assert captions.source_line([Source(text=text) for text in texts]) == line


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


SOURCE = Source(text="Jobindsats.dk")
DATA = Table(
    id="tal",
    title="Tal",
    unit="pct.",
    period="juni 2020",
    columns=(Column(id="omraade", label="Område", kind="text"), Column(id="pct", label="Pct.")),
    rows=(Row(label="Rudersdal", cells=(Cell(text="54", value=54.0),)),),
    sources=(SOURCE,),
)
GOOD: dict[str, Any] = {
    "title": "Flere på a-dagpenge i Rudersdal",
    "subtitle": "Ændring i antal fuldtidspersoner, pct., juni 2019 til juni 2020",
    "alt": "Vandret søjlediagram: Rudersdal 54 pct., hele landet 47 pct.",
    "svg": Drawing(wide="<svg/>", narrow="<svg id='s'/>"),
    "data": DATA,
    "notes": ["Foreløbige tal."],
}


def test_a_figure_has_the_id_and_sources_of_its_numbers_and_both_widths() -> None:
    made = figure(**GOOD)
    assert (made.id, made.data, made.sources) == ("tal", DATA, (SOURCE,))
    assert (made.svg, made.svg_narrow) == ("<svg/>", "<svg id='s'/>")
    assert made.notes == ("Foreløbige tal.",)


@pytest.mark.parametrize("field", ["title", "subtitle", "alt"])
def test_a_missing_text_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        figure(**{**GOOD, field: " "})


def test_a_missing_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="sources"):
        Table(**{**DATA.model_dump(), "sources": ()})
