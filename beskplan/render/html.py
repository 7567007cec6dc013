"""The page as HTML: an nbconvert exporter with a template of our own.

Reached by the build, by `jupyter nbconvert --to beskplan-html` and by JupyterLab's "Save and Export
As": the same bytes from the same executed notebook. A second report through the same exporter costs
only its own text: template and style are compiled once, and nothing parses the finished HTML again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from beskplan import __version__
from beskplan.blocks.html import block_html
from beskplan.render.markdown import markdown_html
from beskplan.render.page import Item, Markdown, Numbered, Page, read_page

TEMPLATES = Path(__file__).parents[1] / "data" / "templates"
"""Folder of the template and its style."""
STATEMENT_URL = "https://www.was.digst.dk/"
"""Where Danish public bodies publish their accessibility statements (Digitaliseringsstyrelsen)."""


class BeskplanHtmlExporter(TemplateExporter):
    """A report as one HTML file: no script, no outside address, Danish, light and dark, print."""

    export_from_notebook = "Beskplan HTML"
    output_mimetype = "text/html"

    @default("default_preprocessors")
    def _no_preprocessors(self) -> list[str]:
        # The page is read from the notebook as it is.
        return []

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    @default("template_paths")
    def _template_paths_of_ours(self) -> list[str]:
        # Only our own folder: nothing installed elsewhere may change what a report says.
        return [str(TEMPLATES)]

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own exporters give text too
        self,
        nb: NotebookNode,
        resources: dict[str, Any] | None = None,
        **_kw: object,
    ) -> tuple[str, dict[str, Any]]:
        """The executed notebook `nb` as HTML, and nbconvert's resources.

        Raises:
            RenderError: where the notebook is no report (see `read_page`).
        """
        return self.page_html(read_page(nb)), self._init_resources(resources)

    def page_html(self, page: Page) -> str:
        """A page as HTML."""
        html = self.template.render(page=page, version=__version__, statement_url=STATEMENT_URL)
        return cast("str", html)

    def default_filters(self) -> list[tuple[str, Any]]:
        """The template's own filter: an item of the page as HTML."""
        return [("item_html", item_html)]


def item_html(item: Item, level: int) -> str:
    """One item of a page as an HTML fragment; `level` is that of a heading inside it."""
    match item:
        case Markdown(text):
            return markdown_html(text)
        case Numbered(number, block):
            return block_html(block, number=number, level=level)
    return block_html(item, level=level)
