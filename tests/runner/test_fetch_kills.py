"""Killed at any moment, a fetch leaves the old snapshot or the new one, and the next one goes on."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from beskplan.observations.contract import KEY
from beskplan.observations.snapshot_store import choose, faults, newest, stored_snapshots
from tests.runner.fetch_worker import fetch_and_store
from tests.sources.server.serving import Sources, serving

pytestmark = pytest.mark.thorough

KILLS = 50
SEED = 20261122
"""The moments are the same in every run, as far as the machine's pace allows."""


@pytest.fixture
def sources() -> Iterator[Sources]:
    # Slow answers spread the fetch out in time, so that kills hit every stage of it.
    with serving(Sources(pause=0.01)) as running:
        yield running


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.runner.fetch_worker"])
    return context


def killed_after(
    seconds: float | None, processes: ForkServerContext, root: Path, url: str
) -> tuple[float, int | None]:
    """Seconds that the fetch ran, and its exit code."""
    process = processes.Process(target=fetch_and_store, args=(str(root), url))
    start = time.monotonic()
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    code = process.exitcode
    process.close()
    return time.monotonic() - start, code


def updated(sources: Sources, number: int) -> None:
    """A new state of both tables, so that there is something to fetch and to store."""
    sources.jobindsats[
        "y25i01"
    ].update_latest = f"2026-{number // 28 + 1:02d}-{number % 28 + 1:02d}"
    bank = sources.statbank["RAS400"]
    bank.updated = f"2026-11-01T08:00:{number:02d}"
    bank.marks = {("230", "2025"): str(30_000 + number)}


def workforce_of_rudersdal(root: Path) -> float:
    frame = choose("nyeste", root).frame
    rows = (frame["area"] == "230") & (frame["period"] == "2025Y01")
    return float(frame.loc[rows & (frame["indicator"] == "arbejdsstyrke"), "value"].iloc[0])


def test_a_kill_at_any_moment_leaves_a_valid_store(
    sources: Sources, processes: ForkServerContext, tmp_path: Path
) -> None:
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    killed_after(None, processes, tmp_path / "warm", sources.url)
    updated(sources, 0)
    whole, code = killed_after(None, processes, tmp_path, sources.url)
    assert code == 0
    assert workforce_of_rudersdal(tmp_path) == 30_000
    stored, survived = 0, 0
    for number in range(1, KILLS + 1):
        updated(sources, number)
        _, code = killed_after(moments.uniform(0, 1.2 * whole), processes, tmp_path, sources.url)
        survived += code == 0
        assert faults(stored_snapshots(tmp_path)[0]) == ()
        value = workforce_of_rudersdal(tmp_path)
        assert value in (30_000 + stored, 30_000 + number)
        stored = int(value) - 30_000
    assert survived < KILLS
    updated(sources, KILLS + 1)
    assert killed_after(None, processes, tmp_path, sources.url)[1] == 0
    assert workforce_of_rudersdal(tmp_path) == 30_000 + KILLS + 1
    assert [fault for one in stored_snapshots(tmp_path) for fault in faults(one)] == []


def test_a_killed_and_repeated_fetch_gives_what_an_undisturbed_one_gives(
    sources: Sources, processes: ForkServerContext, tmp_path: Path
) -> None:
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    for _ in range(5):
        killed_after(moments.uniform(0, 0.3), processes, tmp_path / "a", sources.url)
    for name in ("a", "b"):
        assert killed_after(None, processes, tmp_path / name, sources.url)[1] == 0
    frames = []
    for name in ("a", "b"):
        found = newest(tmp_path / name)
        assert found is not None
        frames.append(found[1].frame.sort_values(list(KEY), ignore_index=True))
    assert frames[0].equals(frames[1])


def test_two_fetches_at_once_do_not_mix(
    sources: Sources, processes: ForkServerContext, tmp_path: Path
) -> None:
    pair = [
        processes.Process(target=fetch_and_store, args=(str(tmp_path), sources.url))
        for _ in range(2)
    ]
    for one in pair:
        one.start()
    for one in pair:
        one.join()
    assert [one.exitcode for one in pair] == [0, 0]
    assert [fault for one in stored_snapshots(tmp_path) for fault in faults(one)] == []
    for one in pair:
        one.close()
