"""A register file that is wrong is refused, with every fault, its place and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from beskplan.core.errors import DataError, Problem
from beskplan.registers.benefits import parse_register

FORMS = {
    "name": "ydelse",
    "koen": "en",
    "bestemt": "ydelsen",
    "modtagere": "modtagere",
    "paa": "på ydelse",
    "overskrift": "Ydelse",
    "tabeltitel": "Ydelse",
    "source": ["lov"],
}
Raw = dict[str, Any]


def small() -> Raw:
    """A right register of an old and a new benefit and their sum."""
    return {
        "sources": {"lov": "Lov om ydelser"},
        "ydelser": [
            {"id": "gammel", "valid_to": "2019-12-31", "source": ["lov"], "successors": ["ny"]},
            {"id": "ny", "valid_from": "2020-01-01", "source": ["lov"]},
            {"id": "begge", "source": ["lov"], "parts": ["gammel", "ny"]},
        ],
        "events": [
            {
                "id": "skift",
                "day": "2020-01-01",
                "kind": "replaced",
                "ydelser": ["gammel", "ny"],
                "note": "Ny afløste gammel.",
                "source": ["lov"],
            }
        ],
    }


def faults(change: Callable[[Raw], object]) -> tuple[Problem, ...]:
    raw = small()
    for entry in raw["ydelser"]:
        entry["forms"] = [dict(FORMS, name=entry["id"])]
    change(raw)
    # JSON mode keeps the dates as text, as a person would type them; YAML reads them as dates.
    text = yaml.safe_dump(raw, allow_unicode=True).replace("'", "")
    try:
        parse_register(text, "x.yaml")
    except DataError as refused:
        return refused.problems
    return ()


def entry(raw: Raw, n: int) -> Raw:
    found: Raw = raw["ydelser"][n]
    return found


def test_the_small_register_is_right() -> None:
    assert faults(dict.copy) == ()


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (
            lambda raw: entry(raw, 1).update(sucessors=["gammel"]),
            "x.yaml: ydelser.ny.sucessors",
            "ukendt nøgle",
        ),
        (
            lambda raw: entry(raw, 0)["forms"][0].update(koen="den"),
            "x.yaml: ydelser.gammel.forms.0.koen",
            "forkert værdi",
        ),
        (
            lambda raw: entry(raw, 0)["forms"][0].update(paa=""),
            "x.yaml: ydelser.gammel.forms.0.paa",
            "forkert værdi",
        ),
        (
            lambda raw: entry(raw, 0).update(successors=["nye"]),
            "x.yaml: ydelser.gammel.successors",
            "den ydelse findes ikke",
        ),
        (
            lambda raw: entry(raw, 1).update(source=["loven"]),
            "x.yaml: ydelser.ny.source",
            "no such source",
        ),
        (
            lambda raw: raw["sources"].update(ubrugt="Lov"),
            "x.yaml: sources.ubrugt",
            "source that no fact cites",
        ),
        (
            lambda raw: entry(raw, 1).update(id="gammel"),
            "x.yaml: ydelser.gammel",
            "id used twice",
        ),
        (
            lambda raw: entry(raw, 1).update(valid_to="2021-01-01", successors=["gammel"]),
            "x.yaml: ydelser.gammel.successors",
            "succeeds itself",
        ),
        (
            lambda raw: entry(raw, 1).update(valid_to="2019-06-30", valid_from="2019-01-01"),
            "x.yaml: ydelser.gammel.successors",
            "successor ends first",
        ),
        (
            lambda raw: entry(raw, 0).pop("valid_to"),
            "x.yaml: ydelser.gammel.successors",
            "has successors but no last day",
        ),
        (
            lambda raw: entry(raw, 0)["forms"].append(dict(FORMS)),
            "x.yaml: ydelser.gammel.forms",
            "names not in order of their first day",
        ),
        (
            lambda raw: entry(raw, 2)["parts"].append("begge"),
            "x.yaml: ydelser.begge.parts",
            "part is itself a composite",
        ),
        (
            lambda raw: entry(raw, 1).update(tables=[{"id": "y60a02", "source": ["lov"]}]),
            "x.yaml: ydelser.ny.counted_back_note",
            "a sentence exactly where a table reaches back before the benefit",
        ),
        (
            lambda raw: entry(raw, 1).update(stated=[{"parts": ["ny"], "source": ["lov"]}]),
            "x.yaml: ydelser.ny.stated",
            "stated parts of a plain benefit",
        ),
        (
            lambda raw: raw["events"][0].update(ydelser=["ingen"]),
            "x.yaml: events.skift.ydelser",
            "den ydelse findes ikke",
        ),
    ],
)
def test_a_fault_is_found_at_its_place(
    change: Callable[[Raw], object], where: str, what: str
) -> None:
    found = [(re.sub(r":\d+", "", fault.where), fault.what) for fault in faults(change)]
    assert (where, what) in found


def test_an_unknown_key_brings_the_nearest() -> None:
    (fault,) = faults(lambda raw: entry(raw, 1).update(sucessors=["gammel"]))
    assert fault.found == "'sucessors'"
    assert fault.fix == "mente du 'successors'?"


def test_a_benefit_that_ends_before_it_starts_is_refused() -> None:
    (fault,) = faults(lambda raw: entry(raw, 1).update(valid_to="2019-12-31"))
    assert fault.expected == "slutter 2019-12-31, før den begynder 2020-01-01"


def test_all_faults_come_at_once() -> None:
    def two(raw: Raw) -> None:
        entry(raw, 0).update(successors=["nye"])
        entry(raw, 1).update(source=["loven"])

    assert {fault.what for fault in faults(two)} == {"den ydelse findes ikke", "no such source"}


@pytest.mark.parametrize("text", ["ydelser: [", "sources: {a: 1, a: 2}", ""])
def test_broken_yaml_and_doubled_keys_are_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"x\.yaml"):
        parse_register(text, "x.yaml")
