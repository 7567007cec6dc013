"""nbconvert's `beskplan-pdf`: the build's PDF, also from JupyterLab's "Save and Export As"."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import default

from beskplan.render.page import read_page
from beskplan.render.page_pdf import render_pdf


class BeskplanPdfExporter(Exporter):
    """A report as PDF: the same bytes as the build's from the same executed notebook."""

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
