"""What a report reads, one number at a time, and what is new in it since an earlier edition.

Each reading is recorded and left behind for the build: the key of a report covers the rows that it has read.
Approved editions lie under `reports/.godkendte/`, each with its rows. What is compared with is the newest
one since which anything is new: the report that lies in place and was just approved is never its own past,
so an approval changes no report, and only other rows do.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from beskplan.blocks.model import Source
from beskplan.blocks.text.language import in_period
from beskplan.core.danish import format_number, list_danish
from beskplan.core.editions import approved_editions, by_end, refuse_damaged
from beskplan.core.files import sha256_json
from beskplan.core.periods import Period, date_text
from beskplan.indicators.quantities import Quantity
from beskplan.observations import published
from beskplan.observations.contract import Key
from beskplan.observations.snapshot import Snapshot, reader_text
from beskplan.registers.areas import Area
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.registers.provenance import PUBLISHED, source_name, source_text
from beskplan.report.shared_blocks import small

ROWS_VARIABLE = "BESKPLAN_ROWS"
"""Environment variable that names the file to which each reading is added, as a line of JSON.

A variable, as the notebook's cells may run in another process than the build.
"""


def row_digest(row: Mapping[str, Any] | None) -> str | None:
    """Hash of what a report can tell of a row; None where there is no row.

    The day of retrieval is not part of it: the same number fetched again is the same number.
    """
    if row is None:
        return None
    return sha256_json(
        [row["value"], row["decimals"], row["state"], row["source"], row["table_id"]]
    )


def leave_behind(key: Key, row: Mapping[str, Any] | None, digest: str | None) -> None:
    """Add one reading to the build's file, if there is a build that asks for it."""
    path = os.environ.get(ROWS_VARIABLE)
    if not path:
        return
    number = row and row["state"] in ("known", "calculated")
    entry = [*key, digest, row["value"] if row and number else None, row and row["decimals"]]
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(file, (json.dumps(entry, ensure_ascii=False) + "\n").encode())
    finally:
        os.close(file)


@contextmanager
def recorded(path: Path) -> Iterator[None]:
    """Have every reading of what runs inside, in this process or in one that it starts, added to a file.

    The file is there afterwards, empty where nothing was read.
    """
    path.touch()
    before = os.environ.get(ROWS_VARIABLE)
    os.environ[ROWS_VARIABLE] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ROWS_VARIABLE]
        else:
            os.environ[ROWS_VARIABLE] = before


class ReportData:
    """The rows of a snapshot that one report has asked for.

    Every reading is recorded, also one that found nothing: `rows_hash` changes when, and only when,
    something that the report read has changed.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._read: dict[Key, str | None] = {}

    def quantity(
        self, indicator: str, ydelse: str, area: str, period: Period, group: str = ALL
    ) -> Quantity:
        """One number; state `absent` where the snapshot has no row for it."""
        return self.read((indicator, ydelse, group, area, period.code))

    def read(self, key: Key) -> Quantity:
        """The number with this key; state `absent` where the snapshot has no row for it.

        What would give a withheld number away is withheld already: no report protects by itself.
        """
        row = self.snapshot.rows_by_area.get(key[3], {}).get(key)
        if key not in self._read:
            self._read[key] = row_digest(row)
            leave_behind(key, row, self._read[key])
        if row is None:
            spec = INDICATORS[key[0]]
            return Quantity(None, spec.decimals, spec.unit, "absent", ("read", *key))
        value = Decimal(repr(row["value"])) if row["state"] in ("known", "calculated") else None
        return Quantity(value, row["decimals"], row["unit"], row["state"], ("read", *key))

    @property
    def readings(self) -> dict[Key, Quantity]:
        """All that was read so far."""
        return {key: self.read(key) for key in tuple(self._read)}

    def sources(self, keys: Iterable[Key] | None = None) -> tuple[Source, ...]:
        """The sources of the rows read (or of `keys`), each text once, with tables and lines."""
        found: dict[str, dict[str, set[str]]] = {}
        for key in self._read if keys is None else keys:
            row = self.snapshot.rows_by_area.get(key[3], {}).get(key)
            if row is not None:
                text = self._text(row["source"], row["table_id"], row["retrieved_at"])
                found.setdefault(text, {}).setdefault(row["table_id"], set()).add(row["reference"])
        return tuple(
            Source(
                text=text,
                reference="; ".join(dict.fromkeys(_places(*one) for one in sorted(tables.items()))),
            )
            for text, tables in sorted(found.items())
        )

    @property
    def text(self) -> str:
        """Which data the rows read so far are, and of which date: a noun phrase for readers."""
        found = (self.snapshot.rows_by_area.get(key[3], {}).get(key) for key in self._read)
        origins = {(row["source"], row["table_id"], row["retrieved_at"]) for row in found if row}
        return reader_text(origins, self.snapshot.titles)

    def _text(self, source: str, table_id: str, retrieved_at: str) -> str:
        if source.startswith(PUBLISHED):
            plan = published.document(source.removeprefix(PUBLISHED))
            system = published.system(table_id)
            return f"{system}, som trykt i {plan.title}" if system else plan.without_source
        title = self.snapshot.titles.get((source, table_id), "")
        return source_text(source, table_id, retrieved_at, title)

    def older(self) -> Iterator[str]:
        """Say which of Jobindsats's months were retrieved before the newest that were read.

        A table that could not be fetched keeps its older numbers, which may have been revised since.
        Quarters and years come more rarely, and are not looked at.
        """
        newest: dict[str, str] = {}
        names: dict[str, dict[str, None]] = {}
        for indicator, ydelse, group, kode, period in self._read:
            row = self.snapshot.rows_by_area.get(kode, {}).get(
                (indicator, ydelse, group, kode, period)
            )
            if row is None or row["source"] != "jobindsats" or Period.parse(period).kind != "M":
                continue
            table, day = row["table_id"], row["retrieved_at"][:10]
            newest[table] = max(day, newest.get(table, day))
            name = (
                benefit(ydelse).name(Period.parse(period).last_day) if ydelse != ALL else "tallene"
            )
            names.setdefault(table, {})[name] = None
        last = max(newest.values(), default="")
        for day in sorted({*newest.values()} - {last}):
            told = [
                f"{list_danish(list(names[table]))} ({table})"
                for table, one in newest.items()
                if one == day
            ]
            yield (
                f"Tallene er ikke hentet samme dag: {list_danish(told)} er hentet {_day(day)} og kan være "
                f"ændret siden. De nyeste er hentet {_day(last)}."
            )

    def printed_change(self, key: Key) -> published.PublishedCell | None:
        """The change that the plan printed beside the level `key`, to compare our own with.

        None where the level is not of a plan's table, or stands there without a change.
        """
        row = self.snapshot.rows_by_area.get(key[3], {}).get(key)
        if row is None or not row["source"].startswith(PUBLISHED):
            return None
        return published.derived(row["table_id"]).get(key[1:4])

    def systems(self, keys: Iterable[Key]) -> tuple[str, ...]:
        """Which systems the rows of `keys` were counted in, as readers know them, each once."""
        rows = (self.snapshot.rows_by_area.get(key[3], {}).get(key) for key in keys)
        return tuple(dict.fromkeys(_system(row["source"], row["table_id"]) for row in rows if row))

    @property
    def rows_hash(self) -> str:
        """Hash of all readings: keys, and what was found."""
        return sha256_json(sorted(self._read.items()))


def _system(source: str, table_id: str) -> str:
    if source.startswith(PUBLISHED):
        return published.system(table_id)
    return source_name(source).partition(",")[0]


def _day(day: str) -> str:
    return date_text(date.fromisoformat(day))


def _places(table_id: str, places: set[str]) -> str:
    if table_id in published.table_ids():
        return published.document(published.cells(table_id)[0].document).place
    if any(place.startswith("linje ") for place in places):
        return ""  # of a file: no reader can look there
    # Of a table that was fetched: its measures, without the ids of the values that were asked for, and
    # without the reason of a sum of our own.
    firsts = {place.partition(";")[0] for place in places if not place.startswith("beregnet:")}
    return list_danish(sorted(first for first in firsts if first and "=" not in first))


@dataclass(frozen=True)
class Told:
    """What an earlier edition read of a number.

    Attributes:
        is_row: Whether the source had a row of it.
        value: None where it was withheld or absent.
        decimals: As printed.
    """

    is_row: bool
    value: Decimal | None
    decimals: int

    def differs(self, now: Quantity) -> bool:
        """Whether the source has another number today, or another word."""
        if self.value is None or not now.is_number:
            return (
                self.is_row != (now.state != "absent") or (self.value is not None) != now.is_number
            )
        return self.value != now.exact


def read_rows(path: Path) -> dict[Key, Told]:
    """Read what a report has read, by key (`report.rows` writes it).

    Raises:
        DataError: the file is damaged.
    """
    found: dict[Key, Told] = {}
    with refuse_damaged(path):
        for line in path.read_text(encoding="utf-8").splitlines():
            *key, digest, value, decimals = json.loads(line)
            number = None if value is None else Decimal(repr(value))
            found[tuple(key)] = Told(digest is not None, number, decimals or 0)
    return found


def news_since(reports: Path, job: str, own: Area, now: Mapping[Key, Quantity]) -> tuple[str, ...]:
    """Tell what is new since the newest approved edition with other numbers; nothing where there is none.

    Args:
        reports: The folder of the reports.
        job: The report's id.
        own: The municipality.
        now: All that the report has read.

    Missing: a number that is withheld today is not told from the earlier edition either.
    """
    for rows, data in approved_editions(reports, job):
        if lines := tuple(_lines(read_rows(rows), own, now)):
            return (f"Der er sammenlignet med den godkendte udgave med {small(data)}.", *lines)
    return ()


def _lines(then: Mapping[Key, Told], own: Area, now: Mapping[Key, Quantity]) -> Iterator[str]:
    """New periods and revised numbers; or that the count is another."""
    there = [key for key, number in now.items() if number.state != "absent"]
    before = _newest((key for key, told in then.items() if told.is_row), own)
    latest = _newest(there, own)
    if before and latest and not before.keys() & latest.keys():
        new, old = (list_danish([_name(one) for one in each]) for each in (latest, before))
        yield f"Tallene er opgjort på en anden måde ({new}, før {old}) og kan ikke sammenlignes."
        return
    later = [
        f"{_name(name)} til og med {at.text} (før {before[name].text})"
        for name, at in latest.items()
        if name in before and by_end(before[name]) < by_end(at)
    ]
    if later:
        yield f"Nye perioder: {list_danish(later)}."
    differ = [
        key for key, told in then.items() if told.is_row and key in now and told.differs(now[key])
    ]
    revised = [key for key in differ if then[key].value is not None and now[key].is_number]
    if revised:
        them = "dem" if revised[1:] else "det"
        yield (
            f"{format_number(len(revised))} af tallene er ændret, fordi kilden har revideret {them}."
            f"{_most(revised, then, own, now)}"
        )
    if come := sum(then[key].value is None and now[key].is_number for key in differ):
        yield f"{format_number(come)} tal, som manglede, er kommet til."
    if gone := sum(then[key].value is not None and not now[key].is_number for key in differ):
        yield f"{format_number(gone)} tal, som var oplyst, oplyses ikke længere."


def _newest(keys: Iterable[Key], own: Area) -> dict[str, Period]:
    """The municipality's newest period of each indicator."""
    found: dict[str, Period] = {}
    for name, _, _, area, code in keys:
        if area == own.kode:
            period = Period.parse(code)
            found[name] = max(period, found.get(name, period), key=by_end)
    return found


def _name(indicator: str) -> str:
    return small(INDICATORS[indicator].name)


def _most(
    revised: Iterable[Key], then: Mapping[Key, Told], own: Area, now: Mapping[Key, Quantity]
) -> str:
    """The municipality's own number on a benefit that was revised most; empty where there is none."""
    sizes = {
        key: abs(now[key].exact - (then[key].value or 0))
        for key in revised
        if key[1] != ALL and key[2:4] == (ALL, own.kode) and INDICATORS[key[0]].adds_over_ydelser
    }
    if not sizes:
        return ""
    key = max(sizes, key=lambda one: (sizes[one], one))
    at, was = Period.parse(key[4]), then[key]
    return (
        f" Mest er {benefit(key[1]).antal(at.first_day)} {own.stedsform} {in_period(at)} ændret: fra "
        f"{format_number(was.value or 0, was.decimals)} til {now[key].text()}."
    )
