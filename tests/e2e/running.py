"""The installed command, as a person calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BESKPLAN = Path(sys.executable).with_name("beskplan")


def run(place: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`beskplan WORDS` in a working copy, with nobody at the keyboard; it may fail."""
    return subprocess.run(
        [str(BESKPLAN), *words],
        cwd=place,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
