"""No text of the page or the PDF is one that only a program could have written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beskplan.core.errors import Problem
from beskplan.proof.evidence import Evidence

_BAD = {
    "et tal, der intet er": re.compile(r"(?<![\w-])(nan|NaN|NaT|<NA>|None|inf|-inf)(?![\w-])"),
    "et engelsk tal": re.compile(r"\d,\d{3}(?:,\d{3})*\.\d|\d\.\d{3}\.\d{1,2}(?!\d)"),
    "en fejlmeddelelse": re.compile(
        r"Traceback \(most recent call last\)|^\w+(?:Error|Exception): "
    ),
    "en skabelon, der ikke er udfyldt": re.compile(r"\{\{|\}\}|\{%|%\}|\{[a-z_]+\}"),
    "et objekt fra programmet": re.compile(r"<[\w.]+ object at 0x|dtype: \w+|Decimal\('"),
}


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Every text of both files; each bad kind is told once a file."""
    texts = {"html": evidence.html_texts, "pdf": tuple(one.text for one in evidence.pdf)}
    for part, said in texts.items():
        for what, pattern in _BAD.items():
            if hit := next((text for text in said if pattern.search(text)), None):
                yield evidence.problem(part, what, hit[:120])
    # Outputs that are no block were refused when the page was read; here, what the browser gets.
    if evidence.html.xpath("//script | //*[@class='jp-RenderedText' or @class='output_error']"):
        yield evidence.problem("html", "uddata fra en celle, som ikke er en blok")
