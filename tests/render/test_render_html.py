"""The HTML of a report: the same from every way in, whole, and itself again on a rebuild."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import nbformat
import pytest
from lxml import html as lxml_html
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from pydantic import ValidationError

from beskplan import __version__
from beskplan.blocks.model import Accent, Header
from beskplan.core.errors import RenderError
from beskplan.render.exporters import BeskplanHtmlExporter
from beskplan.render.page import read_page
from beskplan.render.page_html import STATEMENT_URL
from tests.render import sample_notebook as samples


@pytest.fixture(scope="module")
def exporter() -> BeskplanHtmlExporter:
    return BeskplanHtmlExporter()


@pytest.fixture
def html(exporter: BeskplanHtmlExporter, sample_notebook: NotebookNode) -> str:
    return str(exporter.from_notebook_node(sample_notebook)[0])


def test_a_rebuild_gives_the_same_bytes(html: str, sample_notebook: NotebookNode) -> None:
    again, resources = BeskplanHtmlExporter().from_notebook_node(sample_notebook)
    assert again == html
    assert resources["output_extension"] == ".html"


def test_one_report_leaves_nothing_in_the_next(exporter: BeskplanHtmlExporter, html: str) -> None:
    exporter.from_notebook_node(samples.sample_notebook(demo=True))
    assert exporter.from_notebook_node(samples.sample_notebook())[0] == html


def test_the_notebook_is_left_as_it_was(sample_notebook: NotebookNode, html: str) -> None:
    assert sample_notebook == samples.sample_notebook()


def test_jupyter_finds_the_exporter() -> None:
    (found,) = entry_points(group="nbconvert.exporters", name="beskplan-html")
    assert found.load() is BeskplanHtmlExporter
    assert BeskplanHtmlExporter.export_from_notebook


def test_nbconvert_s_command_gives_the_very_same_page(tmp_path: Path, html: str) -> None:
    nbformat.write(samples.sample_notebook(), tmp_path / "rapport.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "beskplan-html", "rapport.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "rapport.html").read_text(encoding="utf-8") == html


def test_the_page_proves_what_it_is(html: str) -> None:
    tree = lxml_html.document_fromstring(html)
    meta = {element.get("name"): element.get("content") for element in tree.xpath("//meta[@name]")}
    assert meta["beskplan:kommune"] == "230"
    assert meta["beskplan:aar"] == "2021"
    assert meta["beskplan:bilag"] == "maalgrupper"
    assert meta["beskplan:data"] == "a1b2c3d4e5f60718"
    assert meta["author"] == "Rudersdal Kommune"
    assert meta["generator"] == f"beskplan {__version__}"


def test_h1_and_title_are_the_page_s_heading(html: str, sample_notebook: NotebookNode) -> None:
    tree = lxml_html.document_fromstring(html)
    page = read_page(sample_notebook)
    assert tree.findtext(".//title") == page.document_title
    assert tree.xpath("string(//h1)") == page.heading


def test_contents_lead_to_every_section(html: str) -> None:
    tree = lxml_html.document_fromstring(html)
    links = {link.get("href")[1:]: link.text for link in tree.xpath("//nav//a")}
    sections = {
        heading.get("id"): heading.text_content()
        for heading in tree.xpath("//section/*[self::h2 or self::h3][@id!='noegletal']")
    }
    assert links == sections
    assert len(links) == 4


def test_every_item_of_the_page_is_shown_in_its_order(html: str) -> None:
    tree = lxml_html.document_fromstring(html)
    shown = tree.xpath("//*[@class='tabel' or @class='figur' or @class='noegletal']")
    assert [block.get("id") for block in shown] == [
        None,
        "tabel-a-dagpenge",
        "figur-figur-a-dagpenge",
        "tabel-maaned-for-maaned",
        "tabel-ledighedsydelse",
        "figur-figur-ledighedsydelse",
    ]


def test_the_footer_names_publisher_data_version_and_statement(html: str) -> None:
    footer = lxml_html.document_fromstring(html).xpath("string(//footer)")
    for words in (
        "Udgivet af Rudersdal Kommune",
        "hentet 18. november 2020",
        "a1b2c3d4e5f60718",
        f"beskplan {__version__}",
        "Tilgængelighedserklæring",
    ):
        assert words in footer


def test_a_logo_stands_beside_the_sender_with_its_alt(exporter: BeskplanHtmlExporter) -> None:
    logo = {"logo": "data:image/png;base64,AAAA", "logo_alt": "Rudersdal Kommunes byvåben"}
    header = samples.sample_header().model_copy(update=logo)
    tree = lxml_html.document_fromstring(_page_of(exporter, header))
    (image,) = tree.xpath("/html/body/header//img")
    assert image.get("alt") == logo["logo_alt"]


def test_the_publisher_s_colours_win_over_the_template_s_on_either_ground(
    exporter: BeskplanHtmlExporter, html: str
) -> None:
    colours = {
        "light": Accent(text="#7A1230", large="#A33A5B", graphics="#C4501B"),
        "dark": Accent(text="#FFC2D0", large="#FFC2D0", graphics="#D0678A"),
    }
    style = _style(_page_of(exporter, samples.sample_header().model_copy(update=colours)))
    light, _, dark = style.rpartition("@media screen and (prefers-color-scheme:dark){")
    assert light.rstrip().endswith(
        ":root{--accent:#7A1230;--link:#7A1230;--stor:#A33A5B;--streg:#C4501B}"
    )
    assert dark.strip() == ":root{--accent:#FFC2D0;--link:#FFC2D0;--stor:#FFC2D0;--streg:#D0678A}}"
    assert "#7A1230" not in html


def test_the_publisher_s_own_statement_is_linked(exporter: BeskplanHtmlExporter, html: str) -> None:
    own = "https://www.was.digst.dk/rudersdal-dk"
    header = samples.sample_header().model_copy(update={"statement_url": own})
    link = "//footer//a[text()='Tilgængelighedserklæring']/@href"
    assert lxml_html.document_fromstring(_page_of(exporter, header)).xpath(link) == [own]
    assert lxml_html.document_fromstring(html).xpath(link) == [STATEMENT_URL]


@pytest.mark.parametrize("colour", ["red", "#12436D;}", "#fff", "url(x)"])
def test_a_colour_can_be_nothing_but_a_colour(colour: str) -> None:
    with pytest.raises(ValidationError):
        Accent(text=colour, large="#12436D", graphics="#12436D")


def _style(html: str) -> str:
    (style,) = lxml_html.document_fromstring(html).xpath("//style/text()")
    return str(style)


def test_texts_of_the_header_never_become_tags(exporter: BeskplanHtmlExporter) -> None:
    hostile = '"><script>x</script>'
    fields = dict.fromkeys(("afsender", "data_id", "data_text", "logo_alt"), hostile)
    header = samples.sample_header().model_copy(update={**fields, "logo": "data:,"})
    tree = lxml_html.document_fromstring(_page_of(exporter, header, title=r"A \<script\>"))
    assert tree.xpath("//script") == []
    assert tree.xpath("string(//meta[@name='author']/@content)") == hostile


def test_a_notebook_that_is_no_report_is_refused(exporter: BeskplanHtmlExporter) -> None:
    with pytest.raises(RenderError):
        exporter.from_notebook_node(samples.notebook_of([]))


def test_the_page_is_as_light_as_promised(html: str) -> None:
    figures = html.count("<figure")
    assert len(html.encode()) <= 60_000 + 50_000 * figures


def _page_of(exporter: BeskplanHtmlExporter, header: Header, title: str = "Titel") -> str:
    cells = [new_markdown_cell(f"# {title}"), samples.block_cell(header)]
    return str(exporter.from_notebook_node(samples.notebook_of(cells))[0])
