"""Read a register file of the package: closed YAML, every fault at once.

PyYAML lets the last of two equal keys win in silence and pydantic reports positions by number;
here a doubled key is refused and a place is named by the `id` of its entry.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from importlib.resources import files
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from beskplan.core.errors import DataError, Problem, did_you_mean


class Closed(BaseModel):
    """A frozen value of a register: an unknown key is refused, text is not coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_min_length=1)


class Span(Closed):
    """Days for which something holds, both ends included.

    `valid_from` None: older than any period the reports show. `valid_to` None: still holds.
    """

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Span:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"ends {self.valid_to} before it starts {self.valid_from}")
        return self

    def covers(self, on: date) -> bool:
        """Whether `on` is one of the days."""
        after_start = self.valid_from is None or self.valid_from <= on
        return after_start and (self.valid_to is None or on <= self.valid_to)


Root = TypeVar("Root", bound=BaseModel)


class _UniqueKeys(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def data_text(name: str) -> str:
    """Text of a data file that ships inside the package, e.g. `benefits.yaml`."""
    return files("beskplan").joinpath("data", name).read_text(encoding="utf-8")


def parse(text: str, where: str, root: type[Root]) -> Root:
    """The YAML `text` as a `root` value.

    Args:
        text: YAML; dates as YYYY-MM-DD.
        where: the file's name, for the error.
        root: the closed model of the whole file.

    Raises:
        DataError: broken YAML, doubled or unknown keys, wrong types; all problems at once.
    """
    try:
        raw = _UniqueKeys(text).get_single_data()
    except yaml.YAMLError as error:
        raise DataError(Problem(where, "not readable as YAML", found=str(error))) from error
    try:
        return root.model_validate(raw)
    except ValidationError as error:
        keys = _known_keys(root)
        raise DataError(
            [_as_problem(dict(fault), raw, where, keys) for fault in error.errors()]
        ) from error


def _known_keys(root: type[BaseModel]) -> set[str]:
    schema = root.model_json_schema()
    shapes = [schema, *schema.get("$defs", {}).values()]
    return {key for shape in shapes for key in shape.get("properties", {})}


def _as_problem(fault: dict[str, Any], raw: object, where: str, keys: set[str]) -> Problem:
    place = f"{where}: {_place(fault['loc'], raw)}"
    if fault["type"] == "extra_forbidden":
        key = str(fault["loc"][-1])
        return Problem(place, "unknown key", found=key, fix=did_you_mean(key, keys))
    return Problem(place, fault["msg"], found=repr(fault["input"])[:80])


def _place(loc: tuple[int | str, ...], raw: object) -> str:
    """`ydelser.sho.forms.0.name`: list positions replaced by the entry's id where it has one."""
    steps: list[str] = []
    here: Any = raw
    for step in loc:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            # A missing key, or a place that pydantic names and the file does not have.
            here = None
        named = isinstance(step, int) and isinstance(here, dict) and "id" in here
        steps.append(str(here["id"]) if named else str(step))
    return ".".join(steps)
