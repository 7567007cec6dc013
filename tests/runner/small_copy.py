"""A small working copy: three municipalities with two benefits each, and the data for them.

Allerød compares itself with Rudersdal, the others with Østdanmark only.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from beskplan.core.files import sha256_file
from beskplan.observations.contract import COLUMNS, Delivery, RawFile
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import store
from beskplan.params.jobs import Job, Workplace
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.provenance import EMBEDDED
from beskplan.runner.building import Build, Pool, build_lock, good_record
from beskplan.runner.keys import library_key
from beskplan.runner.plan import Planned, make_plan
from beskplan.runner.records import MANIFEST, Outcome, Records, write_json, write_status
from beskplan.runner.wanted import Choice
from tests.conftest import ROOT, cases

CASES = cases("small_copy")

KOMMUNER = {
    "alleroed": ("Allerød", "201"),
    "rudersdal": ("Rudersdal", "230"),
    "aarhus": ("Aarhus", "751"),
}
JOBS = tuple(f"2027/{slug}/maalgrupper" for slug in sorted(KOMMUNER))
SHARED = CASES["shared"]
RETRIEVED = "2026-08-01"


def write_copy(root: Path) -> Path:
    """Params, the Bilag's notebook and a first snapshot."""
    return Path(shutil.copytree(_first_copy(), root, dirs_exist_ok=True))


@cache
def _first_copy() -> Path:
    folder = tempfile.mkdtemp(prefix="lille-kopi-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    root = Path(folder)
    (root / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "maalgrupper.ipynb", root / "notebooks")
    (root / "README.md").write_text("En arbejdskopi\n", encoding="utf-8")
    for slug, (navn, _) in KOMMUNER.items():
        (root / "params" / slug).mkdir(parents=True)
        own = f"kommune: {navn}\naar: 2027\nbilag: [maalgrupper]\n"
        if slug == "alleroed":
            own += "maalgrupper:\n  sammenlign_med: [oestdanmark, Rudersdal]\n"
        (root / "params" / slug / "2027.yaml").write_text(own, encoding="utf-8")
    (root / "params" / "2027.yaml").write_text(SHARED, encoding="utf-8")
    store_rows(root)
    return root


Values = dict[tuple[str, str, str], float]
"""By area, benefit and period."""


def write_periodical_copy(root: Path, hver: str = "kvartal") -> Path:
    """A small copy whose plans have a status too."""
    write_copy(root)
    shutil.copy(ROOT / "notebooks" / "status.ipynb", root / "notebooks")
    for path in (root / "params").glob("*/2027.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[maalgrupper]", "[maalgrupper, status]"), encoding="utf-8")
    append(root / "params" / "2027.yaml", f"status: {{hver: {hver}}}\n")
    # What a quarter will be compared with has long been there.
    shutil.rmtree(root / "data")
    arrives = third_quarter("a_dagpenge", "sygedagpenge")
    store_rows(root, also={key: value for key, value in arrives.items() if key[2] == "2025M09"})
    return root


def third_quarter(*ydelser: str, without: Iterable[str] = ()) -> Values:
    """What a source has more when it has counted some benefits of the third quarter."""
    return {
        (area, ydelse, period.replace("M06", "M09")): value + 17
        for (area, ydelse, period), value in _values().items()
        if ydelse in ydelser and area not in without
    }


def store_rows(
    root: Path, revised: Values | None = None, *, also: Values | None = None, on: str = RETRIEVED
) -> Snapshot:
    """Store every number and share; `revised` has other numbers, `also` more of (area, benefit, period)."""
    every = {**_values(), **(also or {})}
    rows = [_row(*key, value, on) for key, value in {**every, **(revised or {})}.items()]
    rows += [
        _row(area, ydelse, period, value / 100, on, share=True)
        for (area, ydelse, period), value in every.items()
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})
    content = repr(sorted({**(also or {}), **(revised or {})}.items())).encode()
    raw = RawFile("svar.json", content, "jobindsats", "y01a02", on, "test")
    return store(Delivery(frame, (raw,)), root)


def _values() -> Values:
    areas = [kode for _, kode in KOMMUNER.values()]
    values = {}
    for place, area in enumerate([*areas, "oestdanmark"]):
        for number, ydelse in enumerate(("a_dagpenge", "sygedagpenge", "fleksjob")):
            for year in (2025, 2026):
                level = 311.0 + 97 * place + 41 * number + (year - 2025) * (13 + 7 * place + number)
                values[area, ydelse, f"{year}M06"] = level * (60 if area == "oestdanmark" else 1)
    return values


def _row(
    area: str, ydelse: str, period: str, value: float, on: str, *, share: bool = False
) -> dict[str, Any]:
    indicator = INDICATORS["pct_af_arbejdsstyrken" if share else "fuldtidspersoner"]
    return {
        "indicator": indicator.id,
        "ydelse": ydelse,
        "group": "alle",
        "area": area,
        "period": period,
        "value": round(value, indicator.decimals),
        "decimals": indicator.decimals,
        "unit": indicator.unit,
        "state": "known",
        "source": "jobindsats",
        "table_id": "y01a02",
        "reference": "",
        "retrieved_at": on,
    }


class FakePool:
    """Makes reports that are only files, or fails as it is told: for tests of what is around them."""

    def __init__(self, place: Workplace, failures: dict[str, Outcome] | None = None) -> None:
        self.place = place
        self.failures = failures or {}
        self.asked: list[str] = []

    def check(self, jobs: Sequence[str]) -> None:
        """All are right."""

    def each(self, tasks: Sequence[Callable[[], str]]) -> Iterator[tuple[int, str]]:
        """In this process."""
        yield from ((number, task()) for number, task in enumerate(tasks))

    def close(self) -> None:
        """Nothing runs."""

    def run(self, jobs: Sequence[str]) -> Iterator[Outcome]:
        for job in jobs:
            self.asked.append(job)
            if job in self.failures:
                yield self.failures[job]
            else:
                pretend_made(self.place.root, self.planned(job))
                yield Outcome(Job.parse(job), self.place.reports / job)

    def planned(self, job: str) -> Planned:
        """The job as a plan made now has it."""
        return next(one for one in make_plan(self.place.root).jobs if one.job == job)


def pretend_made(root: Path, planned: Planned) -> Path:
    """The files of a report, without a report in them."""
    folder = root / "reports" / planned.job
    (folder / "tabeller").mkdir(parents=True, exist_ok=True)
    names = [f"{folder.name}.{ending}" for ending in ("html", "pdf", "ipynb", "xlsx")]
    for name in (*names, "rows.jsonl", "tabeller/01-tal.csv"):
        text = "" if name == "rows.jsonl" else f"indhold af {planned.job}"
        (folder / name).write_text(text, encoding="utf-8")
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST]
    write_json(
        folder / MANIFEST,
        {
            "job": planned.job,
            "files": {p.relative_to(folder).as_posix(): sha256_file(p) for p in paths},
            "data": {"id": planned.data, "embedded": planned.data == EMBEDDED},
            "made_from": {
                "params": planned.inputs,
                "notebook": planned.key["notebook"],
                "library": library_key()["library"],
            },
        },
    )
    return folder


def pretend_built(root: Path) -> None:
    """Every report of a working copy as if it had just been built."""
    (root / "reports").mkdir(exist_ok=True)
    for planned in make_plan(root).jobs:
        folder = pretend_made(root, planned)
        Records(root / "reports").write(good_record(planned, folder))
    write_status(root / "reports")


def build(
    root: Path,
    pool: Pool,
    *,
    choice: Choice | None = None,
    force: bool = False,
    only_failed: bool = False,
) -> list[Outcome]:
    """A build with this pool, as the command runs it."""

    @contextmanager
    def opened() -> Iterator[Pool]:
        yield pool

    def look() -> Any:
        return make_plan(root, choice, force=force, only_failed=only_failed)

    def lock() -> AbstractContextManager[None]:
        return build_lock(root / "reports")

    work = Build(root, opened, lock, look)
    return list(work.run(look()))


def stale(root: Path) -> dict[str, tuple[str, ...]]:
    """Why each stale report is stale."""
    return {one.job: one.reasons for one in make_plan(root).stale}


def append(path: Path, text: str) -> None:
    """Add text at the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def in_place(path: Path, content: bytes) -> None:
    """Write into a file, and give it the times that it had."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def flip(path: Path) -> None:
    """Change one bit in the middle, and give the file the times that it had."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    in_place(path, bytes(content))
