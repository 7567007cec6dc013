"""The folder of snapshots: which there are, which is the newest valid one, and whether all are whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from beskplan.core.errors import DataError, Problem, did_you_mean
from beskplan.observations import published
from beskplan.observations.contract import validate
from beskplan.observations.manifest import (
    OBSERVATIONS,
    RAW,
    Manifest,
    read_manifest,
    suppressed_of,
    titles_of,
)
from beskplan.observations.rows import plain_texts
from beskplan.observations.snapshot import Snapshot, combined_id, content_id, content_sha256
from beskplan.registers.provenance import sha256_file

EMBEDDED_TEXT = "tal, som de er trykt i de vedtagne planer"

_ID: Final = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Shelved:
    """A snapshot's folder, and its manifest or what is wrong with that."""

    folder: Path
    manifest: Manifest | None
    problems: tuple[Problem, ...] = ()


def snapshots_folder(root: Path) -> Path:
    """Where a working copy keeps its snapshots."""
    return root / "data" / "snapshots"


def shelved(root: Path) -> tuple[Shelved, ...]:
    """All snapshots of a working copy, newest first; those without a readable manifest last."""
    folder = snapshots_folder(root)
    paths = [p for p in folder.iterdir() if _ID.fullmatch(p.name)] if folder.is_dir() else []
    return tuple(sorted((_shelved(path) for path in paths), key=_age, reverse=True))


def _age(one: Shelved) -> tuple[bool, float, str]:
    """Sorts old before new, and what cannot be read before everything else."""
    stored = one.manifest.stored_at.timestamp() if one.manifest else 0.0
    return one.manifest is not None, stored, one.folder.name


def _shelved(folder: Path) -> Shelved:
    try:
        return Shelved(folder, read_manifest(folder))
    except DataError as error:
        return Shelved(folder, None, error.problems)


@cache
def embedded() -> Snapshot:
    """The figures that the seed documents print: the default where no snapshot has been fetched."""
    frame = published.observations()
    return Snapshot(content_id(frame), EMBEDDED_TEXT, frame)


def newest(root: Path) -> tuple[Manifest, Snapshot] | None:
    """The newest snapshot; None where there is none.

    Raises:
        DataError: it is damaged, or one is whose age cannot be read: older numbers are never taken
            in its place unsaid.
    """
    if problems := damaged_newest(root):
        raise DataError([problem for _, problem in problems])
    return newest_whole(root)


def newest_whole(root: Path) -> tuple[Manifest, Snapshot] | None:
    """The newest snapshot whose manifest and observations are whole, damaged newer ones passed over."""
    for one in shelved(root):
        if one.manifest is not None and _parquet_is_whole(one.folder, one.manifest):
            return one.manifest, load(one.folder, one.manifest)
    return None


def damaged_newest(root: Path) -> tuple[tuple[Shelved, Problem], ...]:
    """Damaged snapshots that are, or may be, newer than the newest whole one, each with what to do.

    One whose manifest cannot be read is older only where a whole one continues it.
    """
    damaged: list[tuple[Shelved, str]] = []
    whole: Manifest | None = None
    stored = shelved(root)
    bases = {one.folder.name: one.manifest.base for one in stored if one.manifest}
    for one in stored:
        if one.manifest is None:
            damaged.append((one, one.problems[0].where))
        elif whole is None and _parquet_is_whole(one.folder, one.manifest):
            whole = one.manifest
        elif whole is None:
            damaged.append((one, str(one.folder / OBSERVATIONS)))
    older = set()
    step = whole.id if whole else None
    while step := bases.get(step or ""):
        older.add(step)
    return tuple(
        (one, _damaged(one, path, whole)) for one, path in damaged if one.folder.name not in older
    )


def _damaged(one: Shelved, path: str, whole: Manifest | None) -> Problem:
    instead = f"`datagrundlag: {whole.id}` i params, eller " if whole else ""
    return Problem(
        where=path,
        what="det nyeste øjebliksbillede er beskadiget",
        found=one.folder.name,
        expected="filen, som den blev gemt",
        fix=f"hent eller importér igen; eller vælg et ældre: {instead}flyt mappen "
        f"{one.folder.name} væk (dens raw/ har de filer, der kom ind)",
    )


def choose(wanted: str, root: Path) -> Snapshot:
    """The snapshot that a plan's `datagrundlag` asks for.

    Args:
        wanted: `publiceret`: the embedded figures. `nyeste`: the newest snapshot, else the
            embedded figures. Else a snapshot's id.
        root: The working copy, which holds `data/snapshots/`.

    Raises:
        DataError: no snapshot has this id, or it (or the newest) has changed since it was stored.
    """
    if wanted in ("publiceret", embedded().id):
        return embedded()
    if wanted == "nyeste":
        found = newest(root)
        return found[1] if found else embedded()
    manifest = manifest_of(wanted, root)
    folder = snapshots_folder(root) / wanted
    if not _parquet_is_whole(folder, manifest):
        raise DataError(_changed(folder / OBSERVATIONS))
    return load(folder, manifest)


def table_version(root: Path, source: str, table_id: str) -> str | None:
    """The source's own mark of a table as the newest snapshot holds it.

    Returns:
        `RawFile.version` of its last retrieval; None where the table is not there or has no mark.
    """
    found = newest(root)
    tables = found[0].tables if found else ()
    versions = (t.version for t in tables if (t.source, t.table_id) == (source, table_id))
    return next(versions, None) or None


def manifest_of(wanted: str, root: Path) -> Manifest:
    """The manifest of the stored snapshot with an id.

    Raises:
        DataError: there is none, or it is not readable.
    """
    ids = [one.folder.name for one in shelved(root)]
    if wanted not in ids:
        expected = f"`nyeste`, `publiceret` or one of {', '.join([*ids, embedded().id])}"
        fix = did_you_mean(wanted, ids, "`beskplan snapshots list` shows them")
        raise DataError(Problem("datagrundlag", "no such snapshot", repr(wanted), expected, fix))
    return read_manifest(snapshots_folder(root) / wanted)


_LOADED: dict[tuple[Path, str], Snapshot] = {}
"""Snapshots that this process has read, by folder and content: they never change."""


def load(folder: Path, manifest: Manifest) -> Snapshot:
    """The snapshot in a folder, as it was validated when it was stored; read once per process."""
    key = (folder, manifest.content_sha256)
    if key not in _LOADED:
        frame = pd.read_parquet(folder / OBSERVATIONS)
        titles = titles_of(manifest.raw)
        _LOADED[key] = Snapshot(
            manifest.id,
            manifest.text,
            frame,
            manifest.demo,
            titles,
            suppressed_of(manifest),
        )
    return _LOADED[key]


def loaded() -> dict[tuple[Path, str], Snapshot]:
    """What this process has read so far, in a form that another process can `hold`.

    Texts as Python objects: Arrow's own start native threads when they are grouped.
    """
    return {key: replace(one, frame=plain_texts(one.frame)) for key, one in _LOADED.items()}


def hold(snapshots: Mapping[tuple[Path, str], Snapshot]) -> None:
    """Use what another process has `loaded`, instead of reading it again."""
    _LOADED.update(snapshots)


def faults(one: Shelved) -> tuple[Problem, ...]:
    """Everything that is wrong with a stored snapshot; empty where every byte is as it was stored."""
    if one.manifest is None:
        return one.problems
    return (*_observation_faults(one.folder, one.manifest), *_raw_faults(one.folder, one.manifest))


def _observation_faults(folder: Path, manifest: Manifest) -> list[Problem]:
    path = folder / OBSERVATIONS
    if not _parquet_is_whole(folder, manifest):
        return [_changed(path)]
    frame = validate(pd.read_parquet(path), str(path))
    content = content_sha256(frame)
    besides = [entry.sha256 for entry in manifest.raw] + [manifest.base or ""]
    if content != manifest.content_sha256 or combined_id(content, besides) != manifest.id:
        return [_changed(path)]
    return []


def _raw_faults(folder: Path, manifest: Manifest) -> list[Problem]:
    wanted = {folder / RAW / entry.file: entry.sha256 for entry in manifest.raw}
    there = set((folder / RAW).iterdir()) if (folder / RAW).is_dir() else set()
    changed = [
        _changed(path)
        for path, sha256 in wanted.items()
        if path not in there or sha256_file(path) != sha256
    ]
    foreign = [
        Problem(str(path), "not part of the snapshot") for path in sorted(there - set(wanted))
    ]
    return changed + foreign


def _parquet_is_whole(folder: Path, manifest: Manifest) -> bool:
    path = folder / OBSERVATIONS
    return path.is_file() and sha256_file(path) == manifest.parquet_sha256


def _changed(path: Path) -> Problem:
    fix = "remove the snapshot's folder, and import or fetch again"
    return Problem(str(path), "missing, or changed since it was stored", fix=fix)
