"""What a reader can work out: whether whole numbers exist that fit a page's totals and parts.

A small exact solver: bounds are narrowed until nothing moves, then one unknown is tried at a time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Bounds = dict[Hashable, tuple[int, int | None]]
"""Lowest and highest value of each unknown; None: no highest."""

_BUDGET: Final = 400
"""Narrowings that one question may cost; a page whose sums are a tree needs two or three."""


@dataclass(frozen=True)
class Equation:
    """`sum(parts) - total = constant`, or `<=` where not `exact`.

    Attributes:
        parts: Unknowns that are added.
        total: The unknown total, or None where it is known (and part of the constant).
        constant: What the known cells amount to.
        exact: Whether the parts are all of the total's.
    """

    parts: tuple[Hashable, ...]
    total: Hashable | None
    constant: int
    exact: bool = True


def has_solution(
    equations: Sequence[Equation], bounds: Mapping[Hashable, tuple[int, int | None]]
) -> bool:
    """Whether a solution in whole numbers was found.

    True is a proof: there is one. False means that there is none, or none within the budget.

    Args:
        equations: All must hold.
        bounds: For every unknown of the equations.
    """
    return _search(equations, dict(bounds), [_BUDGET])


def _search(equations: Sequence[Equation], bounds: Bounds, budget: list[int]) -> bool:
    budget[0] -= 1
    if budget[0] < 0 or not _narrow(equations, bounds):
        return False
    open_ = {key for e in equations for key in _unknowns(e) if bounds[key][0] != bounds[key][1]}
    if not open_:
        return True
    key = min(
        open_, key=lambda k: (bounds[k][1] is None, (bounds[k][1] or 0) - bounds[k][0], str(k))
    )
    return any(_search(equations, {**bounds, key: (v, v)}, budget) for v in _tried(bounds[key]))


def _tried(bound: tuple[int, int | None]) -> Iterable[int]:
    """All values of a short range; the ends and the middle of a long one; the low end of an open one."""
    low, high = bound
    if high is None:
        return (low, low + 1, 2 * low + 10, 10 * low + 1000)
    if high - low <= 12:
        return range(low, high + 1)
    return (low, high, (low + high) // 2, low + 1, high - 1)


def _narrow(equations: Sequence[Equation], bounds: Bounds) -> bool:
    """Narrow `bounds` in place to what each equation alone allows; False where one cannot hold."""
    moved = True
    rounds = 0
    while moved and rounds < 200:
        moved, rounds = False, rounds + 1
        for equation in equations:
            change = _narrow_by(equation, bounds)
            if change is None:
                return False
            moved = moved or change
    return all(_holds(equation, bounds) for equation in equations)


def _unknowns(equation: Equation) -> tuple[Hashable, ...]:
    return equation.parts if equation.total is None else (*equation.parts, equation.total)


def _terms(
    equation: Equation, bounds: Bounds
) -> list[tuple[Hashable, int, int | None, int | None]]:
    """Each unknown with its sign, and the bounds of sign times unknown (None: without end)."""
    terms = [(key, 1, bounds[key][0], bounds[key][1]) for key in equation.parts]
    result: list[tuple[Hashable, int, int | None, int | None]] = [*terms]
    if equation.total is not None:
        low, high = bounds[equation.total]
        result.append((equation.total, -1, None if high is None else -high, -low))
    return result


def _narrow_by(equation: Equation, bounds: Bounds) -> bool | None:
    """Whether this equation narrowed anything; None where it leaves some unknown without a value."""
    moved = False
    for key, sign, _, _ in _terms(equation, bounds):
        others = [term for term in _terms(equation, bounds) if term[0] != key]
        lows, highs = [t[2] for t in others], [t[3] for t in others]
        low, high = bounds[key]
        # sign * x <= constant - lowest of the others; with `exact` also >= constant - highest.
        if None not in lows:
            limit = equation.constant - sum(filter(None, lows))
            low, high = (low, _least(high, limit)) if sign > 0 else (max(low, -limit), high)
        if equation.exact and None not in highs:
            limit = equation.constant - sum(filter(None, highs))
            low, high = (max(low, limit), high) if sign > 0 else (low, _least(high, -limit))
        if high is not None and low > high:
            return None
        moved = moved or (low, high) != bounds[key]
        bounds[key] = (low, high)
    return moved


def _least(high: int | None, limit: int) -> int:
    return limit if high is None else min(high, limit)


def _holds(equation: Equation, bounds: Bounds) -> bool:
    """Whether the equation can hold as far as the bounds alone tell."""
    lows = [term[2] for term in _terms(equation, bounds)]
    highs = [term[3] for term in _terms(equation, bounds)]
    if None not in lows and sum(filter(None, lows)) > equation.constant:
        return False
    reaches = None in highs or sum(filter(None, highs)) >= equation.constant
    return not equation.exact or reaches
