"""What the mail commands do: dry run, sending, and the last word on every letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from beskplan.core.errors import BeskplanError, InputError, Problem, UnknownNameError, did_you_mean
from beskplan.params.jobs import Workplace
from beskplan.params.mail import MailSettings, read_mail_settings, read_recipients
from beskplan.publish.mail.bounces import note_bounces
from beskplan.publish.mail.delivery import make_delivery
from beskplan.publish.mail.drafts import write_drafts
from beskplan.publish.mail.journal import Entry, Journal, State, latest
from beskplan.publish.mail.notice import tell_maintainer
from beskplan.publish.mail.password import find_password
from beskplan.publish.mail.sending import Mailing, Result

_WORDS: dict[State, str] = {
    "begun": "never sent",
    "handing-over": "IN DOUBT",
    "accepted": "accepted",
    "deferred": "deferred",
    "refused": "REFUSED",
    "bounced": "BOUNCED",
    "again": "to be sent again",
}


def dry_run(root: Path, kommune: str, aar: int, name: str) -> tuple[Path, list[Result]]:
    """Write every mail of a list as a file; send nothing.

    Returns:
        The folder of the files, and for each recipient what a sending would find.

    Raises:
        BeskplanError: params are wrong, a report is not approved and published, or the journal
            cannot be trusted.
    """
    mailing = _mailing(root, read_mail_settings(root), kommune, aar, name)
    return write_drafts(root, name, mailing), mailing.planned(Journal.of(root).entries())


def send_all(root: Path, kommune: str, aar: int, name: str, expected: int) -> list[Result]:
    """Send to everyone on a list who has not got the version yet; tell the maintainer of each failure.

    Raises:
        BeskplanError: as `dry_run`, or the server refuses; the maintainer has been told.
    """
    settings = read_mail_settings(root)
    title = f"mail til {name}, {kommune} {aar}"
    try:
        password = find_password() if settings.server.bruger else None
        mailing = _mailing(root, settings, kommune, aar, name)
        results = mailing.send(Journal.of(root), password, expected=expected)
    except (Exception, SystemExit) as error:
        # SystemExit: somebody stopped the run; those who wait have got nothing.
        lines = (
            list(map(str, error.problems))
            if isinstance(error, BeskplanError)
            else [f"{type(error).__name__}: {error}"]
        )
        tell_maintainer(root, settings, f"{title}: fejl", lines)
        raise
    if failed := [one for one in results if not one.ok]:
        lines = [f"{one.recipient.adresse}: {one.outcome} {one.detail}".rstrip() for one in failed]
        count = f"{len(failed)} af {len(results)} har ikke fået den"
        tell_maintainer(root, settings, f"{title}: {count}", lines)
    return results


def settle(root: Path, address: str, state: Literal["accepted", "again"]) -> Entry:
    """Add what a person knows of the last letter to an address.

    Raises:
        InputError: nothing that a person could know better was sent there.
    """
    with Journal.of(root).writing() as writer:
        letters = [one for one in latest(writer.entries).values() if _is_open(one, address, state)]
        if not letters:
            fix = "`beskplan mail-log` shows every letter"
            raise InputError(Problem(address, "no letter to say this of", fix=fix))
        return writer.add(letters[-1].letter, state, "said by a person")


def _is_open(entry: Entry, address: str, state: Literal["accepted", "again"]) -> bool:
    known = entry.state not in ("begun", "deferred", "again", state)
    return known and entry.letter.address.casefold() == address.strip().casefold()


def note_bounce_files(root: Path, paths: Sequence[Path]) -> None:
    """Note every bounce in the journal, and tell the maintainer.

    Raises:
        InputError: one of the files is no bounce of ours; those before it are noted.
    """
    with Journal.of(root).writing() as writer:
        noted = [entry for path in paths for entry in note_bounces(path, writer)]
    lines = [f"{one.letter.address}: {one.detail}" for one in noted]
    tell_maintainer(root, read_mail_settings(root), f"{len(noted)} mails kom tilbage", lines)


def status_lines(root: Path) -> list[str]:
    """The last word on every letter, what needs a person last, and a count."""
    entries = sorted(latest(Journal.of(root).entries()).values(), key=_wants_a_person)
    lines = [
        f"{_WORDS[one.state]:<17} {one.letter.job} {one.letter.version}  {one.letter.address}  "
        f"{one.at}  {one.letter.message_id}  {one.detail}".rstrip()
        for one in entries
    ]
    return [*lines, _count(entries)]


def _wants_a_person(entry: Entry) -> tuple[bool, str]:
    return entry.state in ("handing-over", "refused", "bounced"), entry.at


def _count(entries: Iterable[Entry]) -> str:
    counted = Counter(_WORDS[entry.state] for entry in entries)
    return (
        ", ".join(f"{count} {word}" for word, count in counted.items()) or "No mail was ever sent."
    )


def _mailing(root: Path, settings: MailSettings, kommune: str, aar: int, name: str) -> Mailing:
    lists = read_recipients(kommune, root).lister
    if name not in lists:
        expected, fix = f"one of {', '.join(lists)}", did_you_mean(name, lists)
        raise UnknownNameError(Problem("--liste", "no such list", repr(name), expected, fix))
    return Mailing(settings, lists[name], make_delivery(Workplace(root), kommune, aar))
