"""Snapshots: immutable sets of observations, named by the hash of their content.

    data/snapshots/<id>/
        observations.parquet    the observations (`beskplan.observations.contract`)
        snapshot.json           sources, days, hashes, licences, source lines (`manifest`)
        raw/                    what came in, byte for byte

A source hands over a `Delivery` (`beskplan.observations.delivery`), `store` keeps it as a new snapshot that
continues the newest one, `choose` finds the one that a plan asks for. Nothing here is ever edited.
"""

from beskplan.observations.contract import Key
from beskplan.observations.diff import Revision, revisions
from beskplan.observations.keeping import storable, store
from beskplan.observations.manifest import Manifest
from beskplan.observations.pruning import prune
from beskplan.observations.shelf import (
    Shelved,
    choose,
    embedded,
    faults,
    hold,
    loaded,
    manifest_of,
    newest,
    newest_whole,
    shelved,
    table_version,
)
from beskplan.observations.snapshot import Snapshot, content_id

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
    "loaded",
    "manifest_of",
    "newest",
    "newest_whole",
    "prune",
    "revisions",
    "shelved",
    "storable",
    "store",
    "table_version",
]
