"""The JSON schemas say what the models say: every params file fits, and a slip of the pen does not."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from beskplan.params.schemas import FOLDER, schema_name, schema_of, schemas
from beskplan.sources.mapping import SCHEMA, Mapping
from tests.conftest import cases
from tests.unit.test_command_language import english_words

CASES = cases("params_schemas")


class _Loader(yaml.SafeLoader):
    """As an editor reads YAML: a day is a text."""


_Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schemas()[name]))


def faults(name: str, text: str) -> list[str]:
    # A key such as `1:` is a number in YAML and a text in JSON.
    values = json.loads(json.dumps(yaml.load(text, _Loader)))  # noqa: S506 a SafeLoader
    return [error.json_path for error in validator(name).iter_errors(values)]


def files(root: Path) -> list[Path]:
    return [path.relative_to(root) for path in sorted((root / "params").rglob("*.yaml"))]


def test_the_schemas_of_the_working_copy_are_those_of_the_models(root: Path) -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in (root / FOLDER).iterdir()}
    assert there == schemas() | {SCHEMA: schema_of(Mapping)}, "run `beskplan schema`"


def test_every_shipped_mapping_fits_its_schema(root: Path) -> None:
    check = Draft202012Validator(json.loads(schema_of(Mapping)))
    found = sorted((root / "beskplan" / "data" / "mappings").glob("*.yaml"))
    assert len(found) > 5
    for path in found:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert list(check.iter_errors(values)) == []
        assert list(check.iter_errors(values | {"perioder": {}}))


def test_every_params_file_fits_its_schema(root: Path) -> None:
    found = files(root)
    assert len(found) > 10
    for path in found:
        name = schema_name(path)
        assert name is not None
        assert faults(name, (root / path).read_text(encoding="utf-8")) == [], path


PLAN = CASES["plan"]


@pytest.mark.parametrize(("right", "wrong", "place"), CASES["a_slip_of_the_pen_is_seen_where_it"])
def test_a_slip_of_the_pen_is_seen_where_it_stands(right: str, wrong: str, place: str) -> None:
    assert faults("plan.json", PLAN) == []
    assert faults("plan.json", PLAN.replace(right, wrong)) == [place]


def test_a_key_may_be_left_to_the_year_s_shared_file_but_not_a_target_s_own() -> None:
    assert faults("faelles.json", "maalgrupper: {afsnit: {fleksjob: {ydelse: fleksjob}}}") == []
    target = "kilde: Plan\noverordnede: [{titel: A, resultatmaal: [{id: a, slags: naevnt}]}]"
    assert faults("maal.json", target) == ["$.overordnede[0].resultatmaal[0]"]


def test_an_editor_proposes_names_and_shows_no_words_for_developers() -> None:
    plan: dict[str, Any] = json.loads(schemas()["plan.json"])
    assert "Rudersdal" in plan["$defs"]["subject"]["enum"]
    assert "emne" in plan["$defs"]["EgetAfsnit"]["properties"]
    texts = "".join((*schemas().values(), schema_of(Mapping)))
    # Forms of a value may stand there, such as `2026M06`.
    told = re.findall('"(?:title|description)": "(.*?)"', texts)
    assert told
    assert english_words("\n".join(told)) == []
    assert english_words("When the plan was adopted.") != []


@pytest.mark.parametrize(("path", "name"), CASES["each_kind_of_file_has_its_own_schema"])
def test_each_kind_of_file_has_its_own_schema(path: str, name: str | None) -> None:
    assert schema_name(Path(path)) == name
