"""Every figure is there, is drawn, draws numbers, and has its words."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from beskplan.blocks import captions
from beskplan.blocks.model import Figure
from beskplan.core.errors import Problem
from beskplan.proof.evidence import Evidence, spaced

_DRAWN = re.compile(rb"<(path|rect|line|polyline|polygon|circle|ellipse|use)\b")
LEAST_SHAPES = 3
"""An empty pair of axes has fewer: a background and a frame."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Figures of HTML and PDF against those of the executed notebook."""
    in_pdf = [spaced(element.text) for element in evidence.pdf if element.tag == "Figure"]
    spoken = {spaced(element.text) for element in evidence.pdf if element.tag == "Caption"}
    for entry in evidence.page.figures():
        figure = entry.block
        if not isinstance(figure, Figure):
            continue
        name = f"figur {entry.number}"
        title = spaced(f"{captions.figure_title(figure, entry.number)} {figure.subtitle}")
        yield from _in_html(evidence, name, figure, title)
        if spaced(figure.alt) not in in_pdf:
            yield evidence.problem("pdf", "a figure is missing", "", figure.alt, where=name)
        if title not in spoken:
            yield evidence.problem("pdf", "a figure lacks its caption", "", title, where=name)
        if all(cell.value is None for row in figure.data.rows for cell in row.cells):
            yield evidence.problem("ipynb", "a figure without a number", where=name)


def _in_html(evidence: Evidence, name: str, figure: Figure, title: str) -> Iterator[Problem]:
    found = evidence.html.xpath("//figure[@id=$id]", id=f"figur-{figure.id}")
    if len(found) != 1:
        yield evidence.problem("html", "a figure is missing", str(len(found)), "1", where=name)
        return
    caption = [spaced(one.text_content()) for one in found[0].iter("figcaption")]
    if caption != [title]:
        yield evidence.problem("html", "another caption", str(caption), title, where=name)
    pictures = [
        *((image.get("src"), image.get("alt")) for image in found[0].iter("img")),
        *((source.get("srcset"), figure.alt) for source in found[0].iter("source")),
    ]
    if not pictures:
        yield evidence.problem("html", "a figure without a picture", where=name)
    for address, alt in pictures:
        if spaced(alt or "") != spaced(figure.alt):
            yield evidence.problem("html", "another alt text", str(alt), figure.alt, where=name)
        if (shapes := len(_DRAWN.findall(_svg(address or "")))) < LEAST_SHAPES:
            yield evidence.problem("html", "an empty figure", f"{shapes} shapes", where=name)


def _svg(address: str) -> bytes:
    """The drawing in a data URI; empty where there is none."""
    head, _, data = address.partition(",")
    if not head.startswith("data:image/svg+xml"):
        return b""
    try:
        return base64.b64decode(data, validate=True) if "base64" in head else unquote_to_bytes(data)
    except binascii.Error:
        return b""
