"""The rules for the code of one notebook cell: what may stand in a page that is no program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from beskplan.core.errors import Problem

FACADE: Final = "beskplan.report"
"""The one module that a notebook imports from."""
MAX_LINES: Final = 6
"""Lines of a code cell that are neither blank nor only a comment."""

_MAGIC = re.compile(r"^\s*(?:[%!?].*|\S+\?+)\s*$", re.MULTILINE)
_LOGIC: Final[dict[type[ast.AST], str]] = {
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "async def",
    ast.ClassDef: "class",
    ast.Lambda: "lambda",
    ast.For: "for",
    ast.AsyncFor: "async for",
    ast.comprehension: "for",
    ast.While: "while",
    ast.Try: "try",
    ast.TryStar: "try",
    ast.With: "with",
    ast.AsyncWith: "async with",
    ast.Await: "await",
    ast.If: "if",
    ast.IfExp: "if",
    ast.Match: "match",
    ast.NamedExpr: ":=",
    ast.Delete: "del",
    ast.Global: "global",
}
_SHOW = "vis værdien af et kald i stedet: cellens sidste linje bliver vist"
_CALCULATE = "beregninger hører hjemme i beskplan/indicators"
_NOT_HERE = "lad det være ude"
_REFUSED: Final = (
    "exec eval compile open input breakpoint exit quit get_ipython globals locals vars getattr"
    " setattr delattr __import__"
)
_NAMES: Final = {
    **dict.fromkeys(("print", "display"), _SHOW),
    **dict.fromkeys(("pd", "pandas", "np", "numpy"), _CALCULATE),
    **dict.fromkeys(_REFUSED.split(), _NOT_HERE),
}


def code_problems(source: str, role: str, where: str) -> Iterator[Problem]:
    """Everything in one code cell that breaks the rules.

    Args:
        source: The code of the cell.
        role: `parameters`, `setup`, or anything else for a cell that shows one call.
        where: Notebook and cell, for the problems.
    """
    if magic := _MAGIC.search(source):
        yield Problem(where, "en magisk kommando", magic.group().strip(), "ren Python", _NOT_HERE)
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        found = f"linje {error.lineno}: {error.msg}"
        yield Problem(where, "ikke gyldig Python", found, "kode, der kan køre", "ret linjen")
        return
    lines = [line for line in source.splitlines() if line.strip() and line.strip()[0] != "#"]
    if len(lines) > MAX_LINES:
        expected = f"højst {MAX_LINES}"
        fix = "flyt det, som den gør, ind i pakken"
        yield Problem(where, "en lang kodecelle", f"{len(lines)} linjer", expected, fix)
    for node in ast.walk(tree):
        yield from _node_problems(node, role, where)
    if role == "parameters":
        yield from _parameters_problems(tree, where)
    elif role == "setup":
        yield from _setup_problems(tree, source, where)
    else:
        yield from _shown_problems(tree, source, where)


def _node_problems(node: ast.AST, role: str, where: str) -> Iterator[Problem]:
    """Words of a program, names that go round the blocks, numbers, imports of something else."""
    if word := _LOGIC.get(type(node)):
        expected, fix = "en side uden logik", "flyt det ind i pakken, og kald det herfra"
        yield Problem(where, "logik i en notebook", word, expected, fix)
    name = node.id if isinstance(node, ast.Name) else ""
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        name = node.attr
    if name in _NAMES or name.startswith("_"):
        expected = f"navne fra {FACADE}"
        what = "et navn, der ikke hører hjemme i en notebook"
        yield Problem(where, what, name, expected, _NAMES.get(name, _NOT_HERE))
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)
    if is_number and role != "parameters":
        expected = "tal i params/, i data eller i pakken"
        fix = "flyt det derhen, hvor det har en kilde"
        yield Problem(where, "et tal i en celle", ast.unparse(node), expected, fix)
    if isinstance(node, ast.Import | ast.ImportFrom):
        from_facade = isinstance(node, ast.ImportFrom) and node.module == FACADE and not node.level
        if not from_facade or any(alias.name == "*" for alias in node.names):
            expected = f"from {FACADE} import <navne>"
            fix = f"det, som en side har brug for, står i {FACADE}"
            yield Problem(where, "import af noget andet", ast.unparse(node), expected, fix)
        elif role != "setup":
            expected, fix = "kun import i opsætningscellen", "flyt den derhen"
            what = "import uden for opsætningscellen"
            yield Problem(where, what, ast.unparse(node), expected, fix)


def _parameters_problems(tree: ast.Module, where: str) -> Iterator[Problem]:
    for statement in tree.body:
        if not _assigns_literal(statement):
            fix = "beregn i pakken, og giv værdien i params/"
            found = ast.unparse(statement)
            yield Problem(where, "ikke en parameter", found, "navn = fast værdi", fix)
    if not tree.body:
        yield Problem(where, "ingen parametre", "en tom celle", "kommune og aar", "tilføj dem")


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


def _setup_problems(tree: ast.Module, source: str, where: str) -> Iterator[Problem]:
    """Imports, then one `name = ...load(...)`, then the name, whose value is shown."""
    statements = [s for s in tree.body if not isinstance(s, ast.Import | ast.ImportFrom)]
    match statements:
        case [
            ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="load") | ast.Attribute(attr="load")),
            ),
            ast.Expr(value=ast.Name(id=shown)),
        ] if name == shown and not source.rstrip().endswith(";"):
            return
    yield Problem(
        where=where,
        what="ikke en opsætningscelle",
        found="; ".join(ast.unparse(statement) for statement in statements) or "kun import",
        expected="report = <bilag>.load(kommune, aar), og report i sidste linje",
        fix="se de notebooks, der er i brug",
    )


def _shown_problems(tree: ast.Module, source: str, where: str) -> Iterator[Problem]:
    match tree.body:
        case [ast.Expr(value=ast.Call())] if not source.rstrip().endswith(";"):
            return
    yield Problem(
        where=where,
        what="ikke ét kald, hvis værdi bliver vist",
        found=f"{len(tree.body)} sætninger" if len(tree.body) != 1 else source.strip(),
        expected="ét kald, f.eks. report.table(...)",
        fix="én blok i hver celle; ingen tildelinger og intet semikolon til sidst",
    )
