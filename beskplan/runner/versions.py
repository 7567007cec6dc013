"""Every version of a report that was ever in place: kept before it is replaced, named by its content.

`reports/.versioner/<job>/<content>/` is a copy of the report's folder as it was built: who edits the
report in place changes no version. A build that says the same as the one before is no new version.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from beskplan.core.files import install
from beskplan.registers.provenance import sha256_file, sha256_json

FOLDER = ".versioner"
MANIFEST = "manifest.json"
READ_BY_PEOPLE = (".html", ".pdf", ".xlsx", ".csv")
"""What a version is known by. The executed notebook is not: it holds the times of its run."""


def content_id(files: Mapping[str, str]) -> str:
    """Name of what readers see of a report, from the hashes of its files.

    Args:
        files: Path -> sha256, as in a manifest's `files`.
    """
    seen = {name: digest for name, digest in files.items() if name.endswith(READ_BY_PEOPLE)}
    return sha256_json(seen)[:16]


@dataclass(frozen=True)
class Version:
    """A report's folder in the store, or in place."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Its manifest; OSError or ValueError where there is none that can be read."""
        found: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        return found

    @property
    def files(self) -> dict[str, str]:
        """Path -> sha256 of each of its files but the manifest."""
        found: dict[str, str] = self.manifest["files"]
        return found

    @cached_property
    def content(self) -> str:
        """See `content_id`."""
        return content_id(self.files)

    def is_whole(self) -> bool:
        """Whether every file of its manifest is there and has not changed since."""
        try:
            return all(sha256_file(self.folder / name) == sha for name, sha in self.files.items())
        except (OSError, ValueError, KeyError):
            return False


@dataclass(frozen=True)
class Store:
    """Versions of many reports below one folder."""

    folder: Path

    @classmethod
    def of(cls, reports: Path) -> Store:
        """The store of a working copy's builds."""
        return cls(reports / FOLDER)

    def version(self, job: str, content: str) -> Version:
        """The version of that name, whether it is there or not."""
        return Version(self.folder / job / content)

    def all(self, job: str) -> tuple[Version, ...]:
        """All versions of a report, the oldest first."""
        paths = (self.folder / job).glob("[0-9a-f]*/" + MANIFEST)
        found = [Version(path.parent) for path in paths]
        return tuple(sorted(found, key=lambda one: (one.manifest["made_at"], one.folder.name)))

    def keep(self, job: str, report: Path) -> Version:
        """Keep the finished report in a folder; does nothing where its content is kept already.

        A kept version whose files are not those of its manifest is put anew.

        Raises:
            OSError: it cannot be written; nothing half is left.
        """
        kept = self.version(job, Version(report).content)
        if not kept.is_whole():
            kept.folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".", dir=kept.folder.parent))
            try:
                shutil.copytree(report, draft / "hel")
                install(draft / "hel", kept.folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        return kept
