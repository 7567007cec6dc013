"""Dates and lifetimes of benefits against the register."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from beskplan.audit.model import Agreed, Finding, Outcome, Place
from beskplan.audit.statements.names import row_ydelse, ydelse_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.times import When, times
from beskplan.audit.statements.vocabulary import has_number, quotes_another
from beskplan.core.periods import date_text
from beskplan.registers.benefits import Benefit, register

_NEW = Scan(
    r"\b(?:ny(?:e|t)?\s+(?:lovgivning|ordning|ydelse|lov)|indført|trådte i kraft"
    r"|skiftede\b[^.]{0,40}?\bnavn)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(r"^\s*\\?(?P<mark>\*+|\d{1,2}|[¹²³⁴⁵⁶⁷⁸⁹])\s*(?=\S)")


def law_dates(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `lovdato` says."""
    for text, place, names in _dated(plan):
        days = [day for when in times(text) if (day := _day(when)) is not None]
        known = [one for one in (_benefit(name) for name in names) if one is not None]
        if not days or not known:
            continue
        right = sorted({day for one in known for day in _days(one)})
        if not right:
            continue
        if days[0] in right:
            yield Agreed("lovdato", place, date_text(days[0]))
            continue
        label = " og ".join(one.name(plan.on) for one in known)
        yield Finding(
            "lovdato", "contradiction", "sandsynlig", place, text,
            " eller ".join(date_text(d) for d in right),
            f"Teksten daterer {label} til {date_text(days[0])}. Registret over ydelser har "
            f"{' og '.join(date_text(d) for d in right)}.", (label,),
        )  # fmt: skip


def _day(when: When) -> date | None:
    """The day that a text names; None where it names none, or one that no calendar has."""
    try:
        return date(when.period.year, when.period.index, when.day)
    except ValueError:
        return None


def _dated(plan: Plan) -> Iterator[tuple[str, Place, list[str]]]:
    """Each text that may say when something was new, and the benefits that it is about."""
    told = [s for s in plan.sentences if has_number(s.text) and _NEW.search(s.text)]
    marked = _marked(plan) if told else {}
    for sentence in told:
        if quotes_another(sentence.text):
            continue
        named = [m.key for m in ydelse_mentions(sentence.text, plan.on)][:1]
        mark = _NOTE.match(sentence.text)
        if not named and mark and sentence.kind == "note":
            named = marked.get(mark["mark"], [])
        yield sentence.text, sentence.place, named


def _marked(plan: Plan) -> dict[str, list[str]]:
    """Benefits by the mark of the note that belongs to them: a star in a row head, a figure in the text."""
    found: dict[str, list[str]] = {}
    for grid in plan.document.grids:
        for row in grid.rows:
            mark = re.search(r"(\*+|[¹²³⁴⁵⁶⁷⁸⁹])$", row.cells[0].replace("\\", ""))
            ydelse = row_ydelse(row.cells[0], plan.on)
            if mark and ydelse:
                found.setdefault(mark[1], []).append(ydelse)
    for sentence in plan.prose:
        mark = re.search(r"(?:[a-zæøå]|\.\))(\d)$", sentence.text.rstrip())
        named = ydelse_mentions(sentence.text, plan.on)
        if mark and named:
            found.setdefault(mark[1], []).append(named[0].key)
    return found


def _benefit(ydelse: str) -> Benefit | None:
    return register().benefits.get(ydelse)


def _days(one: Benefit) -> list[date]:
    """The days on which a benefit, or a part of a sum of benefits, began or changed."""
    ids = {one.id, *one.parts}
    days = [
        event.day
        for event in register().events
        if ids & set(event.ydelser) and event.kind != "ended"
    ]
    days += [forms.valid_from for forms in one.forms if forms.valid_from]
    return days + ([one.valid_from] if one.valid_from else [])


def outside_its_days(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `ydelse-uden-for-tid` says."""
    for table in plan.own_tables:
        for column in table.levels:
            for row in table.rows:
                cell = row.cells[column.index]
                one = _benefit(row.key) if row.kind == "ydelse" else None
                if (
                    one is None
                    or one.is_composite
                    or cell is None
                    or not cell.value
                    or column.period is None
                ):
                    continue
                first, last = column.period.first_day, column.period.last_day
                early = one.valid_from is not None and last < one.valid_from
                late = one.valid_to is not None and first > one.valid_to
                if not (early or late):
                    yield Agreed("ydelse-uden-for-tid", row.place, row.label)
                    continue
                day = one.valid_from if early else one.valid_to
                word = "blev indført" if early else "ophørte"
                yield Finding(
                    "ydelse-uden-for-tid", "doubt", "mulig" if early else "sandsynlig", row.place,
                    f"{row.label}, {column.label}: {cell.text}", "en note om, hvad tallet dækker",
                    f"{one.name(plan.on).capitalize()} {word} {date_text(day) if day else ''}. "
                    "Tallet for "
                    f"{column.label} må dække noget andet eller være kildens opgørelse tilbage i tid.",
                    (row.label,),
                )  # fmt: skip
