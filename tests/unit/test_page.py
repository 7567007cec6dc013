"""An executed notebook becomes a page, or says everything that keeps it from being one."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from beskplan.blocks.html import preview_html
from beskplan.blocks.model import MIME, Accent, Figure, KeyFigures, Omitted, SourceList, Table
from beskplan.core.errors import RenderError
from beskplan.params.jobs import Job
from beskplan.render.markdown import Heading, markdown_html, plain_text, split_headings
from beskplan.render.page import Markdown, Page, heading_id, read_page
from beskplan.runner.make_report import page_of
from tests.conftest import cases
from tests.render.sample_notebook import (
    block_cell,
    notebook_of,
    sample_figure,
    sample_header,
    sample_notebook,
    sample_sources,
    sample_table,
)

CASES = cases("page")

md = new_markdown_cell


def report(*cells: NotebookNode) -> NotebookNode:
    """A notebook with a title, a header and these cells."""
    return notebook_of([md("# Titel"), block_cell(sample_header()), *cells])


def problems(notebook: NotebookNode) -> list[str]:
    """`where: what` of everything that is wrong with a notebook."""
    with pytest.raises(RenderError) as caught:
        read_page(notebook)
    return [f"{problem.where}: {problem.what}" for problem in caught.value.problems]


def output_cell(data: dict[str, Any]) -> NotebookNode:
    cell: NotebookNode = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    return cell


@pytest.mark.parametrize(("colour", "is_used"), [("#1F3A5F", True), ("#004B87", False)])
def test_a_publishers_colour_is_the_charts_where_it_can_be_told_apart(
    colour: str, is_used: bool
) -> None:
    accent = Accent(text=colour, large=colour, graphics=colour)
    header = sample_header().model_copy(update={"light": accent, "dark": accent})
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path fill="#12436d"/></svg>'
    )
    figure = sample_figure().model_copy(update={"svg": svg, "svg_narrow": svg})
    page = read_page(notebook_of([md("# Titel"), block_cell(header), block_cell(figure)]))
    blocks = [getattr(one, "block", None) for one in page.walk()]
    [shown] = [one for one in blocks if isinstance(one, Figure)]
    # On a phone too.
    for drawn in (shown.svg, shown.svg_narrow):
        assert (colour.lower() in drawn) is is_used
        assert ("#12436d" in drawn) is not is_used
    # And in the cell of a notebook, whose header has the colours of headings and rules.
    cell = unquote(preview_html(figure, accent))
    assert (colour.lower() in cell) is is_used
    assert ("#12436d" in cell) is not is_used
    assert f"--accent:{colour};" in preview_html(header)
    assert "#12436d" in unquote(preview_html(figure))


class TestGoodPage:
    def page(self) -> Page:
        return read_page(sample_notebook())

    def test_the_heading_names_report_municipality_and_year(self) -> None:
        page = self.page()
        assert page.heading == "Målgrupper på offentlig forsørgelse: Rudersdal Kommune, 2021"
        assert page.document_title == page.heading

    def test_a_title_of_made_up_numbers_says_so(self) -> None:
        page = read_page(sample_notebook(demo=True))
        assert page.document_title == f"{page.heading} (demodata)"

    def test_headings_make_a_tree_of_sections_with_ascii_ids(self) -> None:
        top = [(section.id, section.title) for section in self.page().sections]
        assert top == [
            ("a-dagpenge", "A-dagpenge"),
            ("ledighedsydelse", "Ledighedsydelse"),
            ("kilder-og-forbehold", "Kilder og forbehold"),
        ]
        below = [section.id for section in self.page().sections[0].subsections]
        assert below == ["maaned-for-maaned"]

    def test_what_stands_before_the_first_section_belongs_to_the_page(self) -> None:
        kinds = [type(item) for item in self.page().items]
        assert kinds == [Markdown, KeyFigures]

    def test_tables_and_figures_are_numbered_apart_in_reading_order(self) -> None:
        page = self.page()
        tables = [(item.number, item.block.id) for item in page.tables()]
        figures = [(item.number, item.block.id) for item in page.figures()]
        assert tables == [(1, "a-dagpenge"), (2, "maaned-for-maaned"), (3, "ledighedsydelse")]
        assert figures == [(1, "figur-a-dagpenge"), (2, "figur-ledighedsydelse")]
        assert all(isinstance(item.block, Table) for item in page.tables())
        assert all(isinstance(item.block, Figure) for item in page.figures())

    def test_reading_twice_gives_the_same_page(self) -> None:
        assert self.page() == self.page()


class TestOmitted:
    def test_a_section_whose_blocks_are_all_omitted_leaves_the_page(self) -> None:
        page = read_page(sample_notebook())
        assert "Kontantydelse" not in [section.title for section in page.sections]
        assert [omitted.id for omitted in page.omitted] == ["kontantydelse"]

    def test_its_reason_joins_the_reservations(self) -> None:
        page = read_page(sample_notebook())
        (sources,) = [item for item in page.walk() if isinstance(item, SourceList)]
        assert sources.reservations[-1] == "Kontantydelse ophørte med udgangen af 2016."
        assert len(sources.reservations) == 2

    def test_a_section_that_still_shows_a_block_stays(self) -> None:
        omitted = Omitted(id="figur", reason="For få tal til en figur.")
        page = read_page(
            report(md("## A"), block_cell(sample_table(), omitted), block_cell(sample_sources()))
        )
        assert [section.title for section in page.sections] == ["A"]
        assert page.omitted == (omitted,)

    def test_a_section_stays_while_one_of_its_parts_shows_a_block(self) -> None:
        omitted = Omitted(id="a", reason="Ingen tal.")
        cells = [md("## A"), block_cell(omitted), md("### B"), block_cell(sample_sources())]
        assert [section.title for section in read_page(report(*cells)).sections] == ["A"]

    def test_a_section_of_words_alone_stays(self) -> None:
        page = read_page(report(md("## Metode\n\nSådan er tallene opgjort.")))
        assert [section.title for section in page.sections] == ["Metode"]

    def test_nothing_is_omitted_in_silence(self) -> None:
        notebook = report(md("## A"), block_cell(Omitted(id="a", reason="Ingen tal.")))
        assert problems(notebook) == ["notebook: udeladte dele, men ingen kilder"]


BAD_OUTPUTS = {
    "a bare DataFrame": (output_cell({"text/html": "<table>", "text/plain": "x"}), "table(...)"),
    "a bare figure": (output_cell({"image/png": "iVBO", "text/plain": "<Figure>"}), "figure(...)"),
    "a bare value": (output_cell({"text/plain": "42"}), "sentence(...)"),
}


def printed(stream: str) -> NotebookNode:
    output = new_output("stream", name=stream, text="hov\n")
    cell: NotebookNode = new_code_cell("x", outputs=[output])
    return cell


ERROR = new_output("error", ename="KeyError", evalue="'x'", traceback=[])
REFUSED: dict[str, NotebookNode] = {
    "printed": report(printed("stdout")),
    "warned": report(printed("stderr")),
    "an error": report(new_code_cell("x", outputs=[ERROR])),
    "unknown block": report(output_cell({MIME: {"kind": "diagram"}})),
    "half a block": report(output_cell({MIME: {"kind": "table", "id": "x"}})),
    "no block": report(output_cell({MIME: "table"})),
    "nothing": notebook_of([]),
    "a second header": report(block_cell(sample_header())),
    "a second title": report(md("# Igen")),
    "text before the title": notebook_of([md("Hov\n\n# Titel"), block_cell(sample_header())]),
    "a skipped level": report(md("## A\n\n#### B")),
    "a raw cell": report(new_raw_cell("<b>x</b>")),
    "two tables of one id": report(block_cell(sample_table(), sample_table())),
    "two figures of one id": report(block_cell(sample_figure(), sample_figure())),
}


class TestRefused:
    @pytest.mark.parametrize("name", BAD_OUTPUTS)
    def test_an_output_that_is_no_block(self, name: str) -> None:
        cell, fix = BAD_OUTPUTS[name]
        with pytest.raises(RenderError) as caught:
            read_page(report(cell))
        (problem,) = caught.value.problems
        assert (problem.where, problem.what) == ("celle 3", "et resultat, der ikke er en blok")
        assert fix in problem.fix

    @pytest.mark.parametrize(("name", "told"), CASES["what_no_page_can_show"].items())
    def test_what_no_page_can_show(self, name: str, told: list[str]) -> None:
        assert problems(REFUSED[name]) == told

    def test_the_cell_that_papermill_adds_is_not_counted(self) -> None:
        added = new_code_cell("aar = 2021", metadata={"tags": ["injected-parameters"]})
        notebook = report(md("## \n\nTekst"))
        notebook.cells.insert(1, added)
        with pytest.raises(RenderError) as caught:
            read_page(notebook)
        (problem,) = caught.value.problems
        assert (problem.where, problem.what) == ("celle 3", "en tom overskrift")
        assert problem.fix
        with pytest.raises(RenderError) as caught:
            page_of(notebook, Job(2021, "rudersdal", "maalgrupper"))
        assert caught.value.problems[0].where == "notebooks/maalgrupper.ipynb: celle 3"

    def test_a_link_to_no_section(self) -> None:
        with pytest.raises(RenderError) as caught:
            read_page(report(md("## Afsnit\n\nSe [her](#afsnt).")))
        (problem,) = caught.value.problems
        assert (problem.what, problem.fix) == (
            "et link til et afsnit, der ikke er der",
            "mente du 'afsnit'?",
        )

    def test_all_problems_come_at_once(self) -> None:
        cells = [md("# Igen"), output_cell({"text/plain": "42"}), md("![](x.png)")]
        assert len(problems(report(*cells))) == 3


BAD_MARKDOWN = CASES["bad_markdown"]


class TestMarkdown:
    @pytest.mark.parametrize("text", BAD_MARKDOWN)
    def test_what_page_and_pdf_cannot_both_show_is_refused(self, text: str) -> None:
        assert BAD_MARKDOWN[text] in problems(report(md(f"## A\n\n{text}")))[0]

    @pytest.mark.parametrize("text", CASES["plain_prose_is_let_through"])
    def test_plain_prose_is_let_through(self, text: str) -> None:
        page = read_page(report(md(f"## A\n\n{text}")))
        assert page.sections[0].items == (Markdown(text),)

    def test_a_cell_is_cut_at_its_headings(self) -> None:
        assert split_headings("Først\n\n## **A** [b](https://c.dk) ##\nSå\n### C") == [
            "Først",
            Heading(2, "A b"),
            "Så",
            Heading(3, "C"),
        ]

    def test_a_hash_without_a_space_is_no_heading(self) -> None:
        assert split_headings("#1 på listen") == ["#1 på listen"]

    @given(st.text(alphabet="ab <>&\"'`*_[]()!#\n-"))
    def test_no_text_becomes_a_tag_of_its_own(self, text: str) -> None:
        allowed = "p|strong|em|code|pre|a|ul|ol|li|br|h1|h2|h3|h4|h5|h6|hr|blockquote|img"
        html = markdown_html(text)
        for tag in html.split("<")[1:]:
            name = tag.lstrip("/").split(">")[0].split(" ")[0].rstrip("/")
            assert name in allowed.split("|")

    @given(st.text())
    def test_no_line_of_text_is_too_odd_for_a_heading(self, text: str) -> None:
        assert isinstance(plain_text(text), str)


class TestHeadingIds:
    def ids(self, titles: Sequence[str]) -> list[str]:
        taken: set[str] = set()
        return [heading_id(title, taken) for title in titles]

    def test_equal_titles_get_ids_of_their_own(self) -> None:
        assert self.ids(["Året", "Året", "Året 2"]) == ["aaret", "aaret-2", "aaret-2-2"]

    @pytest.mark.parametrize(("title", "expected"), CASES["ids_of_template_and_blocks_are_not"])
    def test_ids_of_template_and_blocks_are_not_taken(self, title: str, expected: str) -> None:
        assert self.ids([title]) == [expected]

    @given(st.lists(st.text(min_size=1)))
    def test_ids_are_ascii_and_unique_whatever_the_titles(self, titles: list[str]) -> None:
        ids = self.ids(titles)
        assert len(set(ids)) == len(ids)
        assert all(found.isascii() and found[0].isalpha() for found in ids)
