"""The dry run: every mail as a file that a mail program opens, and nothing sent."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from beskplan.publish.mail.journal import FOLDER
from beskplan.publish.mail.message import compose
from beskplan.publish.mail.sending import Mailing
from beskplan.runner.install import heal, install


def write_drafts(root: Path, name: str, mailing: Mailing) -> Path:
    """Write the mails of a list to `data/post/udkast/<aar>/<kommune>/<name>/`.

    Args:
        root: The working copy.
        name: Short name of the list.
        mailing: What would be sent to whom.

    Returns:
        The folder; what an earlier dry run left there is gone.
    """
    target = root / FOLDER / "udkast" / mailing.delivery.job / name
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{os.getpid()}-", dir=target.parent))
    try:
        at = datetime.now(UTC)
        for number, recipient in enumerate(mailing.to.modtagere, start=1):
            mail = compose(mailing.settings, mailing.to, recipient, mailing.delivery, at)
            # No part of an address or name gets into a file's name.
            (work / f"{number:03d}.eml").write_bytes(mail.as_bytes())
        heal(target)
        install(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target
