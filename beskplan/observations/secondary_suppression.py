"""Secondary suppression: which numbers are withheld for another's sake, the same for all reports.

Decided once, when a snapshot is stored, over everything that it holds of an area and period, not over
what one page prints: so no two pages, and no two editions, contradict each other.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias, get_args

import pandas as pd

from beskplan.core.periods import Period
from beskplan.observations import suppression
from beskplan.observations.contract import KEY, Key
from beskplan.registers.areas import area
from beskplan.registers.benefits import benefit, parts
from beskplan.registers.indicators import ALL, INDICATORS, target_groups

LEDIGE: Final = "ledige"
LEDIGE_YDELSER: Final = ("a_dagpenge", "kontanthjaelp_2025")
"""The group and its two parts. Source: Jobindsats, table y25i01."""
VISITATION: Final = (
    "jobparate",
    "aktivitetsparate",
    "uddannelsesparate",
    "aabenlyst_uddannelsesparate",
    "uoplyst_visitation",
)
"""Every recipient of kontanthjælp has one of them. Source: Jobindsats, table y60a02."""


@dataclass(frozen=True)
class Relation:
    """A total and those of its parts that there are rows for.

    Attributes:
        total: Key of the total.
        parts: Keys of the parts.
        complete: Whether these are all; else something not below 0 is missing.
        overlapping: Whether one person may be counted in two parts: they are the total, or more.
        over_measures: Whether the part is another measure that cannot be more than the total.
        over_areas: Whether the parts are areas: so many roundings that nobody subtracts.
    """

    total: Key
    parts: tuple[Key, ...]
    complete: bool = True
    overlapping: bool = False
    over_areas: bool = False
    over_measures: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """The total, then the parts."""
        return (self.total, *self.parts)


def relations_within(keys: Collection[Key]) -> tuple[Relation, ...]:
    """The sums that hold between counts of one area and period: over benefits and over groups.

    Composites, the unemployed, visitation, LAB target groups, and a benefit that the source has
    counted back to before it began, beside those that it replaced.
    """
    found = (_within(total, ways, keys) for total in keys for ways in _sums(total))
    return tuple(dict.fromkeys(one for one in found if one is not None))


def relations_over_areas(totals: Collection[Key], keys: Collection[Key]) -> tuple[Relation, ...]:
    """The sums that hold between areas that the source itself counts and their municipalities.

    Never the country: 98 municipalities do not add up to it (domain.md §1).
    """
    found = []
    for total in totals:
        whole = area(total[3])
        if whole.kind == "land" or not INDICATORS[total[0]].adds_over_areas:
            continue
        wanted = [(*total[:3], kode, total[4]) for kode in whole.parts]
        shown = tuple(key for key in wanted if key in keys)
        if shown:
            found.append(Relation(total, shown, len(shown) == len(wanted), over_areas=True))
    return tuple(found)


def _within(total: Key, wanted: tuple[Key, ...], keys: Collection[Key]) -> Relation | None:
    shown = tuple(part for part in wanted if part in keys and part != total)
    if not shown:
        return None
    if shown[0][0] != total[0]:
        return Relation(total, shown, complete=False, over_measures=True)
    overlapping = INDICATORS[total[0]].unit == "personer"
    return Relation(total, shown, len(shown) == len(wanted), overlapping)


def _sums(total: Key) -> Iterator[tuple[Key, ...]]:
    """The parts that add up to a count, one way at a time."""
    indicator, ydelse, group, kode, period = total
    if indicator == "personer":
        # No part but a least number; where all receive a benefit all the time it is the same one.
        yield (("fuldtidspersoner", *total[1:]),)
    for ids in _benefit_parts(ydelse, group, period):
        yield tuple((indicator, part, group, kode, period) for part in ids)
    if group == ALL:
        groups = _target_groups() if ydelse == ALL else VISITATION
        yield tuple((indicator, ydelse, part, kode, period) for part in groups)


@cache
def _benefit_parts(ydelse: str, group: str, period: str) -> tuple[tuple[str, ...], ...]:
    if ydelse == ALL:
        return (LEDIGE_YDELSER,) if group == LEDIGE else ()
    day = Period.parse(period).last_day
    found = benefit(ydelse)
    if found.is_composite:
        return (parts(ydelse, day),)
    if found.predecessors and found.is_counted_back(day):
        return (found.predecessors,)
    return ()


@cache
def _target_groups() -> tuple[str, ...]:
    return tuple(group.id for group in target_groups())


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
    rows = frame[frame["indicator"].isin(suppression.counts_of_people())]
    old_rows = (
        before[0][before[0]["indicator"].isin(suppression.counts_of_people())]
        if before
        else rows[:0]
    )
    withheld = pd.concat([rows, old_rows])
    withheld = withheld[withheld["state"] == "withheld"]
    places = set(zip(withheld["area"], withheld["period"], strict=True))
    if not places:
        return frozenset()
    limits = _limits(rows)
    now, earlier = _counts(rows, places, limits), _counts(old_rows, places, limits)
    suppressed: set[Key] = set()
    for place, counts in now.items():
        held = earlier.get(place, {})
        old = Edition(held, [key for key in before[1] if key in held] if before else ())
        if before and held == counts:
            suppressed.update(old.suppressed)
        else:
            suppressed |= suppress(counts, relations_within(counts), old)
    suppressed |= _over_areas(rows, now, suppressed, limits)
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
        unknowns: dict[_Id, suppression.Bounds] = {}
        equations: list[suppression.Equation[_Id]] = []
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
        for (_, key), left in suppression.narrowed(unknowns, equations, watched).items():
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
        self.unknowns: dict[_Id, suppression.Bounds] = {}
        self.watched: dict[_Id, range] = {}
        self._taken_for: dict[Key, int] = {}
        """Each number, or what an unknown is counted from, in units of the last decimal."""
        for key, one in counts.items():
            top = one.below * 10**scale - 1
            value = round((one.value or 0) * 10.0**scale)
            if one.value is None:
                # With decimals a few values in between stand for all.
                self.watched[ids[key]] = range(0, top + 1, 10**scale) if scale else range(top + 1)
            small = reader == "takes_all_for_small" and key in off and key not in totals
            if small or one.value is None:
                self.unknowns[ids[key]] = (0, min(top, suppression.REACH))
                value = 0
            elif key in off:
                low = min(top + 1, value) if reader == "knows_which" else 0
                self.unknowns[ids[key]] = (max(low - value, -suppression.REACH), suppression.REACH)
            self._taken_for[key] = value

    def equation(self, relation: Relation) -> Iterator[suppression.Equation[_Id]]:
        """What a relation tells of numbers that are not told; nothing where all are."""
        counts = {key: self._counts[key] for key in relation.keys if key in self._counts}
        parts = [key for key in relation.parts if key in counts]
        hidden = [key for key in counts if self._ids[key] in self.unknowns]
        if relation.total not in counts or not parts or not hidden:
            return
        if relation.over_measures and all(counts[key].value is None for key in counts):
            return  # Two small numbers that are only known not to be the larger and the smaller one.
        complete = relation.complete and len(parts) == len(relation.parts)
        # Each number is off by half a unit: together by less than half of one more than the parts.
        unit = int(10.0 ** (self._scale - min(one.decimals for one in counts.values())))
        most = len(parts) // 2 * unit
        if self._reader == "takes_all_for_small":
            # Who takes all for small would see from more that they are not.
            most = min(most, unit)
        yield suppression.Equation(
            plus=tuple(self._ids[key] for key in parts if key in hidden),
            minus=(self._ids[relation.total],) if relation.total in hidden else (),
            constant=sum(map(self._taken_for.__getitem__, parts)) - self._taken_for[relation.total],
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
    rows: pd.DataFrame,
    now: Mapping[tuple[str, str], Counts],
    suppressed: Collection[Key],
    limits: Mapping[str, int],
) -> set[Key]:
    """Counts of larger areas that the source itself gives, and that would give a municipality's away."""
    larger = {kode: set(area(kode).parts) for kode in rows["area"].unique()}
    larger = {k: parts for k, parts in larger.items() if len(parts) > 1 and area(k).kind != "land"}
    taken: set[Key] = set()
    for period in dict.fromkeys(period for _, period in now) if larger else ():
        codes = {kode for kode, at in now if at == period} - set(larger)
        wholes = {kode for kode, parts in larger.items() if codes & parts}
        wanted = wholes.union(*(larger[kode] for kode in wholes))
        places = {(kode, period) for kode in wanted}
        by_area = _counts(rows, places, limits) if wholes else {}
        counts = {key: one for own in by_area.values() for key, one in own.items()}
        hidden = {key for key in counts if key in suppressed}
        telling = {k[:3] for k, one in counts.items() if one.value is None or k in hidden}
        totals = [key for key in counts if key[3] in wholes and key[:3] in telling]
        relations = [
            *relations_over_areas(totals, counts),
            *(r for kode in codes & wanted for r in relations_within(by_area[kode, period])),
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


def _limits(rows: pd.DataFrame) -> dict[str, int]:
    """Each source's threshold as its numbers show it: a municipality may have a lower one of its own."""
    limits = {}
    for source, of_source in rows.groupby("source"):
        limit = suppression.threshold(str(source)) or _UNSAID
        shown = of_source["value"].dropna()
        if str(source).startswith("own:") and not shown.empty:
            limit = max(_UNSAID, min(limit, int(shown.min())))
        limits[str(source)] = limit
    return limits


def _counts(
    rows: pd.DataFrame, places: Collection[tuple[str, str]], limits: Mapping[str, int]
) -> dict[tuple[str, str], dict[Key, Count]]:
    """The counts of some areas and periods."""
    there = pd.MultiIndex.from_frame(rows[["area", "period"]]).isin(list(places))
    told = rows[there & (rows["state"] != "absent").to_numpy(bool)]
    found: dict[tuple[str, str], dict[Key, Count]] = {}
    for row in told.to_dict("records"):
        value = None if row["state"] == "withheld" else row["value"]
        count = Count(value, row["decimals"], limits.get(row["source"], _UNSAID))
        key = tuple(row[name] for name in KEY)
        found.setdefault((row["area"], row["period"]), {})[key] = count
    return found
