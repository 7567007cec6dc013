"""The observation: one number of one area in one period, and the contract that every table of them keeps.

Columns, in order:

    indicator     what is counted or measured (`INDICATORS`)
    ydelse        benefit id (`beskplan.registers.benefits`), or `alle`
    group         population group (`beskplan.registers.groups`), or `alle`
    area          area code (`beskplan.registers.areas`)
    period        Jobindsats's notation (`beskplan.core.periods`)
    value         the number; NA unless the state is `known` or `calculated`
    decimals      how many decimals the source printed, 0 for counts
    unit          what the number counts; fixed by the indicator
    state         `known` · `withheld` (exists, but is kept back) · `absent` (the source has no number) ·
                  `calculated` (a sum of our own, of rounded parts)
    source        `jobindsats`, `statbank`, `published:<document>`, `own:<name>`, `demo`
    table_id      the source's id of its table
    reference     where in the source: a line, a row, a hierarchy value
    retrieved_at  ISO date on which it was fetched or published

Withheld is not zero, absent is not withheld, and a failure is not a fact: a table that breaks the
contract is refused as a whole, with every fault at once.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import pandas as pd
import pandera.pandas as pa

from beskplan.core.errors import BeskplanError, DataError, Problem
from beskplan.core.periods import Period
from beskplan.registers.indicators import INDICATORS

KEY: Final = ("indicator", "ydelse", "group", "area", "period")
"""What makes an observation unique within a snapshot."""
Key: TypeAlias = tuple[str, str, str, str, str]
"""The values of `KEY` of one observation."""
COLUMNS: Final = (
    *KEY,
    "value",
    "decimals",
    "unit",
    "state",
    "source",
    "table_id",
    "reference",
    "retrieved_at",
)
STATES: Final = ("known", "withheld", "absent", "calculated")


def _periods_are_valid(codes: pd.Series) -> pd.Series:
    return codes.isin([code for code in codes.unique() if _is_period_code(str(code))])


def _is_period_code(code: str) -> bool:
    try:
        return Period.parse(code).code == code
    except BeskplanError:
        return False


def _text(*rules: pa.Check, required: bool = True) -> pa.Column:
    filled = [pa.Check.str_length(min_value=1, error="must not be empty")] if required else []
    return pa.Column(str, [*filled, *rules], nullable=False)


_SCHEMA = pa.DataFrameSchema(
    {
        "indicator": _text(
            pa.Check.isin(list(INDICATORS), error=f"one of {', '.join(INDICATORS)}")
        ),
        "ydelse": _text(),
        "group": _text(),
        "area": _text(),
        "period": _text(
            pa.Check(_periods_are_valid, error="a period such as 2020M06, 2020Q02, 2020Y01")
        ),
        "value": pa.Column("float64", nullable=True),
        "decimals": pa.Column("int64", pa.Check.in_range(0, 6, error="0 to 6")),
        "unit": _text(),
        "state": _text(pa.Check.isin(STATES, error=f"one of {', '.join(STATES)}")),
        "source": _text(),
        "table_id": _text(),
        "reference": _text(required=False),
        "retrieved_at": _text(
            pa.Check.str_matches(r"^\d{4}-\d{2}-\d{2}", error="an ISO date such as 2020-11-18")
        ),
    },
    checks=[
        pa.Check(
            lambda frame: frame["value"].notna() == frame["state"].isin(["known", "calculated"]),
            error="a value exactly where the state is known or calculated",
        ),
        pa.Check(
            lambda frame: (
                frame["unit"] == frame["indicator"].map({i.id: i.unit for i in INDICATORS.values()})
            ),
            error="the unit of its indicator",
        ),
        pa.Check(
            lambda frame: ~frame.duplicated(list(KEY), keep=False),
            error="one row per indicator, ydelse, group, area and period",
        ),
    ],
    strict=True,
    ordered=True,
)


def validate(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """The table itself, if every row keeps the contract.

    Grain: one row per `KEY`. Missing: see the module docstring.

    Args:
        frame: Columns exactly `COLUMNS`, in that order.
        where: File or table name for the problems.

    Raises:
        DataError: with one problem per broken rule and row (the first 50).
    """
    try:
        return _SCHEMA.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.drop_duplicates(["check", "column", "index"]).head(50)
        raise DataError([_problem(case, where) for case in cases.to_dict("records")]) from None


def _problem(case: dict[Any, Any], where: str) -> Problem:
    row = "" if pd.isna(case["index"]) else f" row {int(case['index']) + 1}"
    column = "" if case["schema_context"] == "DataFrameSchema" else f" column {case['column']}"
    return Problem(
        where=f"{where}:{row}{column}",
        what="breaks the observation contract",
        found=repr(case["failure_case"]),
        expected=str(case["check"]),
        fix="mend the row in the source file, or its mapping",
    )
