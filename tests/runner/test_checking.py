"""`check` finds what is misspelt in a notebook, by its cell, before anything is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from beskplan.core.errors import InputError
from beskplan.params.jobs import Job, Workplace
from beskplan.runner.checking import check
from tests.runner.small_copy import write_copy

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


MISSPELT = {
    "a method": (
        ('report.table("a_dagpenge")', 'report.tabel("a_dagpenge")'),
        ("det kald findes ikke", "report.tabel('a_dagpenge')", "mente du 'table'?"),
    ),
    "too few words": (
        ('report.table("a_dagpenge")', "report.table()"),
        ("kaldet passer ikke", "report.table()", "ret det, der står i parentesen"),
    ),
    "a word too much": (
        ("report.key_figures()", 'report.key_figures("a_dagpenge")'),
        (
            "kaldet passer ikke",
            "report.key_figures('a_dagpenge')",
            "ret det, der står i parentesen",
        ),
    ),
    "an unknown keyword": (
        ('report.table("a_dagpenge")', 'report.table(navn="a_dagpenge")'),
        (
            "kaldet passer ikke",
            "report.table(navn='a_dagpenge')",
            "ret det, der står i parentesen",
        ),
    ),
    "a section in one of its cells": (
        ('report.notes("sygedagpenge")', 'report.notes("sygedapenge")'),
        ("params har ikke det afsnit", "'sygedapenge'", "mente du 'sygedagpenge'?"),
    ),
    "a section in all of its cells": (
        ('("sygedagpenge")', '("sygedag")'),
        ("notebooken viser ikke det afsnit", "'sygedagpenge'", "mente du 'sygedag'?"),
    ),
}


@pytest.mark.parametrize(("change", "told"), MISSPELT.values(), ids=MISSPELT)
def test_what_is_misspelt_is_told_with_its_place(
    root: Path, change: tuple[str, str], told: tuple[str, str, str]
) -> None:
    ((where, *found),) = problems(root, lambda source: source.replace(*change))
    assert tuple(found) == told
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
