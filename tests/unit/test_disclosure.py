"""Withheld numbers on a page: what gives one away is withheld with it, and no more than that."""

from __future__ import annotations

from decimal import Decimal

import pytest

from beskplan.indicators.quantities import Quantity
from beskplan.observations.contract import Key
from beskplan.observations.suppression import (
    Relation,
    protect,
    relations_between,
    revealed,
    rounding_bound,
    share_beside,
    threshold,
)
from beskplan.observations.suppression.relations import VISITATION


def count(value: int | None, state: str = "known") -> Quantity:
    if value is None:
        return Quantity(None, 0, "fuldtidspersoner", "withheld" if state == "known" else "absent")
    return Quantity(Decimal(value), 0, "fuldtidspersoner")


def texts(cells: dict[str, Quantity]) -> dict[str, str]:
    return {key: quantity.text() for key, quantity in cells.items()}


SUM = [Relation("total", ("a", "b"))]


def test_total_minus_part_reveals_and_is_mended_by_the_smallest_other_part() -> None:
    cells = {"total": count(30), "a": count(27), "b": count(None)}
    assert revealed(cells, SUM) == ("b",)
    protected = protect(cells, SUM)
    assert texts(protected) == {"total": "30", "a": "fortroligt", "b": "fortroligt"}
    assert revealed(protected, SUM, also_withheld={"a"}) == ()


def test_a_cell_that_the_page_needs_is_kept_where_another_can_go() -> None:
    cells = {"total": count(30), "a": count(27), "b": count(None)}
    assert texts(protect(cells, SUM, keep={"a"})) == {
        "total": "fortroligt",
        "a": "27",
        "b": "fortroligt",
    }


def test_a_small_total_gives_two_withheld_parts_away_and_goes_too() -> None:
    cells = {"total": count(4), "a": count(None), "b": count(None)}
    assert revealed(cells, SUM) == ("a", "b")
    assert set(texts(protect(cells, SUM)).values()) == {"fortroligt"}


def test_two_withheld_parts_of_a_total_near_their_limits_are_revealed() -> None:
    three = [Relation("total", ("a", "b", "c"))]
    cells = {"total": count(31), "a": count(27), "b": count(None), "c": count(None)}
    assert set(revealed(cells, three)) == {"b", "c"}
    assert not revealed(protect(cells, three), three, also_withheld={"a"})


def test_an_unprinted_part_hides_the_withheld_one() -> None:
    cells = {"total": count(300), "a": count(27), "b": count(None)}
    assert revealed(cells, [Relation("total", ("a", "b"), complete=False)]) == ()


def test_an_unprinted_part_hides_nothing_where_nothing_is_left_for_it() -> None:
    cells = {"total": count(28), "a": count(27), "b": count(None)}
    assert revealed(cells, [Relation("total", ("a", "b"), complete=False)]) == ("b",)


def test_without_withheld_cells_nothing_changes() -> None:
    cells = {"total": count(30), "a": count(27), "b": count(3)}
    assert protect(cells, SUM) == cells


def test_an_absent_part_is_not_taken_for_zero() -> None:
    cells = {"total": count(30), "a": count(None, "absent"), "b": count(None)}
    assert revealed(cells, SUM) == ()
    assert protect(cells, SUM)["a"].text() == "ikke opgjort"


def test_the_margins_of_a_table_do_not_give_its_cells_away() -> None:
    rows = [Relation(f"row{r}", (f"{r}a", f"{r}b")) for r in (1, 2)]
    columns = [Relation(f"col{c}", (f"1{c}", f"2{c}")) for c in "ab"]
    cells = {
        "1a": count(None), "1b": count(20), "row1": count(22),
        "2a": count(30), "2b": count(40), "row2": count(70),
        "cola": count(32), "colb": count(60),
    }  # fmt: skip
    assert revealed(cells, [*rows, *columns]) == ("1a",)
    protected = protect(cells, [*rows, *columns])
    taken = {key for key in cells if protected[key].state != cells[key].state}
    assert not revealed(protected, [*rows, *columns], also_withheld=taken)
    # The row and the column of the cell each lose something: one alone would be worked out again.
    assert taken & {"1b", "row1"}
    assert taken & {"2a", "cola"}


def test_a_share_is_withheld_with_its_count_and_stands_with_it() -> None:
    share = Quantity(Decimal("0.2"), 1, "pct. af arbejdsstyrken")
    assert share_beside(count(None), share).state == "withheld"
    assert share_beside(count(5), share) == share
    absent = Quantity(None, 1, "pct. af arbejdsstyrken", "absent")
    assert share_beside(count(None), absent) == absent


@pytest.mark.parametrize(
    ("source", "limit"), [("jobindsats", 3), ("own:fasit", 5), ("statbank", 0)]
)
def test_each_source_has_its_threshold(source: str, limit: int) -> None:
    assert threshold(source) == limit


def test_the_rounding_of_a_sum_grows_with_its_parts() -> None:
    assert rounding_bound(28) == Decimal(14)
    assert rounding_bound(2, 1) == Decimal("0.10")


def key(ydelse: str, group: str = "alle", area: str = "230") -> Key:
    return ("fuldtidspersoner", ydelse, group, area, "2026M06")


def test_ledige_are_the_sum_of_their_two_benefits() -> None:
    keys = [key(y, "ledige") for y in ("alle", "a_dagpenge", "kontanthjaelp_2025")]
    assert relations_between(keys) == (Relation(keys[0], (keys[1], keys[2])),)


def test_a_composite_printed_with_some_of_its_parts_is_an_incomplete_sum() -> None:
    keys = [key("offentlig_forsoergelse"), key("a_dagpenge"), key("fleksjob")]
    (relation,) = relations_between(keys)
    assert relation.total == keys[0]
    assert set(relation.parts) == set(keys[1:])
    assert not relation.complete


def test_visitation_categories_and_areas_are_sums_too() -> None:
    keys = [key("kontanthjaelp_2025", group) for group in ("alle", *VISITATION)]
    assert relations_between(keys) == (Relation(keys[0], tuple(keys[1:])),)
    joint = [key("a_dagpenge", area=kode) for kode in ("jc-taarnby-dragoer", "155", "185")]
    (relation,) = relations_between(joint)
    assert (relation.total, set(relation.parts), relation.complete) == (
        joint[0],
        set(joint[1:]),
        True,
    )


def test_persons_are_in_no_sum_of_benefits() -> None:
    keys = [
        ("personer", *key(y, "ledige")[1:]) for y in ("alle", "a_dagpenge", "kontanthjaelp_2025")
    ]
    assert relations_between(keys) == ()
