"""Names, dates and numbers against the registers: municipalities, the source, benefits, and the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from beskplan.audit.model import Outcome
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.rules.tables_meant import tables_for
from beskplan.audit.statements.amounts import REMEMBERED, amounts, times
from beskplan.audit.statements.names import area_mentions, row_ydelse, ydelse_mentions
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.audit.statements.vocabulary import has_number
from beskplan.core.danish import format_number, round_half_away
from beskplan.core.periods import date_text
from beskplan.observations.snapshot import Snapshot
from beskplan.registers.areas import area, joint_jobcentre, kommuner
from beskplan.registers.benefits import Benefit, register

_RE = patterns("registers")

# ------------------------------------------------------------------------------ names

_KNOWN_HERE = 2
"""A municipality named more often belongs in the plan."""


def names(plan: Plan) -> Iterator[Outcome]:
    """Judge the names of municipalities and of the source."""
    texts = [(sentence.text, sentence.place) for sentence in plan.sentences]
    texts += [
        (c, row.place) for grid in plan.document.grids for row in grid.rows for c in row.cells
    ]
    slips = [(word, right, place) for text, place in texts for word, right in _slips(text)]
    for word, right, place in {(w, p.line): (w, r, p) for w, r, p in reversed(slips)}.values():
        yield judge("kommunenavn", place, printed=word, right=right)
    for sentence in plan.sentences:
        for match in _RE["source"].finditer(sentence.text):
            right = "Jobindsats.dk"
            holds = match[0].casefold() == right.casefold()
            yield judge("kildenavn", sentence.place, holds=holds, printed=match[0], right=right)
    if plan.area is not None and plan.area.kind == "kommune":
        yield from _others(plan, plan.area.navn)


@lru_cache(REMEMBERED)
def _slips(text: str) -> tuple[tuple[str, str], ...]:
    """Every misspelt name of a text with the right one."""
    found: list[tuple[str, str]] = []
    for match in _RE["name"].finditer(text):
        starts = match.start() == 0 and " " in text and "-" not in match[0]
        cut = text[match.end() : match.end() + 1] == "-"
        words = () if starts or cut else match[0].split("-")
        found += [(word, right) for word in words if (right := _nearest(word))]
    return tuple(found)


@cache
def _known() -> dict[str, str]:
    """Every part of every municipality's name that is long enough to be recognised, in lower case."""
    parts = (p for one in kommuner() for name in (one.navn, *one.aliases) for p in name.split())
    return {p.casefold(): p for part in parts for p in part.split("-") if len(p) >= 6}


@cache
def _nearest(word: str) -> str | None:
    """The name that a word is a slip of; None where it is a name itself, or of nothing near."""
    bare = word.casefold().removesuffix("s")
    if (
        word.removesuffix("s") in _RE.words("real")
        or word.casefold() in _known()
        or bare in _known()
    ):
        return None
    for name, written in _known().items():
        # An inflected or compound form is no slip, but »Rudersdaler« is none of these.
        if bare == f"{name}er" or (not bare.startswith(name) and _is_one_slip(bare, name)):
            return written
    return None


def _is_one_slip(a: str, b: str) -> bool:
    """Whether one letter but the first is changed, added, dropped or swapped with its neighbour."""
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    rests = {(a[at + 1 :], b[at:]), (a[at:], b[at + 1 :]), (a[at + 1 :], b[at + 1 :])}
    swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    return at > 0 and (swapped or any(one == two for one, two in rests))


def _others(plan: Plan, name: str) -> Iterator[Outcome]:
    """Judge another municipality's name where the plan's own is meant."""
    following = (*plan.sentences[1:], None)
    for sentence, after in zip(plan.sentences, following, strict=False):
        yield from _acting(plan, sentence, name)
        foreign = _foreign(plan, sentence.text)
        if not foreign:
            continue
        goes_on = after and after.part == sentence.part and not area_mentions(after.text)
        numbers = amounts(sentence.text) or (amounts(after.text) if after and goes_on else ())
        for table, near in tables_for(plan, sentence):
            heads = " · ".join(column.label for column in table.columns)
            columns = {mention.key for mention in area_mentions(heads)}
            if near and not any(
                plan.row_of(table, k) or table.area == k or k in columns for k in foreign
            ):
                own = plan.row_of(table, plan.kode)
                rows = [own] if own and table.by_area else [] if table.by_area else table.rows
                printed = {cell.value for row in rows for cell in row.cells if cell is not None}
                for number in [n for n in numbers if n.value in printed and n.value > 9][:1]:
                    yield judge(
                        "anden-kommune", sentence, right=name, other=area(foreign[0]).navn,
                        number=number.text, own=area(plan.kode).genitiv, title=table.title,
                    )  # fmt: skip
    for table in plan.own_tables:
        foreign = [kode for kode in _foreign(plan, table.title) if plan.row_of(table, kode) is None]
        wrong = bool(foreign and plan.row_of(table, plan.kode))
        if wrong or table.by_area:
            yield judge(
                "anden-kommune", table.place, holds=not wrong, printed=table.title, right=name,
                case="i_titel", other=area(foreign[0]).navn if foreign else "",
            )  # fmt: skip


def _foreign(plan: Plan, text: str) -> list[str]:
    """Codes of the other municipalities that a text names; those of another joint jobcentre as that."""
    found = (mention.key for mention in area_mentions(text))
    kommuner = [
        k for k in found if k not in plan.joint and k.isdecimal() and area(k).kind == "kommune"
    ]
    centres = {k: one.kode for k in kommuner if (one := joint_jobcentre(area(k)))}
    both = list(centres.values())
    return [centres[k] if both.count(centres.get(k, "")) > 1 else k for k in kommuner]


def _acting(plan: Plan, sentence: Sentence, name: str) -> Iterator[Outcome]:
    """Another municipality that plans something in this one's plan."""
    for match in _RE["acts"].finditer(sentence.text):
        for kode in _foreign(plan, match["name"])[:1]:
            elsewhere = [
                s for s in plan.sentences if kode in {m.key for m in area_mentions(s.text)}
            ]
            if len(elsewhere) <= _KNOWN_HERE and not any(
                _RE["together"].search(s.text) for s in elsewhere
            ):
                yield judge(
                    "anden-kommune", sentence, right=name, case="handler", other=area(kode).navn,
                    own=area(plan.kode).genitiv,
                )  # fmt: skip


# ------------------------------------------------------------------------------ benefits


def benefits(plan: Plan) -> Iterator[Outcome]:
    """Judge the dates of benefits, and numbers from before or after a benefit was there."""
    dated = [s for s in plan.sentences if has_number(s.text) and _RE["new"].search(s.text)]
    marked = _marked(plan) if dated else {}
    for sentence in dated:
        named = [m.key for m in ydelse_mentions(sentence.text, plan.on)][:1]
        mark = _RE["note"].match(sentence.text)
        if not named and mark and sentence.kind == "note":
            named = marked.get(mark["mark"], [])
        known = [one for name in named if (one := register().benefits.get(name))]
        right = [date_text(day) for day in sorted({day for one in known for day in _days(one)})]
        days = [when for when in times(sentence.text) if 0 < when.day <= when.period.last_day.day]
        if not days or not right or sentence.is_quote:
            continue
        day = date_text(days[0].period.first_day.replace(day=days[0].day))
        label = " og ".join(one.name(plan.on) for one in known)
        yield judge(
            "lovdato", sentence, holds=day in right, right=" eller ".join(right), about=(label,),
            label=label, day=day, days=" og ".join(right),
        )  # fmt: skip
    yield from _outside(plan)


def _marked(plan: Plan) -> dict[str, list[str]]:
    """Benefits by the mark of the note that belongs to them: a star in a row head, a figure in the text."""
    found: dict[str, list[str]] = {}
    for row in (row for grid in plan.document.grids for row in grid.rows):
        mark = re.search(r"(\*+|[¹²³⁴⁵⁶⁷⁸⁹])$", row.cells[0].replace("\\", ""))
        if mark and (ydelse := row_ydelse(row.cells[0], plan.on)):
            found.setdefault(mark[1], []).append(ydelse)
    for sentence in plan.prose:
        mark = re.search(r"(?:[a-zæøå]|\.\))(\d)$", sentence.text.rstrip())
        if mark and (named := plan.ydelser(sentence)):
            found.setdefault(mark[1], []).append(named[0].key)
    return found


def _days(one: Benefit) -> set[date]:
    """The days on which a benefit, or a part of a sum of benefits, began or changed."""
    ids = {one.id, *one.parts}
    events = (e for e in register().events if ids & set(e.ydelser) and e.kind != "ended")
    days = [*(e.day for e in events), *(f.valid_from for f in one.forms), one.valid_from]
    return {day for day in days if day}


def _outside(plan: Plan) -> Iterator[Outcome]:
    shown = (one for table in plan.own_tables for one in table.numbers(table.levels))
    for row, column, cell in shown:
        one = register().benefits.get(row.key)
        if one is None or one.is_composite or not cell.value or column.period is None:
            continue
        early = one.valid_from is not None and column.period.last_day < one.valid_from
        late = one.valid_to is not None and column.period.first_day > one.valid_to
        if early or late:
            # A later law may have given the name to another benefit.
            then = register().benefits.get(row_ydelse(row.label, column.period.last_day))
            early = late = then is None or not then.covers(column.period.last_day)
        day = one.valid_from if early else one.valid_to
        yield judge(
            "ydelse-uden-for-tid", row.place, holds=not (early or late), about=(row.label,),
            printed=f"{row.label}, {column.label}: {cell.text}", case="foer" if early else "efter",
            right="en note om, hvad tallet dækker", name=one.name(plan.on).capitalize(),
            day=date_text(day) if day else "", head=column.period.text,
        )  # fmt: skip


# ------------------------------------------------------------------------------ data

_COUNTS = {
    "fuldtidspersoner": "fuldtidspersoner", "helårspersoner": "helaarspersoner", "personer": "personer",
}  # fmt: skip
_SHARES = {"arbejdsstyrken": "pct_af_arbejdsstyrken", "befolkningen": "pct_af_befolkningen"}
_REVISED = Decimal("0.03")
"""Sources revise back in time; a deviation above this part of the number is hardly a revision."""
_OF_A_BENEFIT = ("alle", "udenlandske_statsborgere")
"""Groups that are recipients of a benefit; a LAB target group is one by itself."""


@lru_cache(4)
def _by_key(snapshot: Snapshot) -> dict[tuple[str, ...], tuple[Decimal, bool]]:
    """Known values, and whether a plan published them, by indicator, benefit, group, area and period."""
    rows = snapshot.protected[snapshot.protected["state"] == "known"]
    columns = ("indicator", "ydelse", "group", "area", "period", "value", "source")
    return {
        (i, y if g in _OF_A_BENEFIT else "", g, a, p): (
            Decimal(str(v)), s.startswith("published:"),
        )
        for i, y, g, a, p, v, s in zip(*(rows[name].astype(str) for name in columns), strict=True)
    }  # fmt: skip


def against_data(plan: Plan) -> Iterator[Outcome]:
    """Judge every number of a table that the data have for the same benefit, area and period."""
    known = _by_key(plan.snapshot) if plan.snapshot else {}
    for table in plan.own_tables if known else ():
        for row, column, cell in table.numbers((*table.levels, *table.having("share"))):
            key = _key(plan, table, column, row)
            if key not in known:
                continue
            value, published = known[key]
            wanted = round_half_away(value, cell.decimals)
            if cell.value == wanted and published:
                continue  # our own copy of an adopted plan confirms nothing
            plan.mark(table, row, *([column.index] if cell.value == wanted else []))
            off = abs(cell.value - value) / value if value else Decimal(1)
            yield judge(
                "tal-mod-data", row.place, holds=cell.value == wanted, about=(row.label,),
                printed=f"{row.label}, {column.label}: {cell.text}",
                right=format_number(wanted, cell.decimals), cell=cell.text,
                case="trykt" if published else "stor" if off > _REVISED else "lille",
                data=plan.snapshot.text if plan.snapshot else "",
            )  # fmt: skip


def _key(plan: Plan, table: ReadTable, column: Column, row: Row) -> tuple[str, ...] | None:
    """The observation that a cell should be; None where the table does not tell."""
    unit = column.unit or table.unit
    indicator = _COUNTS.get(unit) if column.role == "level" else _SHARES.get(column.base)
    area_kode = row.key if row.kind == "area" else table.area or plan.kode
    subject = table.ydelse if row.kind == "area" else row.key if row.kind == "ydelse" else ""
    if row.total and row.kind == "group":
        subject = "jobcentrets_maalgrupper"
    group = "alle"
    if row.group:
        subject, group = "", f"lab_{row.group.replace('.', '_')}"
    elif "integrationsloven" in row.label.casefold():
        subject, group = "", "integrationsloven"
    elif "udenlandsk" in f"{table.title} {table.place.section}".casefold():
        group = "udenlandske_statsborgere"
    elif table.special and not table.long_term:
        return None
    if table.long_term:
        indicator = "personer_over_52_uger"
    named = subject or group != "alle"
    if indicator is None or not named or not area_kode or column.period is None:
        return None
    return indicator, subject, group, area_kode, column.period.code
