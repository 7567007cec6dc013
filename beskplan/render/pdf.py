"""A report as PDF: PDF/A-3a for the archive, PDF/UA-1 for every reader.

Typst sets the page from the fixed template in `beskplan/data/typst`, with the bundled fonts and
nothing from the system; `pdf_tags` adds what a screen reader still needs. The bytes depend only on
the page: the document's date is that of its data.
"""

from __future__ import annotations

import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import typst
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import default

from beskplan.core.errors import Problem, RenderError
from beskplan.render.page import Page, read_page
from beskplan.render.pdf_tags import tag_tables
from beskplan.render.typst_markup import page_data
from beskplan.render.typst_text import Node

DATA = Path(__file__).parents[1] / "data"
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-3a"]


def render_pdf(page: Page, dated: date | None = None) -> bytes:
    """The page as a tagged PDF with the CSV of every table attached.

    Args:
        page: The report, read from its executed notebook.
        dated: Date of the document; without it the newest date of the page's data.

    Returns:
        The file. The same page and date give the same bytes.

    Raises:
        RenderError: the page holds something that a PDF cannot say, for example a character that no
            bundled font has, or a logo without words.
    """
    return set_pdf(page_data(page, dated), "report.typ", page.header.bilag)


def set_pdf(data: Node, template: str, name: str) -> bytes:
    """What a template of `beskplan/data/typst` makes of `data`, with all the tags that readers need.

    Args:
        data: What the template reads, as JSON types.
        template: File name of the template.
        name: What the document is called in a problem.

    Raises:
        RenderError: Typst cannot set it.
    """
    compiler, process = _compiler(template)
    if process != os.getpid():
        # Typst's threads stay behind in a fork; the child would wait for them for ever.
        problem = "a report was set in this process before it forked"
        raise RenderError(Problem(f"{name}.pdf", problem, fix="set PDFs in child processes only"))
    report = json.dumps(data, ensure_ascii=False)
    try:
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf", sys_inputs={"report": report}, pdf_standards=STANDARDS
        )
    except typst.TypstError as error:
        raise RenderError(_problem(name, error)) from error
    if warnings or not isinstance(pdf, bytes):
        raise RenderError([_problem(name, warning) for warning in warnings])
    return tag_tables(pdf)


@cache
def _compiler(template: str) -> tuple[typst.Compiler, int]:
    """The compiler and the process that made it: fonts are read once, layout is remembered."""
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(DATA / "fonts")])
    path = DATA / "typst" / template
    compiler = typst.Compiler(input=str(path), root=str(path.parent), font_paths=fonts)
    return compiler, os.getpid()


def _problem(name: str, error: typst.TypstError | typst.TypstWarning) -> Problem:
    return Problem(
        where=f"{name}.pdf",
        what="Typst cannot set the report",
        found=error.message,
        fix="; ".join(error.hints),
    )


class BeskplanPdfExporter(Exporter):
    """nbconvert's `beskplan-pdf`: the build's PDF, also from JupyterLab's "Save and Export As"."""

    export_from_notebook = "Beskplan PDF"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]  # the base class returns a notebook
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kw: Any,  # nbconvert's own signature
    ) -> tuple[bytes, dict[str, Any]]:
        """The PDF of an executed notebook.

        Raises:
            RenderError: the notebook is no report, or holds what a PDF cannot say.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return render_pdf(read_page(nb)), resources
