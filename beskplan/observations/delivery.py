"""What a source hands over: validated observations, and the bytes that they were read from.

The clients and the file readers make it; `beskplan.observations.store` keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


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
