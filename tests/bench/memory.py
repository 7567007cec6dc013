"""How much memory a build takes: of its own, and as it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from beskplan.params.jobs import Job, Workplace, select
from beskplan.runner.engine.pool import ReportPool


def worker_memory(root: Path) -> dict[str, str]:
    """Private memory of a child at work: what it does not share with the warm process."""
    place = Workplace(root)
    jobs = list(islice(cycle(select(place)), 24))
    private: list[float] = []
    with ReportPool(place, 2) as pool:
        for _ in pool.run(jobs):
            private += [_private_mb(child) for child in _workers()]
    return {"largest private memory seen of a worker, MB": f"{max(private, default=0):.0f}"}


def parent_memory(root: Path, reports: int) -> dict[str, str]:
    """Resident memory of the warm process and of the build, early and late."""
    place = Workplace(root)
    jobs: Sequence[Job] = list(islice(cycle(select(place)), reports))
    seen: dict[str, list[float]] = {"build": [], "warm process": []}
    with ReportPool(place, 2) as pool:
        for _ in pool.run(jobs):
            seen["build"].append(_resident_mb("self"))
            seen["warm process"].append(sum(_resident_mb(pid) for pid in _zygotes()))
    quarter = max(1, reports // 4)
    return {
        f"{name} after {quarter} and after {reports} reports, MB": (
            f"{values[quarter - 1]:.0f} and {values[-1]:.0f} "
            f"({(values[-1] / values[quarter - 1] - 1) * 100:+.1f} %)"
        )
        for name, values in seen.items()
    }


def _zygotes() -> list[str]:
    return [pid for pid in _children("self") if b"engine.serving" in _command(pid)]


def _workers() -> list[str]:
    return [child for zygote in _zygotes() for child in _children(zygote)]


def _children(pid: str) -> list[str]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [one for task in tasks for one in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _private_mb(pid: str) -> float:
    return _sum_kb(pid, "smaps_rollup", ("Private_Clean:", "Private_Dirty:")) / 1024


def _resident_mb(pid: str) -> float:
    return _sum_kb(pid, "status", ("VmRSS:",)) / 1024


def _sum_kb(pid: str, name: str, fields: tuple[str, ...]) -> int:
    try:
        lines = Path(f"/proc/{pid}/{name}").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(fields))
