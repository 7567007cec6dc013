"""New files of a working copy: tried in a copy of params/, shown as differences, then written."""

from __future__ import annotations

import difflib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from beskplan.core.errors import InputError, Problem
from beskplan.core.files import write_whole
from beskplan.observations import Snapshot
from beskplan.params import PlanParams, read, subject
from beskplan.params.profil import Presentation, Profil
from beskplan.params.schemas import FOLDER, schema_name
from beskplan.report.base import Context
from beskplan.report.bilag import problems_of
from beskplan.report.data import ReportData


@dataclass(frozen=True)
class NewFile:
    """A file to be written.

    Attributes:
        path: Relative to the working copy.
        text: All of it.
        origin: The file that it was made from, relative to the working copy; None: from nothing.
        changes: Whether it may stand there already: it is then changed, not made.
    """

    path: Path
    text: str
    origin: Path | None = None
    changes: bool = False


def differences(one: NewFile, root: Path) -> Iterator[str]:
    """The lines of a unified diff from the file's origin; all lines are new where it has none."""
    old = (root / one.origin).read_text(encoding="utf-8") if one.origin else ""
    yield from difflib.unified_diff(
        old.splitlines(),
        one.text.splitlines(),
        one.origin.as_posix() if one.origin else "(ny)",
        one.path.as_posix(),
        lineterm="",
    )


def write_all(files: Sequence[NewFile], root: Path, *, force: bool) -> None:
    """Write every file, or none.

    Raises:
        InputError: one of them stands there already, and `force` does not say that it may go.
    """
    there = [one for one in files if not one.changes and (root / one.path).exists()]
    if there and not force:
        raise InputError(
            Problem(
                where=one.path.as_posix(),
                what="findes allerede",
                expected="et ledigt navn",
                fix="se på den; --force skriver en ny i stedet",
            )
            for one in there
        )
    for one in files:
        write_whole(root / one.path, one.text.encode())


_MARK = "# yaml-language-server:"


def with_schema(text: str, path: Path) -> str:
    """A params file that begins with the address of its schema; as it is where it has one.

    Args:
        text: The file's text.
        path: Where it lies, relative to the working copy.
    """
    name = schema_name(path)
    if name is None or text.startswith(_MARK):
        return text
    address = os.path.relpath(FOLDER / name, path.parent).replace(os.sep, "/")
    return f"{_MARK} $schema={address}\n{text}"


class Trial:
    """The params of a working copy with some files changed; the data are the real ones."""

    def __init__(self, folder: Path, kommune: str, aar: int) -> None:
        self._folder, self._kommune, self._aar = folder, kommune, aar

    def read(self, texts: Mapping[Path, str]) -> PlanParams:
        """The new plan's parameters with these texts in place.

        Args:
            texts: By path relative to the working copy.

        Raises:
            ParamsError: they are wrong.
        """
        for path, text in texts.items():
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return read(self._kommune, self._aar, self._folder)

    def problems(self, bilag: str, params: PlanParams, snapshot: Snapshot) -> list[Problem]:
        """What the data lack for one Bilag of the new plan."""
        return problems_of(
            Context(
                bilag=bilag,
                kommune=subject(params.kommune),
                params=params,
                data=ReportData(snapshot),
                presentation=Presentation(Profil()),
                root=self._folder,
            )
        )


@contextmanager
def trial(root: Path, kommune: str, aar: int) -> Iterator[Trial]:
    """A copy of `root/params`, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="beskplan-") as folder:
        shutil.copytree(root / "params", Path(folder) / "params")
        yield Trial(Path(folder), kommune, aar)
