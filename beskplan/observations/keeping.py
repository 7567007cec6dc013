"""Keeping a delivery: one new snapshot, whole or not at all.

Everything is written into a folder of its own, beside the snapshots; one rename makes it one of them.
A process that dies on the way leaves a folder that nobody reads, and the next store removes it. A lock
that dies with its process lets only one store at a time continue the newest snapshot.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd
from filelock import FileLock, Timeout

from beskplan.core.errors import DataError, InputError, LockedError, Problem
from beskplan.observations.contract import validate
from beskplan.observations.delivery import Delivery, RawFile
from beskplan.observations.manifest import (
    FILE,
    LICENCES,
    OBSERVATIONS,
    RAW,
    Manifest,
    RawEntry,
    TableEntry,
    titles_of,
)
from beskplan.observations.merging import merge, refusals
from beskplan.observations.shelf import (
    Shelved,
    damaged_newest,
    load,
    newest_whole,
    snapshots_folder,
)
from beskplan.observations.snapshot import Snapshot, combined_id, content_sha256
from beskplan.observations.suppression import suppressed_keys, withhold_small
from beskplan.observations.wording import Origin, reader_text
from beskplan.registers.provenance import sha256_bytes, sha256_file, source_text

LOCK_SECONDS: Final = 60
"""Longer than any store takes; a fetch is not held up for longer by another one."""
INCOMING: Final = ".incoming-"
"""Begins the name of every folder that is not, or no longer, a snapshot."""
DAMAGED: Final = ".damaged-"
"""Begins the name of a damaged snapshot that a later one has replaced."""
_UNSAFE: Final = re.compile(r"[^a-z0-9._-]+")


def store(delivery: Delivery, root: Path, *, accept_missing: bool = False) -> Snapshot:
    """Keep a delivery as a new snapshot that continues the newest one.

    A damaged newest snapshot is replaced where the delivery brings all that only it held.

    The rows that the delivery covers replace those of the newest snapshot, all others stay with the
    day on which they were retrieved. Storing the same delivery again changes nothing.

    Args:
        delivery: Observations and the raw files behind them.
        root: The working copy.
        accept_missing: Let known numbers go that the delivery no longer has.

    Raises:
        DataError: the observations break the contract, or must not be joined with those that are
            stored (`beskplan.observations.merging.refusals`); or the newest snapshot is damaged and
            held tables that are nowhere else.
        InputError: the folder cannot be written, or the disk is full.
        LockedError: another store has been at work for a minute.
    """
    frame = withhold_small(validate(delivery.frame, "delivery"), delivery.withhold_below)
    _check_raw(delivery)
    folder = snapshots_folder(root)
    with _writing(folder), locked(folder):
        for left in folder.glob(f"{INCOMING}*"):
            shutil.rmtree(left)
        base = newest_whole(root)
        damaged = damaged_newest(root)
        _check_nothing_lost(damaged, base, frame)
        stored = _continue(base, frame, delivery.raw, folder, accept_missing)
        for one, _ in damaged:
            if one.folder.name != stored.id:
                one.folder.rename(folder / f"{DAMAGED}{one.folder.name}-{secrets.token_hex(4)}")
        return stored


def storable(
    delivery: Delivery, root: Path, *, accept_missing: bool = False
) -> tuple[Delivery | None, tuple[Problem, ...]]:
    """The tables of a delivery that may be stored, and why the others must not.

    Returns:
        None where no table may be.

    Raises:
        DataError: the newest snapshot is damaged.
    """
    frame = withhold_small(validate(delivery.frame, "delivery"), delivery.withhold_below)
    base = newest_whole(root)
    before = base[1].frame if base else frame.iloc[:0]
    refused = refusals(before, frame, accept_missing=accept_missing)
    tables = zip(frame["source"], frame["table_id"], strict=True)
    left = delivery.frame[[table not in refused for table in tables]]
    raw = tuple(file for file in delivery.raw if (file.source, file.table_id) not in refused)
    problems = tuple(problem for found in refused.values() for problem in found)
    return (replace(delivery, frame=left, raw=raw) if len(left) else None), problems


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Make the folder; what the disk refuses becomes our own error.

    Raises:
        InputError: it cannot be written, or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        fix = (
            "giv skriveret til mappen, eller skaf plads på disken; det, der var gemt, står uændret"
        )
        found = f"{error.filename or ''} {error.strerror or error}".strip()
        raise InputError(Problem(str(folder), "tallene kan ikke gemmes", found, fix=fix)) from None


def _check_nothing_lost(
    damaged: tuple[tuple[Shelved, Problem], ...],
    base: tuple[Manifest, Snapshot] | None,
    frame: pd.DataFrame,
) -> None:
    """Refuse to pass over a damaged snapshot that held more than the base and the delivery hold."""
    held = {(t.source, t.table_id, t.last_retrieved) for t in (base[0].tables if base else ())}
    brought = set(frame[["source", "table_id"]].itertuples(index=False, name=None))
    problems = [
        problem
        for one, problem in damaged
        if one.manifest is None
        or any(
            (t.source, t.table_id, t.last_retrieved) not in held
            and (t.source, t.table_id) not in brought
            for t in one.manifest.tables
        )
    ]
    if problems:
        raise DataError(problems)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of snapshots alone.

    Raises:
        LockedError: another process holds it for more than `LOCK_SECONDS`.
    """
    lock = FileLock(folder / ".lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        fix = "vent, til den anden import eller hentning er færdig"
        raise LockedError(Problem(str(folder), "en anden proces gemmer tal", fix=fix)) from None
    try:
        yield
    finally:
        lock.release()


def _continue(
    base: tuple[Manifest, Snapshot] | None,
    frame: pd.DataFrame,
    raw: tuple[RawFile, ...],
    folder: Path,
    accept_missing: bool,
) -> Snapshot:
    before, old = base or (None, None)
    merged = merge(old.frame if old else frame.iloc[:0], frame, accept_missing=accept_missing)
    entries = _raw_entries(before, raw, merged)
    content = content_sha256(merged)
    hashes = [entry.sha256 for entry in entries]
    if (
        before
        and old
        and before.content_sha256 == content
        and {e.sha256 for e in before.raw} == set(hashes)
    ):
        return old
    told = (old.frame, old.withheld_besides) if old else None
    base_id = before.id if before else ""
    manifest = Manifest(
        id=combined_id(content, [*hashes, base_id]),
        stored_at=_after(before),
        base=base_id or None,
        text=reader_text(_origins(merged), titles_of(entries)),
        demo=bool((merged["source"] == "demo").any()),
        rows=len(merged),
        content_sha256=content,
        parquet_sha256="",
        tables=tuple(_tables(merged, entries)),
        raw=entries,
        suppressed=tuple(sorted(map(" ".join, suppressed_keys(merged, told)))),
    )
    return _write(manifest, merged, raw, folder)


def _origins(frame: pd.DataFrame) -> list[Origin]:
    named = frame[["source", "table_id", "retrieved_at"]].drop_duplicates()
    return list(named.itertuples(index=False, name=None))


def _after(before: Manifest | None) -> datetime:
    """Now, but later than the snapshot before, whatever the clock has done since."""
    now = datetime.now(UTC)
    return max(now, before.stored_at + timedelta(microseconds=1)) if before else now


def _write(
    manifest: Manifest, frame: pd.DataFrame, raw: tuple[RawFile, ...], folder: Path
) -> Snapshot:
    incoming = folder / f"{INCOMING}{secrets.token_hex(8)}"
    (incoming / RAW).mkdir(parents=True)
    frame.to_parquet(incoming / OBSERVATIONS, index=False, compression="zstd")
    contents = {sha256_bytes(file.content): file.content for file in raw}
    for entry in manifest.raw:
        target = incoming / RAW / entry.file
        if entry.sha256 in contents:
            target.write_bytes(contents[entry.sha256])
        else:
            shutil.copyfile(folder / str(manifest.base) / RAW / entry.file, target)
    whole = manifest.model_copy(
        update={"parquet_sha256": sha256_file(incoming / OBSERVATIONS)}
    ).sealed()
    (incoming / FILE).write_text(
        whole.model_dump_json(indent=1, exclude_unset=True), encoding="utf-8"
    )
    for path in (*incoming.rglob("*"), incoming):
        _flush(path)
    final = folder / manifest.id
    # The id is new unless a broken snapshot of the same content lies there: that one is replaced.
    if final.exists():
        final.rename(folder / f"{INCOMING}{secrets.token_hex(8)}")
    incoming.rename(final)
    _flush(folder)
    return load(final, whole)


def _flush(path: Path) -> None:
    """Wait until the disk has it, so that a power cut after the rename leaves no empty files."""
    if path.is_dir() and os.name == "nt":  # Windows does not open folders.
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_raw(delivery: Delivery) -> None:
    tables = delivery.frame[["source", "table_id"]].drop_duplicates().itertuples(index=False)
    kept = {(file.source, file.table_id) for file in delivery.raw}
    if missing := [tuple(table) for table in tables if tuple(table) not in kept]:
        raise DataError(
            [
                Problem(f"delivery: {s} {t}", "observationer uden den fil, de er læst fra")
                for s, t in missing
            ]
        )


def _raw_entries(
    before: Manifest | None, raw: tuple[RawFile, ...], merged: pd.DataFrame
) -> tuple[RawEntry, ...]:
    """The new raw files, and those of the base that rows still come from; each content once."""
    days = merged[["source", "table_id", "retrieved_at"]].drop_duplicates()
    needed = {(s, t, day[:10]) for s, t, day in days.itertuples(index=False)}
    entries = {entry.sha256: entry for entry in map(_raw_entry, raw)}
    for entry in before.raw if before else ():
        if (entry.source, entry.table_id, entry.retrieved_at[:10]) in needed:
            entries.setdefault(entry.sha256, entry)
    return tuple(sorted(entries.values(), key=lambda e: (e.source, e.table_id, e.file)))


def _raw_entry(file: RawFile) -> RawEntry:
    sha256 = sha256_bytes(file.content)
    name = _UNSAFE.sub("-", Path(file.name).name.casefold()).strip("-.")[-80:]
    return RawEntry(
        file=f"{sha256[:12]}-{name or 'raw'}",
        name=file.name,
        sha256=sha256,
        size=len(file.content),
        source=file.source,
        table_id=file.table_id,
        retrieved_at=file.retrieved_at,
        origin=file.origin,
        version=file.version,
        mapping=file.mapping,
        title=file.title,
    )


def _tables(merged: pd.DataFrame, raw: tuple[RawEntry, ...]) -> Iterator[TableEntry]:
    for names, rows in merged.groupby(["source", "table_id"]):
        source, table_id = map(str, names)
        files = [entry for entry in raw if (entry.source, entry.table_id) == (source, table_id)]
        newest_file = max(files, key=lambda entry: entry.retrieved_at, default=None)
        days = rows["retrieved_at"].str[:10]
        yield TableEntry(
            source=source,
            table_id=table_id,
            first_retrieved=days.min(),
            last_retrieved=days.max(),
            rows=len(rows),
            version=newest_file.version if newest_file else "",
            source_line=source_text(
                source, table_id, days.max(), titles_of(files).get((source, table_id), "")
            ),
            licence=LICENCES.get(source, ""),
        )
