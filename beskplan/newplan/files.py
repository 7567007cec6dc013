"""New and changed files of a working copy: tried in a copy of params/, shown as differences, then written.

A YAML text is changed where it must be, and else stays as a person wrote it: every change is a
replacement of a stretch of the text; comments, quotes, blank lines and the order of keys are not
touched. Places are found where PyYAML found them.
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from beskplan.core.errors import InputError, Problem, Refusals
from beskplan.core.files import write_whole
from beskplan.params.schemas import FOLDER, schema_name
from beskplan.registers.document import KeyPath, compose, plain_value

problem = Refusals("beskplan.newplan")
_COMMENT = re.compile(r"[ \t]*#")
_NEXT = re.compile(r"\s*,\s*")
_LAST = re.compile(r"\s*,\s*$")
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+")
_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")


@dataclass(frozen=True)
class _Place:
    """Where a key or list item stands.

    Attributes:
        start: Index of the key, or of the item's dash.
        end: Index after the last character of its value.
        after: Index after the key and its colon, or after the dash.
        value: Index of the first character of its value.
        flow: Whether the value is written on a line, in brackets.
    """

    start: int
    after: int
    value: int
    end: int
    flow: bool


class YamlText:
    """One params file as text; collects changes, and `result` makes them all."""

    def __init__(self, text: str) -> None:
        self._text = text if text.endswith("\n") else f"{text}\n"
        self._places: dict[KeyPath, _Place] = {}
        self._edits: list[tuple[int, int, str]] = []
        tree = compose(self._text, "")
        if isinstance(tree, Problem):
            raise InputError(tree)
        if tree is not None:
            self._walk(tree, ())

    def has(self, *path: str | int) -> bool:
        """Whether the file itself says something at this path."""
        return path in self._places

    def paths(self) -> tuple[KeyPath, ...]:
        """Every path of the file, in its order."""
        return tuple(self._places)

    def source(self, *path: str | int) -> str:
        """The value at a path as it is written."""
        place = self._places[path]
        return self._text[place.value : place.end]

    def set(self, path: KeyPath, written: str) -> None:
        """Write another value at a path; a name that other places refer to it by stays."""
        place = self._places[path]
        if anchor := _ANCHOR.match(self._text, place.value):
            written = f"{anchor[0]} {written}"
        if "\n" in self._text[place.after : place.value]:
            # A list below its key: what takes its place stands beside the key.
            self._edit(place.after, place.end, f" {written}")
        else:
            self._edit(place.value, place.end, written)

    def rewrite(self, path: KeyPath, change: Callable[[str], str]) -> None:
        """Change the value at a path as it is written."""
        self.set(path, change(self.source(*path)))

    def add(self, path: KeyPath, key: str, written: str) -> None:
        """Give the mapping at a path one more key, at its end."""
        place = self._places[path]
        if place.flow:
            self._edit(place.end - 1, place.end - 1, f", {key}: {written}")
        else:
            indent = " " * self._line(place.value)[1]
            blank = "" if written.startswith("\n") else " "
            self._insert(self._line_end(place.end), f"{indent}{key}:{blank}{written}\n")

    def append(self, path: KeyPath, written: str) -> None:
        """Put one more item at the end of the list at a path."""
        place = self._places[path]
        if place.flow:
            self._edit(place.end - 1, place.end - 1, f", {written}")
        else:
            indent = " " * self._line(place.value)[1]
            self._insert(self._line_end(place.end), f"{indent}- {written}\n")

    def in_flow(self, path: KeyPath) -> bool:
        """Whether a key or list item stands in brackets, on a line with others."""
        return any(self._places[path[:end]].flow for end in range(1, len(path)))

    def above(self, path: KeyPath, lines: Sequence[str]) -> None:
        """Put comment lines right above the line of a key or list item; each begins with its own `#`."""
        if not lines:
            return
        while self.in_flow(path):
            path = path[:-1]
        start, column = self._line(self._places[path].start)
        self._insert(start, "".join(f"{' ' * column}{line}\n" for line in lines))

    def at_end(self, text: str) -> None:
        """Add lines after everything else."""
        self._insert(len(self._text), text)

    def rewrite_header(self, change: Callable[[str], str]) -> None:
        """Change the comments before the first key."""
        end = re.match(r"(?:[ \t]*(?:#.*)?\n)*", self._text)
        length = end.end() if end else 0
        self._edit(0, length, change(self._text[:length]))

    def remove(self, path: KeyPath, instead: Sequence[str] = ()) -> None:
        """Take out a key or list item, with the comment lines right above it; put others there."""
        place = self._places[path]
        if self.in_flow(path):
            self._remove_from_line(place)
            self.above(path, instead)
            return
        start, column = self._line(place.start)
        while above := self._comment_above(start, column):
            start -= above
        lines = "".join(f"{' ' * column}{line}\n" for line in instead)
        self._edit(start, self._line_end(place.end), lines)

    def comment_out(self, path: KeyPath) -> None:
        """Make comments of a key's or list item's lines: still there for a reader, not for the program.

        Between brackets there is no room for a comment: it is taken out.
        """
        if self.in_flow(path):
            self.remove(path)
            return
        place = self._places[path]
        start, column = self._line(place.start)
        while start < place.end:
            if self._text[start : self._line_end(start)].strip():
                self._insert(start + column, "# ")
            start = self._line_end(start)

    def result(self) -> str:
        """The text with all changes.

        Raises:
            ValueError: two changes of the same stretch: a fault of the caller.
        """
        parts, at = [], 0
        inside = [edit for edit in self._edits if not self._is_within_another(edit)]
        for start, end, written in sorted(inside, key=lambda edit: edit[:2]):
            if start < at:
                raise ValueError(f"two changes of the same stretch, at {start}")
            parts += [self._text[at:start], written]
            at = end
        return "".join([*parts, self._text[at:]])

    def _is_within_another(self, edit: tuple[int, int, str]) -> bool:
        """Whether a stretch that is taken out or replaced holds this one."""
        start, end, _ = edit
        if start == end:
            return any(a < start < b for a, b, _ in self._edits)
        return any(a <= start and end <= b and b - a > end - start for a, b, _ in self._edits)

    def _edit(self, start: int, end: int, written: str) -> None:
        # An anchored list is reached by every alias of it: the same change once.
        if (start, end, written) not in self._edits:
            self._edits.append((start, end, written))

    def _insert(self, at: int, written: str) -> None:
        self._edits.append((at, at, written))

    def _walk(self, node: Any, path: KeyPath) -> None:
        if isinstance(node, yaml.ScalarNode):
            return
        behind = node.start_mark.index
        for at, entry in enumerate(node.value):
            part: str | int = at
            value, start = entry, -1
            if isinstance(node, yaml.MappingNode):
                key, value = entry
                part = plain_value(key.value) if key.tag == "plain" else key.value  # type: ignore[assignment]
                start, behind = key.start_mark.index, self._text.index(":", key.end_mark.index) + 1
            begin, end = value.start_mark.index, self._end(value)
            if begin < behind and (alias := _ALIAS.search(self._text, behind)):
                # The node of an alias stands where its anchor does.
                begin, end = alias.span()
            if start < 0:
                start = behind = begin if node.flow_style else self._text.rindex("-", 0, begin)
            flow = bool(getattr(value, "flow_style", False))
            self._places[(*path, part)] = _Place(start, behind, begin, end, flow)
            self._walk(value, (*path, part))
            behind = end

    def _end(self, node: Any) -> int:
        """Index after the last character of a value: the reader's own end lies beyond blank lines."""
        if node.value and not isinstance(node, yaml.ScalarNode) and not node.flow_style:
            last = node.value[-1]
            last = last[1] if isinstance(node, yaml.MappingNode) else last
            if last.start_mark.index >= node.start_mark.index:
                return self._end(last)
            # PyYAML ends a block behind the alias at its end.
        return len(self._text[: node.end_mark.index].rstrip())

    def _remove_from_line(self, place: _Place) -> None:
        """Take out one of several things in brackets, with the comma that parts it from the next."""
        after = _NEXT.match(self._text, place.end)
        before = _LAST.search(self._text[: place.start])
        if after:
            self._edit(place.start, after.end(), "")
        else:
            self._edit(before.start() if before else place.start, place.end, "")

    def _line(self, at: int) -> tuple[int, int]:
        """Index of the line's start, and the column of `at` in it."""
        start = self._text.rfind("\n", 0, at) + 1
        return start, at - start

    def _line_end(self, at: int) -> int:
        """Index of the next line's start."""
        return self._text.index("\n", at) + 1 if "\n" in self._text[at:] else len(self._text)

    def _comment_above(self, start: int, column: int) -> int:
        """Length of the line before `start`, if it is a comment of the same column; else 0."""
        before = self._text.rfind("\n", 0, max(start - 1, 0)) + 1
        line = self._text[before:start]
        is_ours = _COMMENT.match(line) and len(line) - len(line.lstrip()) == column
        # The file's header belongs to the file, not to its first key.
        return len(line) if start and before and is_ours else 0


def listed(names: Iterable[str]) -> str:
    """A list as a params file has it: `[a, b]`."""
    return f"[{', '.join(names)}]"


@dataclass(frozen=True)
class NewFile:
    """A file to be written.

    Attributes:
        path: Relative to the working copy.
        text: All of it.
        origin: The file that it was made from, relative to the working copy; None: from nothing.
        changes: Whether it may stand there already: it is then changed, not made.
    """

    path: Path
    text: str
    origin: Path | None = None
    changes: bool = False


def differences(one: NewFile, root: Path) -> Iterator[str]:
    """The lines of a unified diff from the file's origin; all lines are new where it has none."""
    old = (root / one.origin).read_text(encoding="utf-8") if one.origin else ""
    yield from difflib.unified_diff(
        old.splitlines(),
        one.text.splitlines(),
        one.origin.as_posix() if one.origin else "(ny)",
        one.path.as_posix(),
        lineterm="",
    )


def write_all(files: Sequence[NewFile], root: Path, *, force: bool) -> None:
    """Write every file, or none.

    Raises:
        InputError: one of them stands there already, and `force` does not say that it may go.
    """
    there = [one for one in files if not one.changes and (root / one.path).exists()]
    if there and not force:
        raise InputError(problem("file-there", one.path.as_posix()) for one in there)
    for one in files:
        write_whole(root / one.path, one.text.encode())


_MARK = "# yaml-language-server:"


def with_schema(text: str, path: Path) -> str:
    """A params file that begins with the address of its schema; as it is where it has one.

    Args:
        text: The file's text.
        path: Where it lies, relative to the working copy.
    """
    name = schema_name(path)
    if name is None or text.startswith(_MARK):
        return text
    address = os.path.relpath(FOLDER / name, path.parent).replace(os.sep, "/")
    return f"{_MARK} $schema={address}\n{text}"
