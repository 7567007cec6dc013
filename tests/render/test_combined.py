"""All Bilag in one PDF: every one whole, under its own number, with bookmarks and page numbers."""

import re
from io import BytesIO
from pathlib import Path

import nbformat
import page as validator
import pikepdf
import pytest
from pikepdf import Array

from beskplan.blocks.model import Accent
from beskplan.core.errors import RenderError
from beskplan.params.jobs import Job, Workplace
from beskplan.params.profil import Logo
from beskplan.proof.pdf_text import read_pdf
from beskplan.render.page import Page, read_page
from beskplan.render.page_pdf import render_combined, render_pdf
from beskplan.runner.collecting import combined_path, write_combined
from tests.access.pdf_rules import broken_rules, elements
from tests.render import sample_notebook as samples

LOGO = Logo(samples.PNG, "Rudersdal Kommunes logo")
PROFILES = (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A)


def page(title: str, **header: object) -> Page:
    made = read_page(samples.sample_notebook())
    return Page(
        header=made.header.model_copy(update=header),
        title=title,
        items=made.items,
        sections=made.sections,
    )


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    presented = {
        "logo": LOGO.uri,
        "logo_alt": LOGO.alt,
        "light": Accent(text="#7A1230", large="#7A1230", graphics="#C4501B"),
    }
    # The same notebook twice: every name of a place in it stands in both Bilag.
    return [page("Målgrupper", **presented), page("Resultatmål", **presented)]


@pytest.fixture(scope="module")
def combined(pages: list[Page]) -> bytes:
    return render_combined(pages)


@pytest.mark.parametrize("profile", PROFILES, ids=["ua-1", "a-3a"])
def test_it_keeps_both_standards(combined: bytes, profile: validator.ValidationProfile) -> None:
    report = validator.validate_pdf_bytes(combined, profile=profile)
    assert report.is_compliant, str(report)


def test_it_breaks_no_rule_of_ours(combined: bytes) -> None:
    assert broken_rules(combined) == {}


def test_every_bilag_says_what_it_says_alone(combined: bytes, pages: list[Page]) -> None:
    assert read_pdf(combined).tables == [
        table for one in pages for table in read_pdf(render_pdf(one)).tables
    ]


def test_bilag_are_numbered_below_the_one_title(combined: bytes) -> None:
    heads = [
        (one.tag, one.text) for one in read_pdf(combined).elements if re.match(r"H[1-6]", one.tag)
    ]
    assert heads[:3] == [
        ("H1", "Bilag til beskæftigelsesplan: Rudersdal Kommune, 2021"),
        ("H2", "Indhold"),
        ("H2", "Bilag 1. Målgrupper"),
    ]
    assert ("H2", "Bilag 2. Resultatmål") in heads
    assert ("H3", "A-dagpenge") in heads
    assert ("H4", "Måned for måned") in heads


def test_the_contents_name_every_bilag_and_section_with_its_page(combined: bytes) -> None:
    entries = [one.text for one in read_pdf(combined).elements if one.tag == "TOCI"]
    assert [re.sub(r"\W*\d+$", "", entry) for entry in entries[:5]] == [
        "Bilag 1. Målgrupper",
        "A-dagpenge",
        "Ledighedsydelse",
        "Kilder og forbehold",
        "Tal bag figurerne",
    ]
    numbers = [int(entry.split()[-1]) for entry in entries]
    assert numbers == sorted(numbers)
    with pikepdf.open(BytesIO(combined)) as pdf:
        assert numbers[-1] <= len(pdf.pages)


def test_every_bilag_begins_on_a_page_of_its_own(combined: bytes) -> None:
    with pikepdf.open(BytesIO(combined)) as pdf:
        starts = [str(one.get("/T", "")) for one in elements(pdf, "/H2")]
        pages_of = [_first_page(one) for one in elements(pdf, "/H2")]
        assert len(set(pages_of)) == len(starts) == 3


def test_links_lead_into_the_same_bilag(combined: bytes) -> None:
    with pikepdf.open(BytesIO(combined)) as pdf:
        number = {found.obj.objgen: at for at, found in enumerate(pdf.pages)}
        second = number[_first_page(elements(pdf, "/H2")[2])]
        leads = [
            (at, number[_target(pdf, note)])
            for at, found in enumerate(pdf.pages)
            for note in found.get("/Annots", Array())
            # Before the first Bilag stand only the contents, which lead into both.
            if at > 1 and ("/Dest" in note or ("/A" in note and "/D" in note.A))
        ]
    assert leads
    assert all((at < second) == (to < second) for at, to in leads)


def test_the_attached_files_of_two_bilag_keep_apart(combined: bytes, pages: list[Page]) -> None:
    with pikepdf.open(BytesIO(combined)) as pdf:
        names = sorted(pdf.attachments)
    alone = len(pages[0].tables()) + len(pages[0].figures())
    assert len(names) == 2 * alone
    assert {name[:8] for name in names} == {"bilag-1-", "bilag-2-"}


def test_a_rebuild_gives_the_same_bytes(combined: bytes, pages: list[Page]) -> None:
    assert render_combined(pages) == combined


def test_made_up_numbers_are_told_on_the_cover() -> None:
    demo = read_page(samples.sample_notebook(demo=True))
    texts = [one.text for one in read_pdf(render_combined([page("A"), demo])).elements]
    assert any(text.startswith("Demodata") for text in texts[:6])


def test_finished_reports_are_combined_in_the_order_of_the_params(tmp_path: Path) -> None:
    place = _plan(tmp_path, ["maalgrupper", "varighed"])
    for name, title in (("varighed", "Varighed"), ("maalgrupper", "Målgrupper")):
        folder = place.folder(Job(2021, "rudersdal", name))
        folder.mkdir(parents=True)
        notebook = samples.sample_notebook()
        notebook.cells[0].source = notebook.cells[0].source.replace(
            "# Målgrupper på offentlig forsørgelse", f"# {title}"
        )
        nbformat.write(notebook, folder / f"{name}.ipynb")
    path = write_combined(place.root, "rudersdal", 2021)
    assert path == combined_path(place.root, "rudersdal", 2021)
    heads = [one.text for one in read_pdf(path.read_bytes()).elements if one.tag == "H2"]
    assert heads == ["Indhold", "Bilag 1. Målgrupper", "Bilag 2. Varighed"]
    assert [item.name for item in path.parent.iterdir() if item.is_file()] == [path.name]


def test_a_bilag_without_a_finished_report_is_told_by_name(tmp_path: Path) -> None:
    place = _plan(tmp_path, ["maalgrupper"])
    with pytest.raises(RenderError) as refusal:
        write_combined(place.root, "rudersdal", 2021)
    assert refusal.value.problems[0].where == "2021/rudersdal/maalgrupper"


def _plan(root: Path, bilag: list[str]) -> Workplace:
    folder = root / "params" / "rudersdal"
    folder.mkdir(parents=True)
    text = f"kommune: Rudersdal\naar: 2021\nbilag: [{', '.join(bilag)}]\n"
    (folder / "2021.yaml").write_text(text, encoding="utf-8")
    return Workplace(root)


def _first_page(element: pikepdf.Object) -> tuple[int, int]:
    if "/Pg" in element:
        return element.Pg.objgen
    kids = element.K if isinstance(element.K, Array) else [element.K]
    return _first_page(kids[0]) if "/S" in kids[0] else kids[0].Pg.objgen


def _target(pdf: pikepdf.Pdf, note: pikepdf.Object) -> tuple[int, int]:
    """The page that a link inside the document leads to."""
    found = note.get("/Dest") if "/Dest" in note else note.A.D
    if not isinstance(found, Array):
        found = pikepdf.NameTree(pdf.Root.Names.Dests)[str(found)]
        found = found.D if isinstance(found, pikepdf.Dictionary) else found
    return found[0].objgen
