"""Every notebook is a page: the real ones keep the rules, and each rule refuses a bad one."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from beskplan.core.errors import Problem
from beskplan.runner.notebook_rules import check_cells, check_notebook
from tests.conftest import cases

CASES = cases("notebook_rules")

TITLE = "# Bilag: eksempel\n\nViser udviklingen for udvalgte målgrupper."
SETUP = "from beskplan.report import eksempel\n\nreport = eksempel.load(kommune, aar)\nreport"


def code(source: str, tag: str) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, metadata={"tags": [tag]})
    return cell


@pytest.fixture
def notebook() -> NotebookNode:
    cells = [
        new_markdown_cell(TITLE),
        code('kommune = "Rudersdal"\naar = 2021', "parameters"),
        code(SETUP, "setup"),
        new_markdown_cell("## A-dagpenge\n\nOpgjort i juni, 16-66 år, efter LAB § 6."),
        code('report.table("a-dagpenge")', "table"),
        code('report.figure("a-dagpenge")', "figure"),
        code('report.sentence("a-dagpenge")', "sentence"),
        new_markdown_cell("## Kilder og forbehold"),
        code("report.sources()", "sources"),
    ]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": kernelspec})
    return made


def problems_after(
    notebook: NotebookNode, change: Callable[[NotebookNode], object]
) -> list[Problem]:
    change(notebook)
    return list(check_cells(notebook, "eksempel.ipynb"))


def put(number: int, source: str) -> Callable[[NotebookNode], None]:
    """Sets the source of a cell, counted from 1."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells[number - 1].source = source

    return change


def add(number: int, text: str) -> Callable[[NotebookNode], None]:
    """Adds text to the end of a cell, counted from 1."""

    def change(notebook: NotebookNode) -> None:
        notebook.cells[number - 1].source += text

    return change


def tag(number: int, *tags: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells[number - 1].metadata["tags"] = list(tags)

    return change


def drop(number: int) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.pop(number - 1)


def swap(first: int, second: int) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        cells = notebook.cells
        cells[first - 1], cells[second - 1] = cells[second - 1], cells[first - 1]

    return change


def test_a_notebook_that_keeps_the_rules_has_no_problems(notebook: NotebookNode) -> None:
    assert check_cells(notebook, "eksempel.ipynb") == ()


CHANGES = {one.__name__: one for one in (put, add, tag, drop, swap)}
BAD = {
    **{
        name: (CHANGES[change](*given), cell, what)
        for name, ((change, *given), cell, what) in CASES["bad"].items()
    },
    "a raw cell": (lambda nb: nb.cells[5].update(cell_type="raw"), 6, "den forkerte slags celle"),
    "no sources": (
        lambda nb: nb.cells.__delitem__(slice(7, 9)),
        7,
        "det forkerte mærke",
    ),
    "lambda": (put(5, "report.table(lambda row: row)"), 5, "logik i en notebook"),
    "an output": (
        lambda nb: nb.cells[4].outputs.append(new_output("stream", text="703")),
        5,
        "resultater er gemt",
    ),
    "an execution count": (
        lambda nb: nb.cells[4].update(execution_count=1),
        5,
        "resultater er gemt",
    ),
}


@pytest.mark.parametrize(("change", "cell", "what"), BAD.values(), ids=BAD)
def test_a_bad_cell_is_refused_where_it_stands(
    notebook: NotebookNode, change: Callable[[NotebookNode], object], cell: int, what: str
) -> None:
    problems = problems_after(notebook, change)
    places = [(problem.where, problem.what) for problem in problems]
    assert any(
        where == f"eksempel.ipynb: celle {cell}" and what in found for where, found in places
    ), places
    assert all(problem.expected and problem.fix for problem in problems)


def test_a_notebook_without_kernelspec_is_refused(notebook: NotebookNode) -> None:
    (problem,) = problems_after(notebook, lambda nb: nb.metadata.pop("kernelspec"))
    assert (problem.where, problem.what) == ("eksempel.ipynb", "ingen kernelspec")


def test_a_notebook_that_papermill_wrote_is_refused(notebook: NotebookNode) -> None:
    (problem,) = problems_after(notebook, lambda nb: nb.metadata.update(papermill={}))
    assert (problem.what, problem.found) == ("metadata fra en kørsel", "papermill")


def test_a_notebook_with_too_few_cells_is_refused(notebook: NotebookNode) -> None:
    (problem,) = problems_after(notebook, lambda nb: nb.cells.__delitem__(slice(3, None)))
    assert problem.what == "for få celler til en rapport"


def test_all_problems_come_at_once(notebook: NotebookNode) -> None:
    def change(notebook: NotebookNode) -> None:
        put(5, "print(report)")(notebook)
        put(6, "report.figure(1)")(notebook)

    assert {problem.where for problem in problems_after(notebook, change)} == {
        "eksempel.ipynb: celle 5",
        "eksempel.ipynb: celle 6",
    }


@pytest.mark.parametrize("text", CASES["years_dates_paragraphs_and_names_are_no"])
def test_years_dates_paragraphs_and_names_are_no_figures(notebook: NotebookNode, text: str) -> None:
    assert problems_after(notebook, add(4, f"\n\n{text}")) == []


def test_a_hash_in_a_code_fence_is_no_heading(notebook: NotebookNode) -> None:
    assert problems_after(notebook, add(4, "\n\n```\n# ikke en overskrift\n```\n")) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_one_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "brudt.ipynb"
    path.write_text(text)
    (problem,) = check_notebook(path)
    assert (problem.where, problem.what) == ("brudt.ipynb", "ikke en notebook")


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    (problem,) = check_notebook(tmp_path / "findes-ikke.ipynb")
    assert problem.what == "ikke en notebook"


def test_a_good_notebook_passes_as_a_file(notebook: NotebookNode, tmp_path: Path) -> None:
    path = tmp_path / "eksempel.ipynb"
    nbformat.write(notebook, path)
    assert check_notebook(path) == ()


def test_every_notebook_of_the_project_keeps_the_rules(root: Path) -> None:
    paths = sorted((root / "notebooks").glob("*.ipynb"))
    assert paths, "notebooks/ is empty: the rules hold nothing"
    problems = [problem for path in paths for problem in check_notebook(path)]
    assert not problems, "\n".join(str(problem) for problem in problems)


def test_every_notebook_has_a_report_that_tells_what_its_data_lack(root: Path) -> None:
    from beskplan.report import bilag

    every = {path.stem: path.read_text("utf-8") for path in (root / "notebooks").glob("*.ipynb")}
    # A municipality's own Bilag needs no report of its own.
    assert set(bilag._REPORTS) == {
        name for name, text in every.items() if "import egne" not in text
    }
