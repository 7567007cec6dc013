"""Word documents: what stands on the pages stands there, in styles and tables that Word knows as such."""

import io
import itertools
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import lxml.html
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from nbformat import NotebookNode
from pypdf import PdfReader

from beskplan.blocks.captions import figure_title
from beskplan.blocks.model import Figure, Table
from beskplan.params.jobs import Job
from beskplan.params.models import read
from beskplan.render.page import Page, read_notebook, read_page
from beskplan.render.page_html import page_html
from beskplan.render.word import page_word, pages_word, svg_png
from tests.conftest import cases

CASES = cases("word")

DAY = date(2026, 11, 29)
PLANS = CASES["plans"]


def opened(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


Cells = list[list[list[str]]]
"""The text of each cell, by table and row; a table's head is its first row."""


def cells(document: Document) -> Cells:
    return [
        [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
        for table in document.tables
    ]


def printed(pages: list[Page]) -> Cells:
    """Of the web pages: their tables, then those behind figures that no table shows."""
    trees = [lxml.html.document_fromstring(page_html(page)) for page in pages]
    tables = [one for tree in trees for one in tree.xpath("//div[@class='tabel']//table")]
    for page, tree in zip(pages, trees, strict=True):
        figures = [e.block for e in page.figures() if isinstance(e.block, Figure)]
        behind = zip(figures, tree.xpath("//figure/details//table"), strict=True)
        tables += [table for figure, table in behind if page.table_of(figure) is None]
    text = ".//text()[not(ancestor::*[local-name()='svg'])]"
    return [
        [
            [" ".join("".join(cell.xpath(text)).split()) for cell in row.xpath("th|td")]
            for row in table.xpath(".//tr")
        ]
        for table in tables
    ]


def shown(pages: list[Page]) -> list[Table]:
    """The tables of the pages in their order, then those behind figures that no table shows."""
    tables = [e.block for page in pages for e in page.tables() if isinstance(e.block, Table)]
    figures = [(page, e.block) for page in pages for e in page.figures()]
    return [
        *tables,
        *(f.data for page, f in figures if isinstance(f, Figure) and page.table_of(f) is None),
    ]


def built(
    aar: int, kommune: str, root: Path, build_report: Callable[[Job], Path]
) -> tuple[list[Page], bytes]:
    jobs = [Job(aar, kommune, bilag) for bilag in read(kommune, aar, root).bilag]
    pages = [read_page(read_notebook(build_report(job) / f"{job.bilag}.ipynb")) for job in jobs]
    return pages, pages_word("Bilag til beskæftigelsesplan", pages, DAY)


@pytest.fixture(scope="module", params=PLANS, ids=lambda plan: f"{plan[0]}-{plan[1]}")
def plan(
    request: pytest.FixtureRequest, root: Path, build_report: Callable[[Job], Path]
) -> tuple[list[Page], Document]:
    """The pages of a shipped plan, and the same as a Word document."""
    aar, kommune = request.param
    pages, content = built(aar, kommune, root, build_report)
    return pages, opened(content)


def test_every_table_is_the_page_s_cell_by_cell(plan: tuple[list[Page], Document]) -> None:
    pages, document = plan
    assert cells(document) == printed(pages)


Drawn = tuple[bytes, str, str, str]
"""The bytes of a picture, its text alternative, its detail, and its caption."""


def pictures(document: Document) -> list[Drawn]:
    """Each picture in its order; its caption is the paragraph right above it."""
    made = []
    for above, one in itertools.pairwise(document.paragraphs):
        for drawing in one._p.iter(qn("w:drawing")):
            [about] = drawing.iter(qn("wp:docPr"))
            [blip] = drawing.iter(qn("a:blip"))
            image = document.part.related_parts[blip.get(qn("r:embed"))].blob
            made.append((image, str(about.get("descr")), one.text.strip(), above.text))
    return made


def drawn(pages: list[Page]) -> list[Drawn]:
    """The figures of the pages in their order."""
    figures = ((e.number, e.block) for page in pages for e in page.figures())
    return [
        (svg_png(f.svg), f.alt, f.subtitle, figure_title(f, number))
        for number, f in figures
        if isinstance(f, Figure)
    ]


def test_each_picture_is_its_own_figure_s_with_its_own_text_and_caption(
    plan: tuple[list[Page], Document],
) -> None:
    pages, document = plan
    assert pictures(document) == drawn(pages)
    assert len(document.inline_shapes) == len(drawn(pages))


@pytest.mark.parametrize(("tag", "name"), [("a:blip", "r:embed"), ("wp:docPr", "descr")])
def test_two_pictures_or_texts_that_have_changed_places_are_seen(
    root: Path, build_report: Callable[[Job], Path], tag: str, name: str
) -> None:
    pages, content = built(2021, "rudersdal", root, build_report)
    document = opened(content)
    key = qn(name) if ":" in name else name
    first, second, *_ = document.element.iter(qn(tag))
    one, other = first.get(key), second.get(key)
    first.set(key, other)
    second.set(key, one)
    wrong = zip(pictures(document), drawn(pages), strict=True)
    assert [number for number, (found, wanted) in enumerate(wrong) if found != wanted] == [0, 1]


def test_every_sentence_note_source_and_warning_is_there(plan: tuple[list[Page], Document]) -> None:
    pages, document = plan
    text = "\n".join(one.text for one in document.paragraphs)
    for page in pages:
        assert page.status.warning in text
        for table in shown([page]):
            for note in table.notes:
                assert note in text
            assert table.sources[0].text in text


@pytest.mark.parametrize("row", [0, 1], ids=["head", "row"])
def test_a_cell_that_is_another_is_seen(plan: tuple[list[Page], Document], row: int) -> None:
    pages, document = plan
    wrong = printed(pages)
    wrong[0][row][1] += "1"
    assert cells(document) != wrong


@pytest.mark.parametrize("text", ["<w:p/>", "&amp;", 'a "b"', "]]>", "{{ 7*7 }}", "Æøå  to"])
def test_odd_text_is_printed_as_it_is(sample_notebook: NotebookNode, text: str) -> None:
    page = read_page(sample_notebook)
    odd = page.__class__(page.header, f"Bilag {text}", page.items, page.sections, page.omitted)
    assert opened(page_word(odd, DAY)).paragraphs[0].text == f"Bilag {text}"


def test_a_page_of_every_kind_of_block_gives_the_same_bytes_twice(
    sample_notebook: NotebookNode,
) -> None:
    page = read_page(sample_notebook)
    content = page_word(page, DAY)
    assert content == page_word(page, DAY)
    assert cells(opened(content)) == printed([page])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        relations = parts.read("word/_rels/document.xml.rels").decode()
        document = parts.read("word/document.xml").decode()
    assert set(re.findall(r'r:(?:id|embed)="([^"]+)"', document)) <= set(
        re.findall(r'Id="([^"]+)"', relations)
    )


def opened_by_libreoffice(content: bytes, folder: Path) -> PdfReader:
    """The document as LibreOffice sets it."""
    program = shutil.which("soffice") or pytest.skip("LibreOffice is not on this machine")
    file = folder / "bilag.docx"
    file.write_bytes(content)
    home = "-env:UserInstallation=" + (folder / "hjem").as_uri()
    command = [
        program,
        home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(file),
    ]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    return PdfReader(folder / "bilag.pdf")


def parted(pdf: PdfReader) -> list[int]:
    """Pages with another number of pictures than of captions of figures."""
    captions = (
        len(re.findall(r"^Figur \d+\. ", page.extract_text(), re.MULTILINE)) for page in pdf.pages
    )
    # The resources of all pages are one list: what a page draws of it is seen in its content.
    contents = (page.get_contents() for page in pdf.pages)
    drawn = (one.get_data().count(b" Do") if one is not None else 0 for one in contents)
    pairs = zip(captions, drawn, strict=True)
    return [number for number, (named, shown) in enumerate(pairs, 1) if named != shown]


@pytest.mark.thorough
@pytest.mark.parametrize(("aar", "kommune"), PLANS)
def test_libreoffice_opens_it_with_every_cell_and_parts_no_figure_from_its_caption(
    aar: int, kommune: str, root: Path, build_report: Callable[[Job], Path], tmp_path: Path
) -> None:
    pages, content = built(aar, kommune, root, build_report)
    pdf = opened_by_libreoffice(content, tmp_path)
    text = squeezed("".join(page.extract_text() for page in pdf.pages))
    wanted = [text for table in cells(opened(content)) for row in table[1:] for text in row]
    assert [one for one in wanted if squeezed(one) not in text] == []
    assert parted(pdf) == []
    if any(page.figures() for page in pages):
        torn = content_with(content, "<w:br/>", '<w:br w:type="page"/>')
        assert parted(opened_by_libreoffice(torn, tmp_path)) != []


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def content_with(content: bytes, old: str, new: str) -> bytes:
    """The document with a text of its XML replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as copy:
        for name in parts.namelist():
            copy.writestr(name, parts.read(name).replace(old.encode(), new.encode()))
    return made.getvalue()
