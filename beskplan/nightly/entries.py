"""The entries that start the nightly run: systemd, cron, Windows Task Scheduler.

Every entry runs the same two commands: `beskplan nightly`, and `beskplan nightly --watch`, which tells
the maintainer when the first has not run. Paths are quoted by the rules of each system; one that no
rule can quote is refused.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from beskplan.core.errors import InputError, Problem

NAME = "beskplan"
WATCH_AFTER_HOURS = 5
"""The watch looks so long after the run was to begin."""
WATCH_HOURS = 30
"""No run ended in so many hours: one night was missed, and the next is late."""


@dataclass(frozen=True)
class Task:
    """What is to be run, where and when.

    Attributes:
        program: The `beskplan` of the environment, absolute.
        root: The working copy, absolute.
        at: Local time of day.
    """

    program: Path
    root: Path
    at: time

    def __post_init__(self) -> None:
        for path in (self.program, self.root):
            if not str(path).isprintable():
                problem = Problem(ascii(str(path)), "is a path that no entry can hold")
                raise InputError(problem)

    @property
    def watch_at(self) -> time:
        """When the watch looks."""
        minutes = self.at.hour * 60 + self.at.minute + WATCH_AFTER_HOURS * 60
        return time(minutes // 60 % 24, minutes % 60)

    @property
    def run(self) -> tuple[str, ...]:
        """The nightly run as words."""
        return (str(self.program), "nightly", "--root", str(self.root))

    @property
    def watch(self) -> tuple[str, ...]:
        """The watch as words."""
        return (*self.run, "--watch", str(WATCH_HOURS))

    @property
    def entries(self) -> tuple[tuple[str, str, tuple[str, ...], time], ...]:
        """Name, Danish words, command and time of both."""
        return (
            ("nightly", "natkørsel", self.run, self.at),
            ("watch", "dødmandsvagt", self.watch, self.watch_at),
        )


def systemd(task: Task) -> dict[str, str]:
    """Name and text of two services and their timers, for `~/.config/systemd/user/`."""
    files = {}
    for name, words, command, at in task.entries:
        files[f"{NAME}-{name}.service"] = _service(words, command, task.root)
        files[f"{NAME}-{name}.timer"] = _timer(words, at)
    return files


def _service(words: str, command: tuple[str, ...], root: Path) -> str:
    return f"""[Unit]
Description=beskplan: {words}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={_specifiers(str(root))}
# JOBINDSATS_TOKEN and BESKPLAN_SMTP_PASSWORD, readable by this user alone (chmod 600).
EnvironmentFile=-%h/.config/beskplan.env
ExecStart={" ".join(map(_systemd_word, command))}
TimeoutStartSec=8h
Nice=10
UMask=0027
NoNewPrivileges=yes
"""


def _timer(words: str, at: time) -> str:
    return f"""[Unit]
Description=beskplan: {words}

[Timer]
OnCalendar=*-*-* {at:%H:%M}:00
# A machine that was off at that time catches up.
Persistent=true

[Install]
WantedBy=timers.target
"""


def _specifiers(text: str) -> str:
    return text.replace("%", "%%")


def _systemd_word(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_specifiers(quoted)}"'


def cron(task: Task) -> str:
    """Two lines for `crontab -e`; cron mails what they print to MAILTO."""
    lines = [
        f"{at.minute} {at.hour} * * * {shlex.join(command)}".replace("%", "\\%")
        for _, _, command, at in task.entries
    ]
    return "\n".join([*lines, ""])


def windows(task: Task) -> dict[str, str]:
    """Name and text of two task files, for `schtasks /create /tn NAME /xml FILE`; UTF-16 when written."""
    return {
        f"{NAME}-{name}.xml": _task_xml(words, command, task.root, at)
        for name, words, command, at in task.entries
    }


def _task_xml(words: str, command: tuple[str, ...], root: Path, at: time) -> str:
    space = "http://schemas.microsoft.com/windows/2004/02/mit/task"
    top = ET.Element("Task", {"version": "1.2", "xmlns": space})
    ET.SubElement(ET.SubElement(top, "RegistrationInfo"), "Description").text = f"beskplan: {words}"
    trigger = ET.SubElement(ET.SubElement(top, "Triggers"), "CalendarTrigger")
    # The first day is any day in the past.
    ET.SubElement(trigger, "StartBoundary").text = f"{date(2026, 1, 1)}T{at:%H:%M}:00"
    ET.SubElement(trigger, "Enabled").text = "true"
    by_day = ET.SubElement(trigger, "ScheduleByDay")
    ET.SubElement(by_day, "DaysInterval").text = "1"
    settings = ET.SubElement(top, "Settings")
    for key, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "true"),
        ("ExecutionTimeLimit", "PT8H"),
    ):
        ET.SubElement(settings, key).text = value
    execute = ET.SubElement(ET.SubElement(top, "Actions"), "Exec")
    ET.SubElement(execute, "Command").text = command[0]
    ET.SubElement(execute, "Arguments").text = subprocess.list2cmdline(command[1:])
    ET.SubElement(execute, "WorkingDirectory").text = str(root)
    ET.indent(top)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{ET.tostring(top, encoding="unicode")}\n'


def schedule_files(system: str, root: Path, at: time) -> dict[str, str]:
    """Name and text of the entries for `systemd`, `cron` or `windows` that run this environment's program.

    Raises:
        InputError: a path that no entry can hold.
    """
    here = Path(sys.executable)
    task = Task(here.with_name(f"{NAME}{here.suffix}"), root, at)
    if system == "cron":
        return {"crontab": cron(task)}
    return systemd(task) if system == "systemd" else windows(task)
