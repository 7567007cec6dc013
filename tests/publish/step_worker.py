"""One step of the way to the committee, in a process that kills itself at its n-th change of the disk."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from beskplan.params.jobs import Job, Workplace
from beskplan.publish import mailing
from beskplan.publish.approval import approve
from beskplan.publish.mailing import PASSWORD_VARIABLE
from beskplan.publish.packet import make_packet
from beskplan.publish.publishing import publish, write_catalogue
from tests.publish.mail_samples import ADDRESSES
from tests.publish.mail_server import PASSWORD

JOB = Job(2021, "rudersdal", "maalgrupper")
OUT = "udgivet"
_CHANGES = frozenset(
    {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.truncate", "socket.connect"}
)
_WRITING = os.O_WRONLY | os.O_RDWR

Step = Callable[[Workplace], object]

STEPS: dict[str, Step] = {
    "approve": lambda place: approve(place, JOB, "Mette Holm"),
    "catalogue": write_catalogue,
    "publish": lambda place: publish(place, str(place.root.parent / OUT)),
    "packet": lambda place: make_packet(place, "Rudersdal", 2021),
    "mail-edition": lambda place: mailing.send_all(
        place.root, "Rudersdal", 2027, "udvalget", len(ADDRESSES), edition="status"
    ),
    "mails-at-night": lambda place: list(mailing.send_editions(place.root)),
    "mail": lambda place: mailing.send_all(
        place.root, "Rudersdal", 2021, "udvalget", len(ADDRESSES)
    ),
}


def run(step: str, root: str, authority: str, death: int) -> None:
    """Take the step, or die at the change of that number: a file opened to be written, moved, flushed."""
    os.environ["SSL_CERT_FILE"] = authority
    os.environ[PASSWORD_VARIABLE] = PASSWORD
    count = 0

    def changed() -> None:
        nonlocal count
        count += 1
        if count == death:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in _CHANGES or (event == "open" and int(args[2] or 0) & _WRITING):
            changed()

    flush = os.fsync

    def flushed(file: Any) -> None:
        flush(file)
        changed()

    setattr(os, "fsync", flushed)  # noqa: B010  # a function of our own for one process
    sys.addaudithook(hook)
    STEPS[step](Workplace(Path(root)))
