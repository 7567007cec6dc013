"""`snapshot.json`: what a snapshot holds, where it came from, and the hashes that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from beskplan.core.errors import DataError, Problem
from beskplan.observations.contract import Key
from beskplan.registers.provenance import sha256_json

FILE: Final = "snapshot.json"
OBSERVATIONS: Final = "observations.parquet"
RAW: Final = "raw"
LICENCES: Final = {"statbank": "CC BY 4.0"}
"""Where a source states one. Source: Danmarks Statistik's terms (domain.md §2)."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableEntry(_Value):
    """One table of a source as the snapshot holds it."""

    source: str
    table_id: str
    first_retrieved: str
    last_retrieved: str
    """ISO dates; they differ where periods of an older retrieval are still here."""
    rows: int
    version: str
    """The source's own mark of the newest retrieval; empty where it has none."""
    source_line: str
    """What follows "Kilde:"."""
    licence: str
    """Empty where the source states none."""


class RawEntry(_Value):
    """One raw file, kept byte for byte under `raw/`."""

    file: str
    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int
    source: str
    table_id: str
    retrieved_at: str
    origin: str
    version: str
    mapping: str
    """Text of the mapping that it was read with; empty for answers of an API."""
    title: str = ""
    """What the table is called where it comes from."""


class Manifest(_Value):
    """The whole of `snapshot.json`."""

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    stored_at: datetime
    """With time zone; later than that of every snapshot stored before it."""
    base: str | None
    """The snapshot that this one continues."""
    text: str
    """For readers: what data, and of which date."""
    demo: bool
    rows: int
    content_sha256: str
    """Of the observations, whatever wrote their file."""
    parquet_sha256: str
    """Of the file `observations.parquet`."""
    tables: tuple[TableEntry, ...]
    raw: tuple[RawEntry, ...]
    suppressed: tuple[str, ...] | None = None
    """Counts that are withheld for another's sake, each as its key with blanks between."""
    seal: str = ""
    """Hash of everything above."""

    def sealed(self) -> Manifest:
        """The same with its seal."""
        return self.model_copy(update={"seal": self._sum()})

    @property
    def is_intact(self) -> bool:
        """Whether nothing in it has changed since it was sealed."""
        return self.seal == self._sum()

    def _sum(self) -> str:
        # Without what was not written: a field that came later leaves older seals as they are.
        return sha256_json(self.model_dump(mode="json", exclude={"seal"}, exclude_unset=True))


def suppressed_of(manifest: Manifest) -> frozenset[Key] | None:
    """The counts that are withheld for another's sake; None in a manifest from before that was decided."""
    if manifest.suppressed is None:
        return None
    return frozenset(tuple(text.split(" ")) for text in manifest.suppressed)  # type: ignore[misc]


def titles_of(raw: Iterable[RawEntry]) -> dict[tuple[str, str], str]:
    """What tables are called where they come from, by source and table id; only those known."""
    newest_last = sorted(raw, key=lambda entry: entry.retrieved_at)
    return {(entry.source, entry.table_id): entry.title for entry in newest_last if entry.title}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot's folder.

    Raises:
        DataError: not there, not readable, or changed since it was written.
    """
    path = folder / FILE
    fix = f"remove the folder {folder.name}, and import or fetch again"
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise DataError(Problem(str(path), "not readable", found=first, fix=fix)) from None
    if not manifest.is_intact or manifest.id != folder.name:
        raise DataError(Problem(str(path), "changed since it was written", fix=fix))
    return manifest
