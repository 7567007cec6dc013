"""The plan of a fetch is closed: what it may say, what it must, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from beskplan.core.errors import BeskplanError, DataError, UnknownNameError
from beskplan.registers.benefits import benefits
from beskplan.sources.plan import FetchPlan, Source, default_plan, read_plan

GOOD = """
jobindsats:
  - id: y01a02
    latest: 12
    measures: [{ indicator: personer, labels: [Antal personer] }]
    parts: [{ ydelse: a_dagpenge }]
"""


def read(folder: Path, text: str) -> FetchPlan:
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path)


def test_a_plan_of_one_s_own_is_read(tmp_path: Path) -> None:
    [table] = read(tmp_path, GOOD).jobindsats
    assert (table.id, table.period_type, table.areas) == ("y01a02", "M", ("land", "kommune"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("latest: 12", "latests: 12", "mente du 'latest'"),
        ("latest: 12", "latest: 0", "greater than 0"),
        ("personer,", "persones,", "mente du 'personer'"),
        ("a_dagpenge", "a_dagpeng", "mente du 'a_dagpenge'"),
        ("labels: [Antal personer]", "labels: []", "at least 1 item"),
        ("id: y01a02", "id: ../y01a02", "String should match"),
        ("latest: 12", "latest: 12\n    areas: [kommune]\n    areas_if_there: [kommune]", "once"),
        ("latest: 12", "latest: 12\n    areas: [by]", "Input should be"),
        ("}]\n", "}, { ydelse: a_dagpenge }]\n", "asked for twice: personer a_dagpenge alle M"),
        ("jobindsats:", "{", "not readable as YAML"),
    ],
)
def test_what_is_wrong_is_refused_with_the_right_word(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = new.join(GOOD.rsplit(old, 1))
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)


def test_an_empty_plan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="asks for nothing"):
        read(tmp_path, "statbank: []")


def test_a_plan_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_plan(tmp_path / "none.yaml")


def test_the_default_plan_asks_for_every_table_of_the_benefits() -> None:
    listed = {(table.id, one.id) for one in benefits() for table in one.tables}
    asked = {(table.id, part.ydelse) for table in default_plan().jobindsats for part in table.parts}
    assert listed <= asked
    assert ("ptv_a02", "offentlig_forsoergelse") in asked


def test_the_default_plan_asks_for_the_denominators() -> None:
    asked = {table.id for table in default_plan().statbank}
    assert asked == {"RAS400", "FOLK1A", "AUK01", "AULK04", "AUP02"}


@pytest.mark.parametrize("source", ["jobindsats", "statbank"])
def test_one_source_can_be_chosen(source: Source) -> None:
    chosen = default_plan().only(sources=(source,))
    assert bool(chosen.jobindsats) == (source == "jobindsats")
    assert bool(chosen.statbank) == (source == "statbank")


def test_tables_are_chosen_by_id_without_letter_case() -> None:
    chosen = default_plan().only(tables=("Y01A02", "ras400"))
    assert [one.id for one in (*chosen.jobindsats, *chosen.statbank)] == ["y01a02", "RAS400"]


def test_a_table_that_the_plan_lacks_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="mente du 'RAS400'"):
        default_plan().only(tables=("RAS40",))


def test_a_choice_of_nothing_is_refused() -> None:
    with pytest.raises(BeskplanError, match="asks for nothing"):
        default_plan().only(sources=("statbank",), tables=("y01a02",))
