"""The overview for any municipality and any pair of periods, with whatever the data lack."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Block, Figure, KeyFigures, Omitted, Prose, Table
from beskplan.core.errors import ParamsError
from beskplan.registers.areas import find, kommuner
from beskplan.report.overblik import Overblik
from tests.conftest import cases
from tests.unit.report_samples import (
    WITHHELD,
    Number,
    cells,
    context,
    observation,
    of_kind,
    snapshot,
)

CASES = cases("report_overblik")

YAML = CASES["yaml"]
PAIRS = [("2026M05", "2026M06"), ("2025M06", "2026M06"), ("2025Q01", "2026Q02"), ("2019", "2025")]


def rows(
    before: str, now: str, numbers: dict[str, tuple[Number, Number, Number]], maal: str
) -> list[dict[str, Any]]:
    made = []
    for ydelse, (was, level, share) in numbers.items():
        made.append(observation(maal, was, before, ydelse=ydelse))
        made.append(observation(maal, level, now, ydelse=ydelse))
        made.append(observation("pct_af_arbejdsstyrken", share, now, ydelse=ydelse))
    return made


NUMBERS: dict[str, tuple[Number, Number, Number]] = CASES["numbers"]


def report(
    root: Path,
    numbers: dict[str, tuple[Number, Number, Number]],
    pair: tuple[str, str] = ("2025M06", "2026M06"),
    maal: str = "fuldtidspersoner",
) -> Overblik:
    foer, nu = (f"{one}Y01" if one.isdigit() else one for one in pair)
    yaml = YAML.format(foer=pair[0], nu=pair[1]) + f"  maal: {maal}\n"
    return Overblik(context(root, "overblik", yaml, rows(foer, nu, numbers, maal)))


def texts(block: Block) -> tuple[str, ...]:
    assert isinstance(block, Prose)
    return block.paragraphs


def shares(made: Overblik) -> dict[str, list[str]]:
    block = of_kind(Figure, made.share_figure().block)
    return cells(block.data)


@pytest.mark.parametrize("pair", PAIRS)
def test_any_pair_of_periods_of_one_kind_gives_a_table(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    table = cells(report(tmp_path, NUMBERS, pair).table().block)
    assert table["A-dagpenge"] == ["400", "500", "+25\u00a0%", "1,9"]
    assert table["Fleksjob"] == ["300", "280", "-7\u00a0%", "1,1"]


@pytest.mark.parametrize("pair", [("2026M06", "2025M06"), ("2025", "2026M06"), ("2025", "2025")])
def test_periods_out_of_order_or_of_two_kinds_are_refused(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    with pytest.raises(ParamsError) as refusal:
        report(tmp_path, NUMBERS, pair)
    assert "`foer` før `nu`" in refusal.value.problems[0].expected


def test_a_total_that_the_source_lacks_is_the_sum_and_marked(tmp_path: Path) -> None:
    block = report(tmp_path, NUMBERS).table().block
    assert cells(block)["I alt"] == ["712", "810", "+14\u00a0%", "3,1"]
    assert isinstance(block, Table)
    assert {cell.state for cell in block.rows[-1].cells[:2]} == {"calculated"}
    assert any("lagt sammen her af afrundede tal" in note for note in block.notes)


def test_a_total_of_the_source_is_never_mended_and_a_difference_is_told(tmp_path: Path) -> None:
    numbers = {**NUMBERS, "jobcentrets_maalgrupper": (711, 811, 3.1)}
    block = report(tmp_path, numbers).table().block
    assert cells(block)["I alt"][:2] == ["711", "811"]
    assert isinstance(block, Table)
    assert "Rækkerne giver tilsammen 712 for juni 2025 og 810 for juni 2026." in block.notes[1]


def test_persons_are_never_added_to_a_total(tmp_path: Path) -> None:
    made = report(tmp_path, NUMBERS, maal="personer")
    assert cells(made.table().block)["I alt"] == ["ikke opgjort"] * 4
    assert "kan derfor ikke lægges sammen" in " ".join(texts(made.notes().block))


def test_a_withheld_number_is_never_summed_or_compared(tmp_path: Path) -> None:
    made = report(tmp_path, {**NUMBERS, "ledighedsydelse": (12, WITHHELD, WITHHELD)})
    table = cells(made.table().block)
    assert table["Ledighedsydelse"] == ["12", "fortroligt", "fortroligt", "fortroligt"]
    assert table["I alt"] == ["712", "fortroligt", "fortroligt", "fortroligt"]
    assert shares(made)["Ledighedsydelse"] == ["fortroligt"]


@pytest.mark.parametrize(("part", "whole"), [(100, 102), (100, 100)])
def test_a_withheld_number_cannot_be_found_by_subtracting_from_the_sources_total(
    tmp_path: Path, part: int, whole: int
) -> None:
    yaml = (
        "overblik: {foer: 2019M06, nu: 2020M06, ydelser: [kontanthjaelp, sho], "
        "i_alt: kontanthjaelp_og_integration}\n"
    )
    numbers: dict[str, tuple[Number, Number, Number]] = {
        "kontanthjaelp": (part, part, 1.0),
        "sho": (WITHHELD, WITHHELD, 0.0),
        "kontanthjaelp_og_integration": (whole, whole, 1.0),
    }
    data = rows("2019M06", "2020M06", numbers, "fuldtidspersoner")
    table = cells(Overblik(context(tmp_path, "overblik", yaml, data)).table().block)
    for period in (0, 1):
        printed = [row[period] for row in table.values() if row[period] != "fortroligt"]
        assert len(printed) < 2, table


def test_small_groups_are_collected_only_below_the_limit(tmp_path: Path) -> None:
    yaml = YAML.replace("ledighedsydelse]", "ledighedsydelse, foertidspension]")
    numbers = {**NUMBERS, "fleksjob": (300, 280, 0.4), "foertidspension": (900, 880, 3.1)}
    data = rows("2025M06", "2026M06", numbers, "fuldtidspersoner")
    made = Overblik(context(tmp_path, "overblik", yaml.format(foer="2025M06", nu="2026M06"), data))
    assert shares(made) == {
        "Førtidspension": ["3,1"],
        "A-dagpenge": ["1,9"],
        "Øvrige ydelser": ["0,5"],
    }
    assert shares(report(tmp_path, NUMBERS))["Ledighedsydelse"] == ["0,1"]


def test_the_key_figures_are_the_total_and_the_largest_moves(tmp_path: Path) -> None:
    block = of_kind(KeyFigures, report(tmp_path, NUMBERS).key_figures().block)
    assert [item.value for item in block.items] == ["810", "500", "280", "30"]


def test_without_levels_the_table_is_of_the_changes(tmp_path: Path) -> None:
    yaml = YAML.format(foer="2025M06", nu="2026M06")
    only_shares = rows("2025M06", "2026M06", NUMBERS, "fuldtidspersoner")[2::3]
    made = Overblik(context(tmp_path, "overblik", yaml, only_shares))
    assert made.problems() != []
    assert cells(made.table().block)["A-dagpenge"] == ["ikke opgjort"] * 3


def test_a_printed_change_is_read_only_where_the_params_ask_for_it(tmp_path: Path) -> None:
    yaml = YAML.format(foer="2025M06", nu="2026M06")
    data = [
        observation("aendring_personer", -26, "2026M06", ydelse="fleksjob"),
        observation("aendring_pct", -81, "2026M06", ydelse="fleksjob"),
    ]
    silent = Overblik(context(tmp_path, "overblik", yaml, data))
    assert isinstance(silent.table().block, Omitted)
    asked = Overblik(context(tmp_path, "overblik", f"{yaml}  trykte_aendringer: true\n", data))
    assert cells(asked.table().block)["Fleksjob"] == ["ikke opgjort", "-26", "-81\u00a0%"]


def real_rows(shared: Path, periods: Sequence[str]) -> list[dict[str, Any]]:
    made = []
    path = shared / "data" / "jobindsats" / "y60a02_kommuner.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Periode"] not in periods:
                continue
            for column, indicator in (
                ("Antal fuldtidspersoner", "fuldtidspersoner"),
                ("Fuldtidspersoner i pct. af arbejdsstyrken", "pct_af_arbejdsstyrken"),
            ):
                value: Number = float(row[column]) if row[column] else WITHHELD
                place = {"ydelse": "kontanthjaelp_2025", "area": find(row["Område"]).kode}
                made.append(observation(indicator, value, row["Periode"], **place))
    return made


@pytest.mark.shared
def test_every_municipality_gets_its_overview_from_real_data(shared: Path, tmp_path: Path) -> None:
    before, now = "2025M06", "2026M06"
    data = real_rows(shared, (before, now))
    levels = {
        (row["area"], row["period"]): row for row in data if row["indicator"] == "fuldtidspersoner"
    }
    yaml = f"overblik: {{foer: {before}, nu: {now}, ydelser: [kontanthjaelp_2025]}}\n"
    of_all = snapshot(data)
    for kommune in kommuner():
        made = Overblik(context(tmp_path, "overblik", yaml, of_all, kommune.navn))
        was, level = levels[kommune.kode, before], levels[kommune.kode, now]
        if "withheld" in (was["state"], level["state"]):
            continue
        shown = cells(made.table().block)["Kontanthjælp"]
        assert [int(text.replace(".", "")) for text in shown[:2]] == [was["value"], level["value"]]
