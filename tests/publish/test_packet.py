"""The committee's packet: every field in its order, in three forms, the same bytes each time."""

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import lxml.html
import pikepdf
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from playwright.sync_api import Browser
from pypdf import PdfReader

from beskplan.blocks.model import KeyFigure, KeyFigures, Prose, Source
from beskplan.core.errors import ParamsError, ReportError
from beskplan.core.files import sha256_bytes
from beskplan.params.bilag import Udvalgssag
from beskplan.params.jobs import Job, Workplace
from beskplan.publish.approval import approve
from beskplan.publish.packet import (
    Bilag,
    agenda_page,
    make_packet,
    packet_files,
    summary,
    zipped_folder,
)
from beskplan.publish.trail import State
from beskplan.render.page import DRAFT, Section
from beskplan.render.word import page_word
from tests.access import word_rules
from tests.access.axe import View, page_faults
from tests.conftest import cases
from tests.publish import mail_samples as samples

CASES = cases("packet")

FIELDS = CASES["fields"]
"""In the order of the agenda of 28 September 2016 among the seed documents."""
NAME = "udvalgssag-rudersdal-2021"
CASE = CASES["case"]


def case(**changes: object) -> Udvalgssag:
    values: dict[str, object] = {
        "udvalg": "Arbejdsmarkedsudvalget",
        "moede": date(2020, 11, 18),
        "titel": "Beskæftigelsesplan 2021",
        "punkttype": "Beslutning",
        "tema": "Udvalget skal tage stilling til planen.",
        "sagsbeskrivelse": "Kommunen skal hvert år vedtage en plan.",
        "administrationens_forslag": "Forvaltningen anbefaler, at planen godkendes.",
    }
    return Udvalgssag.model_validate({**values, **changes})


def bilag(text: str = "Der var 703 fuldtidspersoner på a-dagpenge.") -> tuple[Bilag, ...]:
    one = samples.bilag(1, "maalgrupper", text)
    figures = KeyFigures(
        title="Nøgletal",
        items=(
            KeyFigure(
                label="Fuldtidspersoner på a-dagpenge, juni 2020", value="703", change="247 flere"
            ),
        ),
        sources=(Source(text="Jobindsats.dk"),),
    )
    section = Section("noegletal", "Det vigtigste", (figures, Prose(id="t", paragraphs=(text,))))
    page = type(one.page)(one.page.header, one.page.title, (), (section,))
    return (replace(one, number=1, page=page),)


def word(files: dict[str, bytes]) -> docx.document.Document:
    return docx.Document(io.BytesIO(files["dagsordenspunkt.docx"]))


def headings(document: docx.document.Document, level: int) -> list[str]:
    style = f"Heading {level}"
    return [one.text for one in document.paragraphs if one.style and one.style.name == style]


@pytest.fixture(scope="module")
def place(
    build_report: Callable[[Job], Path], tmp_path_factory: pytest.TempPathFactory
) -> Workplace:
    """A working copy with Rudersdal's report, not approved, and an agenda item."""
    folder = build_report(Job(2021, "rudersdal", "maalgrupper"))
    root = tmp_path_factory.mktemp("pakke")
    source = folder.parents[3]
    for name in ("notebooks", "params"):
        shutil.copytree(source / name, root / name)
    shutil.copytree(folder, root / "reports" / "2021" / "rudersdal" / "maalgrupper")
    samples.one_bilag(root, CASE)
    return Workplace(root)


@pytest.fixture(scope="module")
def approved(place: Workplace) -> Path:
    """The zip of the approved packet; tests of drafts come before it."""
    approve(place, Job(2021, "rudersdal", "maalgrupper"), "Mette Holm")
    return make_packet(place, "Rudersdal", 2021)


def test_a_draft_is_refused_unless_asked_for_and_then_says_so(place: Workplace) -> None:
    with pytest.raises(ReportError, match="er ikke godkendt"):
        make_packet(place, "Rudersdal", 2021)
    path = make_packet(place, "Rudersdal", 2021, draft=True)
    document = docx.Document(str(path.parent / NAME / "dagsordenspunkt.docx"))
    assert any("Udkast" in one.text for one in document.paragraphs)
    page = (path.parent / NAME / "dagsordenspunkt.html").read_text(encoding="utf-8")
    assert "Udkast" in page
    record = json.loads((path.parent / NAME / "manifest.json").read_bytes())
    assert record["bilag"][0]["godkendt_af"] is None


def test_the_packet_holds_item_bilag_and_a_manifest_that_is_right(approved: Path) -> None:
    folder = approved.parent / NAME
    names = {path.name for path in folder.iterdir()}
    item = {f"dagsordenspunkt.{ending}" for ending in ("html", "docx", "pdf")}
    assert names == {*item, "bilag-1-maalgrupper.pdf", "manifest.json"}
    record = json.loads((folder / "manifest.json").read_bytes())
    files = {name: sha256_bytes((folder / name).read_bytes()) for name in names - {"manifest.json"}}
    assert record["files"] == files
    assert record["bilag"][0]["godkendt_af"] == "Mette Holm"
    with zipfile.ZipFile(approved) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"{NAME}/{path.name}": path.read_bytes() for path in folder.iterdir()
        }


def drafted(one: Bilag) -> Bilag:
    return replace(one, state=State(), page=one.page.with_status(DRAFT))


def test_several_bilag_are_also_one_pdf_that_is_no_draft_once_all_are_approved() -> None:
    two = tuple(samples.bilag(at, name, "Der var 703.") for at, name in ((1, "a"), (2, "b")))
    for said, those in ((False, two), (True, (two[0], drafted(two[1])))):
        files = packet_files(case(), those)
        pdf = PdfReader(io.BytesIO(files["bilag-samlet.pdf"]))
        text = "".join(page.extract_text() for page in pdf.pages)
        assert ("Udkast" in text) is said
        assert "Bilag 1." in text
        assert "Bilag 2." in text
        assert "bilag-samlet.pdf" in files["dagsordenspunkt.html"].decode()
        assert "bilag-samlet.pdf" in json.loads(files["manifest.json"])["files"]
    assert "bilag-samlet.pdf" not in packet_files(case(), two[:1])


def test_the_bilag_is_the_approved_copy_and_not_the_draft(place: Workplace, approved: Path) -> None:
    sent = (approved.parent / NAME / "bilag-1-maalgrupper.pdf").read_bytes()
    draft = (place.folder(Job(2021, "rudersdal", "maalgrupper")) / "maalgrupper.pdf").read_bytes()
    assert sent != draft
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(sent)).pages)
    assert "af Mette Holm" in text
    assert "Udkast" not in text


def test_a_second_run_gives_the_same_bytes(place: Workplace, approved: Path) -> None:
    before = approved.read_bytes()
    assert make_packet(place, "Rudersdal", 2021).read_bytes() == before


def test_all_three_forms_have_every_field_in_order(approved: Path) -> None:
    folder = approved.parent / NAME
    page = lxml.html.document_fromstring((folder / "dagsordenspunkt.html").read_bytes())
    on_page = [one.text_content() for one in page.xpath("//div[@class='krop']//h2")]
    assert list(on_page) == FIELDS
    document = docx.Document(str(folder / "dagsordenspunkt.docx"))
    assert list(headings(document, 1)) == FIELDS
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    everything = " ".join([*(one.text for one in document.paragraphs), *cells])
    text = " ".join(p.extract_text() for p in PdfReader(folder / "dagsordenspunkt.pdf").pages)
    places = [" ".join(text.split()).find(field) for field in FIELDS]
    assert -1 not in places
    for said in ("703", "Forvaltningen anbefaler, at planen godkendes.", "20/12345"):
        assert said in page.text_content()
        assert said in text
        assert said in everything


def test_the_word_item_breaks_no_rule_of_word_s_own_checker(approved: Path) -> None:
    item = approved.parent / NAME / "dagsordenspunkt.docx"
    assert word_rules.broken_rules(item.read_bytes()) == {}


def test_the_summary_is_made_of_the_reports_own_sentences(place: Workplace, approved: Path) -> None:
    document = docx.Document(str(approved.parent / NAME / "dagsordenspunkt.docx"))
    texts = [one.text for one in document.paragraphs]
    summarised = texts[texts.index(headings(document, 2)[0]) + 1]
    html = (place.folder(Job(2021, "rudersdal", "maalgrupper")) / "maalgrupper.html").read_text(
        "utf-8"
    )
    shown = " ".join(lxml.html.document_fromstring(html).text_content().split())
    assert len(summarised) > 100
    assert " ".join(summarised.split()) in shown
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells][1] == "3.313"


def test_the_pdf_is_tagged_for_every_reader(approved: Path) -> None:
    with pikepdf.open(approved.parent / NAME / "dagsordenspunkt.pdf") as pdf:
        assert str(pdf.Root.Lang) in ("da", "da-DK")
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.MarkInfo.Marked


def test_the_word_document_has_language_properties_and_table_heads() -> None:
    files = packet_files(case(), bilag())
    document = word(files)
    properties = document.core_properties
    assert properties.language == "da-DK"
    assert properties.title == "Beskæftigelsesplan 2021: Rudersdal Kommune, 2021"
    assert properties.author == "Rudersdal Kommune"
    languages = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"da-DK"}
    (table,) = document.tables
    rows = table._tbl.tr_lst
    assert rows[0].find(".//" + qn("w:tblHeader")) is not None
    assert rows[1].find(".//" + qn("w:tblHeader")) is None
    assert [cell.text for cell in table.rows[0].cells] == [
        "Nøgletal",
        "Tal",
        "Udvikling",
        "Sammenligning",
    ]
    assert document.sections[0].page_width == pytest.approx(Mm(210), rel=0.001)


def test_a_field_without_content_stands_there_as_in_the_agendas() -> None:
    document = word(packet_files(case(), bilag()))
    texts = [one.text for one in document.paragraphs]
    assert texts[texts.index("Afledte konsekvenser") + 1] == "-"
    assert texts[texts.index("Fraværende") + 1] == "Udfyldes efter mødet."
    told = case(fravaerende="Ingen", beslutning="Godkendt", dialog_hoering="Første.\n\nAndet.")
    texts = [one.text for one in word(packet_files(told, bilag())).paragraphs]
    assert texts[texts.index("Fraværende") + 1] == "Ingen"
    place = texts.index("Dialog/høring")
    assert texts[place + 1 : place + 3] == ["Første.", "Andet."]


def test_the_fields_are_those_of_the_seed_in_its_order(shared: Path) -> None:
    (seed,) = (shared / "seeds").glob("001_*.txt")
    text = " ".join(seed.read_text(encoding="utf-8").split())
    item = text[text.index("6. Sag fra") : text.index("7. Sag fra")]
    places = [item.index(f"{field.split(' Arbejdsmarkedsudvalget')[0]} ") for field in FIELDS[1:]]
    assert item.index("Sagsnr.:") < places[0]
    assert places == sorted(places)


@pytest.mark.parametrize("text", ["to\nlinjer", "nul\x00", "vendt\u202e", "\u2028", " ", "a" * 201])
@pytest.mark.parametrize("key", ["titel", "udvalg", "sagsnr"])
def test_a_line_that_is_none_is_refused(key: str, text: str) -> None:
    with pytest.raises(ValueError, match=key):
        case(**{key: text})


@pytest.mark.parametrize("name", ["../x.pdf", "/etc/passwd", "a/b", "..", "", "a\\b"])
def test_no_name_leaves_the_zip(name: str) -> None:
    with pytest.raises(ReportError, match="filnavn"):
        zipped_folder("mappe", {name: b""})


@pytest.mark.chromium
def test_axe_finds_nothing_on_the_page(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "dagsordenspunkt.html"
    path.write_bytes(packet_files(case(), bilag())["dagsordenspunkt.html"])
    assert page_faults(chromium, path, View(), View(320)) == []


def test_params_without_an_agenda_item_are_told(place: Workplace) -> None:
    with pytest.raises(ParamsError, match="udvalgssag"):
        make_packet(place, "Taarnby", 2017, draft=True)


def test_a_page_without_key_figures_gives_its_first_sentences() -> None:
    assert summary(samples.bilag(1, "varighed", "Første.").page) == ("Første.",)


def test_libreoffice_opens_the_word_document_with_every_field(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("NOT CHECKED HERE: no LibreOffice on this machine")
    page = agenda_page(case(sagsnr="20/12345"), bilag())
    path = tmp_path / "dagsordenspunkt.docx"
    path.write_bytes(page_word(page, date(2020, 11, 18)))
    subprocess.run(
        [
            office,
            "--headless",
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            str(tmp_path),
            str(path),
        ],
        check=True,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    text = (tmp_path / "dagsordenspunkt.txt").read_text(encoding="utf-8-sig")
    places = [text.find(f"{field}\n") for field in FIELDS]
    assert -1 not in places
    assert places == sorted(places)
    for said in ("20/12345", "703", "247 flere", "Forvaltningen anbefaler, at planen godkendes."):
        assert said in text
