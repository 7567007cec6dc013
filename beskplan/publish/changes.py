"""What changed between two versions of a report: every number that moved, and why as far as it is known.

A number whose old and new value are those of one observation that the source has revised has that
reason. For all others, what else differs between the versions is named; where that is more than one
thing, all of them, as nothing tells them apart. A number that one of the versions withholds is not
printed, nor is anything from which it could be read.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from beskplan.core.danish import format_number, list_danish
from beskplan.core.files import ROWS
from beskplan.core.periods import date_text, known_period
from beskplan.publish.trail import WORDS
from beskplan.render.values import VALUES
from beskplan.runner.records import Version

HIDDEN = "oplyses ikke"
"""Stands for what a number was that has since been withheld: what is taken back is not told again."""
NOW_SHOWN = "oplyst i rapporten"
"""Stands for what a number is that was withheld before."""
NONE = "ingen"
KEY_FIGURES = "Nøgletal"

Cause = Literal["revideret", "periode", "data", "parameter", "metode", "ukendt"]
_WORDS: dict[str, tuple[str, str]] = WORDS["causes"]
"""A cause on the page of changes, and in the summary."""

_Cell = list[Any]
"""Text, value and state, as `render.shown` writes them."""
_Key = tuple[str, ...]
_Number = tuple[float | None, int | None]
_Placed = tuple[dict[str, Any], list[Any], str, _Cell]
"""Table, row, label of the column, cell."""


@dataclass(frozen=True)
class Reason:
    """Why a number moved.

    Attributes:
        causes: All that may have moved it; more than one only where they cannot be told apart.
        detail: The period that was revised, or which files changed; may be empty.
    """

    causes: tuple[Cause, ...]
    detail: str = ""

    @property
    def text(self) -> str:
        """`Kilden har revideret tallet (juni 2020)`, `Ændret parameter eller ændret metode`."""
        first, *others = (_WORDS[cause][0] for cause in self.causes)
        words = " eller ".join([first, *(word[0].lower() + word[1:] for word in others)])
        return f"{words} ({self.detail})" if self.detail else words


_NEW_PERIOD = Reason(("periode",))


@dataclass(frozen=True)
class Moved:
    """One number that is another now, or is new or gone.

    Attributes:
        table: Number and title of its table as they are now.
        row: Label of its row.
        column: Label of its column.
        before: As it was printed; `ingen` where it is new.
        now: As it is printed; `ingen` where it is gone.
        reason: Why.
        own: Whether its row is about the municipality of the report.
        size: How much of itself it moved, 0-1; 0 where that cannot be said.
    """

    table: str
    row: str
    column: str
    before: str
    now: str
    reason: Reason
    own: bool = False
    size: float = 0.0


@dataclass(frozen=True)
class Reworded:
    """A paragraph that is another now; empty where it is new or gone."""

    before: str
    now: str


@dataclass(frozen=True)
class Changes:
    """The difference between two versions of one report."""

    before: Version
    now: Version
    moved: tuple[Moved, ...]
    reworded: tuple[Reworded, ...]

    @property
    def none(self) -> bool:
        """Whether a reader would find nothing else."""
        return not self.moved and not self.reworded


def changes_between(before: Version, now: Version) -> Changes:
    """Compare two versions by what they show.

    Raises:
        OSError, ValueError: a version is not whole.
    """
    comparison = _Comparison(before, now)
    moved = (*comparison.key_figures(), *comparison.cells())
    return Changes(before, now, moved, tuple(comparison.texts()))


class _Comparison:
    """What two versions show and what they were made from."""

    def __init__(self, before: Version, now: Version) -> None:
        self._old, self._new = (json.loads((v.folder / VALUES).read_bytes()) for v in (before, now))
        self._was, self._is = _by_place(self._old["tables"]), _by_place(self._new["tables"])
        old, new = before.manifest, now.manifest
        was, is_now = old["made_from"], new["made_from"]
        self._area = new["kommune_kode"]
        rows_then, rows_now = _rows(before), _rows(now)
        shared = sorted(rows_then.keys() & rows_now.keys())
        self._revised = {
            key: (rows_then[key], rows_now[key])
            for key in shared
            if rows_then[key] != rows_now[key]
        }
        self._periods = {_period(key[4]) for key in rows_now}
        self._other_data = rows_then != rows_now
        same = was["params"].items() & is_now["params"].items()
        self._params = sorted({*was["params"], *is_now["params"]} - {name for name, _ in same})
        parts = ("notebook", "library", "registers")
        self._method = (
            any(was.get(part) != is_now.get(part) for part in parts)
            or old["versions"]["beskplan"] != new["versions"]["beskplan"]
        )
        # Where any number has been taken back, what was said of it elsewhere is not told again either:
        # an old sentence, or a table that is gone.
        self._taken_back = any(
            then[0] is not None and is_[0] is None for then, is_ in self._revised.values()
        ) or any(
            _hides(self._is[place][3]) and then[3][1] is not None
            for place, then in self._was.items()
            if place in self._is
        )

    def key_figures(self) -> Iterator[Moved]:
        was = {without_period(one["label"])[0]: one for one in self._old["key_figures"]}
        for one in self._new["key_figures"]:
            counted, when = without_period(one["label"])
            then = was.get(counted)
            if then is None or then["value"] == one["value"]:
                continue
            later = without_period(then["label"])[1] != when
            reason = _NEW_PERIOD if later else self._in_general()
            # A word instead of a number: withheld or absent, and the table says which.
            number_then, number_now = (any(map(str.isdigit, x["value"])) for x in (then, one))
            before = then["value"] if number_now else HIDDEN
            now = one["value"] if number_then else NOW_SHOWN
            yield Moved(KEY_FIGURES, counted, when or NONE, before, now, reason, own=True)

    def cells(self) -> Iterator[Moved]:
        shown: dict[str, set[str]] = {}
        for (table, *_), (_, row, label, _) in self._was.items():
            shown.setdefault(table, set()).update((row[0].lower(), label.lower()))
        for key in dict.fromkeys((*self._is, *self._was)):
            old, new = self._was.get(key), self._is.get(key)
            before, now = (side[3] if side else None for side in (old, new))
            same = before and now and before[:2] == now[:2]
            if same or not any(cell and cell[1] is not None for cell in (before, now)):
                continue
            if old is None and new:
                reason = self._appeared(self._named(new), shown.get(key[0]))
            elif new is None or old is None:
                reason = self._in_general()
            elif old[2] != new[2] or (
                old[0]["period"] != new[0]["period"] and not self._named(new)
            ):
                reason = _NEW_PERIOD
            else:
                reason = self._of_number(new, old[3][1])
            yield self._moved(new or self._was[key], before, now, reason)

    def _moved(
        self, placed: _Placed, before: _Cell | None, now: _Cell | None, reason: Reason
    ) -> Moved:
        table, row, column, _ = placed
        taken_back = _hides(now) or (now is None and self._taken_back)
        return Moved(
            table=f"{table['name']}. {table['title']}",
            row=row[0],
            column=column,
            before=HIDDEN if taken_back else before[0] if before else NONE,
            now=NOW_SHOWN if _hides(before) and not _hides(now) else now[0] if now else NONE,
            reason=reason,
            own=bool(row[1]) and row[1] == self._area,
            size=_share(before, now),
        )

    def texts(self) -> Iterator[Reworded]:
        was = {one["id"]: one["paragraphs"] for one in self._old["texts"]}
        for one in self._new["texts"]:
            then = was.pop(one["id"], [])
            gone = [text for text in then if text not in one["paragraphs"]]
            come = [text for text in one["paragraphs"] if text not in then]
            for number in range(max(len(gone), len(come))):
                before = gone[number] if number < len(gone) and not self._taken_back else ""
                yield Reworded(before, come[number] if number < len(come) else "")
        if not self._taken_back:
            yield from (Reworded(text, "") for texts in was.values() for text in texts)

    def _named(self, placed: _Placed) -> set[str]:
        """The periods that a cell's row and column name: they stay, also where the table's is another."""
        _, row, column, _ = placed
        return self._periods & {row[0].lower(), column.lower()}

    def _of_number(self, placed: _Placed, before: float | None) -> Reason:
        """Why a number moved while its period stayed; a row that names no area may be any."""
        (_, (_, area, *_), _, cell), named = placed, self._named(placed)
        for key, (then, is_now) in self._revised.items():
            period = _period(key[4])
            ours = area in ("", key[3]) and (not named or period in named)
            if ours and _same(before, then) and _same(cell[1], is_now):
                return Reason(("revideret",), period)
        return self._in_general()

    def _appeared(self, named: set[str], shown: set[str] | None) -> Reason:
        """Why a number is there that was not before, in a table that had these labels; None, no table."""
        if shown and named - shown:
            return _NEW_PERIOD
        later = shown is not None and self._other_data and not self._method
        return _NEW_PERIOD if later and not self._params and not named else self._in_general()

    def _in_general(self) -> Reason:
        """Everything that differs between the versions."""
        differs: dict[Cause, bool] = {
            "data": self._other_data,
            "parameter": bool(self._params),
            "metode": self._method,
        }
        causes = tuple(cause for cause, true in differs.items() if true)
        detail = ", ".join(self._params) if causes == ("parameter",) else ""
        return Reason(causes or ("ukendt",), detail)


def without_period(label: str) -> tuple[str, str]:
    """What a key figure counts, and when: `Fuldtidspersoner på a-dagpenge`, `juni 2020`."""
    counted, comma, when = label.rpartition(", ")
    return (counted, when) if comma and when[-4:].isdigit() else (label, "")


def _by_place(tables: Iterable[dict[str, Any]]) -> dict[tuple[str, str, int, str], _Placed]:
    """Every cell by table, row label, how often that label stood before it, and column."""
    found: dict[tuple[str, str, int, str], _Placed] = {}
    for table in tables:
        for row in table["rows"]:
            for (column, label), cell in zip(table["columns"], row[2], strict=True):
                number = 0
                while (table["id"], row[0], number, column) in found:
                    number += 1
                found[table["id"], row[0], number, column] = (table, row, label, cell)
    return found


def _hides(cell: _Cell | None) -> bool:
    """Whether a cell has no number for another reason than that there is none."""
    return cell is not None and cell[1] is None and cell[2] != "absent"


def _share(before: _Cell | None, now: _Cell | None) -> float:
    """How much of the larger of two numbers they differ by; 0 where one is none."""
    if before is None or now is None or before[1] is None or now[1] is None:
        return 0.0
    most = max(abs(before[1]), abs(now[1]))
    return float(abs(now[1] - before[1]) / most) if most else 0.0


def _rows(version: Version) -> dict[_Key, _Number]:
    """Every observation that a version has read."""
    lines = (version.folder / ROWS).read_text(encoding="utf-8").splitlines()
    entries: list[list[Any]] = [json.loads(line) for line in lines]
    return {tuple(key): (value, decimals) for *key, _digest, value, decimals in entries}


def _same(cell: float | None, row: _Number) -> bool:
    value, decimals = row
    if cell is None or value is None:
        return cell is value
    return round(cell, decimals or 0) == round(value, decimals or 0)


def _period(code: str) -> str:
    period = known_period(code)
    return period.text if period else code


def summary(changes: Changes) -> str:
    """What changed since the version before, as plain Danish text for mail, feed and catalogue.

    Example: `3 tal er ændret siden udgaven af 22. november 2026: 2 fordi kilden har revideret dem og 1
    fordi en parameter er ændret. Mest er Rudersdal, Juni 2020 (tabel 1) ændret: fra 703 til 711.`
    """
    made = datetime.fromisoformat(changes.before.manifest["made_at"]).astimezone()
    since = f"siden udgaven af {date_text(made)}"
    if changes.none:
        return f"Ingen tal og ingen tekst er ændret {since}."
    if not changes.moved:
        return f"Ingen tal er ændret {since}, men teksten er."
    counted = Counter(moved.reason.causes for moved in changes.moved).most_common()
    parts = [f"{format_number(count)} {_because(causes, count)}" for causes, count in counted]
    reasons = list_danish(parts) if parts[1:] else _because(*counted[0])
    counts = f"{format_number(len(changes.moved))} tal er ændret {since}: {reasons}."
    # The own number that moved most, for a reader who wants one example.
    own = [moved for moved in changes.moved if moved.own and moved.size]
    if not own:
        return counts
    most = max(own, key=lambda moved: moved.size)
    table = most.table.partition(".")[0].lower()
    change = f"fra {most.before} til {most.now}"
    return f"{counts} Mest er {most.row}, {most.column} ({table}) ændret: {change}."


def _because(causes: tuple[Cause, ...], count: int) -> str:
    words = {"them": "det", "they": "det"} if count == 1 else {"them": "dem", "they": "de"}
    return " eller ".join(_WORDS[cause][1].format(**words) for cause in causes)
