"""nbconvert's `beskplan-html`: the build's page, also from JupyterLab's "Save and Export As"."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from traitlets import default

from beskplan.render.page import read_page
from beskplan.render.page_html import page_html


class BeskplanHtmlExporter(Exporter):
    """A report as one HTML file: the same bytes as the build's from the same executed notebook."""

    export_from_notebook = "Beskplan HTML"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # the base class returns a notebook
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kw: Any,  # nbconvert's own signature
    ) -> tuple[str, dict[str, Any]]:
        """The HTML of an executed notebook, and nbconvert's resources.

        Raises:
            RenderError: the notebook is no report (see `read_page`).
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return page_html(read_page(nb)), resources
