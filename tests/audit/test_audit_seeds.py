"""The adopted plans: what is known to be wrong in them is found, and nothing graver than that."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from beskplan.audit.checking import audit
from beskplan.audit.documents import read_document
from beskplan.audit.model import Finding, Result
from beskplan.observations import embedded

pytestmark = pytest.mark.shared


@cache
def checked(folder: Path, number: str, *, data: bool = False) -> Result:
    """What is found from the text alone, or with the published figures beside it."""
    (path,) = (folder / "seeds").glob(f"{number}_*.txt")
    return audit(read_document(path), embedded() if data else None)


def at(result: Result, rule: str) -> set[int]:
    """The lines on which a rule found something."""
    return {one.place.line for one in result.findings if one.rule == rule}


def graver(result: Result, severity: str) -> list[Finding]:
    return [one for one in result.findings if one.severity == severity]


@pytest.mark.parametrize(
    ("number", "rule", "lines"),
    [
        ("000", "forhold-som-aendring", {41, 44}),
        ("000", "naevner", {37}),
        ("000", "lovdato", {50}),
        ("000", "tekst-mod-tabel", {346}),
        ("000", "maal-to-relationer", {354}),
        ("000", "lille-grundlag", {44}),
        ("000", "brudt-tal", {115}),
        ("000", "ultimo-om-aar", {37}),
        ("000", "kommunenavn", {246}),
        ("000", "kildenavn", {325}),
        ("000", "pct-eller-point", {101, 102, 103}),
        ("000", "maal-uden-udgangspunkt", {89, 101, 102, 103, 107, 116}),
        ("001", "verbum-mod-fortegn", {620, 626}),
        ("001", "naevner-i-tekst", {610, 614}),
        ("001", "maal-niveau-og-fald", {835}),
        ("001", "fremtid-i-fortiden", {1221}),
        ("002", "kommunenavn", {15, 19, 21, 74}),
        ("003", "udgangspunkt-i-kaede", {47}),
        ("003", "niveau-trykt-som-fald", {49}),
        ("003", "maal-to-relationer", {384, 402}),
        ("003", "enhed", {98, 276, 386}),
        ("003", "maal-uden-udgangspunkt", {179, 382, 384}),
        ("003", "retning-i-aaret", {244}),
        ("003", "to-maal-en-tekst", {157}),
        ("004", "hhv-orden", {423}),
        ("004", "periode-i-hoved", {431}),
        ("004", "befolkning-eller-gruppe", {434}),
        ("004", "kommunenavn", {201}),
        ("004", "fremtid-i-fortiden", {342}),
        ("004", "enhed", {366, 412}),
    ],
)
def test_a_known_fault_is_found_on_its_line(
    shared: Path, number: str, rule: str, lines: set[int]
) -> None:
    assert at(checked(shared, number), rule) == lines


def test_the_forecast_of_unemployment_is_found_with_two_values(shared: Path) -> None:
    assert 450 in at(checked(shared, "001"), "samme-prognose")


def test_the_target_with_two_recipients_is_found(shared: Path) -> None:
    assert {1436, 988} <= at(checked(shared, "001"), "maal-to-ordlyde")
    assert {144, 199, 218, 242} <= at(checked(shared, "000"), "maal-to-ordlyde")


def test_rudersdals_eleven_tables_have_no_error_but_the_swapped_areas(shared: Path) -> None:
    result = checked(shared, "004")
    assert [(one.rule, one.place.line) for one in graver(result, "error")] == [("hhv-orden", 423)]
    assert [one.rule for one in graver(result, "contradiction")] == ["periode-i-hoved"]


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
def test_the_published_figures_only_confirm_what_the_text_has_told(
    shared: Path, number: str
) -> None:
    alone, beside = checked(shared, number), checked(shared, number, data=True)
    assert alone.findings == beside.findings
    assert len(alone.agreed) <= len(beside.agreed)


def test_most_of_rudersdals_numbers_are_confirmed(shared: Path) -> None:
    result = checked(shared, "004", data=True)
    assert len(result.agreed) > 180
    assert result.unread == ()


def test_what_cannot_be_read_is_listed_with_its_place(shared: Path) -> None:
    assert [one.place.line for one in checked(shared, "000").unread] == [115]


def test_the_ratios_are_errors_and_the_signs_contradictions(shared: Path) -> None:
    assert {one.rule for one in graver(checked(shared, "000"), "error")} == {"forhold-som-aendring"}
    signs = [one for one in checked(shared, "001").findings if one.rule == "verbum-mod-fortegn"]
    assert {one.severity for one in signs} == {"contradiction"}
