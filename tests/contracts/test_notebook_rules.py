"""Every notebook is a page: the real ones keep the rules, and each rule refuses a bad one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from beskplan.core.errors import Problem
from beskplan.runner.notebook_rules import check_cells, check_notebook
from tests.case_tables import cases

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


BAD = {
    # order, kinds and tags
    "no title cell": (drop(1), 1, "den forkerte slags celle på sin plads"),
    "setup before parameters": (swap(2, 3), 2, "det forkerte mærke"),
    "parameters without tag": (tag(2), 2, "det forkerte mærke"),
    "setup without tag": (tag(3), 3, "det forkerte mærke"),
    "code without heading first": (drop(4), 4, "den forkerte slags celle på sin plads"),
    "a block without tag": (tag(5), 5, "det forkerte mærke"),
    "a block with two tags": (tag(5, "table", "figure"), 5, "det forkerte mærke"),
    "an unknown tag": (tag(5, "tabel"), 5, "det forkerte mærke"),
    "a second parameters cell": (tag(5, "parameters"), 5, "det forkerte mærke"),
    "a tag on prose": (tag(4, "table"), 4, "det forkerte mærke"),
    "a raw cell": (lambda nb: nb.cells[5].update(cell_type="raw"), 6, "den forkerte slags celle"),
    "sources not last": (swap(7, 9), 9, "det forkerte mærke"),
    "sources without heading": (put(8, "## Til sidst"), 8, "slutter ikke med sine kilder"),
    "sources heading as plain text": (put(8, "Kilder og forbehold"), 8, "slutter ikke med sine"),
    "no sources": (
        lambda nb: nb.cells.__delitem__(slice(7, 9)),
        7,
        "det forkerte mærke",
    ),
    # headings
    "a title that is no H1": (
        put(1, "## Bilag\n\nViser noget."),
        1,
        "overskrifter på øverste niveau",
    ),
    "a second H1": (put(4, "# A-dagpenge"), 4, "overskrifter på øverste niveau"),
    "an underlined H1": (put(4, "A-dagpenge\n===\n"), 4, "overskrifter på øverste niveau"),
    "an H1 in HTML": (put(4, "<h1 class='x'>A-dagpenge</h1>"), 4, "overskrifter på øverste niveau"),
    "a title without purpose": (put(1, "# Bilag"), 1, "intet formål under titlen"),
    # numbers
    "a figure in prose": (
        add(4, "\n\nDer var 703 fuldtidspersoner."),
        4,
        "et tal skrevet i teksten",
    ),
    "a per cent in prose": (add(4, "\n\nSteg med 54\u00a0pct."), 4, "et tal skrevet i teksten"),
    "a count of anything": (add(4, "\n\nHos 14 virksomheder."), 4, "et tal skrevet i teksten"),
    "a count without a unit": (add(4, "\n\nI alt 1.234."), 4, "et tal skrevet i teksten"),
    "some of some": (add(4, "\n\nTre ud af 4 ledige."), 4, "et tal skrevet i teksten"),
    "a duration": (add(4, "\n\nI mere end 12 uger."), 4, "et tal skrevet i teksten"),
    "a decimal": (add(4, "\n\nFra 3,1 til 2,9."), 4, "et tal skrevet i teksten"),
    "a count that looks like a year": (
        add(4, "\n\nDer var 2026 fuldtidspersoner."),
        4,
        "et tal skrevet i teksten",
    ),
    "a count in a heading": (add(4, "\n\n### De 14 virksomheder"), 4, "et tal skrevet i teksten"),
    "a count in a list": (add(4, "\n\n1. Hos 14 virksomheder"), 4, "et tal skrevet i teksten"),
    "a count in bold": (add(4, "\n\nHos **14** virksomheder."), 4, "et tal skrevet i teksten"),
    # signs
    "a sign that turns text around": (add(4, "\u202e"), 4, "tegn, der ikke kan ses"),
    "a bell in code": (put(5, 'report.table("a\u0007")'), 5, "tegn, der ikke kan ses"),
    "an emoji": (add(4, "\n\nFremgang \U0001f4c8"), 4, "tegn, som skriften ikke har"),
    "a letter that no page has": (add(1, " 漢"), 1, "tegn, som skriften ikke har"),
    "a number in a block": (put(5, 'report.table("a", 703)'), 5, "et tal i en celle"),
    "a number in the setup": (put(3, SETUP.replace("aar)", "2021)")), 3, "et tal i en celle"),
    # parameters
    "a calculation as parameter": (add(2, "\nsidste_aar = aar - 1"), 2, "ikke en parameter"),
    "a call in the parameters": (add(2, "\nnu = today()"), 2, "ikke en parameter"),
    "empty parameters": (put(2, "# intet"), 2, "ingen parametre"),
    # the façade is the only door
    "a foreign import": (put(3, "import os\n" + SETUP), 3, "import af noget andet"),
    "an import past the façade": (
        put(3, SETUP.replace("beskplan.report", "beskplan.blocks")),
        3,
        "import af noget andet",
    ),
    "a star import": (
        put(3, SETUP.replace("import eksempel", "import *")),
        3,
        "import af noget andet",
    ),
    "a late import": (
        put(5, "from beskplan.report import table"),
        5,
        "import uden for opsætningscellen",
    ),
    # setup
    "a setup that loads nothing": (
        put(3, SETUP.replace(".load", ".read")),
        3,
        "ikke en opsætningscelle",
    ),
    "a setup that shows nothing": (
        put(3, SETUP.removesuffix("\nreport")),
        3,
        "ikke en opsætningscelle",
    ),
    "a setup that only imports": (put(3, SETUP.splitlines()[0]), 3, "ikke en opsætningscelle"),
    # logic
    "def": (put(5, "def f():\n    return report"), 5, "logik i en notebook"),
    "class": (put(5, "class Page: ..."), 5, "logik i en notebook"),
    "lambda": (put(5, "report.table(lambda row: row)"), 5, "logik i en notebook"),
    "for": (put(5, "for name in report:\n    report.table(name)"), 5, "logik i en notebook"),
    "a comprehension": (put(5, "report.table([x for x in report])"), 5, "logik i en notebook"),
    "while": (put(5, "while report:\n    report.table()"), 5, "logik i en notebook"),
    "try": (put(5, "try:\n    report\nfinally:\n    report"), 5, "logik i en notebook"),
    "with": (put(5, "with report:\n    report.table()"), 5, "logik i en notebook"),
    "if": (put(5, "if report:\n    report.table()"), 5, "logik i en notebook"),
    # code
    "a line magic": (put(5, "%matplotlib inline\nreport.table()"), 5, "en magisk kommando"),
    "a cell magic": (put(5, "%%time\nreport.table()"), 5, "en magisk kommando"),
    "a shell line": (put(5, "!ls"), 5, "en magisk kommando"),
    "a question to the kernel": (put(5, "report.table?"), 5, "en magisk kommando"),
    "print": (put(5, "print(report)"), 5, "et navn, der ikke hører hjemme"),
    "pd.": (put(5, "report.table(pd.NA)"), 5, "et navn, der ikke hører hjemme"),
    "exec": (put(5, "exec('report.table()')"), 5, "et navn, der ikke hører hjemme"),
    "eval": (put(5, "report.table(eval('a'))"), 5, "et navn, der ikke hører hjemme"),
    "an inner name": (put(5, "report._show('a')"), 5, "et navn, der ikke hører hjemme"),
    "await": (put(5, "await report.table()"), 5, "logik i en notebook"),
    "broken code": (put(5, "report.table("), 5, "ikke gyldig Python"),
    "a long cell": (put(5, "report.table(" + "\n'a',\n" * 6 + ")"), 5, "en lang kodecelle"),
    "two calls": (add(5, "\nreport.table()"), 5, "ikke ét kald, hvis værdi bliver vist"),
    "a value kept back": (add(5, ";"), 5, "ikke ét kald, hvis værdi bliver vist"),
    "an assignment": (put(5, "table = report.table()"), 5, "ikke ét kald, hvis værdi bliver vist"),
    "an empty block": (put(5, ""), 5, "ikke ét kald, hvis værdi bliver vist"),
    # stripped
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

    assert set(bilag._REPORTS) == {path.stem for path in (root / "notebooks").glob("*.ipynb")}
