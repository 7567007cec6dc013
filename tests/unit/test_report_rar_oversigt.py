"""The regional overview for any region and year: each jobcentre once, none forgotten, none twice."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from beskplan.blocks.model import Table
from beskplan.core.errors import ParamsError
from beskplan.params.models import params_files, read
from beskplan.params.values import subject
from beskplan.registers.areas import find
from beskplan.report.base import Context
from beskplan.report.rar_oversigt import RarOversigt, jobcentres
from tests.conftest import cases
from tests.unit.report_samples import cells, context, observation, of_kind, text

CASES = cases("report_rar_oversigt")

GOALS = "ministermaal: [Flere i job, Mere arbejdskraft]\n"
YAML = (
    GOALS
    + """
rar_oversigt:
  kilde: Et opdigtet overblik
  jobcentre:
    Egedal: {maal: {1: X, 2: (X)}, handicap: Mere viden, kompenserende_ordninger: true}
    Herlev: {}
  temaer:
    rekruttering:
      - nr: 1
        titel: Samarbejde
        udsagn:
          - {tekst: nabokommuner, omfang: en del, fx: [Herlev, Egedal]}
          - {tekst: a-kasser, jobcentre: [Herlev]}
          - {tekst: virksomheder, jobcentre: [Albertslund, Egedal, Gentofte, Herlev]}
"""
)
TARGETS = CASES["targets"]


def region(root: Path, yaml: str = YAML, name: str = "Region Hovedstaden") -> Context:
    unused = [observation("personer", 5, "2026M06")]
    return context(root, "rar_oversigt", yaml, unused, name)


def own_plan(root: Path, slug: str, navn: str, targets: str = TARGETS) -> None:
    folder = root / "params" / slug
    folder.mkdir(parents=True, exist_ok=True)
    head = f"kommune: {navn}\naar: 2027\nbilag: [resultatmaal]\n{GOALS}"
    (folder / "2027.yaml").write_text(head, encoding="utf-8")
    (folder / "2027.maal.yaml").write_text(targets, encoding="utf-8")


@pytest.mark.parametrize(("name", "year", "count"), CASES["a_region_has_each_jobcentre_once"])
def test_a_region_has_each_jobcentre_once(name: str, year: int, count: int) -> None:
    found = jobcentres(find(name), date(year, 1, 1))
    assert len(found) == len(set(found)) == count


def test_jobcentres_without_a_plan_are_named_and_not_counted(tmp_path: Path) -> None:
    made = RarOversigt(region(tmp_path))
    table = cells(made.goal_matrix().block)
    assert table["Egedal"] == ["X", "(X)", "1"]
    assert table["Herlev"] == ["-", "-", "0"]
    assert table["Gentofte"] == ["ikke opgjort"] * 3
    assert "omfatter enkelte kommuner (2 af 28)" in text(made.missing_plans().block)
    assert "(1 af 2) har kvantificeret målet" in text(made.goal_points().block)


def test_a_municipalitys_own_targets_give_its_row(tmp_path: Path) -> None:
    own_plan(tmp_path, "gentofte", "Gentofte")
    made = RarOversigt(region(tmp_path))
    assert cells(made.goal_matrix().block)["Gentofte"] == ["X", "(X)", "1"]
    assert cells(made.supplementary().block)["Gentofte"] == ["Eget mål"]


def test_the_faults_of_another_plan_do_not_stop_the_regions_report(tmp_path: Path) -> None:
    own_plan(tmp_path, "gentofte", "Gentofte", TARGETS.replace("slags: ", "slgs: "))
    own_plan(tmp_path, "atlantis", "Atlantis")
    made = RarOversigt(region(tmp_path))
    assert cells(made.goal_matrix().block)["Gentofte"] == ["ikke opgjort"] * 3
    assert "Planen for Gentofte har fejl" in text(made.missing_plans().block)


def test_the_plan_of_another_region_or_year_is_not_read(tmp_path: Path) -> None:
    own_plan(tmp_path, "odense", "Odense")
    plans = RarOversigt(region(tmp_path)).plans
    assert [plan.jobcentre.navn for plan in plans if plan.marks is not None] == ["Egedal", "Herlev"]


def test_a_joint_plan_counts_for_the_joint_jobcentre(tmp_path: Path) -> None:
    own_plan(tmp_path, "taarnby", "Tårnby")
    made = cells(RarOversigt(region(tmp_path)).goal_matrix().block)
    assert made["Tårnby-Dragør"] == ["X", "(X)", "1"]
    assert "Dragør" not in made


@pytest.mark.parametrize(("change", "what"), CASES["a_wrong_entry_is_refused"])
def test_a_wrong_entry_is_refused(tmp_path: Path, change: tuple[str, str], what: str) -> None:
    own_plan(tmp_path, "gentofte", "Gentofte")
    found = RarOversigt(region(tmp_path, YAML.replace(*change))).problems()
    assert what in {problem.what for problem in found}


def test_the_right_entries_are_let_through(tmp_path: Path) -> None:
    assert RarOversigt(region(tmp_path)).problems() == []


def test_a_municipality_has_no_regional_overview(tmp_path: Path) -> None:
    (problem,) = RarOversigt(region(tmp_path, name="Egedal")).problems()
    assert problem.what == "er ingen region"


@pytest.mark.parametrize("change", CASES["params_that_say_something_else_are_refused"])
def test_params_that_say_something_else_are_refused(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    with pytest.raises(ParamsError):
        region(tmp_path, YAML.replace(*change))


def test_who_mentions_what_is_told_by_name_by_word_or_by_count(tmp_path: Path) -> None:
    said = text(RarOversigt(region(tmp_path)).themes("rekruttering").block)
    assert said == (
        "Samarbejde. En del: nabokommuner (fx Egedal og Herlev). Nogle kommuner (4 af 28): virksomheder "
        "(Albertslund, Egedal, Gentofte og Herlev). Desuden: a-kasser (Herlev)."
    )


MANY = "[Albertslund, Egedal, Gentofte, Herlev]"
NAMED = "Albertslund, Egedal, Gentofte og Herlev"
STATEMENTS: list[tuple[list[str], str]] = [
    # Two statements of as many municipalities stand together; neither is lost.
    ([f"tekst: a, jobcentre: {MANY}", f"tekst: b, jobcentre: {MANY}"],
     f"Nogle kommuner (4 af 28): a ({NAMED}); b ({NAMED})."),
    # The widest first, counted or in the source's own word.
    (["tekst: a, omfang: få", f"tekst: b, jobcentre: {MANY}", "tekst: c, omfang: alle"],
     f"Alle: c. Nogle kommuner (4 af 28): b ({NAMED}). Få: a."),
    (["tekst: a, jobcentre: [Herlev]", "tekst: b, fx: [Egedal]"], "A (Herlev); b (fx Egedal)."),
    (["tekst: a, jobcentre: [Herlev]", "tekst: b, omfang: mange"], "Mange: b. Desuden: a (Herlev)."),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "told"), STATEMENTS)
def test_a_theme_tells_every_statement_the_widest_first(
    tmp_path: Path, statements: list[str], told: str
) -> None:
    head, _, _ = YAML.partition("          - {")
    yaml = head + "".join(f"          - {{{one}}}\n" for one in statements)
    said = text(RarOversigt(region(tmp_path, yaml)).themes("rekruttering").block)
    assert said == f"Samarbejde. {told}"


def test_the_handicap_sentence_counts_known_plans_only(tmp_path: Path) -> None:
    said = text(RarOversigt(region(tmp_path)).handicap().block)
    assert said == (
        "Kun én kommune (1 af 2) nævner indsatsen for borgere med handicap i planen; heraf nævner én "
        "de ordninger, der kompenserer for et handicap."
    )


@pytest.mark.parametrize(("aar", "one", "many"), CASES["the_plans_are_the_municipalities_own_once"])
def test_the_plans_are_the_municipalities_own_once_the_law_has_no_jobcentres(
    tmp_path: Path, aar: int, one: str, many: str
) -> None:
    """Law no. 1750 of 2025, from 1 February 2026: told by the end of the plan's year."""
    made = region(tmp_path)
    of_year = replace(made, params=made.params.model_copy(update={"aar": aar}))
    told = RarOversigt(of_year)
    table = of_kind(Table, told.goal_matrix().block)
    assert table.columns[0].label == one
    assert f"omfatter enkelte {many} (2 af" in text(told.missing_plans().block)


@pytest.mark.parametrize("name", ["RAR Hovedstaden", "rar-hovedstaden"])
def test_a_region_goes_by_name_and_slug(name: str, root: Path) -> None:
    assert subject(name).kode == "rar-hovedstaden"
    assert read(name, 2018, root).kommune == "RAR Hovedstaden"


def test_a_region_is_made_from_the_plans_of_its_municipalities_too(tmp_path: Path) -> None:
    region(tmp_path)
    own_plan(tmp_path, "gentofte", "Gentofte")
    own_plan(tmp_path, "odense", "Odense")
    files = params_files(tmp_path, "Region Hovedstaden", 2027)
    assert {path.parent.name for path in files} == {"region-hovedstaden", "gentofte"}
    assert {path.name for path in files} == {"2027.yaml", "2027.maal.yaml"}
    assert {path.parent.name for path in params_files(tmp_path, "Gentofte", 2027)} == {"gentofte"}
