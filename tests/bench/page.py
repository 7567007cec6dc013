"""The page of measurements, docs/maalinger.md."""

from __future__ import annotations

import os
import platform
import statistics
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.build import Measured, Timed

_NAMES = {
    "plain": "(a) papermill and nbconvert, pandas, Styler, seaborn",
    "standard": "(b) papermill's own engine, our blocks",
    "engine": "(c) our engine",
    "floor": "(d) floor: the same cells and rendering, one warm process a core",
}
_PACKAGES = (
    "papermill",
    "nbclient",
    "nbconvert",
    "ipykernel",
    "pandas",
    "matplotlib",
    "seaborn",
    "typst",
)


def write_page(path: Path, measured: Measured) -> None:
    """Write the measurements as one page of Markdown."""
    parts = [
        "# Measurements",
        f"Made by `make bench` on {datetime.now(UTC):%Y-%m-%d}, on {_machine()}. {_versions()}",
        (
            "Each row is a whole process, start-up included; rounds interleaved, medians. The ratio is the "
            "median of the ratios within a round: how many times slower than our engine in as many "
            f"processes. (a) and (b) made {_count(measured, 'plain')} reports, (c) and (d) "
            f"{_count(measured, 'engine')}. A report has 11 tables and 12 figures."
        ),
        *_comparison(measured, "", "HTML"),
        *_comparison(measured, "-pdf", "HTML and PDF"),
        "## `beskplan build`",
        "With everything: HTML, PDF, workbook, CSV, manifest and the proof of identity.",
        *_builds(measured),
        "## Memory",
        "\n".join(f"- {name}: {value}" for name, value in measured.memory.items()),
    ]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _comparison(measured: Measured, suffix: str, title: str) -> list[str]:
    lines = [
        "| | processes | s a report | min-max | CPU s a report | against (c) |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for kind, words in _NAMES.items():
        for processes, mark in ((1, "-1"), (2, "")):
            one = measured.variants.get(f"{kind}{mark}{suffix}")
            if one is not None:
                ours = measured.variants[f"engine{mark}{suffix}"]
                lines.append(f"| {words} | {processes} | {_row(one, ours)} |")
    return [f"## {title}", "\n".join(lines)]


def _row(one: Timed, ours: Timed) -> str:
    walls = [wall / one.reports for wall in one.wall]
    cpu = statistics.median(one.cpu) / one.reports
    pairs = zip(walls, (wall / ours.reports for wall in ours.wall), strict=True)
    ratio = statistics.median(mine / other for mine, other in pairs)
    return f"{one.each:.3f} | {min(walls):.3f}-{max(walls):.3f} | {cpu:.3f} | {ratio:.2f} |"[:-2]


def _builds(measured: Measured) -> list[str]:
    lines = ["| | wall, s | CPU, s | s a report |", "|---|--:|--:|--:|"]
    for name, one in measured.builds.items():
        words = {
            "no-op": f"no-op over {one.reports} reports",
            "revised": f"one revised number: {measured.rebuilt} reports stale",
        }.get(name, f"{name} reports")
        wall, cpu = statistics.median(one.wall), statistics.median(one.cpu)
        lines.append(f"| {words} | {wall:.2f} | {cpu:.2f} | {wall / one.reports:.4f} |")
    return ["\n".join(lines)]


def _count(measured: Measured, kind: str) -> int:
    return measured.variants[kind].reports


def _machine() -> str:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in info if line.startswith("model name")), ""
    )
    load = os.getloadavg()[2]
    return (
        f"{len(os.sched_getaffinity(0))} cores ({model}), Linux {platform.release()}, "
        f"load of the last quarter of an hour {load:.1f}"
    )


def _versions() -> str:
    named = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return f"CPython {platform.python_version()}, {named}."
