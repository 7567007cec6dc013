"""A first mapping for a file that has none: what the file itself shows is filled in, the rest is asked for.

    id: besoeg
    omraade: {fast: VALG}  # filen har ingen kolonne med kommuner: skriv jeres egen
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
from beskplan.registers.indicators import INDICATORS, OWN
from beskplan.registers.reading import parse
from beskplan.sources.cells import CellValue, PeriodType, known_period_of
from beskplan.sources.labels import WORDS, area_named, is_area, normalised, problem
from beskplan.sources.mapping import ANY_YEAR, CHOOSE, SCHEMA, FileFormat, Named
from beskplan.sources.plan import default_plan
from beskplan.sources.spreadsheets import (
    SEARCHED_ROWS,
    Grid,
    grids,
    head_cell,
    shown,
    stacks,
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
_NUMBER: Final = re.compile(r"[-−+]?[0-9](?:[0-9.,  ]*[0-9])?(?: ?%| ?pct\.| [a-zæøå]{2,}\.?)?")
"""With its unit, as in `3,5 %` and `1.200 kr.`."""


@dataclass(frozen=True)
class _Column:
    label: str
    """Its head: the period where it is one; empty where nothing stands there."""
    cells: tuple[CellValue, ...]
    number: str = ""
    """What stands beside the period in heads of several rows."""
    merged: bool = False
    """Whether cells of it are merged downwards."""

    @property
    def is_numbers(self) -> bool:
        """Whether it holds numbers, with marks such as `-` and `<5` among them."""
        return self.share(_is_number) > SOME and self.share(_is_number_or_mark) >= MOST

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
    titles: tuple[str, ...] = ()
    """Areas that the sheet's name and the rows above the heads name."""
    years: tuple[int, ...] = ()
    """Years that they name."""

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
        named += sum(one is not None and bool(one.label) for one in (self.period, self.year))
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
    every = [one for grid in grids(content, FileFormat(), name) for one in _tables(grid)]
    best = max(every, key=lambda one: one.weight, default=None)
    if best is None or not best.counted:
        raise DataError(problem("no-head-with-numbers", name))
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


def _tables(grid: Grid) -> Iterator[_Understood]:
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
        columns = [
            replace(_column(stack, cells, rows), merged=column in down)
            for column, (stack, cells) in enumerate(
                zip(stacks(grid, at, rows), zip_longest(*below), strict=False)
            )
            if stack or any(cell is not None for cell in cells)
        ]
        if len(columns) > 1 and (found := _understood(columns)).is_below_its_heads:
            above = grid.titles(at - rows + 1)
            titles = tuple({area_named(shown(cell)).navn for cell in above if _is_area(cell)})
            years = tuple(years_named(above))
            yield replace(found, first=first, rows=rows, titles=titles, years=years)


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
    known = _indicators()
    # Cells with errors are refused when the file is read, and told with their places.
    numbers = tuple(
        one
        for one in left
        if not (heads or areas) and (one.is_numbers or normalised(one.label) in known)
    )
    rest = [one for one in left if one not in numbers]
    keys = [one for one in (area, period, year) if one is not None]
    named = [one for one in rest if one.label] if period or heads else []
    kinds = _kinds(named, keys, numbers or heads or areas)
    rest = [one for one in rest if one not in kinds]
    return _Understood(area, period, year, heads, areas, numbers, tuple(rest), kinds)


def _kinds(
    rest: Sequence[_Column], keys: Sequence[_Column], numbers: Sequence[_Column]
) -> tuple[_Column, ...]:
    """The first column, or all, that tell apart the rows of numbers which have the same keys."""
    at = [i for i in range(_filled(numbers)) if any(_is_number(one.cells[i]) for one in numbers)]

    def rows(columns: Sequence[_Column]) -> list[tuple[CellValue, ...]]:
        filled = [_filled_down(one) if one.merged else one.cells for one in columns]
        return [tuple(cells[i] for cells in filled) for i in at]

    plain = rows(keys)
    if len(set(plain)) == len(plain):
        return ()
    for columns in (*([one] for one in rest), rest):
        told = rows([*keys, *columns])
        values = set(rows(columns))
        few = len(values) <= _FEW and all(isinstance(cell, str) for row in values for cell in row)
        if columns and few and len(set(told)) == len(told):
            return tuple(columns)
    return ()


def _filled_down(column: _Column) -> tuple[CellValue, ...]:
    return tuple(accumulate(column.cells, lambda above, cell: above if cell is None else cell))


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
    out = {
        column.label: values
        for column, fits in ((found.area, _is_area), (found.period, named))
        if column and column.label and not _counted(column) and (values := column.others(fits))
        # Weeks are no rows to leave out, but periods that the reading refuses in words of its own.
        if column.share(fits)
    }
    if out:
        yield "# Rækker, der ikke skal læses, fordi de ikke er en kommune eller en periode:"
        asked = {
            label: [
                one
                for one in out[label]
                if _has_numbers(found, label, one) or _begins_table(found, label, one)
            ]
            for label in out
        }
        for label, values in out.items():
            sure = [one for one in values if one not in asked[label]]
            out[label] = sure + [CHOOSE] * bool(asked[label])
        yield from _yaml({"udelad": out})
        for label in filter(asked.get, asked):
            names = ", ".join(" ".join(one.split()) for one in asked[label])
            yield f"#   {label}: rækker med tal eller en ny tabel: {names}. Ret dem i filen, eller skriv dem"
            yield "#   ovenfor, hvis de ikke skal læses."


def _lines(found: _Understood) -> Iterator[str]:
    if found.rows > 1:
        yield f"fil: {_flow({'overskrift': found.first, 'overskrift_raekker': found.rows})}"
    yield _area_line(found)
    yield _period_line(found)
    numbers = found.counted
    yield from _out_lines(found)
    keys = (found.area, found.period, found.year, *found.kinds)
    if down := [one.label for one in keys if one is not None and one.merged]:
        yield from _yaml({"fyld_ned": down})
    labels = [*dict.fromkeys(o.label if found.numbers else o.number for o in numbers)]
    besides = [one for one in labels if one and "" in labels]
    if ignored := [one.label for one in found.rest if one.label] + besides:
        yield "# Ikke læst; er en af dem grupper, så skriv den under `gruppe` i stedet:"
        yield from _yaml({"ignorer": ignored})
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
        yield "# Mærker: `fortroligt` (tallet findes og må ikke vises) eller `mangler` (intet tal);"
        if small:
            yield "# er de fortrolige, så flyt dem op i listen ovenfor, og slet resten:"
        else:
            yield "# betyder de ikke det samme, så skriv begge nøgler og del mærkerne mellem dem:"
        yield from _yaml({CHOOSE: other})
    if any(cell is None for one in numbers for cell in one.cells[: _filled(numbers)]):
        yield f"tom: {CHOOSE}  # nogle celler er tomme: `mangler` (intet tal) eller `fortroligt`"
    yield "tal:"
    yield from _number_lines(found, [one for one in labels if one not in besides])


def _number_lines(found: _Understood, labels: Sequence[str]) -> Iterator[str]:
    """What each column of numbers counts, for each kind of row where there are several."""
    if found.kinds:
        yield "# Rækkerne er flere slags tal: skriv hver sin `indikator`, `ydelse` eller `gruppe`. Slet dem,"
        yield "# der ikke skal læses, og skriv dem under `udelad`:"
    known = _indicators()
    kinds, asked = _values_of(found.kinds), False
    for label, where in product(labels, kinds):
        entry: dict[str, Any] = {"kolonne": label} if label else {}
        entry |= {"hvor": where} if where else {}
        ydelser = sorted(frozenset[str]().union(*map(named_in, (*where.values(), label))))
        told = [*where.values()] if where and not ydelser else [label]
        guess = (known[one] for one in map(normalised, told) if one in known)
        entry["indikator"] = next(guess, CHOOSE)
        asked |= entry["indikator"] == CHOOSE
        if ydelser:
            entry["ydelse"] = ydelser[0] if len(ydelser) == 1 else CHOOSE
        yield f"  - {_flow(entry)}"
    if asked:
        names = ", ".join(INDICATORS)
        yield from wrap(
            f"`indikator` siger, hvad tallene er: en af {names}, eller jeres egen i {OWN.as_posix()}",
            width=100,
            initial_indent="# ",
            subsequent_indent="#   ",
        )


def _values_of(kinds: Sequence[_Column]) -> list[dict[str, str]]:
    """What stands in the columns of each kind of row; one without any where there are none."""
    told = zip(*(_filled_down(one) if one.merged else one.cells for one in kinds), strict=True)
    rows = dict.fromkeys(row for row in told if None not in row)
    return [dict(zip((k.label for k in kinds), map(str, row), strict=True)) for row in rows] or [{}]


def _has_numbers(found: _Understood, label: str, name: str) -> bool:
    """Whether rows of that name hold numbers that are no sum: whoever leaves them out must say so."""
    named = next(one for one in (found.area, found.period) if one and one.label == label)
    return not _SUM.search(name) and any(
        str(cell) == name and at < len(one.cells) and _is_number(one.cells[at])
        for at, cell in enumerate(named.cells)
        for one in found.counted
    )


def _begins_table(found: _Understood, label: str, name: str) -> bool:
    """Whether the heads stand once more below a row of that name: what follows is another table."""
    named = next(one for one in (found.area, found.period) if one and one.label == label)
    words = [str(cell) for cell in named.cells if cell is not None]
    return name != label and any(pair == (name, label) for pair in pairwise(words))


def _indicators() -> dict[str, str]:
    """The indicators by what they, and the sources' own columns, are called."""
    tables = default_plan().jobindsats
    labels = {
        normalised(label): one.indicator
        for table in tables
        for one in table.measures
        for label in one.labels
    }
    return (
        labels
        | {normalised(i.name): i.id for i in INDICATORS.values()}
        | {i: i for i in INDICATORS}
    )


def _filled(columns: Sequence[_Column]) -> int:
    """How many rows there are down to the last with a number."""
    places = (at for one in columns for at, cell in enumerate(one.cells) if _is_number(cell))
    return max(places, default=-1) + 1


def _area_line(found: _Understood) -> str:
    if found.areas:
        return "omraade: {i_overskrift: true}"
    if found.area is None and len(found.titles) == 1:
        return f"omraade: {_flow({'fast': found.titles[0]})}"
    if found.area is None:
        return (
            f"omraade: {{fast: {CHOOSE}}}  # filen har ingen kolonne med kommuner: skriv jeres egen"
        )
    if not found.area.label:
        return f"omraade: {{kolonne: {CHOOSE}}}  # skriv i filen en overskrift over kommunerne"
    return f"omraade: {_flow({'kolonne': found.area.label})}"


def _period_line(found: _Understood) -> str:
    if not (found.heads or found.period):
        return f"periode: {{kolonne: {CHOOSE}}}  # ingen kolonne har perioder: tilføj en i filen"
    written: dict[str, Any] = {"kolonne": found.period.label or CHOOSE} if found.period else {}
    written |= {"i_overskrift": True} if found.heads else {}
    reason = "" if written.get("kolonne") != CHOOSE else "  # skriv i filen en overskrift over dem"
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
            return f"periode: {_flow({**written, 'aar_i_raekker': True})}{reason}"
        named = list_danish([str(year) for year in found.years])
        there = f"; over tallene eller i arkets navn står {named}" if named else ""
        return f"periode: {_flow({**written, 'aar': CHOOSE})}  # perioderne står uden år{there}"
    return f"periode: {_flow(written)}{reason}"


def _counted(column: _Column) -> PeriodType | None:
    """What a column counts within a year, where it has the numbers of months or quarters."""
    kinds: tuple[tuple[PeriodType, str, int], ...] = (
        ("maaned", "måned", 12),
        ("kvartal", "kvartal", 4),
    )
    texts = [shown(cell) for cell in column.cells if cell is not None]
    return next(
        (
            kind
            for kind, word, most in kinds
            if normalised(column.label).startswith(word)
            and texts
            and all(text.isdecimal() and 1 <= int(text) <= most for text in texts)
        ),
        None,
    )


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
