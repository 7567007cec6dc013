"""Comparisons across a break are marked or refused, from dated data."""

from __future__ import annotations

import pytest

from beskplan.core.errors import DataError
from beskplan.core.periods import Period
from beskplan.registers.breaks import breaks_between, refuse_breaks


def kinds(
    ydelse: str, area: str, before: str, now: str, indicator: str = "fuldtidspersoner"
) -> list[str]:
    found = breaks_between(indicator, ydelse, area, Period.parse(before), Period.parse(now))
    return [f"{one.day} {one.kind}" for one in found]


@pytest.mark.parametrize(
    ("ydelse", "area", "before", "now", "expected"),
    [
        ("a_dagpenge", "230", "2025M06", "2026M06", []),
        ("kontanthjaelp_2025", "230", "2025M07", "2026M07", []),
        # Counted back by the source: compared, with a word about it.
        ("kontanthjaelp_2025", "230", "2025M06", "2026M06", ["2025-07-01 mark"]),
        # Before the source has counted back, and after the old benefit ended: not compared.
        (
            "kontanthjaelp_2025",
            "230",
            "2020M06",
            "2026M06",
            ["2025-07-01 mark", "2025-07-01 refuse"],
        ),
        ("kontanthjaelp", "230", "2025M06", "2026M06", ["2025-07-01 mark", "2025-07-01 refuse"]),
        ("sho", "230", "2019M06", "2020M06", ["2020-01-01 mark"]),
        ("a_dagpenge", "rar-hovedstaden", "2024M06", "2025M06", ["2025-01-01 refuse"]),
        ("a_dagpenge", "rar-hovedstaden", "2023M06", "2024M06", []),
        ("alle", "230", "2025M06", "2026M06", ["2025-07-01 mark"]),
        ("sygedagpenge", "230", "2019M06", "2020M06", ["2020-05-01 mark"]),
        ("sygedagpenge", "230", "2019M04", "2020M04", []),
        # The last month before the law of no new courses, and the first under it.
        ("ressourceforloeb", "230", "2025M01", "2026M01", []),
        ("ressourceforloeb", "230", "2025M02", "2026M02", ["2026-02-01 mark"]),
        ("ressourceforloeb", "230", "2026M02", "2027M02", []),
        ("revalidering", "230", "2025M01", "2026M01", []),
        ("revalidering", "230", "2025M02", "2026M02", ["2026-02-01 mark"]),
    ],
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
