"""Tell the maintainer: every failure, every night; never the committee.

A notice that cannot be sent is kept as `data/post/ikke-sendt/<name>.eml` and sent with the next one.
It may arrive twice, but it is never lost.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.utils import make_msgid
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.core.files import write_whole
from beskplan.params.mail import MailSettings
from beskplan.publish.journal import FOLDER, one_line
from beskplan.publish.message import new_mail
from beskplan.publish.submission import DoubtError, RefusalError, connected, hand_over
from beskplan.registers.provenance import sha256_bytes
from beskplan.sources.http import Secret

UNSENT = "ikke-sendt"
PASSWORD_VARIABLE: Final = "BESKPLAN_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
KEYRING: Final = ("beskplan", "smtp")


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
    mail = new_mail(settings, f"beskplan: {one_line(title)}")
    mail["To"] = [Address(addr_spec=one) for one in settings.vedligeholder]
    mail["Message-ID"] = make_msgid(domain=settings.afsender.adresse.rpartition("@")[2])
    text = "\n".join([title, "", *lines, ""])
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    content = mail.as_bytes()
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{sha256_bytes(content)[:12]}.eml"
    kept = write_whole(root / FOLDER / UNSENT / name, content)
    try:
        with connected(settings.server, find_password(settings)) as smtp:
            # The oldest first; what was taken by the server leaves the folder.
            for path in sorted(kept.parent.glob("*.eml")):
                back_to = settings.vedligeholder[0]
                for address in settings.vedligeholder:
                    hand_over(smtp, back_to, address, path.read_bytes(), lambda: None)
                path.unlink()
    except (BeskplanError, RefusalError, DoubtError, OSError) as error:
        return Told(sent=False, kept=kept, why=str(error))
    return Told(sent=True)


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
        expected = f"miljøvariablen {PASSWORD_VARIABLE} eller en nøgle i maskinens nøglering"
        fix = f"sæt {PASSWORD_VARIABLE}, eller gem den: keyring set {' '.join(KEYRING)}"
        raise InputError(Problem("mail: adgangskode", "mangler", "", expected, fix))
    return Secret(text)
