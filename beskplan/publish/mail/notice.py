"""Tell the maintainer: every failure, every night; never the committee.

A notice that cannot be sent is kept as `data/post/ikke-sendt/<name>.eml` and sent with the next one.
It may arrive twice, but it is never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path

from beskplan.core.errors import BeskplanError
from beskplan.params.mail import MailSettings
from beskplan.publish.mail.journal import FOLDER, one_line
from beskplan.publish.mail.password import find_password
from beskplan.publish.mail.submission import DoubtError, RefusalError, connected, hand_over
from beskplan.registers.provenance import sha256_bytes

UNSENT = "ikke-sendt"


@dataclass(frozen=True)
class Told:
    """What became of a notice."""

    sent: bool
    kept: Path | None = None
    why: str = ""


def tell_maintainer(root: Path, settings: MailSettings, title: str, lines: Sequence[str]) -> Told:
    """Send the maintainer a notice, and those that could not be sent before.

    Args:
        root: The working copy.
        settings: Who the maintainer is, and the server.
        title: What happened, in a few words.
        lines: The details, one paragraph or list of lines.

    Returns:
        Whether it was sent; where not, the file that it is kept in, and why.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(settings.afsender.navn, addr_spec=settings.afsender.adresse)
    mail["To"] = [Address(addr_spec=one) for one in settings.vedligeholder]
    mail["Subject"] = f"beskplan: {one_line(title)}"
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=settings.afsender.adresse.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    text = "\n".join([title, "", *lines, ""])
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    content = mail.as_bytes()
    folder = root / FOLDER / UNSENT
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{sha256_bytes(content)[:12]}.eml"
    kept.write_bytes(content)
    try:
        _send_kept(folder, settings)
    except (BeskplanError, RefusalError, DoubtError, OSError) as error:
        return Told(sent=False, kept=kept, why=str(error))
    return Told(sent=True)


def _send_kept(folder: Path, settings: MailSettings) -> None:
    """Send everything that waits, the oldest first; what was taken by the server leaves the folder."""
    password = find_password() if settings.server.bruger else None
    with connected(settings.server, password) as smtp:
        for path in sorted(folder.glob("*.eml")):
            for address in settings.vedligeholder:
                hand_over(smtp, settings.vedligeholder[0], address, path.read_bytes(), lambda: None)
            path.unlink()
