"""What is new since the maintainer was last told: a night without news is a night without a mail.

`data/natkoersel/fortalt.json` is written when the mail is on its way. A night that was killed, or whose
mail could not be sent, has told nothing, so that the next one tells of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from beskplan.observations import shelved
from beskplan.runner.records import read_json, write_json
from beskplan.runner.versions import MANIFEST, Version

MEMORY = Path("data") / "natkoersel" / "fortalt.json"
SHOWN = 20
"""Reports that a mail names; of the others it tells the number."""


@dataclass(frozen=True)
class Seen:
    """How the working copy stood after a night.

    Attributes:
        ok: Whether every step of the night went well.
        data: Id of the newest snapshot; empty where nothing was ever fetched.
        reports: Content (`versions.content_id`) of each report, by job.
    """

    ok: bool = True
    data: str = ""
    reports: Mapping[str, str] = field(default_factory=dict)


def look(root: Path, *, ok: bool) -> Seen:
    """How the working copy stands now; a report whose manifest cannot be read is not there."""
    newest = next((one.folder.name for one in shelved(root)), "")
    return Seen(ok, newest, dict(_contents(root / "reports")))


def last_told(root: Path) -> Seen:
    """What the maintainer knows; nothing where there was no mail yet, or nobody can read of what."""
    found = read_json(root / MEMORY)
    try:
        return Seen(bool(found["ok"]), str(found["data"]), dict(found["reports"]))
    except (KeyError, TypeError, ValueError):
        return Seen()


def remember(root: Path, seen: Seen) -> None:
    """Note that the maintainer has been told."""
    write_json(root / MEMORY, asdict(seen))


def news(before: Seen, now: Seen) -> tuple[str, ...]:
    """What is new, in Danish sentences; empty where nothing is."""
    return tuple(_sentences(before, now))


def _sentences(before: Seen, now: Seen) -> Iterator[str]:
    if now.ok and not before.ok:
        yield "Fejlene fra sidst er væk."
    if now.data != before.data:
        yield f"Nye tal: datasæt {now.data}."
    known, there = before.reports.keys(), now.reports.keys()
    for words, jobs in (
        ("Nye rapporter", there - known),
        ("Rapporter med nyt indhold", {one for one in known & there if _moved(one, before, now)}),
        ("Udgåede rapporter", known - there),
    ):
        found = sorted(jobs)
        if found:
            more = f" og {len(found) - SHOWN} andre" if len(found) > SHOWN else ""
            yield f"{words} ({len(found)}): {', '.join(found[:SHOWN])}{more}."


def _moved(job: str, before: Seen, now: Seen) -> bool:
    return before.reports[job] != now.reports[job]


def _contents(reports: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(reports.glob(f"[0-9][0-9][0-9][0-9]/*/*/{MANIFEST}")):
        try:
            yield path.parent.relative_to(reports).as_posix(), Version(path.parent).content
        except (OSError, ValueError, KeyError):
            continue
