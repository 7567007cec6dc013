"""Withheld numbers stay withheld: small counts, and what would let a reader compute one.

1. *Primary* (`withhold_small`): at the door of the store, counts of people and courses below the
   threshold of their source become withheld, before anything can read them.
2. *Secondary* (`secondary_suppression.suppressed_keys`): once for a snapshot, when it is stored, the counts
   that would give a withheld one away by subtraction are found, over all that an area and period
   has. Every reader of the snapshot gets them withheld, with the shares and mean durations of all
   withheld counts (`withhold_keys`): no report, table, file or comparison of editions ever has the
   number.
3. *Derived figures*: whatever is calculated from a withheld number is withheld (every function of
   `beskplan.indicators`, and every sum of `beskplan.observations`, holds this).

What a reader can work out from everything that is told is decided exactly, in whole numbers (`narrowed`).
A reader knows the numbers that are told, how they add up, that rounding moves a sum, and below which
threshold a source withholds. A withheld number is safe where every value that it may have explains
what is told equally well: with the same rounding, and the same revisions since the last edition.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, Generic, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from beskplan.observations.contract import KEY, Key
from beskplan.registers.indicators import INDICATORS
from beskplan.registers.provenance import OWN, sources

OWN_THRESHOLD: Final = 5
"""For a municipality's own registers, unless its mapping gives the municipality's own rule."""
_WHOLES: Final = (
    "fuldtidspersoner",
    "personer",
    "helaarspersoner",
    "forloeb_igang",
    "forloeb_i_aaret",
)
"""Counts of which a share is a share, and a mean duration a mean: with the one goes the other."""
_OF: Final = ("ydelse", "group", "area", "period")


def counts_of_people() -> list[str]:
    """The indicators that count people, or their courses."""
    return [name for name, one in INDICATORS.items() if one.counts_people]


def threshold(source: str) -> int:
    """The smallest count that a source publishes; 0 where it has no such rule.

    Args:
        source: As in the observations: `jobindsats`, `own:<name>`, ...
    """
    own = source.startswith(OWN)
    return OWN_THRESHOLD if own else int(sources().get(source, {}).get("threshold", 0))


def withhold_small(frame: pd.DataFrame, below: int | None = None) -> pd.DataFrame:
    """The observations with every too small count withheld: of persons and courses, or as told of any.

    Grain and columns: unchanged. 0 is small too: that nobody is in a group says something of all.
    Shares and mean durations of withheld counts follow when they are read (`withhold_keys`).

    Args:
        frame: See `beskplan.observations.contract`.
        below: The mapping's own limit, for counts of anything; where None each source's, for people.
    """
    if below is None:
        limits = frame["source"].map({name: threshold(name) for name in frame["source"].unique()})
    else:
        limits = pd.Series(below, index=frame.index)
    # Comparing NaN is False: what has no number needs no hiding.
    # Where a mapping gives a rule of its own, it holds for counts of anything.
    anything = [name for name, one in INDICATORS.items() if one.is_count]
    counts = counts_of_people() if below is None else anything
    small = frame["indicator"].isin(counts) & (frame["value"] < limits)
    return _withheld_at(frame, small.to_numpy(bool))


def _withhold_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """The observations with every share and mean duration of a withheld count withheld.

    Sources print per cents whose count they withhold; with the known workforce such a per cent gives
    the count within a few persons, and the mean weeks of a year give it with the other count.
    """
    withheld = frame[(frame["state"] == "withheld") & frame["indicator"].isin(_WHOLES)]
    of_people = [name for name, one in INDICATORS.items() if one.is_of_people or one.unit == "uger"]
    ratios = frame["indicator"].isin(of_people) & frame["value"].notna()
    if withheld.empty or not ratios.any():
        return frame
    near = ratios & frame["area"].isin(withheld["area"].unique())
    hidden = list(withheld[list(_OF)].itertuples(index=False, name=None))
    return _withheld_at(frame, _among(frame, near, _OF, hidden))


def _among(
    frame: pd.DataFrame, near: pd.Series, columns: Sequence[str], wanted: Collection[Any]
) -> np.ndarray:
    """Which rows have the values `wanted` of some columns; only rows `near` are looked at."""
    found = near.to_numpy(bool, copy=True)
    keys = pd.MultiIndex.from_frame(frame.loc[found, list(columns)])
    found[found] = keys.isin(list(wanted))
    return found


def withhold_keys(frame: pd.DataFrame, suppressed: Collection[Key]) -> pd.DataFrame:
    """The observations as readers are told them.

    Args:
        frame: As stored.
        suppressed: Counts that are withheld for another's sake, of these or other observations.
    """
    if suppressed:
        areas = {key[3] for key in suppressed}
        frame = _withheld_at(frame, _among(frame, frame["area"].isin(areas), KEY, suppressed))
    return _withhold_ratios(frame)


def _withheld_at(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The observations with those `rows` withheld; the same table where there are none."""
    if not rows.any():
        return frame
    changed = frame.copy()
    changed.loc[rows, "value"] = float("nan")
    changed.loc[rows, "state"] = "withheld"
    return changed


K = TypeVar("K", bound=Hashable)
Bounds: TypeAlias = tuple[int, int]
"""The least and the most that an unknown can be for all that the reader knows, in units of the last
decimal, counted from what the equations take it for: large numbers would cost precision."""

REACH: Final = 60
"""How far from the truth a reader's guess of a number taken off the page is followed, in units of its
last decimal. Fewer guesses only ever make a number look less safe."""

UNLIKELY: Final = 10
"""What a reader would believe last, in units of rounding: rounding comes first."""


@dataclass(frozen=True)
class Equation(Generic[K]):
    """`sum(plus) - sum(minus) + constant` is 0, but for rounding and what is not told at all.

    Attributes:
        plus: Unknown parts.
        minus: The unknown total, if it is unknown.
        constant: What the numbers told amount to.
        slack: How far below and above 0 rounding can move it, or parts that overlap.
        stretch: How much further a source may be off that adds up a little worse; held to be unlikely.
        strict: Whether less rounding is more likely: a reader of a sum of few parts subtracts, and
            takes the sum as it stands if it can be.
        has_rest: Whether there may be parts without a row.
        rest_is_unlikely: Whether the reader would rather do without them.
    """

    plus: tuple[K, ...]
    minus: tuple[K, ...]
    constant: int
    slack: tuple[int, int] = (0, 0)
    stretch: int = 0
    strict: bool = True
    has_rest: bool = False
    rest_is_unlikely: bool = True

    @property
    def unknowns(self) -> tuple[K, ...]:
        """All of them, parts first."""
        return (*self.plus, *self.minus)


_NUMBERS: Final = [one.name for one in fields(Equation) if one.name not in ("plus", "minus")]


def narrowed(
    unknowns: Mapping[K, Bounds], equations: Sequence[Equation[K]], watched: Mapping[K, range]
) -> dict[K, frozenset[int]]:
    """The watched unknowns of which a reader can rule out a value, or find one more likely.

    Returns:
        For each of them the values that are left, none where nothing explains what is told.

    Args:
        unknowns: Every unknown of the equations.
        equations: All that the reader knows.
        watched: The values that must stay as likely as each other, for each number to be protected.
    """
    telling = [equation for equation in equations if _tells(equation, unknowns)]
    found: dict[K, frozenset[int]] = {}
    # Each sum alone too: a reader of one of them need not weigh what the others would make unlikely.
    for some in (*([one] for one in telling), *_components(telling)):
        for key, left in _narrowed_in(some, unknowns, watched).items():
            found[key] = found.get(key, left) & left
    return found


def _tells(equation: Equation[K], unknowns: Mapping[K, Bounds]) -> bool:
    """Whether the equation can hold, and whether anything follows from it."""
    signed = [(unknowns[key], 1) for key in equation.plus]
    signed += [(unknowns[key], -1) for key in equation.minus]
    low = equation.constant + sum(min(sign * ends[0], sign * ends[1]) for ends, sign in signed)
    high = equation.constant + sum(max(sign * ends[0], sign * ends[1]) for ends, sign in signed)
    below, above = (most + equation.stretch for most in equation.slack)
    # Further from 0 than rounding explains: the source adds up otherwise than we think. And where
    # something must be missing in any case, it can be of any size.
    return low <= above and high >= -below


def _components(equations: Sequence[Equation[K]]) -> list[list[Equation[K]]]:
    """Equations that share unknowns."""
    found: list[tuple[set[K], list[Equation[K]]]] = []
    for equation in equations:
        members, own = set(equation.unknowns), [equation]
        for other in [one for one in found if one[0] & members]:
            found.remove(other)
            members, own = members | other[0], [*other[1], *own]
        found.append((members, own))
    return [own for _, own in found]


def _narrowed_in(
    equations: Sequence[Equation[K]], unknowns: Mapping[K, Bounds], watched: Mapping[K, range]
) -> dict[K, frozenset[int]]:
    """As `narrowed`, of equations that are taken together; alike ones are solved once."""
    members = list(dict.fromkeys(key for one in equations for key in one.unknowns))
    number = {key: at for at, key in enumerate(members)}
    rows: list[Equation[int]] = [
        Equation(
            tuple(number[key] for key in one.plus),
            tuple(number[key] for key in one.minus),
            *(getattr(one, name) for name in _NUMBERS),
        )
        for one in equations
    ]
    asked = tuple((number[key], tuple(watched[key])) for key in members if key in watched)
    narrow = _solved(tuple(unknowns[key] for key in members), tuple(rows), asked) if asked else {}
    return {members[at]: left for at, left in narrow.items()}


@lru_cache(maxsize=50_000)
def _solved(
    bounds: tuple[Bounds, ...],
    rows: tuple[Equation[int], ...],
    asked: tuple[tuple[int, tuple[int, ...]], ...],
) -> dict[int, frozenset[int]]:
    """The cheapest values of the unknowns whose values do not all cost the same."""
    program = _Program(bounds, rows)
    least = program.cheapest()
    if least is None:
        return {number: frozenset() for number, _ in asked}
    cost, solution = least
    # Each solution as cheap as the cheapest shows a value of every unknown; the others are asked for.
    shown = [{value} for value in solution]
    narrow = {}
    for number, values in asked:
        for value in values:
            if value in shown[number]:
                continue
            other = program.cheapest(number, value)
            if other is not None and other[0] == cost:
                for seen, one in zip(shown, other[1], strict=True):
                    seen.add(one)
        if not shown[number].issuperset(values):
            narrow[number] = frozenset(values) & shown[number]
    return narrow


class _Program:
    """Equations as a mixed-integer program: what it costs a reader to believe something."""

    def __init__(self, bounds: Sequence[Bounds], rows: Sequence[Equation[int]]) -> None:
        self._bounds = list(bounds)
        self._price = [0.0] * len(bounds)
        self._unknowns = len(bounds)
        self._lines: list[tuple[dict[int, int], float, float]] = []
        for row in rows:
            self._add(row)

    def _new(self, most: int, price: float = 0.0) -> int:
        self._bounds.append((0, most))
        self._price.append(price)
        return len(self._bounds) - 1

    def _add(self, row: Equation[int]) -> None:
        line = {**dict.fromkeys(row.plus, 1), **dict.fromkeys(row.minus, -1)}
        for most, factor in zip(row.slack, (1, -1), strict=True):
            line[self._new(most, float(row.strict))] = factor
            line[self._new(row.stretch, UNLIKELY)] = factor
        if row.has_rest:
            most = 4 * REACH + abs(row.constant)
            rest = self._new(most)
            line[rest] = 1
            if row.rest_is_unlikely:
                self._lines.append(({rest: 1, self._new(1, 1.0): -most}, -np.inf, 0))
        self._lines.append((line, -row.constant, -row.constant))

    def cheapest(
        self, number: int | None = None, value: int = 0
    ) -> tuple[int, tuple[int, ...]] | None:
        """What a reader finds most likely, with its cost; None where nothing explains what is told.

        Args:
            number: An unknown that is taken to have a value.
            value: Which.
        """
        # Imported here: half a second that only a store of withheld numbers must spend.
        from scipy.optimize import Bounds, LinearConstraint, milp

        low, high = np.array(self._bounds, float).T
        if number is not None:
            if not low[number] <= value <= high[number]:
                return None
            low[number] = high[number] = value
        matrix = np.zeros((len(self._lines), len(self._bounds)))
        for at, (line, _, _) in enumerate(self._lines):
            matrix[at, list(line)] = list(line.values())
        limits = LinearConstraint(matrix, *np.array([line[1:] for line in self._lines]).T)
        answer = milp(
            self._price, constraints=limits, bounds=Bounds(low, high), integrality=np.ones(len(low))
        )
        if answer.status == 2:
            return None
        if answer.status != 0:
            raise RuntimeError(f"the solver gave up: {answer.message}")
        return round(answer.fun), tuple(round(one) for one in answer.x[: self._unknowns])
