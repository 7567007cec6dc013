"""Danish names as sort keys, slugs and genitives: rules of the language, no register."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from beskplan.core.errors import ROOM, DataError, Refusals

_ORDER = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y", "-": " "})
"""Letters after z in ASCII for æ, ø, å; foreign letters and the hyphen as Retskrivningsordbogen
places them."""

_ASCII = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa"})


def danish_key(name: str) -> str:
    """Sort key for Danish order: æ, ø, å last, aa as å anywhere in the word, letter case aside.

    Names that differ only in letter case or in aa/å keep one fixed order, whatever the input's.

    Example:
        >>> sorted(["Aarhus", "Ærø", "Assens", "Aabenraa"], key=danish_key)
        ['Assens', 'Ærø', 'Aabenraa', 'Aarhus']
    """
    composed = unicodedata.normalize("NFC", name)
    place = composed.casefold().replace("aa", "å").translate(_ORDER)
    return f"{place}\0{composed}"


def slugify(name: str) -> str:
    """The name in a-z, 0-9 and single hyphens, for file names and addresses.

    æ, ø, å become ae, oe, aa; other marks over letters are dropped.

    Raises:
        DataError: where nothing is left.

    Example:
        >>> slugify("Høje-Taastrup")
        'hoeje-taastrup'
    """
    letters = unicodedata.normalize("NFKC", name).casefold()
    # Casefold can take letters apart (and make new pairs), so they are put together once more.
    letters = unicodedata.normalize("NFC", letters).translate(_ASCII)
    ascii_only = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if not slug:
        raise DataError(Refusals(ROOM)("no-slug", "slug", f"'{name}'"))
    return slug


def genitive(name: str) -> str:
    """The genitive: an s, or only an apostrophe after s, x and z.

    Example:
        >>> genitive("Rudersdal"), genitive("Aarhus")
        ('Rudersdals', "Aarhus'")
    """
    return f"{name}'" if name.casefold().endswith(("s", "x", "z")) else f"{name}s"


def list_danish(items: Sequence[str]) -> str:
    """`a`, `a og b`, `a, b og c`; an empty text for no items."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} og {items[-1]}"
