"""Questions to the register: which area is this, which areas does it belong to."""

from __future__ import annotations

from datetime import date

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.registers.areas.loading import register, spellings
from beskplan.registers.areas.model import Area, Kind, covers
from beskplan.registers.areas.names import slugify

_KINDS: dict[Kind, str] = {
    "kommune": "municipality",
    "region": "region",
    "rar": "RAR",
    "landsdel": "landsdel",
    "oestvest": "half of the country",
    "land": "country",
    "jobcenter": "joint jobcentre",
    "rest": "remainder",
}


def area(kode: str) -> Area:
    """The area with exactly this code, such as "230", "084", "000" or "rar-hovedstaden".

    Raises:
        UnknownNameError: where there is none; zeros count ("84" is no code).
    """
    by_code = register().by_code
    if kode not in by_code:
        padded = kode.zfill(3)
        words = [known for known in by_code if not known.isdecimal()]
        raise UnknownNameError(
            Problem(
                where="area",
                what="no such code",
                found=f"'{kode}'",
                expected="three digits with their zeros, or a code of the register",
                # The digits next to a wrong number are another place, not the one meant.
                fix=did_you_mean(padded, [padded] if padded in by_code else words),
            )
        )
    return by_code[kode]


def areas(kind: Kind | None = None, *, on: date | None = None) -> tuple[Area, ...]:
    """The areas of a kind that exist on a day, in Danish order; None asks for all."""
    return tuple(
        one
        for one in register().ordered
        if (kind is None or one.kind == kind) and (on is None or one.is_valid(on))
    )


def kommuner() -> tuple[Area, ...]:
    """The 98 municipalities in Danish order: Albertslund first, Aarhus last."""
    return areas("kommune")


def find(
    name: str, *, kind: Kind | None = None, on: date | None = None, where: str = "area"
) -> Area:
    """The area that a name, alias, slug or code means.

    Letter case, hyphens, spaces and the spellings å/aa, ø/oe, æ/ae do not count. No two areas
    have a name in common: "Bornholm" is the municipality, beside RAR and Landsdel Bornholm.

    Args:
        name: As a person or a source wrote it.
        kind: Only this kind will do.
        on: The area must exist on this day; None: validity is not asked.
        where: What the error names as the place, such as "params/rudersdal/2021.yaml: kommune".

    Raises:
        UnknownNameError: where nothing fits, with the nearest name; or the area has ended or
            not begun on that day, with its successors.
    """
    try:
        hit = register().by_key.get(slugify(name))
    except DataError:  # not one letter or digit in it
        hit = None
    if hit is None or (kind is not None and hit.kind != kind):
        raise UnknownNameError(_unknown(name, kind, where))
    if on is not None and not hit.is_valid(on):
        raise UnknownNameError(_out_of_date(hit, on, where))
    return hit


def regional_council(kommune: Area | str, on: date) -> Area:
    """The area of the municipality's regional council on a day; its name is `Area.raad`.

    To the end of 2024 a RAR, afterwards the region: its council covers the region, and that is
    the area the sources count. Ask once per report: a year-on-year change wants one area.

    Raises:
        UnknownNameError: where `kommune` is none, or on a day before 2015.
    """
    one = _kommune(kommune)
    councils = register().councils
    for period in councils:
        if covers(period.valid_from, period.valid_to, on):
            return area({"rar": one.rar, "region": one.region}[period.kind])
    raise UnknownNameError(
        Problem(
            where="regional council",
            what="no regional council on that day",
            found=f"{one.navn} on {on}",
            expected=f"a day from {min(period.valid_from for period in councils)}",
        )
    )


def oestvest(kommune: Area | str) -> Area:
    """Østdanmark or Vestdanmark, whichever holds the municipality.

    Raises:
        UnknownNameError: where `kommune` is none.
    """
    return area(_kommune(kommune).oestvest)


def joint_jobcentre(kommune: Area | str, *, on: date | None = None) -> Area | None:
    """The jobcentre that the municipality shares with another, or None.

    Its percentages come from the summed numerator and denominator of `parts`.

    Args:
        kommune: The municipality.
        on: The centre must be joint on this day; None: whenever.

    Raises:
        UnknownNameError: where `kommune` is none.
    """
    kode = _kommune(kommune).kode
    return next((one for one in areas("jobcenter", on=on) if kode in one.parts), None)


def _kommune(kommune: Area | str) -> Area:
    return find(kommune if isinstance(kommune, str) else kommune.kode, kind="kommune")


def _unknown(name: str, kind: Kind | None, where: str) -> Problem:
    candidates = areas(kind)
    listed = ", ".join(one.navn for one in candidates)
    if kind is None:
        expected = "a municipality, region or other area of the register"
    elif kind == "kommune":
        expected = f"one of the {len(candidates)} names of `beskplan list kommuner`"
    else:
        expected = f"one of {listed}"
    return Problem(
        where=where,
        what=f"no such {_KINDS[kind] if kind else 'area'}",
        found=f"'{name}'",
        expected=expected,
        fix=_meant_code(name)
        or did_you_mean(name, (spelling for one in candidates for spelling in spellings(one))),
    )


def _meant_code(name: str) -> str:
    """The code that a number with zeros too few or too many was meant to be."""
    digits = name.strip()
    code = digits.lstrip("0").zfill(3)
    known = register().by_code
    return (
        f"mente du '{code}' ({known[code].navn})?" if digits.isdecimal() and code in known else ""
    )


def _out_of_date(one: Area, on: date, where: str) -> Problem:
    days = [
        f"{word} {day}" for word, day in (("from", one.valid_from), ("to", one.valid_to)) if day
    ]
    heirs = " and ".join(f"'{area(kode).navn}'" for kode in one.successors)
    ended = one.valid_to is not None and on > one.valid_to
    return Problem(
        where=where,
        what="the area does not exist on that day",
        found=f"'{one.navn}' on {on}",
        expected=f"a day {' '.join(days)}",
        fix=f"use {heirs}" if ended and heirs else "",
    )
