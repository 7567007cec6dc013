"""Grids of texts understood as tables: which column is a level, a change or a share, and of what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.model import Place, Unread
from beskplan.audit.statements.amounts import PCT, REMEMBERED, Amount, cell_amount
from beskplan.audit.statements.names import group_names, row_area, row_ydelse, ydelse_mentions
from beskplan.audit.statements.rotation import CHANGE, one_head, turned
from beskplan.audit.statements.times import SPAN, times
from beskplan.audit.statements.vocabulary import has_number
from beskplan.core.periods import Period, year_

Role = Literal["level", "change", "change_pct", "share", "other"]

_PCT = re.compile(r"pct|%|procent(?!point)|andel", re.IGNORECASE)
_BASE = re.compile(
    r"\baf (?:den |de )?(arb\w*\.? ?styrken|arbejdsstyrken|befolkningen|[a-zæøå]+)", re.IGNORECASE
)
_TOTAL = re.compile(r"^(?:i alt|total|samlet|sum|ialt|hele gruppen)\b|\bi alt\*?$", re.IGNORECASE)
_PART = re.compile(r"^(?:\W*\s*)?(?:heraf|deraf|herunder)\b|^[-–]\s", re.IGNORECASE)
_LAB = re.compile(r"^(?:LAB\s*)?(?:§\s*)?(?P<nr>[26]\.[0-9]{1,2})\s+(?P<rest>.+)$")
_UNITS = (
    "fuldtidspersoner", "helårspersoner", "håp", "kontaktforløb", "forløb", "personer", "uger", "ledige",
    "borgere",
)  # fmt: skip
EXACT_UNITS = frozenset({"personer", "forløb", "kontaktforløb", "borgere", "ledige"})
"""Whole things are counted: the printed number is the number. Full-time persons are rounded."""
MISSING = ("fortroligt", "ikke opgjort", "-", "–", "..", ".", "", "x", "n/a")
SHORT_UNITS = {"håp": "helårspersoner", "kontaktforløb": "forløb"}


@dataclass(frozen=True, eq=False)
class Column:
    """What a column holds; `span` are the two periods of a change."""

    index: int
    label: str
    role: Role
    unit: str = ""
    period: Period | None = None
    span: tuple[Period, Period] | None = None
    base: str = ""


@dataclass(frozen=True, eq=False)
class Row:
    """One row: whom or what it is about, and its numbers by column (None where there is none)."""

    label: str
    key: str
    """Code of an area, id of a benefit, or the label in lower case."""
    kind: Literal["area", "ydelse", "group"]
    cells: tuple[Amount | None, ...]
    place: Place
    total: bool = False
    part: bool = False
    """Whether it is said to be a part of another row ("heraf")."""
    names: tuple[str, ...] = ()
    """What a text may call it, in lower case."""
    group: str = ""
    """Number of the LAB target group that it is about: `2.14`."""


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A table whose columns and rows are understood."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unit: str
    ydelse: str
    """Id of the benefit that the whole table is about, or empty."""
    area: str
    """Code of the area that the whole table is about, or empty."""
    place: Place
    part: int
    derived: bool = False
    special: bool = False
    """Whether it is about a part of the benefit's recipients only."""
    long_term: bool = False
    """Whether it counts those who have been there for 52 weeks or more."""

    @cached_property
    def levels(self) -> tuple[Column, ...]:
        """The columns of levels in order."""
        return self.having("level")

    @cached_property
    def _by_role(self) -> dict[str, tuple[Column, ...]]:
        roles = {column.role for column in self.columns}
        return {role: tuple(c for c in self.columns if c.role == role) for role in roles}

    def having(self, role: Role) -> tuple[Column, ...]:
        """The columns of a role in order."""
        return self._by_role.get(role, ())

    @cached_property
    def by_area(self) -> bool:
        """Whether its rows are areas."""
        return any(row.kind == "area" for row in self.rows)

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """The rows by what they are about."""
        return {row.key: row for row in self.rows}

    @cached_property
    def areas(self) -> frozenset[str]:
        """Codes of the areas that have a row."""
        return frozenset(row.key for row in self.rows if row.kind == "area")

    @cached_property
    def ydelser(self) -> frozenset[str]:
        """Ids of the benefits that the whole table or a row is about."""
        return frozenset({self.ydelse, *(row.key for row in self.rows if row.kind == "ydelse")})

    @cached_property
    def groups(self) -> tuple[Row, ...]:
        """The rows that are neither an area nor a benefit: a text may name them only by their heads."""
        return tuple(row for row in self.rows if row.kind == "group")

    def is_exact(self, column: Column) -> bool:
        """Whether a column counts whole things."""
        return (column.unit or self.unit) in EXACT_UNITS

    def level_pair(self, column: Column) -> tuple[Column, Column] | None:
        """The two columns of levels that a column of changes is about."""
        levels = self.levels
        if column.span:
            by_period = {level.period: level for level in levels if level.period}
            first, last = by_period.get(column.span[0]), by_period.get(column.span[1])
            if first and last:
                return first, last
        earlier = [level for level in levels if level.index < column.index] or list(levels)
        return (earlier[0], earlier[-1]) if len(earlier) >= 2 else None


def read_table(grid: Grid, part: int, on: date) -> tuple[ReadTable | None, list[Unread]]:
    """The table in a grid, and the cells and rows that cannot be read.

    Returns None for the table where it holds no numbers at all (a table of words).
    """
    grid = turned(one_head(grid))
    head, body = grid.rows[0], grid.rows[1:]
    if not any(_is_number(cell) for row in grid.rows for cell in row.cells[1:]):
        return None, []
    if re.search(r"\bindhold", f"{grid.title} {grid.place.section}", re.IGNORECASE):
        return None, []
    if not body or sum(_is_number(cell) for cell in head.cells[1:]) > len(head.cells) / 2:
        return None, [Unread(grid.place, " | ".join(head.cells), "tabellen har intet hoved")]
    unit = _table_unit(grid)
    columns = tuple(_columns(grid, head, body, unit))
    rows: list[Row] = []
    unread: list[Unread] = []
    for row in body:
        if len(row.cells) != len(head.cells):
            if any(_is_number(cell) for cell in row.cells):
                reason = f"rækken har {len(row.cells)} celler, hovedet {len(head.cells)}"
                unread.append(Unread(row.place, " | ".join(row.cells), reason))
            continue
        rows.append(_row(row, on))
        unread += _unread_cells(row, columns)
    if not rows:
        return None, unread
    return _table(grid, part, on, columns, tuple(rows)), unread


def _table(
    grid: Grid, part: int, on: date, columns: tuple[Column, ...], rows: tuple[Row, ...]
) -> ReadTable:
    unit = _table_unit(grid)
    named = ydelse_mentions(grid.title, on) or ydelse_mentions(grid.place.section, on)
    ydelse = named[0].key if named and all(row.kind != "ydelse" for row in rows) else ""
    if len({mention.key for mention in named}) > 1:
        ydelse = "+".join(sorted({mention.key for mention in named}))
    heads = f"{grid.title} {grid.rows[0].cells[0]}"
    special = bool(re.search(r"udenlandsk|unge|\d+\+? ?uger|52\+", heads))
    place = re.search(r"\bi (?:hele )?([A-ZÆØÅ][\w-]+(?: [A-ZÆØÅ][\w-]+)*) [Kk]ommune", grid.title)
    area = row_area(place[1]) if place else None
    kode = area.kode if area else ""
    counted = [column.unit for column in columns if column.role == "level" and column.unit]
    return ReadTable(
        grid.title,
        columns,
        rows,
        unit or (counted[0] if counted else ""),
        ydelse,
        kode,
        grid.place,
        part,
        grid.derived,
        special,
        bool(re.search(r"52\+? ?uger|\+52|52\+", heads)),
    )


def _columns(grid: Grid, head: GridRow, body: tuple[GridRow, ...], unit: str) -> Iterator[Column]:
    last_level: Period | None = None
    for index, label in enumerate(head.cells[1:], start=1):
        own = grid.units[index] if index < len(grid.units) else ""
        texts = [row.cells[index] for row in body if index < len(row.cells)]
        column = _column(index, label, own, texts, unit)
        if column.role == "level":
            last_level = column.period or last_level
        elif column.role == "share" and column.period is None:
            column = Column(index, label, "share", PCT, last_level, None, column.base)
        yield column


def _column(index: int, label: str, own_unit: str, texts: list[str], unit: str) -> Column:
    named = [when.period for when in times(label)]
    words = f"{label} {own_unit}"
    percent = bool(_PCT.search(words)) or any(text.rstrip().endswith("%") for text in texts)
    if not any(_is_number(text) for text in texts):
        return Column(index, label, "other")
    if CHANGE.search(label):
        span = (named[0], named[1]) if len(named) == 2 else _years(label)
        role: Role = "change_pct" if percent else "change"
        if "procentpoint" in words.casefold():
            role = "other"
        return Column(index, label, role, PCT if percent else _unit(own_unit) or unit, None, span)
    if percent:
        base = _BASE.search(words)
        period = named[-1] if named else None
        return Column(index, label, "share", PCT, period, None, _base(base[1]) if base else "")
    period = named[-1] if named else None
    is_level = bool(named) or "antal" in label.casefold() or bool(_unit(words))
    return Column(index, label, "level" if is_level else "other", _unit(words) or unit, period)


def _years(label: str) -> tuple[Period, Period] | None:
    span = SPAN.search(label)
    return (year_(int(span["a"])), year_(int(span["b"]))) if span else None


def _base(word: str) -> str:
    folded = word.casefold()
    return "arbejdsstyrken" if folded.startswith("arb") else folded


def _table_unit(grid: Grid) -> str:
    return _unit(grid.unit) or _unit(grid.rows[0].cells[0]) or _unit(grid.title)


@lru_cache(REMEMBERED)
def _unit(text: str) -> str:
    folded = re.sub(r"\d+\+? uger|kontaktf.rl.b", _counted, text.casefold())
    if re.search(r"\bpersoner i \w*forløb", folded):
        return "personer"
    found = next((unit for unit in _UNITS if re.search(rf"\b\w*{unit}\b", folded)), "")
    return SHORT_UNITS.get(found, found)


def _counted(match: re.Match[str]) -> str:
    """»52+ uger« says how long, not what is counted; a converter writes kontaktforløb its own way."""
    return "" if match[0].endswith("uger") else "kontaktforløb"


def _row(row: GridRow, on: date) -> Row:
    label = re.sub(r"\\?\*+$|[¹²³⁴⁵⁶⁷⁸⁹]+$|\s*\[note \d+\]$", "", row.cells[0]).strip()
    cells = (None, *(cell_amount(cell) for cell in row.cells[1:]))
    total, part = bool(_TOTAL.search(label)), bool(_PART.match(label))
    lab = _LAB.match(label)
    if lab:
        known = group_names().get(lab["nr"], "")
        names = tuple(dict.fromkeys(_called(known) + _called(lab["rest"].casefold())))
        return Row(
            label,
            known or lab["rest"].casefold(),
            "group",
            cells,
            row.place,
            names=names,
            group=lab["nr"],
        )
    if area := None if total else row_area(label):
        return Row(label, area.kode, "area", cells, row.place, names=(label.casefold(),))
    if (ydelse := row_ydelse(label, on)) and not total:
        return Row(label, ydelse, "ydelse", cells, row.place, part=part, names=(label.casefold(),))
    bare = re.sub(r"\s*\([^)]*\)$", "", label).casefold()
    names = tuple(dict.fromkeys(name for name in (label.casefold(), bare) if name))
    return Row(label, label.casefold(), "group", cells, row.place, total, part, names)


def _called(label: str) -> tuple[str, ...]:
    """What texts call a target group: `jobparate på kontanthjælp`, `jobparate kontanthjælpsmodtagere`."""
    recipients = re.sub(r" på (kontanthjælp|uddannelseshjælp)$", r" \1smodtagere", label)
    bare = re.sub(r"^(?:borgere|personer|person) (?:i|omfattet af) ", "", label)
    singular = re.sub(r"modtagere?$", "", label) if label.startswith("sygedagpenge") else ""
    short = "jobafklaring" if "jobafklaring" in label else ""
    return tuple(name for name in (label, recipients, bare, singular, short) if len(name) > 4)


def _unread_cells(row: GridRow, columns: tuple[Column, ...]) -> Iterator[Unread]:
    for column in columns:
        text = row.cells[column.index]
        if column.role == "other" or text.casefold() in MISSING or cell_amount(text) is not None:
            continue
        if has_number(text):
            place = Place(row.place.page, row.place.line, row.place.section, row.place.table)
            reason = f"tallet i kolonnen »{column.label}« kan ikke læses entydigt"
            yield Unread(place, f"{row.cells[0]}: {text}", reason)


def _is_number(text: str) -> bool:
    return cell_amount(text) is not None and not re.fullmatch(r"(?:19|20)\d\d", text.strip())


def change_pct(before: Decimal, now: Decimal) -> Decimal | None:
    """(now / before - 1) x 100; None where there is nothing to be in per cent of."""
    return (now / before - 1) * 100 if before else None
