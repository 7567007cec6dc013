"""nbconvert's `beskplan-html` and `beskplan-pdf`: the build's page, also from "Save and Export As"."""

from collections.abc import Callable
from typing import Any, ClassVar

from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode

from beskplan.render.page import read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf


class _ReportExporter(Exporter):
    """A report as one file: the same bytes as the build's from the same executed notebook."""

    render: ClassVar[Callable[..., Any]]
    """Makes the file of a page."""

    def from_notebook_node(
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **kw: Any,  # nbconvert's own signature
    ) -> tuple[Any, dict[str, Any]]:
        """The file of an executed notebook, and nbconvert's resources.

        Raises:
            RenderError: the notebook is no report (see `read_page`), or holds what the file cannot say.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return type(self).render(read_page(nb)), resources


class BeskplanHtmlExporter(_ReportExporter):
    """A report as HTML."""

    export_from_notebook = "Beskplan HTML"
    output_mimetype = "text/html"
    file_extension = ".html"
    render = staticmethod(page_html)


class BeskplanPdfExporter(_ReportExporter):
    """A report as PDF."""

    export_from_notebook = "Beskplan PDF"
    output_mimetype = "application/pdf"
    file_extension = ".pdf"
    render = staticmethod(render_pdf)
