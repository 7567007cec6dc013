"""Tasks that go wrong, for children of a warm process; and processes watched from the outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from beskplan.runner.engine.pool import make_one
from beskplan.runner.records import Outcome


@dataclass(frozen=True)
class Call:
    """Calls a function of this module."""

    function: Callable[..., object]
    arguments: tuple[object, ...] = ()

    def __call__(self) -> object:
        return self.function(*self.arguments)


def pid_and_parent() -> tuple[int, int]:
    return os.getpid(), os.getppid()


def variables() -> dict[str, str]:
    return dict(os.environ)


def loop_for_ever() -> None:
    while True:
        try:
            time.sleep(60)
        except BaseException:  # noqa: BLE001, S112  # as stubborn as a task can be
            continue


def eat_memory() -> int:
    eaten = [bytes(10_000_000)]
    while True:
        eaten.append(eaten[-1] + b"x")


def write_without_end(path: str) -> None:
    with Path(path).open("wb") as file:
        while True:
            file.write(bytes(10_000_000))


def end(code: int) -> None:
    os._exit(code)


def kill_itself(number: int) -> None:
    os.kill(os.getpid(), number)
    signal.pause()


def raise_error() -> None:
    raise ValueError("derfor")


def return_lambda() -> object:
    return lambda: None


def leave_process_behind() -> int:
    return subprocess.Popen(["sleep", "1000"]).pid


def leave_session_behind() -> int:
    return subprocess.Popen(["sleep", "1000"], start_new_session=True).pid


def note_and_wait_for(note: str, sign: str) -> int:
    """Say who is at work, and go on when a file is there; gives the pid of the parent at the start."""
    parent = os.getppid()
    Path(note).write_text(str(os.getpid()), encoding="ascii")
    while not Path(sign).exists():
        time.sleep(0.05)
    return parent


def leave_grandchild_behind(note: str) -> None:
    """A process in a session of its own, whose parent is gone too; its pid stands in a file."""
    code = f"import os, time; open({note!r}, 'w').write(str(os.getpid())); time.sleep(1000)"
    middle = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}],"
        " start_new_session=True)"
    )
    subprocess.run([sys.executable, "-c", middle], check=True, start_new_session=True)
    while not Path(note).is_file() or not Path(note).read_text(encoding="ascii"):
        time.sleep(0.05)


def many_bytes(count: int) -> bytes:
    return bytes(count)


FAULT, NOTES = "fejl.py", "noter"
"""Below a working copy: code that strikes Rudersdal's report; who is at work."""


def struck(job: str, root: Path, *, forked: bool) -> Outcome:
    """`pool.make_one`, struck by the code of `FAULT`, where there is any."""
    fault = root / FAULT
    if fault.is_file() and "rudersdal" in job:
        exec(fault.read_text(encoding="utf-8"), {})  # noqa: S102
    return make_one(job, root, forked=forked)


def hanging(_job: str, root: Path, *, forked: bool) -> None:
    """A report that never ends, with a process of its own."""
    assert forked in (True, False)
    for pid in (os.getpid(), leave_process_behind()):
        (root / NOTES / str(pid)).touch()
    loop_for_ever()


PATIENCE_SECONDS = 60.0
"""How long a slow machine may take for what must happen in the end."""


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def children_of(pid: int) -> set[int]:
    """Pids of the processes that a process has started, and of theirs."""
    own: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        own |= {int(child) for child in (task / "children").read_text(encoding="ascii").split()}
    return own.union(*(children_of(child) for child in own))


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
