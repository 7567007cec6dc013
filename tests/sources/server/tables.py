"""Tables that the local server gives: made-up ones, and real ones where the shared data is there."""

import csv
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from beskplan.registers.areas import areas, find, kommuner
from tests.conftest import cases

CASES = cases("tables")

Number = int | float | None
Cell = Callable[[str, str, str, str], "Number | str"]
"""Area, period, value of the dimension, measure -> a number, None where withheld, MISSING."""

MISSING: Final = "missing"
"""No row at all."""

A02: Final = {
    "Antal personer": 0,
    "Antal fuldtidspersoner": 0,
    "Fuldtidspersoner i pct. af arbejdsstyrken": 1,
    "Fuldtidspersoner i pct. af befolkningen": 1,
}
LAND: Final = "Hele landet"


def months(last: str, count: int) -> tuple[str, ...]:
    """`count` month ids up to `last`, newest first, as Jobindsats lists them."""
    year, month = int(last[:4]), int(last[5:])
    ids = []
    for _ in range(count):
        ids.append(f"{year}M{month:02d}")
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return tuple(ids)


def made_up(area: str, period: str, value: str, measure: str) -> Number | str:
    """A number that is always the same for the same cell; small counts withheld, a few rows gone."""
    digest = hashlib.sha256(f"{area}|{period}|{value}|{measure}".encode()).digest()
    count = int.from_bytes(digest[:2], "big") % 900
    if area == "Samsø" and period.endswith("M03"):
        return MISSING
    if area == "Læsø" and "Antal" in measure:
        return None
    if area == LAND:
        count += 90_000
    if "pct." in measure or "Andel" in measure:
        return round(count % 90 / 10 + 0.1, 1)
    return count + 3


@dataclass
class JobindsatsTable:
    """A table of Jobindsats: periods newest first; one dimension besides the areas, or none."""

    id: str
    periods: tuple[str, ...]
    measures: Mapping[str, int] = field(default_factory=lambda: dict(A02))
    hierarchy: str = ""
    dimension: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    """Names by path, the total `/` first."""
    cell: Cell = made_up
    update_latest: str | None = "2026-08-14"
    kommuner: tuple[str, ...] = tuple(one.navn for one in kommuner())
    regions: bool = True
    title: str = ""
    period_type: str = "M"

    @property
    def area_hierarchies(self) -> dict[str, dict[str, str]]:
        """Names by path, by hierarchy."""
        land = {"/": LAND}
        kommune = {f"/{n}/": name for n, name in enumerate(self.kommuner, start=1)}
        hierarchies = {"_nykom": land | kommune | {"/999/": "Uoplyst område"}, "_hele_landet": land}
        if self.regions:
            names = [one.navn for one in (*areas("region", on=TODAY), *areas("rar"))]
            hierarchies["_reko"] = land | {f"/r{n}/": name for n, name in enumerate(names)}
        return hierarchies


TODAY: Final = date(2026, 8, 14)
"""The sources of these tests do not know Region Østdanmark yet."""
VISITATION: Final = CASES["visitation"]
LEDIGE: Final = {"/": "Ydelsesgrupper i alt", "/2/": "A-dagpenge", "/3/": "Kontanthjælp"}
LEDIGE_MEASURES: Final = {
    "Antal ledige personer": 0,
    "Antal ledige fuldtidspersoner": 0,
    "Ledige fuldtidspersoner i pct. af arbejdsstyrken": 1,
}
EFTERLOEN: Final = {
    "Antal personer på efterløn": 0,
    "Antal personer med udbetalt efterløn": 0,
    "Antal fuldtidspersoner med udbetalt efterløn": 0,
}
"""The measures of y28a02 as recorded on 18 August 2026 (domain.md §1)."""
TIMER: Final = {
    "Antal personer i alt": 0,
    "Antal personer med ordinære timer": 0,
    "Andel personer med ordinære timer": 1,
}
GRUPPER: Final = {
    "/": "Ydelsesgrupper i alt",
    "/4/": "Jobafklaringsforløb",
    "/5/": "Ressourceforløb",
}
_BOTH: Final = "Forventet og faktisk antal fuldtidspersoner på offentlig forsørgelse"
BENCHMARK: Final = {
    f"{_BOTH}: Forventet antal": 0,
    f"{_BOTH}: Faktisk antal": 0,
    "Placering på benchmarkranglisten": 0,
}
PLAIN_TABLES: Final = (
    "y01a02", "y04a02", "y07a02", "y08a02", "y09a02", "y10a02", "y11a02", "y12a02",
    "y40a02", "ptv_a02", "y36a02", "y38a02", "y35a02",
)  # fmt: skip


def made_up_tables(count: int = 6) -> dict[str, JobindsatsTable]:
    """Every table of the default plan, with `count` months."""
    periods = months("2026M07", count)
    tables = [JobindsatsTable(one, periods) for one in PLAIN_TABLES]
    tables.append(JobindsatsTable("y28a02", periods, EFTERLOEN))
    tables.append(JobindsatsTable("y60a02", periods, A02, "_viskat_1int", "_viskat", VISITATION))
    tables.append(JobindsatsTable("y25i01", periods, LEDIGE_MEASURES, "_ygrpi09", "_ygrp", LEDIGE))
    of_year = {"Antal langtidsledige personer": 0, "Antal langtidsledige fuldtidspersoner": 0}
    title = "Antal langtidsledige"
    tables.append(
        JobindsatsTable("y25i09", periods, of_year, "_ygrpi09", "_ygrp", LEDIGE, title=title)
    )
    title = "Antal og andel ydelsesmodtagere med ordinære timer"
    tables.append(JobindsatsTable("y60j01", periods, TIMER, title=title))
    tables.append(
        JobindsatsTable("otij01", periods, TIMER, "_ygrp_j01", "_ygrp", GRUPPER, title=title)
    )
    half_years = ("2026QMAT02", "2025QMAT04", "2025QMAT02")
    title = "Forventet og faktisk antal og andel fuldtidspersoner på offentlig forsørgelse"
    tables.append(JobindsatsTable("y30r21", half_years, BENCHMARK, title=title, period_type="QMAT"))
    return {one.id: one for one in tables}


def consistent_tables() -> dict[str, JobindsatsTable]:
    """Every table of the default plan, 14 months, with numbers that can stand beside each other.

    No part is more than its whole, and all shares are of one workforce and one population.
    """
    tables = made_up_tables(14)
    for one in tables.values():
        one.cell = _consistent(one.id, one.values)
    return tables


def _consistent(table: str, values: Mapping[str, str]) -> Cell:
    parts = [name for path, name in values.items() if path != "/"]

    def cell(area: str, period: str, value: str, measure: str) -> Number | str:
        people = _people(area)
        if value not in parts and parts:
            count = sum(_level(table, people, area, period, one) for one in parts)
        else:
            count = _level(table, people, area, period, value)
        if "Forventet" in measure.rpartition(": ")[2]:
            count += people // 20
        if "pct." in measure:
            return round(100 * count / (people * (100 if "arbejdsstyrken" in measure else 150)), 1)
        return (
            9.5
            if "Andel" in measure
            else count + (count // 9 if "Antal personer" in measure else 0)
        )

    return cell


@cache
def _people(area: str) -> int:
    return size(find(area).kode)


def _level(table: str, people: int, *key: str) -> int:
    """Recipients: all benefits together are many times one, the unemployed some of its recipients."""
    digest = hashlib.sha256("|".join((table, *key)).encode()).digest()
    times = {"ptv_a02": 40, "y25i01": 0.2, "y25i09": 0.04}.get(table, 1)
    return int(times * people) + int.from_bytes(digest[:2], "big") % max(4, people // 20)


def real_tables(shared: Path) -> dict[str, JobindsatsTable]:
    """y60a02 and y25i01 with the real figures of 98 municipalities and 60 months."""
    merged = _wide(shared / "data/jobindsats/y60a02_kommuner.csv")
    ledige = _wide(shared / "data/jobindsats/y25i01_kommuner.csv")
    columns = {
        "Ydelsesgrupper i alt": (
            "Ledige fuldtidspersoner i alt",
            "Ledige i pct. af arbejdsstyrken",
        ),
        "A-dagpenge": (
            "Ledige på a-dagpenge (fuldtidspersoner)",
            "A-dagpenge i pct. af arbejdsstyrken",
        ),
        "Kontanthjælp": (
            "Ledige på kontanthjælp (fuldtidspersoner)",
            "Kontanthjælp i pct. af arbejdsstyrken",
        ),
    }

    def of_ledige(area: str, period: str, value: str, measure: str) -> Number | str:
        return _real(ledige, area, period, columns[value]["pct." in measure])

    def of_merged(area: str, period: str, _value: str, measure: str) -> Number | str:
        return _real(merged, area, period, measure)

    periods = tuple(sorted({period for _, period in merged}, reverse=True))
    measures = {name: LEDIGE_MEASURES[name] for name in list(LEDIGE_MEASURES)[1:]}
    y60 = JobindsatsTable("y60a02", periods, A02, cell=of_merged, regions=False)
    y25 = JobindsatsTable(
        "y25i01", periods, measures, "_ygrpi09", "_ygrp", LEDIGE, of_ledige, regions=False
    )
    return {"y60a02": y60, "y25i01": y25}


def _wide(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {(row["Område"], row["Periode"]): row for row in csv.DictReader(stream)}


def _real(
    rows: Mapping[tuple[str, str], Mapping[str, str]], area: str, period: str, column: str
) -> Number | str:
    row = rows.get((area, period))
    if row is None:
        return MISSING
    if row[column] == "":
        return None
    return float(row[column]) if "." in row[column] else int(row[column])


@dataclass
class BankTable:
    """A table of StatBank."""

    id: str
    text: str
    variables: Mapping[str, Mapping[str, str]]
    """Label by value id, by variable; the last one is `Tid`."""
    fixed: tuple[str, ...] = ()
    """Variables that are not summed where they are left out."""
    decimals: int = 0
    updated: str = "2026-08-11T08:00:00"
    active: bool = True
    marks: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """What stands instead of a number, by the ids of the values."""
    times: int | None = None
    """Counts are at least so many times the size of their area; None: the same for all areas."""

    def cell(self, key: tuple[str, ...]) -> str:
        """The value of a cell, as the CSV writes it."""
        if key in self.marks:
            return self.marks[key]
        number = int.from_bytes(hashlib.sha256("|".join(key).encode()).digest()[:2], "big")
        if self.times is not None:
            # A part is never more than its whole: half of each number is the same for all.
            whole = self.id == "AUK01" and key[1] in ("TOT", "TOTUSU")
            times = 20 if whole else 2 if key[1].startswith("TOT") else 1
            half = size(key[0]) // 2
            return str(self.times * times * half + number % half)
        return f"{number % 90}.{number % 10}" if self.decimals else str(number + 3)


def size(kode: str) -> int:
    """How large an area is made: a benefit has half as many to as many recipients there."""
    smallest = dict.fromkeys(("825", "563", "741", "492"), 60)
    return {"000": 60_000, **smallest}.get(kode, 12_000 if kode.startswith("08") else 700)


YDELSESTYPER: Final = {
    "TOT": "I alt", "TOTUSU": "I alt uden SU-modtagere", "SU": "SU-modtagere",
    "TOTLE": "Nettoledige i alt", "DP": "Nettoledige dagpengemodtagere",
    "KT": "Nettoledige kontanthjælpsmodtagere", "FD": "Feriedagpenge",
    "TOTVO": "Vejledning og opkvalificering i alt", "TOTSB": "Støttet beskæftigelse i alt",
    "LT": "Løntilskud", "FL": "Fleksjob", "SK": "Skånejob", "TOTAN": "Barselsdagpenge mv. i alt",
    "TOTTB": "Tilbagetrækning i alt", "FP": "Førtidspension", "EL": "Efterløn",
    "SP": "Seniorpension", "TP": "Tidlig pension", "TOTYD": "Øvrige ydelsesmodtagere i alt",
    "KH": "Kontanthjælp", "IN": "Integrationsydelse", "RE": "Revalideringsydelse i øvrigt",
    "LY": "Ledighedsydelse", "SY": "Sygedagpenge mv.", "RES": "Ressourceforløb",
    "JA": "Jobafklaringsforløb",
    **{f"U{n:02}": f"Anden ydelse {n}" for n in range(1, 16)},
}  # fmt: skip
"""The 41 values of AUK01, by id. What is not known of them (domain.md §2) is filled up with others."""


# Of AULK01, AUF01 and AULK04: titles, variables and labels as a public description of StatBank's tables
# has them (docs/fact/arbejde_og_indkomst/beskæftigelse_og_arbejdsløshed/arbejdsløse/{auf01,aul01,aulk04}.md
# of github.com/josca42/varro_dst; aul01.md says that AULK01, which took its place, is built alike).
FULDTIDSLEDIGE: Final = {
    "TOT": "Bruttoledige", "LDP": "Nettoledige dagpengemodtagere",
    "LKT": "Nettoledige kontanthjælpsmodtagere", "ADP": "Aktiverede dagpengeberettigede",
    "AKT": "Aktiverede kontanthjælpsmodtagere (arbejdsmarkedsparate)",
}  # fmt: skip
AKASSER: Final = {
    "TOT": "I alt",
    "05": "Børne- og Ungdomspædagoger (BUPL-A)",
    "45": "Ikke forsikrede",
}


def recorded_auk01(shared: Path) -> BankTable:
    """AUK01 from 2007 on with the recorded numbers of the net unemployed on kontanthjælp."""
    path = shared / "data/statbank/AUK01_kontanthjaelp_kvartal_kommuner_en.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    table = bank_tables()["AUK01"]
    tid = {one["TID"].replace("Q", "K"): one["TID"] for one in rows}
    table.variables = {**table.variables, "Tid": {one: one for one in sorted(tid)}}
    table.marks = {
        (find(one["OMRÅDE"]).kode, "KT", one["TID"].replace("Q", "K")): one["INDHOLD"]
        for one in rows
    }
    return table


def bank_tables() -> dict[str, BankTable]:
    """The tables of the default plan."""
    people = [*areas("land"), *areas("region", on=TODAY), *areas("kommune")]
    omraade = {one.kode: one.navn for one in people}
    koen = {"TOT": "I alt", "M": "Mænd", "K": "Kvinder"}
    alder = {"TOT": "Alder i alt", "16-24": "16-24 år"}
    aarstrin = {"IALT": "Alder i alt", **{str(one): f"{one} år" for one in range(126)}}
    aar = {str(one): str(one) for one in range(2018, 2026)}
    kvartal = {one: one for year in (2024, 2025) for n in range(1, 5) if (one := f"{year}K{n}")}
    maaned = {one: one for one in reversed(months("2026M07", 14))}
    endelig = {one: one for one in reversed(months("2026M05", 20))}
    nyeste = {one: one for one in reversed(months("2026M07", 20))}
    enhed = {"1": "Langtidsledige (antal)", "2": "Langtidledige i procent af arbejdsstyrken"}
    tables = (
        BankTable(
            "RAS400", "Arbejdsstyrken", {"OMRÅDE": omraade, "KØN": koen, "Tid": aar}, times=100
        ),
        BankTable(
            "FOLK1A",
            "Befolkningen",
            {"OMRÅDE": omraade, "KØN": koen, "ALDER": aarstrin, "Tid": kvartal},
            times=4,
        ),
        BankTable(
            "AUK01",
            "Offentligt forsørgede",
            {
                "OMRÅDE": omraade,
                "YDELSESTYPE": YDELSESTYPER,
                "KØN": koen,
                "ALDER": alder,
                "Tid": kvartal,
            },
            fixed=("YDELSESTYPE",),
            times=1,
        ),
        BankTable(
            "AULK04",
            "Langtidsledige",
            {"OMRÅDE": omraade, "ENHED": enhed, "ALDER": alder, "KØN": koen, "Tid": maaned},
            fixed=("ENHED",),
        ),
        *(
            BankTable(
                table,
                text,
                {
                    "OMRÅDE": omraade,
                    "YDELSESTYPE": FULDTIDSLEDIGE,
                    "AKASSE": AKASSER,
                    "ALDER": alder,
                    "KØN": koen,
                    "Tid": tid,
                },
                fixed=("YDELSESTYPE",),
                times=1,
            )
            for table, text, tid in (
                ("AULK01", "Fuldtidsledige", endelig),
                ("AUF01", "Fuldtidsledige (foreløbig opgørelse)", nyeste),
            )
        ),
        BankTable(
            "AUP02",
            "Fuldtidsledige i pct.",
            {"OMRÅDE": omraade, "ALDER": alder, "KØN": koen, "Tid": maaned},
            decimals=1,
            marks={("825", "2026M07"): "..", ("563", "2026M07"): "."},
        ),
    )
    return {one.id: one for one in tables}
