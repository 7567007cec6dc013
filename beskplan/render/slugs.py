"""Ids of headings: ASCII, unique on their page, and the same on every build."""

from __future__ import annotations

from beskplan.blocks.html import ID_PREFIXES
from beskplan.core.words import slugify

_PAGE_IDS = frozenset({"indhold", "indhold-titel", "top"})
"""Ids that the template itself uses."""


def heading_id(title: str, taken: set[str]) -> str:
    """An id for a heading that no other element of the page has; it is added to `taken`.

    `Førtidspension` -> `foertidspension`, the next of that name `foertidspension-2`. A title that
    would give an id of the template or of a block, or one that begins with a digit, gets `afsnit-`
    in front; one without letters and digits becomes `afsnit`.
    """
    slug = slugify(f"afsnit {title}").removeprefix("afsnit").removeprefix("-")
    if not slug[:1].isalpha() or slug in _PAGE_IDS or slug.startswith(ID_PREFIXES):
        slug = f"afsnit-{slug}".rstrip("-")
    unique, number = slug, 2
    while unique in taken:
        unique, number = f"{slug}-{number}", number + 1
    taken.add(unique)
    return unique
