"""Text that a person writes and that leaves the house: no sign in it that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from beskplan.registers.reading import explained

_ALLOWED_FORMAT_SIGNS = frozenset({"\u00ad", "\u200b", "\u200d"})
"""Soft hyphen, zero-width space and joiner: common in text pasted from elsewhere, and harmless."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format (such as the signs that turn text around), lone surrogates,
private and unassigned signs, and the line separators that only some programs see as such."""


def hidden_signs(text: str, *, lines: bool) -> list[str]:
    """The signs in `text` that do not show, as `U+202E`; line breaks only where not allowed."""
    return [
        f"U+{ord(sign):04X}"
        for sign in text
        if unicodedata.category(sign) in _HIDDEN
        and sign not in _ALLOWED_FORMAT_SIGNS
        and not (lines and sign == "\n")
    ]


def _line(text: str) -> str:
    if hidden := hidden_signs(text, lines=False):
        raise explained(f"one line of visible text, without {', '.join(hidden)}", "write it anew")
    return text


def _prose(text: str) -> str:
    if hidden := hidden_signs(text, lines=True):
        raise explained(f"visible text, without {', '.join(hidden)}", "write it anew")
    return text


Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_line),
]
"""One line: a title, a name, a case number. Safe in a header of a mail and in document properties."""
Prosa = Annotated[
    str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_prose)
]
"""Running text; a blank line begins a new paragraph."""


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a running text, each as one line."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())
