"""Areas and benefits that a text mentions, found by the names of the registers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from beskplan.areas import Area, areas
from beskplan.areas import find as find_area
from beskplan.audit.statements.amounts import REMEMBERED
from beskplan.benefits import benefits, composites, target_groups
from beskplan.errors import UnknownNameError

_WORDS_TOO = frozenset({"Vejen", "Greve", "Odder", "Skive", "Struer", "Faxe", "Nyborg", "Favrskov"})
"""Municipalities whose name also begins Danish sentences or names other things."""
_REFERENCES = {
    "hovedstadsområdet": "hovedstaden",
    "hovedstadsområde": "hovedstaden",
    "hovedstaden": "hovedstaden",
    "region hovedstaden": "084",
    "landsgennemsnittet": "000",
    "landsplan": "000",
    "hele landet": "000",
    "landet": "000",
    "danmark": "000",
}
"""Words for areas that are no name of the register; `hovedstaden` may be RAR or region."""


@dataclass(frozen=True)
class Mention:
    """A name in a text: what it means and where it stands."""

    key: str
    """Code of an area, id of a benefit, or a table's row head."""
    text: str
    start: int
    end: int


@lru_cache(REMEMBERED)
def area_mentions(text: str) -> tuple[Mention, ...]:
    """Every area that a text names, in order."""
    pattern, keys = _area_pattern()
    found = []
    for match in pattern.finditer(text):
        name = match["name"]
        if name in _WORDS_TOO and not (match["kommune"] or text[: match.start()].endswith(" i ")):
            continue
        found.append(Mention(keys[name.casefold()], match[0], match.start(), match.end()))
    return tuple(found)


@lru_cache(REMEMBERED)
def ydelse_mentions(text: str, on: date) -> tuple[Mention, ...]:
    """Every benefit that a text names, in order, the longest name first."""
    pattern, keys = _ydelse_pattern(on)
    return tuple(
        Mention(keys[" ".join(match["name"].casefold().split())], match[0], match.start(), match.end())
        for match in pattern.finditer(text)
    )


def row_area(label: str) -> Area | None:
    """The area that a row head names as a whole; None where it names none."""
    bare = re.sub(r"\s+kommune$|\*+$", "", label.strip(), flags=re.IGNORECASE)
    try:
        return find_area(bare)
    except UnknownNameError:
        return None


def row_ydelse(label: str, on: date) -> str:
    """Id of the benefit that a row head names as a whole, or empty."""
    bare = " ".join(re.sub(r"[*¹²³⁴⁵⁶⁷⁸⁹]+$", "", label).casefold().split())
    return _ydelse_pattern(on)[1].get(bare, "")


@cache
def _area_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    keys = dict(_REFERENCES)
    names = list(_REFERENCES)
    for one in areas():
        if one.kind == "rest":
            continue
        for name in (one.navn, *one.aliases):
            keys.setdefault(name.casefold(), one.kode)
            names.append(name)
    ordered = sorted(set(names), key=len, reverse=True)
    exact = "|".join(re.escape(name) for name in ordered if name[:1].isupper())
    loose = "|".join(re.escape(name) for name in ordered if name[:1].islower())
    return (
        re.compile(
            rf"(?<![\w-])(?P<name>(?:{exact})|(?i:{loose}|Region Hovedstaden))"
            r"(?:s(?![a-zæøå])|')?(?P<kommune>\s[Kk]ommunes?\b|\s[Rr]egionskommune\b)?(?![\wæøå])"
        ),
        keys,
    )


@cache
def _ydelse_pattern(on: date) -> tuple[re.Pattern[str], dict[str, str]]:
    keys: dict[str, str] = {}
    known = (*benefits(), *composites())
    for one in sorted(known, key=lambda b: (not b.covers(on), b.is_composite)):
        words = [w for f in one.forms for w in (f.name, f.bestemt, f.modtagere, f.tabeltitel, f.overskrift)]
        for name in (*words, *one.aliases):
            keys.setdefault(" ".join(name.casefold().split()), one.id)
    keys |= {"sygemeldte": "sygedagpenge", "jobafklaringsforløb": "jobafklaring"}
    keys |= {"selvforsørgelses-, hjemrejse- samt overgangsydelse": "sho"}
    keys |= {"selvforsørgelses-, hjemrejse- eller overgangsydelse": "sho"}
    keys |= {"selvforsørgelses- og hjemrejseydelse eller overgangsydelse": "sho"}
    ordered = sorted(keys, key=len, reverse=True)
    words_only = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in ordered)
    return re.compile(rf"(?<![\w-])(?P<name>{words_only})(?:s|r)?(?![\w-])", re.IGNORECASE), keys


@cache
def group_names() -> dict[str, str]:
    """Label of each LAB target group by its number: `2.2` -> `jobparate på kontanthjælp`."""
    return {one.nr: one.navn.casefold() for one in target_groups() if one.nr}
