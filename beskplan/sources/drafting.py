"""A first mapping for a file that has none: what the file itself shows is filled in, the rest is asked for.

    id: besoeg
    omraade: {fast: VALG}  # ingen kolonne har kommuner: skriv jeres egen
    periode: {kolonne: Måned, aar: VALG}  # månederne står uden år
    tal:
      - {kolonne: Antal besøg, indikator: VALG}

`VALG` is no name of any register, so a mapping that was not finished is refused where it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise, product, zip_longest
from textwrap import wrap
from typing import Any, Final

import yaml

from beskplan.core.danish import list_danish
from beskplan.core.errors import DataError
from beskplan.params.schemas import FOLDER as SCHEMAS
from beskplan.registers.benefits import named_in
from beskplan.registers.indicators import INDICATORS, OWN, groups
from beskplan.registers.reading import parse
from beskplan.sources.cells import CellValue, PeriodType, known_period_of, other_span_of
from beskplan.sources.labels import WORDS, is_area, normalised, problem
from beskplan.sources.mapping import ANY_YEAR, CHOOSE, SCHEMA, FileFormat, Named
from beskplan.sources.spreadsheets import (
    SEARCHED_ROWS,
    Grid,
    grids,
    has_head,
    head_cell,
    shown,
    stacks,
)
from beskplan.sources.titles import (
    areas_named,
    benefits_named,
    indicator_named,
    indicators_by_name,
    periods_named,
    years_named,
)

MOST: Final = 0.7
"""Share of a column's filled cells that say what it holds: rows such as `I alt` are the rest."""
SOME: Final = 0.2
"""Share of numbers in a column that marks fill."""
_LOOKED_AT: Final = 400
_FEW: Final = 12
"""So many values of a column can be named."""
_SMALL: Final = re.compile(WORDS["small"], re.IGNORECASE)
_CODES: Final = re.compile(WORDS["codes"], re.IGNORECASE)
_SUM: Final = re.compile(WORDS["sum"], re.IGNORECASE)
_NUMBER: Final = re.compile(r"[-−+]?[0-9](?:[0-9.,\s]*[0-9])?(?: ?%| ?pct\.| [a-zæøå]{2,}\.?)?")
"""With its unit, as in `3,5 %` and `1.200 kr.`."""


@dataclass(frozen=True)
class _Column:
    label: str
    """Its head: the period where it is one; empty where nothing stands there."""
    cells: tuple[CellValue, ...]
    number: str = ""
    """What stands beside the period in heads of several rows."""
    merged: bool = False
    """Whether cells of it are merged downwards, or empty below the first of each kind."""
    unread: bool = False
    """Whether formulas of it have no result: they are refused when the file is read."""

    @property
    def is_numbers(self) -> bool:
        """Whether it holds numbers, with marks such as `-` and `<5` among them."""
        few_marks = self.share(_is_number) > SOME or (_is_period(self.label) and bool(self.label))
        return self.unread or (few_marks and self.share(_is_number_or_mark) >= MOST)

    @property
    def filled(self) -> tuple[CellValue, ...]:
        """Its cells, those below a merged one with its value."""
        if not self.merged:
            return self.cells
        return tuple(accumulate(self.cells, lambda above, cell: above if cell is None else cell))

    def share(self, fits: Callable[[CellValue], bool]) -> float:
        filled = [cell for cell in self.cells if cell is not None]
        return sum(map(fits, filled)) / len(filled) if filled else 0.0

    def others(self, fits: Callable[[CellValue], bool]) -> list[str]:
        """The few values that do not fit, in their order."""
        found = dict.fromkeys(
            str(cell) for cell in self.cells if cell is not None and not fits(cell)
        )
        return list(found) if len(found) <= _FEW else []


@dataclass(frozen=True)
class _Understood:
    """What each column of a table seems to hold."""

    area: _Column | None
    period: _Column | None
    year: _Column | None
    heads: tuple[_Column, ...]
    """Columns of numbers whose heads are periods."""
    areas: tuple[_Column, ...]
    """Columns of numbers whose heads are areas."""
    numbers: tuple[_Column, ...]
    rest: tuple[_Column, ...]
    kinds: tuple[_Column, ...] = ()
    """Columns of few words that tell rows of one area and period apart: benefits, kinds of counts."""
    first: int = 0
    """Row number of the first row of heads."""
    rows: int = 1
    """How many rows the heads fill."""
    titles: tuple[CellValue, ...] = ()
    """The file's and the sheet's name, and what stands alone above the heads."""

    @property
    def counted(self) -> tuple[_Column, ...]:
        """The columns of numbers."""
        return self.heads or self.areas or self.numbers

    @property
    def is_below_its_heads(self) -> bool:
        """Whether numbers begin right below the heads, and the heads are none of the table's rows."""
        tops = (next((c for c in one.cells if c is not None), None) for one in self.counted)
        labels = [one.label for one in (self.area, self.period, self.year) if one is not None]
        return any(map(_is_number_or_mark, tops)) and not any(
            _is_area(label) or _is_period(label, None) for label in labels
        )

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much of a table it is, and how many heads are periods, with their year; 0 without numbers."""
        named = int(bool(self.area or self.areas))
        named += sum(one is not None and has_head(one.label) for one in (self.period, self.year))
        dated = sum(_is_period(one.label, None) for one in self.heads)
        # Heads that stand twice need the row above them to be told apart.
        counted = len({(one.label, one.number) for one in self.counted})
        return (named * 10 + counted) * bool(self.counted), dated, len(self.heads)


def draft_mapping(content: bytes, *, name: str, id: str, source: str | None) -> str:
    """A first mapping as YAML, with `VALG` and a reason wherever the file does not tell.

    Encoding, separator and decimal sign are left out, because they are found at each reading.

    Args:
        content: The file as it is.
        name: Its name.
        id: Id of the new mapping.
        source: `jobindsats`, `statbank` or `own:<name>`; None asks for it.

    Raises:
        DataError: the file is no table, no row of it has heads with numbers below, or id or source
            will not do.
    """
    every = [one for grid in grids(content, FileFormat(), name) for one in _tables(grid, name)]
    best = max(every, key=lambda one: one.weight, default=None)
    if best is None or not best.counted:
        raise DataError(problem("no-head-with-numbers", name))
    for label in [] if best.heads or best.period else [one.label for one in best.numbers]:
        if other := other_span_of(label):
            raise DataError(problem(other, name, repr(label)))
    tried = {"id": id, "titel": id, "kilde": source or "own:egen", "tabel": id}
    parse("\n".join(_yaml(tried)), name, Named)
    named = _yaml({"id": id, "titel": CHOOSE, "kilde": source or CHOOSE, "tabel": id})
    named[1] += "  # tabellens navn, som læserne ser under tallene"
    named[2] += "  # hvem der fører tallene, fx own:jobcenter_furesoe; læserne ser titlen"
    head = [
        f"# yaml-language-server: $schema=../{SCHEMAS.as_posix()}/{SCHEMA}",
        f"# Udkast til, hvordan {name} læses. Erstat hvert {CHOOSE}, og se resten efter.",
        "# Hver nøgle er forklaret i docs/egne-tal.md.",
        *named,
    ]
    return "\n".join([*head, *_lines(best)]) + "\n"


def _tables(grid: Grid, name: str) -> Iterator[_Understood]:
    for at, rows in product(range(min(SEARCHED_ROWS, len(grid.rows))), (1, 2, 3)):
        heads = grid.rows[max(at - rows + 1, 0) : at + 1]
        if len(heads) < rows or any(
            _is_number(cell) and not _is_period(cell) for row in heads for cell in row
        ):
            continue
        rows_below = grid.rows[at + 1 : at + 1 + _LOOKED_AT]
        below = [row for row in rows_below if any(cell is not None for cell in row)]
        first, last = grid.numbers[at - rows + 1], grid.numbers[at]
        down = {column for (row, column), top in grid.marks.merged.items() if row > top[0] > last}
        unread = {column for (_, column), mark in grid.marks.cells.items() if mark == "no result"}
        columns = [
            replace(_column(stack, cells, rows), merged=column in down, unread=column in unread)
            for column, (stack, cells) in enumerate(
                zip(stacks(grid, at, rows), zip_longest(*below), strict=False)
            )
            if stack or any(cell is not None for cell in cells)
        ]
        if len(columns) > 1 and (found := _understood(columns)).is_below_its_heads:
            titles = (re.sub(r"\.\w+$", "", name), *grid.titles(at - rows + 1))
            yield replace(found, first=first, rows=rows, titles=titles)


def _column(stack: Sequence[CellValue], cells: tuple[CellValue, ...], rows: int) -> _Column:
    if rows == 1:
        return _Column(shown(stack[0]) if stack else "", cells)
    dated, undated = head_cell(stack, None, None), head_cell(stack, ANY_YEAR, None)
    if dated.period:
        return _Column(dated.period.code, cells, dated.rest)
    if undated.period:
        return _Column(shown(undated.written), cells, undated.rest)
    return _Column(undated.label, cells)


def _understood(columns: Sequence[_Column]) -> _Understood:
    """What the columns hold, told by their cells first and by their heads second."""
    heads = tuple(one for one in columns if _is_period(one.label) and one.is_numbers)
    left = [one for one in columns if one not in heads]
    # Years above a column of municipalities are no more than part of its head.
    left = [replace(one, label=one.number or one.label) for one in left]
    year = next((one for one in left if one.share(_is_year) >= MOST), None)
    area = _first([one for one in left if _may_name_areas(one)], _is_area, WORDS["areas"])
    left = [one for one in left if one is not area]
    period = None
    if not heads:
        # A year is a period by itself where no column of months stands beside it.
        months = [one for one in left if one is not year]
        counted = next((one for one in months if year and _counted(one)), None)
        period = counted or _first(months, _is_period, WORDS["times"]) or year
    elif all((head := known_period_of(one.label)) and head.kind == "Y" for one in heads):
        # Months beside years: this year's numbers and the last's.
        period = next((one for one in left if one.share(_is_without_year) >= MOST), None)
    year = year if year is not period else None
    left = [one for one in left if one not in (period, year)]
    areas = tuple(one for one in left if _is_area(one.label) and one.is_numbers)
    areas = () if heads or area else areas
    left = [one for one in left if one not in areas]
    known = indicators_by_name()
    # Cells with errors are refused when the file is read, and told with their places.
    numbers = tuple(
        one
        for one in left
        if not (heads or areas) and (one.is_numbers or normalised(one.label) in known)
    )
    rest = [one for one in left if one not in numbers]
    told = (*numbers, *heads, *areas)
    # An empty cell repeats the one above where that tells all rows apart.
    down = [one for one in (area, period, year, *rest) if one and _has_gaps(one, told)]
    for repeating in (down, []):
        now = {id(one): replace(one, merged=True) for one in repeating}
        keys = [now.get(id(one), one) for one in (area, period, year) if one]
        others = [now.get(id(one), one) for one in rest]
        by, is_told = _kinds([one for one in others if one.label], keys, told)
        if is_told:
            break
    area, period, year = (one and now.get(id(one), one) for one in (area, period, year))
    rest = [one for one in others if one not in by]
    return _Understood(area, period, year, heads, areas, numbers, tuple(rest), by)


def _kinds(
    rest: Sequence[_Column], keys: Sequence[_Column], numbers: Sequence[_Column]
) -> tuple[tuple[_Column, ...], bool]:
    """The columns of benefits, and the first other or all that tell the rows of numbers apart."""
    at = _rows_of(numbers)

    def rows(columns: Sequence[_Column]) -> list[tuple[CellValue, ...]]:
        return [tuple(one.filled[i] for one in columns) for i in at]

    benefits = [one for one in rest if one.share(_is_benefit) >= MOST]
    rest = [one for one in rest if one not in benefits]
    choices: list[list[_Column]] = [[], *([one] for one in rest), rest]
    for columns in choices:
        told, values = rows([*keys, *benefits, *columns]), set(rows(columns))
        few = len(values) <= _FEW and all(isinstance(cell, str) for row in values for cell in row)
        if few and len(set(told)) == len(told):
            return (*benefits, *columns), True
    return tuple(benefits), False


def _rows_of(numbers: Sequence[_Column]) -> list[int]:
    """The rows in which numbers stand, or marks in their place."""
    rows = range(_filled(numbers))
    return [i for i in rows if any(_is_number_or_mark(one.cells[i]) for one in numbers)]


def _has_gaps(column: _Column, numbers: Sequence[_Column]) -> bool:
    cells = [column.cells[i] for i in _rows_of(numbers)]
    return None in cells and cells[0] is not None


def _may_name_areas(column: _Column) -> bool:
    """Whether its head says so, where the cells are numbers: a count may be any municipality's code."""
    texts = [shown(cell) for cell in column.cells if cell is not None]
    return not all(map(str.isdecimal, texts)) or bool(_CODES.search(column.label))


def _first(
    columns: Sequence[_Column], fits: Callable[[CellValue], bool], names: Sequence[str]
) -> _Column | None:
    by_cells = (one for one in columns if one.share(fits) >= MOST)
    by_head = [one for one in columns if normalised(one.label) in names]
    some = (one for one in by_head if one.share(fits) > 0)
    return next(by_cells, next(some, next((one for one in by_head if not one.is_numbers), None)))


def _out_lines(found: _Understood) -> Iterator[str]:
    """The rows that are not read: sums and words; those with numbers besides are asked for."""
    # An area among the periods heads rows of its own: the draft leaves it to be refused where it stands.
    named = (lambda cell: _is_area(cell) or _is_period(cell)) if not found.area else _is_period
    head = "# Rækker, der ikke skal læses, fordi de ikke er en kommune eller en periode:"
    for column, fits in ((found.area, _is_area), (found.period, named)):
        # Weeks are no rows to leave out, but periods that the reading refuses in words of its own.
        if not (column and column.label and column.share(fits)) or _counted(column):
            continue
        out = column.others(fits)
        asked = [one for one in out if _is_asked_for(column, one, found)]
        if out:
            yield from (head, "udelad:") if head else ()
            head, left = "", [*(one for one in out if one not in asked), *[CHOOSE] * bool(asked)]
            yield from (f"  {line}" for line in _yaml({column.label: left}))
        if asked:
            names = ", ".join(" ".join(one.split()) for one in asked)
            yield f"#   {column.label}: rækker med tal eller en ny tabel: {names}."
            yield "#   Ret dem i filen, eller skriv dem ovenfor, hvis de ikke skal læses."


def _lines(found: _Understood) -> Iterator[str]:
    if found.rows > 1:
        yield f"fil: {_flow({'overskrift': found.first, 'overskrift_raekker': found.rows})}"
    yield _area_line(found)
    yield _period_line(found)
    numbers = found.counted
    yield from _out_lines(found)
    keys = (found.area, found.period, found.year, *found.kinds)
    if down := [one.label for one in keys if one is not None and one.merged]:
        yield "# Tomme celler, der gentager cellen ovenover:"
        yield from _yaml({"fyld_ned": down})
    labels = [*dict.fromkeys(o.label if found.numbers else o.number for o in numbers)]
    besides = [one for one in labels if one and "" in labels]
    if ignored := [one.label for one in found.rest if one.label] + besides:
        yield "# Ikke læst; er en af dem grupper, så skriv den under `gruppe` i stedet:"
        yield from _yaml({"ignorer": ignored})
        if counted := ", ".join(one.label for one in found.rest if one.label and one.is_numbers):
            yield f"#   med tal: {counted} (er det en periode, så skriv kun den i overskriften)"
    marks = Counter(
        value
        for one in numbers
        for value in one.others(_is_number)
        # A number with a note is no mark, nor is a head that stands among the rows once more, or an
        # error: they are refused where they stand.
        if value != one.label and (_SMALL.match(value) or not re.search("[0-9]|^#", value))
    )
    if small := [mark for mark, _ in marks.most_common(_FEW) if _SMALL.match(mark)]:
        yield from _yaml({"fortroligt": small})
    if other := [mark for mark, _ in marks.most_common(_FEW) if mark not in small]:
        yield "# Mærker: `fortroligt` (tallet må ikke vises), `mangler` (intet tal) eller `nul` (0);"
        yield "# betyder de ikke det samme, så del dem mellem nøglerne. En nøgle står kun én gang:"
        yield from _yaml({CHOOSE: other})
    if any(cell is None for one in numbers for cell in one.cells[: _filled(numbers)]):
        yield f"tom: {CHOOSE}  # nogle celler er tomme: `mangler` (intet tal) eller `fortroligt`"
    yield "tal:"
    yield from _number_lines(found, [one for one in labels if one not in besides])


def _number_lines(found: _Understood, labels: Sequence[str]) -> Iterator[str]:
    """What each column of numbers counts, for each kind of row where there are several."""
    kinds, asked = _values_of(found), False
    if len(kinds) > 1:
        yield "# Rækkerne er flere slags tal: skriv hver sin `indikator`, `ydelse` eller `gruppe`. Slet dem,"
        yield "# der ikke skal læses, og skriv dem under `udelad`:"
    titles = " ".join(map(shown, found.titles))
    below = found.period.cells if found.period else ()
    cells: list[CellValue] = [*(one.label for one in found.heads), *below]
    within = [one for one in map(known_period_of, cells) if one]
    periods = within + periods_named(found.titles)
    days = [day for one in periods for day in (one.first_day, one.last_day)]
    by_benefit = any(_is_benefit(" ".join(one.values())) for one in kinds)
    for label, where in product(labels, kinds):
        entry: dict[str, Any] = {k: v for k, v in (("kolonne", label), ("hvor", where)) if v}
        own = " ".join((*where.values(), label))
        ydelser = benefits_named(own, days) or benefits_named(titles, days)
        # Of several columns, a title says what those of benefits count.
        told = [*where.values(), *where, label, "" if label and not _is_benefit(label) else titles]
        entry["indikator"] = next(filter(None, map(indicator_named, told)), CHOOSE)
        asked |= entry["indikator"] == CHOOSE
        more = f"  # ydelse: {' eller '.join(ydelser)}" if len(ydelser) > 1 else ""
        if by_benefit and not _is_benefit(own):
            ydelser, more = [], "  # en sum: slet den, eller skriv `alle`, er den af alle ydelser"
        if ydelser or more:
            entry["ydelse"] = ydelser[0] if len(ydelser) == 1 else CHOOSE
        if group := next((one.id for one in groups() if one.navn in normalised(own)), ""):
            entry["gruppe"] = group
        yield f"  - {_flow(entry)}{more}"
    if asked:
        names = ", ".join(INDICATORS)
        text = f"`indikator` siger, hvad tallene er: en af {names}, eller jeres egen i {OWN.as_posix()}"
        yield from wrap(text, width=100, initial_indent="# ", subsequent_indent="#   ")


def _values_of(found: _Understood) -> list[dict[str, str]]:
    """What stands in the columns of each kind of row; one without any where there are none."""
    told = [[str(one.filled[i] or "") for one in found.kinds] for i in _rows_of(found.counted)]
    labels = [one.label for one in found.kinds]
    rows = dict.fromkeys(tuple(row) for row in told if all(row))
    return [dict(zip(labels, row, strict=True)) for row in rows] or [{}]


def _is_asked_for(column: _Column, name: str, found: _Understood) -> bool:
    """Whether rows of that name hold numbers that are no sum, or head another table: a person must say."""
    at = [i for i, cell in enumerate(column.cells) if str(cell) == name]
    rows = _rows_of(found.counted)
    words = [str(cell) for cell in column.cells if cell is not None]
    begins = name != column.label and (name, column.label) in pairwise(words)
    return begins or (not _SUM.search(name) and any(i in rows for i in at))


def _filled(columns: Sequence[_Column]) -> int:
    """How many rows there are down to the last with a number."""
    places = (at for one in columns for at, cell in enumerate(one.cells) if _is_number(cell))
    return max(places, default=-1) + 1


def _area_line(found: _Understood) -> str:
    if found.areas:
        return "omraade: {i_overskrift: true}"
    named = areas_named(found.titles)
    if found.area is None and len(named) == 1:
        return f"omraade: {_flow({'fast': named[0].navn})}"
    if found.area is None:
        return f"omraade: {{fast: {CHOOSE}}}  # ingen kolonne har kommuner: skriv jeres egen"
    return f"omraade: {_flow({'kolonne': found.area.label or CHOOSE})}"


def _period_line(found: _Understood) -> str:
    if not (found.heads or found.period):
        periods = periods_named(found.titles)
        fast = periods[0].text if len(periods) == 1 else CHOOSE
        reason = "" if len(periods) == 1 else "  # ingen kolonne har perioder: skriv fx juni 2026"
        return f"periode: {_flow({'fast': fast})}{reason}"
    written: dict[str, Any] = {"kolonne": found.period.label or CHOOSE} if found.period else {}
    written |= {"i_overskrift": True} if found.heads else {}
    cells = (
        [one.label for one in found.heads]
        if found.heads
        else list(found.period.cells if found.period else ())
    )
    if found.year:
        written["aar_kolonne"] = found.year.label
        if found.period and (counted := _counted(found.period)):
            written["type"] = counted
    elif any(_is_period(cell) and not _is_period(cell, None) for cell in cells):
        if not found.heads and _is_year(next(cell for cell in cells if cell is not None)):
            return f"periode: {_flow({**written, 'aar_i_raekker': True})}"
        named = list_danish([str(year) for year in years_named(found.titles[1:])])
        there = f"; over tallene eller i arkets navn står {named}" if named else ""
        return f"periode: {_flow({**written, 'aar': CHOOSE})}  # perioderne står uden år{there}"
    return f"periode: {_flow(written)}"


def _counted(column: _Column) -> PeriodType | None:
    """What a column counts within a year, where it has the numbers of months or quarters."""
    kinds: dict[str, tuple[PeriodType, int]] = {"m": ("maaned", 12), "k": ("kvartal", 4)}
    head = re.match("måned|kvartal", normalised(column.label))
    kind, most = kinds[head[0][0]] if head else (None, 0)
    texts = [shown(cell) for cell in column.cells if cell is not None]
    fits = (text.isdecimal() and 1 <= int(text) <= most for text in texts)
    return kind if texts and all(fits) else None


def _yaml(content: dict[str, Any]) -> list[str]:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text.splitlines()


def _flow(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(
        content, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=True
    )
    return text.strip()


def _is_area(cell: CellValue) -> bool:
    return is_area(shown(cell))


def _is_benefit(cell: CellValue) -> bool:
    return bool(named_in(shown(cell)))


def _is_year(cell: CellValue) -> bool:
    return re.fullmatch(r"(?:19|20)[0-9]{2}", shown(cell)) is not None


def _is_period(cell: CellValue, year: int | None = ANY_YEAR) -> bool:
    return known_period_of(cell, year) is not None


def _is_without_year(cell: CellValue) -> bool:
    return _is_period(cell) and not _is_period(cell, None)


def _is_number_or_mark(cell: CellValue) -> bool:
    is_mark = isinstance(cell, str) and not re.search("[^\\W\\d_]", cell) and not _is_period(cell)
    return is_mark or _is_number(cell)


def _is_number(cell: CellValue) -> bool:
    if isinstance(cell, str):
        return _NUMBER.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)
