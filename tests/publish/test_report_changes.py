from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.publish.changes import HIDDEN, Changes, last_changes, summary
from beskplan.runner.versions import Store
from tests.publish.synthetic import A_ROW, MADE_FROM, put_report, table

JOB = Job(2021, "rudersdal", "maalgrupper")


def changed(tmp_path: Path, before: dict[str, Any], now: dict[str, Any]) -> Changes:
    place = Workplace(tmp_path)
    put_report(place, JOB, **before)
    put_report(place, JOB, **now)
    found = last_changes(place, JOB)
    assert found is not None
    return found


def row(value: float, period: str = "2020M06") -> tuple[Any, ...]:
    return (*A_ROW[:4], period, f"d{value}", value, 0)


def shows(value: float, **more: Any) -> dict[str, Any]:
    return {"tables": [table(value)], "rows": [row(value)], **more}


def test_a_number_that_the_source_has_revised_says_so_and_of_when(tmp_path: Path) -> None:
    found = changed(tmp_path, shows(703), shows(711))
    assert [(one.before, one.now, one.reason.text) for one in found.moved] == [
        ("703", "711", "Kilden har revideret tallet (juni 2020)")
    ]


def test_a_revised_number_has_that_reason_also_where_the_method_changed(tmp_path: Path) -> None:
    method = {**MADE_FROM, "library": "l2"}
    found = changed(tmp_path, shows(703), shows(711, made_from=method))
    assert [one.reason.causes for one in found.moved] == [("revideret",)]


@pytest.mark.parametrize(
    ("made_from", "causes"),
    [
        ({}, ("ukendt",)),
        ({"params": {"params/2021.yaml": "p2"}}, ("parameter",)),
        ({"notebook": "n2"}, ("metode",)),
        ({"library": "l2"}, ("metode",)),
        ({"params": {}, "registers": "r2"}, ("parameter", "metode")),
    ],
)
def test_what_else_differs_is_the_reason_where_no_row_was_revised(
    tmp_path: Path, made_from: dict[str, Any], causes: tuple[str, ...]
) -> None:
    same_rows = {"rows": [row(703)]}
    after = {"tables": [table(711)], **same_rows, "made_from": {**MADE_FROM, **made_from}}
    found = changed(tmp_path, {"tables": [table(703)], **same_rows}, after)
    assert [one.reason.causes for one in found.moved] == [causes]


def test_a_number_of_another_month_is_a_new_period(tmp_path: Path) -> None:
    later = {"tables": [table(690, period="juli 2020")], "rows": [row(690, "2020M07")]}
    found = changed(tmp_path, shows(703), later)
    assert [(one.column, one.reason.causes) for one in found.moved] == [("Juli 2020", ("periode",))]


def test_a_number_calculated_from_revised_ones_is_not_called_revised(tmp_path: Path) -> None:
    after = {"tables": [table(54, text="54 %")], "rows": [row(711)]}
    found = changed(tmp_path, {"tables": [table(49, text="49 %")], "rows": [row(703)]}, after)
    assert [one.reason.causes for one in found.moved] == [("data",)]


def test_what_is_withheld_now_is_not_told_again(tmp_path: Path) -> None:
    before = {"tables": [table(4)], "texts": [{"id": "t", "paragraphs": ["Der var 4."]}]}
    withheld = {
        "tables": [table(state="withheld")],
        "texts": [{"id": "t", "paragraphs": ["Tallet er fortroligt."]}],
    }
    found = changed(tmp_path, before, withheld)
    assert [(one.before, one.now) for one in found.moved] == [(HIDDEN, "fortroligt")]
    assert "4" not in {part for one in found.reworded for part in one.before}


def test_a_paragraph_that_changed_is_told_with_what_it_was(tmp_path: Path) -> None:
    texts = [
        [{"id": "t", "paragraphs": ["Ens.", words]}] for words in ("Det stiger.", "Det falder.")
    ]
    found = changed(tmp_path, {"texts": texts[0]}, {"texts": texts[1]})
    assert [(one.before, one.now) for one in found.reworded] == [("Det stiger.", "Det falder.")]


def test_new_and_vanished_numbers_are_told(tmp_path: Path) -> None:
    other = {**table(12), "id": "tabel-b", "name": "Tabel 2", "title": "B"}
    more = {"tables": [table(703), other]}
    assert [(m.before, m.now) for m in changed(tmp_path / "a", {}, more).moved] == [("ingen", "12")]
    assert [(m.before, m.now) for m in changed(tmp_path / "b", more, {}).moved] == [("12", "ingen")]


def test_the_summary_counts_by_reason_and_names_the_largest(tmp_path: Path) -> None:
    both = [table(703), {**table(10), "id": "tabel-b", "name": "Tabel 2"}]
    now = [table(711), {**table(10, text="10,0"), "id": "tabel-b", "name": "Tabel 2"}]
    found = changed(
        tmp_path, {"tables": both, "rows": [row(703)]}, {"tables": now, "rows": [row(711)]}
    )
    assert summary(found) == (
        "2 tal er ændret siden udgaven af 22. november 2026: 1 fordi kilden har revideret det og 1 "
        "fordi det er beregnet af reviderede eller nye tal. "
        "Mest er Rudersdal, Juni 2020 (tabel 1) ændret: fra 703 til 711."
    )


def test_the_first_version_has_no_changes(tmp_path: Path) -> None:
    put_report(Workplace(tmp_path), JOB)
    assert last_changes(Workplace(tmp_path), JOB) is None


def test_a_build_that_says_the_same_is_no_new_version(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB, **shows(703))
    put_report(place, JOB, **shows(711))
    put_report(place, JOB, **shows(711), made_at="2026-12-24T08:00:00+00:00")
    store = Store.of(place.reports)
    assert len(store.all(JOB.id)) == 2
    found = last_changes(place, JOB)
    assert found is not None
    assert [one.before for one in found.moved] == ["703"]


def test_a_version_outlives_the_report_that_took_its_place(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    first = put_report(place, JOB, **shows(703))
    before = (first.folder / "maalgrupper.html").read_bytes()
    put_report(place, JOB, **shows(711))
    assert (first.folder / "maalgrupper.html").read_bytes() == before
