"""What a proof looks at: the finished files as they lie on the disk, and what they are to be about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from lxml import etree
from lxml import html as lxml_html

from beskplan.blocks.model import Figure, KeyFigures, Prose, SourceList, Table
from beskplan.core.errors import Problem, ProofError
from beskplan.core.files import ROWS
from beskplan.params import PlanParams, read, subject
from beskplan.params.jobs import Job, Workplace
from beskplan.params.profil import read_presentation
from beskplan.registers.areas import Area
from beskplan.render.page import Page, read_page
from beskplan.render.pdf_text import Spoken, pdf_elements
from beskplan.render.pieces import read_notebook

BLOCK_TAGS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "th", "td", "dt", "dd", "caption", "figcaption")
)
"""Elements whose text is read as one."""


@dataclass(frozen=True)
class Reading:
    """One row that the report has read, as it left it behind."""

    key: tuple[str, str, str, str, str]
    """Indicator, benefit, group, area, period."""
    digest: str | None
    value: float | None
    """None where it is withheld or absent."""
    decimals: int | None

    @property
    def area(self) -> str:
        """Code of the area that the row is about."""
        return self.key[3]


@dataclass(frozen=True)
class Evidence:
    """Everything that the rules of the proof look at."""

    job: Job
    place: Workplace
    page: Page
    """From the executed notebook on the disk."""
    html: Any
    """The parsed web page."""
    pdf: list[Spoken]
    pdf_title: str
    readings: tuple[Reading, ...]

    @cached_property
    def subject(self) -> Area:
        """The area that the job, not the report, names."""
        return subject(self.job.kommune)

    @cached_property
    def params(self) -> PlanParams:
        """The job's parameters, read again."""
        return read(self.job.kommune, self.job.aar, self.place.root)

    @cached_property
    def sender(self) -> str:
        """Who publishes, as the municipality's profile, not the report, says."""
        profile = read_presentation(self.job.kommune, self.place.root).profil
        return profile.afsender or self.subject.lang_navn

    @cached_property
    def html_texts(self) -> tuple[str, ...]:
        """The page's texts as a reader sees them, element by element."""
        return tuple(
            text
            for element in self.html.body.iter(*BLOCK_TAGS)
            if not any(True for _ in element.iterdescendants(*BLOCK_TAGS))
            for text in [spaced(element.text_content())]
            if text
        )

    @cached_property
    def blocks(self) -> tuple[Table | Figure | Prose | KeyFigures | SourceList, ...]:
        """The page's blocks in reading order."""
        items = (getattr(item, "block", item) for item in self.page.walk())
        kinds = (Table, Figure, Prose, KeyFigures, SourceList)
        return tuple(item for item in items if isinstance(item, kinds))

    @property
    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every table with its name in messages: those of the page, then those behind its figures."""
        for entry in self.page.tables():
            if isinstance(entry.block, Table):
                yield f"tabel {entry.number}", entry.block
        for entry in self.page.figures():
            if isinstance(entry.block, Figure):
                yield f"figur {entry.number}", entry.block.data

    def problem(
        self, part: str, what: str, found: str = "", expected: str = "", where: str = ""
    ) -> Problem:
        """A problem of one of the files (`html`, `pdf`, `ipynb`), at a place in it."""
        name = f"{self.job.id}/{self.job.bilag}.{part}"
        return Problem(f"{name}: {where}" if where else name, what, found, expected)


def gather(job: Job, place: Workplace, folder: Path) -> Evidence:
    """The finished report in a folder, read again.

    Raises:
        ProofError: a file is missing or cannot be read.
    """
    try:
        page = read_page(read_notebook(folder / f"{job.bilag}.ipynb"))
        tree = lxml_html.fromstring((folder / f"{job.bilag}.html").read_bytes())
        data = (folder / f"{job.bilag}.pdf").read_bytes()
        elements, title = pdf_elements(data), _title(data)
        rows = (folder / ROWS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, pikepdf.PdfError, etree.LxmlError) as error:
        raise ProofError(Problem(job.id, "a file cannot be read again", str(error))) from error
    return Evidence(job, place, page, tree, elements, title, tuple(map(_reading, rows)))


def spaced(text: str) -> str:
    """A text with each run of white space, line breaks included, as one space."""
    return " ".join(text.split())


def _title(data: bytes) -> str:
    with pikepdf.open(BytesIO(data)) as pdf, pdf.open_metadata() as metadata:
        return str(metadata.get("dc:title", ""))


def _reading(line: str) -> Reading:
    indicator, ydelse, group, area, period, digest, value, decimals = json.loads(line)
    return Reading((indicator, ydelse, group, area, period), digest, value, decimals)
