"""The notebook rules: a notebook is a page, not a program.

    cell            tag                     content
    first           -                       markdown: the only H1, and the purpose in a paragraph
    second          parameters              `name = literal`, nothing else
    third           setup                   imports from `beskplan.report`, then
                                            `report = ...load(...)`, then `report`: it is shown
    then            -                       markdown: heading and method, before ...
                    table|figure|sentence   ... one call whose value is shown
    last but one    -                       markdown: "Kilder og forbehold"
    last            sources                 one call whose value is shown

Everywhere: no statement that belongs in a program, no magics, no `print`, no `pd.`, no number in
code, no figure typed in prose, at most `MAX_LINES` lines a cell, no outputs, a kernelspec.
Cells are counted from 1, as a reader of the notebook counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import nbformat
from nbformat import NotebookNode

from beskplan.core.errors import Problem
from beskplan.params.values import hidden_signs
from beskplan.runner.notebook_code import code_problems

CONTENT_TAGS: Final = ("table", "figure", "sentence")
"""What a cell of the body may show."""
SOURCES_HEADING: Final = "Kilder og forbehold"
"""The last section of every report, the same words in all."""
LEFTOVERS: Final = ("papermill", "widgets")
"""Metadata of an execution; it does not belong in the notebook that people edit."""

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_H1 = re.compile(r"^#(?!#)|^\S.*\n=+[ \t]*$|<h1\b", re.MULTILINE)
_NO_PROSE = re.compile(r"<[^>]*>|`[^`]*`|\]\([^)]*\)|https?://\S+|^\s*\d+[.)]\s", re.MULTILINE)
"""Tags, code, targets of links, and what numbers a list."""
_MONTH = r"(?:januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december)"
_NOT_A_FIGURE = re.compile(
    rf"""
    \b\d{{1,2}}\.\s*{_MONTH}(?:\s+\d{{4}})?      # 1. juli 2026
    | \b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}\b      # 1.7.2026
    | \b\d{{4}}-\d{{2}}-\d{{2}}\b
    | \b[1-4]\.\s*(?:kvartal|halvår)\b
    | \b(?:19|20)\d{{2}}(?:[/-](?:19|20)?\d{{2}})?\b(?!\s*(?:%|pct|procent|[a-zæøå]*personer|kr\b))
    | §+\s*\d+\s*[a-z]?\b(?:\s*(?:-|,|og|til)\s*§?\s*\d+\s*[a-z]?\b)*
    | \b(?:stk|nr|kap)\.\s*\d+ | \b(?:kapitel|bilag|afsnit|mål)\s+\d+
    | \b(?:under|over|fyldt|fra|mellem|til)\s+\d+\s+år\b | \b\d+\s*-\s*\d+\s*-?år
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Years, dates, paragraphs, names with a number, and ages that tell whom a rule is about."""
_FIGURE = re.compile(r"(?<![\w.,])\d[\d.,]*(?:\s*(?:%|[^\W\d_]+))?")
_FONT = Path(__file__).parents[1] / "data" / "fonts" / "OpenSans-Regular.ttf"


def check_notebook(path: Path, *, run_by_hand: bool = False) -> tuple[Problem, ...]:
    """Everything in the notebook file `path` that breaks the rules; empty where all is well.

    A file that cannot be read as a notebook gives that one problem.

    Args:
        path: The notebook.
        run_by_hand: It may hold the outputs of a run in JupyterLab: every build makes new ones, and
            "Save and Export As" needs them. Only git must never see them.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, AttributeError, nbformat.ValidationError) as error:
        found = (str(error).splitlines() or [type(error).__name__])[0]
        fix = "åbn og gem den i JupyterLab, eller hent den igen fra git"
        return (
            Problem(path.name, "ikke en notebook", found, "en Jupyter-notebook, format 4", fix),
        )
    if run_by_hand:
        clear_outputs(notebook)
    return check_cells(notebook, path.name)


def check_cells(notebook: NotebookNode, name: str) -> tuple[Problem, ...]:
    """As `check_notebook`, of a notebook that is already read; `name` begins each `where`."""
    problems = list(_metadata_problems(notebook, name))
    if len(notebook.cells) < 5:
        expected = "titel, parametre, opsætning, mindst ét afsnit, kilder"
        fix = "begynd med en kopi af en notebook, der er i brug"
        found = str(len(notebook.cells))
        problems.append(Problem(name, "for få celler til en rapport", found, expected, fix))
        return tuple(problems)
    for number, cell in enumerate(notebook.cells, start=1):
        where = f"{name}: celle {number}"
        role = _role(notebook, number)
        problems += _place_problems(cell, role, where)
        problems += _sign_problems(cell.source, where)
        if cell.cell_type == "code":
            problems += _stripped_problems(cell, where)
            problems += code_problems(cell.source, role, where)
        elif cell.cell_type == "markdown":
            problems += _prose_problems(cell.source, role, where)
            problems += _heading_problems(cell.source, int(number == 1), where)
    return tuple(problems)


def clear_outputs(notebook: NotebookNode) -> None:
    """Take out of a notebook what running it has left behind."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _role(notebook: NotebookNode, number: int) -> str:
    """What the cell at `number` (from 1) has to be, by its place; `body` for all in the middle."""
    fixed = {1: "title", 2: "parameters", 3: "setup", 4: "heading"}
    from_end = {0: "sources", 1: "sources heading"}
    return fixed.get(number) or from_end.get(len(notebook.cells) - number, "body")


def _metadata_problems(notebook: NotebookNode, name: str) -> Iterator[Problem]:
    kernelspec = notebook.metadata.get("kernelspec", {})
    if not kernelspec.get("name") or kernelspec.get("language") != "python":
        expected = "name 'python3', language 'python'"
        fix = "vælg kernen Python 3 i JupyterLab, og gem"
        yield Problem(name, "ingen kernelspec", str(dict(kernelspec)), expected, fix)
    for key in LEFTOVERS:
        if key in notebook.metadata:
            expected = "en notebook, der ikke er kørt"
            yield Problem(name, "metadata fra en kørsel", key, expected, "make format")


def _place_problems(cell: NotebookNode, role: str, where: str) -> Iterator[Problem]:
    """Kind and tags of a cell against its place."""
    tags = tuple(cell.metadata.get("tags", ()))
    found = f"{cell.cell_type} {', '.join(tags)}".strip()
    if role in ("title", "heading", "sources heading"):
        allowed: tuple[tuple[str, ...], ...] = ((),)
        kinds = {"markdown"}
    elif role == "body":
        allowed = ((),) if cell.cell_type == "markdown" else tuple((tag,) for tag in CONTENT_TAGS)
        kinds = {"markdown", "code"}
    else:
        allowed = ((role,),)
        kinds = {"code"}
    if cell.cell_type not in kinds:
        expected = f"{' eller '.join(sorted(kinds))}: {role}"
        fix = "se cellernes rækkefølge i CONTRIBUTING.md"
        yield Problem(where, "den forkerte slags celle på sin plads", found, expected, fix)
    elif tags not in allowed:
        names = " eller ".join(tag[0] for tag in allowed if tag)
        expected = f"ét mærke: {names}" if names else "intet mærke på en tekstcelle"
        fix = "sæt det i JupyterLab under Property Inspector, Cell Tags"
        yield Problem(where, "det forkerte mærke", ", ".join(tags) or "intet mærke", expected, fix)


def _stripped_problems(cell: NotebookNode, where: str) -> Iterator[Problem]:
    if cell.outputs or cell.execution_count is not None:
        found = f"{len(cell.outputs)} resultater, kørsel {cell.execution_count}"
        yield Problem(
            where, "resultater er gemt", found, "en notebook uden resultater", "make format"
        )


def _sign_problems(source: str, where: str) -> Iterator[Problem]:
    """Signs that a reader cannot see, or that the pages' font does not have."""
    visible = {sign for sign in source if sign not in "\n\t"}
    hidden = hidden_signs("".join(sorted(visible)), lines=True)
    unknown = [
        f"{sign} (U+{ord(sign):04X})" for sign in sorted(visible) if ord(sign) not in _charmap()
    ]
    unknown = [one for one in unknown if not any(code in one for code in hidden)]
    for what, signs in (
        ("tegn, der ikke kan ses", hidden),
        ("tegn, som skriften ikke har", unknown),
    ):
        if signs:
            expected, fix = "bogstaver, tal og almindelige tegn", "skriv stedet igen uden dem"
            yield Problem(where, what, ", ".join(signs), expected, fix)


@cache
def _charmap() -> frozenset[int]:
    """The signs that pages and PDFs can show."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(_FONT)).get_charmap())


def _prose_problems(source: str, role: str, where: str) -> Iterator[Problem]:
    prose = _NOT_A_FIGURE.sub(" ", _NO_PROSE.sub(" ", source))
    for hit in _FIGURE.finditer(prose):
        fix = "vis det med en celle, der er mærket sentence"
        yield Problem(where, "et tal skrevet i teksten", hit.group(), "tal fra data", fix)
    if role == "title" and not re.search(r"^(?!#)\s*\S", source, re.MULTILINE):
        expected = "et afsnit om, hvad Bilaget skal bruges til"
        what = "intet formål under titlen"
        yield Problem(where, what, source.strip(), expected, "skriv det under titlen")
    heading = source.strip().splitlines()[0].lstrip("# ").strip() if source.strip() else ""
    if role == "sources heading" and (heading != SOURCES_HEADING or not source.startswith("#")):
        fix = "slut med denne overskrift og en celle, der er mærket sources"
        what, found = "rapporten slutter ikke med sine kilder", heading or "en tom celle"
        yield Problem(where, what, found, f"## {SOURCES_HEADING}", fix)


def _heading_problems(source: str, expected: int, where: str) -> Iterator[Problem]:
    """Exactly one H1, and that in the first cell."""
    count = len(_H1.findall(_FENCE.sub("", source)))
    if count != expected:
        told = f"{expected}: den første celles titel er den eneste"
        fix = "begynd notebooken med '# ' og afsnit med '## '"
        yield Problem(where, "overskrifter på øverste niveau", str(count), told, fix)
