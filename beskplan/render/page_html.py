"""A page as HTML: a template of our own, nothing of JupyterLab's.

A second page costs only its own text: template and style are compiled once, and nothing parses the
finished HTML again.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from beskplan import __version__
from beskplan.blocks.html import block_html
from beskplan.render.markdown import markdown_html
from beskplan.render.page import Item, Markdown, Numbered, Page

TEMPLATES = Path(__file__).parents[1] / "data" / "templates"
"""Folder of the template and its style."""
STATEMENT_URL = "https://www.was.digst.dk/"
"""Where Danish public bodies publish their accessibility statements (Digitaliseringsstyrelsen)."""


def page_html(page: Page) -> str:
    """A page as one HTML file: no script, no outside address, Danish, light and dark, print."""
    return _template().render(page=page, version=__version__, statement_url=STATEMENT_URL)


@cache
def _template() -> Template:
    # Every text goes through the template's own `e`; blocks are HTML already.
    environment = Environment(loader=FileSystemLoader(TEMPLATES))  # noqa: S701
    environment.filters["item_html"] = item_html
    return environment.get_template("index.html.j2")


def item_html(item: Item, level: int) -> str:
    """One item of a page as an HTML fragment; `level` is that of a heading inside it."""
    match item:
        case Markdown(text):
            return markdown_html(text)
        case Numbered(number, block):
            return block_html(block, number=number, level=level)
    return block_html(item, level=level)


@cache
def environment() -> Environment:
    """The environment of all templates: what becomes HTML or XML is escaped, a missing value refused."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES.parent),
        autoescape=select_autoescape(["html.j2", "xml.j2", "atom.j2"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def rendered(template: str, values: dict[str, Any]) -> str:
    """The text of a template, by its path below `beskplan/data`, with values."""
    return environment().get_template(template).render(values)
