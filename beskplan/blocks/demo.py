"""Marks tables and figures whose numbers are made up; the mark goes wherever they go."""

from __future__ import annotations

from typing import TypeVar

from beskplan.blocks.model import Figure, Table

Numbers = TypeVar("Numbers", bound=Table | Figure)


def as_demo(block: Numbers) -> Numbers:
    """The same block, marked as made of demo data; of a figure also the numbers behind it."""
    if isinstance(block, Figure):
        return block.model_copy(update={"demo": True, "data": as_demo(block.data)})
    return block.model_copy(update={"demo": True})
