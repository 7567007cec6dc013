"""The area files as one indexed register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from beskplan.core.errors import DataError, Problem
from beskplan.registers.areas.model import Area, Kind
from beskplan.registers.areas.names import danish_key, genitive, slugify
from beskplan.registers.document import Document

FOLDER = Path(__file__).parents[2] / "data" / "areas"
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
                        what="a name that another area has",
                        found=f"'{name}'",
                        expected=f"a name that does not mean {holder.kode} ({holder.navn}) too",
                    )
                )
    if problems:
        raise DataError(problems)
    return by_key
