"""Tell the maintainer how the night went; a night without news is a night without a mail.

`data/natkoersel/fortalt.json` holds what the maintainer knows. It is written when the mail is on its
way: a night that was killed, or whose mail could not be sent, has told nothing, so that the next one
tells of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from beskplan.core.errors import LockedError
from beskplan.nightly.nightly import FOLDER, STEPS, Step, overdue, run_night
from beskplan.observations import stored_snapshots
from beskplan.params.mail import read_mail_settings
from beskplan.publish.mailing import tell_maintainer
from beskplan.runner.records import read_json, write_json
from beskplan.runner.versions import MANIFEST, Version

MEMORY = FOLDER / "fortalt.json"
SHOWN = 20
"""Reports that a mail names; of the others it tells the number."""

Tell = Callable[[str], object]


def night(root: Path, tell: Tell, steps: Sequence[Step] = STEPS) -> bool:
    """Run the night, and tell the maintainer how it went where anything failed or is new.

    Returns:
        Whether all of it went well, the telling too.

    Raises:
        LockedError: another run is at work; it will tell.
        ParamsError: nobody can be told, as params/mail.yaml is wrong or missing.
    """
    try:
        result = run_night(root, steps, tell)
    except LockedError:
        raise
    except Exception as error:
        _told(root, tell, "natkørsel: afbrudt", [f"{type(error).__name__}: {error}"])
        raise
    seen = look(root, ok=result.ok)
    new = list(news(last_told(root), seen))
    if result.ok and not new:
        tell("Intet nyt: vedligeholderen får ingen mail.")
        return True
    told = _told(root, tell, result.title, [*new, "", *result.lines()] if new else result.lines())
    if told:
        write_json(root / MEMORY, asdict(seen))
    return told and result.ok


def watch_over(root: Path, hours: float, tell: Tell) -> bool:
    """Tell the maintainer where no run has ended in the last `hours`.

    Returns:
        Whether one has.
    """
    reason = overdue(root, hours)
    if reason:
        tell(reason)
        _told(root, tell, reason, [f"Arbejdskopi: {root}"])
    return not reason


def _told(root: Path, tell: Tell, title: str, lines: Sequence[str]) -> bool:
    told = tell_maintainer(root, read_mail_settings(root), title, lines)
    if not told.sent:
        tell(f"Vedligeholderen kunne ikke få besked: {told.why}\n{told.kept}")
    return told.sent


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
    newest = next((one.folder.name for one in stored_snapshots(root)), "")
    return Seen(ok, newest, dict(_contents(root / "reports")))


def last_told(root: Path) -> Seen:
    """What the maintainer knows; nothing where there was no mail yet, or nobody can read of what."""
    found = read_json(root / MEMORY)
    try:
        return Seen(bool(found["ok"]), str(found["data"]), dict(found["reports"]))
    except (KeyError, TypeError, ValueError):
        return Seen()


def news(before: Seen, now: Seen) -> Iterator[str]:
    """What is new, in Danish sentences; none where nothing is."""
    if now.ok and not before.ok:
        yield "Fejlene fra sidst er væk."
    if now.data != before.data:
        yield f"Nye tal: datasæt {now.data}."
    known, there = before.reports.keys(), now.reports.keys()
    for words, jobs in (
        ("Nye rapporter", there - known),
        (
            "Rapporter med nyt indhold",
            {one for one in known & there if before.reports[one] != now.reports[one]},
        ),
        ("Udgåede rapporter", known - there),
    ):
        found = sorted(jobs)
        if found:
            more = f" og {len(found) - SHOWN} andre" if len(found) > SHOWN else ""
            yield f"{words} ({len(found)}): {', '.join(found[:SHOWN])}{more}."


def _contents(reports: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(reports.glob(f"[0-9][0-9][0-9][0-9]/*/*/{MANIFEST}")):
        try:
            yield path.parent.relative_to(reports).as_posix(), Version(path.parent).content
        except (OSError, ValueError, KeyError):
            continue
