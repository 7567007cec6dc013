"""Tasks that go wrong, for children of a warm process."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Call:
    """Calls a function of this module; what a killed child leaves, is noted in `notes`."""

    function: Callable[..., object]
    arguments: tuple[object, ...] = ()
    notes: Path | None = None

    def __call__(self) -> object:
        return self.function(*self.arguments)

    def clean_up(self, pid: int) -> None:
        if self.notes is not None:
            self.notes.write_text(str(pid), encoding="ascii")


def pid_and_parent() -> tuple[int, int]:
    return os.getpid(), os.getppid()


def variables() -> list[str]:
    return list(os.environ)


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


def end_with_words(words: str) -> None:
    os.write(2, words.encode())
    os._exit(3)


def kill_itself(number: int) -> None:
    os.kill(os.getpid(), number)
    signal.pause()


def raise_error() -> None:
    raise ValueError("derfor")


def return_lambda() -> object:
    return lambda: None


def leave_process_behind() -> int:
    return subprocess.Popen(["sleep", "1000"]).pid


def many_bytes(count: int) -> bytes:
    return bytes(count)


def random_numbers(text: str) -> list[float]:
    import numpy as np

    from beskplan.runner.engine.tasks import seed

    seed(text)
    return [random.random(), float(np.random.random())]  # noqa: NPY002, S311  # what seed is about
