"""Made-up numbers stay in the house: every door asks here, whatever the door before it has let through."""

from __future__ import annotations

from beskplan.core.errors import Problem
from beskplan.runner.versions import Version

FIX = "build it from real data"


def demo_problem(version: Version, *, on_page: bool = False, fix: str = FIX) -> Problem | None:
    """What stands against letting a version out; None where all of its numbers are real.

    Args:
        version: A draft, or a copy. A manifest that does not say what it is made of counts as demo.
        on_page: What the page itself says, where the door has read it.
        fix: What the person at the door can do.

    Raises:
        OSError, ValueError: there is no manifest that can be read.
    """
    manifest = version.manifest
    if manifest.get("demo", True) is False and not on_page:
        return None
    where = str(manifest.get("job", version.folder))
    return Problem(where, "is made of demo data", "demo", "real numbers", fix)
