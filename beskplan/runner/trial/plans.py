"""Params for a trial: what a plan of the year would ask of every notebook, of any municipality."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import yaml

from beskplan.core.errors import InputError, ParamsError, Problem
from beskplan.core.periods import Period
from beskplan.params import PlanParams, read
from beskplan.params.documents import Document, validated
from beskplan.params.jobs import Job, Workplace
from beskplan.registers.areas import kommuner
from beskplan.registers.benefits import benefit
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import ALL
from beskplan.runner.trial.cases import LEVEL, Case

Params = dict[str, Any]

SHARE: Final = "pct_af_arbejdsstyrken"


@dataclass(frozen=True)
class Ground:
    """What the trial params of all municipalities are made from.

    Attributes:
        maalgrupper: The key of the year's shared file: the benefits that its plans are about.
        frame: The observations of the snapshot.
    """

    maalgrupper: Params
    frame: pd.DataFrame

    def sections(self, case: Case) -> dict[str, Params]:
        """The year's sections; at another time those that may be compared with the year before.

        Of a case about a withheld number, the section of its benefit is about its group.
        """
        found = dict(self.maalgrupper["afsnit"])
        if not case.other_time:
            return found
        found = {
            name: {key: value for key, value in section.items() if "periode" not in key}
            for name, section in found.items()
            if _may_be_compared(section["ydelse"], case)
        }
        for section in found.values():
            if case.withheld and section["ydelse"] == case.withheld[0]:
                section["gruppe"] = case.withheld[1]
        return found

    def benefits(self, period: Period) -> list[str]:
        """Single benefits that the source counts in a period for any area, everybody in one."""
        rows = self.frame[
            (self.frame["indicator"] == LEVEL)
            & (self.frame["group"] == ALL)
            & (self.frame["ydelse"] != ALL)
            & (self.frame["period"] == period.code)
        ]
        return [one for one in sorted(set(rows["ydelse"])) if not benefit(one).is_composite]

    def points(self, period: Period) -> list[str]:
        """Points in time up to a period that the data have; at least the year before and itself."""
        wanted = [period.shift(-24), period.shift(-12), period.shift(-6), period]
        there = set(self.frame["period"])
        found = [one.code for one in wanted if one.code in there]
        return found if len(found) > 1 else [period.year_before().code, period.code]


def _may_be_compared(ydelse: str, case: Case) -> bool:
    before = case.period.year_before()
    found = breaks_between(LEVEL, ydelse, case.kommune.kode, before, case.period)
    return all(one.kind != "refuse" for one in found)


def _maalgrupper(case: Case, ground: Ground) -> Params:
    if not case.other_time:
        return {}
    return {**ground.maalgrupper, "periode": case.period.code, "afsnit": ground.sections(case)}


def _overblik(case: Case, ground: Ground) -> Params:
    return {
        "foer": case.period.year_before().code,
        "nu": case.period.code,
        "ydelser": ground.benefits(case.period),
    }


def _varighed(case: Case, ground: Ground) -> Params:
    series = {
        "emne": "fuldtidspersoner",
        "maal": LEVEL,
        "raekker": ground.benefits(case.period),
        "perioder": ground.points(case.period),
    }
    shared = {**series, "kommune": case.partner.navn} if case.partner else None
    return {
        "serier": {
            "fuldtidspersoner": series,
            **({"fuldtidspersoner_samarbejde": shared} if shared else {}),
        }
    }


def _refusion(_case: Case, _ground: Ground) -> Params:
    return {}


def _targets(case: Case, ground: Ground) -> Params:
    """Targets of the kinds that any municipality may have, each on a benefit of the year's."""
    sections = list(ground.sections(case).values())
    first, last = sections[0], sections[-1]
    base = {"periode": f"{case.aar - 2}M12"}
    kinds: list[tuple[Params, Params, str]] = [
        ({"slags": "relativ", "aendring_pct": -5, "enhed": LEVEL}, first, LEVEL),
        ({"slags": "niveau_hoejst", "enhed": LEVEL}, last, LEVEL),
        ({"slags": "kun_retning", "retning": "ned"}, first, LEVEL),
        ({"slags": "landsgennemsnit"}, last, SHARE),
    ]
    targets = [
        {
            **kind,
            "id": f"proeve-{number}",
            "hvad": f"Prøvemål {number}",
            "tekst": f"Prøvemål {number}.",
            "frist": f"{case.aar}M12",
            "udgangspunkt": base,
            "maaling": {
                "indikator": indicator,
                "ydelser": [section["ydelse"]],
                "gruppe": section.get("gruppe", ALL),
            },
        }
        for number, (kind, section, indicator) in enumerate(kinds, start=1)
    ]
    return {
        "kilde": f"Prøveplan {case.aar}",
        "sammenlign_med": ["hele-landet"],
        "overordnede": [{"titel": "Prøvemål", "resultatmaal": targets}],
    }


TRIALS: Final[dict[str, tuple[str, Callable[[Case, Ground], Params]]]] = {
    "maalgrupper": ("maalgrupper", _maalgrupper),
    "overblik": ("overblik", _overblik),
    "resultatmaal": ("maal", _targets),
    "varighed": ("varighed", _varighed),
    "refusion": ("refusion", _refusion),
}
"""Notebook -> the key of the params that it reads, and what a trial says there.

The regional overview is not among them: it is about plans, and those under params/ are run as they are.
"""
AT_OTHER_TIMES: Final = ("maalgrupper", "overblik", "resultatmaal")
"""The notebooks that say something else in another month."""


def read_ground(root: Path, aar: int | None, frame: pd.DataFrame) -> tuple[int, Ground]:
    """The plan year of the trial, and what its params are made from.

    Args:
        root: The working copy.
        aar: The year; the newest that has shared params where left out.
        frame: The observations of the snapshot.

    Raises:
        InputError: no `params/<aar>.yaml` says which benefits the year's plans are about.
        ParamsError: such a file is wrong; all problems at once.
    """
    found = {
        int(path.stem): Document.load(path, root)
        for path in (root / "params").glob("*.yaml")
        if path.stem.isdigit() and aar in (None, int(path.stem))
    }
    if broken := [problem for one in found.values() for problem in one.problems]:
        raise ParamsError(broken)
    years = [year for year, one in found.items() if _says_what(one.values.get("maalgrupper"))]
    if not years:
        raise InputError(
            Problem(
                where="params/",
                what="no shared params to make a trial from",
                found=f"aar {aar}" if aar else "no year",
                expected="`maalgrupper` with `periode` and `afsnit` in params/<aar>.yaml",
                fix="write the year's shared file, or choose a year that has one with --aar",
            )
        )
    newest = found[max(years)]
    # Anybody's plan: what is wrong in the shared file is told here, with its line.
    plan = {"kommune": kommuner()[0].navn, "aar": max(years), "bilag": ["maalgrupper"]}
    validated(PlanParams, {**newest.values, **plan}, newest)
    return max(years), Ground(newest.values["maalgrupper"], frame)


def _says_what(maalgrupper: Any) -> bool:
    return isinstance(maalgrupper, dict) and {"periode", "afsnit"} <= maalgrupper.keys()


def write_trial(source: Path, folder: Path, cases: Iterable[Case], ground: Ground) -> list[Job]:
    """Params for the trial in a copy of the working copy's; the jobs that they ask for.

    What a municipality's own plan of the year says goes before what the trial says.

    Args:
        source: The working copy.
        folder: An empty folder.
        cases: Whom the trial is about.
        ground: What is asked of everyone.

    Raises:
        InputError: a plan of the working copy is wrong.
    """
    for name in ("notebooks", "params"):
        shutil.copytree(source / name, folder / name)
    place = Workplace(source)
    return [job for case in cases for job in _write_plan(place, folder, case, ground)]


def _write_plan(place: Workplace, folder: Path, case: Case, ground: Ground) -> list[Job]:
    slug = case.kommune.slug
    path = folder / "params" / slug / f"{case.aar}.yaml"
    targets = path.with_name(f"{case.aar}.maal.yaml")
    own: Params = {}
    if path.is_file() and not case.other_time:
        read(slug, case.aar, place.root)
        own = yaml.safe_load(path.read_text(encoding="utf-8"))
    tried = [
        name
        for name in (AT_OTHER_TIMES if case.other_time else TRIALS)
        if (place.notebooks / f"{name}.ipynb").is_file()
    ]
    bilag = list(dict.fromkeys((*tried, *own.pop("bilag", ()))))
    made = {TRIALS[name][0]: TRIALS[name][1](case, ground) for name in tried}
    followed = made.pop("maal", None)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, {"kommune": case.kommune.navn, "aar": case.aar, **made, **own, "bilag": bilag})
    if followed is not None and not targets.is_file():
        _write(targets, followed)
    return [Job(case.aar, slug, name) for name in bilag]


def _write(path: Path, values: Params) -> None:
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
