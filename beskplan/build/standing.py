"""Whether a page may be used: draft, approved or withdrawn, in the words that it wears.

A build only makes drafts. The approved copy is made from the same page when a person approves it
(`beskplan.publish.approval`), and differs from the draft in these words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from beskplan.periods import date_text

Kind = Literal["udkast", "godkendt", "trukket"]


@dataclass(frozen=True)
class Standing:
    """What is printed of a page's approval.

    Attributes:
        kind: Decides how it is set: all but `godkendt` warn the reader.
        mark: A word or two for the head of every sheet; empty where nothing is to be minded.
        text: The whole sentence.
    """

    kind: Kind
    mark: str
    text: str

    @property
    def warning(self) -> str:
        """The sentence where the reader must be warned, else empty."""
        return "" if self.kind == "godkendt" else self.text


DRAFT = Standing("udkast", "Udkast", "Udkast. Ikke godkendt til offentliggørelse.")


def approved(by: str, day: date) -> Standing:
    """What is said of an approved page: `Godkendt 22. november 2026 af Mette Holm`."""
    return Standing("godkendt", "", f"Godkendt {date_text(day)} af {by}.")


def withdrawn(by: str, day: date, reason: str) -> Standing:
    """What is said of a withdrawn page: `Trukket tilbage 3. december 2026 af Mette Holm. ...`."""
    text = (
        f"Trukket tilbage {date_text(day)} af {by}. Må ikke anvendes. Grund: {reason.rstrip('.')}."
    )
    return Standing("trukket", "Trukket tilbage", text)
