"""The register of areas: municipalities, regions, RAR, landsdele, Øst/Vest, the country.

Tables and sources name areas in many ways; everything here is keyed on the code, names are
resolved by `find`, and an area has the dates between which it exists. The facts stand in
`beskplan/data/areas/*.yaml` and are read once, at the first question; what must hold between them
is held by `tests/unit/test_registers.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal, get_args

from beskplan.core import errors
from beskplan.core.danish import danish_key, genitive, list_danish, slugify
from beskplan.core.periods import date_text
from beskplan.registers.document import ROOM, Document, problem
from beskplan.registers.reading import covers, data_text

Kind = Literal["kommune", "region", "rar", "landsdel", "oestvest", "land", "jobcenter", "rest"]
"""What sort of area; `rest` is a row of a source that belongs to no municipality."""


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
    """Code of the region of 2007-2026 that holds the whole area (municipalities, landsdele); else empty.
    `in_force` tells which it is on a day."""
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


@dataclass(frozen=True, slots=True)
class Register:
    """All areas, found by code or by the slug of any of their names."""

    by_code: Mapping[str, Area]
    """In Danish order of the names."""
    by_key: Mapping[str, Area]
    councils: Mapping[Kind, tuple[date | None, date | None]]
    """The kind of area that the regional councils follow, with its first and last day."""
    jobcentre_duty: tuple[date | None, date | None]
    """First and last day on which every municipality must have a jobcentre."""


@cache
def register() -> Register:
    """The register of the package, read at the first call."""
    names = ("areas/kommuner.yaml", "areas/omraader.yaml")
    kommuner, omraader = (Document.parse(data_text(name), name).values for name in names)
    return build_register(kommuner, omraader)


def build_register(kommuner: Mapping[str, Any], omraader: Mapping[str, Any]) -> Register:
    """Index the two files' contents."""
    larger = {
        kode: _area(kode, kind, row)
        for kind in get_args(Kind)
        for kode, row in omraader.get(kind, {}).items()
    }
    # A landsdel lies in the half of the country that its region lies in.
    for kode, one in larger.items():
        if one.kind == "landsdel":
            larger[kode] = replace(one, oestvest=larger[one.region].oestvest)
    small = list(_kommuner(kommuner, larger))
    for one in sorted(small, key=lambda kommune: kommune.kode):
        for kode in ("000", one.oestvest, one.region, one.rar, one.landsdel):
            larger[kode] = replace(larger[kode], parts=(*larger[kode].parts, one.kode))
    # A region that others become holds their municipalities.
    for one in [whole for whole in larger.values() if whole.kind == "region"]:
        for kode in one.successors:
            larger[kode] = replace(larger[kode], parts=(*larger[kode].parts, *one.parts))
    ordered = sorted((*small, *larger.values()), key=lambda one: danish_key(one.navn))
    return Register(
        by_code={one.kode: one for one in ordered},
        by_key={slugify(name): one for one in ordered for name in (one.kode, *spellings(one))},
        councils={row["kind"]: _days(row) for row in omraader["regional_councils"]},
        jobcentre_duty=_days(omraader["jobcentre_duty"]),
    )


def _kommuner(content: Mapping[str, Any], larger: Mapping[str, Area]) -> Iterator[Area]:
    for landsdel, names in content["landsdele"].items():
        whole = larger[landsdel]
        for kode, navn in names.items():
            row = {
                "navn": navn,
                "valid_from": content["valid_from"],
                "lang_navn": f"{navn} Kommune",
                "region": whole.region,
                "landsdel": landsdel,
                "rar": whole.rar,
                "oestvest": whole.oestvest,
            }
            yield _area(kode, "kommune", row | content["forms"].get(kode, {}))


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
    days = dict(zip(("valid_from", "valid_to"), _days(row), strict=True))
    return Area(kode=kode, kind=kind, **(derived | dict(row) | days | lists))


def _days(row: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """First and last day of a row; None is an open end."""
    first, last = (row.get(key) for key in ("valid_from", "valid_to"))
    return first and date.fromisoformat(first), last and date.fromisoformat(last)


def spellings(one: Area) -> tuple[str, ...]:
    """All names that the area goes by: short, long, its council's, other."""
    short = (one.navn, *one.aliases)
    with_kommune = tuple(f"{name} Kommune" for name in short) if one.kind == "kommune" else ()
    council = (one.raad,) if one.raad is not None else ()
    return (*short, one.lang_navn, *with_kommune, *council)


def area(kode: str) -> Area:
    """The area with exactly this code, such as "230", "084", "000" or "rar-hovedstaden".

    Raises:
        UnknownNameError: where there is none; zeros count ("84" is no code).
    """
    by_code = register().by_code
    if kode not in by_code:
        padded = kode.zfill(3)
        words = [known for known in by_code if not known.isdecimal()]
        # The digits next to a wrong number are another place, not the one meant.
        fix = errors.did_you_mean(padded, [padded] if padded in by_code else words)
        raise errors.UnknownNameError(problem("no-code", "area", f"'{kode}'", fix=fix))
    return by_code[kode]


def areas(kind: Kind | None = None, *, on: date | None = None) -> tuple[Area, ...]:
    """The areas of a kind that exist on a day, in Danish order; None asks for all."""
    return tuple(
        one
        for one in register().by_code.values()
        if (kind is None or one.kind == kind) and (on is None or one.is_valid(on))
    )


def kommuner() -> tuple[Area, ...]:
    """The 98 municipalities in Danish order: Albertslund first, Aarhus last."""
    return areas("kommune")


def find(name: str, *, kind: Kind | None = None, where: str = "area") -> Area:
    """The area that a name, alias, slug or code means.

    Letter case, hyphens, spaces and the spellings å/aa, ø/oe, æ/ae do not count. No two areas
    have a name in common: "Bornholm" is the municipality, beside RAR and Landsdel Bornholm.

    Args:
        name: As a person or a source wrote it.
        kind: Only this kind will do.
        where: What the error names as the place, such as "params/rudersdal/2021.yaml: kommune".

    Raises:
        UnknownNameError: where nothing fits, with the nearest name.
    """
    hit = known(name)
    if hit is None or (kind is not None and hit.kind != kind):
        raise errors.UnknownNameError(_unknown(name, kind, where))
    return hit


def known(name: str) -> Area | None:
    """The area that a name, alias, slug or code means, as `find` reads it; None where it means none."""
    try:
        return register().by_key.get(slugify(name))
    except errors.DataError:  # not one letter or digit in it
        return None


def regional_council(kommune: Area | str, on: date) -> Area:
    """The area of the municipality's regional council on a day; its name is `Area.raad`.

    To the end of 2024 a RAR, afterwards the region: its council covers the region, and that is
    the area the sources count. Ask once per report: a year-on-year change wants one area.

    Raises:
        UnknownNameError: where `kommune` is none, or on a day before 2015.
    """
    one = _kommune(kommune)
    councils = register().councils
    for kind, days in councils.items():
        if covers(*days, on):
            return in_force(area({"rar": one.rar, "region": one.region}[kind]), on)
    expected = f"en dag fra {min(first or date.max for first, _ in councils.values())}"
    raise errors.UnknownNameError(
        problem("no-council", "regional council", f"{one.navn}, {on}", expected=expected)
    )


def in_force(one: Area, on: date) -> Area:
    """The area itself, or what it has become on a day where that is one area; else itself."""
    if one.valid_to is None or on <= one.valid_to or len(one.successors) != 1:
        return one
    return in_force(area(one.successors[0]), on)


def ended_note(one: Area) -> str:
    """`RAR Hovedstaden ophørte 31. december 2024 og er afløst af Region Hovedstaden.`."""
    if one.valid_to is None:
        raise ValueError(f"{one.navn} has not ended")
    return f"{one.navn} ophørte {date_text(one.valid_to)} og er afløst af {_heirs(one)}."


def ending_note(areas: Sequence[Area]) -> str:
    """What readers of a later year must know of numbers from before the areas ended, all on one day."""
    if (last := areas[0].valid_to) is None:
        raise ValueError(f"{areas[0].navn} does not end")
    names = list_danish([one.navn for one in areas])
    # In the present tense: a page of the year that comes is read before the day and after it.
    return (
        f"Den {date_text(last + timedelta(days=1))} afløses {names} af {_heirs(areas[0])}. "
        f"Tallene her er fra før den dag og gælder {names}."
    )


def merger_note(one: Area) -> str:
    """Which areas became this one, and whom numbers from before are of; empty: it is no merger."""
    if not (merged := predecessors(one)) or one.valid_from is None:
        return ""
    names = list_danish([other.navn for other in merged])
    return (
        f"{one.navn} dannes {date_text(one.valid_from)} af {names}. Tal fra før den dato er for de "
        "samme kommuner."
    )


def _heirs(one: Area) -> str:
    return " og ".join(area(kode).navn for kode in one.successors)


def predecessors(one: Area) -> tuple[Area, ...]:
    """The areas of the same kind that became this one, all of them whole; empty: it is no merger."""
    return tuple(other for other in areas(one.kind) if one.kode in other.successors)


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


def must_have_jobcentre(on: date) -> bool:
    """Tell whether the law says that a municipality has a jobcentre; after that it is "kommunen"."""
    return covers(*register().jobcentre_duty, on)


def _kommune(kommune: Area | str) -> Area:
    return find(kommune if isinstance(kommune, str) else kommune.kode, kind="kommune")


def _unknown(name: str, kind: Kind | None, where: str) -> errors.Problem:
    candidates = areas(kind)
    listed = ", ".join(one.navn for one in candidates)
    if kind is None:
        expected = "en kommune, en region eller et andet område fra registret"
    elif kind == "kommune":
        expected = f"et af de {len(candidates)} navne i `beskplan list kommuner`"
    else:
        expected = f"en af {listed}"
    # An alias, such as a source's English name, is understood and never suggested.
    names = {
        text: one.navn if text in one.aliases else text
        for one in candidates
        for text in spellings(one)
    }
    near = f"mente du '{names[hit]}'?" if (hit := errors.nearest(name, names)) else ""
    noun, fix = (
        errors.refusals(ROOM)["area-kinds"].get(kind or "", "området"),
        _meant_code(name) or near,
    )
    return problem("no-area", where, f"'{name}'", kind=noun, expected=expected, fix=fix)


def _meant_code(name: str) -> str:
    """The code that a number with zeros too few or too many was meant to be."""
    digits = name.strip()
    code = digits.lstrip("0").zfill(3)
    known = register().by_code
    return (
        f"mente du '{code}' ({known[code].navn})?" if digits.isdecimal() and code in known else ""
    )
