from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from nbformat import NotebookNode

from beskplan.core.errors import Problem, ProofError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish import approval
from beskplan.publish.approval import ApprovalError, approve, approved_copy, withdraw
from beskplan.publish.copies import CopyError
from beskplan.publish.trail import Trail
from beskplan.render.standing import DRAFT
from beskplan.runner.records import Record, Records
from beskplan.runner.versions import MANIFEST
from tests.publish.synthetic import put_set_report
from tests.render import sample_notebook as samples

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A working copy with one report; its proof, which needs params and data, is another's test."""
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    place = Workplace(tmp_path)
    put_set_report(place, JOB, samples.sample_notebook())
    return place


def pdf_text(content: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_page_and_pdf_say_draft_until_they_are_approved(place: Workplace) -> None:
    folder = place.folder(JOB)
    assert DRAFT.text in (folder / "maalgrupper.html").read_text(encoding="utf-8")
    assert "Udkast" in pdf_text((folder / "maalgrupper.pdf").read_bytes())
    approve(place, JOB, "Mette Holm")
    found = approved_copy(place, JOB)
    assert found is not None
    copy = found[1]
    html = (copy / "maalgrupper.html").read_text(encoding="utf-8")
    text = pdf_text((copy / "maalgrupper.pdf").read_bytes())
    assert "Udkast" not in html
    assert "Udkast" not in text
    assert "af Mette Holm." in html
    assert "af Mette Holm." in text


def test_the_approved_copy_differs_from_the_draft_in_its_standing_alone(place: Workplace) -> None:
    approve(place, JOB, "Mette Holm")
    found = approved_copy(place, JOB)
    assert found is not None
    draft = (place.folder(JOB) / "maalgrupper.html").read_text(encoding="utf-8")
    copy = (found[1] / "maalgrupper.html").read_text(encoding="utf-8")
    said = json.loads((found[1] / MANIFEST).read_bytes())["standing"]["text"]
    assert draft.replace(f'\n<p class="stand">{DRAFT.text}</p>', "") == copy.replace(
        f'\n<p class="data">{said}</p>', ""
    )
    same = list(place.folder(JOB).rglob("*.csv"))
    assert same
    for path in same:
        other = found[1] / path.relative_to(place.folder(JOB))
        assert other.read_bytes() == path.read_bytes()


def test_the_draft_is_untouched_by_its_approval(place: Workplace) -> None:
    before = {p: p.read_bytes() for p in place.folder(JOB).rglob("*") if p.is_file()}
    approve(place, JOB, "Mette Holm")
    withdraw(place, JOB, "Mette Holm", "Et tal er forkert")
    assert {p: p.read_bytes() for p in place.folder(JOB).rglob("*") if p.is_file()} == before


def test_the_approved_pdf_keeps_both_standards(place: Workplace) -> None:
    import page

    approve(place, JOB, "Mette Holm")
    found = approved_copy(place, JOB)
    assert found is not None
    path = found[1] / "maalgrupper.pdf"
    with pikepdf.open(path) as pdf:
        assert "/StructTreeRoot" in pdf.Root
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        assert page.validate_pdf(str(path), profile=profile).is_compliant


def test_the_same_bytes_built_again_need_no_new_approval(place: Workplace) -> None:
    first = approve(place, JOB, "Mette Holm")
    put_set_report(place, JOB, samples.sample_notebook(), made_at="2026-12-01T08:00:00+00:00")
    assert approve(place, JOB, "En anden") == first
    assert len(Trail(place.reports).events()) == 1


def other_notebook() -> NotebookNode:
    notebook = samples.sample_notebook()
    heading = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    heading.source += "\n\nEt afsnit mere."
    return notebook


def test_other_content_needs_a_new_approval(place: Workplace) -> None:
    first = approve(place, JOB, "Mette Holm")
    put_set_report(place, JOB, other_notebook())
    second = approve(place, JOB, "Mette Holm")
    assert second.number == 2
    assert second.content != first.content
    assert second.copy_id != first.copy_id


def _demo(place: Workplace) -> None:
    put_set_report(place, JOB, samples.sample_notebook(), demo=True)


def _failed(place: Workplace) -> None:
    failed_at, cause = "2026-11-22T09:00:00+00:00", "proof: another number"
    Records(place.reports).write(Record(JOB.id, failed_at=failed_at, cause=cause))


def _edited(place: Workplace) -> None:
    path = place.folder(JOB) / "maalgrupper.html"
    path.write_text(path.read_text(encoding="utf-8").replace("703", "708"), encoding="utf-8")


def _more(place: Workplace) -> None:
    (place.folder(JOB) / "tabeller" / "99-fremmed.csv").write_text("a", encoding="utf-8")


def _less(place: Workplace) -> None:
    (place.folder(JOB) / "maalgrupper.pdf").unlink()


def _none(place: Workplace) -> None:
    (place.folder(JOB) / MANIFEST).unlink()


def _edited_and_rehashed(place: Workplace) -> None:
    """Page and manifest agree, but no notebook says so."""
    _edited(place)
    path = place.folder(JOB) / MANIFEST
    record = json.loads(path.read_bytes())
    from beskplan.registers.provenance import sha256_file

    page = place.folder(JOB) / "maalgrupper.html"
    record["files"]["maalgrupper.html"] = sha256_file(page)
    path.write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (_demo, "er lavet af demodata"),
        (_failed, "kunne ikke bygges sidst; den rapport, der ligger der, er ældre"),
        (_edited, "er ændret, efter at den blev dannet"),
        (_more, "mangler eller er fremmed"),
        (_less, "mangler eller er fremmed"),
        (_none, "har ingen færdig rapport"),
        (
            _edited_and_rehashed,
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


@pytest.mark.parametrize(
    "by", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "#eval(1) \\ $x$"]
)
def test_no_name_becomes_markup_or_formula(place: Workplace, by: str) -> None:
    from openpyxl import load_workbook

    approve(place, JOB, by)
    found = approved_copy(place, JOB)
    assert found is not None
    html = (found[1] / "maalgrupper.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert by.split(maxsplit=1)[0] in pdf_text((found[1] / "maalgrupper.pdf").read_bytes()).replace(
        "\n", ""
    )
    book = load_workbook(found[1] / "maalgrupper.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]


def test_a_withdrawn_report_says_so_and_why(place: Workplace) -> None:
    approve(place, JOB, "Mette Holm")
    event = withdraw(place, JOB, "Ole Lund", "Tallet for juni er forkert")
    assert approved_copy(place, JOB) is None
    folder = place.reports / ".godkendte" / JOB.id / event.copy_id
    html = (folder / "maalgrupper.html").read_text(encoding="utf-8")
    assert "Trukket tilbage" in html
    assert "Grund: Tallet for juni er forkert." in html
    with pytest.raises(ApprovalError):
        withdraw(place, JOB, "Ole Lund", "En gang til")


def test_an_approved_copy_that_was_changed_goes_no_further(place: Workplace) -> None:
    event = approve(place, JOB, "Mette Holm")
    path = place.reports / ".godkendte" / JOB.id / event.copy_id / "maalgrupper.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(CopyError):
        approved_copy(place, JOB)
