"""What is new in the numbers of a Bilag since the edition of it that was approved last with others.

Approved editions lie under `reports/.godkendte/`, each with the rows that it read. What is compared with
is the newest one since which anything is new: the report that lies in place and was just approved is never
its own past, so an approval changes no report, and only other rows do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from beskplan.blocks.text.language import in_period
from beskplan.core.editions import approved_editions, by_end, refuse_damaged
from beskplan.core.numbers import format_number
from beskplan.core.periods import Period
from beskplan.core.words import list_danish
from beskplan.indicators.quantities import Quantity
from beskplan.observations.contract import Key
from beskplan.registers.areas import Area
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.shared_blocks import small


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
