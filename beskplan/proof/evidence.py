"""What a proof looks at: the finished files as they lie on the disk, and what they are to be about."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import nbformat
import pikepdf
from lxml import etree
from lxml import html as lxml_html
from nbformat import NotebookNode
from python_calamine import CalamineError, CalamineWorkbook

from beskplan.core.editions import earlier_edition, rows_as_sent
from beskplan.core.errors import Problem, ProofError, os_reason
from beskplan.core.files import ROWS
from beskplan.observations.contract import KEY, Key
from beskplan.observations.snapshot import Snapshot, records
from beskplan.observations.snapshot_store import choose, embedded
from beskplan.params.jobs import Job, Workplace
from beskplan.params.models import PlanParams, read
from beskplan.params.profil import read_presentation
from beskplan.params.values import subject
from beskplan.proof.arithmetic import Reading, exact
from beskplan.proof.pdf_text import Pdf, read_pdf
from beskplan.registers.areas import Area
from beskplan.registers.provenance import EMBEDDED

MIME = "application/vnd.beskplan.block+json"
"""Under this type an executed notebook keeps what a cell shows."""
VALUES = "tal.json"
BLOCK_TAGS = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "th", "td", "dt", "dd", "caption", "figcaption")
)
"""Elements whose text is read as one."""
Block = dict[str, Any]
"""A block of the executed notebook, as JSON."""


@dataclass(frozen=True)
class Evidence:
    """Everything that the rules of the proof look at."""

    job: Job
    place: Workplace
    notebook: NotebookNode
    """The executed notebook."""
    html: Any
    """The parsed web page."""
    elements: list[Any]
    """Everything in it, comments too."""
    pdf: Pdf
    csv_files: dict[str, bytes]
    """Every CSV file of the report by where it lies: beside it, in the page, in the PDF."""
    sheets: dict[str, list[list[Any]]]
    """The rows of the workbook's sheets by their heading."""
    values: Block
    """What `tal.json` says."""
    readings: dict[Key, Reading]

    @cached_property
    def by_id(self) -> dict[str, list[Any]]:
        """The elements of the page by their id; of a sound page one each."""
        return self._by("id")

    @cached_property
    def by_title(self) -> dict[str, list[Any]]:
        """The elements of the page by the id of what they are named by."""
        return self._by("aria-labelledby")

    def _by(self, attribute: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for element in self.elements:
            if name := element.get(attribute):
                found.setdefault(name, []).append(element)
        return found

    @cached_property
    def subject(self) -> Area:
        """The area that the job, not the report, names."""
        return subject(self.job.kommune)

    @cached_property
    def params(self) -> PlanParams:
        """The job's parameters, read again."""
        return read(self.job.kommune, self.job.aar, self.place.root)

    @cached_property
    def earlier(self) -> dict[Key, Reading]:
        """What the edition before this one read; empty where there is none."""
        reports = self.place.reports
        folder = earlier_edition(reports, self.job.id, ROWS)
        return {} if folder is None else read_readings(rows_as_sent(reports, folder))

    @cached_property
    def own_notebook(self) -> NotebookNode:
        """The working copy's own notebook, which the report was made from."""
        path = self.place.notebook(self.job.bilag)
        found: NotebookNode = nbformat.read(path, as_version=4)
        return found

    @cached_property
    def sender(self) -> str:
        """Who publishes, as the municipality's profile, not the report, says."""
        profile = read_presentation(self.job.kommune, self.place.root).profil
        return profile.afsender or self.subject.lang_navn

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """The texts of page and PDF as a reader meets them, element by element."""
        elements = [
            element
            for element in self.html.body.iter(*BLOCK_TAGS)
            if not any(True for _ in element.iterdescendants(*BLOCK_TAGS))
        ]
        return {
            "html": [text for one in elements if (text := spaced(one.text_content()))],
            "pdf": [element.text for element in self.pdf.elements],
        }

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks of the notebook in their order, those of subsections in their place."""
        outputs = (output for cell in self.notebook["cells"] for output in cell.get("outputs", ()))
        shown = (block for output in outputs if (block := output.get("data", {}).get(MIME)))
        return [
            inner
            for block in shown
            for part in block.get("parts", [{"blocks": [block]}])
            for inner in part["blocks"]
        ]

    @cached_property
    def header(self) -> Block:
        """What the report says that it is about."""
        return next(block for block in self.blocks if block["kind"] == "header")

    @cached_property
    def is_draft(self) -> bool:
        """Whether the page warns that nobody has approved it."""
        return bool(self.html.xpath("//p[@class='stand']"))

    def of_kind(self, kind: str) -> list[Block]:
        """The blocks of a kind in their order."""
        return [block for block in self.blocks if block["kind"] == kind]

    @cached_property
    def tables(self) -> list[tuple[str, Block]]:
        """Every table with its place in messages: those of the page, then those behind its figures."""
        return [
            *((f"tabel »{block['title']}«", block) for block in self.of_kind("table")),
            *((f"figur »{block['title']}«", block["data"]) for block in self.of_kind("figure")),
        ]

    @cached_property
    def figures(self) -> list[tuple[str, Block, str]]:
        """Every figure with its place in messages and the words above it, numbered as on the page."""
        order: list[str] = self.html.xpath("//figure/@id")
        found = []
        for figure in self.of_kind("figure"):
            html_id = f"figur-{figure['id']}"
            number = order.index(html_id) + 1 if html_id in order else 0
            title = spaced(f"Figur {number}. {figure['title']} {figure['subtitle']}")
            found.append((f"figur »{figure['title']}«", figure, title))
        return found

    @cached_property
    def stored(self) -> Snapshot:
        """The snapshot that the params ask for, read past everything that a report reads through."""
        return _stored(self.place.root, self.params.datagrundlag, self.header["data_id"])

    @cached_property
    def stored_rows(self) -> dict[Key, dict[str, Any]]:
        """The rows of the snapshot's own file that the report has read."""
        keys = set(self.readings)
        rows = self.stored.rows_by_area.rows_of(sorted({key[3] for key in keys}))
        rows = rows[rows["period"].isin({key[4] for key in keys})]
        found = {tuple(row[name] for name in KEY): row for row in records(rows)}
        return {key: row for key, row in found.items() if key in keys}

    def problem(
        self,
        part: str,
        what: str,
        found: str = "",
        expected: str = "",
        where: str = "",
        *,
        fix: str = "",
    ) -> Problem:
        """A problem of one of the files (`html`, `pdf`, `ipynb`), at a place in it."""
        name = f"{self.job.id}/{self.job.bilag}.{part}"
        return Problem(f"{name}: {where}" if where else name, what, found, expected, fix)


def gather(job: Job, place: Workplace, folder: Path) -> Evidence:
    """The finished report in a folder, read again; each file once.

    Raises:
        ProofError: a file is missing or cannot be read.
    """
    try:
        notebook = nbformat.v4.reads((folder / f"{job.bilag}.ipynb").read_text(encoding="utf-8"))
        page = lxml_html.fromstring((folder / f"{job.bilag}.html").read_bytes())
        pdf = read_pdf((folder / f"{job.bilag}.pdf").read_bytes())
        book = CalamineWorkbook.from_path(folder / f"{job.bilag}.xlsx")
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        values = json.loads((folder / VALUES).read_bytes())
        readings = read_readings(folder / ROWS)
        files = {path.name: path.read_bytes() for path in (folder / "tabeller").glob("*.csv")}
    except (OSError, ValueError, pikepdf.PdfError, etree.LxmlError, CalamineError) as error:
        raise ProofError(
            Problem(job.id, "en fil kan ikke læses igen", os_reason(error, named=True))
        ) from error
    files |= {f"{name} i PDF'en": data for name, data in pdf.files.items()}
    for link in page.xpath("//a[starts-with(@href, 'data:text/csv')]"):
        data = base64.b64decode(link.get("href").partition(",")[2])
        files[f"{link.get('download')} på siden"] = data
    by_heading = {str(sheet[0][0]): sheet for sheet in sheets if sheet}
    # lxml makes an element anew for each look at it, unless somebody holds it.
    elements = list(page.iter())
    return Evidence(job, place, notebook, page, elements, pdf, files, by_heading, values, readings)


def csv_rows(data: bytes) -> list[list[str]]:
    """The rows of a CSV file as a Danish spreadsheet reads it."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def spaced(text: str) -> str:
    """A text with each run of white space, line breaks included, as one space."""
    return " ".join(text.split())


def written_texts(value: object) -> Iterator[str]:
    """Every text and number in a value of JSON types, as text."""
    match value:
        case str() | int() | float():
            yield str(value)
        case dict():
            for part in value.values():
                yield from written_texts(part)
        case list():
            for part in value:
                yield from written_texts(part)


def markdown_of(notebook: NotebookNode) -> list[str]:
    """The sources of a notebook's markdown cells."""
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return [cell["source"] for cell in cells]


def read_readings(path: Path) -> dict[Key, Reading]:
    """Every row that a report has read."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {reading.key: reading for reading in map(_reading, lines)}


def _reading(line: str) -> Reading:
    indicator, ydelse, group, area, period, digest, value, decimals = json.loads(line)
    number = None if value is None else exact(value)
    return Reading((indicator, ydelse, group, area, period), digest, number, decimals or 0)


@cache
def _stored(root: Path, wanted: str, data_id: str) -> Snapshot:
    del data_id  # the newest snapshot is another one once a new one is stored
    return embedded() if wanted == EMBEDDED else choose(wanted, root)
