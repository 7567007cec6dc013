"""A first mapping for a file that has none: what can be told from its heads, for a person to finish."""

from __future__ import annotations

from typing import Final

import yaml

from beskplan.core.errors import DataError, Problem
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.registers.reading import parse
from beskplan.sources.exports.grid import CellValue, Grid, grids
from beskplan.sources.exports.heads import SEARCHED_ROWS
from beskplan.sources.exports.mapping import FileFormat, Mapping
from beskplan.sources.labels import normalised

_AREA: Final = ("område", "kommune", "kommunenavn", "omr", "area", "municipality")
_PERIOD: Final = ("periode", "tid", "måned", "kvartal", "år", "period", "time", "month", "year")


def draft_mapping(
    content: bytes, *, name: str, id: str, source: str, table_id: str, ydelse: str = ALL
) -> Mapping:
    """A mapping that names every column of the file, those it does not understand under `ignorer`.

    Encoding, separator and decimal sign are left out, because they are found at each reading; the
    row of heads is where an area and a period column stand side by side.

    Args:
        content: The file as it is.
        name: Its name, for problems.
        id: Id of the new mapping.
        source: `jobindsats`, `statbank` or `own:<name>`.
        table_id: The source's id of the table.
        ydelse: The benefit that its numbers are of.

    Raises:
        DataError: no such row, or no column with the name of an indicator.
    """
    for grid in grids(content, FileFormat(), name):
        for row in grid.rows[:SEARCHED_ROWS]:
            labels = _labels(row)
            if labels and (columns := _understood(labels, ydelse)):
                area, period, numbers = columns
                used = {area, period, *(number["kolonne"] for number in numbers)}
                content_of_mapping = {
                    "id": id,
                    "titel": name,
                    "kilde": source,
                    "tabel": table_id,
                    "omraade": {"kolonne": area},
                    "periode": {"kolonne": period},
                    "ignorer": [label for label in labels if label not in used],
                    "tal": list(numbers),
                }
                # By way of its text, so that a wrong id or ydelse is refused as in any mapping.
                return parse(yaml.safe_dump(content_of_mapping), name, Mapping)
    raise DataError(_nothing(grids(content, FileFormat(), name), name))


def _labels(row: tuple[CellValue, ...]) -> tuple[str, ...]:
    return tuple(cell for cell in row if isinstance(cell, str))


def _understood(
    labels: tuple[str, ...], ydelse: str
) -> tuple[str, str, tuple[dict[str, str], ...]] | None:
    """Area column, period column and number columns of a row of heads; None where it is none."""
    area = next((label for label in labels if normalised(label) in _AREA), None)
    period = next((label for label in labels if normalised(label) in _PERIOD), None)
    names = {normalised(i.name): i.id for i in INDICATORS.values()} | {i: i for i in INDICATORS}
    numbers = tuple(
        {"kolonne": label, "indikator": names[normalised(label)], "ydelse": ydelse}
        for label in labels
        if normalised(label) in names
    )
    return (area, period, numbers) if area and period and numbers else None


def _nothing(found: tuple[Grid, ...], name: str) -> Problem:
    heads = max((_labels(row) for grid in found for row in grid.rows[:5]), key=len, default=())
    names = ", ".join(indicator.name for indicator in INDICATORS.values())
    return Problem(
        where=name,
        what="no row of column heads that can be understood",
        found=", ".join(heads)[:200],
        expected=f"an area (Område), a period (Periode) and one of: {names}",
        fix="write the mapping by hand, from one of those in beskplan/data/mappings",
    )
