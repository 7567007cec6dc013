"""The night's audit: every report that has changed since it was last looked at.

A report that was audited before, by the same code, is not audited again; findings stay on the list
until the report is another one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document
from beskplan.audit.model import Severity
from beskplan.audit.report import lines
from beskplan.core.errors import BeskplanError
from beskplan.observations.snapshot_store import choose
from beskplan.registers.provenance import sha256_file
from beskplan.report.place import find_root
from beskplan.runner.keys import library_key
from beskplan.runner.records import read_json, write_json

MEMORY = Path("data") / "natkoersel" / "tjek.json"
FAIL_ON: Severity = "contradiction"


def audit_reports(root: Path) -> dict[str, list[str]]:
    """What is wrong in the reports that lie in place, by job; empty where nothing is.

    Raises:
        BeskplanError: there are no data to hold them against.
    """
    code = library_key()["library"]
    before = read_json(root / MEMORY)
    known: dict[str, Any] = before.get("reports", {}) if before.get("code") == code else {}
    found = {}
    snapshot = None
    for path in sorted((root / "reports").glob("[0-9][0-9][0-9][0-9]/*/*/*.html")):
        job = path.parent.relative_to(root / "reports").as_posix()
        seen = sha256_file(path)
        if known.get(job, {}).get("sha256") != seen:
            snapshot = snapshot or choose("nyeste", root)
            known[job] = {"sha256": seen, "findings": _findings(path, snapshot)}
        found[job] = known[job]
    write_json(root / MEMORY, {"code": code, "reports": found})
    return {job: one["findings"] for job, one in found.items() if one["findings"]}


def _findings(path: Path, snapshot: Any) -> list[str]:
    try:
        result = audit(read_document(path), snapshot)
    except BeskplanError as error:
        return [str(problem) for problem in error.problems]
    return list(lines(result)) if result.at_or_above(FAIL_ON) else []


def main() -> None:
    """Audit the reports of the working copy here; exit 1 where something is wrong."""
    found = audit_reports(find_root())
    for job, lines_of_job in found.items():
        sys.stdout.write("\n".join([job, *lines_of_job, ""]))
    sys.stdout.write(f"{len(found)} rapporter med fund.\n")
    sys.exit(1 if found else 0)
