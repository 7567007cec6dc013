"""What a reader can work out from everything that is told: decided exactly, in whole numbers.

A reader knows the numbers that are told, how they add up, that rounding moves a sum, and below which
threshold a source withholds. A withheld number is safe where every value that it may have explains
what is told equally well: with the same rounding, and the same revisions since the last edition.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

import numpy as np

K = TypeVar("K", bound=Hashable)

REACH: Final = 60
"""How far from the truth a reader's guess of a number taken off the page is followed, in units of its
last decimal. Fewer guesses only ever make a number look less safe."""

UNLIKELY: Final = 10
"""What a reader would believe last, in units of rounding: rounding comes first."""


@dataclass(frozen=True)
class Unknown:
    """A number that is not told.

    Attributes:
        low: The least that it can be for all that the reader knows, in units of the last decimal.
        high: The most.
        near: A value to count from, so that large numbers do not cost precision.
    """

    low: int
    high: int
    near: int = 0


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


def narrowed(
    unknowns: Mapping[K, Unknown], equations: Sequence[Equation[K]], watched: Mapping[K, range]
) -> dict[K, frozenset[int]]:
    """The watched unknowns of which a reader can rule out a value, or find one more likely.

    Returns:
        For each of them the values that are left, none where nothing explains what is told; where one
        sum alone tells, only what such sums tell.

    Args:
        unknowns: Every unknown of the equations.
        equations: All that the reader knows.
        watched: The values that must stay as likely as each other, for each number to be kept.
    """
    telling = [equation for equation in equations if tells(equation, unknowns)]
    found: dict[K, frozenset[int]] = {}
    for equation in telling:
        here = {key: watched[key] for key in equation.unknowns if key in watched}
        for key, left in narrowed_by(equation, unknowns, here).items():
            found[key] = found.get(key, left) & left
    if found:
        return found  # What one sum tells alone needs no program.
    for members, some in _components(telling):
        here = {key: watched[key] for key in members if key in watched}
        if here and len(some) > 1:
            found |= narrowed_in(members, unknowns, some, here)
    return found


def _range(equation: Equation[K], unknowns: Mapping[K, Unknown]) -> tuple[int, int]:
    """Least and most of the equation's left side."""
    plus = [_box(unknowns[key]) for key in equation.plus]
    minus = [_box(unknowns[key]) for key in equation.minus]
    low = sum(one[0] for one in plus) - sum(one[1] for one in minus) + equation.constant
    high = sum(one[1] for one in plus) - sum(one[0] for one in minus) + equation.constant
    return low, high


def _box(one: Unknown) -> tuple[int, int]:
    return max(one.low, one.near - REACH), min(one.high, one.near + REACH)


def tells(equation: Equation[K], unknowns: Mapping[K, Unknown]) -> bool:
    """Whether the equation can hold, and whether anything follows from it."""
    low, high = _range(equation, unknowns)
    below, above = (most + equation.stretch for most in equation.slack)
    # Further from 0 than rounding explains: the source adds up otherwise than we think. And where
    # something must be missing in any case, it can be of any size.
    return low <= above and high >= -below


def _components(
    equations: Sequence[Equation[K]],
) -> list[tuple[list[K], list[Equation[K]]]]:
    """Equations that share unknowns, with these."""
    found: list[tuple[dict[K, None], list[Equation[K]]]] = []
    for equation in equations:
        members, own = dict.fromkeys(equation.unknowns), [equation]
        apart = []
        for other in found:
            if other[0].keys() & members.keys():
                members, own = {**other[0], **members}, [*other[1], *own]
            else:
                apart.append(other)
        found = [*apart, (members, own)]
    return [(list(members), own) for members, own in found]


def narrowed_by(
    equation: Equation[K], unknowns: Mapping[K, Unknown], watched: Mapping[K, range]
) -> dict[K, frozenset[int]]:
    """As `narrowed`, of one equation alone: the others can make up for any value within their range."""
    lowest, highest = _range(equation, unknowns)
    found = {}
    for key, values in watched.items():
        low, high = _box(unknowns[key])
        sign = 1 if key in equation.plus else -1
        # The range of the left side without this unknown.
        ends = (lowest - low, highest - high) if sign > 0 else (lowest + high, highest + low)
        costs = {
            value: _cost(equation, ends[0] + sign * value, ends[1] + sign * value)
            for value in values
        }
        least = min((cost for cost in costs.values() if cost is not None), default=None)
        likely = frozenset(v for v, cost in costs.items() if cost is not None and cost == least)
        if len(likely) < len(values):
            found[key] = likely
    return found


def _cost(equation: Equation[K], low: int, high: int) -> int | None:
    """What it costs to believe a left side between two values; None where nothing explains it."""
    nearest = min(max(0, low), high)
    off, slack = abs(nearest), equation.slack[nearest > 0]
    rounded = min(off, slack) * equation.strict + UNLIKELY * max(off - slack, 0)
    costs = [rounded] if off <= slack + equation.stretch else []
    if nearest < 0 and equation.has_rest:
        costs.append(int(equation.rest_is_unlikely))
    return min(costs, default=None)


_Bounds = tuple[int, int]


def narrowed_in(
    members: Collection[K],
    unknowns: Mapping[K, Unknown],
    equations: Sequence[Equation[K]],
    watched: Mapping[K, range],
) -> dict[K, frozenset[int]]:
    """As `narrowed`, of one component; alike components are solved once."""

    def signature(key: K) -> tuple[object, ...]:
        at = [
            (e.constant + _shift(e, unknowns), len(e.plus), len(e.minus), *e.slack, key in e.plus)
            for e in equations
            if key in e.unknowns
        ]
        values = watched.get(key, range(0))
        return (*_relative(unknowns[key]), len(values), values.step, sorted(at))

    order = sorted(members, key=lambda key: (str(signature(key)), str(key)))
    number = {key: at for at, key in enumerate(order)}
    rows: list[Equation[int]] = [
        Equation(
            tuple(sorted(number[key] for key in e.plus)),
            tuple(sorted(number[key] for key in e.minus)),
            e.constant + _shift(e, unknowns),
            e.slack,
            e.stretch,
            e.strict,
            e.has_rest,
            e.rest_is_unlikely,
        )
        for e in equations
    ]
    bounds = tuple(_relative(unknowns[key]) for key in order)
    # Unknowns with the same bounds in the same equations stand for each other: one of them is asked.
    alike: dict[object, list[K]] = {}
    for key in sorted(watched, key=lambda key: number[key]):
        where = tuple((key in e.plus, key in e.minus) for e in equations)
        alike.setdefault((unknowns[key], watched[key], where), []).append(key)
    asked = tuple(
        (number[keys[0]], tuple(value - unknowns[keys[0]].near for value in watched[keys[0]]))
        for keys in alike.values()
    )
    narrow = _solved(bounds, tuple(sorted(rows, key=repr)), asked)
    return {
        key: frozenset(value + unknowns[key].near for value in narrow[number[keys[0]]])
        for keys in alike.values()
        if number[keys[0]] in narrow
        for key in keys
    }


def _relative(one: Unknown) -> _Bounds:
    low, high = _box(one)
    return low - one.near, high - one.near


def _shift(equation: Equation[K], unknowns: Mapping[K, Unknown]) -> int:
    return sum(unknowns[key].near for key in equation.plus) - sum(
        unknowns[key].near for key in equation.minus
    )


@lru_cache(maxsize=50_000)
def _solved(
    bounds: tuple[_Bounds, ...],
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
        if left := [value for value in values if value not in shown[number]]:
            narrow[number] = frozenset(values).difference(left)
    return narrow


class _Program:
    """A component as a mixed-integer program: what it costs a reader to believe something."""

    def __init__(self, bounds: Sequence[_Bounds], rows: Sequence[Equation[int]]) -> None:
        self._low = [low for low, _ in bounds]
        self._high = [high for _, high in bounds]
        self._price = [0.0] * len(bounds)
        self._unknowns = len(bounds)
        self._lines: list[tuple[dict[int, int], float, float]] = []
        for row in rows:
            self._add(row)

    def _new(self, low: int, high: int, price: float = 0.0) -> int:
        self._low.append(low)
        self._high.append(high)
        self._price.append(price)
        return len(self._low) - 1

    def _add(self, row: Equation[int]) -> None:
        line = {**dict.fromkeys(row.plus, 1), **dict.fromkeys(row.minus, -1)}
        for most, factor in zip(row.slack, (1, -1), strict=True):
            if most:
                line[self._new(0, most, float(row.strict))] = factor
            if row.stretch:
                line[self._new(0, row.stretch, UNLIKELY)] = factor
        if row.has_rest:
            most = 4 * REACH + abs(row.constant)
            rest = self._new(0, most)
            line[rest] = 1
            if row.rest_is_unlikely:
                is_there = self._new(0, 1, 1.0)
                self._lines.append(({rest: 1, is_there: -most}, -np.inf, 0))
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

        low, high = np.array(self._low, float), np.array(self._high, float)
        if number is not None:
            if not low[number] <= value <= high[number]:
                return None
            low[number] = high[number] = value
        matrix = np.zeros((len(self._lines), len(self._low)))
        for at, (line, _, _) in enumerate(self._lines):
            for column, factor in line.items():
                matrix[at, column] = factor
        limits = LinearConstraint(
            matrix, [line[1] for line in self._lines], [line[2] for line in self._lines]
        )
        answer = milp(
            self._price, constraints=limits, bounds=Bounds(low, high), integrality=np.ones(len(low))
        )
        if answer.status == 2:
            return None
        if answer.status != 0:
            raise RuntimeError(f"the solver gave up: {answer.message}")
        return round(answer.fun), tuple(round(one) for one in answer.x[: self._unknowns])
