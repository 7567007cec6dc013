"""What `beskplan list` prints: one line each, so that other programs can read it too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from beskplan.core.errors import Problem, UnknownNameError, did_you_mean
from beskplan.registers.areas import kommuner
from beskplan.registers.benefits import benefits, composites

WHAT = ("jobs", "kommuner", "ydelser", "bilag")


def listing(
    what: str, jobs: Callable[[], Iterator[str]], notebooks: Callable[[], Path]
) -> Iterator[str]:
    """The lines for `what`; `jobs` and `notebooks` are asked only where the answer needs it.

    Raises:
        UnknownNameError: `what` is none of `WHAT`.
    """
    match what:
        case "jobs":
            yield from jobs()
        case "kommuner":
            yield from (f"{one.kode}  {one.slug:<20}  {one.navn}" for one in kommuner())
        case "ydelser":
            yield from (
                f"{one.id:<32}  {one.forms[-1].name}" for one in (*benefits(), *composites())
            )
        case "bilag":
            yield from sorted(path.stem for path in notebooks().glob("*.ipynb"))
        case _:
            raise UnknownNameError(
                Problem(
                    "list",
                    "no such list",
                    repr(what),
                    f"one of {', '.join(WHAT)}",
                    did_you_mean(what, WHAT),
                )
            )
