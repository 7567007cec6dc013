"""From approvals to readers: the catalogue of the house, and the site that is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from beskplan.core.errors import BeskplanError, LockedError, Problem, ReportError
from beskplan.params.jobs import Workplace
from beskplan.publish.copies import COPY_MANIFEST, manifest_hash, published_copy
from beskplan.publish.journal import Journal
from beskplan.publish.site import Site, make_site
from beskplan.publish.targets import (
    Put,
    Target,
    TargetError,
    lost,
    open_target,
    put_site,
    refuse_newer,
)
from beskplan.publish.trail import Event, States, Trail, day_of, has_event
from beskplan.runner.records import FOLDER, now

CATALOGUE = "site"
"""The catalogue of the house, below `reports/`."""


@dataclass(frozen=True)
class Published:
    """What became of a publication.

    Attributes:
        site: What readers find now.
        put: What was done for it.
        events: What was written in the trail: the versions that were not published before.
        problems: Reports that readers do not find, or not in the version that was approved last.
    """

    site: Site
    put: Put
    events: tuple[Event, ...]
    problems: tuple[Problem, ...] = ()


def write_catalogue(place: Workplace, *, address: str = "") -> tuple[Path, Site]:
    """Bring `reports/site` up to date: everything that was built, drafts too.

    Raises:
        LedgerError: the trail of approvals was tampered with.
        TargetError: the catalogue there names an event that the trail has lost.
        ReportError: it cannot be written; it is whole, and the next time it goes on.
        LockedError: another is at work on it.
    """
    events = Trail(place.reports).events()
    site = make_site(place, events, drafts=True, demo=True, address=address)
    folder = place.reports / CATALOGUE
    with _alone(place):
        _put(site, open_target(folder), lambda _: None)
    return folder, site


def publish(
    place: Workplace,
    to: str,
    *,
    drafts: bool = False,
    demo: bool = False,
    address: str = "",
    tell: Callable[[str], object] = lambda _: None,
) -> Published:
    """Put what is approved where readers find it, and write down that it is there.

    Args:
        place: The working copy.
        to: A folder, or any address that fsspec knows.
        drafts: Put the catalogue of the house there instead, for those who look before they approve;
            that publishes nothing.
        demo: Among those drafts also what is made of demo data. Nothing else of it is ever put anywhere.
        address: Where readers will find it, for the feed.
        tell: Takes a sentence about what is going on.

    Raises:
        TargetError: the address is none, a file of somebody else is in the way, or the site there
            names an event that the trail does not have.
        CopyError: a copy that readers have had is not as it was approved; nothing was put anywhere.
        LedgerError: the trail of approvals was tampered with.
        ReportError: the target cannot be written; the site there is whole, and the next time it goes on.
        LockedError: another is publishing.
    """
    target = open_target(to)
    trail = Trail(place.reports)
    with _alone(place):
        events = trail.events()
        refuse_lost_events(place, events)
        coming, held_back = ((), ()) if drafts else _coming(place, events, target.name)
        # The pages tell of the publication that they are part of.
        told = (*events, *coming)
        site = make_site(place, told, drafts=drafts, demo=drafts and demo, address=address)
        put = _put(site, target, tell)
        shown = {(one.job, one.issue.content) for one in site.entries}
        written = _write_down(trail, coming, shown)
        return Published(site, put, written, (*held_back, *site.problems))


def refuse_lost_events(place: Workplace, events: Sequence[Event]) -> None:
    """Refuse a trail that has lost an event which the catalogue of the house or a mail names.

    Raises:
        TargetError: it has.
    """
    folder = place.reports / CATALOGUE
    refuse_newer(events, open_target(folder), frozenset({"index.html"}))
    # A trail that was begun anew after the mail is no shorter one: `approvals` shows where it begins.
    begun = events[0].at if events else ""
    for entry in Journal(place.root).read():
        if entry.trail and entry.at >= begun and not has_event(events, entry.trail):
            where = f"data/post/journal.jsonl: {entry.at}"
            raise TargetError(lost(where, entry.trail, events))


def _put(site: Site, target: Target, tell: Callable[[str], object]) -> Put:
    try:
        return put_site(site, target, tell)
    except OSError as error:
        what, fix = "kan ikke skrives", "kør den igen: den går videre, hvor den slap"
        raise ReportError(Problem(target.name, what, str(error), fix=fix)) from error


def _coming(
    place: Workplace, events: Sequence[Event], at_target: str
) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """What the trail will say when everything is in its place, and what cannot be published."""
    states, at = States(events), now()
    coming: list[Event] = []
    problems: list[Problem] = []
    for job in states.jobs():
        content = states.in_force(job)
        state = states.of(job, content)
        if state.approval is None or state.stage != "godkendt":
            continue
        try:
            copy = published_copy(place.reports, state.approval, day_of(at))
        except BeskplanError as error:
            problems.extend(error.problems)
            continue
        coming.append(
            Event(
                at=at,
                what="offentliggjort",
                job=job,
                content=content,
                by=at_target,
                files={COPY_MANIFEST: manifest_hash(copy)},
                copy=copy.content,
            )
        )
    return tuple(coming), tuple(problems)


def _write_down(
    trail: Trail, coming: Sequence[Event], shown: set[tuple[str, str]]
) -> tuple[Event, ...]:
    written = []
    with trail.writing() as writer:
        states = States(writer.entries)
        for one in coming:
            # Withdrawn while it was on its way: the next publication takes it down.
            holds = states.of(one.job, one.content).stage == "godkendt"
            if holds and (one.job, one.content) in shown:
                written.append(writer.add(one))
    return tuple(written)


@contextmanager
def _alone(place: Workplace) -> Iterator[None]:
    """Two publications are never at work at once; the lock ends with its process."""
    path = place.reports / FOLDER / "udgivelse.laas"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout:
        what, fix = "en anden er ved at offentliggøre", "vent, til den er færdig"
        raise LockedError(Problem(str(place.reports), what, fix=fix)) from None
