"""Closed models, and how YAML becomes one of them or the list of everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import CoreSchema, core_schema

from beskplan.core.danish import parse_number
from beskplan.core.errors import BeskplanError, DataError, Problem, did_you_mean, refusals
from beskplan.registers.document import ROOM, Document, KeyPath, problem

Model = TypeVar("Model", bound=BaseModel)

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DANISH_DAY = re.compile(r"([0-9]{1,2})[-./ ]+([0-9]{1,2})[-./ ]+([0-9]{4})")


def explained(expected: str, fix: str = "", found: str = "") -> ValueError:
    """What a validator raises: what was expected, how to mend it, and what is there.

    `validated` takes the parts apart; the value itself is told where `found` is left out.
    """
    return ValueError(f"{expected}|{fix}|{found}")


def _make_strict(schema: Any, owner: type[BaseModel]) -> None:
    """Let nothing be read as another kind in the fields of `owner`; models below have done it themselves."""
    if isinstance(schema, list | tuple):
        for one in schema:
            _make_strict(one, owner)
    elif isinstance(schema, dict):
        if schema.get("type") == "model" and schema["cls"] is not owner:
            return
        kind = schema.get("type")
        if kind in ("int", "bool"):
            schema["strict"] = True
        elif kind in ("float", "decimal", "date"):
            inner = {**schema, "strict": True} if kind == "date" else dict(schema)
            before = {"float": _number, "decimal": _number, "date": _day}[str(kind)]
            outer = core_schema.no_info_before_validator_function(before, inner)
            schema.clear()
            schema.update(outer)
            return
        for key, one in schema.items():
            if key not in ("metadata", "ref", "default", "expected", "serialization"):
                _make_strict(one, owner)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise explained("et tal uden anførselstegn", _meant(value))
    # The shortest decimal form of a float is what was written.
    return Decimal(repr(value)) if isinstance(value, float) else value


def _day(value: Any) -> Any:
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise explained("en dag, der findes", "ret dagen eller måneden") from None
    return value


_TRUTHS = {"ja": "true", "yes": "true", "on": "true", "nej": "false", "no": "false", "off": "false"}


def _meant(value: Any) -> str:
    """How to write what was probably meant by a text in the place of a number, day or truth value."""
    if not isinstance(value, str):
        return ""
    text = re.sub(r"\s*(?:pct\.?|procent|%)$", "", value.strip())
    if day := _DANISH_DAY.fullmatch(text):
        return f"skriv {day[3]}-{int(day[2]):02d}-{int(day[1]):02d}"
    if word := _TRUTHS.get(text.casefold()):
        return f"skriv {word}"
    return f"skriv {number}" if (number := _meant_number(text)) else ""


def _meant_number(text: str) -> str:
    if re.fullmatch(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}", text):
        return f"{text.replace('.', '')} for tusinder, eller {text}0 for et decimaltal"
    zeros = re.fullmatch(r"([-+]?)0+([0-9]+(?:[.,][0-9]+)?)", text)
    try:
        number = zeros[1] + zeros[2] if zeros else text.replace(" ", "\u00a0")
        return f"{parse_number(number):f}"
    except DataError:
        return ""


class Closed(BaseModel):
    """A frozen value that a person writes: an unknown key is refused, and nothing is read as another kind.

    A number is not taken from text (`"1.308"` is 1308 or 1.308), nor a truth value (`nej`) or a day.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_min_length=1,
        arbitrary_types_allowed=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        schema: CoreSchema = handler(source)
        _make_strict(schema, cls)
        return schema


def covers(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Whether a span of days holds the day; both ends belong to it, None is an open end."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


class Span(Closed):
    """Days for which something holds, both ends included.

    `valid_from` None: older than any period the reports show. `valid_to` None: still holds.
    """

    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Span:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"slutter {self.valid_to}, før den begynder {self.valid_from}")
        return self

    def covers(self, on: date) -> bool:
        """Whether `on` is one of the days."""
        return covers(self.valid_from, self.valid_to, on)


def expected_text(note: str) -> str:
    """A note on what is expected and not yet law, as it is printed."""
    return f"Ventet, ikke vedtaget: {note}"


def data_text(name: str) -> str:
    """Text of a data file that ships inside the package, e.g. `benefits.yaml`."""
    return files("beskplan").joinpath("data", name).read_text(encoding="utf-8")


def shipped(name: str, root: type[Model]) -> Model:
    """A data file that ships inside the package, e.g. `benefits.yaml`, as a `root` value."""
    return parse(data_text(name), name, root)


def parse(text: str, where: str, root: type[Model]) -> Model:
    """The YAML `text` as a `root` value.

    Args:
        text: YAML; dates as YYYY-MM-DD.
        where: the file's name, for the error.
        root: the closed model of the whole file.

    Raises:
        DataError: with all that is wrong, each with its line.
    """
    return checked(Document.parse(text, where), root)


def checked(document: Document, root: type[Model], error: type[BeskplanError] = DataError) -> Model:
    """The whole of a document as a `root` value; see `parse`."""
    if document.problems:
        raise error(document.problems)
    return validated(root, document.values, document, error=error)


def validated(
    model: type[Model],
    values: Mapping[str, Any],
    *documents: Document,
    error: type[BeskplanError] = DataError,
) -> Model:
    """`values` as a `model`.

    Args:
        model: The closed model that says what may stand in the files.
        values: What the documents say together.
        documents: Where the values come from; the first that names a key is told for it.
        error: The class of what is raised.

    Raises:
        BeskplanError: of the class `error`, with everything that is wrong.
    """
    try:
        return model.model_validate(values)
    except ValidationError as refused:
        found = _problems(refused, model, values, documents)
        raise error(list(dict.fromkeys(found))) from None


def _problems(
    refused: ValidationError,
    model: type[BaseModel],
    values: Mapping[str, Any],
    documents: tuple[Document, ...],
) -> Iterator[Problem]:
    faults = refused.errors()
    for fault in faults:
        # A list whose only item is wrong is told of as empty too: one problem is enough.
        if fault["type"] == "too_short" and any(
            _is_below(other["loc"], fault["loc"]) for other in faults
        ):
            continue
        path = _real_path(fault["loc"], values)
        document = max(documents, key=lambda one: one.depth(path))
        known = _known_keys(model, fault["loc"][:-1])
        yield _problem(fault, path, document, known, _owners(model, str(path[-1])) if path else [])


def _is_below(path: tuple[str | int, ...], above: tuple[str | int, ...]) -> bool:
    return len(path) > len(above) and path[: len(above)] == above


def _problem(
    fault: Any, path: KeyPath, document: Document, known: list[str], owners: list[str]
) -> Problem:
    where, found, ctx = document.where(path), shown(fault.get("input")), fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden" | "invalid_key":
            key, expected = str(path[-1]), f"en af {', '.join(known)}"
            others = f"`{key}` hører til under {' eller '.join(owners)}: ret indrykningen"
            fix = did_you_mean(key, known, others if owners else "slet den, eller ret indrykningen")
            if key == "VALG":
                fix = "erstat VALG"
            if key.isdecimal():
                fix = "skriv decimaltal med punktum: et komma skiller to nøgler ad"
            return problem("unknown-key", where, repr(key), expected=expected, fix=fix)
        case "missing" | "union_tag_not_found":
            key = str(path[-1]) if fault["type"] == "missing" else ctx["discriminator"].strip("'")
            return problem("key-missing", where, key=key)
        case "union_tag_invalid":
            tags = [tag.strip(" '") for tag in ctx["expected_tags"].split(",")]
            place = document.where((*path, ctx["discriminator"].strip("'")))
            fix, expected = did_you_mean(ctx["tag"], tags), f"en af {', '.join(tags)}"
            found = repr(ctx["tag"])
            return problem("no-such-value", place, found, expected=expected, fix=fix)
        case "value_error":
            expected, fix, told = [*str(ctx["error"]).split("|"), "", ""][:3]
            # That a whole file has its keys is no news.
            told = told or found * bool(path)
            return problem("wrong-value", where, told, expected=expected, fix=fix)
        case kind:
            text = refusals(ROOM)["expected"].get(kind, str(fault["msg"]))
            text = refusals(ROOM)["patterns"].get(str(ctx.get("pattern")), text)
            expected = text.format(**ctx).replace(" or ", " eller ")
            fix = _meant(fault.get("input")) or refusals(ROOM)["fixes"].get(kind, "")
            if kind in ("model_type", "dict_type") and " " in str(fault.get("input")):
                fix = refusals(ROOM)["fixes"]["no-colon"]
            if kind == "literal_error":
                options = re.findall("'(.*?)'", str(ctx["expected"]))
                fix = did_you_mean(str(fault.get("input")), options, fix)
            return problem("wrong-value", where, found, expected=expected, fix=fix)


def shown(value: Any) -> str:
    """A value as a Problem tells of it: short, and in words where it is not a single thing."""
    match value:
        case None:
            return "ingenting"
        case bool():
            return str(value).lower()
        case Mapping():
            return f"nøglerne {', '.join(map(str, value))}" if value else "ingen nøgler"
        case list() | tuple():
            return f"en liste med {len(value)}"
        case str():
            return repr(value if len(value) <= 80 else f"{value[:77]}...")
        case _:
            return str(value)


def _real_path(location: tuple[str | int, ...], values: Any) -> KeyPath:
    """The part of pydantic's location that names keys of the file, without names of union members."""
    path: list[str | int] = []
    for part in location:
        if part == "[key]":  # what pydantic says of a key that will not do
            break
        if isinstance(values, list) and isinstance(part, int):
            values = values[part]
        elif isinstance(values, Mapping):
            if part not in values and any(part == one for one in values.values()):
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


def _owners(top: type[BaseModel], key: str) -> list[str]:
    """The keys of a file below which `key` may stand, outermost first, in backticks; three at most."""
    models, names = [top], dict[str, None]()
    for model in models:  # grows on the way
        for name, one in model.model_fields.items():
            nested = [*_models(one.annotation)]
            names |= dict.fromkeys(f"`{name}`" for below in nested if key in below.model_fields)
            models += [below for below in dict.fromkeys(nested) if below not in models]
    return [*names][:3]


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
