"""The commands that stand in the project's documents, and whether the command line knows them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typer

PROGRAMS = (
    "beskplan", "conda", "crontab", "dask", "git", "jupyter", "keyring", "loginctl", "make",
    "papermill", "py", "python", "schtasks", "systemctl",
)  # fmt: skip
"""First words of what is a command; also whatever lies in an environment's folder."""
SHELLS = ("", "sh", "bash", "console", "shell")
"""Languages of a fenced block that may hold commands."""
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)((?:    [^\n]*\n)+)")
_INLINE = re.compile(r"`([^`]+)`")
_COMMENT = re.compile(r"\s+#\s.*$")
_PLACEHOLDER = re.compile(r"^(?:[A-ZÆØÅ]{3,}|\.\.\.|…|<[^>]+>)$")
_SCHEDULED = re.compile(r"^(?:\S+ ){5}cd \S+ && ")
"""A line of a crontab, up to its command."""


@dataclass(frozen=True)
class Command:
    """A command in a document; `inline` where it stands in a sentence and may only be named."""

    document: str
    text: str
    inline: bool

    @property
    def words(self) -> list[str]:
        """As a shell splits it; the backslashes of Windows stay."""
        return shlex.split(self.text.replace("\\", "\\\\"))

    @property
    def has_placeholder(self) -> bool:
        """Whether a reader must put something else in a word's place."""
        return any(_PLACEHOLDER.match(word) for word in self.words)


def documents(root: Path) -> list[Path]:
    """Every document that people read, of the checkout in a folder."""
    return [
        *sorted(root.glob("*.md")),
        *(
            path
            for folder in ("docs", "examples")
            for path in sorted((root / folder).rglob("*.md"))
        ),
    ]


def commands_in(text: str, document: str) -> Iterator[Command]:
    """Every command of a document, in its order, those in blocks before those in sentences."""
    for language, body in _FENCE.findall(text):
        if language in SHELLS:
            yield from _of_block(body, document)
    prose = _FENCE.sub("", text)
    for body in _INDENTED.findall(prose):
        yield from _of_block(body, document)
    for span in _INLINE.findall(_INDENTED.sub("", prose)):
        for part in _SCHEDULED.sub("", " ".join(span.split())).split(" && "):
            if is_command(part):
                yield Command(document, part, inline=True)


def _of_block(body: str, document: str) -> Iterator[Command]:
    for line in body.replace("\\\n", " ").splitlines():
        text = _COMMENT.sub("", line.strip().removeprefix("$ ")).strip()
        if is_command(text):
            yield Command(document, " ".join(text.split()), inline=False)


def is_command(text: str) -> bool:
    """Whether a text begins with a program and has something after it."""
    first, _, rest = text.partition(" ")
    return bool(rest) and (
        first in PROGRAMS or re.match(r"\.venv[/\\](bin|Scripts)[/\\]", first) is not None
    )


def command_faults(words: list[str], *, named_only: bool = False) -> list[str]:
    """What the command line would say of the words after `beskplan`; empty where it takes them.

    Args:
        words: Command, options and arguments.
        named_only: What is missing is no fault: a sentence may name a command without all of it.
    """
    command: Any = _command_line()
    rest = list(words)
    while rest and hasattr(command, "commands"):
        name = rest.pop(0)
        if name in ("--help", "--version"):
            return []
        if name not in command.commands:
            return [f"no command {name}"]
        command = command.commands[name]
    return [] if "--help" in rest else _word_faults(command, rest, named_only=named_only)


def _word_faults(command: Any, words: list[str], *, named_only: bool) -> list[str]:
    options = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
    given, values, rest = [], 0, list(words)
    while rest:
        word, _, value = rest.pop(0).partition("=")
        if not word.startswith("-"):
            values += 1
            continue
        if word not in options:
            return [f"no option {word}"]
        given.append(options[word].name)
        if not options[word].is_flag and not value:
            if not rest:
                return [f"{word} wants a value"]
            rest.pop(0)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    if values > len(arguments) and not any(one.nargs == -1 for one in arguments):
        return [f"{values} words after it, where it takes {len(arguments)}"]
    return [] if named_only else [f"{name} is missing" for name in _missing(command, given, values)]


def _missing(command: Any, given: list[str], values: int) -> list[str]:
    wanted = [one for one in command.params if one.required]
    arguments = [one.name for one in wanted if one.param_type_name == "argument"]
    options = [one.name for one in wanted if one.param_type_name == "option"]
    return [*arguments[values:], *(name for name in options if name not in given)]


@cache
def _command_line() -> Any:
    from beskplan.cli.app import app

    return typer.main.get_command(app)
