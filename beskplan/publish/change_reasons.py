"""Why a number is another than before: what the two versions were made from, compared.

A number whose old and new value are those of one observation that the source has revised has that
reason. For all others, what else differs between the versions is named; where that is more than one
thing, all of them, as nothing tells them apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from beskplan.core.errors import BeskplanError
from beskplan.core.files import ROWS
from beskplan.core.periods import Period
from beskplan.runner.versions import Version

Cause = Literal["revideret", "periode", "data", "parameter", "metode", "ukendt"]

WORDS: Mapping[Cause, str] = {
    "revideret": "Kilden har revideret tallet",
    "periode": "Ny periode",
    "data": "Beregnet af reviderede eller nye tal",
    "parameter": "Ændret parameter",
    "metode": "Ændret metode",
    "ukendt": "Ukendt",
}
"""As the page of changes says them."""

_Key = tuple[str, ...]
_Number = tuple[float | None, int | None]


@dataclass(frozen=True)
class Reason:
    """Why a number moved.

    Attributes:
        causes: All that may have moved it; more than one only where they cannot be told apart.
        detail: The period that was revised, or which files changed; may be empty.
        area: Code of the municipality that the report is about.
    """

    causes: tuple[Cause, ...]
    detail: str = ""
    area: str = ""

    @property
    def text(self) -> str:
        """`Kilden har revideret tallet (juni 2020)`, `Ændret parameter eller ændret metode`."""
        first, *others = (WORDS[cause] for cause in self.causes)
        words = " eller ".join([first, *(word[0].lower() + word[1:] for word in others)])
        return f"{words} ({self.detail})" if self.detail else words


@dataclass(frozen=True)
class Reasons:
    """What two versions of a report were made from, and where that differs."""

    area: str
    revised: Mapping[_Key, tuple[_Number, _Number]]
    """Observations that both have read, and that are not the same any more."""
    other_data: bool
    """Whether any row is another, or one is new or gone; also where the rows are not known."""
    params: tuple[str, ...]
    """Files under params/ that are others now."""
    method: bool

    @classmethod
    def between(cls, before: Version, now: Version) -> Reasons:
        """Compare the manifests and the rows of two versions."""
        old, new = before.manifest, now.manifest
        was, is_now = old["made_from"], new["made_from"]
        rows_then, rows_now = _rows(before), _rows(now)
        shared = rows_then.keys() & rows_now.keys()
        same_files = was["params"].items() & is_now["params"].items()
        params = {*was["params"], *is_now["params"]} - {name for name, _ in same_files}
        method = ("notebook", "library", "registers")
        return cls(
            area=new["kommune_kode"],
            revised={
                key: (rows_then[key], rows_now[key])
                for key in sorted(shared)
                if rows_then[key] != rows_now[key]
            },
            other_data=rows_then != rows_now if rows_then else old["data"] != new["data"],
            params=tuple(sorted(params)),
            method=any(was.get(part) != is_now.get(part) for part in method)
            or old["versions"]["beskplan"] != new["versions"]["beskplan"],
        )

    def of_number(self, area: str, before: float | None, now: float | None) -> Reason:
        """Why a number of an area (empty where its row names none) moved while its period stayed."""
        for key, pair in self.revised.items():
            of_area = area in ("", key[3])
            if of_area and _same(before, pair[0]) and _same(now, pair[1]):
                return Reason(("revideret",), _period(key[4]), self.area)
        return self.in_general()

    def new_period(self) -> Reason:
        """Why a number moved whose column or table is about another time now."""
        return Reason(("periode",), "", self.area)

    def appeared(self, in_old_table: bool) -> Reason:
        """Why a number is there that was not before."""
        later = in_old_table and self.other_data and not self.method
        return self.new_period() if later and not self.params else self.in_general()

    def in_general(self) -> Reason:
        """Everything that differs between the versions."""
        found: list[Cause] = []
        if self.other_data:
            found.append("data")
        if self.params:
            found.append("parameter")
        if self.method:
            found.append("metode")
        detail = ", ".join(self.params) if found == ["parameter"] else ""
        return Reason(tuple(found) or ("ukendt",), detail, self.area)


def _rows(version: Version) -> dict[_Key, _Number]:
    """Every observation that a version has read; empty for one built before rows were kept."""
    try:
        lines = (version.folder / ROWS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    entries: list[list[Any]] = [json.loads(line) for line in lines]
    return {tuple(key): (value, decimals) for *key, _digest, value, decimals in entries}


def _same(cell: float | None, row: _Number) -> bool:
    value, decimals = row
    if cell is None or value is None:
        return cell is value
    return round(cell, decimals or 0) == round(value, decimals or 0)


def _period(code: str) -> str:
    try:
        return Period.parse(code).text
    except BeskplanError:
        return code
