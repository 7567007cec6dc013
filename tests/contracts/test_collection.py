"""Every test file on disk is collected: a folder that pytest passes over hides its tests for good."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def on_disk(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in (root / "tests").rglob("test_*.py")}


def collected(root: Path) -> set[str]:
    """The files of which pytest finds a test, as `make test` and `make test-thorough` call it."""
    words = ("-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests")
    done = subprocess.run(
        [sys.executable, *words], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}


def test_every_test_file_on_disk_is_collected(root: Path) -> None:
    found = on_disk(root)
    assert len(found) > 100
    assert found - collected(root) == set()


def test_a_folder_that_pytest_passes_over_is_seen(root: Path, tmp_path: Path) -> None:
    shutil.copy(root / "pyproject.toml", tmp_path)
    for name in ("build", "runner"):
        folder = tmp_path / "tests" / name
        folder.mkdir(parents=True)
        (folder / f"test_{name}.py").write_text("def test_one():\n    pass\n", encoding="utf-8")
    assert on_disk(tmp_path) - collected(tmp_path) == {"tests/build/test_build.py"}
