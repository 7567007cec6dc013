"""The changes of a report in two or three sentences, for mail, feed and catalogue."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from beskplan.core.numbers import format_number
from beskplan.core.periods import date_text
from beskplan.publish.change_reasons import Cause
from beskplan.publish.changes import Changes
from beskplan.runner.versions import Version

_BECAUSE: dict[Cause, str] = {
    "revideret": "fordi kilden har revideret {them}",
    "periode": "fordi {they} gælder en ny periode",
    "data": "fordi {they} er beregnet af reviderede eller nye tal",
    "parameter": "fordi en parameter er ændret",
    "metode": "fordi metoden er ændret",
    "ukendt": "uden kendt årsag",
}


def summary(changes: Changes) -> str:
    """What changed since the version before, as plain Danish text.

    Example: `3 tal er ændret siden udgaven af 22. november 2026: 2 fordi kilden har revideret dem og 1
    fordi en parameter er ændret. Mest er Rudersdal, Juni 2020 (tabel 1) ændret: fra 703 til 711.`
    """
    since = f"siden udgaven af {date_text(made_on(changes.before))}"
    if changes.none:
        return f"Ingen tal og ingen tekst er ændret {since}."
    if not changes.moved:
        return f"Ingen tal er ændret {since}, men teksten er."
    count = len(changes.moved)
    told = f"{format_number(count)} tal er ændret {since}: {_by_reason(changes)}."
    most = _most(changes)
    return f"{told} {most}" if most else told


def made_on(version: Version) -> datetime:
    """When a version was made, where the reader is."""
    return datetime.fromisoformat(version.manifest["made_at"]).astimezone()


def _by_reason(changes: Changes) -> str:
    found = Counter(moved.reason.causes for moved in changes.moved).most_common()
    if len(found) == 1:
        return _because(*found[0])
    parts = [f"{format_number(count)} {_because(causes, count)}" for causes, count in found]
    return f"{', '.join(parts[:-1])} og {parts[-1]}"


def _because(causes: tuple[Cause, ...], count: int) -> str:
    words = {"them": "det", "they": "det"} if count == 1 else {"them": "dem", "they": "de"}
    return " eller ".join(_BECAUSE[cause].format(**words) for cause in causes)


def _most(changes: Changes) -> str:
    """The own number that moved most, for a reader who wants one example."""
    own = [moved for moved in changes.moved if moved.own and moved.size]
    if not own:
        return ""
    chosen = max(own, key=lambda moved: moved.size)
    return (
        f"Mest er {chosen.row}, {chosen.column} ({chosen.table.partition('.')[0].lower()}) ændret: "
        f"fra {chosen.before} til {chosen.now}."
    )
