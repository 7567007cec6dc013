"""CONTRIBUTING.md, followed step by step in a copy of the checkout: it works, and each step is needed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e import contributing_bilag as bilag
from tests.e2e import contributing_samples as do
from tests.e2e.checkout_edits import make_metode

Step = Callable[[Path], None]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = (
    *("beskplan", "docs/metode", "notebooks", "params", "tests/cases", "tests/contracts"),
    *("tests/sources", "tests/runner"),
)
FILES = (
    *("CHANGELOG.md", "GLOSSARY.md", "docs/metode.md", "pyproject.toml", "tests/conftest.py"),
    *("tests/unit/test_params_schemas.py", "tests/unit/test_command_language.py"),
)
RUN = "import sys; from beskplan.cli import main; main()"
SNAPSHOT = """
from pathlib import Path
from beskplan.observations.snapshot_store import newest, store
from beskplan.sources.registret import read
store(read(b"230;2026M06;41\\n825;2026M06;2\\n", "2026-08-01"), Path("."))
manifest, snapshot = newest(Path("."))
(table,) = manifest.tables
assert table.source_line.startswith("Sygdomsregistret (sygdom)"), table.source_line
assert snapshot.frame["state"].tolist() == ["known", "withheld"], snapshot.frame["state"]
assert table.licence == "CC0", table.licence
"""


def python(copy: Path, *words: str) -> list[str]:
    """Run Python on the copy's own package; what it said where it ended badly."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env={
            **os.environ,
            "PYTHONPATH": str(copy),
            "PYTHONDONTWRITEBYTECODE": "1",
            # These tests need none, and their imports are a third of a run.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        [] if done.returncode == 0 else [f"{words[-1]}: {done.stdout[-1500:]}{done.stderr[-1500:]}"]
    )


def write_schemas(copy: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", RUN, "schema"], cwd=copy, check=True, env={"PYTHONPATH": str(copy)}
    )


def suite(*names: str, after: str = "") -> Callable[[Path], list[str]]:
    """Some tests, `after` some lines in the same process."""
    words = ("-q", "-p", "no:cacheprovider", *names)
    program = f"{after}\nimport sys, pytest\nsys.exit(pytest.main({list(words)!r}))"
    return lambda copy: python(copy, "-c", program)


def commands(*lines: str) -> Callable[[Path], list[str]]:
    return lambda copy: [said for line in lines for said in python(copy, "-c", RUN, *line.split())]


@dataclass(frozen=True)
class Addition:
    """What is added: where the guide tells it, its steps by the file each names, how it is seen to work."""

    heading: str
    number: int
    steps: dict[str, Step]
    checks: tuple[Callable[[Path], list[str]], ...]
    unseen: tuple[str, ...] = ()
    """Steps for readers, or for the tests themselves, which no test misses."""


METODE = "tests/contracts/test_metode.py"
RULES = "tests/contracts/test_notebook_rules.py"
PAGE = f"{METODE}::test_the_page_is_what_is_made_of_the_registers_and_the_texts"
SCHEMAS = "tests/unit/test_params_schemas.py::test_the_schemas_of_the_working_copy_are_those_of_the_models"
ADDITIONS = {
    "ydelse": Addition(
        "Add a benefit (ydelse)",
        0,
        {
            "beskplan/data/benefits.yaml": do.benefit_entry,
            "GLOSSARY.md": do.benefit_noun,
            "docs/metode.md": make_metode,
            "params/skema/": write_schemas,
            "CHANGELOG.md": do.changed_numbers,
        },
        (
            suite(
                *("tests/contracts/test_glossary.py", PAGE, SCHEMAS),
                after="from beskplan.registers.benefits import benefit; benefit('fleksydelse')",
            ),
        ),
        unseen=("CHANGELOG.md",),
    ),
    "kilde": Addition(
        "Add a source",
        0,
        {
            "beskplan/sources/<source>.py": do.source_module,
            "tests/sources/test_<source>.py": do.source_tests,
            "beskplan/data/sources.yaml": do.source_facts,
        },
        (suite("tests/sources/test_registret.py", after=SNAPSHOT),),
    ),
    "måling": Addition(
        "Add an indicator",
        0,
        {
            "beskplan/data/indicators.yaml": do.measure,
            "GLOSSARY.md": do.measure_noun,
            "docs/metode.md": make_metode,
            "params/skema/": write_schemas,
        },
        (
            suite(
                *("tests/contracts/test_glossary.py", PAGE, SCHEMAS),
                after="from beskplan.registers.indicators import INDICATORS as I; I['samtaler']",
            ),
        ),
    ),
    "beregning": Addition(
        "Add an indicator",
        1,
        {
            "beskplan/indicators/<subject>.py": do.calculation,
            "tests/cases/<subject>/<subject>.yaml": do.calculation_cases,
            "docs/metode/beregninger.yaml": do.calculation_text,
            "docs/metode.md": make_metode,
        },
        (
            suite("tests/cases/test_rate_cases.py"),
            suite(METODE, "-k", "page_is_what or every_calculation"),
        ),
    ),
    "bilag": Addition(
        "Add a Bilag",
        0,
        {
            "beskplan/params/<bilag>.py": bilag.add_model,
            "beskplan/params/models.py": bilag.add_field,
            "params/skema/": write_schemas,
            "beskplan/report/<bilag>.py": bilag.add_report,
            "beskplan/report/bilag.py": bilag.add_needs,
            "notebooks/<bilag>.ipynb": bilag.add_notebook,
            "params/<kommune>/<aar>.yaml": bilag.add_params,
        },
        (
            suite(
                SCHEMAS, f"{RULES}::test_every_notebook_has_a_report_that_tells_what_its_data_lack"
            ),
            commands("run 2021/rudersdal/antal"),
        ),
    ),
}


def lists(heading: str) -> list[list[str]]:
    """The numbered lists of a section: the first file that each step names."""
    section = GUIDE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found: list[list[str]] = []
    for number, path in re.findall(r"^(\d+)\. `([^`]+)`", section, re.MULTILINE):
        if number == "1":
            found.append([])
        found[-1].append(path)
    return found


def copy_of_the_checkout(folder: Path) -> Path:
    # With what Python has compiled: times and sizes are copied too, so that it holds until a step edits.
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name)
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def follow(addition: Addition, copy: Path, without: str = "") -> list[str]:
    """Do every step but one; what does not work afterwards."""
    try:
        for path, step in addition.steps.items():
            if path != without:
                step(copy)
    except subprocess.CalledProcessError as error:
        return [str(error)]
    # The first thing that does not work says enough.
    return next((said for check in addition.checks if (said := check(copy))), [])


def test_every_section_on_adding_something_is_followed() -> None:
    headings = set(re.findall(r"^## (Add .+)$", GUIDE, re.MULTILINE))
    assert {addition.heading for addition in ADDITIONS.values()} == headings
    followed = {(one.heading, one.number) for one in ADDITIONS.values()}
    assert followed == {(name, n) for name in headings for n, _ in enumerate(lists(name))}


@pytest.mark.parametrize("name", ADDITIONS)
def test_the_steps_are_those_of_the_guide_in_its_order(name: str) -> None:
    addition = ADDITIONS[name]
    assert list(addition.steps) == lists(addition.heading)[addition.number]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ADDITIONS)
def test_whoever_follows_the_steps_has_added_it(name: str, tmp_path: Path) -> None:
    assert follow(ADDITIONS[name], copy_of_the_checkout(tmp_path)) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "step"),
    [
        (name, step)
        for name, addition in ADDITIONS.items()
        for step in addition.steps
        if step not in addition.unseen
    ],
)
def test_a_step_that_is_left_out_is_missed(name: str, step: str, tmp_path: Path) -> None:
    assert follow(ADDITIONS[name], copy_of_the_checkout(tmp_path), without=step) != []
