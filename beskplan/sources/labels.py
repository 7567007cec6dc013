"""Labels and areas of the sources, compared as people would; and what the sources' code says no with.

The words of refusals are in `afvisninger.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from beskplan.core.errors import (
    BeskplanError,
    Problem,
    Refusals,
    SourceError,
    UnknownNameError,
    nearest,
    refusals,
)
from beskplan.core.files import shipped_yaml
from beskplan.registers.areas import Area, Kind, area, areas, find, predecessors

ROOM: Final = "beskplan.sources"
problem = Refusals(ROOM)
WORDS: Final[dict[str, Any]] = shipped_yaml(ROOM, "ord.yaml")
"""How files write periods, heads, marks and notes."""


class UnreachableError(SourceError):
    """The source as a whole does not answer or lets nobody in: the next table would fare no better."""


class TooBigError(SourceError):
    """The source could not answer in time, or says that the question is too big: ask for less."""


class ServerFaultError(SourceError):
    """The source failed to answer: where it goes on doing so for other tables, it is down."""


_ERRORS: Final[Mapping[str, type[SourceError]]] = {
    "unreachable": UnreachableError, "too-big": TooBigError, "fault": ServerFaultError,
}  # fmt: skip


def refusal(name: str, where: str, found: str = "", **words: object) -> SourceError:
    """Give the error of a source's refusal; its class (`error`) says how a fetch goes on."""
    error = _ERRORS.get(refusals(ROOM)[name].get("error", ""), SourceError)
    return error(problem(name, where, found, **words))


SHOWN_PROBLEMS: Final = 50
"""More than anybody mends before looking for the common cause."""
SHOWN_ALIKE: Final = 3
"""Of rows that are wrong alike."""
_ROW: Final = re.compile(r"række ([0-9]+)")


def each_once(problems: list[Problem], name: str) -> list[Problem]:
    """One problem for what is wrong with many rows alike, with the numbers of the first."""

    def kind(one: Problem) -> tuple[str, ...]:
        return _ROW.sub("", one.where), one.what, one.fix

    alike: dict[tuple[str, ...], list[Problem]] = {}
    for one in problems:
        alike.setdefault(kind(one), []).append(one)
    told: list[Problem] = []
    for one in problems:
        same = alike[kind(one)]
        if len(same) < 2 * SHOWN_ALIKE:
            told.append(one)
        elif one is same[0]:
            rows = ", ".join(
                hit[1] for other in same[:SHOWN_ALIKE] if (hit := _ROW.search(other.where))
            )
            first = f"række {rows} og {len(same) - SHOWN_ALIKE} til"
            found = "; ".join(dict.fromkeys(other.found for other in same[:SHOWN_ALIKE]))
            told.append(replace(one, where=_ROW.sub(first, one.where), found=found))
    rest = len(told) - SHOWN_PROBLEMS
    return told[:SHOWN_PROBLEMS] + ([problem("more-problems", name, str(rest))] if rest > 0 else [])


_AGE_SPAN: Final = re.compile(r",?\s*16\s*[-–]\s*6[0-9]\s*år$")
"""End of the measures' labels in older tables, at times without the blank before it."""
_CODE_AND_NAME: Final = re.compile(
    r"(?P<code>0?[0-9]{3})(?: *[-–:.] *| +)(?P<name>[^0-9(]+)|"
    r"(?P<name2>[^0-9(]+?) *\((?P<code2>0?[0-9]{3})\)"
)
_NUMBER_CODE: Final = re.compile("0?([1-9][0-9]{2})(?:[.,]0)?")
"""A municipality's code as the civil register writes it: `0101`; or as a number: `825.0`."""

Labelled = TypeVar("Labelled")


def normalised(label: str) -> str:
    """The label without case, surplus blanks and age span, for comparison only.

    Example:
        >>> normalised("Fuldtidspersoner i pct. af  befolkningen16-66 år")
        'fuldtidspersoner i pct. af befolkningen'
    """
    plain = " ".join(unicodedata.normalize("NFC", label).casefold().split())
    return _AGE_SPAN.sub("", plain)


def by_label(
    wanted: Iterable[str],
    candidates: Iterable[Labelled],
    label: Callable[[Labelled], str],
    where: str,
    what: str,
) -> Labelled:
    """The one candidate that has one of the labels `wanted`.

    Args:
        wanted: Labels that are good; the first names the thing in a problem.
        candidates: What the source has.
        label: Label of a candidate.
        where: For the problem.
        what: What is looked for, for the problem: "målet".

    Raises:
        SourceError: none, with the nearest ones; or several.
    """
    names = tuple(wanted)
    known = tuple(candidates)
    plain = {normalised(name) for name in names}
    hits = [one for one in known if normalised(label(one)) in plain]
    if len(hits) == 1:
        return hits[0]
    labels = [label(one) for one in known]
    if hits:
        raise SourceError(
            problem("label-twice", where, f"{len(hits)} gange '{names[0]}'", what=what)
        )
    near = nearest_of(names[0], labels)
    fix = f"mente du {near}? Så tilføj det i hentningens plan" if near else ""
    expected = f"en af {', '.join(labels[:12])}{' …' if len(labels) > 12 else ''}"
    raise SourceError(
        problem("no-label", where, f"'{names[0]}'", what=what, expected=expected, fix=fix)
    )


def nearest_of(name: str, names: Iterable[str]) -> str:
    """The three nearest of `names`, quoted and joined with "eller"; empty where none is near."""
    left = list(dict.fromkeys(names))
    near: list[str] = []
    while len(near) < 3 and (hit := nearest(name, left)):
        near.append(hit)
        left.remove(hit)
    return " eller ".join(f"'{one}'" for one in near)


def area_named(text: str) -> Area:
    """The area that a cell means: a name or a code, or both where they mean the same.

    Raises:
        UnknownNameError: none, or a code and a name of two areas.
    """
    text = WORDS["country"].get(normalised(text), text)
    if hit := _NUMBER_CODE.fullmatch(text.strip()):
        return find(hit[1], kind="kommune")
    both = _CODE_AND_NAME.fullmatch(text.strip())
    if both is None:
        return find(text)
    code = (both["code"] or both["code2"])[-3:]
    named = find(both["name"] or both["name2"])
    if named.kode != code:
        meant = f"{named.kode} {named.navn}"
        raise UnknownNameError(problem("code-and-name", "område", repr(text), expected=meant))
    return named


def is_area(text: str) -> bool:
    """Whether a cell means an area."""
    try:
        return bool(area_named(text))
    except BeskplanError:
        return False


def codes_of(kinds: Iterable[Kind]) -> frozenset[str]:
    """Codes of all areas of some kinds, whenever they existed."""
    return frozenset(one.kode for kind in kinds for one in areas(kind))


def required_codes(kinds: Iterable[Kind], there: Collection[str]) -> frozenset[str]:
    """Codes of the areas of some kinds that a source must have, which has the areas `there`.

    An area that has ended or not begun may be lacking where all that stands in its place is there:
    sources go over from the one to the other when they like.
    """
    return frozenset(
        code
        for code in codes_of(kinds)
        if code in there or not (others := _instead(area(code))) or not others <= set(there)
    )


def _instead(one: Area) -> set[str]:
    heirs = {code for code in one.successors if area(code).kind == one.kind}
    return heirs | {other.kode for other in predecessors(one)}


def missing_areas(codes: Iterable[str], names: Iterable[str], where: str) -> list[Problem]:
    """A problem for each area that must be there and is not, with the source's nearest names."""
    there = tuple(names)
    problems = []
    for one in sorted(map(area, codes), key=lambda one: one.kode):
        near = nearest_of(one.navn, there)
        fix = f"har det fået nyt navn? Kilden har {near}" if near else "hent igen senere"
        problems.append(problem("no-area", where, f"'{one.navn}' ({one.kode})", fix=fix))
    return problems
