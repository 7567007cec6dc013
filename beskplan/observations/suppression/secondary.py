"""Secondary suppression: which numbers are withheld for another's sake, the same for all reports.

Decided once, when a snapshot is stored, over everything that it holds of an area and period, not over
what one page prints: so no two pages, and no two editions, contradict each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import pandas as pd

from beskplan.core.periods import Period
from beskplan.observations.contract import KEY, Key
from beskplan.observations.suppression.primary import threshold
from beskplan.observations.suppression.reader import REACH, Equation, Unknown, narrowed
from beskplan.observations.suppression.relations import (
    Relation,
    is_count,
    relations_over_areas,
    relations_within,
)
from beskplan.registers.areas import area
from beskplan.registers.indicators import INDICATORS

_UNSAID: Final = 3
"""The threshold where a source does not say it: three values are the least that hide one."""
Reader: TypeAlias = Literal["does_not_know", "takes_all_for_small", "knows_which"]
READERS: Final[tuple[Reader, ...]] = get_args(Reader)
"""What readers think of a number that is withheld for another's sake: nothing; that it is small as the
others are; or that it is not below the threshold, as the source publishes it."""
NOW: Final = "now"
BEFORE: Final = "before"
SAME: Final = "same"
"""A number that both editions have, unrevised."""
_Id: TypeAlias = tuple[str, Key]
"""A number of one edition."""


@dataclass(frozen=True)
class Count:
    """A count as a snapshot holds it.

    Attributes:
        value: The number; None where the source withholds it.
        decimals: How many are printed.
        below: The source withholds what is below.
    """

    value: float | None
    decimals: int
    below: int


Counts: TypeAlias = Mapping[Key, Count]


@dataclass(frozen=True)
class Edition:
    """What an earlier snapshot held of some counts, and which it withheld for another's sake."""

    counts: Counts
    suppressed: Collection[Key] = ()


def suppressed_keys(
    frame: pd.DataFrame, before: tuple[pd.DataFrame, Collection[Key]] | None = None
) -> frozenset[Key]:
    """The counts of a snapshot that are withheld so that no withheld one can be worked out.

    Args:
        frame: The observations, small counts withheld.
        before: Those of the snapshot that this one continues, and what it withheld for others' sake:
            its readers still have its numbers.
    """
    limits = _limits(frame)
    withheld = _places(frame) | (_places(before[0]) if before else set())
    if not withheld:
        return frozenset()
    now = _counts(frame, withheld, limits)
    earlier = _counts(before[0], withheld, limits) if before else {}
    suppressed: set[Key] = set()
    for place, counts in now.items():
        old = Edition(earlier.get(place, {}), ())
        if before:
            old = Edition(old.counts, [key for key in before[1] if key in old.counts])
        if before and old.counts == counts:
            suppressed.update(old.suppressed)
        else:
            suppressed |= suppress(counts, relations_within(counts), old)
    suppressed |= _over_areas(frame, now, suppressed, limits)
    return frozenset(suppressed | _over_time(frame, suppressed))


def suppress(
    counts: Counts,
    relations: Sequence[Relation],
    before: Edition | None = None,
    *,
    taken: Collection[Key] = (),
    keep: Collection[Key] = (),
) -> set[Key]:
    """The counts to withhold beside those that the source withholds: as few and small as will do.

    Parts before totals, small ones before large; what the edition before withheld comes first, so
    that two editions tell the same.

    Args:
        counts: All counts by key.
        relations: How they add up.
        before: What readers have been told already.
        taken: Counts that are withheld already.
        keep: Counts that are not for this to withhold.
    """
    old = before or Edition({})
    totals = {relation.total for relation in relations}

    def rank(key: Key) -> tuple[bool, bool, float, Key]:
        return (key not in old.suppressed, key in totals, counts[key].value or 0, key)

    ordered = sorted(set(counts) - set(keep), key=rank)
    in_vain = _unrevised(counts, old) - set(old.suppressed)
    for known_before, some in (
        (old, [key for key in ordered if key not in in_vain]),
        (Edition({}), ordered),
    ):
        chosen, exposed = _chosen(counts, relations, known_before, taken, some)
        if not exposed:
            break  # Else readers of the edition before know too much: now is protected by itself.
    return chosen


def _chosen(
    counts: Counts,
    relations: Sequence[Relation],
    before: Edition,
    taken: Collection[Key],
    ordered: Sequence[Key],
) -> tuple[set[Key], Mapping[Any, frozenset[int]]]:
    """The first of `ordered` that together protect, without those that turn out to protect nothing."""

    def exposed_with(some: Collection[Key]) -> dict[tuple[Reader, Key], frozenset[int]]:
        return exposed_keys(counts, relations, {*taken, *some}, before)

    chosen: list[Key] = []
    while exposed := exposed_with(chosen):
        near = _near({key for _, key in exposed}, relations, counts, {*taken, *chosen})
        best = next((key for key in ordered if key in near), None)
        if best is None:
            break  # Nothing that adds up is told any more.
        chosen.append(best)
    for key in list(chosen):
        others = exposed_with([one for one in chosen if one != key])
        if all(at in exposed and left >= exposed[at] for at, left in others.items()):
            chosen.remove(key)
    return set(chosen), exposed


def exposed_keys(
    counts: Counts,
    relations: Sequence[Relation],
    suppressed: Collection[Key],
    before: Edition | None = None,
) -> dict[tuple[Reader, Key], frozenset[int]]:
    """The counts withheld by the source that a reader can narrow down, now or of the edition before.

    Returns:
        For each count the values that are left; of the first kind of reader who finds any.
    """
    old = before or Edition({})
    scale = max((one.decimals for one in (*counts.values(), *old.counts.values())), default=0)
    same = _unrevised(counts, old)
    # What one edition tells of an unrevised number is known of the other, too.
    known = {key for key in same if key not in suppressed or key not in old.suppressed}
    editions = [(NOW, counts, set(suppressed) - known)]
    if old.counts:
        editions.append((BEFORE, old.counts, set(old.suppressed) - known))
    totals = {relation.total for relation in relations}
    exposed: dict[tuple[Reader, Key], frozenset[int]] = {}
    for reader in READERS if suppressed or old.suppressed else READERS[:1]:
        unknowns: dict[_Id, Unknown] = {}
        equations: list[Equation[_Id]] = []
        watched: dict[_Id, range] = {}
        for edition, held, off in editions:
            told = _Told(
                {key: (SAME if key in same else edition, key) for key in held},
                held,
                off,
                scale=scale,
                reader=reader,
                totals=totals,
            )
            unknowns |= told.unknowns
            watched |= told.watched
            equations += [e for relation in relations for e in told.equation(relation)]
        for (_, key), left in narrowed(unknowns, equations, watched).items():
            at = (reader, key)
            exposed[at] = exposed.get(at, left) & left
        if exposed:
            break  # What one kind of reader finds is enough; the simplest comes first.
    return exposed


class _Told:
    """One edition as a reader has it: what is known, what is not, and how it adds up."""

    def __init__(
        self,
        ids: Mapping[Key, _Id],
        counts: Counts,
        off: Collection[Key],
        *,
        scale: int,
        reader: Reader,
        totals: Collection[Key],
    ) -> None:
        self._ids, self._counts, self._scale, self._reader = ids, counts, scale, reader
        self.unknowns: dict[_Id, Unknown] = {}
        self.watched: dict[_Id, range] = {}
        for key, one in counts.items():
            top = one.below * 10**scale - 1
            if one.value is None:
                self.unknowns[ids[key]] = Unknown(0, top)
                # With decimals a few values in between stand for all.
                self.watched[ids[key]] = range(0, top + 1, 10**scale) if scale else range(top + 1)
            elif key in off:
                value = _units(one.value, scale)
                low = min(top + 1, value) if reader == "knows_which" else 0
                small = reader == "takes_all_for_small" and key not in totals
                unknown = Unknown(0, top) if small else Unknown(low, value + REACH, value)
                self.unknowns[ids[key]] = unknown

    def equation(self, relation: Relation) -> Iterator[Equation[_Id]]:
        """What a relation tells of numbers that are not told; nothing where all are."""
        counts = {key: self._counts[key] for key in relation.keys if key in self._counts}
        parts = [key for key in relation.parts if key in counts]
        hidden = [key for key in counts if self._ids[key] in self.unknowns]
        if relation.total not in counts or not parts or not hidden:
            return
        if relation.over_measures and all(counts[key].value is None for key in counts):
            return  # Two small numbers that are only known not to be the larger and the smaller one.
        known = {k: _units(counts[k].value or 0, self._scale) for k in counts if k not in hidden}
        complete = relation.complete and len(parts) == len(relation.parts)
        # Each number is off by half a unit: together by less than half of one more than the parts.
        unit = int(10.0 ** (self._scale - min(one.decimals for one in counts.values())))
        most = len(parts) // 2 * unit
        if self._reader == "takes_all_for_small":
            # Who takes all for small would see from more that they are not.
            most = min(most, unit)
        yield Equation(
            plus=tuple(self._ids[key] for key in parts if key in hidden),
            minus=(self._ids[relation.total],) if relation.total in hidden else (),
            constant=sum(known.get(key, 0) for key in parts) - known.get(relation.total, 0),
            slack=(0 if relation.overlapping else most, most),
            stretch=unit if self._stretches(relation) else 0,
            strict=not relation.over_areas,
            has_rest=not complete,
            rest_is_unlikely=not relation.over_areas,
        )

    def _stretches(self, relation: Relation) -> bool:
        exact = relation.over_areas or relation.overlapping or relation.over_measures
        return not exact and self._reader != "takes_all_for_small"


def _unrevised(counts: Counts, before: Edition) -> set[Key]:
    """The numbers that both editions have, with one value."""
    return {
        key
        for key, one in counts.items()
        if one.value is not None and key in before.counts and before.counts[key].value == one.value
    }


def _near(
    exposed: Collection[Key], relations: Iterable[Relation], counts: Counts, hidden: Collection[Key]
) -> set[Key]:
    """Counts told in the relations of exposed ones; in those of what is hidden with them else."""
    off = {*hidden, *(key for key, one in counts.items() if one.value is None)}
    groups = [{key for key in relation.keys if key in counts} for relation in relations]
    reached = set(exposed)
    while True:
        touched = [keys for keys in groups if keys & reached]
        near = {key for keys in touched for key in keys - off}
        further = reached.union(*(keys & off for keys in touched))
        if near or further == reached:
            return near
        reached = further


def _over_areas(
    frame: pd.DataFrame,
    now: Mapping[tuple[str, str], Counts],
    suppressed: Collection[Key],
    limits: Mapping[str, int],
) -> set[Key]:
    """Counts of larger areas that the source itself gives, and that would give a municipality's away."""
    larger = {kode for kode in map(str, frame["area"].unique()) if len(_parts(kode)) > 1}
    periods = {period for _, period in now}
    if not larger:
        return set()
    taken: set[Key] = set()
    everything = frame[frame["period"].isin(periods)]
    for period, rows in everything.groupby("period", sort=False):
        codes = {kode for kode, at in now if at == period} - larger
        wholes = {kode for kode in larger if codes & set(_parts(kode))}
        if not wholes:
            continue
        wanted = wholes.union(*(_parts(kode) for kode in wholes))
        counts = _as_counts(rows[rows["area"].isin(wanted)], limits)
        hidden = {key for key in counts if key in suppressed}
        telling = {key[:3] for key, one in counts.items() if one.value is None} | {
            key[:3] for key in hidden
        }
        totals = [key for key in counts if key[3] in wholes and key[:3] in telling]
        relations = [
            *relations_over_areas(totals, counts),
            *(r for kode in codes & wanted for r in relations_within(_of(counts, kode))),
        ]
        own = [key for key in counts if key[3] not in wholes]
        taken |= suppress(counts, relations, taken=hidden, keep=own)
    return taken


def _over_time(frame: pd.DataFrame, suppressed: Collection[Key]) -> set[Key]:
    """Means of a longer period in which a shorter one is withheld: three times a quarter, less two months.

    All that the source counts of the area in the longer period goes, as its sums would give one away.
    """
    means = [name for name, spec in INDICATORS.items() if spec.adds_over_ydelser]
    rows = frame[frame["indicator"].isin(means)]
    kinds = rows[["source", "period"]].drop_duplicates()
    longer = {code: frozenset(Period.parse(code).months()) for code in kinds["period"]}
    if len({len(months) for months in longer.values()}) < 2:
        return set()
    off = pd.MultiIndex.from_frame(rows[list(KEY)]).isin(list(suppressed))
    hidden = rows[off | (rows["state"] == "withheld").to_numpy(bool)]
    withheld: dict[tuple[str, str], set[str]] = {}
    for source, kode, period in zip(
        hidden["source"], hidden["area"], hidden["period"], strict=True
    ):
        withheld.setdefault((source, kode), set()).add(period)
    near = rows[rows["value"].notna() & rows["area"].isin(hidden["area"].unique())]
    return {
        tuple(row[name] for name in KEY)
        for row in near[[*KEY, "source"]].to_dict("records")
        if any(
            longer[period] < longer[row["period"]]
            for period in withheld.get((row["source"], row["area"]), ())
        )
    }


def _of(counts: Counts, kode: str) -> dict[Key, Count]:
    return {key: one for key, one in counts.items() if key[3] == kode}


def _parts(kode: str) -> tuple[str, ...]:
    whole = area(kode)
    return () if whole.kind == "land" else tuple(whole.parts)


def _limits(frame: pd.DataFrame) -> dict[str, int]:
    """Each source's threshold as its numbers show it: a municipality may have a lower one of its own."""
    limits = {}
    for source, rows in _count_rows(frame).groupby("source"):
        limit = threshold(str(source)) or _UNSAID
        shown = rows["value"].dropna()
        if str(source).startswith("own:") and not shown.empty:
            limit = max(_UNSAID, min(limit, int(shown.min())))
        limits[str(source)] = limit
    return limits


def _count_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["indicator"].isin([name for name in INDICATORS if is_count(name)])]


def _places(frame: pd.DataFrame) -> set[tuple[str, str]]:
    """Areas and periods in which a count is withheld."""
    rows = _count_rows(frame)
    rows = rows[rows["state"] == "withheld"]
    return set(zip(rows["area"], rows["period"], strict=True))


def _counts(
    frame: pd.DataFrame, places: Collection[tuple[str, str]], limits: Mapping[str, int]
) -> dict[tuple[str, str], dict[Key, Count]]:
    """The counts of some areas and periods."""
    rows = _count_rows(frame)
    there = pd.MultiIndex.from_frame(rows[["area", "period"]]).isin(list(places))
    found: dict[tuple[str, str], dict[Key, Count]] = {}
    for key, one in _as_counts(rows[there], limits).items():
        found.setdefault((key[3], key[4]), {})[key] = one
    return found


def _as_counts(rows: pd.DataFrame, limits: Mapping[str, int]) -> dict[Key, Count]:
    records: list[dict[str, Any]] = _count_rows(rows).to_dict("records")  # type: ignore[assignment]
    return {
        tuple(row[name] for name in KEY): Count(
            None if row["state"] == "withheld" else row["value"],
            row["decimals"],
            limits.get(row["source"], _UNSAID),
        )
        for row in records
        if row["state"] != "absent"
    }


def _units(value: float, scale: int) -> int:
    return round(value * 10.0**scale)
