"""What was understood of an imported file, in Danish, for the person who knows the file."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from beskplan.core.danish import format_number
from beskplan.core.periods import Period
from beskplan.registers.areas import area

SHOWN_ROWS: Final = 3


def span_text(codes: pd.Series) -> str:
    """Give `9 perioder, januar 2026 til september 2026`; months and quarters each for themselves."""
    kinds: dict[str, list[Period]] = {}
    for period in sorted(map(Period.parse, set(codes)), key=lambda one: (one.kind, one.code)):
        kinds.setdefault(period.kind, []).append(period)
    return " og ".join(
        f"{len(periods)} perioder, {periods[0].text} til {periods[-1].text}"
        if len(periods) > 1
        else periods[0].text
        for periods in kinds.values()
    )


def areas_text(codes: pd.Series) -> str:
    """Name the areas with these codes; give their number where there are many."""
    names = [area(code).navn for code in dict.fromkeys(codes)]
    return ", ".join(names) if len(names) <= SHOWN_ROWS else f"{len(names)} områder"


def row_text(row: dict[Hashable, Any]) -> str:
    """Give `linje 2, Antal: Furesø, januar 2026: 14 besøg`, but no number that readers do not see."""
    told = {"withheld": "fortroligt", "absent": "mangler"}.get(row["state"])
    number = told or f"{format_number(Decimal(str(row['value'])), row['decimals'])} {row['unit']}"
    return f"{row['reference']}: {area(row['area']).navn}, {Period.parse(row['period']).text}: {number}"
