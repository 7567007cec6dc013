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

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import nbformat
from nbformat import NotebookNode

from beskplan.core.errors import Problem, os_reason
from beskplan.core.files import shipped_yaml
from beskplan.params.values import hidden_signs

FACADE: Final = "beskplan.report"
"""The one module that a notebook imports from."""
MAX_LINES: Final = 6
"""Lines of a code cell that are neither blank nor only a comment."""
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
_DATA = Path(__file__).parents[1] / "data"
_FONT = _DATA / "fonts" / "OpenSans-Regular.ttf"
_TEXTS = "notebook_rules.yaml"

_MAGIC = re.compile(r"^\s*(?:[%!?].*|\S+\?+)\s*$", re.MULTILINE)

Broken = Iterator[tuple[str, str, dict[str, str]]]
"""The rule (see `data/notebook_rules.yaml`), what was found, and what its texts say besides."""


@cache
def _texts() -> dict[str, Any]:
    found: dict[str, Any] = shipped_yaml("beskplan", "data", _TEXTS)
    found["navne"] = {name: fix for fix, names in found["navne"].items() for name in names}
    return found


def _problems(where: str, broken: Broken) -> Iterator[Problem]:
    for rule, found, words in broken:
        texts = {key: text.format_map(words) for key, text in _texts()["regler"][rule].items()}
        yield Problem(where, texts["hvad"], found, texts["ventet"], texts["ret"])


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
        found = os_reason(error) if isinstance(error, OSError) else ""
        return tuple(_problems(path.name, iter([("notebook", found, {})])))
    for cell in notebook.cells if run_by_hand else ():
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return check_cells(notebook, path.name)


def check_cells(notebook: NotebookNode, name: str) -> tuple[Problem, ...]:
    """As `check_notebook`, of a notebook that is already read; `name` begins each `where`."""
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    if tags[1:2] == [["setup"]] and ["parameters"] not in tags:
        # Every cell below has moved up by one: more would be told of each of them.
        return tuple(_problems(f"{name}: celle 2", iter([("parameters gone", "", {})])))
    problems = list(_problems(name, _whole(notebook)))
    for number, cell in enumerate(notebook.cells if len(notebook.cells) >= 5 else (), start=1):
        where, role = f"{name}: celle {number}", _role(notebook, number)
        problems += _problems(where, _cell(cell, role))
        if cell.cell_type == "code":
            problems += code_problems(cell.source, role, where)
    return tuple(problems)


def _role(notebook: NotebookNode, number: int) -> str:
    """What the cell at `number` (from 1) has to be, by its place; `body` for all in the middle."""
    fixed = {1: "title", 2: "parameters", 3: "setup", 4: "heading"}
    from_end = {0: "sources", 1: "sources heading"}
    return fixed.get(number) or from_end.get(len(notebook.cells) - number, "body")


def _whole(notebook: NotebookNode) -> Broken:
    kernelspec = notebook.metadata.get("kernelspec", {})
    if not kernelspec.get("name") or kernelspec.get("language") != "python":
        yield "kernelspec", str(dict(kernelspec)), {}
    for key in LEFTOVERS:
        if key in notebook.metadata:
            yield "leftovers", key, {}
    if len(notebook.cells) < 5:
        yield "cells", str(len(notebook.cells)), {}


def _cell(cell: NotebookNode, role: str) -> Broken:
    """A cell against its place, and what it says besides its code."""
    yield from _place(cell, role)
    yield from _signs(cell.source)
    if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
        yield "outputs", f"{len(cell.outputs)} resultater, kørsel {cell.execution_count}", {}
    if cell.cell_type == "markdown":
        yield from _prose(cell.source, role)
        count, expected = len(_H1.findall(_FENCE.sub("", cell.source))), int(role == "title")
        if count != expected:
            yield "h1", str(count), {"expected": str(expected)}


def _place(cell: NotebookNode, role: str) -> Broken:
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
        yield "kind", found, {"expected": f"{' eller '.join(sorted(kinds))}: {role}"}
    elif tags not in allowed:
        names = " eller ".join(tag[0] for tag in allowed if tag)
        expected = f"ét mærke: {names}" if names else "intet mærke på en tekstcelle"
        yield "tag", ", ".join(tags) or "intet mærke", {"expected": expected}


def _signs(source: str) -> Broken:
    """Signs that a reader cannot see, or that the pages' font does not have."""
    visible = "".join(sorted({sign for sign in source if sign not in "\n\t"}))
    hidden = hidden_signs(visible, lines=True)
    named = [f"{sign} (U+{ord(sign):04X})" for sign in visible if ord(sign) not in _charmap()]
    unknown = [one for one in named if not any(code in one for code in hidden)]
    for rule, signs in (("hidden", hidden), ("font", unknown)):
        if signs:
            yield rule, ", ".join(signs), {}


@cache
def _charmap() -> frozenset[int]:
    """The signs that pages and PDFs can show."""
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(_FONT)).get_charmap())


def _prose(source: str, role: str) -> Broken:
    for hit in _FIGURE.finditer(_NOT_A_FIGURE.sub(" ", _NO_PROSE.sub(" ", source))):
        yield "figure", hit.group(), {}
    if role == "title" and not re.search(r"^(?!#)\s*\S", source, re.MULTILINE):
        yield "purpose", source.strip(), {}
    heading = source.strip().splitlines()[0].lstrip("# ").strip() if source.strip() else ""
    if role == "sources heading" and (heading != SOURCES_HEADING or not source.startswith("#")):
        yield "sources", heading or "en tom celle", {}


def code_problems(source: str, role: str, where: str) -> Iterator[Problem]:
    """Everything in one code cell that breaks the rules.

    Args:
        source: The code of the cell.
        role: `parameters`, `setup`, or anything else for a cell that shows one call.
        where: Notebook and cell, for the problems.
    """
    return _problems(where, _code(source, role))


def why_not(nb: NotebookNode) -> str:
    """Why a notebook needs the standard engine; empty where its cells keep the notebook rules."""
    if nb.metadata.get("kernelspec", {}).get("language") != "python":
        return "notebooken er ikke Python"
    for number, cell in enumerate(nb.cells, start=1):
        if cell.cell_type == "code":
            tags = cell.metadata.get("tags", ())
            role = "parameters" if "injected-parameters" in tags else next(iter(tags), "")
            for problem in code_problems(cell.source, role, f"celle {number}"):
                return f"{problem.where}: {problem.what}"
    return ""


def _code(source: str, role: str) -> Broken:
    if magic := _MAGIC.search(source):
        yield "magic", magic.group().strip(), {}
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        # A quote that is missing is the slip of a person who writes a name.
        rule = "quote" if error.msg.startswith("unterminated") else "syntax"
        yield rule, f"linje {error.lineno}: {(error.text or source).strip()}", {}
        return
    lines = [line for line in source.splitlines() if line.strip() and line.strip()[0] != "#"]
    if len(lines) > MAX_LINES:
        yield "long", f"{len(lines)} linjer", {"most": str(MAX_LINES)}
    for node in ast.walk(tree):
        yield from _node(node, role)
    yield from _body(source, tree.body, role)


def _body(source: str, body: list[ast.stmt], role: str) -> Broken:
    """The statements of a cell against what it is for."""
    shows = not source.rstrip().endswith(";")
    match role, body:
        case "parameters", _:
            for one in body:
                if not _assigns_literal(one):
                    is_name = isinstance(one, ast.Assign) and isinstance(one.value, ast.Name)
                    yield "quote" if is_name else "parameter", ast.unparse(one), {}
            if not body:
                yield "no parameters", "en tom celle", {}
        case "setup", _:
            statements = [s for s in body if not isinstance(s, ast.Import | ast.ImportFrom)]
            if not (_loads_and_shows(statements) and shows):
                yield "setup", "; ".join(map(ast.unparse, statements)) or "kun import", {}
        case _, [ast.Expr(value=ast.Call())] if shows:
            pass
        case _:
            yield "shown", f"{len(body)} sætninger" if len(body) != 1 else source.strip(), {}


def _node(node: ast.AST, role: str) -> Broken:
    """Words of a program, names that go round the blocks, numbers, imports of something else."""
    if word := _texts()["logik"].get(type(node).__name__):
        yield "logic", word, {}
    name = node.id if isinstance(node, ast.Name) else ""
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        name = node.attr
    names = _texts()["navne"]
    if name in names or name.startswith("_"):
        yield "name", name, {"fix": names.get(name, names["exec"])}
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)
    if is_number and role != "parameters":
        yield "number", ast.unparse(node), {}
    if isinstance(node, ast.Import | ast.ImportFrom):
        from_facade = isinstance(node, ast.ImportFrom) and node.module == FACADE and not node.level
        if not from_facade or any(alias.name == "*" for alias in node.names):
            yield "import", ast.unparse(node), {}
        elif role != "setup":
            yield "late import", ast.unparse(node), {}


def _assigns_literal(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name()], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
            pass
        case _:
            return False
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):  # TypeError: a literal that cannot be, such as {[]: 1}
        return False
    return True


def _loads_and_shows(statements: list[Any]) -> bool:
    """Whether they are one `name = ...load(...)`, then the name."""
    match statements:
        case [
            ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="load") | ast.Attribute(attr="load")),
            ),
            ast.Expr(value=ast.Name(id=shown)),
        ]:
            return name == shown
    return False
