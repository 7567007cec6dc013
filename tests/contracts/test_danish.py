"""Every text that the code refuses or tells with is Danish: read from the source, none is run past."""

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from beskplan.core.errors import os_reason
from tests.conftest import cases

CASES = cases("danish")

TOLD_BY = frozenset(
    ("Problem", "explained", "echo", "secho", "prompt", "confirm", "BadParameter", "HTTPError")
)
"""Calls whose texts a person reads."""
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """the is are was not no of in on with without and or be must should cannot could may used file files
        found expected missing unknown wrong value values number numbers column columns row rows cells
        tables figure key keys only more than two one each every which what when where there this that
        these does write error failed invalid empty before after from into its same other another first
        last nothing too least""",
    )
)
_PACKAGE = Path(__file__).parents[2] / "beskplan"
TABLES = sorted(
    path.relative_to(_PACKAGE).as_posix()
    for name in ("afvisninger.yaml", "regler.yaml", "notebook_rules.yaml")
    for path in _PACKAGE.rglob(name)
)
"""What is refused, and what the plan check says, by the rooms' own tables."""
_NAME = re.compile(r"`[^`]*`|\{[^}]*\}|--\S+|<[^>]*>|\bfrom \S+ import\b|\S*[/_.=:]\S+")
"""What is no word of a sentence: names in quotes, options, marks, paths."""


def english(text: str) -> set[str]:
    words = set(re.findall(r"[a-zæøå]+", _NAME.sub(" ", text.casefold())))
    return words & ENGLISH if len(words) > 1 else set()


def told(source: str) -> Iterator[tuple[int, str]]:
    """Each text of a call that tells a person something, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in TOLD_BY:
                given = [*node.args, *(one.value for one in node.keywords)]
                for part in (each for one in given for each in ast.walk(one)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield node.lineno, part.value


def test_no_refusal_and_no_message_has_an_english_word(root: Path) -> None:
    found = [
        f"{path.relative_to(root)}:{line}: {text!r} ({', '.join(sorted(words))})"
        for path in sorted((root / "beskplan").rglob("*.py"))
        for line, text in told(path.read_text(encoding="utf-8"))
        if (words := english(text))
    ]
    assert found == []


@pytest.mark.parametrize("name", TABLES)
def test_no_text_of_a_table_of_refusals_has_an_english_word(root: Path, name: str) -> None:
    keys = ("what", "expected", "fix", "hvad", "ventet", "ret", "found", "titel", "tekst", "fund")

    def texts(value: object, key: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for inner, one in value.items():
                yield from texts(one, str(inner))
        elif isinstance(value, list):
            for one in value:
                yield from texts(one, key)
        elif key in keys and isinstance(value, str):
            yield value

    path = root / "beskplan" / name
    found = list(texts(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert found
    assert [text for text in found if english(text)] == []


@pytest.mark.parametrize(("source", "seen"), CASES["an_english_word_would_be_seen"])
def test_an_english_word_would_be_seen(source: str, seen: bool) -> None:
    assert any(english(text) for _, text in told(source)) is seen


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EISDIR])
def test_what_the_system_says_is_told_in_our_words(code: int) -> None:
    said = OSError(code, os.strerror(code), "fil.xlsx")
    assert os_reason(said, named=True) == f"fil.xlsx: {os_reason(said)}"
    assert os.strerror(code) not in os_reason(said)
    assert os_reason(OSError(errno.EPIPE, "noget andet")) == "noget andet"
