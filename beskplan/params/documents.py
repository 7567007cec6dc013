"""A params file as it stands on disk: its values, the line of each key, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from beskplan.core.errors import ParamsError, Problem, did_you_mean

KeyPath = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """One YAML file: its values, the line of each key, and what is wrong with its form."""

    name: str
    values: dict[str, Any]
    lines: Mapping[KeyPath, int]
    problems: tuple[Problem, ...] = field(default=())

    @classmethod
    def load(cls, path: Path, root: Path) -> Document:
        """The file `path`, named as seen from `root`; `problems` tells what its form lacks."""
        name = path.relative_to(root).as_posix()
        try:
            node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            return cls(name, {}, {}, (_broken(name, error),))
        if not isinstance(node, yaml.MappingNode):
            problem = Problem(
                name,
                "is not a list of keys",
                "" if node is None else node.tag,
                "`key: value` lines",
            )
            return cls(name, {}, {}, (problem,))
        lines: dict[KeyPath, int] = {}
        problems = tuple(_walk(node, (), lines, name))
        values = yaml.SafeLoader("").construct_document(node) if not problems else {}
        return cls(name, values, lines, problems)

    def below(self, key: str) -> Document:
        """The same file as what stands under `key` of the parameters."""
        lines = {(key, *path): line for path, line in self.lines.items()}
        return Document(self.name, {key: self.values}, lines, self.problems)

    def where(self, path: KeyPath) -> str:
        """`file:line: key` of the deepest part of `path` that stands in the file."""
        if depth := self.depth(path):
            return f"{self.name}:{self.lines[path[:depth]]}: {_dotted(path)}"
        return f"{self.name}: {_dotted(path)}" if path else self.name

    def depth(self, path: KeyPath) -> int:
        """How many parts of `path` stand in the file."""
        return next((end for end in range(len(path), 0, -1) if path[:end] in self.lines), 0)


def validated(model: type[Model], values: Mapping[str, Any], *documents: Document) -> Model:
    """`values` as a `model`.

    Args:
        model: The closed model that says what may stand in the files.
        values: What the documents say together.
        documents: Where the values come from; the first that names a key is told for it.

    Raises:
        ParamsError: everything that is wrong, each with its file and line.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ParamsError(list(_problems(error, model, values, documents))) from None


def _walk(
    node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], name: str
) -> Iterator[Problem]:
    """Note the line of every key; yield a problem for each key that stands twice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in seen:
                where = f"{name}:{line}: {_dotted((*path, key))}"
                yield Problem(
                    where, "the key stands twice", repr(key), "each key once", "keep one of the two"
                )
            seen.add(key)
            lines[(*path, key)] = line
            yield from _walk(value_node, (*path, key), lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*path, index)] = item.start_mark.line + 1
            yield from _walk(item, (*path, index), lines, name)


def _broken(name: str, error: yaml.YAMLError | UnicodeDecodeError) -> Problem:
    if isinstance(error, UnicodeDecodeError):
        return Problem(
            name, "is not UTF-8 text", f"byte {error.start}", "UTF-8", "save the file as UTF-8"
        )
    mark = getattr(error, "problem_mark", None)
    line = f":{mark.line + 1}" if mark else ""
    return Problem(
        where=f"{name}{line}",
        what="is not valid YAML",
        found=str(getattr(error, "problem", None) or error),
        expected="indented `key: value` lines",
        fix="look at this line and the one above: indentation, colon, quotes",
    )


def _problems(
    error: ValidationError,
    model: type[BaseModel],
    values: Mapping[str, Any],
    documents: tuple[Document, ...],
) -> Iterator[Problem]:
    faults = error.errors()
    for fault in faults:
        # A list whose only item is wrong is told of as empty too: one problem is enough.
        if fault["type"] == "too_short" and any(
            _is_below(other["loc"], fault["loc"]) for other in faults
        ):
            continue
        path = _real_path(fault["loc"], values)
        document = max(documents, key=lambda one: one.depth(path))
        yield _problem(fault, path, document, _known_keys(model, fault["loc"][:-1]))


def _is_below(path: tuple[str | int, ...], above: tuple[str | int, ...]) -> bool:
    return len(path) > len(above) and path[: len(above)] == above


def _problem(fault: Any, path: KeyPath, document: Document, known: list[str]) -> Problem:
    where = document.where(path)
    found = repr(fault.get("input"))
    if len(found) > 80:
        found = found[:77] + "..."
    match fault["type"]:
        case "extra_forbidden":
            key = str(path[-1])
            return Problem(
                where,
                "unknown key",
                repr(key),
                f"one of {', '.join(known)}",
                did_you_mean(key, known, "remove it"),
            )
        case "missing":
            return Problem(
                where, "missing key", "nothing", f"`{path[-1]}`", f"add `{path[-1]}: ...`"
            )
        case "union_tag_invalid":
            tags = [tag.strip(" '") for tag in fault["ctx"]["expected_tags"].split(",")]
            key = fault["ctx"]["discriminator"].strip("'")
            tag = fault["ctx"]["tag"]
            return Problem(
                document.where((*path, key)),
                "no such value",
                repr(tag),
                f"one of {', '.join(tags)}",
                did_you_mean(tag, tags),
            )
        case "union_tag_not_found":
            key = fault["ctx"]["discriminator"].strip("'")
            return Problem(where, "missing key", "nothing", f"`{key}`", f"add `{key}: ...`")
        case "value_error":
            expected, _, fix = str(fault["ctx"]["error"]).partition("|")
            return Problem(where, "no such value", found, expected, fix)
        case _:
            return Problem(
                where, "wrong value", found, str(fault["msg"]), f"correct `{_dotted(path)}`"
            )


def _real_path(location: tuple[str | int, ...], values: Any) -> KeyPath:
    """The part of pydantic's location that names keys of the file, without names of union members."""
    path: list[str | int] = []
    for part in location:
        if isinstance(values, list) and isinstance(part, int):
            values = values[part]
        elif isinstance(values, Mapping):
            if part not in values and part in values.values():
                # The member of a union that a key of the file, such as `slags`, has chosen.
                continue
            # A missing key is the last part that can be named.
            values = values.get(part)
        else:
            break
        path.append(part)
    return tuple(path)


def _known_keys(top: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """Names that may stand at pydantic's `location` in a file that `top` describes."""
    models = [top]
    for part in location:
        nested = [
            model
            for one in models
            if isinstance(part, str) and part in one.model_fields
            for model in _models(one.model_fields[part].annotation)
        ]
        chosen = [one for one in models if part in _tags(one)]
        models = nested or chosen or models
    return list(dict.fromkeys(key for one in models for key in one.model_fields))


def _tags(model: type[BaseModel]) -> set[object]:
    """The values by which a file chooses this member of a union."""
    return {
        value
        for field_info in model.model_fields.values()
        if get_origin(field_info.annotation) is Literal
        for value in get_args(field_info.annotation)
    }


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)
