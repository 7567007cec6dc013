"""Reports of ten of the 98 municipalities from made-up numbers, chosen to strain the layout.

Names with æ, ø and å, with hyphens, short and long; islands with so few people that their numbers
are withheld; a benefit that fell, rose and stood still. The numbers are invented and marked so.
"""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from beskplan.observations.contract import COLUMNS, Delivery, RawFile
from beskplan.observations.snapshot_store import store
from beskplan.params.jobs import Job, Workplace
from beskplan.params.models import Maalgrupper, read
from beskplan.registers.areas import area, find, regional_council
from beskplan.registers.indicators import INDICATORS
from tests.conftest import cases
from tests.render.sample_notebook import PNG

CASES = cases("ten_municipalities")

SLUGS = CASES["slugs"]
AAR = 2021
DAY = "2020-11-18"
JOBS = tuple(Job(AAR, slug, "maalgrupper") for slug in SLUGS)
_PEOPLE = {"laesoe": 1, "aeroe": 3, "koebenhavn": 400}
"""How much larger than a small municipality each is."""
_USUAL_PEOPLE = 30
_TOTAL = "offentlig_forsoergelse"
_WORKFORCE, _OTHER_PEOPLE = 5, 3
"""The workforce, and those who another share is of, as so many times all on public support."""
_SMALL = 10
"""Counts below this are made withheld, as the sources do with small ones."""


PRESENTED = "hoeje-taastrup"
"""The one that has a logo and colours of its own: of 4.5:1, so that small text needs another shade."""
_PROFIL = CASES["profil"]


def workplace(root: Path, folder: Path) -> Workplace:
    """A working copy in `folder` with params for the ten and a snapshot of made-up numbers."""
    shutil.copytree(root / "notebooks", folder / "notebooks")
    (folder / "params").mkdir()
    shutil.copyfile(root / "params" / f"{AAR}.yaml", folder / "params" / f"{AAR}.yaml")
    for slug in SLUGS:
        _write_params(folder, slug)
    (folder / "params" / PRESENTED / "profil.yaml").write_text(_PROFIL, encoding="utf-8")
    (folder / "params" / PRESENTED / "logo.png").write_bytes(PNG)
    frame = pd.DataFrame(list(_rows(folder)), columns=list(COLUMNS)).drop_duplicates(
        ["indicator", "ydelse", "group", "area", "period"]
    )
    raw = RawFile("demo.csv", b"demo", "demo", "demo", DAY, "made up")
    store(Delivery(frame, (raw,), withhold_below=0), folder)
    return Workplace(folder)


def _write_params(folder: Path, slug: str) -> None:
    kommune = find(slug, kind="kommune")
    text = (
        f"kommune: {kommune.navn}\naar: {AAR}\nbilag: [maalgrupper]\ndatagrundlag: nyeste\n"
        f"maalgrupper: {{sammenlign_med: [{area(kommune.oestvest).slug}, rar]}}\n"
    )
    (folder / "params" / slug).mkdir()
    (folder / "params" / slug / f"{AAR}.yaml").write_text(text, encoding="utf-8")


def _rows(folder: Path) -> Iterator[tuple[object, ...]]:
    """Rows in which no part is larger than its whole: a report that says otherwise is refused."""
    councils: dict[str, list[Made]] = {}
    halves: dict[str, dict[str, Made]] = {}
    for slug in SLUGS:
        params = _params(slug, folder)
        kommune = find(slug, kind="kommune")
        made = _made(kommune.kode, _PEOPLE.get(slug, _USUAL_PEOPLE), params)
        yield from _area_rows(kommune.kode, params, made)
        rar = regional_council(kommune, params.periode.first_day).kode
        councils.setdefault(rar, [_made(rar, _USUAL_PEOPLE, params)]).append(made)
        halves.setdefault(kommune.oestvest, {})[rar] = _sum(councils[rar])
    params = _params(SLUGS[0], folder)
    for half, made_in in halves.items():
        for rar, made in made_in.items():
            yield from _area_rows(rar, params, made)
        yield from _area_rows(
            half, params, _sum([*made_in.values(), _made(half, _USUAL_PEOPLE, params)])
        )


def _params(slug: str, folder: Path) -> Maalgrupper:
    params = read(slug, AAR, folder).maalgrupper
    assert params is not None
    return params


Made = dict[str, tuple[float, float]]
"""Count in the earlier and the later period, by section of the report."""


def _made(key: str, people: int, params: Maalgrupper) -> Made:
    made: Made = {}
    for name in params.afsnit:
        chance = random.Random(f"{key} {name}")  # noqa: S311 made up, and the same every time
        level = chance.randint(1, 30) * people
        change = chance.choice([0.0, -0.3, -0.02, 0.004, 0.1, 0.55, 3.1])
        made[name] = (level, round(level * (1 + change)))
    # The benefits together are more than any of them.
    made[_TOTAL] = _sum([{_TOTAL: counts} for counts in made.values()])[_TOTAL]
    return made


def _sum(parts: list[Made]) -> Made:
    return {
        name: (sum(part[name][0] for part in parts), sum(part[name][1] for part in parts))
        for name in parts[0]
    }


def _area_rows(kode: str, params: Maalgrupper, made: Made) -> Iterator[tuple[object, ...]]:
    for name, afsnit in params.afsnit.items():
        now = afsnit.periode or params.periode
        before = now.year_before()
        what = (afsnit.ydelse, afsnit.gruppe, kode)
        # One workforce behind all shares of it: the plan check divides, and so would a reader.
        of = _WORKFORCE if afsnit.andel == "pct_af_arbejdsstyrken" else _OTHER_PEOPLE
        share = 100 * made[name][1] / (of * made[_TOTAL][1])
        for period, count in zip((before, now), made[name], strict=True):
            yield _row(afsnit.maal, what, period.code, count)
        yield _row(afsnit.andel, what, now.code, round(share, 1))


def _row(
    indicator: str, what: tuple[str, str, str], period: str, value: float
) -> tuple[object, ...]:
    spec = INDICATORS[indicator]
    withheld = spec.decimals == 0 and 0 < value < _SMALL
    shown = None if withheld else float(value)
    state = "withheld" if withheld else "known"
    trace = f"{area(what[-1]).navn}, {period}"
    unit = (spec.decimals, spec.unit)
    return (indicator, *what, period, shown, *unit, state, "demo", "demo", trace, DAY)
