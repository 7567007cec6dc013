"""The installed command, as a person calls it."""

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from beskplan.cli import main

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


def run_here(place: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has everything imported: for commands that fork nothing."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        chdir(place),
        patch.object(sys, "argv", [str(BESKPLAN), *words]),
        patch.dict(os.environ, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
