"""Everyone can read the PDF: two validators' profiles, our own rules, and that both bite."""

from collections.abc import Callable
from io import BytesIO

import page as validator
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from beskplan.render.page import read_page
from beskplan.render.page_pdf import children, render_pdf
from tests.access.pdf_rules import RULES, attribute, broken_rules, elements
from tests.render.sample_notebook import sample_notebook

PROFILES = (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A)
Fault = Callable[[pikepdf.Pdf], None]


@pytest.fixture(scope="module")
def good() -> bytes:
    return render_pdf(read_page(sample_notebook()))


@pytest.mark.parametrize("profile", PROFILES, ids=["ua-1", "a-3a"])
@pytest.mark.parametrize("demo", [False, True], ids=["real", "demo"])
def test_the_pdf_keeps_both_standards(profile: validator.ValidationProfile, demo: bool) -> None:
    data = render_pdf(read_page(sample_notebook(demo=demo)))

    report = validator.validate_pdf_bytes(data, profile=profile)

    assert report.is_compliant, str(report)


def test_the_pdf_breaks_no_rule_of_ours(good: bytes) -> None:
    assert broken_rules(good) == {}


def test_a_table_over_pages_is_one_table(good: bytes) -> None:
    with pikepdf.open(BytesIO(good)) as pdf:
        rows = [len(elements_below(table, "/TR")) for table in elements(pdf, "/Table")]

    assert rows == [4, 71, 4, 4, 4]


def elements_below(element: pikepdf.Object, tag: str) -> list[pikepdf.Object]:
    below = [one for kid in children(element) for one in elements_below(kid, tag)]
    return [kid for kid in children(element) if str(kid.S) == tag] + below


def _no_language(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Lang = pikepdf.String("en")


def _title_hidden(pdf: pikepdf.Pdf) -> None:
    pdf.Root.ViewerPreferences.DisplayDocTitle = False


def _second_h1(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/H2")[0].S = Name.H1


def _skipped_level(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "/H2")[0].S = Name.H4


def _bookmark_gone(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        del outline.root[0].children[0]


def _head_without_scope(pdf: pikepdf.Pdf) -> None:
    head = elements(pdf, "/TH")[0]
    head.A = Array([one for one in head.A if "/Scope" not in one])


def _row_head_as_data(pdf: pikepdf.Pdf) -> None:
    body = elements(pdf, "/TBody")[0]
    children(children(body, "/TR")[0])[0].S = Name.TD


def _cell_without_row(pdf: pikepdf.Pdf) -> None:
    headers = attribute(elements(pdf, "/TD")[0], "/Headers")
    assert headers is not None
    del headers[1]


def _cell_with_wrong_row(pdf: pikepdf.Pdf) -> None:
    first, *_, last = elements(pdf, "/TD")
    one, other = attribute(first, "/Headers"), attribute(last, "/Headers")
    assert one is not None
    assert other is not None
    one[1] = other[1]


def _headers_lead_nowhere(pdf: pikepdf.Pdf) -> None:
    headers = attribute(elements(pdf, "/TD")[0], "/Headers")
    assert headers is not None
    headers[0] = pikepdf.String("ingen")


def _id_not_in_tree(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.StructTreeRoot.IDTree.Names
    pdf.Root.StructTreeRoot.IDTree.Names = Array(list(names)[:-2])


def _no_caption(pdf: pikepdf.Pdf) -> None:
    table = elements(pdf, "/Table")[0]
    table.K = Array(list(table.K)[1:])


def _uneven_row(pdf: pikepdf.Pdf) -> None:
    row = children(elements(pdf, "/TBody")[0], "/TR")[0]
    row.K = Array(list(row.K)[:-1])


def _no_alt(pdf: pikepdf.Pdf) -> None:
    del elements(pdf, "/Figure")[0].Alt


def _silent_link(pdf: pikepdf.Pdf) -> None:
    note = next(note for page in pdf.pages for note in page.get("/Annots", Array()))
    del note.Contents


def _footer_read_aloud(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    content = page.Contents.read_bytes().replace(b"/Subtype/Footer", b"/Subtype/Watermk")
    page.Contents = pdf.make_stream(content)


def _font_left_out(pdf: pikepdf.Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor:
            for key in {"/FontFile2", "/FontFile3"} & set(one.keys()):
                del one[key]


def _file_of_no_kind(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AF[0].AFRelationship = Name.Unspecified


FAULTS: dict[Fault, str] = {
    _no_language: "language",
    _title_hidden: "title",
    _second_h1: "headings",
    _skipped_level: "headings",
    _bookmark_gone: "bookmarks",
    _head_without_scope: "header_cells",
    _row_head_as_data: "row_heads",
    _cell_without_row: "cells_name_row_and_column",
    _cell_with_wrong_row: "cells_name_row_and_column",
    _headers_lead_nowhere: "cells_name_row_and_column",
    _id_not_in_tree: "id_tree",
    _no_caption: "tables",
    _uneven_row: "tables",
    _no_alt: "figures",
    _silent_link: "links",
    _footer_read_aloud: "running_lines",
    _font_left_out: "fonts",
    _file_of_no_kind: "attached",
}


@pytest.mark.parametrize(("fault", "rule"), FAULTS.items(), ids=lambda x: getattr(x, "__name__", x))
def test_a_planted_fault_turns_its_rule_red(good: bytes, fault: Fault, rule: str) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(good)) as pdf:
        fault(pdf)
        pdf.save(out)

    assert rule in broken_rules(out.getvalue())


def test_every_rule_has_a_fault_that_turns_it_red() -> None:
    assert set(FAULTS.values()) == set(RULES)


@pytest.mark.parametrize("fault", [_no_alt, _uneven_row], ids=lambda fault: fault.__name__)
def test_the_validator_sees_a_broken_structure(good: bytes, fault: Fault) -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(good)) as pdf:
        fault(pdf)
        pdf.save(out, fix_metadata_version=False)

    assert not validator.validate_pdf_bytes(out.getvalue(), profile=PROFILES[0]).is_compliant
