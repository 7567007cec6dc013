"""The entries that start the nightly run: systemd, cron, Windows Task Scheduler.

Every entry runs the same two commands: `beskplan nightly`, and `beskplan nightly --watch`, which tells
the maintainer when the first has not run. The files are templates (`beskplan/data/schedule`). Paths are
quoted by the rules of each system; one that no rule can quote is refused.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from datetime import time
from pathlib import Path
from typing import Any

from beskplan.core.errors import InputError, Problem
from beskplan.render.page_html import environment, rendered

NAME = "beskplan"
WATCH_AFTER_HOURS = 5
"""The watch looks so long after the run was to begin."""
WATCH_HOURS = 30
"""No run ended in so many hours: one night was missed, and the next is late."""
_SECRETS = 'set -a; f="$HOME/.config/beskplan.env"; test ! -r "$f" || . "$f"; set +a'
"""Cron knows nothing of the person's environment: its lines read the file that systemd's units read."""
_TEMPLATES = {
    "systemd": {"service": "unit.service.j2", "timer": "unit.timer.j2"},
    "windows": {"xml": "task.xml.j2"},
}
"""Ending of a file, and its template."""


def schedule_files(
    system: str, root: Path, at: time, program: Path | None = None
) -> dict[str, str]:
    """Name and text of the entries for `systemd`, `cron` or `windows`.

    Args:
        system: Which.
        root: The working copy, absolute.
        at: Local time of day.
        program: The `beskplan` that they run, absolute; this environment's own by default.

    Raises:
        InputError: a path that no entry can hold.
    """
    here = Path(sys.executable)
    program = program or here.with_name(f"{NAME}{here.suffix}")
    for path in (program, root):
        if not str(path).isprintable():
            raise InputError(Problem(ascii(str(path)), "er en sti, som ikke kan skrives her"))
    run = (str(program), "nightly", "--root", str(root))
    # The hour from 2 to 3 is skipped by summer time, or comes twice.
    watch_hour = (at.hour + WATCH_AFTER_HOURS) % 24
    watch_at = at.replace(hour=3 if watch_hour == 2 else watch_hour)
    entries = (
        ("nightly", "natkørsel", run, at),
        ("watch", "dødmandsvagt", (*run, "--watch", str(WATCH_HOURS)), watch_at),
    )
    if system == "cron":
        # Cron mails what they print to MAILTO; a per cent sign ends its line.
        lines = (
            f"{when.minute} {when.hour} * * * {_SECRETS}; {shlex.join(command)}".replace("%", "\\%")
            for _, _, command, when in entries
        )
        return {"crontab": "".join(f"{line}\n" for line in lines)}
    files = {}
    for name, words, command, when in entries:
        values: dict[str, Any] = {"words": words, "root": str(root), "command": command}
        values |= {"at": f"{when:%H:%M}", "arguments": subprocess.list2cmdline(command[1:])}
        for ending, template in _TEMPLATES[system].items():
            text = rendered(f"schedule/{template}", values)
            files[f"{NAME}-{name}.{ending}"] = text
    return files


def _percent(text: str) -> str:
    """A per cent sign begins a specifier of systemd."""
    return text.replace("%", "%%")


def _systemd_word(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_percent(quoted)}"'


environment().filters.update(percent=_percent, systemd_word=_systemd_word)
