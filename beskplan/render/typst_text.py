"""Running text of a report as values that the Typst template reads.

A markdown cell becomes a tree of plain dicts; no text ever becomes Typst source, so there is
nothing to escape. What the PDF cannot say is a problem, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import mistune

from beskplan.core.errors import Problem
from beskplan.core.numbers import NBSP

Token = Mapping[str, Any]
"""A part of a markdown text, as mistune's syntax tree gives it."""
Node = dict[str, Any]
"""One JSON object of the template's input; `t` says which kind."""

_parse: Callable[[str], Any] = mistune.create_markdown(renderer=None, plugins=["table"])

_UNITS = r"(?:pct\b|procent|kr\b|mio\b|mia\b|fuldtidsperson|helårsperson|person|forløb|uger?\b)"
_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_KEEP_TOGETHER = re.compile(
    rf"(?<=\d) (?={_UNITS})|(?<=\d\.) (?=(?:{_MONTHS})\b)|(?<=§) (?=\d)"
    r"|(?<=\b[Tt]abel) (?=\d)|(?<=\b[Ff]igur) (?=\d)|(?<=\bkl\.) (?=\d)"
)
"""Spaces where a line must not break: number and unit, day and month, § and number."""

_MONTH_AND_YEAR = re.compile(rf"\b({_MONTHS}) (?=(?:19|20)\d\d\b)", re.IGNORECASE)

_SIGNS: dict[str, Node] = {"softbreak": {"t": "text", "s": " "}, "linebreak": {"t": "break"}}
_WEB_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


def keep_together(text: str) -> str:
    """`text` with no line break possible between number and unit, or between month and year."""
    line = _KEEP_TOGETHER.sub(NBSP, re.sub(r"[\t\n]", " ", text))
    return _MONTH_AND_YEAR.sub(rf"\1{NBSP}", line)


def markdown_nodes(
    text: str, where: str, anchors: Collection[str]
) -> tuple[list[Node], list[Problem]]:
    """The paragraphs, lists, quotations and code of one stretch of markdown.

    Args:
        text: Markdown without headings (`beskplan.render.markdown` cuts and checks it).
        where: Name of the place, for problems.
        anchors: Ids of the page's headings and blocks, which a link `#id` may point at.

    Returns:
        The nodes, and a problem for each thing that the PDF could only drop.
    """
    reader = _Reader(where, anchors)
    nodes = reader.blocks(_parse(text))
    return nodes, reader.problems


class _Reader:
    """Walks the syntax tree of one text and collects what has no counterpart in the PDF."""

    def __init__(self, where: str, anchors: Collection[str]) -> None:
        self.where = where
        self.anchors = anchors
        self.problems: list[Problem] = []

    def blocks(self, tokens: Sequence[Token]) -> list[Node]:
        return [node for token in tokens for node in self._block(token)]

    def inline(self, tokens: Sequence[Token]) -> list[Node]:
        return [node for token in tokens for node in self._inline(token)]

    def _block(self, token: Token) -> list[Node]:
        kind = token["type"]
        if kind in ("paragraph", "block_text"):
            return [{"t": "p", "c": self.inline(token["children"])}]
        if kind == "list":
            items = [self.blocks(item["children"]) for item in token["children"]]
            start = int(token["attrs"].get("start", 1))
            return [{"t": "ol" if token["attrs"]["ordered"] else "ul", "c": items, "start": start}]
        if kind == "block_quote":
            return [{"t": "quote", "c": self.blocks(token["children"])}]
        if kind == "block_code":
            return [{"t": "listing", "s": token["raw"].rstrip("\n")}]
        if kind not in ("blank_line", "thematic_break"):
            self._refuse(kind, str(token.get("raw", "")))
        return []

    def _inline(self, token: Token) -> list[Node]:
        kind = token["type"]
        if kind == "link":
            return [self._link(token)]
        if kind in ("strong", "emphasis"):
            return [{"t": kind, "c": self.inline(token["children"])}]
        if kind in _SIGNS:
            return [_SIGNS[kind]]
        if kind in ("text", "codespan"):
            raw = token["raw"]
            return [{"t": kind, "s": keep_together(raw) if kind == "text" else raw}]
        self._refuse(kind, str(token.get("raw", "")))
        return []

    def _link(self, token: Token) -> Node:
        address = unquote(str(token["attrs"]["url"]))
        words = self.inline(token["children"])
        if address.startswith("#") and address[1:] in self.anchors:
            return {"t": "jump", "to": address[1:], "c": words}
        if not _WEB_ADDRESS.fullmatch(address):
            expected = "https://..., mailto:... or # and the id of a heading or block of the page"
            self.problems.append(
                Problem(self.where, "a link that leads nowhere", address, expected)
            )
        return {"t": "link", "to": str(token["attrs"]["url"]), "c": words}

    def _refuse(self, kind: str, raw: str) -> None:
        expected = "paragraphs, lists, bold, italic, links, quotations and code"
        what = f"markdown that a PDF cannot hold ({kind})"
        self.problems.append(Problem(self.where, what, raw.strip()[:80], expected))
