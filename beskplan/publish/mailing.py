"""What the mail commands do: dry run, sending, the last word on every letter; and notices of failures.

The maintainer is told of every failure, never the committee. A notice that cannot be sent is kept as
`data/post/ikke-sendt/<name>.eml` and sent with the next one: it may arrive twice, but it is never lost.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.utils import make_msgid
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

from beskplan.core.editions import by_end, edition_name, edition_period
from beskplan.core.errors import BeskplanError, InputError, UnknownNameError, did_you_mean
from beskplan.core.files import install_files, write_whole
from beskplan.core.periods import moment_text
from beskplan.params.jobs import Job, Workplace
from beskplan.params.mail import (
    RECIPIENTS_FILE,
    MailSettings,
    read_mail_settings,
    read_recipients,
)
from beskplan.publish import trail
from beskplan.publish.message import compose, make_delivery, new_mail
from beskplan.publish.sending import DoubtError, Mailing, RefusalError, Result, connected, hand_over
from beskplan.publish.trail import problem
from beskplan.registers.provenance import sha256_bytes
from beskplan.report.place import find_root
from beskplan.sources.http import Secret

UNSENT = "ikke-sendt"
SENT = "Sendt til"
"""Begins the night's line about an edition that a list has got."""
PASSWORD_VARIABLE: Final = "BESKPLAN_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
KEYRING: Final = ("beskplan", "smtp")


def tell_maintainer(root: Path, settings: MailSettings, title: str, lines: Sequence[str]) -> str:
    """Send the maintainer a notice, and those that could not be sent before.

    Args:
        root: The working copy.
        settings: Who the maintainer is, and the server.
        title: What happened, in a few words.
        lines: The details, one paragraph or list of lines.

    Returns:
        Why it was not sent, and the file that it is kept in; empty where it was.
    """
    mail = new_mail(settings, f"beskplan: {trail.one_line(title)}")
    mail["To"] = [Address(addr_spec=one) for one in settings.vedligeholder]
    mail["Message-ID"] = make_msgid(domain=settings.afsender.adresse.rpartition("@")[2])
    text = "\n".join([title, "", *lines, ""])
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    content = mail.as_bytes()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{sha256_bytes(content)[:12]}.eml"
    file = root / trail.FOLDER / UNSENT / name
    with suppress(OSError):  # a full disk is told of all the same
        write_whole(file, content)
    try:
        with connected(settings.server, find_password(settings)) as smtp:
            # The oldest first; what was taken by the server leaves the folder.
            for path in sorted({*file.parent.glob("*.eml"), file}):
                letter = content if path == file else path.read_bytes()
                back_to = settings.vedligeholder[0]
                for address in settings.vedligeholder:
                    hand_over(smtp, back_to, address, letter, lambda: None)
                path.unlink(missing_ok=True)
    except (BeskplanError, RefusalError, DoubtError, OSError) as error:
        return f"{error}\n{file}"
    return ""


def find_password(
    settings: MailSettings, environment: Mapping[str, str] = os.environ
) -> Secret | None:
    """The server's password from the environment, else from the keyring; None where it has no user.

    Raises:
        InputError: there is none; never shows it.
    """
    if not settings.server.bruger:
        return None
    text = environment.get(PASSWORD_VARIABLE, "")
    if not text and find_spec("keyring"):
        keyring = import_module("keyring")
        try:
            text = str(keyring.get_password(*KEYRING) or "")
        except keyring.errors.KeyringError:
            text = ""
    if not text:
        words = {"variable": PASSWORD_VARIABLE, "keyring": " ".join(KEYRING)}
        raise InputError(problem("no-password", "mail: adgangskode", **words))
    return Secret(text)


def dry_run(
    root: Path, kommune: str, aar: int, name: str, *, edition: str = ""
) -> tuple[Path, list[Result]]:
    """Write every mail of a list as a file; send nothing. `edition` as `make_delivery`.

    Returns:
        The folder of the files, and for each recipient what a sending would find.

    Raises:
        BeskplanError: params are wrong, a report is not approved and published, or the journal
            cannot be trusted.
    """
    mailing = _mailing(root, read_mail_settings(root), kommune, aar, name, edition=edition)
    return write_drafts(root, name, mailing), mailing.planned(trail.Journal(root).read())


def write_drafts(root: Path, name: str, mailing: Mailing) -> Path:
    """Write the mails of a list to `data/post/udkast/<aar>/<kommune>/<name>/`, and return that folder."""
    delivery, at = mailing.delivery, datetime.now(UTC)
    target = root / trail.FOLDER / "udkast" / delivery.job / name
    mails = (
        compose(mailing.settings, mailing.to, one, delivery, at, trail=delivery.trail)
        for one in mailing.to.modtagere
    )
    # No part of an address or name gets into a file's name.
    files = {f"{number:03d}.eml": mail.as_bytes() for number, mail in enumerate(mails, start=1)}
    install_files(files, target, root / trail.FOLDER / ".arbejde")
    return target


def send_all(
    root: Path, kommune: str, aar: int, name: str, expected: int, *, edition: str = ""
) -> list[Result]:
    """Send to everyone on a list who has not got the version yet; tell the maintainer of each failure.

    `edition` as `make_delivery`.

    Raises:
        BeskplanError: as `dry_run`, or the server refuses; the maintainer has been told.
    """
    settings = read_mail_settings(root)
    title = f"mail til {name}, {' '.join(filter(None, (kommune, str(aar), edition)))}"
    try:
        password = find_password(settings)
        mailing = _mailing(root, settings, kommune, aar, name, edition=edition)
        results = mailing.send(trail.Journal(root), password, expected=expected)
    except (Exception, SystemExit) as error:
        # SystemExit: somebody stopped the run; those who wait have got nothing.
        lines = [f"{type(error).__name__}: {error}"]
        if isinstance(error, BeskplanError):
            lines = list(map(str, error.problems))
        tell_maintainer(root, settings, f"{title}: fejl", lines)
        raise
    if failed := [one for one in results if not one.ok]:
        count = f"{len(failed)} af {len(results)} har ikke fået den"
        tell_maintainer(root, settings, f"{title}: {count}", list(map(str, failed)))
    return results


def send_editions(root: Path) -> Iterator[tuple[str, bool]]:
    """Send to each list the newest approved edition of the Bilag that it takes at night (`send_om_natten`).

    Yields:
        A line for what was sent, or hindered it, and whether it is well; none where all have got it.

    Raises:
        BeskplanError: params/mail.yaml is wrong, or the trail of approvals cannot be trusted.
    """
    place = Workplace(root)
    states = trail.States(trail.Trail(place.reports).events())
    approved = [Job.parse(job) for job in states.jobs() if states.in_force(job)]
    editions = [one for one in approved if one.periode]
    editions.sort(key=lambda one: (by_end(edition_period(one.periode)), one.aar))
    for job in {(one.kommune, one.bilag): one for one in editions}.values():
        edition = edition_name(job.bilag, job.periode)
        try:
            if not (root / "params" / job.kommune / RECIPIENTS_FILE).is_file():
                continue
            lists = read_recipients(job.kommune, root).lister
            for name in (one for one, to in lists.items() if job.bilag in to.send_om_natten):
                settings = read_mail_settings(root)
                mailing = _mailing(root, settings, job.kommune, job.aar, name, edition=edition)
                count = len(mailing.to.modtagere)
                results = mailing.send(trail.Journal(root), find_password(settings), expected=count)
                if any(one.outcome == "sent" for one in results):
                    yield f"{SENT} {name}: {job.id}", True
                yield from ((f"{job.id}, {name}: {one}", False) for one in results if not one.ok)
        except BeskplanError as error:
            yield from ((str(problem), False) for problem in error.problems)


def main() -> None:
    """Send the editions of the working copy here; exit 1 where somebody has not got one."""
    well = True
    for line, ok in send_editions(find_root()):
        sys.stdout.write(f"{line}\n")
        well = well and ok
    sys.exit(not well)


def settle(root: Path, address: str, state: Literal["accepted", "again"]) -> trail.Entry:
    """Add what a person knows of the last letter to an address.

    Raises:
        InputError: nothing that a person could know better was sent there.
    """
    known = {"handing-over", "accepted", "refused"} - {state}
    with trail.Journal(root).writing() as writer:
        letters = [
            one.letter
            for one in trail.latest(writer.entries).values()
            if one.state in known and one.letter.address.casefold() == address.strip().casefold()
        ]
        if not letters:
            raise InputError(problem("no-letter", address))
        said = "sagt af et menneske"
        return writer.add(trail.Entry(letter=letters[-1], state=state, detail=said))


def status_lines(root: Path) -> list[str]:
    """The last word on every letter, what needs a person last, and a count."""
    entries = trail.latest(trail.Journal(root).read()).values()
    lines = [
        f"{trail.LETTERS[one.state]:<12} {one.letter.job} {one.letter.version}  {one.letter.address}  "
        f"{moment_text(one.at)}  {one.letter.message_id}  {one.detail}".rstrip()
        for one in sorted(entries, key=lambda one: (one.state in trail.OPEN, one.at))
    ]
    counted = Counter(trail.LETTERS[entry.state] for entry in entries)
    count = ", ".join(f"{number} {word}" for word, number in counted.items())
    return [*lines, count or "Der er aldrig sendt mail."]


def _mailing(
    root: Path, settings: MailSettings, kommune: str, aar: int, name: str, *, edition: str
) -> Mailing:
    lists = read_recipients(kommune, root).lister
    if name not in lists:
        expected, fix = f"en af {', '.join(lists)}", did_you_mean(name, lists)
        raise UnknownNameError(
            problem("no-list", "--liste", repr(name), expected=expected, fix=fix)
        )
    return Mailing(settings, lists[name], make_delivery(Workplace(root), kommune, aar, edition))
