"""Periods: the sources' notations, order, calendar and Danish names."""

import pickle
from datetime import date

import pytest

from beskplan.core.errors import DataError, UnknownNameError
from beskplan.core.periods import (
    ACCEPTED_FORMS,
    MONTHS,
    Period,
    date_text,
    month,
    periods_between,
    quarter,
    span_text,
    year_,
)
from tests.conftest import cases

CASES = cases("periods")


@pytest.mark.parametrize(
    ("text", "period", "code", "statbank"),
    [
        ("2020M06", month(2020, 6), "2020M06", "2020M06"),
        ("2020M12", month(2020, 12), "2020M12", "2020M12"),
        ("2020Q1", quarter(2020, 1), "2020Q01", "2020K1"),
        ("2020Q01", quarter(2020, 1), "2020Q01", "2020K1"),
        ("2020K1", quarter(2020, 1), "2020Q01", "2020K1"),
        ("2025Y01", year_(2025), "2025Y01", "2025"),
        ("2025", year_(2025), "2025Y01", "2025"),
    ],
)
def test_both_sources_notations_are_read_and_written(
    text: str, period: Period, code: str, statbank: str
) -> None:
    assert Period.parse(text) == period
    assert (period.code, str(period), period.statbank) == (code, code, statbank)


def test_a_rolling_year_has_a_notation_in_jobindsats_only() -> None:
    period = Period.parse("2023QMAT02")
    assert period == Period("QMAT", 2023, 2)
    assert period.code == "2023QMAT02"
    with pytest.raises(UnknownNameError, match="Statistikbanken har ingen rullende år"):
        _ = period.statbank


@pytest.mark.parametrize(("text", "fix"), CASES["another_notation_is_refused_with_the_accepted"])
def test_another_notation_is_refused_with_the_accepted_forms(text: str, fix: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        Period.parse(text)
    (problem,) = caught.value.problems
    assert (problem.found, problem.expected) == (repr(text), ACCEPTED_FORMS)
    assert problem.what == "ikke en periode"
    assert problem.fix == fix


@pytest.mark.parametrize(("text", "what"), CASES["a_period_that_no_calendar_has_is_refused"])
def test_a_period_that_no_calendar_has_is_refused(text: str, what: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        Period.parse(text)
    (problem,) = caught.value.problems
    assert (problem.what, problem.found, problem.expected) == (what, repr(text), ACCEPTED_FORMS)


def test_every_accepted_form_of_the_error_is_accepted() -> None:
    forms = [word.strip("(),") for word in ACCEPTED_FORMS.split() if word[:4].isdigit()]
    assert len(forms) == 7
    assert len({Period.parse(form) for form in forms}) == 4


@pytest.mark.parametrize(("kind", "year", "index"), [("M", 2020, 13), ("W", 2020, 1), ("Y", 20, 1)])
def test_a_wrong_period_cannot_be_built(kind: str, year: int, index: int) -> None:
    with pytest.raises(UnknownNameError):
        Period(kind, year, index)  # type: ignore[arg-type]


def test_periods_are_ordered_in_time() -> None:
    assert sorted([month(2020, 1), month(2019, 12), month(2019, 2)]) == [
        month(2019, 2),
        month(2019, 12),
        month(2020, 1),
    ]
    assert quarter(2020, 4) >= quarter(2020, 4) > quarter(2020, 3)


def test_two_kinds_have_no_order() -> None:
    with pytest.raises(TypeError, match="2020M06 and 2020Y01 are periods of two kinds"):
        _ = month(2020, 6) < year_(2020)
    with pytest.raises(TypeError):
        max(quarter(2020, 1), Period("QMAT", 2020, 1))
    with pytest.raises(TypeError):
        _ = month(2020, 6) < "2020M07"
    assert quarter(2020, 1) != Period("QMAT", 2020, 1)


def test_a_period_is_a_value() -> None:
    assert {month(2020, 6): 1}[Period.parse("2020M06")] == 1
    assert pickle.loads(  # noqa: S301 - our own bytes
        pickle.dumps(month(2020, 6))
    ) == month(2020, 6)
    with pytest.raises(AttributeError):
        month(2020, 6).year = 2021  # type: ignore[misc]


@pytest.mark.parametrize(
    ("period", "first", "last", "months"), CASES["a_period_knows_its_days_and_months"]
)
def test_a_period_knows_its_days_and_months(
    period: str, first: str, last: str, months: int
) -> None:
    of = Period.parse(period)
    assert (str(of.first_day), str(of.last_day), len(of.months())) == (first, last, months)


def test_the_quarter_of_a_period_is_the_one_in_which_it_ends() -> None:
    for number in range(1, 13):
        assert month(2026, number).quarter == quarter(2026, (number + 2) // 3)
    assert quarter(2026, 3).quarter == quarter(2026, 3)
    assert year_(2026).quarter == quarter(2026, 4)


def test_shifting_counts_in_own_units() -> None:
    assert month(2020, 1).shift(-1) == month(2019, 12)
    assert month(2020, 11).shift(14) == month(2022, 1)
    assert quarter(2020, 4).next == quarter(2021, 1)
    assert Period("QMAT", 2023, 2).shift(-2) == Period("QMAT", 2022, 4)
    assert year_(2020).shift(3) == year_(2023)
    assert [p.year_before().code for p in (month(2020, 6), quarter(2020, 1), year_(2020))] == [
        "2019M06",
        "2019Q01",
        "2019Y01",
    ]
    assert Period("QMAT", 2023, 2).year_before() == Period("QMAT", 2022, 2)


@pytest.mark.parametrize(("period", "text", "head"), CASES["a_period_has_its_danish_names"])
def test_a_period_has_its_danish_names(period: str, text: str, head: str) -> None:
    of = Period.parse(period)
    assert (of.text, of.head) == (text, head)


@pytest.mark.parametrize(("period", "expected"), CASES["the_end_of_a_period_is_named_by_its_last"])
def test_the_end_of_a_period_is_named_by_its_last_day(period: str, expected: str) -> None:
    assert Period.parse(period).ultimo == expected


def test_months_are_written_without_capital_in_running_text() -> None:
    assert len(MONTHS) == 12
    assert all(name == name.lower() for name in MONTHS)
    assert [month(2020, index).text.split()[0] for index in range(1, 13)] == list(MONTHS)


def test_a_span_is_named_from_first_to_last() -> None:
    assert span_text(month(2019, 6), month(2020, 6)) == "fra juni 2019 til juni 2020"
    assert span_text(year_(2014), year_(2017)) == "fra 2014 til 2017"
    assert span_text(quarter(2014, 4), quarter(2015, 4)) == (
        "fra 4. kvartal 2014 til 4. kvartal 2015"
    )
    assert span_text(Period("QMAT", 2014, 4), Period("QMAT", 2015, 4)) == (
        "fra perioden 1. kvartal 2014 - 4. kvartal 2014 "
        "til perioden 1. kvartal 2015 - 4. kvartal 2015"
    )


def test_periods_between_are_all_of_them_with_both_ends() -> None:
    codes = [p.code for p in periods_between(month(2019, 11), month(2020, 2))]
    assert codes == ["2019M11", "2019M12", "2020M01", "2020M02"]
    assert periods_between(year_(2020), year_(2020)) == [year_(2020)]


@pytest.mark.parametrize(
    ("a", "b", "what"),
    [
        (month(2020, 6), month(2019, 6), "den sidste periode er før den første"),
        (month(2020, 6), year_(2020), "de to perioder er af hver sin slags"),
    ],
)
def test_a_span_in_disorder_is_refused(a: Period, b: Period, what: str) -> None:
    for make in (span_text, periods_between):
        with pytest.raises(DataError) as caught:
            make(a, b)
        (problem,) = caught.value.problems
        assert (problem.what, problem.found) == (what, f"{a.code} og {b.code}")


def test_a_span_has_two_ends() -> None:
    with pytest.raises(DataError, match="der skal to forskellige perioder til"):
        span_text(month(2020, 6), month(2020, 6))


def test_a_day_is_written_with_its_month_in_lower_case() -> None:
    assert date_text(date(2020, 11, 18)) == "18. november 2020"
