"""How fast reports are made, beside what a user would write: measured, never judged.

    make bench                                   # everything; about half an hour on two cores
    make bench ARGS="--rounds 1 --reports 12"    # a glance

Each variant (`variants.py`) is a whole process, start-up included. The variants take turns, round by
round, so that whatever else the machine does strikes all of them; medians, and ratios within a round.
The page goes to docs/maalinger.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.memory import parent_memory, worker_memory
from tests.bench.page import write_page
from tests.bench.plain_notebook import plain_notebook
from tests.bench.workplace import ROOT, make_workplace, revise

VARIANTS = ("plain-1", "plain", "standard", "engine-1", "engine", "floor-1", "floor")


@dataclass
class Timed:
    """Rounds of one measurement."""

    reports: int
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def each(self) -> float:
        """Median seconds a report."""
        return statistics.median(self.wall) / self.reports


@dataclass
class Measured:
    """All that the page tells."""

    variants: dict[str, Timed]
    builds: dict[str, Timed]
    """The command itself: all reports, a no-op, one revised number."""
    rebuilt: int
    """Reports that one revised number made stale."""
    memory: dict[str, str]


def timed(command: Sequence[str], cwd: Path) -> tuple[float, float]:
    """Wall-clock and processor seconds of a process and all that it starts; it has to succeed."""
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


def compare(root: Path, rounds: int, reports: int, slow: int, *, pdf: bool) -> dict[str, Timed]:
    """Every variant in turn, `rounds` times."""
    names = [f"{name}-pdf" if pdf else name for name in VARIANTS]
    found = {
        name: Timed(min(reports, slow) if name.startswith(("plain", "standard")) else reports)
        for name in names
    }
    for number in range(rounds):
        for name, one in found.items():
            with tempfile.TemporaryDirectory() as out:
                command = ("-m", "tests.bench.variants", name, str(root), str(one.reports), out)
                wall, cpu = timed(command, root)
            one.wall.append(wall)
            one.cpu.append(cpu)
            print(
                f"round {number + 1}: {name:<16} {wall / one.reports:7.3f} s a report", flush=True
            )
    return found


def beskplan(*words: str) -> tuple[str, ...]:
    """The command line, as a process of its own."""
    code = f"import sys; sys.argv = ['beskplan', *{list(words)!r}]; from beskplan.cli import main; main()"
    return ("-c", code)


def build_all(root: Path, reports: int, rounds: int) -> Timed:
    """`beskplan build --force`: everything, with proof, PDF, workbook and manifest."""
    one = Timed(reports)
    for _ in range(rounds):
        shutil.rmtree(root / "reports", ignore_errors=True)
        wall, cpu = timed(beskplan("build"), root)
        one.wall.append(wall)
        one.cpu.append(cpu)
        print(f"build of {reports}: {wall:.1f} s, {wall / reports:.3f} s a report", flush=True)
    return one


def no_op(root: Path, reports: int) -> Timed:
    """`beskplan build` where everything is fresh."""
    one = Timed(reports)
    for _ in range(7):
        wall, cpu = timed(beskplan("build"), root)
        one.wall.append(wall)
        one.cpu.append(cpu)
    print(f"no-op over {reports}: {statistics.median(one.wall):.3f} s", flush=True)
    return one


def one_revised_number(root: Path, shared: Path) -> tuple[Timed, int]:
    """A new snapshot in which one municipality's number differs, and the build that follows."""
    from beskplan.runner.plan import make_plan

    revise(root, shared)
    stale = len(make_plan(root).stale)
    one = Timed(max(stale, 1))
    wall, cpu = timed(beskplan("build"), root)
    one.wall.append(wall)
    one.cpu.append(cpu)
    print(f"one revised number: {stale} stale, {wall:.1f} s", flush=True)
    return one, stale


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reports", type=int, default=98, help="municipalities")
    # Seconds for each, and the cost of one does not fall with their number.
    parser.add_argument("--slow", type=int, default=12, help="reports of variants a and b")
    parser.add_argument("--compared", type=int, default=98, help="reports of variants c and d")
    parser.add_argument("--years", type=int, default=10, help="years of the largest build")
    parser.add_argument(
        "--long-run", type=int, default=500, help="reports of the memory's long run"
    )
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "maalinger.md")
    options = parser.parse_args()
    shared = Path(os.environ.get("BESKPLAN_SHARED") or ROOT.parent / "shared")
    with tempfile.TemporaryDirectory(prefix="beskplan-bench-") as folder:
        measured = measure(Path(folder), shared, options)
    write_page(options.page, measured)
    print(f"written: {options.page}")


def measure(folder: Path, shared: Path, options: argparse.Namespace) -> Measured:
    """Everything, in one folder."""
    count = options.reports
    root = make_workplace(folder / "all", shared, municipalities=count)
    plain_notebook(root / "plain.ipynb")
    compared = min(options.compared, count)
    variants = compare(root, options.rounds, compared, options.slow, pdf=False)
    variants |= compare(root, options.rounds, compared, options.slow, pdf=True)
    few = make_workplace(folder / "few", shared, municipalities=10)
    many = make_workplace(folder / "many", shared, municipalities=count, years=options.years)
    builds = {
        "10": build_all(few, 10, options.rounds),
        str(count): build_all(root, count, options.rounds),
        str(count * options.years): build_all(many, count * options.years, 1),
    }
    builds["no-op"] = no_op(many, count * options.years)
    builds["revised"], rebuilt = one_revised_number(root, shared)
    memory = {**worker_memory(root), **parent_memory(root, options.long_run)}
    return Measured(variants, builds, rebuilt, memory)


if __name__ == "__main__":
    main()
