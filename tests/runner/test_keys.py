"""Input keys; and the check of jobs before anything starts."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from beskplan.core.errors import InputError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.checking import check
from beskplan.runner.keys import (
    PACKAGE,
    PARTS,
    changed,
    library_key,
    notebook_key,
    package_versions,
)
from tests.conftest import ROOT, cases
from tests.runner.small_copy import write_copy

CASES = cases("keys")

NOTEBOOK = ROOT / "notebooks" / "maalgrupper.ipynb"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return Path(shutil.copy(NOTEBOOK, tmp_path))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    target = tmp_path / "beskplan"
    for name in (
        "core/danish.py",
        "cli/app.py",
        "data/templates/index.html.j2",
        "data/benefits.yaml",
    ):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, target / name)
    (target / "data" / "fonts").mkdir()
    (target / "data" / "fonts" / "a.ttf").write_bytes(b"skrift")
    return target


def edit(path: Path, change: Any) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_outputs_counters_and_layout_of_a_notebook_do_not_count(notebook: Path) -> None:
    before = notebook_key(notebook)

    def run_by_hand(content: Any) -> None:
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "7"}]
                cell["execution_count"] = 7
            cell["source"] = "".join(cell["source"])
        content["metadata"]["language_info"] = {"version": "3.99"}

    edit(notebook, run_by_hand)
    assert notebook_key(notebook) == before


@pytest.mark.parametrize("what", ["code", "prose", "tags", "order"])
def test_what_a_person_writes_in_a_notebook_counts(notebook: Path, what: str) -> None:
    before = notebook_key(notebook)

    def change(content: Any) -> None:
        cells = content["cells"]
        if what == "tags":
            cells[1]["metadata"]["tags"] = []
        elif what == "order":
            cells[3], cells[4] = cells[4], cells[3]
        else:
            kind = "code" if what == "code" else "markdown"
            next(cell for cell in cells if cell["cell_type"] == kind)["source"] += ["\n# mere"]

    edit(notebook, change)
    assert notebook_key(notebook) != before


def test_a_broken_notebook_has_a_key_too(tmp_path: Path) -> None:
    path = tmp_path / "halv.ipynb"
    path.write_text('{"cells": [', encoding="utf-8")
    assert notebook_key(path)


@pytest.mark.parametrize(("name", "part"), CASES["each_file_of_the_package_counts_for"])
def test_each_file_of_the_package_counts_for_its_part(package: Path, name: str, part: str) -> None:
    before = library_key(package)
    with (package / name).open("ab") as file:
        file.write(b"\n# mere\n")
    after = library_key(package)
    assert {key for key in after if after[key] != before[key]} == {part}


def test_a_file_that_moves_or_comes_counts(package: Path) -> None:
    before = library_key(package)
    (package / "core" / "danish.py").rename(package / "core" / "tal.py")
    assert library_key(package)["library"] != before["library"]


def test_what_no_report_can_import_does_not_count(package: Path) -> None:
    before = library_key(package)
    (package / "cli" / "app.py").write_text("", encoding="utf-8")
    for folder in ("publish", "data/mail", "data/schedule", "data/word"):
        (package / folder).mkdir(parents=True)
        (package / folder / "ny.txt").write_text("", encoding="utf-8")
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "numbers.cpython-311.pyc").write_bytes(b"x")
    assert library_key(package) == before


def test_packages_are_named_with_the_version_that_is_installed() -> None:
    from importlib.metadata import version

    found = dict(entry.split(" ") for entry in package_versions().split(", "))
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    for name in ("pandas", "typst", "papermill"):
        assert found[name] == version(name)


def test_the_locale_of_the_process_does_not_count() -> None:
    code = "from beskplan.runner.keys import *; print(sorted(library_key().items()), package_versions())"
    keys = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"LC_ALL": locale, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for locale in ("C", "da_DK.UTF-8")
    }
    assert len(keys) == 1


def test_a_change_is_told_by_part_and_package() -> None:
    old = dict.fromkeys(PARTS, "a") | {"packages": "python 3.11.7, pandas 3.0.1"}
    assert changed(old, old) == []
    new = {**old, "template": "b", "packages": "python 3.11.7, pandas 3.0.2, typst 1"}
    assert changed(old, new) == [
        "skabelonen er ændret",
        "pakker: pandas 3.0.1 -> 3.0.2, typst ingen -> 1",
    ]


JOB = Job(2027, "rudersdal", "maalgrupper")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_copy(tmp_path_factory.mktemp("tjek") / "kopi")


def problems(root: Path, change: Callable[[str], str]) -> list[tuple[str, str, str, str]]:
    """What is found once every code cell that `change` changes is another."""
    path = root / "notebooks" / "maalgrupper.ipynb"
    before = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = change(cell.source)
    nbformat.write(notebook, path)
    try:
        check([JOB], Workplace(root))
    except InputError as error:
        return [(one.where, one.what, one.found, one.fix) for one in error.problems]
    finally:
        path.write_bytes(before)
    return []


def test_a_right_notebook_has_nothing_to_tell_also_of_sections_that_the_plan_leaves_out(
    root: Path,
) -> None:
    assert problems(root, lambda source: source) == []


MISSPELT = CASES["misspelt"]


@pytest.mark.parametrize(("change", "told"), MISSPELT.values(), ids=MISSPELT)
def test_what_is_misspelt_is_told_with_its_place(
    root: Path, change: tuple[str, str], told: list[str]
) -> None:
    ((where, *found),) = problems(root, lambda source: source.replace(*change))
    assert found == told
    assert where.startswith(("maalgrupper.ipynb: celle ", "params/rudersdal/2027.yaml"))


def test_a_text_of_the_plan_for_a_misspelt_bilag_is_told(root: Path) -> None:
    path = root / "params" / "rudersdal" / "2027.yaml"
    before = path.read_text(encoding="utf-8")
    text = "plantekst: {{{}: {{oplysninger: [{{tekst: Et tal af planens tekst.}}]}}}}\n"
    try:
        for name in ("maalgrupper", "maalgruper"):
            path.write_text(before + text.format(name), encoding="utf-8")
            told = problems(root, lambda source: source)
            wrong = ("params/rudersdal/2027.yaml: plantekst.maalgruper", "den notebook findes ikke")
            assert [one[:2] for one in told] == ([] if name == "maalgrupper" else [wrong])
    finally:
        path.write_text(before, encoding="utf-8")
