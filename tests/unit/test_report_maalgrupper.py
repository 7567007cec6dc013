"""Whose numbers a Bilag about target groups shows: one source for the whole page, each number right."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from beskplan.core.errors import ParamsError
from beskplan.report.maalgrupper import Maalgrupper
from tests.conftest import cases
from tests.unit.report_samples import WITHHELD, Number, context, observation

CASES = cases("report_maalgrupper")

PARAMS = CASES["params"]
AREAS = ("230", "000")
Rows = list[dict[str, Any]]


def jobindsats(ydelse: str = "sygedagpenge", now: Number = 110) -> Rows:
    return [
        observation(indicator, value, period, ydelse=ydelse, area=area)
        for area in AREAS
        for period, count in (("2025M06", 100), ("2026M06", now))
        for indicator, value in (("fuldtidspersoner", count), ("pct_af_arbejdsstyrken", 2.2))
    ]


def statbank(ydelse: str, now: Number = 60, quarter: str = "Q02") -> Rows:
    return [
        observation("fuldtidsmodtagere", value, period, ydelse=ydelse, area=area, source="statbank")
        for area in AREAS
        for period, value in ((f"2025{quarter}", 50), (f"2026{quarter}", now))
    ]


def workforce(*years: int, value: Number = 2_000) -> Rows:
    return [
        observation("arbejdsstyrke", value, f"{year}Y01", area=area, source="statbank")
        for year in years
        for area in AREAS
    ]


BOTH = [*jobindsats(), *statbank("sygedagpenge_mv"), *statbank("fleksjob"), *workforce(2025)]
OPEN = [*statbank("sygedagpenge_mv"), *workforce(2025)]


def report(
    root: Path, rows: Rows, kilde: str = "bedst", periode: str = "2026M06", more: str = ""
) -> Maalgrupper:
    yaml = PARAMS.format(periode=periode, kilde=kilde, more=more)
    return Maalgrupper(context(root, "maalgrupper", yaml, rows))


def shown(one: Maalgrupper) -> Iterator[tuple[str, list[str]]]:
    """The heading of each section, and the cells of the municipality's row."""
    block = one.benefit_sections().block
    for part in getattr(block, "parts", ()):
        table = next(block for block in part.blocks if block.kind == "table")
        yield part.title, [cell.text.replace("\u00a0", " ") for cell in table.rows[0].cells]


@pytest.mark.parametrize(
    ("kilde", "rows", "headings"),
    [
        ("bedst", BOTH, ["Sygedagpengemodtagere"]),
        ("jobindsats", BOTH, ["Sygedagpengemodtagere"]),
        ("statbank", BOTH, ["Sygedagpenge mv.", "Fleksjob"]),
        ("bedst", OPEN, ["Sygedagpenge mv."]),
        ("bedst", [*OPEN, *jobindsats(now=WITHHELD)], ["Sygedagpengemodtagere"]),
    ],
)
def test_a_page_is_of_one_source(
    tmp_path: Path, kilde: str, rows: Rows, headings: list[str]
) -> None:
    one = report(tmp_path, rows, kilde)
    assert one.problems() == []
    assert [title for title, _ in shown(one)] == headings
    # Cells that name a section show nothing beside them.
    assert one.table("sygedagpenge").block.kind == "omitted"


@pytest.mark.parametrize(("periode", "quarter"), CASES["a_month_means_its_quarter"])
def test_a_month_means_its_quarter(tmp_path: Path, periode: str, quarter: str) -> None:
    rows = [*statbank("fleksjob", quarter=quarter), *workforce(2025)]
    assert list(shown(report(tmp_path, rows, periode=periode))) == [
        ("Fleksjob", ["50", "60", "20 %", "3,0"])
    ]


@pytest.mark.parametrize(
    ("periode", "years", "share", "note"), CASES["a_share_is_of_the_newest_workforce"]
)
def test_a_share_is_of_the_newest_workforce_known_then(
    tmp_path: Path, periode: str, years: tuple[int, ...], share: str, note: str
) -> None:
    rows = [*statbank("fleksjob", quarter=periode[4:]), *workforce(*years)]
    one = report(tmp_path, rows, periode=periode)
    assert [cells[3] for _, cells in shown(one)] == [share]
    assert note in str(one.counting().block)
    assert note not in str(one.benefit_sections().block)


@pytest.mark.parametrize(
    ("count", "value", "cells"),
    [
        (WITHHELD, 2_000, ["50", "fortroligt", "fortroligt", "fortroligt"]),
        (60, WITHHELD, ["50", "60", "20 %", "fortroligt"]),
        (0, 2_000, ["50", "0", "-100 %", "0,0"]),
    ],
)
def test_a_share_is_withheld_with_either_of_its_numbers(
    tmp_path: Path, count: Number, value: Number, cells: list[str]
) -> None:
    rows = [*statbank("fleksjob", count), *workforce(2025, value=value)]
    assert [found for _, found in shown(report(tmp_path, rows))] == [cells]


def test_a_share_of_the_population_is_of_16_to_66_years_and_of_the_same_quarter(
    tmp_path: Path,
) -> None:
    people = [
        observation("befolkning_16_66", value, "2026Q02", area=area, source="statbank")
        for area, value in zip(AREAS, (5_000, 9_000), strict=True)
    ]
    rows = [*statbank("sygedagpenge_mv"), *people]
    one = report(tmp_path, rows, "statbank", more=", andel: pct_af_befolkningen")
    assert [cells[3] for _, cells in shown(one)] == ["1,2"]
    assert "befolkningen på 16-66 år ved kvartalets begyndelse" in str(one.counting().block)


def test_sections_without_numbers_are_named_in_one_sentence(tmp_path: Path) -> None:
    one = report(tmp_path, OPEN)
    assert list(one.reservations()) == [
        "Der er ingen tal for fleksjob og vejledning og opkvalificering i 2. kvartal 2026."
    ]


def test_what_other_areas_have_of_a_section_that_leaves_the_page_is_not_read(
    tmp_path: Path,
) -> None:
    land = [row for row in statbank("fleksjob") if row["area"] == "000"]
    more, without = report(tmp_path, [*OPEN, *land]), report(tmp_path, OPEN)
    assert [title for title, _ in shown(more)] == [title for title, _ in shown(without)]
    assert more.context.data.rows_hash == without.context.data.rows_hash


@pytest.mark.parametrize(
    ("rows", "more", "found"),
    [
        (workforce(2025), "", "Rudersdal, juni 2026 og 2. kvartal 2026"),
        (jobindsats("fleksjob"), ", periode: 2026M05", "sygedagpenge, 2026M05"),
    ],
)
def test_no_numbers_at_all_and_none_of_a_period_of_one_s_own_are_refused(
    tmp_path: Path, rows: Rows, more: str, found: str
) -> None:
    assert [one.found for one in report(tmp_path, rows, more=more).problems()] == [found]


@pytest.mark.parametrize(("kilde", "more", "words"), CASES["another_source_or_share_is_refused"])
def test_another_source_or_share_is_refused(
    tmp_path: Path, kilde: str, more: str, words: str
) -> None:
    with pytest.raises(ParamsError, match=words):
        report(tmp_path, OPEN, kilde, more=more)


EXPLAINED = CASES["explained"]


def explained(root: Path, name: str) -> Maalgrupper:
    yaml = PARAMS.format(periode="2026M06", kilde="bedst", more="") + EXPLAINED.format(name=name)
    return Maalgrupper(context(root, "maalgrupper", yaml, OPEN))


def test_what_the_administration_explains_stands_in_its_section(tmp_path: Path) -> None:
    one = explained(tmp_path, "sygedagpenge")
    assert one.problems() == []
    assert "(Mette Holm, 1. oktober 2026): Flere er sygemeldt" in str(one.benefit_sections().block)


def test_an_explanation_of_no_section_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (problem,) = explained(tmp_path, "sygedagpeng").problems()
    assert problem.where.endswith("plantekst.maalgrupper.afsnit.sygedagpeng")
    assert problem.fix == "mente du 'sygedagpenge'?"


@pytest.mark.parametrize(
    ("fleksjob", "ends"),
    CASES["benefits_with_the_same_printed_share_are"],
)
def test_benefits_with_the_same_printed_share_are_named_together(
    tmp_path: Path, fleksjob: int, ends: str
) -> None:
    rows = [*OPEN, *statbank("fleksjob", fleksjob), *statbank("vejledning_og_opkvalificering", 90)]
    title = getattr(report(tmp_path, rows).share_figure().block, "title", "")
    assert title.replace("\u00a0", " ").endswith(ends)
    assert "størst for vejledning og opkvalificering med 4,5" in title.replace("\u00a0", " ")
