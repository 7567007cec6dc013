"""How fast reports are made, beside what a user would write: measured, never judged.

    make bench                                   # three rounds, close to an hour on two cores
    make bench ARGS="--rounds 1"                 # every row once, a quarter of an hour
    make bench ARGS="--rounds 1 --reports 12"    # a glance, some minutes

Each row is a whole process, start-up included, beside the stock loop (`stock_loop.py`) over as many reports
in as many processes. The rows take turns, round by round, so that whatever else the machine does strikes
all of them; medians, and ratios within a round. The page goes to docs/maalinger.md.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from beskplan.params.jobs import Workplace, select
from tests.bench.plain_notebook import plain_notebook
from tests.bench.workplace import ROOT, make_workplace
from tests.conftest import chromium_path

# As on a user's machine: without it each process would compile our sources anew, the stock loop none.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

Times = tuple[float, float]
"""Wall-clock and processor seconds."""


@dataclass
class Row:
    """What is measured, beside the stock loop over `stock` reports in `processes`; 0: beside nothing."""

    words: str
    run: Callable[[], Times]
    stock: int = 0
    processes: int = 2
    ours: list[Times] = field(default_factory=list)
    theirs: list[Times] = field(default_factory=list)

    def line(self) -> str:
        """A row of the table: medians, spread, and the median of the ratios within a round."""
        walls, cpus = zip(*self.ours, strict=True)
        cells = [
            self.words,
            f"{statistics.median(walls):.2f}",
            f"{min(walls):.2f}-{max(walls):.2f}",
            f"{statistics.median(cpus):.2f}" if any(cpus) else "",
        ]
        for part in (0, 1):
            pairs = zip(self.ours, self.theirs, strict=False)
            ratios = [ours[part] / theirs[part] for ours, theirs in pairs if ours[part]]
            cells.append(f"{statistics.median(ratios):.3f}" if ratios else "")
        return f"| {' | '.join(cells)} |"


def timed(command: Sequence[str], cwd: Path) -> Times:
    """Of a process and all that it starts; it has to succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wall = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def beskplan(root: Path, *words: str, anew: bool = False) -> Callable[[], Times]:
    """The command line, as a process of its own; `anew` in a working copy that was never built."""
    code = f"import sys; sys.argv = ['beskplan', *{list(words)!r}]; from beskplan.cli import main; main()"

    def run() -> Times:
        if anew:
            shutil.rmtree(root / "reports", ignore_errors=True)
        return timed(("-c", code), root)

    return run


def saves(root: Path, kind: str) -> Times:
    """The median of ten saves to the new page in a browser, warm; its processor time is not told."""
    words = (sys.executable, "-m", "tests.bench.saves", str(root), "10", kind)
    done = subprocess.run(words, check=True, cwd=ROOT, capture_output=True, text=True)
    return statistics.median(map(float, done.stdout.split())), 0.0


def stock(root: Path, count: int, processes: int) -> Times:
    """The stock loop over at most twelve reports, as if over `count`: one more costs as much as the last."""
    made = min(count, 12)
    with tempfile.TemporaryDirectory() as out:
        words = ("-m", "tests.bench.stock_loop", str(root), str(made), out, str(processes))
        wall, cpu = timed(words, root)
    return wall * count / made, cpu * count / made


def rows(folder: Path, shared: Path, reports: int, years: int) -> tuple[Path, list[Row]]:
    """The working copy of the stock loop, and all rows, small builds first."""
    shipped = folder / "leveret"
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, shipped / name)
    all_ = make_workplace(folder / "alle", shared, municipalities=reports)
    many = make_workplace(folder / "mange", shared, municipalities=reports, years=years)
    plain_notebook(all_ / "plain.ipynb")
    jobs = len(select(Workplace(shipped)))
    one = ("build", "--kommune", "Rudersdal", "--bilag", "maalgrupper")
    bare: Callable[[], Times] = lambda: timed(("-c", "import yaml, typer"), ROOT)  # noqa: E731
    found = [
        Row("one report, cold", beskplan(shipped, *one, anew=True), 1, 1),
        Row("a save of text to the new page, warm", lambda: saves(shipped, "tekst"), 1, 1),
        Row("a save of code to the new page, warm", lambda: saves(shipped, "kode"), 1, 1),
        Row(f"the {jobs} shipped reports", beskplan(shipped, "build", anew=True), jobs),
        Row(f"{reports} reports", beskplan(all_, "build", anew=True), reports),
        Row(f"{reports * years} reports", beskplan(many, "build", anew=True)),
        Row(f"nothing to do over {reports * years}", beskplan(many, "build")),
        Row("`beskplan list`", beskplan(many, "list")),
        Row("`beskplan plan`", beskplan(many, "plan")),
        Row("`python -c 'import yaml, typer'`", bare),
    ]
    return all_, found


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reports", type=int, default=98, help="municipalities")
    parser.add_argument("--years", type=int, default=10, help="years of the largest build")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "maalinger.md")
    options = parser.parse_args()
    shared = Path(os.environ.get("BESKPLAN_SHARED") or ROOT.parent / "shared")
    with tempfile.TemporaryDirectory(prefix="beskplan-bench-") as folder:
        root, found = rows(Path(folder), shared, options.reports, options.years)
        if chromium_path() is None:
            found = [row for row in found if "a save" not in row.words]
        # Bytecode and the cache of fonts are made once a machine, by whoever comes first.
        found[0].run()
        stock(root, 1, 1)
        for number in range(options.rounds):
            for row in found:
                row.ours.append(row.run())
                if row.stock:
                    row.theirs.append(stock(root, row.stock, row.processes))
                print(f"round {number + 1}: {row.line()}", flush=True)
    write_page(options.page, found, options.rounds)
    print(f"written: {options.page}")


def write_page(path: Path, found: Sequence[Row], rounds: int) -> None:
    """The measurements as one page of Markdown."""
    about = (
        f"Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {rounds} rounds on "
        f"{len(os.sched_getaffinity(0))} cores, Linux {platform.release()}, CPython "
        f"{platform.python_version()}, load of the last quarter of an hour {os.getloadavg()[2]:.1f}. "
        "Each row is a whole process, start-up included, with everything that a build makes: HTML, PDF, "
        "workbook, CSV, proof. Medians; the ratios are medians of those within a round, to papermill and "
        "nbconvert in a loop over as many notebooks that a user would write (HTML alone), in as many "
        "processes; above twelve reports the loop is extrapolated."
    )
    head = "| | wall, s | min-max | CPU, s | wall, of the loop | CPU, of the loop |"
    table = "\n".join([head, "|---|--:|--:|--:|--:|--:|", *(row.line() for row in found)])
    builds = [row for row in found if row.words.endswith("reports") and row.words[0].isdigit()]
    some, many = (statistics.median(wall for wall, _ in row.ours) for row in builds)
    fewer, more = (int(row.words.split()[0]) for row in builds)
    linear = (
        f"A report of {more} takes {many / some * fewer / more:.2f} of what one of {fewer} takes."
    )
    parts = ["# Measurements", about, table, linear]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
