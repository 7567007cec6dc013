"""The templates of the site, the mails, the Word document and the schedules (`beskplan/data`)."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from beskplan.render.page_html import TEMPLATES


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
