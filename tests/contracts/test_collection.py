"""Every test file is collected, and what is skipped says why."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser


def on_disk(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in (root / "tests").rglob("test_*.py")}


LOOK = """
import pytest

class Empty(pytest.File):
    def collect(self):
        return ()

class Look:
    def pytest_pycollect_makemodule(self, module_path, parent):
        if "def test_" in module_path.read_text(encoding="utf-8"):
            print(module_path)
        return Empty.from_parent(parent, path=module_path)

words = ("--collect-only", "-q", "-s", "-p", "no:cacheprovider", "tests")
raise SystemExit(pytest.main(list(words), plugins=[Look()]))
"""
"""Tells which modules pytest opens for their tests, without importing them."""


def collected(root: Path) -> set[str]:
    """The files with tests that pytest opens, as `make test` and `make test-thorough` call it."""
    words = (sys.executable, "-c", LOOK)
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, done.stdout + done.stderr
    found = (Path(line) for line in done.stdout.splitlines() if line.endswith(".py"))
    return {path.relative_to(root).as_posix() for path in found}


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
