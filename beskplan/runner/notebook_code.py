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
    ast.If: "if",
    ast.IfExp: "if",
    ast.Match: "match",
    ast.NamedExpr: ":=",
}
_NAMES: Final = {
    "print": "show the value of a call instead: the last line of a cell is shown",
    "display": "show the value of a call instead: the last line of a cell is shown",
    "pd": "calculations belong in beskplan/indicators",
    "pandas": "calculations belong in beskplan/indicators",
}


def code_problems(source: str, role: str, where: str) -> Iterator[Problem]:
    """Everything in one code cell that breaks the rules.

    Args:
        source: The code of the cell.
        role: `parameters`, `setup`, or anything else for a cell that shows one call.
        where: Notebook and cell, for the problems.
    """
    magic = _MAGIC.search(source)
    if magic:
        yield Problem(where, "a magic", magic.group().strip(), "plain Python", "leave it out")
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        found = f"line {error.lineno}: {error.msg}"
        yield Problem(where, "not valid Python", found, "code that runs", "mend the line")
        return
    yield from _length_problems(source, where)
    yield from _word_problems(tree, where)
    yield from _import_problems(tree, role, where)
    if role == "parameters":
        yield from _parameters_problems(tree, where)
    else:
        yield from _number_problems(tree, where)
        yield from (_setup_problems if role == "setup" else _shown_problems)(tree, source, where)


def _length_problems(source: str, where: str) -> Iterator[Problem]:
    lines = [line for line in source.splitlines() if line.strip() and line.strip()[0] != "#"]
    if len(lines) > MAX_LINES:
        yield Problem(
            where=where,
            what="a long code cell",
            found=f"{len(lines)} lines",
            expected=f"at most {MAX_LINES}",
            fix="move what it does into the package",
        )


def _word_problems(tree: ast.Module, where: str) -> Iterator[Problem]:
    """Words of a program, and names that go round the blocks."""
    for node in ast.walk(tree):
        if word := _LOGIC.get(type(node)):
            yield Problem(
                where=where,
                what="logic in a notebook",
                found=word,
                expected="a page without logic",
                fix="move it into the package and call it from here",
            )
        elif isinstance(node, ast.Name) and node.id in _NAMES:
            yield Problem(
                where=where,
                what="a name that has no place in a notebook",
                found=node.id,
                expected=f"names from {FACADE}",
                fix=_NAMES[node.id],
            )


def _import_problems(tree: ast.Module, role: str, where: str) -> Iterator[Problem]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        from_facade = isinstance(node, ast.ImportFrom) and node.module == FACADE and not node.level
        star = any(alias.name == "*" for alias in node.names)
        if not from_facade or star:
            yield Problem(
                where=where,
                what="an import of something else",
                found=ast.unparse(node),
                expected=f"from {FACADE} import <names>",
                fix=f"what a page needs is offered by {FACADE}",
            )
        elif role != "setup":
            yield Problem(
                where=where,
                what="an import outside the setup cell",
                found=ast.unparse(node),
                expected="imports in the setup cell only",
                fix="move it there",
            )


def _parameters_problems(tree: ast.Module, where: str) -> Iterator[Problem]:
    for statement in tree.body:
        if not _assigns_literal(statement):
            yield Problem(
                where=where,
                what="not a parameter",
                found=ast.unparse(statement),
                expected="name = literal",
                fix="calculate in the package, and give the value in params/",
            )
    if not tree.body:
        yield Problem(where, "no parameters", "an empty cell", "kommune and aar", "add them")


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


def _number_problems(tree: ast.Module, where: str) -> Iterator[Problem]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex):
            yield Problem(
                where=where,
                what="a number in a cell",
                found=str(node.value),
                expected="numbers in params/, in the data or in the package",
                fix="move it to where it has a source",
            )


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
        what="not a setup cell",
        found="; ".join(ast.unparse(statement) for statement in statements) or "only imports",
        expected="report = <bilag>.load(kommune, aar), then report on the last line",
        fix="see the notebooks in use",
    )


def _shown_problems(tree: ast.Module, source: str, where: str) -> Iterator[Problem]:
    match tree.body:
        case [ast.Expr(value=ast.Call())] if not source.rstrip().endswith(";"):
            return
    yield Problem(
        where=where,
        what="not one call whose value is shown",
        found=f"{len(tree.body)} statements" if len(tree.body) != 1 else source.strip(),
        expected="one call, such as report.table(...)",
        fix="one block a cell; leave out assignments and a closing semicolon",
    )
