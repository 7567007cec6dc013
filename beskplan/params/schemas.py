"""JSON schemas of the params files, generated from their models: for editors to complete and check by.

An editor sees one file at a time, so a key that may stand in the year's shared file is not required
here; `beskplan check` sees them together and requires it. The names of the registers are listed, so
that a slip of the pen is underlined while it is written.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, NoDefault
from pydantic_core import core_schema

from beskplan.params.maal import Maal
from beskplan.params.mail import MAIL_FILE, RECIPIENTS_FILE, MailSettings, Recipients
from beskplan.params.models import TARGETS_SUFFIX, PlanParams
from beskplan.params.profil import Profil
from beskplan.params.values import KINDS
from beskplan.registers.areas import Area, areas
from beskplan.registers.benefits import register
from beskplan.registers.indicators import ALL, INDICATORS, OWN, OwnIndicators, target_groups

FOLDER = Path("params/skema")
"""Where a working copy keeps them: beside the files, so that an editor needs no address outside."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_OWN_KEYS = ("kommune", "aar", "bilag")
"""What a municipality's own file must say itself."""


def schema_name(path: Path) -> str | None:
    """The schema of a params file, by its path in the working copy; None where it has none."""
    parts = path.parts
    if parts[:1] != ("params",) or path.suffix != ".yaml":
        return None
    year = path.name.partition(".")[0].isdigit()
    if len(parts) == 2:
        named = {MAIL_FILE: "mail.json", OWN.name: "indikatorer.json"}
        return "faelles.json" if year else named.get(path.name)
    if path.name.endswith(TARGETS_SUFFIX):
        return "maal.json"
    named = {"profil.yaml": "profil.json", RECIPIENTS_FILE: "modtagere.json"}
    return "plan.json" if year else named.get(path.name)


def schemas() -> dict[str, str]:
    """Every schema as the text of its file, by the file's name."""
    made = {
        "plan.json": _merged(PlanParams, _OWN_KEYS),
        "faelles.json": _merged(PlanParams, ()),
        "maal.json": _schema(Maal),
        "profil.json": _schema(Profil),
        "mail.json": _schema(MailSettings),
        "modtagere.json": _schema(Recipients),
        "indikatorer.json": _schema(OwnIndicators),
    }
    return {name: _text(schema) for name, schema in made.items()}


def schema_of(model: type[BaseModel]) -> str:
    """The schema of a file of a model, as the text of its own file."""
    return _text(_schema(model))


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": _DIALECT, **schema}, ensure_ascii=False, indent=1) + "\n"


class _Generator(GenerateJsonSchema):
    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a model, without its name and docstring: an editor shows those to analysts."""
        found = super().model_schema(schema)
        return {key: one for key, one in found.items() if key not in ("title", "description")}

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (pydantic's)
        """No key has another name than its own."""
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A number; pydantic's own schema lets its text stand too."""
        return self.float_schema({**schema, "type": "float"})  # type: ignore[typeddict-item]

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A key holds a value or is left out: else an editor underlines the whole of it."""
        return self.generate_inner(schema["schema"])

    def get_default_value(self, schema: core_schema.WithDefaultSchema) -> Any:
        """A default, but for nothing."""
        return NoDefault if (value := super().get_default_value(schema)) is None else value


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(schema_generator=_Generator)
    text = json.dumps(schema, ensure_ascii=False)
    for name in _NAMES:
        text = text.replace(f'"$comment": "{name}"', f'"$ref": "#/$defs/{name}"')
    lists = {
        name: {"enum": listed()} for name, listed in _NAMES.items() if f'"#/$defs/{name}"' in text
    }
    schema = json.loads(text)
    return {**schema, "$defs": {**schema.get("$defs", {}), **lists}} if lists else schema


def _merged(model: type[BaseModel], required: Iterable[str]) -> dict[str, Any]:
    """The schema of one of two files that are merged key by key: either may leave a key to the other."""
    schema = _schema(model)
    for name in _reached_by_keys(schema):
        schema["$defs"][name].pop("required", None)
    schema["required"] = list(required)
    return schema


def _reached_by_keys(schema: Mapping[str, Any]) -> set[str]:
    """The models that lie below keys alone, with no list between: only lists are taken whole."""
    found: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                look(one)
        elif isinstance(part, Mapping):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found and name not in _NAMES:
                found.add(name)
                look(schema["$defs"][name])
            for key, one in part.items():
                if key not in ("items", "prefixItems", "$defs"):
                    look(one)

    look(schema)
    return found


def _spelt(some: Iterable[Area]) -> list[str]:
    """Name, slug, code and other names of each area, the name first: that is what to write."""
    every = tuple(some)
    names = [one.navn for one in every]
    others = [name for one in every for name in (one.slug, one.kode, *one.aliases)]
    return list(dict.fromkeys((*names, *others)))


_NAMES: dict[str, Callable[[], list[str]]] = {
    "kommune": lambda: _spelt(areas("kommune")),
    "subject": lambda: _spelt(one for kind in KINDS for one in areas(kind)),
    "comparison": lambda: ["rar", *_spelt(areas())],
    "omraade": lambda: _spelt(areas()),
    "jobcenter": lambda: _spelt((*areas("kommune"), *areas("jobcenter"))),
    "ydelse": lambda: list(register().benefits),
    "raekke": lambda: [ALL, *(one.id for one in target_groups()), *register().benefits],
    "indikator": lambda: list(INDICATORS),
}
"""The names that each kind of register value may be written as (`values.register_value`)."""
