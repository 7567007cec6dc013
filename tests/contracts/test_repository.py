"""The shape of the repository: what stands at the top, how files are named, how long they are."""

import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.conftest import cases

CASES = cases("repository")

TOP = set(CASES["top"])
MAX_LINES = 550
VAGUE = re.compile(
    r"^(?:utils?|helpers?|misc|common|old|new|tmp|temp|backup|copy)$|(?<=[a-z]{2})_?2$"
)
"""Names that say nothing about what is inside."""
LEFTOVER = re.compile(r"(?:\.(?:orig|rej|bak|swp|pyc)|~|\.DS_Store|-checkpoint\.ipynb)$")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|breakpoint\(\)")
CONFLICT = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)


@pytest.fixture(scope="module")
def files(root: Path) -> list[PurePosixPath]:
    """What git holds or would take, relative to the checkout."""
    if not (root / ".git").exists():
        pytest.skip("NOT CHECKED HERE: the shape of the repository, in a copy without git")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return [PurePosixPath(n) for n in names.split("\0") if n and (root / n).is_file()]


def is_own(path: PurePosixPath) -> bool:
    """Whether a municipality keeps it in its working copy: its mappings, and spreadsheets at the top."""
    return path.parts[0] == "mappings" or (
        len(path.parts) == 1 and path.suffix in (".xlsx", ".csv")
    )


def name_faults(path: PurePosixPath) -> list[str]:
    parts = [PurePosixPath(part).stem for part in path.parts]
    faults = [f"{path}: '{part}' says nothing" for part in parts if VAGUE.search(part)]
    if LEFTOVER.search(path.name):
        faults.append(f"{path}: a leftover")
    if not str(path).isascii() or " " in str(path):
        faults.append(f"{path}: not ASCII without blanks")
    return faults


def python_faults(name: str, source: str) -> list[str]:
    faults = [f"{name}: {hit}" for hit in UNFINISHED.findall(source)]
    if CONFLICT.search(source):
        faults.append(f"{name}: a merge conflict")
    if (lines := source.count("\n")) > MAX_LINES:
        faults.append(f"{name}: {lines} lines")
    return faults


def test_the_top_level_is_the_one_that_the_readme_draws(files: list[PurePosixPath]) -> None:
    assert {path.parts[0] for path in files if not is_own(path)} == TOP


@pytest.mark.parametrize(("name", "own"), CASES["what_a_municipality_keeps_of_its_own"])
def test_what_a_municipality_keeps_of_its_own_turns_nothing_red(name: str, own: bool) -> None:
    assert is_own(PurePosixPath(name)) is own


def test_every_name_says_what_is_inside(files: list[PurePosixPath]) -> None:
    assert [fault for path in files if not is_own(path) for fault in name_faults(path)] == []


@pytest.mark.parametrize("name", CASES["a_name_that_says_nothing_is_red"])
def test_a_name_that_says_nothing_is_red(name: str) -> None:
    assert name_faults(PurePosixPath(name))


@pytest.mark.parametrize("name", ["params/rudersdal/2021.yaml", "tests/unit/test_numbers.py"])
def test_a_good_name_is_green(name: str) -> None:
    assert name_faults(PurePosixPath(name)) == []


def test_no_module_is_long_or_unfinished(root: Path, files: list[PurePosixPath]) -> None:
    here = Path(__file__).name
    sources = [path for path in files if path.suffix == ".py" and path.name != here]
    assert sources
    faults = [python_faults(str(p), (root / p).read_text(encoding="utf-8")) for p in sources]
    assert [fault for found in faults for fault in found] == []


@pytest.mark.parametrize(
    "source",
    ["x = 1\n" * 551, "# TODO: later\n", "raise NotImplementedError\n", "<<<<<<< ours\n"],
)
def test_a_long_or_unfinished_module_is_red(source: str) -> None:
    assert python_faults("module.py", source)


def test_every_command_of_ci_can_be_run(root: Path) -> None:
    assert all(path.stat().st_mode & 0o111 for path in (root / ".ci").iterdir())


def test_what_a_build_writes_stays_out_of_git(files: list[PurePosixPath]) -> None:
    built = {path for path in files if path.parts[0] == "reports"}
    assert built <= {PurePosixPath("reports/README.md")}
