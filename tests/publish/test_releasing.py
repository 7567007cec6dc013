from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from beskplan.params.jobs import Job, Workplace
from beskplan.publish import approval, copies
from beskplan.publish.approval import approve, approved_copy, withdraw
from beskplan.publish.copies import CopyError, published_copy
from beskplan.publish.publishing import publish
from beskplan.publish.trail import Trail
from beskplan.render import standing
from tests.publish.synthetic import put_set_report
from tests.publish.test_approving import other_notebook, pdf_text
from tests.render import sample_notebook as samples

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A working copy with one approved report."""
    monkeypatch.setattr(approval, "prove", lambda *_: None)
    place = Workplace(tmp_path / "kopi")
    put_set_report(place, JOB, samples.sample_notebook())
    approve(place, JOB, "Mette Holm")
    return place


def published(out: Path) -> Path:
    (page,) = (out / JOB.id).glob("*/maalgrupper.html")
    return page.parent


def test_page_pdf_and_workbook_say_who_approved_and_when_it_was_published(
    place: Workplace, tmp_path: Path
) -> None:
    publish(place, str(tmp_path / "ude"))
    folder = published(tmp_path / "ude")
    (event,) = [one for one in Trail(place.reports).events() if one.what == "offentliggjort"]
    assert event.copy_id == folder.name
    book = load_workbook(folder / "maalgrupper.xlsx")
    cells = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    html = (folder / "maalgrupper.html").read_text(encoding="utf-8")
    pdf = " ".join(pdf_text((folder / "maalgrupper.pdf").read_bytes()).split())
    for text in (html, pdf, cells):
        assert "af Mette Holm. Offentliggjort " in text
        assert "Udkast" not in text


def test_what_is_published_differs_from_what_was_approved_in_that_sentence_alone(
    place: Workplace,
) -> None:
    state, folder = approved_copy(place, JOB) or (None, Path())
    assert state is not None
    assert state.approval is not None
    copy = published_copy(place.reports, state.approval, date(2026, 11, 24))
    before = (folder / "maalgrupper.html").read_text(encoding="utf-8")
    after = (copy.folder / "maalgrupper.html").read_text(encoding="utf-8")
    assert after.replace(" Offentliggjort 24. november 2026.", "") == before
    again = published_copy(place.reports, state.approval, date(2026, 11, 24))
    assert again.content == copy.content


def test_a_withdrawn_report_says_so_where_it_was_published_in_page_and_pdf(
    place: Workplace, tmp_path: Path
) -> None:
    publish(place, str(tmp_path / "ude"))
    withdraw(place, JOB, "Ole Lund", "Tallet for juni er forkert")
    publish(place, str(tmp_path / "ude"))
    folder = published(tmp_path / "ude")
    html = (folder / "maalgrupper.html").read_text(encoding="utf-8")
    pdf = " ".join(pdf_text((folder / "maalgrupper.pdf").read_bytes()).split())
    for text in (html, pdf):
        assert "Trukket tilbage" in text
        assert "af Ole Lund" in text
        assert "Grund: Tallet for juni er forkert." in text
        assert "Offentliggjort 2" not in text


def test_a_program_that_would_set_it_differently_publishes_nothing_new(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ude"
    publish(place, str(out))
    first = published(out)
    put_set_report(place, JOB, other_notebook())
    approve(place, JOB, "Mette Holm")
    with monkeypatch.context() as patched:
        render = copies._RENDERED[".html"]
        patched.setitem(copies._RENDERED, ".html", lambda page: render(page) + b"<!-- ny -->")
        done = publish(place, str(out))
    assert [one.where for one in done.problems] == [f"{JOB.id}: maalgrupper.html"]
    assert done.events == ()
    # Readers keep the version that they had.
    assert published(out) == first
    assert len(publish(place, str(out)).events) == 1


def test_an_approved_copy_that_was_changed_is_not_published(
    place: Workplace, tmp_path: Path
) -> None:
    event = Trail(place.reports).events()[0]
    path = place.reports / ".godkendte" / JOB.id / event.copy_id / "maalgrupper.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(CopyError, match="er ændret"):
        published_copy(place.reports, event, date(2026, 11, 24))
    done = publish(place, str(tmp_path / "ude"))
    assert [one.what for one in done.problems] == ["er ændret, efter at den blev dannet"]
    assert not (tmp_path / "ude" / JOB.id).exists()


def test_only_drafts_and_what_was_withdrawn_warn_the_reader() -> None:
    day = date(2026, 11, 22)
    assert standing.DRAFT.warning
    assert standing.withdrawn("Ole", day, "Fejl").warning
    assert not standing.approved("Ole", day).warning
    assert standing.published("Ole", day, day).warning == ""
