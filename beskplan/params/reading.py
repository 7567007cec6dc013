"""From YAML files to `PlanParams`, or to the list of everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from beskplan.areas import find as find_area
from beskplan.errors import ParamsError, Problem, did_you_mean
from beskplan.params.models import PlanParams

KeyPath = tuple[str | int, ...]


def params_path(root: Path, kommune: str, aar: int) -> Path:
    """Where a municipality's params of a year lie; `kommune` may be a name, code or slug."""
    return root / "params" / find_area(kommune, kind="kommune").slug / f"{aar}.yaml"


def available(root: Path) -> tuple[tuple[str, int], ...]:
    """(slug, year) of every params file below `root/params`, sorted by year and slug."""
    files = (path for path in (root / "params").glob("*/*.yaml") if path.stem.isdigit())
    return tuple(
        sorted(((path.parent.name, int(path.stem)) for path in files), key=lambda item: item[::-1])
    )


def read(kommune: str, aar: int, root: Path) -> PlanParams:
    """The complete parameters of one municipality and year.

    Args:
        kommune: Name, code or slug.
        aar: Plan year.
        root: The folder that holds `params/`.

    Raises:
        UnknownNameError: no such municipality.
        ParamsError: a file is missing, or says something wrong; all problems of both files at once.
    """
    own_path = params_path(root, kommune, aar)
    if not own_path.is_file():
        raise ParamsError(_missing(root, own_path, kommune, aar))
    own = _Document.load(own_path, root)
    year_path = root / "params" / f"{aar}.yaml"
    year = _Document.load(year_path, root) if year_path.is_file() else _Document("", {}, {})
    problems = [*year.problems, *own.problems]
    if problems:
        raise ParamsError(problems)
    merged = _merge(year.values, own.values)
    try:
        params = PlanParams.model_validate(merged)
    except ValidationError as error:
        raise ParamsError(list(_problems(error, own, year, merged))) from None
    if wrong := list(_misplaced(params, own_path, own)):
        raise ParamsError(wrong)
    return params


def _missing(root: Path, path: Path, kommune: str, aar: int) -> Problem:
    years = sorted(year for slug, year in available(root) if slug == path.parent.name)
    return Problem(
        where=path.relative_to(root).as_posix(),
        what="no parameters for this municipality and year",
        found=f"kommune {kommune!r}, aar {aar}",
        expected=f"one of the years {', '.join(map(str, years))}"
        if years
        else "a file of this name",
        fix="write the file, or choose a year that has one (see `beskplan list`)",
    )


def _misplaced(params: PlanParams, path: Path, own: _Document) -> Iterator[Problem]:
    for key, expected in (("aar", int(path.stem)), ("kommune", find_area(path.parent.name).navn)):
        found = getattr(params, key)
        if found != expected:
            yield Problem(
                where=own.where((key,)),
                what="does not fit the file's place",
                found=repr(found),
                expected=repr(expected),
                fix=f"correct `{key}`, or move the file",
            )


@dataclass(frozen=True)
class _Document:
    """One YAML file: its values, the line of each key, and what is wrong with its form."""

    name: str
    values: dict[str, Any]
    lines: Mapping[KeyPath, int]
    problems: tuple[Problem, ...] = field(default=())

    @classmethod
    def load(cls, path: Path, root: Path) -> _Document:
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

    def where(self, path: KeyPath) -> str:
        """`file:line: key` of the deepest part of `path` that stands in the file."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return f"{self.name}:{self.lines[path[:end]]}: {_dotted(path)}"
        return f"{self.name}: {_dotted(path)}" if path else self.name


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


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `base`: mappings are merged key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = (
            _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )
    return merged


def _problems(
    error: ValidationError, own: _Document, year: _Document, merged: Any
) -> Iterator[Problem]:
    faults = error.errors()
    for fault in faults:
        # A list whose only item is wrong is told of as empty too: one problem is enough.
        if fault["type"] == "too_short" and any(
            _is_below(other["loc"], fault["loc"]) for other in faults
        ):
            continue
        path = _real_path(fault["loc"], merged)
        document = own if own.lines.get(path) or not year.lines.get(path) else year
        yield _problem(fault, path, document)


def _is_below(path: tuple[str | int, ...], above: tuple[str | int, ...]) -> bool:
    return len(path) > len(above) and path[: len(above)] == above


def _problem(fault: Any, path: KeyPath, document: _Document) -> Problem:
    where = document.where(path)
    found = repr(fault.get("input"))
    if len(found) > 80:
        found = found[:77] + "..."
    match fault["type"]:
        case "extra_forbidden":
            known = _known_keys(path[:-1])
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
            # A missing key is the last part that can be named.
            values = values.get(part)
        else:
            break
        path.append(part)
    return tuple(path)


def _known_keys(path: KeyPath) -> list[str]:
    """Names that may stand at `path` of a params file."""
    model: Any = PlanParams
    for part in path:
        annotation = (
            model.model_fields[part].annotation
            if isinstance(part, str) and part in model.model_fields
            else None
        )
        nested = next(_models(annotation), None) if annotation is not None else model
        model = nested or model
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path)
