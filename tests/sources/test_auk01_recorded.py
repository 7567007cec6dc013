"""The recorded answer of AUK01, cell by cell: over the API, and as a file in English and in Danish.

Measured on it: 8,892 whole numbers of 117 areas and 76 quarters, 77 of them 0 and the smallest of the
others 1, and no mark: Danmarks Statistik neither rounds to fives nor withholds a small count here.
"""

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from beskplan.core.periods import Period
from beskplan.observations.snapshot_store import choose
from beskplan.registers.areas import areas, find
from beskplan.sources import statbank
from beskplan.sources.fetching import Clients, fetch
from beskplan.sources.plan import FetchPlan, default_plan
from tests.conftest import cases
from tests.importing import import_file
from tests.sources.server.serving import Sources, serving
from tests.sources.server.tables import TODAY, bank_tables, recorded_auk01
from tests.sources.some_tables import only

CASES = cases("auk01_recorded")

pytestmark = pytest.mark.shared

Cells = dict[tuple[str, str], float]
DANISH = CASES["danish"]


@pytest.fixture
def file(shared: Path) -> Path:
    return shared / "data/statbank/AUK01_kontanthjaelp_kvartal_kommuner_en.csv"


@pytest.fixture
def recorded(file: Path) -> Cells:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    return {
        (find(row["OMRÅDE"]).kode, Period.parse(row["TID"]).code): float(row["INDHOLD"])
        for row in rows
    }


def cells_of(frame: pd.DataFrame) -> Cells:
    rows = frame[frame["ydelse"] == "nettoledige_kontanthjaelp"]
    assert set(rows["indicator"]) == {"fuldtidsmodtagere"}
    assert set(rows["state"]) == {"known"}
    return dict(zip(zip(rows["area"], rows["period"], strict=True), rows["value"], strict=True))


def test_what_is_measured_on_it_holds(recorded: Cells) -> None:
    values = list(recorded.values())
    assert (len(values), values.count(0), min(set(values) - {0.0})) == (8_892, 77, 1)


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_cell_of_the_file_is_read_in_both_languages(
    file: Path, recorded: Cells, tmp_path: Path, language: str
) -> None:
    text = file.read_bytes().decode("utf-8")
    if language == "da":
        for english, danish in DANISH.items():
            text = text.replace(english, danish)
        text = text.replace("Q", "K")
    path = tmp_path / f"AUK01_{language}.csv"
    path.write_bytes(text.encode())
    import_file(path, None, tmp_path, retrieved_at=date(2026, 8, 15))
    assert cells_of(choose("nyeste", tmp_path).frame) == recorded


def test_every_cell_of_the_answer_is_read_and_nothing_is_withheld(
    shared: Path, recorded: Cells, tmp_path: Path
) -> None:
    [plan] = only(default_plan(), "AUK01").statbank
    plan = plan.model_copy(update={"latest": 76})
    tables = bank_tables() | {"AUK01": recorded_auk01(shared)}
    with serving(Sources(statbank=tables)) as sources:
        bank = statbank.connect(address=f"{sources.url}/v1")
        frame = fetch(FetchPlan(statbank=(plan,)), tmp_path, Clients(statbank=bank)).delivery.frame
        bank.close()
    asked = {one.kode for kind in ("land", "region", "kommune") for one in areas(kind, on=TODAY)}
    assert cells_of(frame) == {key: value for key, value in recorded.items() if key[0] in asked}
    assert len(asked) == 104
