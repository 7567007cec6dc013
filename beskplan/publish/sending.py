"""Send one version to one list: each recipient exactly once, also over kills and new runs.

What a new run does with a recipient follows from the last entry of its message in the journal:
nothing yet, begun, deferred or again: send. Accepted: done. Refused or bounced: kept and shown, until a
person says otherwise. Handing-over: in doubt; `ved_tvivl` says whether it waits for a person (at most
once) or is sent again with the same Message-ID (at least once).
"""

from __future__ import annotations

import signal
import smtplib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from typing import Literal

from beskplan.core.errors import InputError, Problem
from beskplan.core.ledger import Writer
from beskplan.params.mail import MailSettings, Recipient, RecipientList
from beskplan.publish.journal import Entry, Journal, Letter, State, latest
from beskplan.publish.message import Delivery, compose, is_linked, message_id
from beskplan.publish.submission import DoubtError, RefusalError, connected, hand_over
from beskplan.runner.records import now
from beskplan.sources.http import Secret

Outcome = Literal["sent", "already", "deferred", "refused", "bounced", "doubt", "waiting"]
WELL: tuple[Outcome, ...] = ("sent", "already")


@dataclass(frozen=True)
class Result:
    """What became of one recipient's mail."""

    recipient: Recipient
    outcome: Outcome
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the server has taken it, now or before."""
        return self.outcome in WELL


@dataclass(frozen=True)
class Mailing:
    """One version for one list, and who sends it."""

    settings: MailSettings
    to: RecipientList
    delivery: Delivery

    def send(self, journal: Journal, password: Secret | None, *, expected: int) -> list[Result]:
        """Send to everyone on the list who has not got this version yet.

        Args:
            journal: What was sent before.
            password: Of the mail server, where it has a user.
            expected: How many recipients the person who sends has counted in the dry run.

        Raises:
            InputError: the list has another length, the PDFs can neither be attached nor linked to,
                or the journal cannot be trusted; nothing was sent.
            SourceError: the server cannot be reached or refuses the login; nothing was sent.
            LockedError: another run sends.
        """
        self._check(expected)
        with journal.writing() as writer, _finishing() as stopped:
            return self._send(writer, password, stopped)

    def planned(self, entries: Iterable[Entry]) -> list[Result]:
        """What is known of each recipient before anything is sent; `waiting` where it is to be sent."""
        last = latest(entries)
        return [self._known(one, last.get(self._letter(one).key)) for one in self.to.modtagere]

    def _letter(self, recipient: Recipient) -> Letter:
        identity = message_id(self.settings, self.delivery, recipient.adresse)
        return Letter(
            job=self.delivery.job,
            version=self.delivery.version,
            address=recipient.adresse,
            message_id=identity,
        )

    def _known(self, recipient: Recipient, last: Entry | None) -> Result:
        if last is None:
            return Result(recipient, "waiting")
        outcomes: dict[State, Outcome] = {
            "accepted": "already",
            "refused": "refused",
            "bounced": "bounced",
        }
        if self.settings.ved_tvivl == "vent":
            outcomes["handing-over"] = "doubt"
        return Result(
            recipient, outcomes.get(last.state, "waiting"), f"{last.at} {last.detail}".strip()
        )

    def _check(self, expected: int) -> None:
        is_linked(self.settings, self.delivery)
        found = len(self.to.modtagere)
        if found != expected:
            raise InputError(
                Problem(
                    f"{self.to.navn}",
                    "er en anden længde end ventet",
                    f"{found} modtagere",
                    f"{expected} (--expect)",
                    "lav en prøve, se, hvem der er på listen, og skriv deres antal",
                )
            )

    def _send(
        self, writer: Writer[Entry], password: Secret | None, stopped: Callable[[], bool]
    ) -> list[Result]:
        results = {one.recipient.adresse: one for one in self.planned(writer.entries)}
        waiting = [one.recipient for one in results.values() if one.outcome == "waiting"]
        if waiting:
            with connected(self.settings.server, password) as smtp:
                for one in self._until_lost(waiting, smtp, writer, stopped):
                    results[one.recipient.adresse] = one
        return list(results.values())

    def _until_lost(
        self,
        waiting: Sequence[Recipient],
        smtp: smtplib.SMTP,
        writer: Writer[Entry],
        stopped: Callable[[], bool],
    ) -> Iterator[Result]:
        """Send one after the other; ends with the connection, or when somebody stops the run."""
        for recipient in waiting:
            if stopped():
                return
            letter = self._letter(recipient)
            at, trail = _first_try(writer, letter, self.delivery.trail)
            mail = compose(self.settings, self.to, recipient, self.delivery, at, trail=trail)
            writer.add(Entry(letter=letter, state="begun", trail=trail))
            result = self._send_one(recipient, letter, mail.as_bytes(), smtp, writer)
            yield result
            if smtp.sock is None or result.outcome == "doubt":
                return

    def _send_one(
        self,
        recipient: Recipient,
        letter: Letter,
        mail: bytes,
        smtp: smtplib.SMTP,
        writer: Writer[Entry],
    ) -> Result:
        # Bounces go to the maintainer, never to the committee.
        back_to = self.settings.vedligeholder[0]
        try:
            answer = hand_over(
                smtp,
                back_to,
                letter.address,
                mail,
                lambda: writer.add(Entry(letter=letter, state="handing-over")),
            )
        except RefusalError as error:
            state: Literal["refused", "deferred"] = "refused" if error.permanent else "deferred"
            writer.add(Entry(letter=letter, state=state, detail=str(error)))
            return Result(recipient, state, str(error))
        except DoubtError as error:
            return Result(recipient, "doubt", str(error))
        except ConnectionError as error:
            smtp.close()
            why = f"forbindelsen gik tabt: {error}"
            writer.add(Entry(letter=letter, state="deferred", detail=why))
            return Result(recipient, "deferred", why)
        writer.add(Entry(letter=letter, state="accepted", detail=answer))
        return Result(recipient, "sent", answer)


def _first_try(writer: Writer[Entry], letter: Letter, trail: str) -> tuple[datetime, str]:
    """When the letter was first tried and how the trail ended then: the same when it is sent again."""
    times = ((one.at, one.trail) for one in writer.entries if one.letter.key == letter.key)
    at, trail = next(times, (now(), trail))
    return datetime.fromisoformat(at), trail


@contextmanager
def _finishing() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM wait until the message under way is accounted for, then end the run."""
    caught: list[int] = []

    def catch(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, catch) for number in numbers} if main else {}
    try:
        yield lambda: bool(caught)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if caught:
        raise SystemExit(128 + caught[0])
