"""A YAML file that a person writes: its values, the line of each key, and what is wrong with its form.

YAML says of many ordinary words and numbers that they are something else: `0740` is 480, `1.500` is
1.5, `12:30` is 750, `nej` is text and `no` is false. Here a plain word is text, unless it is `true`,
`false`, empty, a whole number without a zero in front, or a number with a decimal point that cannot
be a thousand dot. What is text where a number belongs, the models refuse (`registers.reading`).
"""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from beskplan.core.errors import Problem

KeyPath = tuple[str | int, ...]

MAX_BYTES = 1_000_000
"""Most that a file may weigh: the largest of ours has 60 kB."""
MAX_DEPTH = 30
"""Most keys and lists inside each other: the deepest of ours has 9."""
MAX_VALUES = 100_000
"""Most values of a file, counted again wherever an alias repeats them."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml reads all of params/ in 10 ms; a PyYAML built without it reads the same in 240."""
_CORE = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
"""What a Dane writes for a whole number; as a decimal it would have one more digit or one less."""
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

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


@dataclass(frozen=True)
class Place:
    """Where a key or list item stands in the text, as indexes of characters.

    Attributes:
        start: Of the key; of the item itself in a list.
        value: Of its value.
        end: After its value; beyond blank lines and comments below a block.
        alias: Whether the value is another's, by its anchor's name.
    """

    start: int
    value: int
    end: int
    flow: bool = False
    """Whether the value is a list or keys in brackets."""
    alias: bool = False


@dataclass(frozen=True)
class Document:
    """One YAML file: its values, the line of each key, and what is wrong with its form."""

    name: str
    values: dict[str, Any]
    lines: Mapping[KeyPath, int]
    problems: tuple[Problem, ...] = ()

    @classmethod
    def load(cls, path: Path, root: Path) -> Document:
        """The file `path`, named as seen from `root`; `problems` tells what its form lacks."""
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        text = read_text(path, name)
        return cls.refused(text) if isinstance(text, Problem) else cls.parse(text, name)

    @classmethod
    def refused(cls, *problems: Problem) -> Document:
        """A file that cannot be read at all."""
        return cls(problems[0].where.partition(":")[0], {}, {}, problems)

    @classmethod
    def parse(cls, text: str, name: str) -> Document:
        """The YAML `text` of a file with this name."""
        tree = parse_tree(text, name)
        if isinstance(tree, Problem):
            return cls(name, {}, {}, (tree,))
        if tree is None or not tree.is_mapping:
            found = "en tom fil" if tree is None else f"{tree.text or 'en liste'!r}"
            what = "filen består ikke af nøgler"
            return cls(name, {}, {}, (Problem(name, what, found, "linjer som `nøgle: værdi`"),))
        reader = _Reader(name)
        values = reader.value(tree, (), 0)
        return cls(name, {} if reader.problems else values, reader.lines, tuple(reader.problems))

    def below(self, key: str) -> Document:
        """The same file as what stands under `key` of the parameters."""
        lines = {(key, *path): line for path, line in self.lines.items()}
        return Document(self.name, {key: self.values}, lines, self.problems)

    def where(self, path: KeyPath) -> str:
        """`file:line: key` of the deepest part of `path` that stands in the file."""
        if depth := self.depth(path):
            return f"{self.name}:{self.lines[path[:depth]]}: {self.dotted(path)}"
        return f"{self.name}: {self.dotted(path)}" if path else self.name

    def depth(self, path: KeyPath) -> int:
        """How many parts of `path` stand in the file."""
        return next((end for end in range(len(path), 0, -1) if path[:end] in self.lines), 0)

    def dotted(self, path: KeyPath) -> str:
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
            found = "en mappe" if stat.S_ISDIR(status.st_mode) else "et rør eller en enhed"
            return Problem(name, "er ikke en almindelig fil", found, "en tekstfil")
        if status.st_size > MAX_BYTES:
            found = f"{status.st_size} byte"
            return Problem(name, "filen er for stor", found, f"højst {MAX_BYTES} byte")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reasons = {errno.ENOENT: "filen findes ikke", errno.EACCES: "ingen adgang til filen"}
        found = reasons.get(error.errno or 0, error.strerror or str(error))
        return Problem(name, "filen kan ikke læses", found)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} er {content[error.start]:#04x}"
        return Problem(name, "filen er ikke UTF-8", found, "UTF-8", "gem filen som UTF-8")


class Tree:
    """A value as it stands in the file: a text, a list of items, or keys with their values."""

    def __init__(self, event: Any) -> None:
        self.text: str | None = getattr(event, "value", None)
        self.tag: str | None = event.tag
        self.is_plain = getattr(event, "style", None) in (None, "") and self.text is not None
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.flow = bool(getattr(event, "flow_style", False))
        self.line: int = event.start_mark.line + 1
        self.start: int = event.start_mark.index
        self.children: list[tuple[Tree, Place]] = []
        """Each value with where it stands; of a mapping, key and value by turns."""
        self.is_open = self.text is None

    def pairs(self) -> Iterable[tuple[Tree, Tree, Place]]:
        """Keys with their values, and where both stand."""
        for at in range(0, len(self.children) - 1, 2):
            (key, span), (value, place) = self.children[at : at + 2]
            yield key, value, Place(span.start, place.value, place.end, place.flow, place.alias)


class _FormError(Exception):
    def __init__(self, mark: Any, what: str, found: str, expected: str = "") -> None:
        self.line = f":{mark.line + 1}" if mark else ""
        self.what, self.found, self.expected = what, found, expected


def parse_tree(text: str, name: str) -> Tree | Problem | None:
    """What a YAML text says, before any of it is given a meaning; None where it says nothing."""
    try:
        return _tree(text)
    except _FormError as error:
        return Problem(f"{name}{error.line}", error.what, error.found, error.expected)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        lines = text.splitlines()
        at = min(mark.line, len(lines) - 1) if mark and lines else None
        return Problem(
            where=f"{name}:{at + 1}" if at is not None else name,
            what="er ikke gyldig YAML",
            found=lines[at].strip()[:80] if at is not None else str(error).splitlines()[0],
            expected="indrykkede linjer som `nøgle: værdi`",
            fix="se på linjen og den ovenover: indrykning, kolon, anførselstegn",
        )


def _tree(text: str) -> Tree | None:
    """The one document of a text, event by event: no depth of it can reach the end of the stack."""
    anchors: dict[str, Tree] = {}
    above: list[Tree] = []
    top: Tree | None = None
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            done = above.pop()
            done.is_open = False
            if above:
                place = Place(done.start, done.start, _index(event.end_mark), done.flow)
                above[-1].children[-1] = (done, place)
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        tree, place = _node(event, anchors)
        if above:
            above[-1].children.append((tree, place))
        elif top is not None:
            raise _FormError(event.start_mark, "filen har flere dele", "---", "én del")
        else:
            top = tree
        if isinstance(event, yaml.CollectionStartEvent):
            above.append(tree)
            if len(above) > MAX_DEPTH:
                what = "for mange lag inde i hinanden"
                raise _FormError(event.start_mark, what, "", f"højst {MAX_DEPTH}")
    return top


def _index(mark: Any) -> int:
    """Where a mark of PyYAML's stands in the text; it never leaves out the marks of its events."""
    index: int = mark.index
    return index


def _node(event: Any, anchors: dict[str, Tree]) -> tuple[Tree, Place]:
    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent):
        known = anchors.get(str(event.anchor))
        if known is None or known.is_open:
            what = "et anker, der ikke er sat" if known is None else "et anker inde i sig selv"
            raise _FormError(event.start_mark, what, f"*{event.anchor}")
        return known, Place(start, start, end, known.flow, alias=True)
    tree = Tree(event)
    if event.anchor:
        anchors[event.anchor] = tree
    return tree, Place(start, start, end)


class _Reader:
    """Gives a tree its values, and notes lines and faults on the way."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []

    def value(self, tree: Tree, path: KeyPath, line: int) -> Any:
        """The value of a tree that stands at `path`."""
        self._count += 1
        if self._count > MAX_VALUES:
            if self._count == MAX_VALUES + 1:
                self._tell(line, path, "for mange værdier", "ankre, der gentages", f"{MAX_VALUES}")
            return None
        if tree.text is not None:
            return self._scalar(tree, path)
        if tree.tag not in (None, "!", f"{_CORE}map", f"{_CORE}seq"):
            self._tell(tree.line, path, "et mærke, der ikke læses", tree.tag, "ingen mærker med !")
        if not tree.is_mapping:
            items = []
            for index, (item, _) in enumerate(tree.children):
                self.lines[(*path, index)] = item.line
                items.append(self.value(item, (*path, index), item.line))
            return items
        values: dict[Any, Any] = {}
        for key, item, _ in tree.pairs():
            name = self._key(key, path)
            if name in values:
                what, fix = "nøglen står to gange", "behold den ene"
                self._tell(key.line, (*path, name), what, str(name), "hver nøgle én gang", fix)
            self.lines[(*path, name)] = key.line
            values[name] = self.value(item, (*path, name), key.line)
        return values

    def _key(self, key: Tree, path: KeyPath) -> Any:
        if key.text is None:
            self._tell(key.line, path, "en nøgle er ikke en tekst", "en liste", "en tekst")
            return ""
        return self._scalar(key, path)

    def _scalar(self, tree: Tree, path: KeyPath) -> Any:
        text = tree.text or ""
        if odd := dict.fromkeys(_ODD.findall(text)):
            signs = ", ".join(sign_name(sign) for sign in odd)
            what = "et tegn, der ikke kan ses eller trykkes"
            self._tell(tree.line, path, what, signs, "synlige tegn", "slet tegnet, og skriv igen")
        if tree.tag not in (None, "!", f"{_CORE}str"):
            self._tell(tree.line, path, "et mærke, der ikke læses", tree.tag, "ingen mærker med !")
        return plain_value(text) if tree.is_plain and tree.tag is None else text

    def _tell(self, line: int, path: KeyPath, what: str, found: str | None, *rest: str) -> None:
        dotted = ".".join(map(str, path))
        where = f"{self._name}:{line}: {dotted}" if path else f"{self._name}:{line}"
        self.problems.append(Problem(where, what, found or "", *rest))


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


def odd_signs(text: str) -> Iterator[str]:
    """The signs of a text that cannot be seen or printed, each once: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return (sign_name(sign) for sign in dict.fromkeys(_ODD.findall(text)))


def sign_name(sign: str) -> str:
    """A sign by its number, and its name where it has one."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def is_there(path: Path) -> bool:
    """Whether anything has this name, also what is no file: that is refused, not passed over."""
    return os.path.lexists(path)
