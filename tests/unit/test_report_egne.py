"""A Bilag of one's own: its table, figure, words and target say what the numbers say, and no more."""

from pathlib import Path
from typing import Any

import pytest

from beskplan.blocks.model import Figure, Omitted, Prose, Subsections
from beskplan.core.errors import ParamsError, UnknownNameError
from beskplan.registers.indicators import declare_own
from beskplan.report.bilag import problems_of
from beskplan.report.egne import EgetBilag
from beskplan.report.shared_blocks import line_drawing
from tests.conftest import cases
from tests.unit.report_samples import WITHHELD, Number, cells, context, observation, of_kind, text

CASES = cases("report_egne")

MONTHS = ("2027M01", "2027M02", "2027M03", "2027M04")
YAML = CASES["yaml"]
TARGET = CASES["target"]


def rows(*values: Number, area: str = "230") -> list[dict[str, Any]]:
    return [
        observation("virksomhedsbesoeg", value, period, area=area, source="own:jobcenter")
        for value, period in zip(values, MONTHS, strict=False)
    ]


def made(
    folder: Path, values: list[dict[str, Any]], extra: str = "", target: str = ""
) -> EgetBilag:
    if target:
        path = folder / "params" / "rudersdal" / "2027.maal.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(target, encoding="utf-8")
    return EgetBilag(context(folder, "besoeg", YAML + extra, values))


def test_each_month_is_a_row_and_the_sum_the_last(tmp_path: Path) -> None:
    found = cells(made(tmp_path, rows(14, 9, 18, 9)).table("tal").block)
    assert found == {
        "Januar 2027": ["14"],
        "Februar 2027": ["9"],
        "Marts 2027": ["18"],
        "April 2027": ["9"],
        "I alt": ["50"],
    }


def test_the_words_are_the_table_s(tmp_path: Path) -> None:
    assert text(made(tmp_path, rows(14, 9, 18, 9)).sentence("tal").block) == (
        "Fra januar 2027 til april 2027 var der i alt 50 virksomhedsbesøg i Rudersdal Kommune, i "
        "gennemsnit 12,5 om måneden. Der var flest i marts 2027 (18) og færrest i februar 2027 og "
        "april 2027 (9). I april 2027 var der 9 virksomhedsbesøg, 5 færre end i januar 2027."
    )


@pytest.mark.parametrize(("godt", "values", "said"), CASES["the_right_way_is_told_where_the"])
def test_the_right_way_is_told_where_the_working_copy_says_which_it_is(
    tmp_path: Path, godt: str, values: tuple[Number, ...], said: str
) -> None:
    own = f"indikatorer: {{samtaler: {{navn: Antal samtaler, enhed: samtaler{godt}}}}}\n"
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "indikatorer.yaml").write_text(own, encoding="utf-8")
    declare_own(tmp_path)
    read = [
        observation("samtaler", value, period, source="own:jobcenter")
        for value, period in zip(values, MONTHS, strict=True)
    ]
    yaml = YAML.replace("virksomhedsbesoeg", "samtaler").replace(
        "emne: virksomhedsbesøg", "emne: samtaler"
    )
    told = text(EgetBilag(context(tmp_path, "besoeg", yaml, read)).sentence("tal").block)
    assert ("Det går den" in told) is bool(said)
    assert said in told


def test_what_may_not_be_added_up_is_not(tmp_path: Path) -> None:
    report = EgetBilag(
        context(tmp_path, "besoeg", YAML.replace("sammen: true", "sammen: false"), rows(4, 5, 6, 7))
    )
    assert "I alt" not in cells(report.table("tal").block)
    assert "i alt" not in text(report.sentence("tal").block)


def test_a_withheld_month_takes_the_sum_with_it(tmp_path: Path) -> None:
    report = made(tmp_path, rows(14, WITHHELD, 18, 9))
    found = cells(report.table("tal").block)
    assert found["Februar 2027"] == ["fortroligt"]
    assert "I alt" not in found
    told = text(report.sentence("tal").block)
    assert "i alt" not in told
    assert told.endswith("Tallet for februar 2027 er fortroligt.")


def test_a_month_that_is_not_counted_is_named(tmp_path: Path) -> None:
    told = text(made(tmp_path, rows(14, 9)).sentence("tal").block)
    assert told.endswith("Tallene for marts 2027 og april 2027 er ikke opgjort.")


def test_the_same_number_all_the_way_has_no_extremes(tmp_path: Path) -> None:
    told = text(made(tmp_path, rows(9, 9, 9, 9)).sentence("tal").block)
    assert "Antallet af virksomhedsbesøg var det samme hele vejen: 9." in told
    assert "det samme som i januar 2027" in told


def test_an_extreme_of_many_months_is_no_news(tmp_path: Path) -> None:
    told = text(made(tmp_path, rows(9, 9, 9, 12)).sentence("tal").block)
    assert "Der var flest i april 2027 (12)." in told


def test_per_cents_are_higher_by_points_and_never_more(tmp_path: Path) -> None:
    yaml = YAML.replace("maal: virksomhedsbesoeg", "maal: ledighedspct")
    yaml = yaml.replace("emne: virksomhedsbesøg", "emne: ledigheden").replace("true", "false")
    values = [
        observation("ledighedspct", value, period)
        for value, period in zip((3.1, 3.4, 3.0, 2.9), MONTHS, strict=True)
    ]
    told = text(EgetBilag(context(tmp_path, "besoeg", yaml, values)).sentence("tal").block)
    assert told == (
        "Tallet for ledigheden var højest i februar 2027 (3,4 pct.) og lavest i april 2027 (2,9 pct.). "
        "I april 2027 var tallet 2,9 pct., 0,2 procentpoint lavere end i januar 2027."
    )


def test_numbers_that_the_data_have_under_a_benefit_are_pointed_at(tmp_path: Path) -> None:
    of_a_benefit = [{**row, "ydelse": "fleksjob"} for row in rows(14, 9, 18, 9)]
    (problem,) = made(tmp_path, of_a_benefit).missing_data()
    assert problem.fix.endswith("data har: `ydelse: fleksjob` (januar 2027 til april 2027)")
    other = [observation("personer", 14, MONTHS[0])]
    (none,) = made(tmp_path, other).missing_data()
    assert none.fix.startswith("læs tallene ind")


def test_too_few_numbers_leave_the_section_out_with_its_reason(tmp_path: Path) -> None:
    report = made(tmp_path, rows(14))
    for block in (report.sentence("tal").block, report.figure("tal").block):
        assert isinstance(block, Omitted)
        assert block.reason.startswith(
            "Der er ikke tal nok til at vise antallet af virksomhedsbesøg"
        )


def test_the_figure_marks_the_level_of_the_target(tmp_path: Path) -> None:
    extra = "        resultatmaal: [tolv]\n"
    block = of_kind(Figure, made(tmp_path, rows(14, 9, 18, 13), extra, TARGET).figure("tal").block)
    assert (
        block.title
        == "Der var 13\u00a0virksomhedsbesøg i Rudersdal Kommune i april 2027 mod 14 i januar 2027"
    )
    assert block.alt.endswith("Målet er mindst 12\u00a0besøg pr. måned.")
    assert block.svg.count("stroke-dasharray") == 1


def test_a_count_of_the_whole_year_is_no_level_of_a_month(tmp_path: Path) -> None:
    extra = "        resultatmaal: [tolv]\n"
    target = TARGET.replace("antal_pr_maaned", "antal_i_aaret").replace("12", "150")
    block = of_kind(Figure, made(tmp_path, rows(14, 9, 18, 13), extra, target).figure("tal").block)
    assert "stroke-dasharray" not in block.svg


def test_a_target_a_month_is_judged_on_the_lowest_month_by_its_name(tmp_path: Path) -> None:
    extra = "        resultatmaal: [tolv]\n"
    block = made(tmp_path, rows(14, 9, 18, 13), extra, TARGET).target("tal").block
    assert isinstance(block, Subsections)
    said = [text(one) for one in block.parts[0].blocks if isinstance(one, Prose)]
    lowest = "Laveste måned: 9 besøg (februar 2027)."
    assert lowest in " ".join(said)
    assert not any(isinstance(one, Figure) for one in block.parts[0].blocks)


def test_without_a_target_nothing_is_missed(tmp_path: Path) -> None:
    block = of_kind(Omitted, made(tmp_path, rows(14, 9)).target("tal").block)
    assert not block.missed


def test_areas_beside_the_municipality_are_columns_and_have_no_sum(tmp_path: Path) -> None:
    extra = "        sammenlign_med: [Allerød]\n"
    values = [*rows(1, 2, 3, 4), *rows(5, 6, 7, 8, area="201")]
    found = cells(made(tmp_path, values, extra).table("tal").block)
    assert found["April 2027"] == ["4", "8"]
    assert "I alt" not in found


@pytest.mark.parametrize(("name", "ended"), [("Region Hovedstaden", 1), ("Allerød", 0)])
def test_an_area_beside_it_that_has_ended_is_told_with_its_heir(
    tmp_path: Path, name: str, ended: int
) -> None:
    extra = f"        sammenlign_med: [{name}]\n"
    told = list(made(tmp_path, rows(1, 2, 3, 4), extra).reservations())
    ends = "Region Hovedstaden ophørte 31. december 2026 og er afløst af Region Østdanmark."
    assert told.count(ends) == len(told) == ended


def test_no_numbers_and_no_such_target_are_told_before_anything_starts(tmp_path: Path) -> None:
    other = [observation("personer", 4, "2027M01")]
    found = context(tmp_path, "besoeg", YAML + "        resultatmaal: [elleve]\n", other)
    assert [problem.what for problem in EgetBilag(found).problems()] == [
        "ingen tal for målingen i perioderne",
        "det mål findes ikke",
    ]
    assert problems_of(found) == EgetBilag(found).problems()


def test_a_notebook_without_its_params_is_told_what_to_write(tmp_path: Path) -> None:
    found = context(tmp_path, "moeder", YAML, rows(1, 2))
    assert [problem.what for problem in EgetBilag(found).problems()] == ["nøglen mangler"]


def test_a_slip_of_the_pen_in_the_notebook_names_the_section_that_is_meant(tmp_path: Path) -> None:
    report = made(tmp_path, rows(1, 2))
    with pytest.raises(UnknownNameError) as raised:
        report.table("tall")
    assert raised.value.problems[0].fix == "mente du 'tal'?"


@pytest.mark.parametrize(("right", "wrong"), CASES["periods_out_of_order_or_too_many_are_refused"])
def test_periods_out_of_order_or_too_many_are_refused(
    tmp_path: Path, right: str, wrong: str
) -> None:
    with pytest.raises(ParamsError):
        context(tmp_path, "besoeg", YAML.replace(right, wrong), [])


def test_the_figure_prints_as_many_decimals_as_the_numbers_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def drawn(courses: Any, *, decimals: int, **words: Any) -> Any:
        asked.append(decimals)
        return line_drawing(courses, decimals=decimals, **words)

    monkeypatch.setattr("beskplan.report.egne.line_drawing", drawn)
    with_decimals = [
        {**row, "decimals": 1, "value": row["value"] + 0.5} for row in rows(14, 9, 18, 9)
    ]
    made(tmp_path / "a", with_decimals).figure("tal")
    made(tmp_path / "b", rows(14, 9, 18, 9)).figure("tal")
    assert asked == [1, 0]
