"""Importing a file: from a path on somebody's disk to a new snapshot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from beskplan.core.errors import DataError, Problem
from beskplan.observations.keeping import store
from beskplan.observations.snapshot import Snapshot
from beskplan.sources.exports import Mapping, fits, load_mapping, mappings, read_export


def import_file(
    path: Path, mapping: str | Path | None, root: Path, *, retrieved_at: date | None = None
) -> Snapshot:
    """Read an exported file and keep it as a new snapshot.

    Args:
        path: A CSV file or an Excel workbook.
        mapping: Id of a mapping, or a mapping file; None: the only known mapping whose table id stands
            in the file's name and whose columns the file has.
        root: The working copy.
        retrieved_at: When the file was taken from its source; the file's own date where left out.

    Raises:
        DataError: the file or the mapping is not understood; all problems at once.
        UnknownNameError: no mapping has this id.
        LockedError: another import or fetch is at work.
    """
    try:
        content = path.read_bytes()
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    except OSError as error:
        raise DataError(Problem(str(path), "not readable", str(error.strerror))) from None
    chosen = load_mapping(mapping, root) if mapping else _by_name(path.name, content, root)
    on = retrieved_at or changed
    return store(read_export(content, chosen, name=path.name, retrieved_at=on), root)


def _by_name(name: str, content: bytes, root: Path) -> Mapping:
    """The mapping that name and columns point to.

    The columns alone are not enough: every benefit's table has the same ones.
    """
    known = mappings(root)
    named = [m for m in known.values() if m.tabel.casefold() in name.casefold()]
    fitting = [m for m in named if fits(content, m)] if len(named) > 1 else named
    if len(fitting) == 1:
        return fitting[0]
    ids = ", ".join(sorted(m.id for m in named or known.values()))
    raise DataError(
        Problem(
            where=name,
            what="no mapping can be chosen for the file",
            found=f"{len(fitting)} that have its table id and its columns",
            expected=f"one of {ids}",
            fix="say which with --mapping, or make a new one with --draft",
        )
    )
