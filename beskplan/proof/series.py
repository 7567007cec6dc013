"""The series of a table over time, whether its periods are rows or columns."""

from __future__ import annotations

from fractions import Fraction

from beskplan.proof import labels
from beskplan.proof.evidence import Block

Points = dict[str, Fraction | None]
"""Numbers by the code of their period; None where there is none."""


def series_of(table: Block) -> list[tuple[str, set[str], Points]]:
    """Each series: its name, other names, and its numbers."""
    heads = [labels.mentions(column["label"]) for column in table["columns"][1:]]
    rows = [(row, labels.mentions(row["label"])) for row in table["rows"]]
    if any(len(told) == 1 for _, told in rows):
        dated = [(min(told[0]), row["cells"]) for row, told in rows if len(told) == 1]
        return [
            (column["label"], set(), {code: _exact(cells[at]) for code, cells in dated})
            for at, column in enumerate(table["columns"][1:])
        ]
    found = []
    for row in table["rows"]:
        cells = zip(heads, row["cells"], strict=True)
        points = {min(told[0]): _exact(cell) for told, cell in cells if len(told) == 1}
        found.append((row["label"], other_names(row), points))
    return found


def other_names(row: Block) -> set[str]:
    """What the row's benefit or group is called besides."""
    read = [cell["origin"][1:] for cell in row["cells"] if cell["origin"][:1] == ["read"]]
    return {name for key in read for name in labels.names_of(tuple(key))}


def _exact(cell: Block) -> Fraction | None:
    return None if cell["value"] is None else Fraction(repr(cell["value"]))
