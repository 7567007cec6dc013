"""Make a block, or say in words everything that a reader would miss in it."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from beskplan.core.errors import BlockError, Problem

Model = TypeVar("Model", bound=BaseModel)

_WHAT_A_READER_NEEDS = {
    "title": "a title that says what is shown",
    "subtitle": "measure, unit and period",
    "unit": "the unit of the numbers",
    "period": "the period of the numbers",
    "alt": "a text of at least 40 characters for those who cannot see the figure",
    "sources": "at least one source",
    "rows": "at least one row",
    "columns": "the row heads' column and at least one more",
    "paragraphs": "at least one sentence",
}


def make(block: type[Model], **values: Any) -> Model:
    """A block of type `block` from `values`.

    Raises:
        BlockError: with one problem for each value that is missing, empty or wrong.
    """
    try:
        return block(**values)
    except ValidationError as error:
        name = f"{block.__name__.lower()} {values.get('id', '(no id)')}"
        raise BlockError([_problem(name, fault) for fault in error.errors()]) from None


def _problem(name: str, fault: Any) -> Problem:
    path = ".".join(str(part) for part in fault["loc"])
    missing = fault["type"] in ("missing", "string_too_short", "too_short")
    return Problem(
        where=f"{name}: {path}",
        what="is missing" if missing else "is wrong",
        found="" if missing else repr(fault["input"])[:80],
        expected=_WHAT_A_READER_NEEDS.get(str(fault["loc"][0]), str(fault["msg"])),
        fix=f"give `{path}`" if missing else "",
    )
