"""The register of areas: municipalities, regions, RAR, landsdele, Øst/Vest, the country.

Tables and sources name areas in many ways; everything here is keyed on the code, names are
resolved by `find`, and an area has the dates between which it exists. The facts stand in
`beskplan/data/areas/*.yaml` and are read once, at the first question.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.core.words import danish_key, genitive, slugify
from beskplan.registers.document import Document

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


FOLDER = Path(__file__).parents[1] / "data" / "areas"
"""The register's own files, part of the package."""


@dataclass(frozen=True, slots=True)
class CouncilPeriod:
    """A span of time in which the regional councils follow one kind of area."""

    kind: Kind
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Register:
    """All areas, found by code or by the slug of any of their names."""

    by_code: Mapping[str, Area]
    by_key: Mapping[str, Area]
    ordered: tuple[Area, ...]
    """In Danish order of the names."""
    councils: tuple[CouncilPeriod, ...]


@cache
def register() -> Register:
    """The register of the package, read at the first call."""
    return build_register(_read(FOLDER / "kommuner.yaml"), _read(FOLDER / "omraader.yaml"))


def build_register(kommuner: Mapping[str, Any], omraader: Mapping[str, Any]) -> Register:
    """Index the two files' contents.

    Raises:
        DataError: where two areas answer to the same name or code.
    """
    larger = {
        kode: _area(kode, kind, row)
        for kind in get_args(Kind)
        for kode, row in omraader.get(kind, {}).items()
    }
    # A landsdel lies in the half of the country that its region lies in.
    for kode, one in larger.items():
        if one.kind == "landsdel":
            larger[kode] = replace(one, oestvest=larger[one.region].oestvest)
    small = tuple(_kommuner(kommuner, larger))
    parts = _parts(small)
    whole = [
        replace(one, parts=parts[kode]) if kode in parts else one for kode, one in larger.items()
    ]
    ordered = tuple(sorted((*small, *whole), key=lambda one: danish_key(one.navn)))
    return Register(
        by_code={one.kode: one for one in ordered},
        by_key=_index(ordered),
        ordered=ordered,
        councils=tuple(
            CouncilPeriod(row["kind"], _days(row)["valid_from"] or date.min, _days(row)["valid_to"])
            for row in omraader["regional_councils"]
        ),
    )


def _read(path: Path) -> Mapping[str, Any]:
    document = Document.parse(path.read_text(encoding="utf-8"), path.name)
    if document.problems:
        raise DataError(document.problems)
    return document.values


def _kommuner(content: Mapping[str, Any], larger: Mapping[str, Area]) -> Iterator[Area]:
    forms: Mapping[str, Any] = content["forms"]
    for landsdel, names in content["landsdele"].items():
        place = larger[landsdel]
        for kode, navn in names.items():
            row = {
                "valid_from": content["valid_from"],
                "lang_navn": f"{navn} Kommune",
                "region": place.region,
                "landsdel": landsdel,
                "rar": place.rar,
                "oestvest": place.oestvest,
            }
            yield _area(kode, "kommune", {"navn": navn} | row | forms.get(kode, {}))


def _area(kode: str, kind: Kind, row: Mapping[str, Any]) -> Area:
    """One row of a file, with the forms that follow from the name where it is silent."""
    navn = row["navn"]
    lang_navn = row.get("lang_navn", navn)
    derived = {
        "slug": slugify(navn),
        "lang_navn": lang_navn,
        "stedsform": f"i {lang_navn}",
        "genitiv": genitive(navn),
    }
    lists = {key: tuple(row.get(key, ())) for key in ("parts", "aliases", "successors")}
    return Area(kode=kode, kind=kind, **(derived | dict(row) | _days(row) | lists))


def _days(row: Mapping[str, Any]) -> dict[str, date | None]:
    """The days of validity: a date, or its text as YAML has it."""
    days = {key: row.get(key) for key in ("valid_from", "valid_to")}
    return {
        key: date.fromisoformat(day) if isinstance(day, str) else day for key, day in days.items()
    }


def _parts(kommuner: Iterable[Area]) -> dict[str, tuple[str, ...]]:
    parts: dict[str, list[str]] = defaultdict(list)
    for kommune in sorted(kommuner, key=lambda one: one.kode):
        for kode in ("000", kommune.oestvest, kommune.region, kommune.rar, kommune.landsdel):
            parts[kode].append(kommune.kode)
    return {kode: tuple(codes) for kode, codes in parts.items()}


def spellings(one: Area) -> tuple[str, ...]:
    """All names that the area goes by: short, long, its council's, other."""
    short = (one.navn, *one.aliases)
    with_kommune = tuple(f"{name} Kommune" for name in short) if one.kind == "kommune" else ()
    council = (one.raad,) if one.raad is not None else ()
    return (*short, one.lang_navn, *with_kommune, *council)


def _index(areas: Iterable[Area]) -> dict[str, Area]:
    by_key: dict[str, Area] = {}
    problems = []
    for one in areas:
        for name in (one.kode, *spellings(one)):
            holder = by_key.setdefault(slugify(name), one)
            if holder.kode != one.kode:
                problems.append(
                    Problem(
                        where=f"{FOLDER.name}/: {one.kode}",
                        what="et navn, som et andet område har",
                        found=f"'{name}'",
                        expected=f"et navn, der ikke også er {holder.kode} ({holder.navn})",
                    )
                )
    if problems:
        raise DataError(problems)
    return by_key


_KINDS: dict[Kind, str] = {
    "kommune": "kommunen",
    "region": "regionen",
    "rar": "RAR-området",
    "landsdel": "landsdelen",
    "oestvest": "landshalvdelen",
    "land": "landet",
    "jobcenter": "det fælles jobcenter",
    "rest": "resten",
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
                what="koden findes ikke",
                found=f"'{kode}'",
                expected="tre cifre med deres nuller, eller en kode fra registret",
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
            what="intet regionalt råd den dag",
            found=f"{one.navn}, {on}",
            expected=f"en dag fra {min(period.valid_from for period in councils)}",
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
        expected = "en kommune, en region eller et andet område fra registret"
    elif kind == "kommune":
        expected = f"et af de {len(candidates)} navne i `beskplan list kommuner`"
    else:
        expected = f"en af {listed}"
    return Problem(
        where=where,
        what=f"{_KINDS[kind] if kind else 'området'} findes ikke",
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
        f"{word} {day}" for word, day in (("fra", one.valid_from), ("til", one.valid_to)) if day
    ]
    heirs = " og ".join(f"'{area(kode).navn}'" for kode in one.successors)
    ended = one.valid_to is not None and on > one.valid_to
    return Problem(
        where=where,
        what="området findes ikke den dag",
        found=f"'{one.navn}', {on}",
        expected=f"en dag {' '.join(days)}",
        fix=f"brug {heirs}" if ended and heirs else "",
    )
