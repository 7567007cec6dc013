"""A process killed at any moment of an import leaves a valid store: the old data or the new."""

import multiprocessing
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from beskplan.observations.snapshot_store import INCOMING, choose, faults, stored_snapshots
from beskplan.registers.areas import kommuner
from tests.importing import import_file

MONTHS = range(1, 13)
FORK = multiprocessing.get_context("fork")

# Later Pythons warn of every fork beside native threads; the child here runs only the import.
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def write_export(path: Path, level: int) -> None:
    """An export of every municipality and a year of months."""
    lines = ["Periode,Område,Antal personer,Antal fuldtidspersoner"]
    lines += [
        f"2025M{month:02d},{one.navn},{level},{level}" for one in kommuner() for month in MONTHS
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def levels(root: Path) -> set[float]:
    return set(choose("nyeste", root).frame["value"])


def run(file: Path, root: Path) -> None:
    import_file(file, None, root, retrieved_at=date(2026, 8, 1))


def run_to(file: Path, root: Path, step: int) -> None:
    """Import, and stop dead at the `step`-th call that changes the disk; exit 0 where there are fewer."""
    count = 0

    def mortal(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os._exit(9)
            return real(*given, **named)

        return call

    for owner, name in (
        (os, "fsync"),
        (Path, "rename"),
        (Path, "mkdir"),
        (Path, "write_text"),
        (Path, "write_bytes"),
    ):
        setattr(owner, name, mortal(getattr(owner, name)))
    run(file, root)
    os._exit(0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A working copy whose newest snapshot has the level 100."""
    write_export(tmp_path / "y01a02_100.csv", 100)
    run(tmp_path / "y01a02_100.csv", tmp_path)
    return tmp_path


def assert_valid(root: Path, allowed: set[float]) -> None:
    assert [problem for one in stored_snapshots(root) for problem in faults(one)] == []
    found = levels(root)
    assert len(found) == 1, f"old and new data are mixed: {found}"
    assert found <= allowed


def test_a_kill_at_each_step_to_the_disk_leaves_the_old_data_or_the_new(store: Path) -> None:
    file = store / "y01a02_200.csv"
    write_export(file, 200)
    for step in range(1, 100):
        process = FORK.Process(target=run_to, args=(file, store, step))
        process.start()
        process.join(60)
        assert_valid(store, {100.0, 200.0})
        if process.exitcode == 0:
            break
        assert process.exitcode == 9
    assert step > 8, "the import was hardly disturbed at all"
    assert levels(store) == {200.0}
    assert not list((store / "data" / "snapshots").glob(f"{INCOMING}*")), "leftovers are swept"
