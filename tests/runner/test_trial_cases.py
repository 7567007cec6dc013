"""Which municipalities a trial looks at: the known ones, and those that the data show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from beskplan.core.errors import InputError, ParamsError
from beskplan.core.periods import Period
from beskplan.registers.areas import find, kommuner
from beskplan.report import bilag
from beskplan.runner.trial.cases import AWKWARD, awkward, everyone, first_year, withheld_month
from beskplan.runner.trial.plans import TRIALS, Ground, read_ground
from beskplan.runner.trial.running import REGIONAL
from tests.conftest import ROOT

NOW = Period.parse("2026M06")
BENEFITS = {"a_dagpenge", "sygedagpenge"}


def row(area: str, period: str, ydelse: str = "a_dagpenge", state: str = "known") -> dict[str, Any]:
    return {
        "indicator": "fuldtidspersoner",
        "ydelse": ydelse,
        "group": "alle",
        "area": area,
        "period": period,
        "state": state,
    }


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """Every municipality has a-dagpenge in June of two years, and what else is said."""
    usual = [row(one.kode, period) for one in kommuner() for period in ("2025M06", "2026M06")]
    return pd.DataFrame([*usual, *rows])


def reasons(table: pd.DataFrame) -> dict[str, str]:
    return {case.kommune.slug: case.why for case in awkward(table, 2027, NOW)}


def test_the_known_ones_and_the_joint_jobcentres_of_the_year_are_always_there() -> None:
    found = reasons(frame())
    assert set(found) == {*AWKWARD, "taarnby", "dragoer"}
    # Ishøj and Vallensbæk parted in 2022.
    earlier = {case.kommune.slug for case in awkward(frame(), 2019, NOW)}
    assert {"ishoej", "vallensbaek"} <= earlier


def test_a_joint_jobcentre_s_municipalities_know_each_other() -> None:
    partners = {case.kommune.slug: case.partner for case in awkward(frame(), 2027, NOW)}
    assert partners["taarnby"] == find("Dragør")
    assert partners["laesoe"] is None


def test_who_lacks_a_benefit_that_most_have_is_found_in_the_data() -> None:
    there = [row(one.kode, "2026M06", "sygedagpenge") for one in kommuner()]
    odder = find("Odder").kode
    found = reasons(frame(*(one for one in there if one["area"] != odder)))
    assert found["odder"] == "ingen tal for sygedagpenge i juni 2026"
    # A benefit that few municipalities have at all tells nothing of those that do not.
    assert "odder" not in reasons(frame(row(find("Aarhus").kode, "2026M06", "sygedagpenge")))


def test_who_has_most_withheld_numbers_is_found_in_the_data() -> None:
    langeland = find("Langeland").kode
    hidden = [row(langeland, month, state="withheld") for month in ("2025M01", "2025M02")]
    found = reasons(frame(*hidden, row(find("Odder").kode, "2025M01", state="withheld")))
    assert found["langeland"] == "flest fortrolige antal i data (2)"
    assert "odder" not in found


def test_the_newest_withheld_month_before_the_year_s_own_is_looked_at() -> None:
    laesoe = find("Læsø")
    months = ("2023M02", "2025M04", "2026M03")
    table = frame(*(row(laesoe.kode, month, state="withheld") for month in months))
    case = withheld_month(laesoe, table, 2027, BENEFITS)
    assert case is not None
    assert (case.aar, case.period.code, case.withheld) == (2026, "2025M04", ("a_dagpenge", "alle"))
    assert case.why == "tallet for a-dagpenge er fortroligt i april 2025"
    assert withheld_month(laesoe, table, 2027, {"sygedagpenge"}) is None
    assert withheld_month(find("Odder"), table, 2027, BENEFITS) is None


def test_the_first_month_of_the_data_has_no_year_before() -> None:
    case = first_year(find("Bornholm"), frame())
    assert case is not None
    assert (case.aar, case.period.code, case.other_time) == (2026, "2025M06", True)
    assert first_year(find("Bornholm"), frame().iloc[:0]) is None


def test_everyone_is_98_with_the_reasons_of_the_awkward_ones() -> None:
    cases = everyone(frame(), 2027, NOW)
    assert [case.kommune for case in cases] == list(kommuner())
    assert {case.kommune.slug: case.why for case in cases if case.why} == reasons(frame())


def test_every_notebook_of_the_library_is_tried() -> None:
    assert {*TRIALS, REGIONAL} == set(bilag._NEEDS)


def test_the_year_is_the_newest_that_says_what_its_plans_are_about() -> None:
    aar, ground = read_ground(ROOT, None, frame())
    shared = yaml.safe_load((ROOT / "params" / f"{aar}.yaml").read_text(encoding="utf-8"))
    assert ground.maalgrupper == shared["maalgrupper"]
    with pytest.raises(InputError) as caught:
        read_ground(ROOT, 1999, frame())
    assert caught.value.problems[0].found == "aar 1999"


def test_a_shared_file_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    text = (ROOT / "params" / "2027.yaml").read_text(encoding="utf-8")
    (tmp_path / "params").mkdir()
    wrong = text.replace("ydelse: a_dagpenge", "ydelse: a_dagpeng")
    (tmp_path / "params" / "2027.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ParamsError) as caught:
        read_ground(tmp_path, None, frame())
    (problem,) = caught.value.problems
    assert problem.where.startswith("params/2027.yaml:")
    assert "a_dagpenge" in problem.fix


def test_at_another_time_only_what_may_be_compared_is_asked_for() -> None:
    _, ground = read_ground(ROOT, 2027, frame())
    first = first_year(find("Bornholm"), frame(row("400", "2021M08")))
    assert first is not None
    # Kontanthjælp as one benefit is counted back to 2021, not to the year before that.
    assert "kontanthjaelp" in ground.maalgrupper["afsnit"]
    assert set(ground.sections(first)) == {"a_dagpenge"}
    assert isinstance(ground, Ground)
