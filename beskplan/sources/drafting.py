"""A first mapping for a file that has none: what can be told from its heads, for a person to finish."""

from __future__ import annotations

from typing import Final

import yaml

from beskplan.core.errors import DataError, Problem
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.registers.reading import parse
from beskplan.sources.cells import (
    CellValue,
)
from beskplan.sources.labels import normalised
from beskplan.sources.mapping import (
    FileFormat,
    Mapping,
)
from beskplan.sources.spreadsheets import SEARCHED_ROWS, grids

_AREA: Final = ("område", "kommune", "kommunenavn", "omr", "area", "municipality")
_PERIOD: Final = ("periode", "tid", "måned", "kvartal", "år", "period", "time", "month", "year")


def draft_mapping(
    content: bytes, *, name: str, id: str, source: str, table_id: str, ydelse: str = ALL
) -> Mapping:
    """A first mapping that names every column of the file, those not understood under `ignorer`.

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
    seen = grids(content, FileFormat(), name)
    for grid in seen:
        for row in grid.rows[:SEARCHED_ROWS]:
            labels = _texts(row)
            if labels and (columns := _understood(labels, ydelse)):
                area, period, numbers = columns
                used = {area, period, *(number["kolonne"] for number in numbers)}
                drafted = {
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
                return parse(yaml.safe_dump(drafted), name, Mapping)
    heads = max((_texts(row) for grid in seen for row in grid.rows[:5]), key=len, default=())
    names = ", ".join(indicator.name for indicator in INDICATORS.values())
    raise DataError(
        Problem(
            where=name,
            what="ingen række med overskrifter, der kan forstås",
            found=", ".join(heads)[:200],
            expected=f"et område (Område), en periode (Periode) og en af: {names}",
            fix="skriv skemaet selv ud fra et af dem i beskplan/data/mappings",
        )
    )


def _texts(row: tuple[CellValue, ...]) -> tuple[str, ...]:
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
