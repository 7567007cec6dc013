"""The markdown cells of a report: cut at their headings, checked, and as HTML.

Only what page and PDF both show well is let through: paragraphs, lists, emphasis, links and inline
code. A picture or table in markdown would come without alt text, caption or header cells, so it is
refused in favour of a block.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import mistune

from beskplan.core.errors import Problem

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_LINK = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)
_REFUSED = {
    "heading": ("en overskrift, der er understreget eller står i en liste", "skriv den som '## …'"),
    "image": ("et billede i markdown", "vis det med figure(...), som kræver en alternativ tekst"),
    "table": ("en tabel i markdown", "vis den med table(...), som giver titel og hoveder"),
    "block_html": ("rå HTML i markdown", "brug markdown eller en blok"),
    "block_code": ("et stykke kode", "den, der læser en rapport, læser ikke kode"),
    "block_quote": ("et citat", "skriv det som et afsnit"),
    "thematic_break": ("en streg", "overskrifter deler en rapport"),
    "inline_html": ("rå HTML i markdown", "brug markdown eller en blok"),
}

_tokens = mistune.create_markdown(renderer=None, plugins=["table"])
_html = mistune.create_markdown(escape=True)


@dataclass(frozen=True)
class Heading:
    """A heading in a markdown cell: its level (1-6) and its text without marks."""

    level: int
    title: str


def split_headings(text: str) -> list[Heading | str]:
    """The headings of a cell in order, and the markdown between them (blank pieces left out)."""
    pieces: list[Heading | str] = []
    lines: list[str] = []
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        pieces.append("\n".join(lines).strip("\n"))
        lines = []
        pieces.append(Heading(len(heading.group(1)), plain_text(heading.group(2))))
    pieces.append("\n".join(lines).strip("\n"))
    return [piece for piece in pieces if isinstance(piece, Heading) or piece.strip()]


def plain_text(text: str) -> str:
    """One line of markdown without its marks: `**A** [b](c)` -> `A b`."""
    return "".join(
        str(token.get("raw", "")) for token in _walk(_parse(text)) if "children" not in token
    ).strip()


def markdown_problems(text: str, where: str) -> list[Problem]:
    """What in a piece of markdown (headings already cut out) page and PDF cannot show well."""
    problems = []
    for token in _walk(_parse(text)):
        kind = str(token["type"])
        if kind in _REFUSED:
            what, fix = _REFUSED[kind]
            problems.append(Problem(where, what, found=str(token.get("raw", ""))[:80], fix=fix))
        elif kind == "link" and not _LINK.match(str(token["attrs"]["url"])):
            url = str(token["attrs"]["url"])
            expected = "https://…, http://…, mailto:… eller #…"
            problems.append(
                Problem(where, "et link, der ikke fører nogen steder hen", url, expected)
            )
    return problems


def local_links(text: str) -> list[str]:
    """The ids that the links of a piece of markdown point at on the page itself."""
    urls = (str(token["attrs"]["url"]) for token in _walk(_parse(text)) if token["type"] == "link")
    return [url[1:] for url in urls if url.startswith("#")]


def markdown_html(text: str) -> str:
    """A piece of markdown as HTML; raw HTML in it is shown as text, never passed on."""
    return cast("str", _html(text)).rstrip("\n")


def _parse(text: str) -> Sequence[Mapping[str, Any]]:
    return cast("Sequence[Mapping[str, Any]]", _tokens(text))


def _walk(tokens: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for token in tokens:
        yield token
        yield from _walk(token.get("children", ()))
