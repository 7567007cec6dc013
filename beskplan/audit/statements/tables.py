"""Grids of texts understood as tables: which column is a level, a change or a share, and of what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.model import Place, Unread
from beskplan.audit.patterns import patterns
from beskplan.audit.statements import arithmetic, relations
from beskplan.audit.statements.amounts import (
    PCT,
    REMEMBERED,
    SPAN,
    Amount,
    cell_amount,
    is_number,
    times,
)
from beskplan.audit.statements.arithmetic import CHANGE, Formula, Layout, Relation
from beskplan.audit.statements.blame import faults
from beskplan.audit.statements.names import (
    area_mentions,
    group_names,
    row_area,
    row_ydelse,
    ydelse_mentions,
)
from beskplan.audit.statements.shape import (
    MISSING,
    one_head,
    row_periods,
    turned,
    with_labels,
    with_years,
)
from beskplan.audit.statements.vocabulary import has_number, is_of_a_part
from beskplan.core.danish import round_half_away
from beskplan.core.periods import Period, year_

_RE = patterns("tables")

Role = Literal["level", "change", "change_pct", "share", "other"]

EXACT_UNITS = frozenset({"personer", "forløb", "kontaktforløb", "borgere", "ledige"})
"""Whole things are counted: the printed number is the number. Full-time persons are rounded."""
_MOVES = ("diff", "pct")
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
    area: str = ""
    """The other area that its head names, or `?` where which is not known; empty: the table's own."""


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
    texts: tuple[str, ...] = ()
    """Its cells as they stand, the head first."""
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
    layout: Layout
    derived: bool = False
    special: bool = False
    """Whether it is about a part of the benefit's recipients only."""
    long_term: bool = False
    """Whether it counts those who have been there for 52 weeks or more."""
    formulas: dict[int, Formula] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    misread: tuple[tuple[int, int], ...] = ()
    """Cells whose decimal comma is a thousand point: row and column."""
    ambiguous: bool = False
    """Whether several columns show the same period, or none that is told: a text may mean any of them."""
    printed: ReadTable | None = None
    """The table as it stands, where this one has been turned or mended."""

    @property
    def as_printed(self) -> ReadTable:
        """The table with its rows and columns as they stand."""
        return self.printed or self

    @cached_property
    def levels(self) -> tuple[Column, ...]:
        """The own columns of levels in the order of time, else in that of the changes computed of them."""
        levels = self.having("level")
        periods = [level.period for level in levels]
        known = [period for period in periods if period]
        comparable = len({p.kind for p in known}) == 1 or len({p.year for p in known}) == len(known)
        if all(periods) and comparable:
            return tuple(sorted(levels, key=lambda level: level.period.first_day))  # type: ignore[union-attr]
        moved = [f.columns for f in self.formulas.values() if f.kind in _MOVES]
        turned = len(levels) == 2 and (levels[1].index, levels[0].index) in moved
        return levels[::-1] if turned else levels

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods of the columns of levels."""
        return tuple(level.period for level in self.having("level") if level.period)

    @cached_property
    def _by_role(self) -> dict[str, tuple[Column, ...]]:
        roles = {column.role for column in self.columns}
        own = [column for column in self.columns if not column.area]
        return {role: tuple(c for c in own if c.role == role) for role in roles}

    def having(self, role: Role) -> tuple[Column, ...]:
        """The columns of a role in order, without those of other areas."""
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
    def labels(self) -> Counter[str]:
        """How many rows have each head."""
        return Counter(row.label for row in self.rows)

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

    def numbers(self, columns: Iterable[Column]) -> Iterator[tuple[Row, Column, Amount]]:
        """Every number of some columns with its row, column by column."""
        for column in columns:
            for row in self.rows:
                if (cell := row.cells[column.index]) is not None:
                    yield row, column, cell

    def is_named_in(self, text: str) -> bool:
        """Whether a text has each long word of the title, and so speaks of all its rows together."""
        bare = re.sub(r"^\W*tabel \d+[.:]?|,.*", "", self.title.casefold())
        words = [word for word in re.findall(r"[a-zæøå]{5,}", bare) if word not in SHORT_UNITS]
        return bool(words) and all(word in text.casefold() for word in words)

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
        # One of several columns of changes may be of another area or time than the levels shown.
        alone = len(self.having(column.role)) == 1
        return (levels[0], levels[-1]) if len(levels) >= 2 and alone else None


def cell_at(row: Row | None, column: Column | None) -> Decimal | None:
    """The number of a row in a column; None where there is none, or no such row or column."""
    cell = row.cells[column.index] if row and column else None
    return cell.value if cell else None


# ---------------------------------------------------------------- from texts to numbers and roles


def read_table(
    grid: Grid, part: int, on: date, own: str = ""
) -> tuple[ReadTable | None, list[Unread]]:
    """Read the table in a grid of a plan of the area `own`, and list what cannot be read.

    Returns None for the table where it holds no numbers at all (a table of words).
    """
    grid = with_labels(one_head(grid))
    head, body = grid.rows[0], grid.rows[1:]
    if is_contents(grid) or not any(is_number(cell) for row in grid.rows for cell in row.cells[1:]):
        return None, []
    if not body or sum(is_number(cell) for cell in head.cells[1:]) > len(head.cells) / 2:
        return None, [Unread(grid.place, " | ".join(head.cells), "tabellen har intet hoved")]
    whole = tuple(row for row in body if len(row.cells) == len(head.cells))
    unread = [
        Unread(row.place, " | ".join(row.cells),
               f"rækken har {len(row.cells)} celler, hovedet {len(head.cells)}")
        for row in body if row not in whole and any(map(is_number, row.cells))
    ]  # fmt: skip
    if not whole:
        return None, unread
    grid = replace(grid, rows=(head, *whole))
    printed = _understood(grid, part, on, own)
    unread += [fault for row in whole for fault in _unread_cells(row, printed.columns)]
    if row_periods(grid) is None:
        return _mended(printed), unread
    # Periods below each other: the text names the columns, the arithmetic goes down the rows.
    return replace(_understood(turned(grid), part, on, own), formulas=printed.formulas,
                   printed=printed), unread  # fmt: skip


def _mended(table: ReadTable) -> ReadTable:
    """The table as the other rules read it: a cell to blame has its right number, or none.

    Else one wrong cell would be found again wherever the text or another table is right.
    """
    wrong = {fault.cell: fault.right for fault in faults(table.layout, table.relations)}
    rows = tuple(
        replace(row, cells=tuple(
            _corrected(cell, wrong[r, c]) if (r, c) in wrong else cell for c, cell in enumerate(row.cells)
        ))
        for r, row in enumerate(table.rows)
    )  # fmt: skip
    return replace(table, rows=rows, printed=table) if wrong else table


def _corrected(cell: Amount | None, right: Decimal | None) -> Amount | None:
    if cell is None or right is None:
        return None
    return cell._replace(value=round_half_away(right, cell.decimals))


def _understood(grid: Grid, part: int, on: date, own: str) -> ReadTable:
    """A grid whose rows all have the head's width, with the roles that its arithmetic gives."""
    head, title = grid.rows[0].cells, grid.title
    unit = _unit(grid.unit) or _unit(head[0]) or _unit(title)
    rows = tuple(_row(row, on) for row in grid.rows[1:])
    cells, misread = _as_meant(head, [list(row.cells) for row in rows])
    rows = tuple(
        replace(row, cells=tuple(own), texts=as_printed.cells)
        for row, own, as_printed in zip(rows, cells, grid.rows[1:], strict=True)
    )
    layout = Layout(
        head,
        cells,
        frozenset(r for r, row in enumerate(rows) if row.total),
        frozenset(r for r, row in enumerate(rows) if row.part),
        unit in EXACT_UNITS and not _RE["rounded"].search(f"{title} {' '.join(head)}"),
        row_periods(grid) is not None,
        _rates(rows),
        grid.apart,
    )
    layout = replace(layout, totals=relations.subtotals(layout))
    found = arithmetic.formulas(layout)
    if not unit and _RE["of_rates"].search(head[0]):
        unit = PCT
    columns = tuple(_columns(with_years(grid), unit, found))
    columns = _without_targets(_of_all(_of_areas(columns, own)))
    levels = [column for column in columns if column.role == "level" and not column.area]
    periods = [level.period for level in levels if level.period]
    named = ydelse_mentions(title, on) or ydelse_mentions(grid.place.section, on)
    keys = sorted({mention.key for mention in named})
    of_one = len(keys) == 1 and all(row.kind != "ydelse" for row in rows)
    return ReadTable(
        title,
        columns,
        rows,
        unit or next((level.unit for level in levels if level.unit), ""),
        "+".join(keys) if of_one or len(keys) > 1 else "",
        "" if any(row.kind == "area" for row in rows) else _titled_area(title),
        grid.place,
        part,
        layout,
        grid.derived,
        bool(re.search(r"udenlandsk|\d+\+? ?uger|52\+", f"{title} {head[0]}"))
        or is_of_a_part(title),
        bool(re.search(r"52\+? ?uger|\+52|52\+", f"{title} {head[0]}")),
        found,
        tuple(relations.relations(layout, found)),
        misread,
        len(periods) != len(set(periods))
        or (1 < len(levels) != len(periods) and not any(f.kind in _MOVES for f in found.values())),
    )


def _titled_area(title: str) -> str:
    """The area that a title says its table to be of: the only one after »i« or »for«, else empty."""
    if _RE["other_area"].fullmatch(title):
        return "?"
    named = area_mentions(title)
    here = [one for one in named if re.search(r"(?:^|\b(?:i|for) )$", title[: one.start])]
    return here[0].key if len({one.key for one in named}) == len(here) == 1 else ""


def _of_areas(columns: tuple[Column, ...], own: str) -> tuple[Column, ...]:
    """The columns with the other area that each is of; of two with one head neither's is known."""
    heads = Counter(column.label.casefold() for column in columns)
    return tuple(replace(one, area=_headed_area(one, own, heads)) for one in columns)


def _headed_area(column: Column, own: str, heads: Counter[str]) -> str:
    named = [mention.key for mention in area_mentions(column.label)]
    if named:
        return "" if own in named else named[0]
    # A period that stands twice is a slip in one of the heads.
    twice = heads[column.label.casefold()] > 1 and not (column.role == "level" and column.period)
    return "?" if twice or _RE["other_area"].search(column.label) else ""


def _of_all(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns, where those of a group (»Mænd, 2024«) are no levels beside one of all for its period."""
    levels = [column for column in columns if column.role == "level" and column.period]
    groups = [column for column in levels if _RE["group_head"].search(column.label)]
    of_all = {column.period for column in levels if column not in groups}
    return tuple(
        replace(one, role="other") if one in groups and one.period in of_all else one for one in columns
    )  # fmt: skip


def _without_targets(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns, where those of targets are no levels beside what is counted."""
    levels = [column for column in columns if column.role == "level"]
    aims = [one for one in levels if _RE["target_head"].search(one.label)]
    return tuple(
        replace(one, role="other") if one in aims and len(aims) < len(levels) else one for one in columns
    )  # fmt: skip


def _rates(rows: Sequence[Row]) -> frozenset[int]:
    """The rows of means or shares among others: their heads say so, or they alone have decimals."""
    named = {r for r, row in enumerate(rows) if _RE["rate_row"].search(row.label)}
    numbers = [[cell for cell in row.cells if cell] for row in rows]
    finer = {r for r, cells in enumerate(numbers) if cells and all(c.decimals for c in cells)}
    return frozenset(r for found in (named, finer) if len(found) * 2 < len(rows) for r in found)


def _as_meant(
    heads: Sequence[str], cells: list[list[Amount | None]]
) -> tuple[list[list[Amount | None]], tuple[tuple[int, int], ...]]:
    """The numbers as they are meant: falls are negative, and `1,204` among whole numbers is 1204.

    Returns the numbers, and the cells whose decimal comma is a thousand point.
    """
    misread: list[tuple[int, int]] = []
    for c in range(1, len(heads)):
        column = [(r, cell) for r, row in enumerate(cells) if (cell := row[c]) is not None]
        if _RE["fall"].search(heads[c]) and not any(cell.signed for _, cell in column):
            column = [(r, cell._replace(value=-cell.value)) for r, cell in column]
        whole = [cell for _, cell in column if cell.decimals == 0 and cell.value >= 100]
        odd = [r for r, cell in column if cell.decimals == 3]
        is_whole = len(whole) == len(column) - len(odd) and len(whole) >= len(odd)
        for r, cell in column:
            thousand = is_whole and r in odd
            cells[r][c] = cell._replace(value=cell.value * 1000, decimals=0) if thousand else cell
            misread += [(r, c)] if thousand else []
    return cells, tuple(misread)


def _columns(grid: Grid, unit: str, found: dict[int, Formula]) -> Iterator[Column]:
    last_level: Period | None = None
    for index, label in enumerate(grid.rows[0].cells[1:], start=1):
        own = grid.units[index] if index < len(grid.units) else ""
        texts = [row.cells[index] for row in grid.rows[1:]]
        column = _column(index, label, (own, unit), texts, found.get(index))
        if column.role == "level":
            last_level = column.period or last_level
        elif column.role == "share" and column.period is None:
            column = replace(column, period=last_level)
        yield column


def _column(
    index: int, label: str, units: tuple[str, str], texts: list[str], formula: Formula | None
) -> Column:
    """What a column holds: its formula decides, its head and the unit in its cells hint."""
    own_unit, unit = units
    named = [when.period for when in times(label)]
    words = f"{label} {own_unit}"
    numbers = [text for text in texts if is_number(text)]
    in_cells = [text for text in numbers if _RE["pct"].search(text)]
    percent = bool(_RE["pct"].search(words)) or len(in_cells) * 2 > len(numbers)
    of, kind = (formula.columns, formula.kind) if formula else ((), "")
    if not numbers or kind == "distance":
        return Column(index, label, "other", of=of)
    is_change = kind in ("diff", "pct", "down", "down_pct", "by_pct")
    if is_change or (CHANGE.search(label) and kind != "total"):
        years = SPAN.search(label)
        span = (year_(int(years["a"])), year_(int(years["b"]))) if years else None
        span = (named[0], named[1]) if len(named) == 2 else span
        in_pct = kind in ("pct", "down_pct", "by_pct") or (percent and not kind)
        role: Role = (
            "other" if "point" in words.casefold() else "change_pct" if in_pct else "change"
        )
        own = PCT if role == "change_pct" else _unit(own_unit) or unit
        return Column(index, label, role, own, None, span, of=of)
    period = named[-1] if named else None
    if percent or kind == "ratio":
        base = _RE["base"].search(words)
        of_what = base[1].casefold() if base else ""
        of_what = {"arb": "arbejdsstyrken", "16-": "befolkningen"}.get(of_what[:3], of_what)
        return Column(index, label, "share", PCT, period, None, of_what, of)
    counts = bool(named) or "antal" in label.casefold() or bool(_unit(words))
    role = "level" if counts and not _RE["no_count"].search(label) else "other"
    return Column(index, label, role, _unit(words) or unit, period, of=of)


@lru_cache(REMEMBERED)
def _unit(text: str) -> str:
    folded = re.sub(r"\d+\+? uger|kontaktf.rl.b", _counted, text.casefold())
    if re.search(r"\bpersoner i \w*forløb", folded):
        return "personer"
    found = next((unit for unit in _RE.words("units") if re.search(rf"\b\w*{unit}\b", folded)), "")
    return SHORT_UNITS.get(found, found)


def _counted(match: re.Match[str]) -> str:
    """»52+ uger« says how long, not what is counted; a converter writes kontaktforløb its own way."""
    return "" if match[0].endswith("uger") else "kontaktforløb"


def _row(row: GridRow, on: date) -> Row:
    label = re.sub(r"\\?\*+$|[¹²³⁴⁵⁶⁷⁸⁹]+$|\s*\[note \d+\]$", "", row.cells[0]).strip()
    if row_ydelse(whole := label.replace(" ", "", 1), on):
        label = whole  # a name that a narrow column has parted
    cells = (None, *(cell_amount(cell) for cell in row.cells[1:]))
    total, part = bool(_RE["total"].search(label)), bool(_RE["part"].match(label))
    lab = _RE["lab"].match(label)
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
    ages = [re.sub(r"^(\d+)\s?[-–]\s?(\d+) år$", to, short) for to in _AGES]
    every = dict.fromkeys((label.casefold(), bare, short, *ages))
    # »FOA« and »3F« are names, however short.
    least = 2 if label.isupper() else 4
    names = tuple(n for n in every if len(n) >= least and n not in _RE.words("no_names"))
    return Row(label, label.casefold(), "group", cells, row.place, total, part, names)


_AGES = (r"\1-\2-årige", r"mellem \1 og \2 år", r"\1 til \2 år", r"\1-\2 år")
"""What texts call an age group."""


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
            reason = f"tallet i kolonnen »{column.label}« kan ikke læses entydigt"
            yield Unread(row.place, f"{row.cells[0]}: {text}", reason)


def is_contents(grid: Grid) -> bool:
    """Whether a table is a table of contents."""
    return bool(re.search(r"\bindhold", f"{grid.title} {grid.place.section}", re.IGNORECASE))
