"""Observations and contexts made up for tests of the report objects."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from beskplan.blocks.model import Block, Prose, Table
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
OneKind = TypeVar("OneKind")


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


def of_kind(kind: type[OneKind], block: Block) -> OneKind:
    """The block, which must be of that kind."""
    assert isinstance(block, kind)
    return block


def cells(block: Block) -> dict[str, list[str]]:
    """The printed cells of a table by the head of their row."""
    return {row.label: [cell.text for cell in row.cells] for row in of_kind(Table, block).rows}


def text(block: Block) -> str:
    """The paragraphs of a block of prose, with ordinary blanks."""
    return " ".join(of_kind(Prose, block).paragraphs).replace("\u00a0", " ")
