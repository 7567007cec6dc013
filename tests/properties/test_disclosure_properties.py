"""No page and no sequence of library calls turns a withheld number into one that can be known."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from beskplan.indicators.change import absolute_change, pct_change
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.ranks import ranks
from beskplan.indicators.shares import gap_pctpoint, implied_denominator, ratio, share_pct
from beskplan.observations.contract import COLUMNS
from beskplan.observations.rows import RowsByArea
from beskplan.observations.suppression import (
    Relation,
    protect,
    revealed,
    share_beside,
    withhold_small,
)
from beskplan.registers.areas import area

BELOW = 3
Cells = dict[str, Quantity]


def count(value: int) -> Quantity:
    """A count as the source publishes it."""
    if value < BELOW:
        return Quantity(None, 0, "fuldtidspersoner", "withheld")
    return Quantity(Decimal(value), 0, "fuldtidspersoner")


@st.composite
def pages(draw: st.DrawFn) -> tuple[Cells, list[Relation[str]]]:
    """A table of rows and columns with their totals, small enough to try everything."""
    height, width = draw(st.sampled_from([(1, 2), (1, 3), (2, 2), (2, 3)]))
    numbers = st.integers(0, 5)
    true = {(r, c): draw(numbers) for r in range(height) for c in range(width)}
    cells = {f"{r}{c}": count(value) for (r, c), value in true.items()}
    relations = []
    for r in range(height):
        cells[f"{r}T"] = count(sum(true[r, c] for c in range(width)))
        relations.append(Relation(f"{r}T", tuple(f"{r}{c}" for c in range(width))))
    if height > 1:
        for c in range(width):
            cells[f"T{c}"] = count(sum(true[r, c] for r in range(height)))
            relations.append(Relation(f"T{c}", tuple(f"{r}{c}" for r in range(height))))
    return cells, relations


def found_by_brute_force(
    printed: Cells, relations: list[Relation[str]], taken: set[str], top: int
) -> dict[str, set[int]]:
    """Every value that each withheld cell has in some table that agrees with the print.

    Tries all tables: the source's withheld cells from 0 to 2, those taken off the page up to `top`.
    """
    hidden = [key for key, cell in printed.items() if cell.state == "withheld"]
    # Unknown totals follow from their parts, so only the inner cells are tried.
    totals = {relation.total for relation in relations}
    inner = [key for key in hidden if key not in totals]
    possible: dict[str, set[int]] = {key: set() for key in hidden}
    for guess in product(*(range(top + 1 if key in taken else BELOW) for key in inner)):
        table = dict(zip(inner, guess, strict=True))
        table |= {key: int(cell.exact) for key, cell in printed.items() if cell.is_number}
        if _agrees(table, relations, taken):
            for key in hidden:
                possible[key].add(table[key])
    return possible


def _agrees(table: dict[str, int], relations: list[Relation[str]], taken: set[str]) -> bool:
    for relation in relations:
        total = sum(table[part] for part in relation.parts)
        if relation.total not in table:
            table[relation.total] = total
            if total >= BELOW and relation.total not in taken:
                return False
        if table[relation.total] != total:
            return False
    return True


@settings(max_examples=80)
@given(pages())
def test_a_reader_who_tries_every_table_learns_nothing_of_a_withheld_number(
    page: tuple[Cells, list[Relation[str]]],
) -> None:
    cells, relations = page
    printed = protect(cells, relations, below=BELOW)
    taken = {key for key in cells if printed[key].state != cells[key].state}
    possible = found_by_brute_force(printed, relations, taken, top=9)
    for key, cell in cells.items():
        if cell.state == "withheld":
            assert possible[key] == set(range(BELOW)), f"{key} can be narrowed to {possible[key]}"


@settings(max_examples=100)
@given(pages())
def test_what_is_called_revealed_is_what_brute_force_can_narrow(
    page: tuple[Cells, list[Relation[str]]],
) -> None:
    cells, relations = page
    possible = found_by_brute_force(cells, relations, set(), top=0)
    narrowed = {key for key, values in possible.items() if values != set(range(BELOW))}
    assert narrowed == set(revealed(cells, relations, below=BELOW))


@settings(max_examples=100)
@given(pages())
def test_protecting_only_ever_takes_numbers_away(page: tuple[Cells, list[Relation[str]]]) -> None:
    cells, relations = page
    printed = protect(cells, relations, below=BELOW)
    assert list(printed) == list(cells)
    for key in cells:
        assert printed[key] == cells[key] or (
            cells[key].is_number and printed[key].state == "withheld"
        )


def test_brute_force_finds_what_an_unprotected_page_gives_away() -> None:
    cells = {"00": count(27), "01": count(1), "0T": count(28)}
    relations = [Relation("0T", ("00", "01"))]
    assert found_by_brute_force(cells, relations, set(), top=0)["01"] == {1}


QUANTITIES = st.one_of(
    st.integers(0, 5000).map(lambda v: Quantity(Decimal(v), 0, "pct.")),
    st.just(Quantity(None, 0, "pct.", "withheld")),
    st.just(Quantity(None, 0, "pct.", "absent")),
)
BINARY = (absolute_change, pct_change, share_pct, gap_pctpoint)


@given(st.lists(QUANTITIES, min_size=2, max_size=5), st.lists(st.integers(0, 100), max_size=8))
def test_no_sequence_of_calculations_turns_withheld_into_a_number(
    start: list[Quantity], steps: list[int]
) -> None:
    """Whatever has a withheld number among its ancestors has no number of its own."""
    known = [(quantity, quantity.state == "withheld") for quantity in start]
    for step in steps:
        (a, a_tainted), (b, b_tainted) = known[step % len(known)], known[(step // 7) % len(known)]
        made = BINARY[step % len(BINARY)]
        if made in (absolute_change, pct_change) and a.unit != b.unit:
            continue
        known.append((made(a, b), a_tainted or b_tainted))
        assert not share_beside(Quantity(None, 0, "pct.", "withheld"), a).is_number
        if a.state == "withheld" or b.state == "withheld":
            assert ratio(a, b) is None
            assert implied_denominator(a, b) is None
    places = ranks(dict(enumerate(quantity for quantity, _ in known)))
    for number, (quantity, tainted) in enumerate(known):
        if tainted:
            assert not quantity.is_number
            assert quantity.value is None
            assert number not in places
            assert not any(letter.isdigit() for letter in quantity.text())


JOINT = area("jc-taarnby-dragoer")
KEY = ("fuldtidspersoner", "a_dagpenge", "alle")


@given(
    st.lists(st.integers(0, 40), min_size=2, max_size=2),
    st.sampled_from(["jobindsats", "own:opus"]),
)
def test_a_sum_of_municipalities_is_withheld_where_one_of_them_is(
    values: list[int], source: str
) -> None:
    rows = [
        (*KEY, kode, "2026M06", float(value), 0, KEY[0], "known", source, "t", "", "2026-08-01")
        for kode, value in zip(JOINT.parts, values, strict=True)
    ]
    stored = withhold_small(pd.DataFrame(rows, columns=list(COLUMNS)))
    by_area = RowsByArea(stored)
    states = {row["state"] for kode in JOINT.parts for row in by_area[kode].values()}
    (whole,) = by_area[JOINT.kode].values()
    assert (whole["state"] == "withheld") == ("withheld" in states)
    assert pd.isna(whole["value"]) == ("withheld" in states)
