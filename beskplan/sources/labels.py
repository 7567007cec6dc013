"""Labels of the sources, compared as people would: what is written differently is still the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from beskplan.core.errors import Problem, SourceError, nearest

_AGE_SPAN: Final = re.compile(r",?\s*16\s*[-–]\s*6[0-9]\s*år$")
"""End of the measures' labels in API v2, at times without the blank before it."""

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
        what: What is looked for, for the problem: "measure".

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
        found = f"{len(hits)} times '{names[0]}'"
        raise SourceError(Problem(where, f"several {what}s by this name", found))
    near = nearest_of(names[0], labels)
    raise SourceError(
        Problem(
            where,
            f"the source has no such {what}",
            f"'{names[0]}'",
            f"one of {', '.join(labels[:12])}{' …' if len(labels) > 12 else ''}",
            f"mente du {near}? Så føj navnet til planen" if near else "",
        )
    )


def nearest_of(name: str, names: Iterable[str], count: int = 3) -> str:
    """The nearest of `names`, quoted and joined with "or"; empty where none is near."""
    left = list(dict.fromkeys(names))
    near: list[str] = []
    while len(near) < count and (hit := nearest(name, left)):
        near.append(hit)
        left.remove(hit)
    return " or ".join(f"'{one}'" for one in near)
