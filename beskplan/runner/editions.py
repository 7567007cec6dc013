"""Which edition of each periodical Bilag is wanted: the newest that the source has every number for.

What was found for a plan holds as long as neither its params nor its snapshot is another one, so a
build with nothing to do reads one small file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from beskplan.core.editions import (
    earlier_edition,
    edition_name,
    edition_period,
    no_editions,
    rows_as_sent,
)
from beskplan.core.errors import UnknownNameError
from beskplan.core.files import ROWS
from beskplan.core.words import list_danish
from beskplan.runner.keys import digest
from beskplan.runner.records import FOLDER, read_json, remember
from beskplan.runner.wanted import Choice, DataNow, Wanted

_MEMORY = "udgaver.json"
SHOWN_NAMES = 6
"""Sections that an edition waits for; the others are counted."""


@dataclass(frozen=True)
class Waiting:
    """An edition that cannot be made yet."""

    plan: str
    """`2026/rudersdal`."""
    name: str
    """`status-2026K4`; of a Bilag that has no edition at all yet `status`."""
    waits_for: tuple[str, ...]
    """What the source has not counted, in Danish."""
    is_past: bool = False
    """Whether there are whole editions after it: what it lacks will hardly come."""


def editions(
    root: Path, library: str, found: Sequence[Wanted], choice: Choice, data: DataNow
) -> tuple[tuple[Wanted, ...], tuple[Waiting, ...]]:
    """Put an edition in the place of each periodical Bilag, and tell of those that wait.

    Args:
        root: The working copy.
        library: Hash of the code that judges: what other code has found is not trusted.
        found: What the params ask for.
        choice: Its `periode` asks for one edition by name; other reports are then left out.
        data: The working copy's data.

    Raises:
        UnknownNameError: an edition is asked for by name, and nothing chosen has editions.
        BeskplanError: params or data are wrong.
    """
    if choice.periode and not any(one.hver for one in found):
        named = choice.bilag or "det valgte"
        raise UnknownNameError(no_editions("--periode", f"{named}, {choice.periode}"))
    answers = _answers(root, library, (one for one in found if one.hver), choice.periode, data)
    wanted: list[Wanted] = []
    waiting: list[Waiting] = []
    for one in found:
        if not one.hver:
            wanted += [] if choice.periode else [one]
            continue
        answer = answers[one.job]
        if answer.get("ended") and not choice.kommune:
            # A region that has ended hinders no edition of the others; named, its check says so.
            continue
        periode, waits_for = answer["periode"], answer["waits_for"]
        if not periode and not waits_for:
            # Its check says what is wrong with it.
            wanted.append(one)
        # A period and the one that follows may be two plans' turn.
        if periode and _in_turn(one.job, periode, answers, choice):
            wanted.append(_edition(root, one, periode))
        if waits_for and _in_turn(one.job, answer["next"], answers, choice):
            plan, _, bilag = one.job.rpartition("/")
            name, past = edition_name(bilag, answer["next"]), answer.get("past", False)
            waiting.append(Waiting(plan, name, tuple(waits_for), past))
    return tuple(wanted), tuple(waiting)


def _edition(root: Path, one: Wanted, periode: str) -> Wanted:
    """The edition of a period; the one before it is part of what it is made from."""
    job = edition_name(one.job, periode)
    reports, read = root / "reports", []
    if before := earlier_edition(reports, job, ROWS):
        sent = rows_as_sent(reports, before).read_bytes()
        read = [before.name, hashlib.sha256(sent).hexdigest()]
    return replace(one, job=job, key={**one.key, "earlier": digest(read)})


def _in_turn(job: str, periode: str, jobs: Iterable[str], choice: Choice) -> bool:
    """Whether a period is the turn of this one of a municipality's plans that have the Bilag.

    It is the newest plan's that is no later than the period, else the oldest's: an edition is never made
    twice. A year that a person has named is that person's choice.
    """
    if choice.aar is not None:
        return True
    aar, _, rest = job.partition("/")
    years = [int(year) for year, _, other in (one.partition("/") for one in jobs) if other == rest]
    past = [year for year in years if year <= int(periode[:4] or "9999")]
    return int(aar) == max(past, default=min(years))


def _answers(
    root: Path, library: str, asked: Iterable[Wanted], periode: str | None, data: DataNow
) -> dict[str, Any]:
    """For each periodical Bilag the `periode` to make, the `next` one and what that `waits_for`.

    Looked for where params, snapshot or the period that is asked for are others than the last time.
    """
    path = root / "reports" / FOLDER / _MEMORY
    known = read_json(path)
    now, answers = dict(known), {}
    for one in asked:
        name = edition_name(one.job, periode or "")
        key = digest([library, one.inputs, data.resolve(one.data)])
        before = known.get(name)
        if not isinstance(before, dict) or before.get("key") != key:
            now[name] = {"key": key, **_look(root, one.job, periode)}
        answers[one.job] = now[name]
    if now != known:
        remember(path, now)
    return answers


def _look(root: Path, job: str, periode: str | None) -> dict[str, Any]:
    from beskplan.report.base import Context
    from beskplan.report.status_periode import exists_in, newest_period, waits_for

    aar, kommune, bilag = job.split("/")
    context = Context.load(bilag, kommune, int(aar), root, periode or "")
    if context.params.maalgrupper is None:
        # No sections: nothing is waited for, and its check refuses the plan.
        return {"periode": periode or "", "next": "", "waits_for": ()}
    if periode and not exists_in(context, edition_period(periode)):
        return {"periode": periode, "next": "", "waits_for": (), "ended": True}
    newest = newest_period(context)
    if periode:
        asked = edition_period(periode)
        lacking = waits_for(context, asked)
        past = newest.periode is not None and asked.last_day < newest.periode.last_day
        made = "" if lacking else periode
        return {"periode": made, "next": periode, "waits_for": lacking, "past": past}
    following = newest.periode.next.statbank if newest.periode else ""
    made = newest.periode.statbank if newest.periode else ""
    return {"periode": made, "next": following, "waits_for": newest.waits_for}


def waiting_lines(waiting: Iterable[Waiting]) -> Iterator[str]:
    """What editions wait for: a line a plan, or one for all that wait for the same."""
    ordered = sorted(waiting, key=lambda one: (one.name, one.waits_for, one.is_past, one.plan))
    for (name, waits_for, past), group in groupby(
        ordered, lambda one: (one.name, one.waits_for, one.is_past)
    ):
        plans = [one.plan for one in group]
        who = f"{plans[0]}/{name}" if len(plans) == 1 else f"{len(plans)} planer: {name}"
        more = len(waits_for) - SHOWN_NAMES
        named = [*waits_for[:SHOWN_NAMES], *([f"{more} andre"] if more > 0 else [])]
        verb = "kan ikke laves: data mangler" if past else "venter på"
        yield f"{who} {verb} {list_danish(named)}."
