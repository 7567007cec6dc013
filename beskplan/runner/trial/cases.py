"""Which areas strain a page, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from beskplan.core.periods import Period
from beskplan.registers.areas import Area, area, find, joint_jobcentre, kommuner
from beskplan.registers.benefits import benefit
from beskplan.registers.groups import group
from beskplan.registers.indicators import ALL

LEVEL: Final = "fuldtidspersoner"
"""The indicator that all pages of a trial are about."""
AWKWARD: Final = {
    "laesoe": "lille ø, mange fortrolige tal",
    "fanoe": "lille ø, fortrolige tal",
    "samsoe": "lille ø, fortrolige tal",
    "aeroe": "lille ø, fortrolige tal",
    "koebenhavn": "landets største kommune, store tal",
    "bornholm": "alene i sin landsdel og sit RAR til 2024",
}
"""Slugs, and why a page may go wrong there. The data and the register of areas add others."""
FIRST_YEAR: Final = "bornholm"
"""Who is tried in the first month of the data: where nobody has a year before, one is enough."""
FIRST_YEAR_WHY: Final = "første år i data, intet år at sammenligne med"


@dataclass(frozen=True)
class Case:
    """A municipality in one period, and why it is looked at."""

    kommune: Area
    aar: int
    period: Period
    """What the pages are about."""
    why: str = ""
    """Danish; empty for a municipality like any other."""
    partner: Area | None = None
    """The other municipality of its joint jobcentre."""
    other_time: bool = False
    """Whether `period` is not the one that the year's plans are about."""
    withheld: tuple[str, str] | None = None
    """Benefit and group whose number of `period` is withheld, where that is what is tried."""


def awkward(frame: pd.DataFrame, aar: int, period: Period) -> tuple[Case, ...]:
    """The municipalities that strain a page, those that are known to before those that the data show.

    Args:
        frame: The observations of the snapshot.
        aar: Plan year.
        period: What the pages are about.
    """
    reasons: dict[str, list[str]] = {}
    for slug, why in (*AWKWARD.items(), *_joint(aar), *_in_data(frame, period)):
        reasons.setdefault(slug, []).append(why)
    return tuple(
        _case(find(slug, kind="kommune"), aar, period, "; ".join(why))
        for slug, why in reasons.items()
    )


def everyone(frame: pd.DataFrame, aar: int, period: Period) -> tuple[Case, ...]:
    """All 98 municipalities in Danish order, the awkward ones with their reasons."""
    known = {case.kommune: case for case in awkward(frame, aar, period)}
    return tuple(known.get(one) or _case(one, aar, period, "") for one in kommuner())


def first_year(kommune: Area, frame: pd.DataFrame) -> Case | None:
    """A municipality in the first month of the data; None where the data have no months of it."""
    own = _levels(frame, kommune)
    if own.empty:
        return None
    # `2021M08` sorts as it lies in time.
    first = Period.parse(str(min(own["period"])))
    return Case(kommune, first.year + 1, first, FIRST_YEAR_WHY, other_time=True)


def withheld_month(
    kommune: Area, frame: pd.DataFrame, before_year: int, benefits: Collection[str]
) -> Case | None:
    """A municipality in the newest month in which a level is withheld; None where there is none.

    Args:
        kommune: Which.
        frame: The observations of the snapshot.
        before_year: The plan year must be an earlier one: each has one plan.
        benefits: Those that a page can be about.
    """
    own = _levels(frame, kommune)
    hidden = own[
        (own["state"] == "withheld")
        & own["ydelse"].isin(list(benefits))
        & (own["period"] < f"{before_year - 1}M01")
    ].sort_values(["period", "ydelse", "group"])
    if hidden.empty:
        return None
    last = hidden.iloc[-1]
    period, what = Period.parse(str(last["period"])), (str(last["ydelse"]), str(last["group"]))
    why = f"tallet for {_name(*what, period)} er fortroligt i {period.text}"
    return Case(kommune, period.year + 1, period, why, other_time=True, withheld=what)


def _levels(frame: pd.DataFrame, kommune: Area) -> pd.DataFrame:
    """The monthly levels of a municipality."""
    monthly = frame["period"].str.contains("M", regex=False)
    return frame[(frame["area"] == kommune.kode) & (frame["indicator"] == LEVEL) & monthly]


def _name(ydelse: str, gruppe: str, on: Period) -> str:
    name = "i alt" if ydelse == ALL else benefit(ydelse).name(on.last_day)
    return name if gruppe == ALL else f"{name}, {group(gruppe).navn}"


def _case(kommune: Area, aar: int, period: Period, why: str) -> Case:
    joint = joint_jobcentre(kommune, on=date(aar, 1, 1))
    others = [kode for kode in joint.parts if kode != kommune.kode] if joint else []
    return Case(kommune, aar, period, why, area(others[0]) if others else None)


def _joint(aar: int) -> Iterator[tuple[str, str]]:
    for one in kommuner():
        if joint := joint_jobcentre(one, on=date(aar, 1, 1)):
            yield one.slug, f"fælles jobcenter {joint.navn}"


def _in_data(frame: pd.DataFrame, period: Period) -> Iterator[tuple[str, str]]:
    """Whom the source keeps most numbers back of, and who lacks a benefit that most others have."""
    codes = [one.kode for one in kommuner()]
    levels = frame[(frame["indicator"] == LEVEL) & frame["area"].isin(codes)]
    withheld = levels[levels["state"] == "withheld"].groupby("area").size()
    if not withheld.empty:
        most = int(withheld.max())
        kode = min(str(one) for one in withheld.index if withheld[one] == most)
        yield area(kode).slug, f"flest fortrolige antal i data ({most})"
    counted = levels[(levels["state"] != "absent") & (levels["period"] == period.code)]
    for (ydelse, gruppe), rows in counted.groupby(["ydelse", "group"]):
        missing = sorted(set(codes) - set(rows["area"]))
        if missing and len(missing) < len(codes) / 2:
            name = _name(str(ydelse), str(gruppe), period)
            yield area(missing[0]).slug, f"ingen tal for {name} i {period.text}"
