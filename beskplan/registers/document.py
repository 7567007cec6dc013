"""A YAML file that a person writes: its values, the line of each key, and what is wrong with its form.

YAML says of many ordinary words and numbers that they are something else: `0740` is 480, `1.500` is
1.5, `12:30` is 750, `nej` is text and `no` is false. Here a plain word is text, unless it is `true`,
`false`, empty, a whole number without a zero in front, or a number with a decimal point that cannot
be a thousand dot. What is text where a number belongs, the models refuse (`reading`).
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from beskplan.core.errors import Problem, Refusals, os_reason, refusals

KeyPath = tuple[str | int, ...]

MAX_BYTES = 1_000_000
"""Most that a file may weigh: the largest of ours has 60 kB."""
MAX_DEPTH = 30
"""Most keys and lists inside each other: the deepest of ours has 9."""
MAX_VALUES = 100_000
"""Most values of a file, counted again wherever an alias repeats them."""

PRINTABLE = (
    "\t\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0192\u01a0\u01a1\u01af\u01b0\u01f0\u01fa-\u01ff"
    "\u0218-\u021b\u02bc\u02c6\u02c7\u02d8-\u02dd\u0300\u0301\u0303\u0309\u0323\u0384-\u038a\u038c"
    "\u038e-\u03a1\u03a3-\u03ce\u0400-\u0482\u0488-\u0513\u1e80-\u1e85\u1ea0-\u1ef9\u2000-\u200a"
    "\u2011\u2013-\u2015\u2017-\u201e\u2020-\u2022\u2026\u202f\u2030\u2032\u2033\u2039\u203a\u2044"
    "\u2070\u2074-\u2079\u207f\u20ac\u2116\u2122\u215b-\u215e\u2190-\u2193\u2202\u2206\u2211\u2212"
    "\u221a\u221e\u2248\u2260\u2264\u2265\u25ca\u2713"
)
"""The signs that the fonts of the PDF have and that a reader sees, as a class of a pattern."""

_ODD = re.compile(f"[^{PRINTABLE}]")
_PLAIN = "plain"
"""The tag of a word without quotes and without a tag of its own."""
_TAGS = (_PLAIN, *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq")))
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
_TIGHT = re.compile(r"\s*(?:-\s+)?[^\W\d]\w*:[^\s/:]")
"""A key whose value begins right after the colon: YAML takes the two for one text."""
"""What a Dane writes for a whole number; as a decimal it would have one more digit or one less."""
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml reads all of params/ in 10 ms; a PyYAML built without it reads the same in 240."""


class _Loader(_BASE):  # type: ignore[misc]
    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}  # noqa: RUF012 (as PyYAML has it)


ROOM = "beskplan.registers"
problem = Refusals(ROOM)


@dataclass(frozen=True)
class Document:
    """One YAML file: its values, the line of each key, and what is wrong with its form."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @classmethod
    def load(cls, path: Path, root: Path) -> Document:
        """The file `path`, named as seen from `root`; `problems` tells what its form lacks."""
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        text = read_text(path, name)
        return cls(name, problems=(text,)) if isinstance(text, Problem) else cls.parse(text, name)

    @classmethod
    def parse(cls, text: str, name: str) -> Document:
        """The YAML `text` of a file with this name."""
        tree = compose(text, name)
        if isinstance(tree, Problem):
            return cls(name, problems=(tree,))
        if not isinstance(tree, yaml.MappingNode):
            wrong = "en tom fil"
            if tree is not None:
                wrong = repr(tree.value if isinstance(tree, yaml.ScalarNode) else "en liste")
            return cls(name, problems=(problem("no-keys", name, wrong),))
        reader = _Reader(name)
        values = reader.value(tree, ())
        return cls(name, {} if reader.problems else values, reader.lines, tuple(reader.problems))

    def below(self, key: str) -> Document:
        """The same file as what stands under `key` of the parameters."""
        lines = {(key, *path): line for path, line in self.lines.items()}
        return Document(self.name, {key: self.values}, lines, self.problems)

    def where(self, path: KeyPath) -> str:
        """`file:line: key` of the deepest part of `path` that stands in the file."""
        if depth := self.depth(path):
            return f"{self.name}:{self.lines[path[:depth]]}: {self._dotted(path)}"
        return f"{self.name}: {self._dotted(path)}" if path else self.name

    def depth(self, path: KeyPath) -> int:
        """How many parts of `path` stand in the file."""
        return next((end for end in range(len(path), 0, -1) if path[:end] in self.lines), 0)

    def _dotted(self, path: KeyPath) -> str:
        """`ydelser.sho.forms.0.name`: an item of a list by its `id` where it has one."""
        steps: list[str] = []
        here: Any = self.values
        for step in path:
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                here = None
            named = isinstance(step, int) and isinstance(here, dict) and "id" in here
            steps.append(str(here["id"]) if named else str(step))
        return ".".join(steps)


def read_text(path: Path, name: str) -> str | Problem:
    """The text of a file that a person writes, or why it cannot be read.

    Only regular files of at most `MAX_BYTES`: reading a pipe or a device would never end.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            wrong = "en mappe" if stat.S_ISDIR(status.st_mode) else "et rør eller en enhed"
            return problem("not-a-file", name, wrong)
        if status.st_size > MAX_BYTES:
            return problem("too-big", name, f"{status.st_size} byte", most=MAX_BYTES)
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return problem("not-read", name, os_reason(error))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return problem("not-utf8", name, f"byte {error.start} er {content[error.start]:#04x}")


def compose(text: str, name: str) -> yaml.Node | Problem | None:
    """The nodes of a YAML text, before any is given a meaning; None where it says nothing."""
    try:
        depth = 0
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            # PyYAML builds its nodes by recursion: what is too deep would end the process.
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                return problem("too-deep", f"{name}:{event.start_mark.line + 1}", most=MAX_DEPTH)
        return yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        lines = text.splitlines() or [""]
        # A quote that is not closed is at fault where it begins, not where the file ends.
        is_open = "quoted scalar" in str(getattr(error, "context", ""))
        mark = getattr(error, "context_mark" if is_open else "problem_mark", None)
        at = min(mark.line, len(lines) - 1) if mark else 0
        # A value that begins right after its colon is one with its key: the fault shows further down.
        at = next((n for n in range(at, max(at - 4, -1), -1) if _TIGHT.match(lines[n])), at)
        line = lines[at] if mark else ""
        said = " ".join(str(getattr(error, key, "")) for key in ("context", "problem")) or str(
            error
        )
        said += line[: len(line) - len(line.lstrip())]
        said += "tight colon" * bool(_TIGHT.match(line))
        faults = refusals(ROOM)["yaml-faults"]
        whats = (ours for theirs, ours in faults.items() if re.search(theirs, said))
        where = f"{name}:{at + 1}" if mark else name
        what = next(whats, "er ikke gyldig YAML")
        return problem("no-yaml", where, line.strip()[:80] or said, what=what)


class _Reader:
    """Gives nodes their values, and notes lines and faults on the way."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: KeyPath, above: tuple[yaml.Node, ...] = ()) -> Any:
        """The value of a node that stands at `path`, inside the nodes `above`."""
        self._count += 1
        if self._count > MAX_VALUES:
            if self._count == MAX_VALUES + 1:
                self._refuse("too-many-values", node, path, "ankre, der gentages", most=MAX_VALUES)
            return None
        if node.tag not in _TAGS:
            self._refuse("tag", node, path, node.tag)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if any(node is outer for outer in above):
            self._refuse("anchor-in-itself", node, path, "*")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, (*above, node))
        items = []
        for index, item in enumerate(node.value):
            self.lines[(*path, index)] = item.start_mark.line + 1
            items.append(self.value(item, (*path, index), (*above, node)))
        return items

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        if odd := dict.fromkeys(_ODD.findall(node.value)):
            signs = (f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip() for sign in odd)
            self._refuse("odd-sign", node, path, ", ".join(signs))
        return plain_value(node.value) if node.tag == _PLAIN else node.value

    def _mapping(
        self, node: yaml.MappingNode, path: KeyPath, above: tuple[yaml.Node, ...]
    ) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse("key-is-no-text", key, path, "en liste")
                continue
            name = self.value(key, path)
            if name in values:
                self._refuse("key-twice", key, (*path, name), str(name))
            self.lines[(*path, name)] = key.start_mark.line + 1
            values[name] = self.value(item, (*path, name), above)
        return values

    def _refuse(self, name: str, node: Any, path: KeyPath, wrong: str, **words: object) -> None:
        line, dotted = node.start_mark.line + 1, ".".join(map(str, path))
        where = f"{self._name}:{line}: {dotted}" if path else f"{self._name}:{line}"
        self.problems.append(problem(name, where, wrong, **words))


def plain_value(text: str) -> bool | int | Decimal | str | None:
    """The value of a plain word: text, unless it can be nothing but a number, `true` or `false`.

    Example:
        >>> [plain_value(text) for text in ("1500", "1.5", "1.500", "0740", "nej", "")]
        [1500, Decimal('1.5'), '1.500', '0740', 'nej', None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and not _THOUSANDS.fullmatch(text):
        return Decimal(text)
    return text
