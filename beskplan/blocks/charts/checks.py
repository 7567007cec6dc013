"""What every chart asks of its values before it draws."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beskplan.blocks.charts.style import MIN_WIDTH
from beskplan.core.errors import BlockError, Problem


def refuse(problems: Sequence[Problem]) -> None:
    """Raise all problems at once, if there are any.

    Raises:
        BlockError: with every one of `problems`.
    """
    if problems:
        raise BlockError(problems)


def rows_problems(
    chart: str, labels: Sequence[str], values: Sequence[Decimal | None]
) -> list[Problem]:
    """No rows, a row without a label, or a value that is no number."""
    if not labels:
        return [Problem(chart, "nothing to draw", expected="at least one row")]
    blank = [
        Problem(f"{chart}: row {number}", "has no label", fix="name what the row shows")
        for number, label in enumerate(labels, 1)
        if not label.strip()
    ]
    odd = [
        Problem(
            f"{chart}: {label}",
            "is no number",
            str(value),
            "a finite number, or None where withheld",
        )
        for label, value in zip(labels, values, strict=True)
        if value is not None and not value.is_finite()
    ]
    return blank + odd


def width_problems(chart: str, width: float) -> list[Problem]:
    """A sheet too narrow for any text."""
    if width >= MIN_WIDTH:
        return []
    return [Problem(chart, "too narrow", f"{width:g} px", f"at least {MIN_WIDTH:g} px")]
