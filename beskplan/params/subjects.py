"""Whom a plan year's parameters are about: a municipality, or the region of a regional overview."""

from __future__ import annotations

from beskplan.core.errors import Problem, UnknownNameError, did_you_mean
from beskplan.registers.areas import Area, Kind, areas, find

KINDS: tuple[Kind, ...] = ("kommune", "rar", "region")
"""The kinds of area that a folder under params/ may be named after."""


def subject(name: str) -> Area:
    """The municipality or region with this name, code or slug.

    Raises:
        UnknownNameError: there is none, or it is an area of another kind; names the nearest.
    """
    hit = _any(name)
    if hit is not None and hit.kind in KINDS:
        return hit
    names = [one.navn for kind in KINDS for one in areas(kind)]
    raise UnknownNameError(
        Problem(
            where="kommune",
            what="no such municipality or region",
            found=repr(name),
            expected="one of the 98 names of `beskplan list kommuner`, or a region such as RAR Fyn",
            fix=did_you_mean(name, names),
        )
    )


def _any(name: str) -> Area | None:
    try:
        return find(name)
    except UnknownNameError:
        return None
