"""One source of dependencies: pyproject.toml. Conda, lock files and hooks keep in step with it."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = {"base.txt": ("build",), "dev.txt": ("build", "dev")}
"""Lock file -> the dependency groups that it holds beside the project's own."""
HOST = re.compile(
    r"(?:https?|ftp)://[\w.-]*(?:pypi|pythonhosted|npmjs|anaconda|conda\.|artifactory|nexus|"
    r"index\.|mirror|simple/)[\w./-]*|--(?:extra-)?index-url|--find-links|file://"
    r"|\b(?:files\.pythonhosted|pypi|test\.pypi)\.org\b",
    re.IGNORECASE,
)
"""An address of a package registry, or an option that names one."""


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


# --- environment.yml ---------------------------------------------------------------------------


def conda_faults(environment: dict[str, Any], pyproject: dict[str, Any]) -> list[str]:
    """Where environment.yml says something else than pyproject.toml."""
    project = pyproject["project"]
    expected = [f"python{project['requires-python']}", "pip", {"pip": ["-e ."]}]
    faults = []
    if environment.get("name") != project["name"]:
        faults.append(f"name: {environment.get('name')}")
    if environment.get("dependencies") != expected:
        faults.append(f"dependencies: {environment.get('dependencies')}, expected {expected}")
    return faults


@pytest.fixture
def environment(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    return loaded


def test_conda_installs_python_and_then_the_project(
    environment: dict[str, Any], pyproject: dict[str, Any]
) -> None:
    assert conda_faults(environment, pyproject) == []


@pytest.mark.parametrize(
    "dependencies",
    [
        ["python>=3.12", "pip", {"pip": ["-e ."]}],
        ["python>=3.11", "pip", "pandas", {"pip": ["-e ."]}],
        ["python>=3.11", "pip", {"pip": ["-e .", "pandas"]}],
        ["python>=3.11", "pip"],
    ],
)
def test_an_environment_that_says_something_else_is_red(
    environment: dict[str, Any], pyproject: dict[str, Any], dependencies: list[Any]
) -> None:
    assert conda_faults({**environment, "dependencies": dependencies}, pyproject)


# --- requirements/ -----------------------------------------------------------------------------


def locked(text: str) -> dict[str, list[tuple[str, int]]]:
    """Package -> (requirement, number of hashes) of each of its entries."""
    entries: dict[str, list[tuple[str, int]]] = {}
    for entry in re.split(
        r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE)
    ):
        if entry.strip():
            requirement = entry.split("\\", 1)[0].strip()
            name = canonicalize_name(Requirement(requirement).name)
            entries.setdefault(name, []).append((requirement, entry.count("--hash=sha256:")))
    return entries


def lock_faults(text: str, wanted: list[str]) -> list[str]:
    """Where the lock `text` does not hold `wanted`, pinned and with hashes."""
    entries = locked(text)
    faults = []
    for requirement, hashes in (entry for found in entries.values() for entry in found):
        pins = [specifier.operator for specifier in Requirement(requirement).specifier]
        if pins != ["=="] or not hashes:
            faults.append(f"{requirement}: not pinned with hashes")
    for want in map(Requirement, wanted):
        versions = [
            next(iter(Requirement(requirement).specifier)).version
            for requirement, _ in entries.get(canonicalize_name(want.name), [])
        ]
        if not versions:
            faults.append(f"{want}: not in the lock")
        faults += [f"{want}: {v} is locked" for v in versions if not want.specifier.contains(v)]
    return faults


def wanted_of(pyproject: dict[str, Any], lock: str) -> list[str]:
    groups = pyproject["dependency-groups"]
    extra = [requirement for group in LOCKS[lock] for requirement in groups[group]]
    return [*pyproject["project"]["dependencies"], *extra]


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_holds_every_dependency_with_hashes(
    root: Path, pyproject: dict[str, Any], lock: str
) -> None:
    text = (root / "requirements" / lock).read_text(encoding="utf-8")
    assert lock_faults(text, wanted_of(pyproject, lock)) == [], "run: make lock"


def test_tests_run_on_the_versions_that_reports_are_built_with(root: Path) -> None:
    base, dev = (locked((root / "requirements" / lock).read_text()) for lock in LOCKS)
    assert {name: versions(dev.get(name, [])) for name in base} == {
        name: versions(pins) for name, pins in base.items()
    }


def versions(pins: list[tuple[str, int]]) -> set[str]:
    """The pinned versions alone: the tests may want a package on more systems than the reports."""
    return {pin.partition(" ;")[0] for pin, _hashes in pins}


def test_the_lock_holds_what_builds_the_project(pyproject: dict[str, Any]) -> None:
    assert pyproject["dependency-groups"]["build"] == pyproject["build-system"]["requires"]


@pytest.mark.parametrize(
    ("text", "wanted", "fault"),
    [
        ("a==1 \\\n    --hash=sha256:00\n", ["a", "b"], "b: not in the lock"),
        ("a==1 \\\n    --hash=sha256:00\n", ["a>=2"], "a>=2: 1 is locked"),
        ("a==1\n    # via b\n", ["a"], "a==1: not pinned with hashes"),
        ("a>=1 \\\n    --hash=sha256:00\n", [], "a>=1: not pinned with hashes"),
        (
            (
                "a==1 ; python_version < '3.12' \\\n    --hash=sha256:00\n"
                "a==3 ; python_version >= '3.12' \\\n    --hash=sha256:00\n"
            ),
            ["a<2"],
            "a<2: 3 is locked",
        ),
    ],
)
def test_a_lock_out_of_step_is_red(text: str, wanted: list[str], fault: str) -> None:
    assert lock_faults(text, wanted) == [fault]


# --- no registry in any file -------------------------------------------------------------------


def tracked(root: Path) -> list[Path]:
    """The files of the project: those git knows or would take, or all of a copy without git."""
    if shutil.which("git") and (root / ".git").exists():
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
        paths = [root / name for name in names.decode().split("\0") if name]
        return sorted(path for path in paths if path.is_file())
    generated = {".venv", ".git", "__pycache__", "reports", "data"}
    found = root.rglob("*")
    return sorted(
        p for p in found if p.is_file() and not generated & set(p.relative_to(root).parts)
    )


def registry_lines(path: Path) -> list[str]:
    """The lines of a text file that name a package registry."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    return [line.strip() for line in text.splitlines() if HOST.search(line)]


def test_no_file_names_a_package_registry(root: Path) -> None:
    here = Path(__file__).resolve()
    found = {str(p): lines for p in tracked(root) if p != here and (lines := registry_lines(p))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.org/simple",
        "--find-links /opt/wheels",
        "numpy @ https://files.pythonhosted.org/packages/numpy.whl",
        "https://registry.npmjs.org/axe-core",
        "file:///srv/packages/numpy.whl",
    ],
)
def test_a_line_that_names_a_registry_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(f"numpy==2\n{line}\n")
    assert registry_lines(path) == [line]


# --- one set of checks -------------------------------------------------------------------------


def test_the_hooks_are_the_parts_of_make_check(root: Path) -> None:
    config = yaml.safe_load((root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repo,) = config["repos"]
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^check:([^#\n]*)", makefile, re.MULTILINE)
    assert found
    assert repo["repo"] == "local"
    assert [hook["entry"] for hook in repo["hooks"]] == [f"make {t}" for t in found[1].split()]
    assert {hook["language"] for hook in repo["hooks"]} == {"system"}


def test_ci_runs_the_checks_and_the_tests(root: Path) -> None:
    lines = (root / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert "set -euo pipefail" in lines
    commands = [line.split(" #")[0] for line in lines if line.startswith("make ")]
    assert commands == [
        "make check",
        "make test",
        "make test-thorough",
    ]
    assert "export CI=true" in lines


def unknown_targets(text: str, makefile: str) -> set[str]:
    """The targets of `make ...` lines and code spans in a document that the Makefile lacks."""
    commands = re.findall(r"(?:^ {4}|^|`)make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    return {target for command in commands for target in command.split()} - targets


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "reports/README.md"])
def test_every_make_command_of_a_document_exists(root: Path, name: str) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert unknown_targets((root / name).read_text(encoding="utf-8"), makefile) == set()


def test_a_make_command_that_does_not_exist_is_found() -> None:
    document = "Run `make report`.\n\n    make tset     # all tests\n"
    assert unknown_targets(document, "report: x\ntest: y\n") == {"tset"}
