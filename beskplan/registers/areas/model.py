"""One area as a value, with the forms of its name that Danish text needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["kommune", "region", "rar", "landsdel", "oestvest", "land", "jobcenter", "rest"]
"""What sort of area; `rest` is a row of a source that belongs to no municipality."""


def covers(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Whether a span of days holds the day; both ends belong to it, None is an open end."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the register. Links to other areas are codes: `area(code)` follows them."""

    kode: str
    """Official where there is one: `"230"`, `"084"`, `"000"`, `"DK013"`; else a word."""
    navn: str
    """As tables print it: "Rudersdal", "Region Hovedstaden", "RAR Hovedstaden"."""
    kind: Kind
    slug: str
    """The name in ASCII for paths and addresses; unique in the register."""
    lang_navn: str
    """The official long name: "Københavns Kommune", "Bornholms Regionskommune"."""
    stedsform: str
    """Where, in a sentence: "i Rudersdal Kommune", "på Bornholm", "i hele landet"."""
    genitiv: str
    """Whose, in a sentence: "Rudersdals", "Aarhus'", "hele landets"."""
    valid_from: date | None = None
    """First day; None: always, as far as our sources reach."""
    valid_to: date | None = None
    """Last day; None: still so."""
    parts: tuple[str, ...] = ()
    """Codes of the municipalities that an area of several consists of; else empty."""
    region: str = ""
    """Code of the region that holds the whole area (municipalities, landsdele); else empty."""
    landsdel: str = ""
    """Code of the landsdel (municipalities); else empty."""
    rar: str = ""
    """Code of the RAR of 2015-2024 (municipalities, landsdele); else empty."""
    oestvest: str = ""
    """Code of Østdanmark or Vestdanmark (municipalities, landsdele, regions); else empty."""
    aliases: tuple[str, ...] = ()
    """Other names in sources; differences of å/aa, ø/oe, hyphens and case need no alias."""
    successors: tuple[str, ...] = ()
    """Codes of the areas to use after `valid_to`."""
    raad: str | None = None
    """Full name of the regional council that has, or had, just this area (regions, RAR)."""

    def is_valid(self, on: date) -> bool:
        """Whether the area exists on that day."""
        return covers(self.valid_from, self.valid_to, on)
