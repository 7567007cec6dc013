"""A mail run in a process of its own, which may kill itself at a given step."""

import os
import signal
from pathlib import Path
from typing import Literal

from beskplan.core.ledger import Writer
from beskplan.publish.trail import Entry, Journal, MailState
from beskplan.sources.http import Secret
from tests.publish.mail_samples import mailing
from tests.publish.mail_server import PASSWORD

Death = tuple[Literal["before", "after"], MailState, str]
"""Before or after an entry of that state for that address is on the disk."""


def run(root: str, port: int, authority: str, death: Death | None) -> None:
    """Send the sample version to the sample committee."""
    os.environ["SSL_CERT_FILE"] = authority
    write = Writer.add

    def add(writer: Writer[Entry], entry: Entry) -> Entry:
        deadly = death is not None and (entry.state, entry.letter.address) == death[1:]
        if deadly and death is not None and death[0] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        entry = write(writer, entry)
        if deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return entry

    setattr(Writer, "add", add)  # noqa: B010  # a method of our own for one process
    mailing(port).send(Journal(Path(root)), Secret(PASSWORD), expected=3)
