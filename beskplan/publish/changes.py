"""What changed between two versions of a report: every number that moved, and why as far as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from beskplan.core.errors import Problem, ReportError
from beskplan.params.jobs import Job, Workplace
from beskplan.publish.change_reasons import Reason, Reasons
from beskplan.render.shown import SHOWN
from beskplan.runner.versions import Store, Version

HIDDEN = "oplyses ikke"
"""Stands for what a number was that has since been withheld: what is taken back is not told again."""
NONE = "ingen"
KEY_FIGURES = "Nøgletal"

_Cell = list[Any]
"""Text, value and state, as `build.shown` writes them."""
_Place = tuple[str, str, int, str]
"""Table id, row label, how often that label stood before it, column id."""


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
    old, new = _shown(before), _shown(now)
    reasons = Reasons.between(before, now)
    moved = [*_key_figures(old, new, reasons), *_cells(old, new, reasons)]
    taken_back = any(one.before == HIDDEN for one in moved)
    return Changes(before, now, tuple(moved), tuple(_texts(old, new, tell_old=not taken_back)))


def last_changes(place: Workplace, job: Job) -> Changes | None:
    """What changed from the version before to the report in place; None where it is the first.

    Raises:
        ReportError: there is no finished report, or a version is not whole.
    """
    now = Version(place.folder(job))
    try:
        previous = now.manifest.get("previous") or {}
        before = Store.of(place.reports).version(job.id, previous.get("content", "-"))
        return changes_between(before, now) if before.folder.is_dir() else None
    except (OSError, ValueError, KeyError) as error:
        fix = f"build it again: beskplan run --force {job.id}"
        raise ReportError(Problem(job.id, "cannot be compared", str(error), fix=fix)) from None


def _shown(version: Version) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((version.folder / SHOWN).read_bytes())
    return found


def without_period(label: str) -> tuple[str, str]:
    """What a key figure counts, and when: `Fuldtidspersoner på a-dagpenge`, `juni 2020`."""
    counted, comma, when = label.rpartition(", ")
    return (counted, when) if comma and when[-4:].isdigit() else (label, "")


def _key_figures(
    old: Mapping[str, Any], new: Mapping[str, Any], reasons: Reasons
) -> Iterator[Moved]:
    was = {without_period(one["label"])[0]: one for one in old["key_figures"]}
    for one in new["key_figures"]:
        counted, when = without_period(one["label"])
        then = was.get(counted)
        if then is None or then["value"] == one["value"]:
            continue
        later = without_period(then["label"])[1] != when
        reason = reasons.new_period() if later else reasons.in_general()
        # A word instead of a number: withheld or absent, and the table says which.
        before = then["value"] if any(map(str.isdigit, one["value"])) else HIDDEN
        yield Moved(KEY_FIGURES, counted, when or NONE, before, one["value"], reason, own=True)


def _cells(old: Mapping[str, Any], new: Mapping[str, Any], reasons: Reasons) -> Iterator[Moved]:
    was, tables = _by_place(old["tables"]), {one["id"]: one for one in old["tables"]}
    now = _by_place(new["tables"])
    for place, (table, row, column, cell) in now.items():
        then = was.get(place)
        if then is None:
            if cell[1] is not None:
                reason = reasons.appeared(table["id"] in tables)
                yield _moved(table, row, column, before=None, now=cell, reason=reason)
            continue
        if then[3][:2] != cell[:2] and (cell[1] is not None or then[3][1] is not None):
            other_period = (then[0]["period"], then[2]) != (table["period"], column)
            reason = (
                reasons.new_period()
                if other_period
                else reasons.of_number(row[1], then[3][1], cell[1])
            )
            yield _moved(table, row, column, before=then[3], now=cell, reason=reason)
    for place, (table, row, column, cell) in was.items():
        if place not in now and cell[1] is not None:
            yield _moved(table, row, column, before=cell, now=None, reason=reasons.in_general())


def _by_place(
    tables: Iterable[dict[str, Any]],
) -> dict[_Place, tuple[dict[str, Any], list[Any], str, _Cell]]:
    found: dict[_Place, tuple[dict[str, Any], list[Any], str, _Cell]] = {}
    for table in tables:
        for row in table["rows"]:
            for (column, label), cell in zip(table["columns"], row[2], strict=True):
                number = 0
                while (table["id"], row[0], number, column) in found:
                    number += 1
                found[table["id"], row[0], number, column] = (table, row, label, cell)
    return found


def _moved(
    table: Mapping[str, Any],
    row: list[Any],
    column: str,
    *,
    before: _Cell | None,
    now: _Cell | None,
    reason: Reason,
) -> Moved:
    withheld = now is not None and now[2] == "withheld"
    return Moved(
        table=f"{table['name']}. {table['title']}",
        row=row[0],
        column=column,
        before=HIDDEN if withheld else before[0] if before else NONE,
        now=now[0] if now else NONE,
        reason=reason,
        own=bool(row[1]) and row[1] == reason.area,
        size=_share(before, now),
    )


def _share(before: _Cell | None, now: _Cell | None) -> float:
    """How much of the larger of two numbers they differ by; 0 where one is none."""
    if before is None or now is None or before[1] is None or now[1] is None:
        return 0.0
    most = max(abs(before[1]), abs(now[1]))
    return float(abs(now[1] - before[1]) / most) if most else 0.0


def _texts(old: Mapping[str, Any], new: Mapping[str, Any], *, tell_old: bool) -> Iterator[Reworded]:
    was = {one["id"]: one["paragraphs"] for one in old["texts"]}
    for one in new["texts"]:
        then = was.pop(one["id"], [])
        gone = [text for text in then if text not in one["paragraphs"]]
        come = [text for text in one["paragraphs"] if text not in then]
        for number in range(max(len(gone), len(come))):
            before = gone[number] if number < len(gone) else ""
            yield Reworded(before if tell_old else "", come[number] if number < len(come) else "")
    if tell_old:
        yield from (Reworded(text, "") for paragraphs in was.values() for text in paragraphs)
