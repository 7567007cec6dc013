"""A snapshot as a value: observations that never change, and what a reader is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from beskplan.observations.contract import KEY, Key
from beskplan.observations.rows import RowsByArea
from beskplan.observations.suppression import suppressed_keys, withhold_keys
from beskplan.registers.provenance import sha256_bytes


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Observations that never change, and what a reader is told of them.

    Attributes:
        id: 12 hex digits of the hash of its content.
        text: For readers: what data, and of which date.
        frame: The observations (see `beskplan.observations.contract`).
        demo: Whether any of it is invented.
        suppressed: Counts that every reader gets withheld, so that no withheld one can be worked out;
            None where that was not decided when it was stored.
        titles: What tables are called where they come from, by source and table id; only those known.
    """

    id: str
    text: str
    frame: pd.DataFrame
    demo: bool = False
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    suppressed: frozenset[Key] | None = None

    @cached_property
    def withheld_besides(self) -> frozenset[Key]:
        """Counts that are withheld for another's sake (secondary suppression)."""
        return suppressed_keys(self.frame) if self.suppressed is None else self.suppressed

    @cached_property
    def rows_by_area(self) -> RowsByArea:
        """What a reader is told of every observation, by area and key; sums of areas included."""
        return RowsByArea(self.frame, self.withheld_besides)

    @cached_property
    def told(self) -> pd.DataFrame:
        """The observations as a reader is told them: withheld where `frame` would give one away."""
        return withhold_keys(self.frame, self.withheld_besides)


def content_sha256(frame: pd.DataFrame) -> str:
    """Hash of the observations; their order does not count."""
    text = frame.sort_values(list(KEY), ignore_index=True).to_csv(index=False, lineterminator="\n")
    return sha256_bytes(text.encode())


def content_id(frame: pd.DataFrame, *besides: str) -> str:
    """The id of a snapshot with these observations.

    Args:
        frame: The observations.
        besides: What else tells it from others: hashes of the raw files, the id of its base.
    """
    return combined_id(content_sha256(frame), besides)


def combined_id(content: str, besides: Iterable[str]) -> str:
    """The id that belongs to a content hash; that hash itself where nothing is besides."""
    others = sorted(besides)
    whole = sha256_bytes("\n".join((content, *others)).encode()) if others else content
    return whole[:12]
