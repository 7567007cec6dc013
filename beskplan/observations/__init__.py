"""Observations: the contract, the snapshot store, suppression of small counts.

A source hands over a `Delivery`, `store` makes a new snapshot of it that continues the newest one,
`choose` finds the one that a plan asks for. Nothing that is stored is ever edited.
"""

from beskplan.observations.contract import Delivery, Key, RawFile, Revision, revisions
from beskplan.observations.snapshot import Manifest, Snapshot
from beskplan.observations.snapshot_store import (
    StoredSnapshot,
    choose,
    embedded,
    faults,
    hold,
    loaded,
    manifest_of,
    newest,
    newest_whole,
    prune,
    snapshots_folder,
    storable,
    store,
    stored_snapshots,
)

__all__ = [
    "Delivery",
    "Key",
    "Manifest",
    "RawFile",
    "Revision",
    "Snapshot",
    "StoredSnapshot",
    "choose",
    "embedded",
    "faults",
    "hold",
    "loaded",
    "manifest_of",
    "newest",
    "newest_whole",
    "prune",
    "revisions",
    "snapshots_folder",
    "storable",
    "store",
    "stored_snapshots",
]
