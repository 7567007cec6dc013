"""Real data, whole plans, two editions: no withheld number can be worked out from anything told.

Two proofs that need each other: what the library tells of a snapshot gives no withheld number away
(by a checker of its own, with linear programs over real numbers), and no file of a built plan depends
on a withheld number in any other way.
"""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pikepdf
import pytest
import yaml
from scipy.optimize import linprog

from beskplan.core.files import sha256_file
from beskplan.observations.secondary_suppression import suppressed_keys
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import FILE, OBSERVATIONS, choose, read_manifest
from beskplan.observations.suppression import withhold_keys
from beskplan.registers.areas import area
from beskplan.report import maalgrupper
from tests.conftest import ROOT, cases
from tests.importing import import_file

CASES = cases("withheld_stays_withheld")

pytestmark = pytest.mark.shared

SMALL = {"laesoe": "Læsø", "fanoe": "Fanø", "samsoe": "Samsø", "aeroe": "Ærø"}
VISITATION = CASES["visitation"]
LEDIGE = ("ledige alle", ("ledige a_dagpenge", "ledige kontanthjaelp_2025"))
SUMS = (LEDIGE, ("alle kontanthjaelp_2025", tuple(f"{g} kontanthjaelp_2025" for g in VISITATION)))
"""Total and parts, as "group benefit"."""


@dataclass(frozen=True)
class Told:
    """What one edition tells of one area and month: numbers; None for "fortroligt"."""

    counts: Mapping[str, float | None]
    small: frozenset[str]
    """Which of the withheld ones the source itself withholds."""


def columns(frame: pd.DataFrame, indicator: str) -> dict[tuple[str, str], dict[str, float | None]]:
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    for row in frame[frame["indicator"] == indicator].to_dict("records"):
        value = None if row["state"] == "withheld" else float(row["value"])
        found.setdefault((row["area"], row["period"]), {})[f"{row['group']} {row['ydelse']}"] = (
            value
        )
    return found


def told_by(snapshot: Snapshot, shown: pd.DataFrame) -> dict[tuple[str, str], Told]:
    source = columns(snapshot.frame, "fuldtidspersoner")
    return {
        place: Told(counts, frozenset(k for k, v in source[place].items() if v is None))
        for place, counts in columns(shown, "fuldtidspersoner").items()
    }


def derived(told: Told, besides: Mapping[str, float] | None = None) -> set[str]:
    """The numbers withheld by the source that a reader has, to the number or to two.

    Args:
        told: What is told.
        besides: What the reader has of withheld numbers from elsewhere.
    """
    known = {k: v for k, v in {**told.counts, **(besides or {})}.items() if v is not None}
    return {name for name in told.small if name not in (besides or {}) and _few(name, told, known)}


def _few(name: str, told: Told, known: Mapping[str, float]) -> bool:
    sums = [s for s in SUMS if all(one in told.counts for one in (s[0], *s[1]))]
    if any([one for one in (s[0], *s[1]) if one not in known] == [name] for s in sums):
        return True  # Plain subtraction.
    names = list(told.counts)
    bounds = [
        (known[one] - 0.5, known[one] + 0.5)
        if one in known
        else (0, 2.5 if one in told.small else None)
        for one in names
    ]
    lines = [[float(one in parts) - (one == total) for one in names] for total, parts in sums]
    if not lines:
        return False
    ends = []
    for sign in (1, -1):
        goal = sign * np.array([float(one == name) for one in names])
        answer = linprog(goal, A_eq=lines, b_eq=[0.0] * len(lines), bounds=bounds)
        if answer.status == 2:
            return True  # What is told contradicts itself: the reader knows that it does.
        # Without a bound the reader has none; whole persons are reached from half a person away.
        ends.append(sign * (answer.fun if answer.status == 0 else -np.inf))
    low, high = ends
    return bool(sum(max(low, v - 0.5) < min(high, v + 0.5) - 1e-6 for v in range(3)) <= 2)


PLAN = CASES["plan"]


@pytest.fixture(scope="module")
def editions(
    shared: Path, real_series: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[str]]:
    """A working copy with the real data, then the same with a revision, and the two snapshots' ids."""
    root = Path(shutil.copytree(real_series, tmp_path_factory.mktemp("planer") / "kopi"))
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    (root / "params").mkdir()
    targets = (shared / "cases" / "disclosure" / "targets.yaml").read_text(encoding="utf-8")
    for slug, navn in SMALL.items():
        (root / "params" / slug).mkdir()
        plan, maal = (root / "params" / slug / name for name in ("2027.yaml", "2027.maal.yaml"))
        plan.write_text(PLAN.format(navn=navn), encoding="utf-8")
        maal.write_text(targets.replace("NAVN", navn), encoding="utf-8")
    jobindsats = shared / "data" / "jobindsats"
    import_file(
        jobindsats / "y60a02_visitation_seneste.csv", None, root, retrieved_at=date(2026, 8, 15)
    )
    first = choose("nyeste", root).id
    revised = root / "y25i01_kommuner.csv"
    _revised(jobindsats / revised.name).to_csv(revised, index=False)
    import_file(revised, None, root, retrieved_at=date(2026, 9, 15))
    return root, [first, choose("nyeste", root).id]


def _revised(path: Path) -> pd.DataFrame:
    """Totals of the small islands revised; numbers that become small, and small ones that grow."""
    data = pd.read_csv(path)
    total, insured, help_ = (data.columns[at] for at in (2, 4, 6))
    islands = data["Område"].isin(SMALL.values())
    small = islands & data[help_].isna()
    large = islands & data[help_].notna()
    grown, shrunk = data.index[small][::3], data.index[large][::4]
    data.loc[grown, total] = data.loc[grown, insured] + 4
    data.loc[grown, help_] = 4
    data.loc[shrunk, total] = data.loc[shrunk, insured] + 2
    data.loc[shrunk, help_] = float("nan")
    data.loc[data.index[islands][1::5], total] += 1
    return data


def test_the_checker_finds_the_57_where_nothing_is_withheld_besides(
    editions: tuple[Path, list[str]],
) -> None:
    root, (first, _) = editions
    snapshot = choose(first, root)
    found = {
        place: derived(told)
        for place, told in told_by(snapshot, snapshot.frame).items()
        if "ledige alle" in told.counts
    }
    assert sum("ledige kontanthjaelp_2025" in names for names in found.values()) == 57


def test_no_withheld_number_follows_from_all_that_an_edition_tells(
    editions: tuple[Path, list[str]],
) -> None:
    root, ids = editions
    for one in ids:
        snapshot = choose(one, root)
        found = {
            p: d
            for p, told in told_by(snapshot, snapshot.protected).items()
            if (d := derived(told))
        }
        assert found == {}


def from_both(root: Path, ids: list[str], now: pd.DataFrame) -> set[tuple[str, str]]:
    """Where a reader of both editions has a withheld number who takes for unrevised what is."""
    before, after = (choose(one, root) for one in ids)
    old, new = told_by(before, before.protected), told_by(after, now)
    true = [columns(one.frame, "fuldtidspersoner") for one in (before, after)]
    found = set()
    for place, told in new.items():
        for mine, other in ((told, old[place]), (old[place], told)):
            besides = {
                name: value
                for name, value in other.counts.items()
                if value is not None and true[0][place].get(name) == true[1][place].get(name)
            }
            if derived(mine, {k: v for k, v in besides.items() if mine.counts.get(k) is None}):
                found.add(place)
    return found


def test_no_withheld_number_follows_from_two_editions_together(
    editions: tuple[Path, list[str]],
) -> None:
    root, ids = editions
    now = choose(ids[1], root)
    assert from_both(root, ids, now.protected) == set()
    # The negative control: the second edition protected as if there had been no first.
    assert len(from_both(root, ids, withhold_keys(now.frame, suppressed_keys(now.frame)))) > 20


def test_a_share_is_told_only_where_its_count_is(editions: tuple[Path, list[str]]) -> None:
    root, (first, _) = editions
    snapshot = choose(first, root)
    counts = columns(snapshot.protected, "fuldtidspersoner")
    for share in ("pct_af_arbejdsstyrken", "pct_af_befolkningen"):
        for place, shares in columns(snapshot.protected, share).items():
            for name, value in shares.items():
                assert value is None or counts[place][name] is not None
    withheld = columns(snapshot.frame, "pct_af_arbejdsstyrken")
    assert any(value is not None for value in withheld["563", "2026M01"].values())


def test_a_sum_of_areas_is_told_only_where_all_its_parts_are(
    editions: tuple[Path, list[str]],
) -> None:
    root, (first, _) = editions
    rows = choose(first, root).rows_by_area
    parts = {kode: rows[kode] for kode in area("081").parts}
    for key, row in rows["081"].items():
        states = {part[(*key[:3], kode, key[4])]["state"] for kode, part in parts.items()}
        assert row["state"] != "calculated" or states == {"known"}


def test_little_is_withheld_besides(editions: tuple[Path, list[str]]) -> None:
    """98 of 23,985 counts: 57 months with kontanthjælp, 38 municipalities' groups, and Læsø's total."""
    root, (first, _) = editions
    snapshot = choose(first, root)
    assert len(snapshot.withheld_besides) == 98
    known = snapshot.frame["indicator"].isin(["fuldtidspersoner", "personer"])
    assert (known & snapshot.frame["value"].notna()).sum() > 23_000


# --- no file depends on a withheld number ---------------------------------------------------------


def test_the_sections_of_a_page_do_not_depend_on_a_withheld_number(
    editions: tuple[Path, list[str]], tmp_path: Path
) -> None:
    root, _ = editions
    other = altered(root, tmp_path / "anden")
    found = []
    for place in (root, other):
        pages = []
        for slug, navn in SMALL.items():
            path = place / "params" / slug / "2027.yaml"
            plan = yaml.safe_load(path.read_text(encoding="utf-8"))
            plan["maalgrupper"]["afsnit"] |= {
                group: {"ydelse": "kontanthjaelp_2025", "gruppe": group} for group in VISITATION
            }
            path.write_text(yaml.safe_dump(plan), encoding="utf-8")
            page = maalgrupper.load(slug, 2027, place)
            names = plan["maalgrupper"]["afsnit"]
            pages += [repr(page.key_figures().block), repr(page.change_figure().block)]
            pages += [repr(page.share_figure().block), repr(page.summary().block)]
            pages += [
                repr(show(name).block) for name in names for show in (page.table, page.sentence)
            ]
            path.write_text(PLAN.format(navn=navn), encoding="utf-8")
        found.append(pages)
    assert found[0] == found[1]
    assert any("fortroligt" in page for page in found[0])


@pytest.mark.thorough
def test_no_file_of_a_plan_depends_on_a_withheld_number(
    editions: tuple[Path, list[str]], tmp_path: Path
) -> None:
    """Every format and figure is the same whatever the withheld numbers are."""
    root, _ = editions
    other = altered(root, tmp_path / "anden")
    open_ = altered(root, tmp_path / "aaben", told=True)
    files, same, control = (outputs(place) for place in (root, other, open_))
    assert {Path(name).suffix for name in files} >= {
        ".html",
        ".pdf",
        ".xlsx",
        ".csv",
        ".json",
        ".ipynb",
    }
    assert [name for name in files if files[name] != same[name]] == []
    assert {Path(name).suffix for name in files if files[name] != control.get(name)} >= {
        ".html", ".pdf", ".xlsx", ".csv", ".json", ".jsonl", ".ipynb",
    }  # fmt: skip


def altered(root: Path, copy: Path, *, told: bool = False) -> Path:
    """A copy in which every withheld number that the snapshots hold is another one.

    Args:
        root: The working copy.
        copy: Where to.
        told: Also have the snapshots withhold nothing besides, as the negative control.
    """
    shutil.copytree(root, copy)
    for folder in (copy / "data" / "snapshots").iterdir():
        if not (folder / FILE).is_file():
            continue
        manifest = read_manifest(folder)
        snapshot = choose(manifest.id, copy)
        frame = snapshot.frame.copy()
        hidden = snapshot.protected["value"].isna() & frame["value"].notna()
        frame.loc[hidden, "value"] += 11
        frame.to_parquet(folder / OBSERVATIONS, index=False, compression="zstd")
        update = {"parquet_sha256": sha256_file(folder / OBSERVATIONS)}
        suppressed = () if told else manifest.suppressed
        changed = manifest.model_copy(update={**update, "suppressed": suppressed}).sealed()
        (folder / FILE).write_text(changed.model_dump_json(exclude_unset=True), encoding="utf-8")
    return copy


def outputs(root: Path) -> dict[str, object]:
    """Every file of the built plans, without times and hashes."""
    for slug in list(SMALL)[2:]:
        shutil.rmtree(root / "params" / slug, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("beskplan")), "build"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    folder = root / "reports" / "2027"
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {str(path.relative_to(folder)): content(path) for path in paths}


def content(path: Path) -> object:
    if path.suffix == ".pdf":
        return list(_pdf(path))
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return {name: _plain(book.read(name).decode()) for name in sorted(book.namelist())}
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [_plain(json.dumps([c["source"], c.get("outputs", [])])) for c in cells]
    return _plain(path.read_text(encoding="utf-8"))


def _pdf(path: Path) -> Iterator[object]:
    with pikepdf.open(path) as document:
        for page in document.pages:
            contents = page.Contents
            parts = contents if isinstance(contents, pikepdf.Array) else [contents]
            yield b"".join(part.read_bytes() for part in parts)
        for name, attached in document.attachments.items():
            if name != "manifest.json":
                yield name, _plain(attached.get_file().read_bytes().decode("utf-8", "replace"))


def _plain(text: str) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?[.\dZ+:]*", "<tid>", text)
    return re.sub(r"\b[0-9a-f]{12,64}\b", "<hash>", text)
