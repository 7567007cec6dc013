"""What a machine cannot check is skipped loudly; in CI a missing browser is an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

PROBE = """
def test_documents(shared):
    assert shared.is_dir()

def test_browser(chromium):
    assert chromium.is_connected()
"""


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH with a shell and nothing else: no browser, no apt."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("bash", "dirname", "id"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def run_probe(root: Path, folder: Path, path: str, **environment: str) -> tuple[int, str]:
    """The two probes above with the project's conftest, where nothing is installed."""
    shutil.copy(root / "tests/conftest.py", folder)
    (folder / "test_probe.py").write_text(PROBE)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={**kept, "PATH": path, "BESKPLAN_SHARED": str(folder / "nowhere"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


def test_what_is_missing_is_skipped_loudly(root: Path, tmp_path: Path, bare_path: str) -> None:
    code, output = run_probe(root, tmp_path, bare_path, CI="")
    assert code == 0
    assert "NOT CHECKED HERE !!!" in output
    assert "1 tests: no Chromium on this machine" in output
    assert "1 tests: no shared/ beside the checkout" in output


def test_a_missing_browser_is_an_error_in_ci(root: Path, tmp_path: Path, bare_path: str) -> None:
    code, output = run_probe(root, tmp_path, bare_path, CI="true")
    assert code == 1
    assert "CI must not skip the tests in a browser" in output


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_what_cannot_be_installed_is_said_aloud(
    root: Path, bare_path: str, ci: str, code: int
) -> None:
    result = subprocess.run(
        [root / ".ci/install-chromium"],
        env={"PATH": bare_path, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == code
    assert "!!! NOT INSTALLED: chromium poppler-utils" in result.stderr


@pytest.mark.chromium
def test_the_browser_shows_a_page(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<h1>Bilag</h1>")
    assert page.get_by_role("heading", level=1).inner_text() == "Bilag"
    page.close()
