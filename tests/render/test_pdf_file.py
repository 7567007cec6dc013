"""No stream of a PDF ends so that a reader could take it for shorter than it is."""

from __future__ import annotations

import zlib
from io import BytesIO

import page as validator
import pikepdf
import pytest
from pikepdf import Name

from beskplan.render.page import read_page
from beskplan.render.page_pdf import render_pdf, saved
from tests.render.sample_notebook import sample_header, sample_notebook

AMBIGUOUS = b"\r\nendstream"


def _content_ending_with_return() -> bytes:
    """Data whose compressed form ends with a carriage return."""
    texts = (b"q Q\n" * n for n in range(1, 100))
    return next(text for text in texts if zlib.compress(text).endswith(b"\r"))


def _pdf_with(content: bytes) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pdf.make_stream(b"")
    stream.write(zlib.compress(content), filter=Name.FlateDecode)
    pdf.pages[0].Contents = stream
    return pdf


def test_a_stream_that_ends_with_a_return_is_ended_otherwise() -> None:
    content = _content_ending_with_return()

    with _pdf_with(content) as pdf:
        data = saved(pdf)

    assert AMBIGUOUS not in data
    with pikepdf.open(BytesIO(data)) as again:
        assert again.pages[0].Contents.read_bytes() == content


def test_saved_plainly_the_same_file_would_be_ambiguous() -> None:
    out = BytesIO()
    with _pdf_with(_content_ending_with_return()) as pdf:
        pdf.save(out)

    assert AMBIGUOUS in out.getvalue()


@pytest.mark.parametrize("aar", range(2000, 2030))
def test_no_report_ends_a_stream_ambiguously(aar: int) -> None:
    page = read_page(sample_notebook())
    header = sample_header().model_copy(update={"aar": aar, "data_text": f"Tal fra {aar}"})

    data = render_pdf(type(page)(header, page.title, page.items, page.sections))

    assert AMBIGUOUS not in data
    profile = validator.ValidationProfile.PDF_A_3A
    assert validator.validate_pdf_bytes(data, profile=profile).is_compliant


def test_a_stream_that_is_ended_otherwise_keeps_its_parameters() -> None:
    content = _content_ending_with_return()
    with _pdf_with(content) as pdf:
        pdf.pages[0].Contents.DecodeParms = pikepdf.Dictionary(Predictor=1)
        data = saved(pdf)

    with pikepdf.open(BytesIO(data)) as again:
        assert again.pages[0].Contents.read_bytes() == content


def test_nothing_is_said_of_suspect_tags() -> None:
    with pikepdf.open(BytesIO(render_pdf(read_page(sample_notebook())))) as pdf:
        assert dict(pdf.Root.MarkInfo) == {"/Marked": True}
