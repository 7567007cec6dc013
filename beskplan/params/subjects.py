"""Whom a plan year's parameters are about: a municipality, or the region of a regional overview."""

from __future__ import annotations

from beskplan.core.errors import Problem, UnknownNameError, did_you_mean
from beskplan.registers.areas import Area, Kind, areas, find

KINDS: tuple[Kind, ...] = ("kommune", "rar", "region")
"""The kinds of area that a folder under params/ may be named after."""


def subject(name: str) -> Area:
    """The municipality or region with this name, code or slug.

    Raises:
        UnknownNameError: there is none, or it is an area of another kind; names the nearest. Also
            for a number, as `papermill -p kommune 230` gives it: codes have their zeros.
    """
    if not isinstance(name, str):
        raise UnknownNameError(
            Problem(
                where="kommune",
                what="kommunen er ikke en tekst",
                found=f"{name!r} ({type(name).__name__})",
                expected="kommunens navn, eller dens kode i anførselstegn",
                fix=f"papermill: -r kommune {name} i stedet for -p",
            )
        )
    names = [one.navn for kind in KINDS for one in areas(kind)]
    fix = did_you_mean(name, names)
    try:
        if (hit := find(name)).kind in KINDS:
            return hit
    except UnknownNameError as error:
        # Of a number: the code that was meant.
        fix = error.problems[0].fix if name.strip().isdecimal() else fix
    raise UnknownNameError(
        Problem(
            where="kommune",
            what="den kommune eller region findes ikke",
            found=repr(name),
            expected="et af de 98 navne i `beskplan list kommuner`, eller en region som RAR Fyn",
            fix=fix,
        )
    )
