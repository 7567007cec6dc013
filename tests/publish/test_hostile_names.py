"""A hostile name goes the whole way, from page to mail, and stays a name."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import docx
import lxml.html
import pytest
from docx.oxml.ns import qn
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from openpyxl import load_workbook
from pypdf import PdfReader

from beskplan.blocks.model import Block, KeyFigure, KeyFigures, Prose, Source
from beskplan.params.jobs import Job, Workplace, plan_jobs
from beskplan.publish import approval
from beskplan.publish.approval import approve
from beskplan.publish.message import Delivery, compose
from beskplan.publish.packet import Bilag, approved_bilag, packet_files, zipped_folder
from beskplan.publish.publishing import publish
from beskplan.publish.site import make_site
from beskplan.publish.trail import Trail
from beskplan.runner.records import MANIFEST
from tests.conftest import cases
from tests.publish import mail_samples as samples
from tests.publish.synthetic import put_set_report
from tests.publish.test_packet import CASE, case
from tests.render import sample_notebook as notebooks

CASES = cases("hostile_names")

JOB = Job(2021, "rudersdal", "maalgrupper")
HOSTILE = CASES["hostile"]


def faults_of_page(content: bytes) -> list[str]:
    """Elements and attributes that no page of ours has, and scripts that are not its own search."""
    tree = lxml.html.document_fromstring(content.decode())
    found = tree.xpath(
        "//*[@onerror or @onload or @onclick]|//img[not(starts-with(@src, 'data:'))]"
    )
    scripts = [one for one in tree.xpath("//script") if "alert" in (one.text or "")[:40]]
    links = [
        one for one in tree.xpath("//@href") if one.startswith(("javascript:", "data:text/html"))
    ]
    return [str(one) for one in (*found, *scripts, *links)]


def faults_of_csv(content: bytes) -> list[str]:
    """Cells that a spreadsheet would run."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    cells = (cell for row in rows for cell in row)
    return [one for one in cells if (one[:1] in "=+@\t\r" and one) or _runs(one)]


def _runs(cell: str) -> str:
    """A cell that begins with a minus and is no number."""
    number = cell.removeprefix("-").replace(",", "").replace(".", "")
    return cell if cell.startswith("-") and not number.isdigit() else ""


def faults_of_book(content: bytes) -> list[str]:
    """Formulas, and links that lead out of the workbook."""
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulas = [str(one.value) for one in cells if one.data_type == "f"]
    return [
        *formulas,
        *(one.hyperlink.target for one in cells if one.hyperlink and one.hyperlink.target),
    ]


def faults_of_names(names: Iterator[str]) -> list[str]:
    """Names that would lead out of their folder."""
    return [
        one
        for one in names
        if one.startswith("/") or ".." in Path(one).parts or not one.isascii() or "<" in one
    ]


def poisoned(text: str) -> NotebookNode:
    """An executed notebook whose data, labels, notes and sender are that text."""
    source = Source(text=text)
    table = notebooks.sample_table()
    row = table.rows[0].model_copy(update={"label": text})
    blocks: list[Block] = [
        KeyFigures(
            title="Nøgletal", items=(KeyFigure(label=text, value="703"),), sources=(source,)
        ),
        table.model_copy(
            update={
                "title": text,
                "unit": text,
                "rows": (row, *table.rows[1:]),
                "notes": (text,),
                "sources": (source,),
            }
        ),
        Prose(id="saetning", paragraphs=(text,)),
    ]
    header = notebooks.sample_header().model_copy(update={"afsender": text, "data_text": text})
    md = new_markdown_cell
    return notebooks.notebook_of(
        [
            md("# Målgrupper\n\nBilaget viser tal."),
            notebooks.block_cell(header),
            md("## Tal"),
            *map(notebooks.block_cell, blocks),
            md("## Kilder og forbehold"),
            notebooks.block_cell(notebooks.sample_sources()),
        ]
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_it_is_text_in_report_site_packet_and_mail(
    root: Path, tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poisoned report, approved by somebody of that name."""
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    place = Workplace(tmp_path / "kopi")
    shutil.copytree(root / "params", place.root / "params")
    samples.one_bilag(place.root, CASE)
    put_set_report(place, JOB, poisoned(text))
    approve(place, JOB, text)
    look_at_the_site(place, tmp_path, text)
    look_at_packet_and_mail(place, text)


def look_at_the_site(place: Workplace, tmp_path: Path, text: str) -> None:
    publish(place, str(tmp_path / "ude"), address="https://rapporter.rudersdal.dk/")
    files = {
        path.relative_to(tmp_path / "ude").as_posix(): path.read_bytes()
        for path in (tmp_path / "ude").rglob("*")
        if path.is_file()
    }
    looks = {".html": faults_of_page, ".csv": faults_of_csv, ".xlsx": faults_of_book}
    faults = {
        name: looks[Path(name).suffix](content)
        for name, content in files.items()
        if Path(name).suffix in looks
    }
    assert {name: found for name, found in faults.items() if found} == {}
    assert faults_of_names(iter(files)) == []
    (report,) = (
        content
        for name, content in files.items()
        if name.endswith("/maalgrupper.html") and name.count("/") == 4
    )
    assert lxml.html.document_fromstring(report.decode()).text_content().count(text) >= 5
    assert (
        lxml.etree.fromstring(files["feed.atom"]).xpath(
            "//*[local-name()='script' or local-name()='img']"
        )
        == []
    )


def look_at_packet_and_mail(place: Workplace, text: str) -> None:
    bilag = approved_bilag(place, plan_jobs(place, "rudersdal", 2021))
    files = packet_files(case(titel=text, udvalg=text, tema=text), bilag)
    assert faults_of_page(files["dagsordenspunkt.html"]) == []
    assert faults_of_names(iter(files)) == []
    assert zipped_folder("mappe", files)
    item = lxml.html.document_fromstring(files["dagsordenspunkt.html"].decode())
    assert text in item.text_content()
    document = docx.Document(io.BytesIO(files["dagsordenspunkt.docx"]))
    fields = ("w:fldSimple", "w:instrText", "w:hyperlink", "w:object")
    assert not [one for name in fields for one in document.element.body.iter(qn(name))]
    assert sum(text in one.text for one in document.paragraphs) >= 3
    pages = PdfReader(io.BytesIO(files["dagsordenspunkt.pdf"])).pages
    assert float(pages[0].mediabox.width) > 500
    mail = mail_of(text, bilag)
    assert set(mail.keys()) == set(mail_of("Anne", bilag).keys())
    assert (mail["Bcc"], len(mail["To"].addresses)) == (None, 1)
    page = mail.get_body(("html",))
    assert page is not None
    assert faults_of_page(page.get_content().encode()) == []
    assert faults_of_names(one.get_filename() or "/" for one in mail.iter_attachments()) == []


def mail_of(name: str, bilag: tuple[Bilag, ...]) -> EmailMessage:
    """As it is read at the other end: the recipient, the committee and the sender are called so."""
    to = samples.committee().model_copy(update={"navn": name})
    recipient = to.modtagere[0].model_copy(update={"navn": name})
    settings = samples.settings()
    settings = settings.model_copy(
        update={"afsender": settings.afsender.model_copy(update={"navn": name})}
    )
    delivery = Delivery("2021/rudersdal", name, name, bilag, changes=(name,))
    at = datetime(2026, 11, 22, tzinfo=UTC)
    sent = compose(settings, to, recipient, delivery, at).as_bytes(policy=SMTP)
    mail = message_from_bytes(sent, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize("name", CASES["a_file_of_a_report_that_is_called_so_does_not_reach_the"])
def test_a_file_of_a_report_that_is_called_so_does_not_reach_the_site(
    tmp_path: Path, name: str
) -> None:
    place = Workplace(tmp_path)
    version = put_set_report(place, JOB, notebooks.sample_notebook())
    path = place.folder(JOB) / MANIFEST
    record = json.loads(path.read_bytes())
    path.unlink()
    path.write_text(
        json.dumps(record | {"files": {**version.files, name: "0" * 64}}), encoding="utf-8"
    )
    site = make_site(place, Trail(place.reports).events(), drafts=True)
    assert faults_of_names(iter(site.files)) == []
    assert not [one for one in site.files if one.endswith(name.rpartition("/")[2])]


def test_each_look_finds_what_it_is_there_for() -> None:
    script, image, formula, command, _, path, *_ = HOSTILE
    assert faults_of_page(f"<p>{script}</p>".encode())
    assert faults_of_page(f'<p title="{image}">x</p>'.encode())
    assert faults_of_csv(f"a;{command}\r\n".encode())
    assert faults_of_csv(b"a;-1+1\r\n")
    assert not faults_of_csv(b"a;-1.234,5\r\n")
    assert faults_of_names(iter([path]))
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.active["A1"] = formula
    book.save(out)
    assert faults_of_book(out.getvalue())
