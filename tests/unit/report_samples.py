"""Observations and contexts made up for tests of the report objects."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from beskplan.observations.contract import COLUMNS, validate
from beskplan.observations.snapshot import Snapshot, content_sha256, snapshot_id
from beskplan.params.models import read
from beskplan.params.profil import read_presentation
from beskplan.params.values import subject
from beskplan.registers.indicators import ALL, INDICATORS
from beskplan.report.base import Context
from beskplan.report.data import ReportData

WITHHELD = "withheld"

Number = float | str
"""A known value, or the state `withheld`."""


def observation(
    indicator: str,
    value: Number,
    period: str,
    *,
    ydelse: str = ALL,
    group: str = ALL,
    area: str = "230",
    source: str = "jobindsats",
) -> dict[str, Any]:
    """One row of a snapshot."""
    spec, known = INDICATORS[indicator], not isinstance(value, str)
    return {
        "indicator": indicator,
        "ydelse": ydelse,
        "group": group,
        "area": area,
        "period": period,
        "value": float(value) if known else None,
        "decimals": spec.decimals,
        "unit": spec.unit,
        "state": "known" if known else value,
        "source": source,
        "table_id": "opdigtet",
        "reference": "",
        "retrieved_at": "2026-08-01",
    }


def snapshot(rows: Sequence[Mapping[str, Any]]) -> Snapshot:
    """The rows as a snapshot that keeps the contract."""
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS)).astype({"value": "float64"})
    return Snapshot(
        snapshot_id(content_sha256(frame)), "opdigtede tal", validate(frame, "opdigtet")
    )


def context(
    root: Path,
    bilag: str,
    yaml: str,
    rows: Sequence[Mapping[str, Any]] | Snapshot,
    kommune: str = "Rudersdal",
) -> Context:
    """The context of a plan for 2027 with `yaml` as its params, on the rows alone."""
    area = subject(kommune)
    folder = root / "params" / area.slug
    folder.mkdir(parents=True, exist_ok=True)
    head = f"kommune: {area.navn}\naar: 2027\nbilag: [{bilag}]\n"
    (folder / "2027.yaml").write_text(head + yaml, encoding="utf-8")
    return Context(
        bilag=bilag,
        kommune=area,
        params=read(area.navn, 2027, root),
        data=ReportData(rows if isinstance(rows, Snapshot) else snapshot(rows)),
        presentation=read_presentation(area.navn, root),
        root=root,
    )
