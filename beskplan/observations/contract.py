"""The observation: one number of one area in one period, and the contract that every table of them keeps.

A source hands over a `Delivery`: validated observations, and the bytes that they were read from.

Columns, in order:

    indicator     what is counted or measured (`INDICATORS`)
    ydelse        benefit id (`beskplan.registers.benefits`), or `alle`
    group         population group (`beskplan.registers.indicators`), or `alle`
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

A new delivery is joined with the observations of the newest snapshot, and what was revised is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from beskplan.core.errors import DataError, Problem, Refusals
from beskplan.core.periods import Period, known_period
from beskplan.registers.indicators import ALL, INDICATORS

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
    found = {code: known_period(str(code)) for code in codes.unique()}
    return codes.isin([code for code, period in found.items() if period and period.code == code])


@cache
def _schema() -> pa.DataFrameSchema:
    # Imported for what is to be stored: reports read what was validated then.
    import pandera.pandas as pa

    def text(*rules: pa.Check, required: bool = True) -> pa.Column:
        filled = [pa.Check.str_length(min_value=1, error="ikke tom")] if required else []
        return pa.Column(str, [*filled, *rules], nullable=False)

    return pa.DataFrameSchema(
        {name: text() for name in COLUMNS}
        | {
            "indicator": text(
                # Asked each time: a working copy has its own besides.
                pa.Check(
                    lambda names: names.isin(list(INDICATORS)),
                    error="en indikator, som beskplan eller params/indikatorer.yaml kender",
                )
            ),
            "period": text(
                pa.Check(_periods_are_valid, error="en periode som 2020M06, 2020Q02 eller 2020Y01")
            ),
            "value": pa.Column("float64", nullable=True),
            "decimals": pa.Column("int64", pa.Check.in_range(0, 6, error="0 til 6")),
            "state": text(pa.Check.isin(STATES, error=f"en af {', '.join(STATES)}")),
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


told = Refusals("beskplan.observations")
_TABLE: Final = ["source", "table_id"]
_COVER: Final = [*_TABLE, "indicator", "ydelse", "area", "period"]
_COMPARED: Final = [*KEY, "value", "decimals", "state", "source", "table_id"]
Table = tuple[str, str]
"""Source and table id."""
Kind = Literal["rettet", "nyt", "fjernet", "nu fortroligt", "nu oplyst", "ændret tilstand"]


def merge(
    base: pd.DataFrame, new: pd.DataFrame, *, accept_missing: bool = False
) -> tuple[pd.DataFrame, Mapping[Table, list[Problem]]]:
    """The observations of both, where `new` covers `base` only those of `new`; and what forbids that.

    A table's numbers of an indicator, benefit, area and period are replaced together: its total on
    its own, its groups as one, so that a group which the source no longer gives does not stay behind.
    A number that is the same in an older delivery keeps its newer day.

    Args:
        base: Of the newest snapshot.
        new: What is to be stored.
        accept_missing: Let known numbers go that the newer delivery does not have.

    Returns:
        Sorted by area, so that reading an area reads one stretch of the file. And why tables must not
        be stored, by table: a day of retrieval that has not come, a number that another table has
        already given, a newer number that would be replaced by an older one, or a known one by none.
    """
    both = pd.concat([base[_COVER], new[_COVER]], ignore_index=True)
    both["is_total"] = np.concatenate([base["group"].to_numpy(), new["group"].to_numpy()]) == ALL
    # A number for each table, indicator, benefit, area and period, total and groups apart.
    covers = both.groupby([*_COVER, "is_total"], sort=False).ngroup().to_numpy()
    base_cover, new_cover = covers[: len(base)], covers[len(base) :]
    covered = np.isin(base_cover, new_cover)
    days = _days(new).groupby(new_cover).max()
    is_newer = _days(base).to_numpy() > days.reindex(base_cover).fillna("").to_numpy()
    replaced = base[covered].assign(cover=base_cover[covered], newer=is_newer[covered])
    given = new[["group", "value", "state"]].assign(cover=new_cover)
    replaced = replaced.merge(given, on=["cover", "group"], how="left", suffixes=("", "_new"))
    values, values_new = replaced["value"], replaced["value_new"]
    same = (values == values_new) | (values.isna() & values_new.isna())
    same &= replaced["state"] == replaced["state_new"]
    gone = values.notna() & (replaced["state_new"].isna() | (replaced["state_new"] == "absent"))
    gone &= ~replaced["newer"] & (not accept_missing)
    refused: dict[Table, list[Problem]] = defaultdict(list)
    for table, problem in chain(
        _of_the_future(new),
        _contradictions(base[~covered], new),
        _summed("older", replaced[replaced["newer"] & ~same]),
        _summed("gone", replaced[gone]),
    ):
        refused[table].append(problem)
    stale = base_cover[covered & is_newer]
    unchanged = base[~covered | np.isin(base_cover, stale)]
    new = new[~np.isin(new_cover, stale)]
    joined = pd.concat([unchanged, new], ignore_index=True) if len(unchanged) else new
    order = ["area", *(name for name in KEY if name != "area")]
    return joined.sort_values(order, ignore_index=True), refused


def _days(frame: pd.DataFrame) -> pd.Series:
    return frame["retrieved_at"].str[:10]


def _of_the_future(new: pd.DataFrame) -> Iterator[tuple[Table, Problem]]:
    today = datetime.now().astimezone().date().isoformat()
    late = new[_days(new) > today]
    for table, rows in late.groupby(_TABLE):
        where, expected = " ".join(map(str, table)), f"senest {today}"
        problem = told("day-to-come", where, _days(rows).max(), expected=expected)
        yield (str(table[0]), str(table[1])), problem
    yield from _summed("not-begun", new[_not_begun(new)])


def _not_begun(frame: pd.DataFrame) -> pd.Series:
    """Whether a row has a number of a period that begins after the day on which it was retrieved."""
    pairs = pd.DataFrame({"period": frame["period"], "day": _days(frame)})
    first = {code: Period.parse(code).first_day.isoformat() for code in pairs["period"].unique()}
    return frame["value"].notna() & (pairs["period"].map(first) > pairs["day"])


def _summed(name: str, rows: pd.DataFrame) -> Iterator[tuple[Table, Problem]]:
    """One problem a table, with how many numbers and the first of them."""
    for table, of_table in rows.groupby(_TABLE):
        first = of_table.sort_values(["area", "period"]).iloc[0]
        found = (
            f"{len(of_table)} tal, det første {first['indicator']}, område {first['area']}, "
            f"{first['period']}, gemt {first['retrieved_at'][:10]}"
        )
        problem = told(name, " ".join(map(str, table)), found)
        yield (str(table[0]), str(table[1])), problem


def _contradictions(unchanged: pd.DataFrame, new: pd.DataFrame) -> Iterator[tuple[Table, Problem]]:
    both = unchanged.merge(new, on=list(KEY), suffixes=("_old", "_new"))
    tables = both[
        ["table_id_old", "source_old", "table_id_new", "source_new", "indicator", "ydelse"]
    ]
    for row in tables.drop_duplicates().head(20).itertuples(index=False):
        where = f"{row.source_new} {row.table_id_new}: {row.indicator}, {row.ydelse}"
        problem = told("two-tables", where, f"{row.source_old} {row.table_id_old}")
        yield (str(row.source_new), str(row.table_id_new)), problem


@dataclass(frozen=True)
class Revision:
    """One observation that two snapshots know differently.

    Attributes:
        key: Which observation.
        source: Source of the newer row, or of the older where it was removed.
        table_id: Its table.
        kind: What happened to it.
        before: The older number; None where there is none, or where the newer is withheld: what a
            source has taken back is not told again.
        now: The newer number, or None.
    """

    key: Key
    source: str
    table_id: str
    kind: Kind
    before: Decimal | None
    now: Decimal | None

    @property
    def size(self) -> Decimal | None:
        """`now` minus `before`; None unless both are numbers."""
        return None if self.before is None or self.now is None else self.now - self.before


def revisions(old: pd.DataFrame, new: pd.DataFrame) -> tuple[Revision, ...]:
    """Everything that differs, by table, area and period; the day of retrieval alone is no difference.

    Args:
        old: Observations of the older snapshot.
        new: Observations of the newer one.
    """
    both = old[_COMPARED].merge(
        new[_COMPARED], on=list(KEY), how="outer", suffixes=("_old", "_new"), indicator="side"
    )
    same = (both["side"] == "both") & (both["state_old"] == both["state_new"])
    same &= (both["value_old"] == both["value_new"]) | (
        both["value_old"].isna() & both["value_new"].isna()
    )
    found = [_revision(row) for row in both[~same].to_dict("records")]
    return tuple(sorted(found, key=lambda r: (r.source, r.table_id, r.key[3], r.key[4], r.key)))


def _revision(row: dict[Hashable, Any]) -> Revision:
    side = "old" if row["side"] == "left_only" else "new"
    before, now = _number(row, "old"), _number(row, "new")
    kind = _kind(row)
    return Revision(
        key=tuple(row[name] for name in KEY),
        source=row[f"source_{side}"],
        table_id=row[f"table_id_{side}"],
        kind=kind,
        before=None if kind == "nu fortroligt" else before,
        now=now,
    )


def _kind(row: dict[Hashable, Any]) -> Kind:
    if row["side"] != "both":
        return "fjernet" if row["side"] == "left_only" else "nyt"
    had, has = pd.notna(row["value_old"]), pd.notna(row["value_new"])
    if had and has:
        return "rettet"
    if row["state_new"] == "withheld":
        return "nu fortroligt"
    return "nu oplyst" if has else "ændret tilstand"


def _number(row: dict[Hashable, Any], side: str) -> Decimal | None:
    value = row[f"value_{side}"]
    return Decimal(repr(float(value))) if pd.notna(value) else None
