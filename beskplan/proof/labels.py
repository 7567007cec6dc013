"""What a reader is told that a number is about: the periods, areas and benefits that labels name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache

from beskplan.core.periods import MONTHS, Period
from beskplan.observations.contract import Key
from beskplan.registers.areas import areas
from beskplan.registers.benefits import benefits, composites
from beskplan.registers.groups import target_groups
from beskplan.registers.indicators import INDICATORS

_PERIOD = re.compile(
    rf"(?P<ultimo>ultimo )?(?P<month>{'|'.join(MONTHS)}|{'|'.join(m[:3] for m in MONTHS)}) (?P<my>\d{{4}})"
    r"|(?P<q>[1-4])\. (?:kvartal|kvt\.) (?P<qy>\d{4})"
    r"(?: - (?P<q2>[1-4])\. (?:kvartal|kvt\.) (?P<q2y>\d{4}))?"
    r"|(?P<end>ultimo )?(?<![\d.])(?P<y>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)

Mention = frozenset[str]
"""The periods, by code, that one mention may mean: `ultimo 2015` is a year or its December."""


@lru_cache(maxsize=8192)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every period that a text names, in order."""
    return tuple(_mention(hit) for hit in _PERIOD.finditer(text))


@lru_cache(maxsize=8192)
def without_periods(text: str) -> str:
    """A text without the periods that it names."""
    return _PERIOD.sub("", text)


def _mention(hit: re.Match[str]) -> Mention:
    if hit["month"]:
        index = [name[:3] for name in MONTHS].index(hit["month"].lower()[:3]) + 1
        return frozenset({Period("M", int(hit["my"]), index).code})
    if hit["q2"]:
        return frozenset({Period("QMAT", int(hit["q2y"]), int(hit["q2"])).code})
    if hit["q"]:
        return frozenset({Period("Q", int(hit["qy"]), int(hit["q"])).code})
    year = int(hit["y"])
    december = {Period("M", year, 12).code, Period("Q", year, 4).code} if hit["end"] else set()
    return frozenset({Period("Y", year, 1).code, *december})


def ends(codes: Iterator[str] | set[str]) -> tuple[str, str]:
    """The first and last of some periods, in time."""
    ordered = sorted(codes, key=_last_day)
    return ordered[0], ordered[-1]


@lru_cache(maxsize=1024)
def _last_day(code: str) -> tuple[date, str]:
    return Period.parse(code).last_day, code


@cache
def area_codes() -> dict[str, str]:
    """The areas' codes by their name, and by the head of a column of changes there."""
    heads = (
        (head, one.kode)
        for one in areas()
        for head in (one.navn, f"Ændring {one.stedsform} i pct.")
    )
    return dict(heads)


@cache
def area_names() -> dict[str, tuple[str, str]]:
    """Name of each area by its code, and where it is in a sentence: `i Rudersdal Kommune`."""
    return {one.kode: (one.navn, one.stedsform) for one in areas()}


def area_name(kode: str) -> str:
    """An area's name; its code where there is no such area."""
    return area_names().get(kode, (kode, ""))[0]


@lru_cache(maxsize=256)
def areas_in_title(title: str) -> set[str]:
    """Codes of the areas that a title says where it is: `A-dagpenge i Dragør Kommune`."""
    return {
        one.kode
        for one in areas()
        if one.stedsform in title
        and re.search(rf"(?<!\w){re.escape(one.stedsform)}(?![\w-])", title)
    }


@cache
def subjects_by_name() -> dict[str, set[tuple[str, str]]]:
    """What a label calls a benefit or a target group: (column, id) by name in lower case."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in (*benefits(), *composites()):
        for forms in one.forms:
            for name in (forms.name, forms.tabeltitel, forms.modtagere):
                found.setdefault(name.casefold(), set()).add(("ydelse", one.id))
    for group in target_groups():
        for name in (group.label, group.navn):
            found.setdefault(name.casefold(), set()).add(("group", group.id))
    return found


def subjects(label: str) -> set[tuple[str, str]]:
    """The benefits and groups that a label may name; empty where it names none."""
    return subjects_by_name().get(label.casefold(), set())


@lru_cache(maxsize=256)
def title_subjects(title: str) -> set[tuple[str, str]]:
    """The benefit that a title begins with, before its place."""
    words = title.casefold()
    names = [
        name
        for name in subjects_by_name()
        if words == name or words.startswith((f"{name} i ", f"{name} på "))
    ]
    return subjects(max(names, key=len)) if names else set()


def is_about(key: Key, named: set[tuple[str, str]]) -> bool:
    """Whether a row is about what a label names; a target group is also called by its benefit."""
    own = {("ydelse", key[1]), ("group", key[2]), ("ydelse", _benefits_of_groups().get(key[2]))}
    return not named or bool(own & named)


@cache
def _benefits_of_groups() -> dict[str, str | None]:
    return {one.id: one.ydelse for one in target_groups()}


@lru_cache(maxsize=1024)
def indicators_named(label: str) -> set[str]:
    """The indicators whose name a label begins with; the longest name counts."""
    hits = [one for one in INDICATORS.values() if label.casefold().startswith(one.name.casefold())]
    longest = max((len(one.name) for one in hits), default=0)
    return {one.id for one in hits if len(one.name) == longest}
