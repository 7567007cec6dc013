"""From draft to approved, published and withdrawn: what may be approved, and what each copy says."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from nbformat import NotebookNode
from openpyxl import load_workbook

from beskplan.core.errors import Problem, ProofError
from beskplan.core.files import COPIES, sha256_file
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import approval
from beskplan.publish.approval import (
    ApprovalError,
    approve,
    approved_copy,
    published_copy,
    withdraw,
)
from beskplan.publish.publishing import publish
from beskplan.publish.trail import Trail
from beskplan.render.page import DRAFT
from beskplan.runner.records import MANIFEST, Record, Records
from tests.publish.synthetic import put_set_report
from tests.render import sample_notebook as samples

JOB = Job(2021, "rudersdal", "maalgrupper")
HTML, PDF, BOOK = (f"maalgrupper.{ending}" for ending in ("html", "pdf", "xlsx"))


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("udkast")
    put_set_report(Workplace(root), JOB, samples.sample_notebook())
    return root


@pytest.fixture
def place(drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A working copy with one report; its proof, which needs params and data, is another's test."""
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    shutil.copytree(drafted, tmp_path / "kopi")
    return Workplace(tmp_path / "kopi")


def other_notebook() -> NotebookNode:
    notebook = samples.sample_notebook()
    heading = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    heading.source += "\n\nEt afsnit mere."
    return notebook


def pdf_text(content: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def texts(folder: Path) -> tuple[str, str, str]:
    """What page, PDF and workbook say."""
    book = load_workbook(folder / BOOK)
    cells = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    pdf = " ".join(pdf_text((folder / PDF).read_bytes()).split())
    return (folder / HTML).read_text(encoding="utf-8"), pdf, cells


def copy_of(place: Workplace, number: int = -1) -> Path:
    """The copy that an event of the trail was made with."""
    return place.reports / COPIES / JOB.id / Trail(place.reports).events()[number].copy_id


def published(place: Workplace) -> Path:
    (page,) = (place.root.parent / "ude" / JOB.id).glob(f"*/{HTML}")
    return page.parent


def test_each_step_is_said_on_page_pdf_and_workbook(place: Workplace) -> None:
    out = str(place.root.parent / "ude")
    draft = {p: p.read_bytes() for p in place.folder(JOB).rglob("*") if p.is_file()}
    assert all("Udkast" in text for text in texts(place.folder(JOB)))
    approve(place, JOB, "Mette Holm")
    for text in texts(copy_of(place)):
        assert "af Mette Holm." in text
        assert "Udkast" not in text
    publish(place, out)
    assert copy_of(place).name == published(place).name
    for text in texts(published(place)):
        assert "af Mette Holm. Offentliggjort " in text
        assert "Udkast" not in text
    withdraw(place, JOB, "Ole Lund", "Tallet for juni er forkert")
    publish(place, out)
    # It does not look like a draft, neither here nor in the catalogue.
    warning = '<p class="stand trukket">Trukket tilbage'
    catalogue = place.root.parent / "ude" / JOB.id / "index.html"
    for page in (published(place) / HTML, catalogue):
        assert warning in page.read_text(encoding="utf-8")
    assert warning not in (place.folder(JOB) / HTML).read_text(encoding="utf-8")
    for text in texts(published(place)):
        assert "Trukket tilbage" in text
        assert "af Ole Lund" in text
        assert "Grund: Tallet for juni er forkert." in text
        assert "Offentliggjort 2" not in text
    assert approved_copy(place, JOB) is None
    with pytest.raises(ApprovalError):
        withdraw(place, JOB, "Ole Lund", "En gang til")
    assert {p: p.read_bytes() for p in place.folder(JOB).rglob("*") if p.is_file()} == draft


def test_copies_differ_from_the_draft_in_what_is_said_alone(place: Workplace) -> None:
    event = approve(place, JOB, "Mette Holm")
    draft = (place.folder(JOB) / HTML).read_text(encoding="utf-8")
    copy = (copy_of(place) / HTML).read_text(encoding="utf-8")
    said = json.loads((copy_of(place) / MANIFEST).read_bytes())["standing"]["text"]
    assert draft.replace(f'\n<p class="stand">{DRAFT.text}</p>', "") == copy.replace(
        f'\n<p class="data">{said}</p>', ""
    )
    tables = list(place.folder(JOB).rglob("*.csv"))
    assert tables
    for path in tables:
        other = copy_of(place) / path.relative_to(place.folder(JOB))
        assert other.read_bytes() == path.read_bytes()
    once, again = (published_copy(place.reports, event, date(2026, 11, 24)) for _ in range(2))
    public = (once.folder / HTML).read_text(encoding="utf-8")
    assert public.replace(" Offentliggjort 24. november 2026.", "") == copy
    assert again.content == once.content


def test_the_approved_pdf_keeps_both_standards(place: Workplace) -> None:
    import page

    approve(place, JOB, "Mette Holm")
    path = copy_of(place) / PDF
    with pikepdf.open(path) as pdf:
        assert "/StructTreeRoot" in pdf.Root
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        assert page.validate_pdf(str(path), profile=profile).is_compliant


def test_the_same_bytes_need_no_new_approval_and_other_content_does(place: Workplace) -> None:
    first = approve(place, JOB, "Mette Holm")
    put_set_report(place, JOB, samples.sample_notebook(), made_at="2026-12-01T08:00:00+00:00")
    assert approve(place, JOB, "En anden") == first
    put_set_report(place, JOB, other_notebook())
    second = approve(place, JOB, "Mette Holm")
    assert second.number == 2
    assert second.content != first.content
    assert second.copy_id != first.copy_id


def _demo(place: Workplace) -> None:
    put_set_report(place, JOB, samples.sample_notebook(), demo=True)


def _failed(place: Workplace) -> None:
    failed = Record(JOB.id, failed_at="2026-11-22T09:00:00+00:00", cause="proof: another number")
    Records(place.reports).write(failed)


def _edited(place: Workplace, *, rehash: bool = False) -> None:
    path = place.folder(JOB) / HTML
    path.write_text(path.read_text(encoding="utf-8").replace("703", "708"), encoding="utf-8")
    manifest = place.folder(JOB) / MANIFEST
    record = json.loads(manifest.read_bytes())
    if rehash:
        # Page and manifest agree, but no notebook says so.
        record["files"][HTML] = sha256_file(path)
    manifest.write_text(json.dumps(record), encoding="utf-8")


def _more(place: Workplace) -> None:
    (place.folder(JOB) / "tabeller" / "99-fremmed.csv").write_text("a", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_demo, "er lavet af demodata"),
        (_failed, "kunne ikke bygges sidst; den rapport, der ligger der, er ældre"),
        (_edited, "er ændret, efter at den blev dannet"),
        (_more, "mangler eller er fremmed"),
        (lambda place: (place.folder(JOB) / PDF).unlink(), "mangler eller er fremmed"),
        (lambda place: (place.folder(JOB) / MANIFEST).unlink(), "har ingen færdig rapport"),
        (
            lambda place: _edited(place, rehash=True),
            "bliver ikke den samme fil, som der blev set på, når den dannes igen",
        ),
    ],
)
def test_what_may_not_be_approved_is_refused(
    place: Workplace, spoil: Callable[[Workplace], None], what: str
) -> None:
    spoil(place)
    with pytest.raises(ApprovalError) as refused:
        approve(place, JOB, "Mette Holm")
    assert what in {problem.what for problem in refused.value.problems}
    assert Trail(place.reports).events() == ()


def test_a_report_that_fails_its_proof_cannot_be_approved(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ProofError(Problem(JOB.id, "another municipality's number"))

    monkeypatch.setattr(approval, "prove", fail)
    with pytest.raises(ProofError):
        approve(place, JOB, "Mette Holm")
    assert Trail(place.reports).events() == ()


@pytest.mark.parametrize("by", ["", "  ", "Mette\nHolm", "x" * 101, "a\u202eb", "nul\0"])
def test_a_name_that_is_none_is_refused(place: Workplace, by: str) -> None:
    with pytest.raises(ApprovalError):
        approve(place, JOB, by)


def test_a_program_that_would_set_it_differently_publishes_nothing_new(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = str(place.root.parent / "ude")
    approve(place, JOB, "Mette Holm")
    publish(place, out)
    first = published(place)
    put_set_report(place, JOB, other_notebook())
    approve(place, JOB, "Mette Holm")
    with monkeypatch.context() as patched:
        render = approval._RENDERED[".html"]
        patched.setitem(approval._RENDERED, ".html", lambda page: render(page) + b"<!-- ny -->")
        done = publish(place, out)
    assert [one.where for one in done.problems] == [f"{JOB.id}: {HTML}"]
    assert done.events == ()
    # Readers keep the version that they had.
    assert published(place) == first
    assert len(publish(place, out).events) == 1


def test_a_damaged_copy_that_was_never_published_holds_back_that_report_alone(
    place: Workplace,
) -> None:
    approve(place, JOB, "Mette Holm")
    path = copy_of(place) / PDF
    path.write_bytes(path.read_bytes() + b"\n")
    done = publish(place, str(place.root.parent / "ude"))
    assert [one.where for one in done.problems] == [f"{copy_of(place)}: {PDF}"]
    assert not (place.root.parent / "ude" / JOB.id).exists()
