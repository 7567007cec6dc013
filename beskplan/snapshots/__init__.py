"""Snapshots: immutable sets of observations, named by the hash of their content.

    data/snapshots/<id>/
        observations.parquet    the observations (`beskplan.observations`)
        snapshot.json           sources, days, hashes, licences, source lines (`manifest`)
        raw/                    what came in, byte for byte

A source hands over a `Delivery` (`beskplan.sources.delivery`), `store` keeps it as a new snapshot that
continues the newest one, `choose` finds the one that a plan asks for. Nothing here is ever edited.
"""

from beskplan.observations import Key
from beskplan.snapshots.diff import Revision, revisions
from beskplan.snapshots.importing import import_file
from beskplan.snapshots.keeping import store
from beskplan.snapshots.manifest import Manifest
from beskplan.snapshots.pruning import prune
from beskplan.snapshots.shelf import (
    Shelved,
    choose,
    embedded,
    faults,
    hold,
    loaded,
    manifest_of,
    newest,
    shelved,
    table_version,
)
from beskplan.snapshots.snapshot import Snapshot, content_id

__all__ = [
    "Key",
    "Manifest",
    "Revision",
    "Shelved",
    "Snapshot",
    "choose",
    "content_id",
    "embedded",
    "faults",
    "hold",
    "import_file",
    "loaded",
    "manifest_of",
    "newest",
    "prune",
    "revisions",
    "shelved",
    "store",
    "table_version",
]
