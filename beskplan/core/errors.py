"""Everything beskplan can say no with.

    BeskplanError                exit 1   base class; never raised itself
    ├── InputError               exit 2   what a person wrote or chose is wrong
    │   ├── ParamsError                   a file under params/
    │   ├── DataError                     a data file or a table breaks the observation contract
    │   ├── UnknownNameError              no such municipality, benefit, Bilag, period
    │   ├── NotebookError                 a notebook breaks the notebook rules
    │   └── BlockError                    a table, figure or sentence lacks what a reader needs
    ├── SourceError              exit 3   a source cannot be reached, refuses, or answers nonsense
    ├── LockedError              exit 4   another build or fetch is at work
    └── ReportError              exit 1   one report failed, the others stand
        ├── CellError                     a notebook cell raised
        ├── RenderError                   HTML or PDF could not be made
        └── ProofError                    the finished page does not say what it should

The command line prints a `BeskplanError` without a traceback: each of its problems with where,
what, found, expected and fix. Any other exception is a fault of ours; its traceback goes to a file. What a
room refuses in words of its own is data (`Refusals`).
"""

from __future__ import annotations

import difflib
import errno
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from textwrap import indent
from typing import ClassVar, Final


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, as a value: tests compare fields, not prose.

    The texts are Danish, as analysts read them; printed, the fields have Danish labels.
    """

    where: str
    """File and key, row or cell, e.g. `params/rudersdal/2021.yaml: kommune`."""
    what: str
    """What is wrong, in a few words, without the values."""
    found: str = ""
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}"]
        for label, text in (("fundet", self.found), ("ventet", self.expected), ("gør", self.fix)):
            if "\n" in text:
                # The text of other problems, which has labels of its own.
                lines.append(indent(text, "  "))
            elif text:
                lines.append(f"  {label + ':':<10}{text}")
        return "\n".join(lines)


class BeskplanError(Exception):
    """Base class: carries all problems found, not only the first."""

    exit_code: ClassVar[int] = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not found:
            raise ValueError("an error needs at least one problem")
        self.problems: tuple[Problem, ...] = found
        super().__init__("\n".join(str(problem) for problem in found))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it in a notebook: the problems, as everywhere else."""
        return str(self).splitlines()

    def __reduce__(self) -> tuple[type[BeskplanError], tuple[tuple[Problem, ...]]]:
        # Errors travel from a worker process to its parent.
        return type(self), (self.problems,)


class InputError(BeskplanError):
    """What a person wrote or chose is wrong; nothing was started."""

    exit_code = 2


class ParamsError(InputError):
    """A file under params/ is not what it should be."""


class DataError(InputError):
    """A data file or table breaks the observation contract."""


class UnknownNameError(InputError):
    """No municipality, benefit, Bilag or period goes by this name."""


class NotebookError(InputError):
    """A notebook breaks the notebook rules."""


class BlockError(InputError):
    """A table, figure or sentence lacks what a reader needs."""


class SourceError(BeskplanError):
    """A source cannot be reached, refuses, or answers nonsense."""

    exit_code = 3


class LockedError(BeskplanError):
    """Another build or fetch is at work in the same place."""

    exit_code = 4


class ReportError(BeskplanError):
    """One report failed; the others stand, and its last good version too."""


class CellError(ReportError):
    """A notebook cell raised."""


class RenderError(ReportError):
    """HTML or PDF could not be made."""


class ProofError(ReportError):
    """The finished page does not say what it should."""


def os_reason(error: Exception, *, named: bool = False) -> str:
    """Why the system refused, in our words, as a problem's `found`; another error's own text as it is.

    Args:
        error: What was raised.
        named: Whether to name the file too, where the problem's `where` does not.
    """
    if not isinstance(error, OSError):
        return str(error)
    named_so = refusals(ROOM)["system"].items()
    known = {getattr(errno, name, None) or getattr(socket, name): text for name, text in named_so}
    words = known.get(error.errno or 0, error.strerror or str(error))
    return f"{error.filename}: {words}" if named and error.filename else words


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` was probably meant to be, or None.

    Letter case does not count. Used for every "mente du …?" of the project.
    """
    by_folded = {candidate.casefold(): candidate for candidate in names}
    hits = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[hits[0]] if hits else None


def did_you_mean(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """The `fix` line for a wrong name: the nearest right one, else `otherwise`."""
    hit = nearest(name, names)
    return f"mente du '{hit}'?" if hit else otherwise


ROOM: Final = "beskplan.core"
FILE: Final = "afvisninger.yaml"
"""The words of a room's refusals, kept as data beside its code."""


@cache
def refusals(room: str) -> Mapping[str, Mapping[str, str]]:
    """What a room (`beskplan.sources`) refuses, by name: `what` is wrong, `expected` and `fix`."""
    import yaml  # Only where something is refused.

    text = files(room).joinpath(FILE).read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


class Refusals:
    """Gives the problems of one room by the names of its refusals."""

    def __init__(self, room: str) -> None:
        self._room = room

    def __call__(self, name: str, where: str, found: str = "", **words: object) -> Problem:
        """Give the problem of a refusal.

        Args:
            name: Of the refusal, as the room's `afvisninger.yaml` has it.
            where: File and row, or source and table.
            found: What stands there.
            words: What the texts' names in braces stand for, besides `where`; `expected` and `fix`
                stand for these texts themselves where the refusal has none.
        """
        entry, words = refusals(self._room)[name], {"where": where, **words}

        def text(key: str) -> str:
            return entry[key].format(**words) if key in entry else str(words.get(key, ""))

        return Problem(where, text("what"), found, text("expected"), text("fix"))
