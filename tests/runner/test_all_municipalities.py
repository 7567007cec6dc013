"""Two Bilag on the real figures for all 98 municipalities, the islands among them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from beskplan.registers.areas import kommuner
from beskplan.runner.engine.pool import ReportPool
from beskplan.sources.imports import import_file
from tests.runner.small_copy import build

pytestmark = [pytest.mark.shared, pytest.mark.thorough]

FILES = ("y25i01_kommuner.csv", "y60a02_kommuner.csv", "y01a02_hele_landet_regioner.csv")
YEAR = 2027
TARGETS = """kilde: Prøveplan 2027
sammenlign_med: [hele-landet]
overordnede:
  - titel: Prøvemål
    resultatmaal:
      - id: faerre
        slags: relativ
        hvad: Færre på kontanthjælp
        tekst: Et fald på 5 pct.
        aendring_pct: -5
        enhed: fuldtidspersoner
        frist: 2027M12
        udgangspunkt: {periode: 2025M12}
        maaling: {indikator: fuldtidspersoner, ydelser: [kontanthjaelp_2025], gruppe: alle}
      - id: ned
        slags: kun_retning
        hvad: Færre på a-dagpenge
        tekst: Antallet skal ned.
        retning: ned
        frist: 2027M12
        udgangspunkt: {periode: 2025M12}
        maaling: {indikator: fuldtidspersoner, ydelser: [a_dagpenge], gruppe: alle}
"""


def test_every_municipality_s_pages_are_made(root: Path, shared: Path, tmp_path: Path) -> None:
    place = tmp_path / "alle"
    shutil.copytree(root / "notebooks", place / "notebooks")
    (place / "params").mkdir(parents=True)
    shutil.copy(root / "params" / f"{YEAR}.yaml", place / "params")
    for one in kommuner():
        folder = place / "params" / one.slug
        folder.mkdir()
        own = f"kommune: {one.navn}\naar: {YEAR}\nbilag: [maalgrupper, resultatmaal]\n"
        (folder / f"{YEAR}.yaml").write_text(own, encoding="utf-8")
        (folder / f"{YEAR}.maal.yaml").write_text(TARGETS, encoding="utf-8")
    for name in FILES:
        path = shared / "data" / "jobindsats" / name
        import_file(path, None, place, retrieved_at=date(2026, 8, 15))
    with ReportPool(place, expected=196) as pool:
        outcomes = build(place, pool)
    failed = {one.job.id: [str(problem) for problem in one.problems] for one in outcomes}
    assert {job: found for job, found in failed.items() if found} == {}
    assert len(outcomes) == 2 * 98
    withheld = {
        one.job.kommune
        for one in outcomes
        if "fortroligt" in json.dumps(json.loads((one.folder / "tal.json").read_bytes()))
    }
    assert withheld >= {"laesoe", "fanoe", "samsoe", "aeroe"}
