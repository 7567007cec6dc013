"""The warm process: it has imported what every report needs, and forks a child for each task.

`python -m beskplan.runner.engine.warm DESCRIPTOR WORKERS [ROOT]` is the program; `Warm` is how its owner
sees it. It runs one thread, ends when its owner is gone, and takes every child with it.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from beskplan.runner.engine.children import Children, Ended, Order, adopt_orphans

ENVIRONMENT = {
    # Each of these libraries starts threads when it is imported, unless told not to.
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Typst's threads would each keep a heap of their own: 20 MB of every child.
    "MALLOC_ARENA_MAX": "1",
    "MPLBACKEND": "agg",
    # The same order of every set in every build.
    "PYTHONHASHSEED": "0",
}
SECRETS = ("TOKEN", "PASSWORD", "SECRET")
"""Parts of the names of variables such as JOBINDSATS_TOKEN and BESKPLAN_SMTP_PASSWORD."""
PRELOADED = (
    "matplotlib.backends.backend_svg",
    "pandas",
    "pyarrow",
    "seaborn",
    "beskplan.runner.make_report",
    "beskplan.report.bilag",
    "beskplan.runner.checking",
    "beskplan.runner.engine.papermill_engine",
)
FOR_MANY = ("statsmodels.tsa.exponential_smoothing.ets", "statsmodels.tsa.forecasting.theta")
"""What only pages with a forecast import: it pays from a few reports on."""
_GOODBYE_SECONDS = 10.0


class WarmLostError(RuntimeError):
    """The warm process has ended, or must not fork; what it was working on is gone."""


def no_fork_here() -> str:
    """Why this system cannot fork a process with libraries in it; empty where it can."""
    # macOS' own libraries do not survive a fork, and Windows has none.
    return "" if sys.platform == "linux" else f"{sys.platform} kan ikke dele en proces sikkert"


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What a notebook's process may see: what a cell prints stands in records and failed notebooks."""
    return {
        name: value
        for name, value in environment.items()
        if not any(word in name.upper() for word in SECRETS)
    }


class Warm(AbstractContextManager["Warm"]):
    """A warm process with at most `workers` children at a time; use as a context manager.

    Args:
        workers: Children at a time.
        root: The working copy whose newest snapshot it shall read once for all children.
    """

    def __init__(self, workers: int, root: Path | None = None) -> None:
        ours, theirs = socket.socketpair()
        words = [str(theirs.fileno()), str(workers), *([str(root)] if root else [])]
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "beskplan.runner.engine.warm", *words],
                env={**without_secrets(os.environ), **ENVIRONMENT},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Ctrl-C in a terminal reaches its owner alone, who then ends it.
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())

    @property
    def pid(self) -> int:
        """Of the warm process."""
        return self._process.pid

    def run(self, orders: list[Order]) -> Iterator[Ended]:
        """The ends of tasks, as they come.

        Raises:
            WarmLostError: it died, or must not fork.
        """
        try:
            self._connection.send(orders)
            for _ in orders:
                ended = self._connection.recv()
                if isinstance(ended, str):
                    raise WarmLostError(ended)
                yield ended
        except (EOFError, OSError):
            code = self._process.wait(_GOODBYE_SECONDS)
            raise WarmLostError(f"den varme proces sluttede med kode {code}") from None

    def close(self) -> None:
        """End it, with all children that it has; whoever asks twice finds it ended."""
        self._connection.close()
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(owner: Connection, workers: int) -> None:
    """Run the owner's tasks until it is gone."""
    children = Children(workers, "fork")
    adopt_orphans()
    try:
        while True:
            for ended in children.step(owner):
                owner.send(ended)
            if owner.poll():
                orders = owner.recv()
                threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
                if threads > 1:
                    # A fork copies one thread: what the others held would be held for ever.
                    owner.send(f"den varme proces har {threads} tråde og må ikke deles")
                else:
                    children.submit(orders)
    except (EOFError, OSError):
        pass
    finally:
        children.close()


def warm_up(root: Path | None) -> None:
    """Import what every report needs; read the newest snapshot of `root` once for all of them."""
    # jsonschema's checker of IRIs compiles its grammar for close to a second, and seaborn imports
    # scipy for curves that no report draws: both do without.
    blocked = dict.fromkeys(("rfc3987_syntax", "scipy"))
    sys.modules.update(blocked)  # type: ignore[arg-type]
    for name in PRELOADED:
        importlib.import_module(name)
    for name in blocked:
        del sys.modules[name]
    import pandas as pd

    # pandas looks at import whether it prints to a notebook.
    pd.set_option("display.max_columns", 20)
    from beskplan.observations import embedded

    embedded()
    if root is not None:
        for name in FOR_MANY:
            importlib.import_module(name)
        _hold_newest(root)
    gc.collect()
    gc.freeze()


def _hold_newest(root: Path) -> None:
    """Have a child read the newest snapshot, because reading Parquet starts native threads."""
    from beskplan.observations import hold

    children = Children(1, "fork")
    children.submit([Order(0, partial(_read_newest, root))])
    (ended,) = children.step()
    if ended.reason:
        return
    snapshots: Any = ended.value()
    hold(snapshots)
    from beskplan.registers.areas import areas

    for snapshot in snapshots.values():
        # The sums that most reports compare with cost the most.
        for kind in ("region", "rar", "oestvest"):
            for whole in areas(kind):
                snapshot.rows_by_area.get(whole.kode)


def _read_newest(root: Path) -> object:
    from beskplan.observations import loaded, newest

    newest(root)
    return loaded()


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def main() -> None:
    """Warm up, then serve the owner at the other end of the descriptor."""
    signal.signal(signal.SIGTERM, _stop)
    descriptor, workers, *root = sys.argv[1:]
    with Connection(int(descriptor)) as owner:
        warm_up(Path(root[0]) if root else None)
        serve(owner, int(workers))


if __name__ == "__main__":
    main()
