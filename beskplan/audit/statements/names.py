"""Areas and benefits that a text mentions, found by the names of the registers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import REMEMBERED
from beskplan.registers.areas import Area, areas
from beskplan.registers.areas import known as known_area
from beskplan.registers.benefits import benefits, composites
from beskplan.registers.indicators import target_groups

_RE = patterns("names")


_DEFINITE = {"nge": "ne", "lse": "n"}
"""How »sygedagpengene« and »ydelsen« end; others do as »kontanthjælpen«."""


class Mention(NamedTuple):
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
        if name in _RE.words("words_too") and not (
            match["kommune"] or text[: match.start()].endswith((" i ", "Jobcenter ", "RAR "))
        ):
            continue
        found.append(Mention(keys[name.casefold()], match[0], match.start(), match.end()))
    return tuple(found)


@lru_cache(REMEMBERED)
def ydelse_mentions(text: str, on: date) -> tuple[Mention, ...]:
    """Every benefit that a text names, in order, the longest name first."""
    pattern, keys = _ydelse_pattern(on)
    return tuple(
        Mention(
            keys[" ".join(match["name"].casefold().split())], match[0], match.start(), match.end()
        )
        for match in pattern.finditer(text)
    )


@lru_cache(REMEMBERED)
def row_area(label: str) -> Area | None:
    """The area that a row head names as a whole; None where it names none."""
    bare = re.sub(r"\s+kommune$|\*+$", "", label.strip(), flags=re.IGNORECASE)
    return known_area(bare)


def row_ydelse(label: str, on: date) -> str:
    """Id of the benefit that a row head names as a whole, or empty."""
    bare = " ".join(re.sub(r"[*¹²³⁴⁵⁶⁷⁸⁹]+$", "", label).casefold().split())
    return _ydelse_pattern(on)[1].get(bare, "")


@cache
def _area_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    keys = _RE.table("references")
    names = list(keys)
    for one in areas():
        if one.kind == "rest":
            continue
        for name in (one.navn, *one.aliases):
            keys.setdefault(name.casefold(), one.kode)
            names.append(name)
    exact = any_of(name for name in names if name[:1].isupper())
    loose = any_of(name for name in names if name[:1].islower())
    return (
        re.compile(
            rf"(?<![\w-])(?P<name>{exact}|(?i:{loose}|Region Hovedstaden))"
            r"(?:s(?![a-zæøå])|')?(?P<kommune>\s[Kk]ommunes?\b|\s[Rr]egionskommune\b)?(?![\wæøå])"
        ),
        keys,
    )


@cache
def _ydelse_pattern(on: date) -> tuple[re.Pattern[str], dict[str, str]]:
    keys: dict[str, str] = {}
    known = (*benefits(), *composites())
    for one in sorted(known, key=lambda b: (not b.covers(on), b.is_composite)):
        words = [
            w
            for f in one.forms
            for w in (f.name, f.bestemt, f.modtagere, f.tabeltitel, f.overskrift)
        ]
        for name in (*words, *one.aliases):
            keys.setdefault(" ".join(name.casefold().split()), one.id)
    for name, key in list(keys.items()):
        if name.endswith(("penge", "hjælp", "ydelse", "pension")):
            for ending in ("modtagere", "modtagerne", "modtager"):
                keys.setdefault(f"{name}{ending}", key)
                keys.setdefault(f"{name.removeprefix('a-')}{ending}", key)
            keys.setdefault(f"{name}{_DEFINITE.get(name[-3:], 'en')}", key)
    keys |= _RE.table("other_names")
    return _ydelse_names(frozenset(keys)), keys


@cache
def _ydelse_names(names: frozenset[str]) -> re.Pattern[str]:
    """One pattern for all days: the names are the same, only what they mean changes."""
    return re.compile(
        rf"(?<![\w-])(?P<name>{any_of(sorted(names))})(?:s|r)?(?![\w-])", re.IGNORECASE
    )


def any_of(names: Iterable[str]) -> str:
    """A pattern for any of the names, the longest first, which looks at each letter only once."""
    tree: dict[str, Any] = {}
    for name in names:
        branch = tree
        for letter in name:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return _branch(tree)


def _branch(tree: dict[str, Any]) -> str:
    ways = [
        (r"\s+" if letter == " " else re.escape(letter)) + _branch(rest)
        for letter, rest in tree.items()
        if letter
    ]
    if not ways:
        return ""
    # A name may end here too; a longer one is tried first.
    return f"(?:{'|'.join(ways)}){'?' if '' in tree else ''}"


@cache
def group_names() -> dict[str, str]:
    """Label of each LAB target group by its number: `2.2` -> `jobparate på kontanthjælp`."""
    return {one.nr: one.navn.casefold() for one in target_groups() if one.nr}
