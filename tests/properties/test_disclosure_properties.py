"""No page and no sequence of library calls turns a withheld number into one that can be known."""

from decimal import Decimal
from itertools import product

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from beskplan.indicators.quantities import (
    Quantity,
    absolute_change,
    gap_pctpoint,
    pct_change,
    share_pct,
)
from beskplan.observations.contract import COLUMNS, Key
from beskplan.observations.secondary_suppression import Count, Relation, exposed_keys, suppress
from beskplan.observations.snapshot import RowsByArea
from beskplan.observations.suppression import withhold_small
from beskplan.registers.areas import area
from tests.unit.report_samples import observation, snapshot

BELOW = 3
TOP = 9
Counts = dict[Key, Count]


def key(name: str) -> Key:
    return ("fuldtidspersoner", name, "alle", "825", "2026M06")


def count(value: int) -> Count:
    """A count as the source publishes it."""
    return Count(float(value) if value >= BELOW else None, 0, BELOW)


Page = tuple[Counts, list[Relation]]


def page_of(rows: list[list[int]]) -> Page:
    """A table of rows and columns with their totals."""
    width = range(len(rows[0]))
    counts = {key(f"{r}{c}"): count(row[c]) for r, row in enumerate(rows) for c in width}
    relations = []
    for r, row in enumerate(rows):
        counts[key(f"{r}T")] = count(sum(row))
        relations.append(Relation(key(f"{r}T"), tuple(key(f"{r}{c}") for c in width)))
    for c in width if len(rows) > 1 else ():
        counts[key(f"T{c}")] = count(sum(row[c] for row in rows))
        relations.append(Relation(key(f"T{c}"), tuple(key(f"{r}{c}") for r in range(len(rows)))))
    return counts, relations


@st.composite
def tables(draw: st.DrawFn) -> Page:
    """A table small enough to try everything."""
    height, width = draw(st.sampled_from([(1, 2), (1, 3), (2, 2), (2, 3)]))
    return page_of([[draw(st.integers(0, 5)) for _ in range(width)] for _ in range(height)])


def found_by_brute_force(
    counts: Counts, relations: list[Relation], taken: set[Key]
) -> dict[Key, set[int]]:
    """Every value that each small count has in some table that agrees with what is told.

    Tries all tables that add up: the source's withheld counts from 0 to 2, those taken off the page
    from 3 to `TOP`, as a reader knows who knows which is which.
    """
    small = [one for one in counts if counts[one].value is None]
    totals = {relation.total for relation in relations}
    inner = [one for one in (*small, *taken) if one not in totals]
    possible: dict[Key, set[int]] = {one: set() for one in small}
    for guess in product(
        *(range(BELOW, TOP + 1) if one in taken else range(BELOW) for one in inner)
    ):
        table = dict(zip(inner, guess, strict=True))
        table |= {
            k: int(c.value) for k, c in counts.items() if c.value is not None and k not in taken
        }
        if _adds_up(table, relations, taken):
            for one in small:
                possible[one].add(table[one])
    return possible


def _adds_up(table: dict[Key, int], relations: list[Relation], taken: set[Key]) -> bool:
    for relation in relations:
        total = sum(table[part] for part in relation.parts)
        if table.setdefault(relation.total, total) != total:
            return False
        if relation.total in taken and total < BELOW:
            return False
    return True


@settings(max_examples=20, deadline=None)
@given(tables())
@example(
    page_of([[2, 0, 0], [1, 1, 3]])
)  # What cannot be helped hides nothing else that is exposed.
def test_a_reader_who_tries_every_table_learns_nothing_of_a_withheld_number(
    page: Page,
) -> None:
    counts, relations = page
    taken = suppress(counts, relations)
    assert not {one for one in taken if counts[one].value is None}
    possible = found_by_brute_force(counts, relations, taken)
    # That a withheld total is no small one tells of its small parts: the source itself says so much.
    told = {one for one in counts if counts[one].value is not None}
    least = found_by_brute_force(counts, relations, told)
    for one, values in possible.items():
        assert values >= least[one], f"{one} can be narrowed to {values}"


@settings(max_examples=20, deadline=None)
@given(tables())
def test_where_brute_force_narrows_a_number_something_is_exposed(
    page: Page,
) -> None:
    counts, relations = page
    possible = found_by_brute_force(counts, relations, set())
    narrowed = {one for one, values in possible.items() if not values >= set(range(BELOW))}
    exposed = {one for _, one in exposed_keys(counts, relations, ())}
    assert bool(narrowed) <= bool(exposed)  # The simplest way to one is enough; not all are named.


@settings(max_examples=20, deadline=None)
@given(tables())
def test_nothing_is_withheld_that_could_be_told(page: Page) -> None:
    counts, relations = page
    taken = suppress(counts, relations)
    if taken:
        assert exposed_keys(counts, relations, ())
    for one in taken:
        assert exposed_keys(counts, relations, taken - {one})


def test_brute_force_finds_what_an_unprotected_page_gives_away() -> None:
    counts = {key("00"): count(27), key("01"): count(1), key("0T"): count(28)}
    relations = [Relation(key("0T"), (key("00"), key("01")))]
    assert found_by_brute_force(counts, relations, set())[key("01")] == {1}


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
    for quantity, tainted in known:
        if tainted:
            assert not quantity.is_number
            assert quantity.value is None
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


def test_a_mapping_s_own_limit_holds_for_counts_of_anything() -> None:
    rows = [
        observation("virksomhedsbesoeg", value, code, source="own:center")
        for value, code in ((14, "2026M01"), (3, "2026M02"))
    ]
    frame = snapshot(rows).frame
    assert withhold_small(frame, below=5)["state"].tolist() == ["known", "withheld"]
    assert withhold_small(frame)["state"].tolist() == ["known", "known"]
