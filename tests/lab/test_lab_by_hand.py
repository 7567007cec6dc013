"""A notebook that a person runs and saves stays buildable, and remembers nothing between two runs."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_output

from beskplan.core.errors import InputError
from beskplan.params.jobs import Job, Workplace
from beskplan.report import maalgrupper
from beskplan.runner.checking import check
from beskplan.runner.notebook_rules import check_notebook
from tests.runner.small_copy import write_copy

JOB = Job(2027, "aarhus", "maalgrupper")


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    return Workplace(write_copy(tmp_path / "kopi"))


def save_as_run(path: Path) -> None:
    """As JupyterLab saves a notebook that has been run."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [new_output("stream", text="703")]
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info.version = "3.12.1"
    nbformat.write(notebook, path)


def test_a_notebook_that_was_run_by_hand_can_be_built(place: Workplace) -> None:
    save_as_run(place.notebook("maalgrupper"))
    check([JOB], place)
    assert check_notebook(place.notebook("maalgrupper"), run_by_hand=True) == ()


def test_but_its_outputs_are_kept_out_of_git(place: Workplace) -> None:
    save_as_run(place.notebook("maalgrupper"))
    found = {problem.what for problem in check_notebook(place.notebook("maalgrupper"))}
    assert found == {"resultater er gemt"}


def test_what_else_is_wrong_with_it_is_told_all_the_same(place: Workplace) -> None:
    path = place.notebook("maalgrupper")
    save_as_run(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# Udviklingen i", "# 49 pct. flere i"), encoding="utf-8")
    with pytest.raises(InputError, match="et tal skrevet i teksten"):
        check([JOB], place)


def test_files_that_no_job_reads_are_checked_too_where_that_is_asked(place: Workplace) -> None:
    check([JOB], place, files=True)
    for name in ("params/aarhus/modtagere.yaml", "params/hentning.yaml", "mappings/egen.yaml"):
        (place.root / name).parent.mkdir(exist_ok=True)
        (place.root / name).write_text("udvalget: [a]\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        check([JOB], place, files=True)
    told = {one.where.partition(":")[0] for one in refused.value.problems}
    assert told == {"params/aarhus/modtagere.yaml", "params/hentning.yaml", "mappings/egen.yaml"}
    # A build does not read them: a wrong list of recipients stops no report.
    check([JOB], place)


@pytest.mark.parametrize(("kommune", "aar"), [("Aarhuss", 2027), ("Aarhus", 2026)])
def test_no_cell_shows_the_report_before_where_the_next_one_is_refused(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, kommune: str, aar: int
) -> None:
    monkeypatch.chdir(place.notebooks)
    monkeypatch.delenv("BESKPLAN_ROOT", raising=False)
    names: dict[str, Any] = {"report": maalgrupper.load("Aarhus", 2027)}
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(user_ns=names))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    other = maalgrupper.load("Aarhus", 2027)
    assert names["report"].summary() == other.summary()
    with pytest.raises(InputError):
        maalgrupper.load(kommune, aar)
    with pytest.raises(InputError, match="rapporten er ikke læst"):
        names["report"].summary()
    assert not hasattr(names["report"], "_repr_html_")


def test_a_second_run_reads_the_params_as_they_are_now(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.notebooks)
    monkeypatch.delenv("BESKPLAN_ROOT", raising=False)
    before = maalgrupper.load("Aarhus", 2027).context.params
    path = place.root / "params" / "aarhus" / "2027.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write("maalgrupper: {decimaler_udvikling: 1}\n")
    after = maalgrupper.load("Aarhus", 2027).context.params
    assert before.maalgrupper is not None
    assert after.maalgrupper is not None
    assert (before.maalgrupper.decimaler_udvikling, after.maalgrupper.decimaler_udvikling) == (0, 1)


def test_another_municipality_in_the_same_kernel_leaves_nothing_of_the_first(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.notebooks)
    monkeypatch.delenv("BESKPLAN_ROOT", raising=False)
    alone = maalgrupper.load("Aarhus", 2027)
    alone.table("a_dagpenge")
    first = maalgrupper.load("rudersdal", 2027)
    first.table("a_dagpenge")
    second = maalgrupper.load("Aarhus", 2027)
    second.table("a_dagpenge")
    assert second.context.data.rows_hash == alone.context.data.rows_hash
