"""Grids of texts understood as tables: which column is a level, a change or a share, and of what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.model import Place, Unread
from beskplan.audit.statements.amounts import PCT, REMEMBERED, Amount, cell_amount
from beskplan.audit.statements.arithmetic import (
    CHANGE,
    Formula,
    Layout,
    Relation,
    faults,
    formulas,
    relations,
)
from beskplan.audit.statements.names import group_names, row_area, row_ydelse, ydelse_mentions
from beskplan.audit.statements.rotation import one_head, row_periods, turned, with_labels
from beskplan.audit.statements.times import SPAN, times
from beskplan.audit.statements.vocabulary import has_number, is_of_a_part
from beskplan.core.numbers import round_half_away
from beskplan.core.periods import Period, year_

Role = Literal["level", "change", "change_pct", "share", "other"]

_PCT = re.compile(r"pct|%|procent(?!point)|andel", re.IGNORECASE)
_BASE = re.compile(
    r"\baf (?:den |de )?(arb\w*\.? ?styrken|arbejdsstyrken|befolkningen|[a-zæøå]+)", re.IGNORECASE
)
_TOTAL = re.compile(
    r"^(?:i alt|ialt|total|samlet|sum|alle|hele gruppen)\b|\bi ?alt\*?$|^netto", re.IGNORECASE
)
_PART = re.compile(r"^(?:\W*\s*)?(?:heraf|deraf|herunder)\b|^[-–]\s", re.IGNORECASE)
_LAB = re.compile(r"^(?:LAB\s*)?(?:§\s*)?(?P<nr>[26]\.[0-9]{1,2})\s+(?P<rest>.+)$")
_UNITS = (
    "fuldtidspersoner", "helårspersoner", "håp", "kontaktforløb", "forløb", "personer", "uger", "ledige",
    "borgere",
)  # fmt: skip
_NO_COUNT = re.compile(r"\bgns|gennemsnit|\bpris|\bindeks|\bnr\b|\brang", re.IGNORECASE)
EXACT_UNITS = frozenset({"personer", "forløb", "kontaktforløb", "borgere", "ledige"})
"""Whole things are counted: the printed number is the number. Full-time persons are rounded."""
MISSING = ("fortroligt", "ikke opgjort", "-", "–", "..", ".", "", "x", "n/a")
_ROUNDED = re.compile(r"fuldtids|helårs|\bHÅP\b", re.IGNORECASE)
"""Words for counts that are rounded, whatever else they are called."""
_NO_NAMES = frozenset(
    {"antal", "øvrige", "andre", "udgifter", "andel", "ingen", "andet", "borgere"}
)
"""Row heads that no text means by their words."""
_FALL = re.compile(
    r"^(?:\w+ )?(?:fald|nedgang|reduktion|tilbagegang|besparelse)\b(?!.*(?:stigning|vækst))",
    re.IGNORECASE,
)
"""Heads of columns that show how much something has fallen."""
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
    of: tuple[int, ...] = ()
    """The columns that it is computed from."""


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

    layout: Layout | None = None
    formulas: dict[int, Formula] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    misread: tuple[tuple[int, int], ...] = ()
    """Cells whose decimal comma is a thousand point: row and column."""
    ambiguous: bool = False
    """Whether several columns show the same period, so that a text's number may be any of them."""
    shown: ReadTable | None = None
    """The table as it stands, where this one has been turned."""

    @property
    def as_printed(self) -> ReadTable:
        """The table with its rows and columns as they stand."""
        return self.shown or self

    @cached_property
    def levels(self) -> tuple[Column, ...]:
        """The columns of levels in the order of time, else in that of the changes computed from them."""
        levels = self.having("level")
        periods = [level.period for level in levels]
        if all(periods) and len({period.kind for period in periods if period}) == 1:
            return tuple(sorted(levels, key=lambda level: level.period.first_day))  # type: ignore[union-attr]
        return levels

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
        by_index = {one.index: one for one in self.columns}
        if len(column.of) == 2:
            return by_index[column.of[0]], by_index[column.of[1]]
        if column.span:
            by_period = {level.period: level for level in levels if level.period}
            first, last = by_period.get(column.span[0]), by_period.get(column.span[1])
            if first and last:
                return first, last
        return (levels[0], levels[-1]) if len(levels) >= 2 else None


def read_table(grid: Grid, part: int, on: date) -> tuple[ReadTable | None, list[Unread]]:
    """The table in a grid, and the cells and rows that cannot be read.

    Returns None for the table where it holds no numbers at all (a table of words).
    """
    grid = with_labels(one_head(grid))
    body = grid.rows[1:]
    if not any(is_number(cell) for row in grid.rows for cell in row.cells[1:]):
        return None, []
    if is_contents(grid):
        return None, []
    head = grid.rows[0]
    if not body or sum(is_number(cell) for cell in head.cells[1:]) > len(head.cells) / 2:
        return None, [Unread(grid.place, " | ".join(head.cells), "tabellen har intet hoved")]
    unread: list[Unread] = []
    kept: list[GridRow] = []
    for row in body:
        if len(row.cells) == len(head.cells):
            kept.append(row)
        elif any(is_number(cell) for cell in row.cells):
            reason = f"rækken har {len(row.cells)} celler, hovedet {len(head.cells)}"
            unread.append(Unread(row.place, " | ".join(row.cells), reason))
    if not kept:
        return None, unread
    grid = replace(grid, rows=(head, *kept))
    straight = _understood(grid, part, on)
    unread += [fault for row in kept for fault in _unread_cells(row, straight.columns)]
    if row_periods(grid) is None:
        return _mended(straight), unread
    # Periods below each other: the text names the columns, the arithmetic goes down the rows.
    turned_table = _understood(turned(grid), part, on)
    return replace(turned_table, layout=straight.layout, formulas=straight.formulas,
                   relations=straight.relations, shown=straight), unread  # fmt: skip


def _mended(table: ReadTable) -> ReadTable:
    """The table as the other rules read it: a cell to blame has its right number, or none.

    Else one wrong cell would be found again wherever the text or another table is right.
    """
    layout = table.layout
    wrong = {f.cell: f.right for f in faults(layout, table.relations)} if layout else {}
    if not wrong:
        return table
    rows = []
    for r, row in enumerate(table.rows):
        cells = tuple(
            cell if (r, c) not in wrong else _corrected(cell, wrong[r, c])
            for c, cell in enumerate(row.cells)
        )
        rows.append(replace(row, cells=cells))
    return replace(table, rows=tuple(rows), shown=table)


def _corrected(cell: Amount | None, right: Decimal | None) -> Amount | None:
    if cell is None or right is None:
        return None
    return cell._replace(value=round_half_away(right, cell.decimals))


def _understood(grid: Grid, part: int, on: date) -> ReadTable:
    """A grid whose rows all have the head's width, with the roles that its arithmetic gives."""
    head, body = grid.rows[0], grid.rows[1:]
    unit = _table_unit(grid)
    rows = tuple(_row(row, on) for row in body)
    periods = row_periods(grid)
    layout = Layout(
        head.cells,
        tuple(row.cells for row in rows),
        frozenset(r for r, row in enumerate(rows) if row.total),
        frozenset(r for r, row in enumerate(rows) if row.part),
        unit in EXACT_UNITS and not _ROUNDED.search(f"{grid.title} {' '.join(head.cells)}"),
        tuple(when.period.first_day.toordinal() for when in periods) if periods else (),
    )
    layout, misread = _with_thousands(_with_falls(layout))
    rows = tuple(
        replace(row, cells=tuple(cells)) for row, cells in zip(rows, layout.cells, strict=True)
    )
    found = formulas(layout)
    columns = tuple(_columns(grid, head, body, unit, found))
    table = _table(grid, part, on, columns, rows)
    checked = relations(layout, found)
    return replace(
        table, layout=layout, formulas=found, relations=tuple(checked), misread=misread,
        ambiguous=_is_ambiguous(columns),
    )  # fmt: skip


def _with_falls(layout: Layout) -> Layout:
    """The cells with the numbers of a column called a fall, printed without a sign, as negative."""
    cells = [list(row) for row in layout.cells]
    for c, head in enumerate(layout.heads):
        column = [cell for row in cells if c and (cell := row[c]) is not None]
        if _FALL.search(head) and column and not any(cell.signed for cell in column):
            for row in cells:
                if (cell := row[c]) is not None:
                    row[c] = cell._replace(value=-cell.value)
    return replace(layout, cells=tuple(map(tuple, cells)))


def _with_thousands(layout: Layout) -> tuple[Layout, tuple[tuple[int, int], ...]]:
    """The cells with `1,204` read as 1204 in a column of whole numbers, and which cells those are."""
    cells = [list(row) for row in layout.cells]
    found: list[tuple[int, int]] = []
    for c in range(1, len(layout.heads)):
        column = [(r, cell) for r, row in enumerate(cells) if (cell := row[c]) is not None]
        odd = [(r, cell) for r, cell in column if cell.decimals == 3]
        whole = [cell for _, cell in column if cell.decimals == 0 and cell.value >= 100]
        if odd and len(whole) == len(column) - len(odd) and len(whole) >= len(odd):
            for r, cell in odd:
                cells[r][c] = cell._replace(value=cell.value * 1000, decimals=0)
                found.append((r, c))
    return replace(layout, cells=tuple(map(tuple, cells))), tuple(found)


def _is_ambiguous(columns: tuple[Column, ...]) -> bool:
    """Whether two columns of levels are of the same period: men and women, or budget and result."""
    named = [column.period for column in columns if column.role == "level" and column.period]
    return len(named) != len(set(named))


def _table(
    grid: Grid, part: int, on: date, columns: tuple[Column, ...], rows: tuple[Row, ...]
) -> ReadTable:
    unit = _table_unit(grid)
    named = ydelse_mentions(grid.title, on) or ydelse_mentions(grid.place.section, on)
    ydelse = named[0].key if named and all(row.kind != "ydelse" for row in rows) else ""
    if len({mention.key for mention in named}) > 1:
        ydelse = "+".join(sorted({mention.key for mention in named}))
    heads = f"{grid.title} {grid.rows[0].cells[0]}"
    special = bool(re.search(r"udenlandsk|\d+\+? ?uger|52\+", heads)) or is_of_a_part(grid.title)
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


def _columns(
    grid: Grid, head: GridRow, body: tuple[GridRow, ...], unit: str, found: dict[int, Formula]
) -> Iterator[Column]:
    last_level: Period | None = None
    for index, label in enumerate(head.cells[1:], start=1):
        own = grid.units[index] if index < len(grid.units) else ""
        texts = [row.cells[index] for row in body]
        column = _column(index, label, (own, unit), texts, found.get(index))
        if column.role == "level":
            last_level = column.period or last_level
        elif column.role == "share" and column.period is None:
            column = replace(column, period=last_level)
        yield column


def _column(
    index: int, label: str, units: tuple[str, str], texts: list[str], formula: Formula | None
) -> Column:
    own_unit, unit = units
    named = [when.period for when in times(label)]
    words = f"{label} {own_unit}"
    numbers = [text for text in texts if is_number(text)]
    in_cells = [text for text in numbers if _PCT.search(text)]
    percent = bool(_PCT.search(words)) or len(in_cells) * 2 > len(numbers)
    if not numbers:
        return Column(index, label, "other")
    of = formula.columns if formula else ()
    kind = formula.kind if formula else ""
    if kind in ("diff", "pct", "down", "down_pct") or (CHANGE.search(label) and kind != "total"):
        span = (named[0], named[1]) if len(named) == 2 else _years(label)
        role: Role = "change_pct" if percent else "change"
        if "point" in words.casefold():
            role = "other"
        elif kind:
            role = "change_pct" if kind in ("pct", "down_pct") else "change"
        return Column(
            index,
            label,
            role,
            PCT if role == "change_pct" else _unit(own_unit) or unit,
            None,
            span,
            of=of,
        )
    if percent or kind == "ratio":
        base = _BASE.search(words)
        period = named[-1] if named else None
        return Column(index, label, "share", PCT, period, None, _base(base[1]) if base else "", of)
    period = named[-1] if named else None
    is_level = bool(named) or "antal" in label.casefold() or bool(_unit(words))
    is_level = is_level and not _NO_COUNT.search(label)
    return Column(
        index, label, "level" if is_level else "other", _unit(words) or unit, period, of=of
    )


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
    short = re.sub(r"^(?:\W*(?:heraf|deraf|herunder)|[-–•])\s+|\s+i alt$", "", bare)
    ages = re.sub(r"^(\d+\s?[-–]\s?\d+) år$", r"\1-årige", short)
    names = tuple(
        dict.fromkeys(
            n for n in (label.casefold(), bare, short, ages) if len(n) > 3 and n not in _NO_NAMES
        )
    )
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


def is_contents(grid: Grid) -> bool:
    """Whether a table is a table of contents."""
    return bool(re.search(r"\bindhold", f"{grid.title} {grid.place.section}", re.IGNORECASE))


def is_number(text: str) -> bool:
    """Whether a cell shows a number that is no year."""
    return cell_amount(text) is not None and not re.fullmatch(r"(?:19|20)\d\d", text.strip())
