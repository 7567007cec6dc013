"""The whole site: every path on it, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.params.jobs import Workplace
from beskplan.publish.catalogue.entries import Entry, newest, read_entries
from beskplan.publish.catalogue.feed import FEED, feed
from beskplan.publish.catalogue.pages import Catalogue
from beskplan.publish.states import States
from beskplan.publish.trail import Event
from beskplan.registers.provenance import sha256_bytes


@dataclass(frozen=True)
class Kept:
    """A file of a report: it never changes under its path."""

    source: Path
    sha256: str


@dataclass(frozen=True)
class Site:
    """A catalogue that is ready to be put somewhere.

    Attributes:
        entries: The reports on it.
        kept: Path -> file of a report.
        pages: Path -> page, in the order in which they may replace older ones.
        problems: Reports that could not be shown.
    """

    entries: tuple[Entry, ...]
    kept: dict[str, Kept]
    pages: dict[str, bytes]
    problems: tuple[Problem, ...]

    def hashes(self) -> dict[str, str]:
        """Path -> sha256 of everything on the site."""
        pages = {path: sha256_bytes(content) for path, content in self.pages.items()}
        return {path: kept.sha256 for path, kept in self.kept.items()} | pages


def make_site(
    place: Workplace,
    events: Sequence[Event],
    *,
    drafts: bool,
    demo: bool = False,
    address: str = "",
) -> Site:
    """Gather the catalogue.

    Args:
        place: The working copy.
        events: The trail of approvals.
        drafts: For the house: what was built last, drafts too. Else only what was published.
        demo: Among the drafts also what is made of demo data.
        address: Where it will be found, for the feed.

    Raises:
        InputError: `address` is none.
    """
    entries, problems = read_entries(place.reports, States(events), drafts=drafts, demo=demo)
    base = _base(address)
    pages = dict(Catalogue(entries, drafts, _head(events)).pages())
    front = pages.pop("index.html")
    # The front page comes last: once it is there, everything that it leads to is.
    pages |= {FEED: feed(newest(entries), base), "index.html": front}
    kept = {path: file for entry in entries for path, file in _files(entry)}
    return Site(entries, kept, pages, problems)


def _files(entry: Entry) -> Iterator[tuple[str, Kept]]:
    for issue in (entry.issue, *entry.earlier):
        for name, sha256 in issue.files.items():
            source = issue.worn.folder / name
            yield f"{entry.job}/{issue.name}/{name}", Kept(source, sha256)


def _head(events: Sequence[Event]) -> str:
    """Where the trail ends, so that whoever keeps a copy of a page can tell a forged trail.

    Publications are left out: they follow from the approvals, and a site that is published again
    unchanged stays the same.
    """
    said = [event for event in events if event.what != "offentliggjort"]
    if not said:
        return "ingen godkendelser"
    return f"nr. {said[-1].number}, {said[-1].hash[:16]}"


def _base(address: str) -> str:
    if address and not address.startswith(("https://", "http://")):
        expected = "an address that begins with https://"
        raise InputError(Problem("--url", "is no web address", repr(address), expected))
    return address.rstrip("/") + "/" if address else ""
