"""A small working copy for tests of new plans: the real notebooks, params as given, made-up numbers."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from beskplan.observations.contract import COLUMNS, Delivery, RawFile
from beskplan.observations.snapshot_store import store
from tests.unit.report_samples import observation

KOLDING = "621"


def write_place(root: Path, folder: Path, files: Mapping[str, str]) -> Path:
    """A working copy with these params, by their path below params/."""
    shutil.copytree(root / "notebooks", folder / "notebooks")
    (folder / "params").mkdir()
    for name, text in files.items():
        path = folder / "params" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def counts(ydelse: str, *periods: str, area: str = KOLDING) -> list[dict[str, Any]]:
    """Full-time persons and their share in each period."""
    return [
        observation(indicator, value, period, ydelse=ydelse, area=area)
        for period in periods
        for indicator, value in (("fuldtidspersoner", 400.0), ("pct_af_arbejdsstyrken", 1.2))
    ]


def keep(place: Path, rows: Sequence[dict[str, Any]]) -> None:
    """The rows as the working copy's newest data."""
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS)).astype({"value": "float64"})
    raw = RawFile("tal.csv", b"opdigtet", "jobindsats", "opdigtet", "2026-08-01", "test")
    store(Delivery(frame, (raw,)), place)
