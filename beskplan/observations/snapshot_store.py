"""The snapshot store: immutable folders, named by the hash of their content, the newest by default.

    data/snapshots/<id>/
        observations.parquet    the observations (`beskplan.observations.contract`)
        snapshot.json           sources, days, hashes, licences, source lines (`snapshot.Manifest`)
        raw/                    what came in, byte for byte

A delivery becomes one new snapshot, whole or not at all: everything is written into a folder of its
own beside the snapshots, and one rename makes it one of them. A process that dies on the way leaves a
folder that nobody reads, and the next store removes it. A lock that dies with its process lets only
one store at a time continue the newest snapshot.
"""

import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd
from pydantic import ValidationError

from beskplan.core import errors
from beskplan.core.files import alone, sha256_bytes, sha256_file, sync, sync_folder
from beskplan.observations import published
from beskplan.observations.contract import Delivery, RawFile, merge, validate
from beskplan.observations.secondary_suppression import suppressed_keys
from beskplan.observations.snapshot import (
    Manifest,
    RawEntry,
    Snapshot,
    TableEntry,
    content_sha256,
    plain_texts,
    reader_text,
    snapshot_id,
    titles_of,
)
from beskplan.observations.suppression import withhold_small
from beskplan.registers.indicators import declare_own
from beskplan.registers.provenance import source_text, sources

problem = errors.Refusals("beskplan.observations")
FILE: Final = "snapshot.json"
OBSERVATIONS: Final = "observations.parquet"
RAW: Final = "raw"
EMBEDDED_TEXT: Final = "tal, som de er trykt i de vedtagne planer"
LOCK_SECONDS: Final = 60
"""Longer than any store takes; a fetch is not held up for longer by another one."""
INCOMING: Final = ".incoming-"
"""Begins the name of every folder that is not, or no longer, a snapshot."""
DAMAGED: Final = ".damaged-"
"""Begins the name of a damaged snapshot that a later one has replaced."""
KEEP: Final = 12
"""How many snapshots pruning leaves: a year of monthly fetches."""
_ID: Final = re.compile(r"[0-9a-f]{12}")
_UNSAFE: Final = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True)
class StoredSnapshot:
    """A snapshot's folder, and its manifest or what is wrong with that."""

    folder: Path
    manifest: Manifest | None
    problem: errors.Problem | None = None

    @property
    def is_whole(self) -> bool:
        """Whether manifest and observations are as they were stored."""
        path = self.folder / OBSERVATIONS
        return (
            self.manifest is not None
            and path.is_file()
            and sha256_file(path) == self.manifest.parquet_sha256
        )


def snapshots_folder(root: Path) -> Path:
    """Where a working copy keeps its snapshots."""
    return root / "data" / "snapshots"


def stored_snapshots(root: Path) -> tuple[StoredSnapshot, ...]:
    """All snapshots of a working copy, newest first; those without a readable manifest last."""
    declare_own(root)  # Their numbers may be of the working copy's own indicators.
    folder = snapshots_folder(root)
    paths = [p for p in folder.iterdir() if _ID.fullmatch(p.name)] if folder.is_dir() else []

    def age(one: StoredSnapshot) -> tuple[float, str]:
        return one.manifest.stored_at.timestamp() if one.manifest else 0.0, one.folder.name

    return tuple(sorted(map(_stored, paths), key=age, reverse=True))


def _stored(folder: Path) -> StoredSnapshot:
    try:
        return StoredSnapshot(folder, read_manifest(folder))
    except errors.DataError as error:
        return StoredSnapshot(folder, None, error.problems[0])


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot's folder.

    Raises:
        DataError: not there, not readable, or changed since it was written.
    """
    try:
        manifest = Manifest.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise errors.DataError(_damaged(folder / FILE, str(error).splitlines()[0])) from None
    if not manifest.is_intact or manifest.id != folder.name:
        raise errors.DataError(_damaged(folder / FILE))
    return manifest


def _damaged(path: Path, found: str = "", instead: str = "") -> errors.Problem:
    folder = path.parent.parent.name if path.parent.name == RAW else path.parent.name
    return problem("damaged", str(path), found or folder, instead=instead, folder=folder)


@cache
def embedded() -> Snapshot:
    """The figures that the seed documents print: the default where no snapshot has been fetched."""
    frame = published.observations()
    return Snapshot(snapshot_id(content_sha256(frame)), EMBEDDED_TEXT, frame)


def newest(root: Path) -> tuple[Manifest, Snapshot] | None:
    """The newest snapshot; None where there is none.

    Raises:
        DataError: it is damaged, or one is whose age cannot be read: older numbers are never taken
            in its place unsaid.
    """
    if damaged := _damaged_newest(root):
        raise errors.DataError([problem for _, problem in damaged])
    return newest_whole(root)


def newest_whole(root: Path) -> tuple[Manifest, Snapshot] | None:
    """The newest snapshot whose manifest and observations are whole, damaged newer ones passed over."""
    for one in stored_snapshots(root):
        if one.manifest and one.is_whole:
            return one.manifest, _load(one.folder, one.manifest)
    return None


def _damaged_newest(root: Path) -> list[tuple[StoredSnapshot, errors.Problem]]:
    """Damaged snapshots that are, or may be, newer than the newest whole one, each with what to do."""
    stored = stored_snapshots(root)
    whole = next((one.manifest for one in stored if one.is_whole), None)
    bases = {one.folder.name: one.manifest.base for one in stored if one.manifest}
    older = {whole.id} if whole else set()
    # One whose manifest cannot be read is older only where a whole one continues it.
    step = whole.id if whole else None
    while step := bases.get(step or ""):
        older.add(step)
    instead = f"skriv `datagrundlag: {whole.id}` i params, eller " if whole else ""
    return [
        (one, _damaged(one.folder / (OBSERVATIONS if one.manifest else FILE), instead=instead))
        for one in stored
        if one.folder.name not in older
        and (not (one.manifest and whole) or one.manifest.stored_at > whole.stored_at)
    ]


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
    one = StoredSnapshot(snapshots_folder(root) / wanted, manifest := manifest_of(wanted, root))
    if not one.is_whole:
        raise errors.DataError(_damaged(one.folder / OBSERVATIONS))
    return _load(one.folder, manifest)


def manifest_of(wanted: str, root: Path) -> Manifest:
    """The manifest of the stored snapshot with an id.

    Raises:
        DataError: there is none, or it is not readable.
    """
    ids = [one.folder.name for one in stored_snapshots(root)]
    if wanted not in ids:
        expected = f"`nyeste`, `publiceret` eller et af {', '.join([*ids, embedded().id])}"
        fix = errors.did_you_mean(wanted, ids, "`beskplan snapshots list` viser dem")
        raise errors.DataError(
            problem("no-snapshot", "datagrundlag", repr(wanted), expected=expected, fix=fix)
        )
    return read_manifest(snapshots_folder(root) / wanted)


_LOADED: dict[tuple[Path, str], Snapshot] = {}
"""Snapshots that this process has read, by folder and content: they never change."""


def _load(folder: Path, manifest: Manifest) -> Snapshot:
    """The snapshot in a folder, as it was validated when it was stored; read once per process."""
    key = (folder, manifest.content_sha256)
    if key not in _LOADED:
        _LOADED[key] = Snapshot(
            manifest.id,
            manifest.text,
            pd.read_parquet(folder / OBSERVATIONS),
            manifest.demo,
            titles_of(manifest.raw),
            frozenset(tuple(text.split(" ")) for text in manifest.suppressed),  # type: ignore[misc]
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


def faults(one: StoredSnapshot) -> tuple[errors.Problem, ...]:
    """Everything that is wrong with a stored snapshot; empty where every byte is as it was stored."""
    manifest, folder = one.manifest, one.folder
    if manifest is None:
        return (one.problem,) if one.problem else ()
    wanted = {folder / RAW / entry.file: entry.sha256 for entry in manifest.raw}
    there = set((folder / RAW).iterdir()) if (folder / RAW).is_dir() else set()
    changed = [p for p, sha in wanted.items() if p not in there or sha256_file(p) != sha]
    besides = [*(entry.sha256 for entry in manifest.raw), manifest.base or ""]
    if (
        not one.is_whole
        or content_sha256(pd.read_parquet(folder / OBSERVATIONS)) != manifest.content_sha256
        or snapshot_id(manifest.content_sha256, besides) != manifest.id
    ):
        changed.insert(0, folder / OBSERVATIONS)
    foreign = (problem("foreign-file", str(path)) for path in sorted(there - set(wanted)))
    return (*map(_damaged, changed), *foreign)


def store(delivery: Delivery, root: Path, *, accept_missing: bool = False) -> Snapshot:
    """Store a delivery as a new snapshot that continues the newest one.

    A damaged newest snapshot is replaced where the delivery brings all that only it held.

    The rows that the delivery covers replace those of the newest snapshot, all others stay with the
    day on which they were retrieved. Storing the same delivery again changes nothing.

    Args:
        delivery: Observations and the raw files behind them.
        root: The working copy.
        accept_missing: Let known numbers go that the delivery no longer has.

    Raises:
        DataError: the observations break the contract, or must not be joined with those that are
            stored (`beskplan.observations.contract.merge`); or the newest snapshot is damaged and
            held tables that are nowhere else.
        InputError: the folder cannot be written, or the disk is full.
        LockedError: another store has been at work for a minute.
    """
    frame = withhold_small(validate(delivery.frame, "hentede tal"), delivery.withhold_below)
    _check_raw(delivery)
    folder = snapshots_folder(root)
    with _writing(folder), locked(folder):
        for left in folder.glob(f"{INCOMING}*"):
            shutil.rmtree(left)
        base = newest_whole(root)
        damaged = _damaged_newest(root)
        _check_nothing_lost(damaged, base, frame)
        stored = _continue(base, frame, delivery.raw, folder, accept_missing)
        for one, _ in damaged:
            if one.folder.name != stored.id:
                one.folder.rename(folder / f"{DAMAGED}{one.folder.name}-{secrets.token_hex(4)}")
        return stored


def storable(
    delivery: Delivery, root: Path, *, accept_missing: bool = False
) -> tuple[Delivery | None, tuple[errors.Problem, ...]]:
    """The tables of a delivery that may be stored, and why the others must not.

    Returns:
        None where no table may be.

    Raises:
        DataError: the observations break the contract.
    """
    frame = withhold_small(validate(delivery.frame, "hentede tal"), delivery.withhold_below)
    base = newest_whole(root)
    before = base[1].frame if base else frame.iloc[:0]
    _, refused = merge(before, frame, accept_missing=accept_missing)
    tables = zip(frame["source"], frame["table_id"], strict=True)
    left = delivery.frame[[table not in refused for table in tables]]
    raw = tuple(file for file in delivery.raw if (file.source, file.table_id) not in refused)
    problems = tuple(problem for found in refused.values() for problem in found)
    return (replace(delivery, frame=left, raw=raw) if len(left) else None), problems


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Make the folder; what the disk refuses becomes our own error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise errors.InputError(
            problem("not-stored", str(folder), errors.os_reason(error, named=True))
        ) from None


def locked(folder: Path) -> AbstractContextManager[None]:
    """Hold the folder of snapshots alone.

    Raises:
        LockedError: another process holds it for more than `LOCK_SECONDS`.
    """
    return alone(folder / ".lock", problem("locked", str(folder)), LOCK_SECONDS)


def _check_raw(delivery: Delivery) -> None:
    tables = delivery.frame[["source", "table_id"]].drop_duplicates().itertuples(index=False)
    there = {(file.source, file.table_id) for file in delivery.raw}
    if missing := [problem("no-raw-file", f"{s} {t}") for s, t in tables if (s, t) not in there]:
        raise errors.DataError(missing)


def _check_nothing_lost(
    damaged: list[tuple[StoredSnapshot, errors.Problem]],
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
        raise errors.DataError(problems)


def _continue(
    base: tuple[Manifest, Snapshot] | None,
    frame: pd.DataFrame,
    raw: tuple[RawFile, ...],
    folder: Path,
    accept_missing: bool,
) -> Snapshot:
    before, old = base or (None, None)
    held = old.frame if old else frame.iloc[:0]
    merged, refused = merge(held, frame, accept_missing=accept_missing)
    if refused:
        raise errors.DataError([problem for problems in refused.values() for problem in problems])
    entries = _raw_entries(before, raw, merged)
    content = content_sha256(merged)
    hashes = [entry.sha256 for entry in entries]
    known = (before.content_sha256, {entry.sha256 for entry in before.raw}) if before else None
    if old and known == (content, set(hashes)):
        return old
    # Later than the snapshot before, whatever the clock has done since.
    last = (
        before.stored_at + timedelta(microseconds=1) if before else datetime.min.replace(tzinfo=UTC)
    )
    origins = merged[["source", "table_id", "retrieved_at"]].drop_duplicates()
    suppressed = suppressed_keys(merged, (old.frame, old.withheld_besides) if old else None)
    manifest = Manifest(
        id=snapshot_id(content, [*hashes, before.id if before else ""]),
        stored_at=max(datetime.now(UTC), last),
        base=before.id if before else None,
        text=reader_text(origins.itertuples(index=False, name=None), titles_of(entries)),
        demo=bool((merged["source"] == "demo").any()),
        rows=len(merged),
        content_sha256=content,
        parquet_sha256="",
        tables=tuple(_tables(merged, entries)),
        raw=entries,
        suppressed=tuple(sorted(map(" ".join, suppressed))),
    )
    return _write(manifest, merged, raw, folder)


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
    same = {one.name: getattr(file, one.name) for one in fields(file) if one.name != "content"}
    return RawEntry(
        file=f"{sha256[:12]}-{name or 'raw'}", sha256=sha256, size=len(file.content), **same
    )


def _tables(merged: pd.DataFrame, raw: tuple[RawEntry, ...]) -> Iterator[TableEntry]:
    for names, rows in merged.groupby(["source", "table_id"]):
        source, table_id = map(str, names)
        files = [entry for entry in raw if (entry.source, entry.table_id) == (source, table_id)]
        newest_file = max(files, key=lambda entry: entry.retrieved_at, default=None)
        days = rows["retrieved_at"].str[:10]
        title = titles_of(files).get((source, table_id), "")
        yield TableEntry(
            source=source,
            table_id=table_id,
            first_retrieved=days.min(),
            last_retrieved=days.max(),
            rows=len(rows),
            version=newest_file.version if newest_file else "",
            source_line=source_text(source, table_id, days.max(), title),
            licence=sources().get(source, {}).get("licence", ""),
        )


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
    sha256 = sha256_file(incoming / OBSERVATIONS)
    whole = manifest.model_copy(update={"parquet_sha256": sha256}).sealed()
    (incoming / FILE).write_text(whole.model_dump_json(indent=1), encoding="utf-8")
    sync_folder(incoming)
    final = folder / manifest.id
    # The id is new unless a broken snapshot of the same content lies there: that one is replaced.
    if final.exists():
        final.rename(folder / f"{INCOMING}{secrets.token_hex(8)}")
    incoming.rename(final)
    sync(folder)
    return _load(final, whole)


def prune(root: Path, keep: int = KEEP, *, dry_run: bool = False) -> tuple[str, ...]:
    """Remove snapshots older than the newest `keep`, oldest first.

    Never removed: the newest valid one, and every one that a params file or a report's manifest names.

    Args:
        root: The working copy.
        keep: How many of the newest stay; at least 1.
        dry_run: Only tell.

    Returns:
        Ids of what was, or would be, removed.

    Raises:
        InputError: `keep` is below 1.
        LockedError: a store is at work.
    """
    if keep < 1:
        raise errors.InputError(problem("nothing-left", "prune", str(keep)))
    folder = snapshots_folder(root)
    if not folder.is_dir():
        return ()
    with locked(folder):
        found = newest_whole(root)
        paths = (*root.glob("params/**/*.yaml"), *root.glob("reports/**/manifest.json"))
        texts = [path.read_text(encoding="utf-8") for path in paths]
        old = [
            one.folder
            for one in reversed(stored_snapshots(root)[keep:])
            if not (found and one.folder.name == found[0].id)
            and not any(one.folder.name in text for text in texts)
        ]
        for path in () if dry_run else old:
            # Renamed first: a snapshot that is half removed must not look like one.
            shutil.rmtree(path.rename(path.with_name(f"{INCOMING}{secrets.token_hex(8)}")))
    return tuple(path.name for path in old)
