"""`snapshots verify` reads the raw files again: every number is its source's, or is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from beskplan.observations import newest
from beskplan.sources.fetching import Clients, fetch_and_store
from beskplan.sources.imports import import_file
from beskplan.sources.plan import default_plan
from beskplan.sources.verifying import raw_problems

CASES = Path(__file__).parent / "cases"
PLAN = default_plan().only(tables=("y01a02", "y60a02", "AUK01", "AUP02"))


def changed(root: Path, **where: str) -> list[tuple[str, str]]:
    """Problems after one stored number has been changed; none where nothing is to be."""
    found = newest(root)
    assert found is not None
    manifest, snapshot = found
    frame = snapshot.frame.copy()
    if where:
        hit = frame["value"].notna()
        for name, value in where.items():
            hit &= frame[name] == value
        values = frame["value"].to_numpy(float, copy=True)
        values[hit.to_numpy().argmax()] += 1
        frame["value"] = values
    folder = root / "data" / "snapshots" / manifest.id
    told = raw_problems(folder, manifest, frame)
    return [(one.where.rpartition(" ")[0], one.found.split(",")[0]) for one in told]


@pytest.mark.parametrize("table", ["y01a02", "y60a02", "AUK01", "AUP02"])
def test_every_fetched_number_is_that_of_its_raw_file(
    clients: Clients, tmp_path: Path, table: str
) -> None:
    fetch_and_store(PLAN.only(tables=(table,)), tmp_path, clients)
    source = "statbank" if table.startswith("A") else "jobindsats"
    assert changed(tmp_path) == []
    assert changed(tmp_path, area="230") == [(f"{source} {table}", "1 tal")]


def test_every_imported_number_is_that_of_its_file(tmp_path: Path) -> None:
    import_file(
        CASES / "import" / "own" / "own.csv",
        CASES / "import" / "own" / "own.yaml",
        tmp_path,
        retrieved_at=date(2026, 8, 1),
    )
    assert changed(tmp_path) == []
    assert changed(tmp_path, indicator="personer") == [("own:jobcenter_laesoe own", "1 tal")]
