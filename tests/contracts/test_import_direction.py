"""Imports: no module imports upwards, and every dependency is one that is declared."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

# The tree in the folder it runs in, not the one that is installed.
COMMAND = """
import sys
sys.path.insert(0, ".")
from importlinter.cli import lint_imports_command
lint_imports_command()
"""


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    shutil.copy(root / "pyproject.toml", tmp_path)
    skip_data = shutil.ignore_patterns("__pycache__", "data", "assets")
    shutil.copytree(root / "beskplan", tmp_path / "beskplan", ignore=skip_data)
    return tmp_path


def test_every_module_imports_only_from_layers_below(root: Path) -> None:
    result = lint_imports(root)
    assert result.returncode == 0, result.stdout


def test_an_untouched_copy_is_green(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout


def test_an_import_from_above_is_red(copy: Path) -> None:
    with (copy / "beskplan/core/errors.py").open("a") as file:
        file.write("\nimport beskplan.blocks.model\n")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "beskplan.core.errors -> beskplan.blocks.model" in result.stdout


def test_a_module_without_a_layer_is_red(copy: Path) -> None:
    (copy / "beskplan/stray.py").write_text('"""Nobody said where this belongs."""\n')
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "stray" in result.stdout


def test_two_modules_that_need_each_other_are_red(copy: Path) -> None:
    (copy / "beskplan/blocks/first.py").write_text("import beskplan.blocks.second\n")
    (copy / "beskplan/blocks/second.py").write_text("import beskplan.blocks.first\n")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "No two modules or packages need each other BROKEN" in result.stdout


def declared(root: Path) -> set[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project.get("optional-dependencies", {}).values()
    lines = [*project["dependencies"], *(line for group in optional for line in group)]
    return {Requirement(line).name for line in lines}


def explained(text: str) -> dict[str, str]:
    table = text.split("## Dependencies", 1)[1]
    rows = re.findall(r"^\| ([a-zA-Z0-9_.-]+) \| (.+) \|$", table, flags=re.MULTILINE)
    return {name: reason for name, reason in rows if name not in ("package", "---")}


def test_each_dependency_has_a_reason_in_the_architecture(root: Path) -> None:
    reasons = explained((root / "docs" / "architecture.md").read_text(encoding="utf-8"))
    assert set(reasons) == declared(root)
    assert all(len(reason) > 10 for reason in reasons.values())


def test_a_dependency_without_reason_is_found(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert set(explained(text.replace("| typst |", "| typist |"))) != declared(root)
