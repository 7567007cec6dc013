"""The other registers: groups, breaks, and what must hold between their entries."""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from beskplan.core.danish import slugify
from beskplan.core.errors import DataError, UnknownNameError
from beskplan.core.periods import Period
from beskplan.registers.areas import Area, build_register, spellings
from beskplan.registers.benefits import Register, benefit, register
from beskplan.registers.breaks import breaks_between, refuse_breaks
from beskplan.registers.document import Document
from beskplan.registers.indicators import ALL, INDICATORS, group, groups
from beskplan.registers.reading import data_text, parse
from tests.conftest import cases

CASES = cases("registers")

NAMES = ("benefits", "breaks", "groups", "target_groups", "areas/kommuner", "areas/omraader")
Raw = dict[str, Any]


@pytest.fixture
def raw() -> Raw:
    """The files by their names, as values: every id of a file stands among them once."""
    texts = {name: data_text(f"{name}.yaml") for name in NAMES}
    return deepcopy({name: Document.parse(text, name).values for name, text in texts.items()})


def day(row: Raw, key: str, otherwise: str) -> str:
    return str(row.get(key) or otherwise)


def twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def benefit_faults(raw: Raw) -> Iterator[str]:
    file = raw["benefits"]
    entries = {one["id"]: one for one in file["ydelser"]}
    yield from (f"twice {name}" for name in twice([one["id"] for one in file["ydelser"]]))
    yield from (f"twice {name}" for name in twice([one["id"] for one in file["events"]]))
    cited = [
        key
        for one in (*file["ydelser"], *file["events"])
        for part in (one, *(row for k in ("forms", "tables", "stated") for row in one.get(k, ())))
        for key in part["source"]
    ]
    yield from (f"source {key}" for key in set(cited) ^ set(file["sources"]))
    days = [event["day"] for event in file["events"]]
    yield from ("events not in order" for _ in range(days != sorted(days)))
    for event in file["events"]:
        yield from (f"unknown {name}" for name in event["ydelser"] if name not in entries)
    for name, one in entries.items():
        yield from (f"{fault} {name}" for fault in entry_faults(name, one, entries))


def entry_faults(name: str, one: Raw, entries: dict[str, Raw]) -> Iterator[str]:
    heirs, parts = one.get("successors", []), one.get("parts", [])
    named = [*heirs, *parts, *(part for row in one.get("stated", ()) for part in row["parts"])]
    yield from (f"unknown {other} in" for other in named if other not in entries)
    begun = [day(form, "valid_from", "") for form in one["forms"]]
    if begun != sorted(set(begun)):
        yield "forms"
    if heirs and "valid_to" not in one:
        yield "successors of a benefit in force"
    for heir in heirs:
        after = entries.get(heir, {})
        if day(after, "valid_to", "9") < day(one, "valid_to", ""):
            yield f"{heir} ends before"
        if name in (heir, *after.get("successors", ())):
            yield "succeeds itself"
    # A composite of composites would count a person twice when its parts are added.
    if any(entries.get(part, {}).get("parts") for part in parts):
        yield "nested"
    if one.get("stated") and not parts:
        yield "stated parts of a plain benefit"
    start = day(one, "valid_from", "")
    early = any(day(table, "valid_from", "") < start for table in one.get("tables", ()))
    # Figures from before a benefit existed must say so to the reader.
    if early != bool(one.get("counted_back_note")):
        yield "counted back"


def break_faults(raw: Raw) -> Iterator[str]:
    file = raw["breaks"]
    known = {
        "indicators": set(INDICATORS),
        "ydelser": {ALL, *(one["id"] for one in raw["benefits"]["ydelser"])},
        "source": set(file["sources"]),
    }
    for one in (*file["breaks"], *file["unfinished"]):
        for key, names in known.items():
            yield from (f"unknown {name}" for name in one.get(key, ()) if name not in names)


def group_faults(raw: Raw) -> Iterator[str]:
    groups = raw["groups"]["groups"]
    names = [n for one in groups for n in {one["id"], one["navn"], *one.get("aliases", ())}]
    yield from (f"twice {name}" for name in twice([name.casefold() for name in names]))
    for one in groups:
        if re.findall(r"\{.*?\}", one["phrase"]) not in (["{modtagere}"], ["{paa}"]):
            yield f"phrase {one['id']}"
        first, *_ = definitions = one["definitions"]
        gaps = [
            b.get("first_plan_year", 0) - a.get("last_plan_year", 0)
            for a, b in pairwise(definitions)
        ]
        if "first_plan_year" in first or "last_plan_year" in definitions[-1] or set(gaps) - {1}:
            yield f"definitions {one['id'][:18]}"


def target_group_faults(raw: Raw) -> Iterator[str]:
    groups = raw["target_groups"]["target_groups"]
    by_id = {one["id"]: one for one in groups}
    known = {None, *(one["id"] for one in raw["benefits"]["ydelser"])}
    yield from (f"twice {name}" for name in twice([one["id"] for one in groups]))
    for one in groups:
        if one["ydelse"] not in known:
            yield f"unknown {one['ydelse']}"
        if heir := one.get("successor"):
            if day(by_id.get(heir, {}), "valid_from", "") <= day(one, "valid_to", "9"):
                yield f"does not begin after the end {heir}"
            elif by_id[heir]["ydelse"] != one["ydelse"]:
                yield f"another benefit {heir}"


def area_faults(raw: Raw) -> Iterator[str]:
    kommuner = raw["areas/kommuner"]
    codes = [kode for names in kommuner["landsdele"].values() for kode in names]
    yield from (f"twice {kode}" for kode in twice(codes))
    yield from (f"unknown {kode}" for kode in set(kommuner["forms"]) - set(codes))
    by_code = build_register(kommuner, raw["areas/omraader"]).by_code
    holders: dict[str, Area] = {}
    for one in by_code.values():
        for name in (one.kode, *spellings(one)):
            if holders.setdefault(slugify(name), one) is not one:
                yield f"name of two areas {one.kode}"
        for kind in ("region", "rar", "landsdel", "oestvest"):
            kode = getattr(one, kind)
            if kode and by_code[kode].kind != kind:
                yield f"{kind} of {one.kode}"
        yield from (f"part {k}" for k in one.parts if by_code[k].kind != "kommune")
        yield from (f"unknown {k}" for k in one.successors if k not in by_code)
        if one.valid_to is not None and not one.successors:
            yield f"ended without successor {one.kode}"


RULES = (benefit_faults, break_faults, group_faults, target_group_faults, area_faults)


def faults(raw: Raw) -> list[str]:
    return [fault for rule in RULES for fault in rule(raw)]


def test_the_registers_are_right(raw: Raw) -> None:
    assert faults(raw) == []
    kommuner, omraader = raw["areas/kommuner"], raw["areas/omraader"]
    built = build_register(kommuner, omraader)
    assert len(built.by_code) == 131
    assert sum(one.kind == "kommune" for one in built.by_code.values()) == 98
    assert sum(one.valid_to is not None for one in built.by_code.values()) == 11
    # The order of the files says nothing.
    for file, key in ((kommuner, "landsdele"), (omraader, "landsdel")):
        file[key] = dict(reversed(file[key].items()))
    assert build_register(kommuner, omraader) == built


def entry(raw: Raw, name: str) -> Raw:
    """The entry with an id, of whatever register."""
    lists = (one for file in raw.values() for one in file.values() if isinstance(one, list))
    hit: Raw = next(row for rows in lists for row in rows if row.get("id") == name)
    return hit


BROKEN: list[tuple[str, str, Any, str]] = CASES["broken"]
"""A file or entry, the key that is changed in it, its value (None: taken out), and the fault."""


@pytest.mark.parametrize(("name", "key", "value", "fault"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_broken_register_would_be_found(
    raw: Raw, name: str, key: str, value: object, fault: str
) -> None:
    changed: Any = raw[name] if name in raw else entry(raw, name)
    *above, last = key.split(".")
    for part in above:
        changed = changed[int(part)] if isinstance(changed, list) else changed[part]
    changed[last] = value
    if value is None:
        del changed[last]
    assert fault in faults(raw)


SMALL = CASES["small"]


@pytest.mark.parametrize(("old", "new", "where", "fix"), CASES["a_register_of_another_form_is"])
def test_a_register_of_another_form_is_refused_with_its_place(
    old: str, new: str, where: str, fix: str
) -> None:
    assert parse(SMALL, "x.yaml", Register).benefits["x"].id == "x"
    with pytest.raises(DataError) as refused:
        parse(SMALL.replace(old, new, 1), "x.yaml", Register)
    (problem,) = refused.value.problems
    assert re.sub(r":\d+", "", problem.where) == f"x.yaml: ydelser.x{where}"
    assert problem.fix == fix


def test_codes_and_days_are_read_as_such(raw: Raw) -> None:
    for one in build_register(raw["areas/kommuner"], raw["areas/omraader"]).by_code.values():
        assert all(isinstance(kode, str) for kode in (one.kode, *one.parts, *one.successors))
        assert all(at is None or type(at) is date for at in (one.valid_from, one.valid_to))


ON = date(2020, 6, 1)


def test_foreign_citizens_are_defined_anew_in_the_plan_for_2021() -> None:
    foreign = group("udenlandske_statsborgere")
    assert "EFTA" in foreign.definition(2020).text
    assert foreign.definition(2021).text == "Borgere uden dansk statsborgerskab"
    assert foreign.definition(2027) == foreign.definition(2021)


def test_the_new_definition_is_told_in_its_first_plan_only() -> None:
    foreign = group("udenlandske_statsborgere")
    note = foreign.note(2021)
    assert note is not None
    assert "EFTA" in note
    assert foreign.note(2020) is None
    assert foreign.note(2022) is None
    assert group("alle").note(2021) is None


@pytest.mark.parametrize(("name", "expected"), CASES["a_group_is_found_as_plans_and_source_call"])
def test_a_group_is_found_as_plans_and_source_call_it(name: str, expected: str) -> None:
    assert group(name).id == expected


def test_an_unknown_group_brings_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as refused:
        group("jobparrate")
    assert refused.value.problems[0].fix == "mente du 'jobparate'?"


@pytest.mark.parametrize(("name", "ydelse", "expected"), CASES["the_group_among_a_benefits"])
def test_the_group_among_a_benefits_recipients(name: str, ydelse: str, expected: str) -> None:
    assert group(name).of(benefit(ydelse), ON) == expected


def test_every_group_can_be_said_of_every_benefit() -> None:
    for one in groups():
        for ydelse in register().benefits.values():
            assert "{" not in one.of(ydelse, ON)


def kinds(
    ydelse: str, area: str, before: str, now: str, indicator: str = "fuldtidspersoner"
) -> list[str]:
    found = breaks_between(indicator, ydelse, area, Period.parse(before), Period.parse(now))
    return [f"{one.day} {one.kind}" for one in found]


@pytest.mark.parametrize(
    ("ydelse", "area", "before", "now", "expected"), CASES["breaks_follow_the_registers"]
)
def test_breaks_follow_the_registers(
    ydelse: str, area: str, before: str, now: str, expected: list[str]
) -> None:
    assert kinds(ydelse, area, before, now) == expected


def test_a_break_of_some_indicators_leaves_the_others_alone() -> None:
    assert kinds("alle", "230", "2025M06", "2026M06", indicator="befolkning") == []


def test_a_forbidden_comparison_raises_with_the_reason_for_readers() -> None:
    before, now = Period.parse("2025M06"), Period.parse("2026M06")
    with pytest.raises(DataError) as refusal:
        refuse_breaks("fuldtidspersoner", "kontanthjaelp", "230", before, now, where="afsnit")
    (problem,) = refusal.value.problems
    assert (problem.where, problem.expected) == ("afsnit", "Kontanthjælp ophørte 30. juni 2025.")
    assert problem.what == "perioder på hver sin side af 2025-07-01"


def test_two_periods_before_a_benefit_are_not_on_either_side_of_it() -> None:
    before, now = Period.parse("2019M06"), Period.parse("2020M06")
    with pytest.raises(DataError) as refusal:
        refuse_breaks("fuldtidspersoner", "kontanthjaelp_2025", "230", before, now, where="afsnit")
    (problem,) = refusal.value.problems
    assert problem.what == "findes ikke i perioderne"
    assert problem.expected == "Kontanthjælp findes først fra 1. juli 2025."


def test_an_allowed_comparison_returns_what_must_be_said() -> None:
    before, now = Period.parse("2025M06"), Period.parse("2026M06")
    (one,) = refuse_breaks(
        "fuldtidspersoner", "kontanthjaelp_2025", "084", before, now, where="afsnit"
    )
    assert "1. juli 2025" in one.note
    assert "Lov nr. 1655" in one.source


def test_periods_in_the_wrong_order_are_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="is before"):
        kinds("a_dagpenge", "230", "2026M06", "2025M06")
