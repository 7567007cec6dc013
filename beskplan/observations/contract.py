"""The observation: one number of one area in one period, and the contract that every table of them keeps.

A source hands over a `Delivery`: validated observations, and the bytes that they were read from.

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

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pandas as pd

from beskplan.core.errors import BeskplanError, DataError, Problem
from beskplan.core.periods import Period
from beskplan.registers.indicators import INDICATORS

if TYPE_CHECKING:
    import pandera.pandas as pa

KEY: Final = ("indicator", "ydelse", "group", "area", "period")
"""What makes an observation unique within a snapshot."""
Key: TypeAlias = tuple[str, str, str, str, str]
"""The values of `KEY` of one observation."""
ORIGIN: Final = ("source", "table_id", "retrieved_at")
"""Where an observation comes from."""
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


@dataclass(frozen=True)
class RawFile:
    """One answer or file, byte for byte as it came.

    Attributes:
        name: A file name for people, such as `y25i01.json` or `eksport.xlsx`; need not be unique.
        content: The bytes, before any decoding.
        source: As in the observations: `jobindsats`, `statbank`, `own:<name>`.
        table_id: As in the observations.
        retrieved_at: ISO date or date-time; its date is that of the observations.
        origin: Address or path that it came from. Never holds a token.
        version: The source's own mark of the table's version (`update_latest`); empty where it has none.
        mapping: Text of the mapping that a file was read with; empty for answers of an API.
        title: What the table is called where it comes from; empty where the source's name says enough.
    """

    name: str
    content: bytes
    source: str
    table_id: str
    retrieved_at: str
    origin: str
    version: str = ""
    mapping: str = ""
    title: str = ""


@dataclass(frozen=True, eq=False)
class Delivery:
    """Observations from one fetch or import, with the raw files behind them.

    Attributes:
        frame: Keeps the contract of `beskplan.observations.contract`.
        raw: At least one file for each (source, table_id) of `frame`.
        withhold_below: Counts of persons below this are withheld when stored; None: the source's own
            threshold (`beskplan.observations.suppression`), 0: none.
    """

    frame: pd.DataFrame
    raw: tuple[RawFile, ...]
    withhold_below: int | None = None


def _periods_are_valid(codes: pd.Series) -> pd.Series:
    return codes.isin([code for code in codes.unique() if _is_period_code(str(code))])


def _is_period_code(code: str) -> bool:
    try:
        return Period.parse(code).code == code
    except BeskplanError:
        return False


@cache
def _schema() -> pa.DataFrameSchema:
    # Imported for what is to be stored: reports read what was validated then.
    import pandera.pandas as pa

    def text(*rules: pa.Check, required: bool = True) -> pa.Column:
        filled = [pa.Check.str_length(min_value=1, error="ikke tom")] if required else []
        return pa.Column(str, [*filled, *rules], nullable=False)

    return pa.DataFrameSchema(
        {
            "indicator": text(
                # Asked each time: a working copy has its own besides.
                pa.Check(
                    lambda names: names.isin(list(INDICATORS)),
                    error="en indikator, som beskplan eller params/indikatorer.yaml kender",
                )
            ),
            "ydelse": text(),
            "group": text(),
            "area": text(),
            "period": text(
                pa.Check(_periods_are_valid, error="en periode som 2020M06, 2020Q02 eller 2020Y01")
            ),
            "value": pa.Column("float64", nullable=True),
            "decimals": pa.Column("int64", pa.Check.in_range(0, 6, error="0 til 6")),
            "unit": text(),
            "state": text(pa.Check.isin(STATES, error=f"en af {', '.join(STATES)}")),
            "source": text(),
            "table_id": text(),
            "reference": text(required=False),
            "retrieved_at": text(
                pa.Check.str_matches(r"^\d{4}-\d{2}-\d{2}", error="en dag som 2020-11-18")
            ),
        },
        checks=[
            pa.Check(
                lambda frame: (
                    frame["value"].notna() == frame["state"].isin(["known", "calculated"])
                ),
                error="et tal, netop hvor tilstanden er `known` eller `calculated`",
            ),
            pa.Check(
                lambda frame: (
                    frame["unit"]
                    == frame["indicator"].map({i.id: i.unit for i in INDICATORS.values()})
                ),
                error="indikatorens egen enhed",
            ),
            pa.Check(
                lambda frame: ~frame.duplicated(list(KEY), keep=False),
                error="én række for hver indikator, ydelse, gruppe, område og periode",
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
    import pandera.pandas as pa

    try:
        return _schema().validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.drop_duplicates(["check", "column", "index"]).head(50)
        raise DataError([_problem(case, where) for case in cases.to_dict("records")]) from None


def _problem(case: dict[Any, Any], where: str) -> Problem:
    row = "" if pd.isna(case["index"]) else f" række {int(case['index']) + 1}"
    column = "" if case["schema_context"] == "DataFrameSchema" else f" kolonne {case['column']}"
    return Problem(
        where=f"{where}:{row}{column}",
        what="en række, der ikke kan gemmes",
        found=repr(case["failure_case"]),
        expected=str(case["check"]),
        fix="ret rækken i filen, eller ret skemaet",
    )
