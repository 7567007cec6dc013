"""`reports/status.json`: every report that was ever built, for the catalogue and for other programs.

Made from the records; a report that last failed keeps its good version, marked with the day that it
is from. docs/plan-json.md says what each key means.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from beskplan.runner.lock import status_lock
from beskplan.runner.plan import MANIFEST
from beskplan.runner.records import Record, Records, now, write_json

STATUS = "status.json"
VERSION = 1


def write_status(reports: Path) -> None:
    """Write the status of all reports, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    # Two that run at once must not overwrite the newer picture with the older.
    with status_lock(reports):
        jobs = [_job(record, reports) for record in Records(reports).all()]
        write_json(reports / STATUS, {"version": VERSION, "made_at": now(), "jobs": jobs})


def _job(record: Record, reports: Path) -> dict[str, Any]:
    aar, kommune, bilag = record.job.split("/")
    good, failure = record.good, record.failure
    manifest = _manifest(reports / record.job) if good else {}
    return {
        "job": record.job,
        "aar": int(aar),
        "kommune": kommune,
        "bilag": bilag,
        "state": _state(record),
        "made_at": good.made_at if good else None,
        "data": good.data if good else None,
        "demo": manifest.get("demo"),
        "files": manifest.get("files", {}),
        "failed_at": failure.at if failure else None,
        "cause": failure.cause if failure else None,
        "problems": failure.problems if failure else [],
    }


def _state(record: Record) -> str:
    """`good`; `outdated`: the last run failed and the good version is older; `missing`: there is none."""
    if record.failure is None:
        return "good"
    return "outdated" if record.good else "missing"


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return found
