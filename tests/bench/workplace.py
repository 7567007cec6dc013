"""A working copy for measurements: all municipalities, eleven tables each, data of the real size.

One benefit's real figures of 98 municipalities over 60 months stand in for eleven benefits, each
scaled so that no two tables are alike; the pages are marked as demo data. What is measured is the
work, not the numbers.
"""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from beskplan.observations.contract import Delivery, RawFile
from beskplan.observations.snapshot_store import store
from beskplan.registers.areas import kommuner
from beskplan.sources.imports import read_export
from beskplan.sources.mapping import load_mapping

ROOT = Path(__file__).resolve().parents[2]
FIRST_YEAR = 2027
EXPORT = Path("data") / "jobindsats" / "y60a02_kommuner.csv"
"""Below the folder with the real data."""
MAPPING = "jobindsats_y60a02"
RETRIEVED = date(2026, 8, 1)
SECTIONS = (
    "a_dagpenge",
    "kontanthjaelp",
    "sygedagpenge",
    "uddannelseshjaelp",
    "sho",
    "ressourceforloeb",
    "fleksjob",
    "ledighedsydelse",
    "foertidspension",
    "jobafklaring",
    "revalidering",
)
"""Benefits that stand in; each a section of the Bilag. The notebook's own names come first."""
NAMES = (*SECTIONS[:9], "offentlig_forsoergelse", "udenlandske_statsborgere")
"""What the notebook calls its sections."""


def make_workplace(
    root: Path, shared: Path, *, municipalities: int, years: int = 1, notebook: Path | None = None
) -> Path:
    """Write params, notebook and a snapshot into the empty folder `root`, and give it back.

    Args:
        root: Where; made if it is not there.
        shared: The folder with the real data.
        municipalities: How many, in Danish order.
        years: Plan years for each.
        notebook: Another notebook for the Bilag.
    """
    (root / "notebooks").mkdir(parents=True)
    shutil.copy(
        notebook or ROOT / "notebooks" / "maalgrupper.ipynb",
        root / "notebooks" / "maalgrupper.ipynb",
    )
    write_params(root, municipalities, years)
    store(demo_delivery(shared), root)
    return root


def write_params(root: Path, municipalities: int, years: int) -> None:
    """A year's file, and one for each municipality and year."""
    sections = "".join(
        f"    {name}: {{ydelse: {ydelse}}}\n" for name, ydelse in zip(NAMES, SECTIONS, strict=True)
    )
    shared = (
        "maalgrupper:\n  periode: 2024M06\n  sammenlign_med: [oestdanmark, rar]\n"
        f"  afsnit:\n{sections}"
    )
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        (root / "params").mkdir(exist_ok=True)
        (root / "params" / f"{year}.yaml").write_text(shared, encoding="utf-8")
        for kommune in kommuner()[:municipalities]:
            folder = root / "params" / kommune.slug
            folder.mkdir(exist_ok=True)
            own = f"kommune: {kommune.navn}\naar: {year}\nbilag: [maalgrupper]\n"
            (folder / f"{year}.yaml").write_text(own, encoding="utf-8")


def demo_delivery(shared: Path) -> Delivery:
    """Eleven benefits made from one, as a source would hand them over."""
    content = (shared / EXPORT).read_bytes()
    real = read_export(
        content, load_mapping(MAPPING, ROOT), name=EXPORT.name, retrieved_at=RETRIEVED
    )[0].frame
    parts = []
    for number, ydelse in enumerate(SECTIONS):
        part = real.assign(ydelse=ydelse, source="demo", table_id=f"demo{number:02}")
        # Counts and shares alike: the plan check sees shares that do not fit their counts.
        larger = part["value"] * (1 + number / 7)
        part["value"] = larger.round().where(part["decimals"] == 0, larger.round(1))
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    raw = tuple(
        RawFile(f"{table}.csv", content, "demo", str(table), RETRIEVED.isoformat(), "tests/bench")
        for table in frame["table_id"].unique()
    )
    return Delivery(frame, raw, withhold_below=0)


def revise(root: Path, shared: Path) -> None:
    """Store a new snapshot in which one number of the first municipality differs."""
    delivery = demo_delivery(shared)
    frame = delivery.frame.copy()
    own = frame["area"] == kommuner()[0].kode
    hit = frame.index[
        own
        & (frame["ydelse"] == SECTIONS[0])
        & (frame["indicator"] == "fuldtidspersoner")
        & (frame["period"] == "2024M06")
    ]
    frame.loc[hit, "value"] += 100
    raw = tuple(replace(one, content=one.content + b"\n") for one in delivery.raw)
    store(replace(delivery, frame=frame, raw=raw), root)
