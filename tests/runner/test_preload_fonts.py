"""What children inherit from the process that forks them: no open font, whose position all would share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from beskplan.runner.engine.processes import ENVIRONMENT

FONTS_OPEN = """
import os
from beskplan.runner.engine.preload import import_modules
import_modules({root!r})
{then}
paths = [f"/proc/self/fd/{{fd}}" for fd in os.listdir("/proc/self/fd")]
links = [os.readlink(path) for path in paths if os.path.exists(path)]
print([link for link in links if link.endswith(".ttf")])
"""
DRAW = "from beskplan.blocks.charts.canvas import text_width; text_width('A-dagpenge', 12)"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the fork server")
@pytest.mark.parametrize(("then", "some"), [("", False), (DRAW, True)])
def test_no_font_is_open_where_children_are_forked(tmp_path: Path, then: str, some: bool) -> None:
    code = FONTS_OPEN.format(root=str(tmp_path), then=then)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert (done.stdout.strip() != "[]") is some, done.stdout
