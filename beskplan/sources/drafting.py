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
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Any, Final

import yaml

from beskplan.core.errors import BeskplanError, DataError
from beskplan.params.schemas import FOLDER as SCHEMAS
from beskplan.registers.indicators import INDICATORS, OWN
from beskplan.registers.reading import parse
from beskplan.sources.cells import CellValue, period_of
from beskplan.sources.labels import area_named, normalised, problem
from beskplan.sources.mapping import ANY_YEAR, CHOOSE, SCHEMA, FileFormat, Named
from beskplan.sources.plan import default_plan
from beskplan.sources.spreadsheets import SEARCHED_ROWS, Grid, grids

MOST: Final = 0.7
"""Share of a column's filled cells that say what it holds: rows such as `I alt` are the rest."""
_LOOKED_AT: Final = 400
_FEW: Final = 12
"""So many values of a column can be named."""
_AREA: Final = ("område", "kommune", "kommunenavn", "omr", "area", "municipality")
_PERIOD: Final = ("periode", "tid", "måned", "kvartal", "år", "period", "time", "month", "year")
_NUMBER: Final = re.compile(r"[-−+]?[0-9][0-9.,  ]*(?: ?%| ?pct\.)?")


@dataclass(frozen=True)
class _Column:
    label: str
    """Empty where its head is."""
    cells: tuple[CellValue, ...]

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
    numbers: tuple[_Column, ...]
    rest: tuple[_Column, ...]

    @property
    def weight(self) -> int:
        """How much of a table it is; 0 where there is no number."""
        named = sum(one is not None for one in (self.area, self.period, self.year))
        return (named * 10 + len(self.heads) + len(self.numbers)) * bool(self.heads or self.numbers)


def draft_mapping(content: bytes, *, name: str, id: str, source: str) -> str:
    """A first mapping as YAML, with `VALG` and a reason wherever the file does not tell.

    Encoding, separator and decimal sign are left out, because they are found at each reading.

    Args:
        content: The file as it is.
        name: Its name.
        id: Id of the new mapping.
        source: `jobindsats`, `statbank` or `own:<name>`.

    Raises:
        DataError: the file is no table, no row of it has heads with numbers below, or id or source
            will not do.
    """
    every = [one for grid in grids(content, FileFormat(), name) for one in _tables(grid)]
    best = max(every, key=lambda one: one.weight, default=None)
    if best is None or not best.weight:
        raise DataError(problem("no-head-with-numbers", name))
    named = _yaml({"id": id, "titel": name, "kilde": source, "tabel": id})
    parse("\n".join(named), name, Named)
    head = [
        f"# yaml-language-server: $schema=../{SCHEMAS.as_posix()}/{SCHEMA}",
        f"# Udkast til, hvordan {name} læses. Erstat hvert {CHOOSE}, og se resten efter.",
        "# Hver nøgle er forklaret i docs/egne-tal.md.",
        *named,
    ]
    return "\n".join([*head, *_lines(best)]) + "\n"


def _tables(grid: Grid) -> Iterator[_Understood]:
    for at, row in enumerate(grid.rows[:SEARCHED_ROWS]):
        if any(_is_number(cell) and not _is_period(cell) for cell in row):
            continue
        below = grid.rows[at + 1 : at + 1 + _LOOKED_AT]
        columns = [
            _Column("" if head is None else _text(head), cells)
            for head, cells in zip(row, zip_longest(*below), strict=False)
            if head is not None or any(cell is not None for cell in cells)
        ]
        if len(columns) > 1:
            yield _understood(columns)


def _understood(columns: Sequence[_Column]) -> _Understood:
    """What the columns hold, told by their cells first and by their heads second."""
    heads = tuple(one for one in columns if _is_period(one.label) and one.share(_is_number) >= MOST)
    left = [one for one in columns if one not in heads]
    year = next((one for one in left if one.share(_is_year) >= MOST), None)
    area = _first(left, _is_area, _AREA)
    left = [one for one in left if one is not area]
    period = None
    if not heads:
        # A year is a period by itself where no column of months stands beside it.
        period = _first([one for one in left if one is not year], _is_period, _PERIOD) or year
    year = year if year is not period else None
    left = [one for one in left if one not in (period, year)]
    known = _indicators()
    # Cells with errors are refused when the file is read, and told with their places.
    numbers = tuple(
        one
        for one in left
        if not heads and (one.share(_is_number) >= MOST or normalised(one.label) in known)
    )
    rest = tuple(one for one in left if one not in numbers)
    return _Understood(area, period, year, heads, numbers, rest)


def _first(
    columns: Sequence[_Column], fits: Callable[[CellValue], bool], names: Sequence[str]
) -> _Column | None:
    by_cells = (one for one in columns if one.share(fits) >= MOST)
    by_head = (one for one in columns if normalised(one.label) in names and one.share(fits) > 0)
    return next(by_cells, next(by_head, None))


def _lines(found: _Understood) -> Iterator[str]:
    if found.area and found.area.label:
        yield from _yaml({"omraade": {"kolonne": found.area.label}})
    elif found.area:
        yield f"omraade: {{kolonne: {CHOOSE}}}  # skriv i filen en overskrift over kommunerne"
    else:
        yield f"omraade: {{fast: {CHOOSE}}}  # filen har ingen kolonne med kommuner: skriv jeres egen"
    yield _period_line(found)
    numbers = found.heads or found.numbers
    out = {
        column.label: values
        for column, fits in ((found.area, _is_area), (found.period, _is_period))
        if column is not None and column.label and (values := column.others(fits))
    }
    if out:
        yield "# Rækker, der ikke skal læses, fordi de ikke er en kommune eller en periode:"
        yield from _yaml({"udelad": out})
    if found.rest:
        yield "# Ikke læst; er en af dem grupper, så skriv den under `gruppe` i stedet:"
        yield from _yaml({"ignorer": [one.label for one in found.rest if one.label]})
    marks = Counter(value for one in numbers for value in one.others(_is_number))
    if marks:
        yield "# Skriv under `fortroligt` de mærker, der betyder, at tallet findes og ikke må vises:"
        yield from _yaml({"mangler": [mark for mark, _ in marks.most_common(_FEW)]})
    if any(cell is None for one in numbers for cell in one.cells[: _filled(numbers)]):
        yield f"tom: {CHOOSE}  # nogle celler er tomme: `mangler` (intet tal) eller `fortroligt`"
    yield "tal:"
    known = _indicators()
    labels = [None] if found.heads else [one.label for one in found.numbers]
    for label in labels:
        entry = {} if label is None else {"kolonne": label}
        entry["indikator"] = known.get(normalised(label or ""), CHOOSE)
        yield f"  - {_flow(entry)}"
    if any(normalised(label or "") not in known for label in labels):
        names = ", ".join(INDICATORS)
        yield from wrap(
            f"`indikator` siger, hvad tallene er: en af {names}, eller jeres egen i {OWN.as_posix()}",
            width=100,
            initial_indent="# ",
            subsequent_indent="#   ",
        )


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


def _period_line(found: _Understood) -> str:
    if not (found.heads or found.period):
        return f"periode: {{kolonne: {CHOOSE}}}  # ingen kolonne har perioder: tilføj en i filen"
    written: dict[str, Any] = (
        {"i_overskrift": True}
        if found.heads
        else {"kolonne": found.period.label if found.period else ""}
    )
    cells = (
        [one.label for one in found.heads]
        if found.heads
        else list(found.period.cells if found.period else ())
    )
    if found.year:
        written["aar_kolonne"] = found.year.label
    elif any(_is_period(cell) and not _is_period(cell, None) for cell in cells):
        return f"periode: {_flow({**written, 'aar': CHOOSE})}  # perioderne står uden år"
    return f"periode: {_flow(written)}"


def _yaml(content: dict[str, Any]) -> list[str]:
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text.splitlines()


def _flow(content: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(
        content, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=True
    )
    return text.strip()


def _text(cell: CellValue) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _is_area(cell: CellValue) -> bool:
    try:
        return bool(area_named(_text(cell)))
    except BeskplanError:
        return False


def _is_year(cell: CellValue) -> bool:
    return re.fullmatch(r"(?:19|20)[0-9]{2}", _text(cell)) is not None


def _is_period(cell: CellValue, year: int | None = ANY_YEAR) -> bool:
    try:
        return bool(period_of(cell, year))
    except BeskplanError:
        return False


def _is_number(cell: CellValue) -> bool:
    if isinstance(cell, str):
        return _NUMBER.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)
