"""Our own pages under the plan check, as part of their proof."""

from __future__ import annotations

from collections.abc import Iterator

from beskplan.audit.checking import audit
from beskplan.audit.documents.blocks import parts_of
from beskplan.audit.documents.model import Document, Part, Passage
from beskplan.audit.model import Finding, Place, Result
from beskplan.build.markdown import plain_text
from beskplan.build.page import Item, Markdown, Numbered, Page, Section


def audit_page(page: Page) -> list[Finding]:
    """What the plan check finds in a page, gravest first; empty where it finds nothing."""
    return list(page_result(page).findings)


def page_result(page: Page) -> Result:
    """Everything that the plan check says of a page: findings, agreements, what could not be read."""
    return audit(page_document(page))


def page_document(page: Page) -> Document:
    """The page as a document: headings, prose and blocks in reading order."""
    parts: list[Part] = [Passage("heading", page.heading, Place(0, 0, page.title))]
    for item in page.items:
        parts += _item(item, page.title)
    for section in page.sections:
        parts += _section(section)
    return Document(
        page.document_title,
        tuple(parts),
        kommune_kode=page.header.kommune_kode,
        aar=page.header.aar,
    )


def _section(section: Section) -> Iterator[Part]:
    yield Passage("heading", section.title, Place(0, 0, section.title))
    for item in section.items:
        yield from _item(item, section.title)
    for part in section.subsections:
        yield from _section(part)


def _item(item: Item, section: str) -> Iterator[Part]:
    match item:
        case Markdown(text):
            yield Passage("text", plain_text(text), Place(0, 0, section))
        case Numbered(number, block):
            yield from parts_of(block, section, number)
        case _:
            yield from parts_of(item, section)
