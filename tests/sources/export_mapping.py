"""A mapping of an export, for tests that change one thing of it."""

from __future__ import annotations

from typing import Any

import yaml

from beskplan.registers.reading import parse
from beskplan.sources.mapping import Mapping

BASE: dict[str, Any] = {
    "id": "proeve",
    "titel": "Prøve",
    "kilde": "jobindsats",
    "tabel": "y01a02",
    "omraade": {"kolonne": "Område"},
    "periode": {"kolonne": "Periode"},
    "tom": "fortroligt",
    "mangler": [".."],
    "tal": [
        {"kolonne": "Antal personer", "indikator": "personer", "ydelse": "a_dagpenge"},
        {
            "kolonne": "Pct. af arbejdsstyrken",
            "indikator": "pct_af_arbejdsstyrken",
            "ydelse": "a_dagpenge",
        },
    ],
}


def mapping(**change: Any) -> Mapping:
    """The mapping with some of its keys replaced."""
    return parse(yaml.safe_dump({**BASE, **change}), "proeve.yaml", Mapping)
