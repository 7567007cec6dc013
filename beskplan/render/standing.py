"""Whether a page may be used: draft, approved, published or withdrawn, in the words that it wears.

A build only makes drafts. The copies for readers are made from the same page when a person approves
it and when it is published (`beskplan.publish`), and differ from the draft in these words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from beskplan.core.periods import date_text

Kind = Literal["udkast", "godkendt", "offentliggjort", "trukket"]


@dataclass(frozen=True)
class Standing:
    """What is printed of a page's approval.

    Attributes:
        kind: Decides how it is set: drafts and what was withdrawn warn the reader.
        mark: A word or two for the head of every sheet; empty where nothing is to be minded.
        text: The whole sentence.
    """

    kind: Kind
    mark: str
    text: str

    @property
    def warning(self) -> str:
        """The sentence where the reader must be warned, else empty."""
        return "" if self.kind in ("godkendt", "offentliggjort") else self.text


DRAFT = Standing("udkast", "Udkast", "Udkast. Ikke godkendt til offentliggørelse.")


def approved(by: str, day: date) -> Standing:
    """What is said of an approved page: `Godkendt 22. november 2026 af Mette Holm`."""
    return Standing("godkendt", "", f"Godkendt {date_text(day)} af {by}.")


def published(by: str, day: date, published_on: date) -> Standing:
    """What is said of a published page: `Godkendt ... Offentliggjort 24. november 2026`."""
    text = f"{approved(by, day).text} Offentliggjort {date_text(published_on)}."
    return Standing("offentliggjort", "", text)


def withdrawn(by: str, day: date, reason: str) -> Standing:
    """What is said of a withdrawn page: `Trukket tilbage 3. december 2026 af Mette Holm. ...`."""
    text = (
        f"Trukket tilbage {date_text(day)} af {by}. Må ikke anvendes. Grund: {reason.rstrip('.')}."
    )
    return Standing("trukket", "Trukket tilbage", text)
