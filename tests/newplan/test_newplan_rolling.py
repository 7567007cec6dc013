"""Next year's plan: everything moves as far as there are numbers, and what has ended gives way."""

import shutil
from pathlib import Path

import pytest
import yaml

from beskplan.core.errors import InputError
from beskplan.newplan.files import NewFile, differences, write_all
from beskplan.newplan.moving import open_choices
from beskplan.newplan.rolling import newest_before, roll_plan
from beskplan.params.jobs import Workplace, select
from beskplan.params.models import read
from beskplan.registers.document import Document
from beskplan.runner.checking import check
from tests.conftest import cases
from tests.newplan.working_copy import KOLDING, counts, keep, write_place
from tests.unit.report_samples import observation

CASES = cases("newplan_rolling")

PLAN = CASES["plan"]
JUNES = ("2023M06", "2024M06", "2025M06", "2026M06")
SEEDS = CASES["seeds"]


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    return write_place(root, tmp_path, {"kolding/2025.yaml": PLAN})


def rolled(place: Path, aar: int, kommune: str = "kolding") -> dict[str, str]:
    old = newest_before(place, kommune, aar)
    assert old is not None
    files = roll_plan(place, kommune, old, aar).files
    return {one.path.as_posix().removeprefix("params/"): one.text for one in files}


def written(place: Path, aar: int, kommune: str = "kolding") -> str:
    """The municipality's own new file, put in its place."""
    for name, text in rolled(place, aar, kommune).items():
        (place / "params" / name).write_text(text, encoding="utf-8")
    return (place / "params" / kommune / f"{aar}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("kommune", "aar"), SEEDS)
def test_the_year_after_each_seed_passes_the_check(
    root: Path, tmp_path: Path, kommune: str, aar: int
) -> None:
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    old = newest_before(tmp_path, kommune, aar)
    assert old == aar - 1
    files = roll_plan(tmp_path, kommune, old, aar).files
    write_all(files, tmp_path, force=False)
    workplace = Workplace(tmp_path)
    check(select(workplace, kommune, aar), workplace)
    assert sum(open_choices(one.text) for one in files) > 0


def test_periods_move_the_whole_way_where_the_numbers_reach(place: Path) -> None:
    keep(place, [*counts("a_dagpenge", *JUNES), *counts("sygedagpenge", *JUNES)])
    text = rolled(place, 2026)["kolding/2026.yaml"]
    assert "  periode: 2025M06\n" in text
    assert "Perioderne er flyttet" not in text


def test_periods_stay_and_say_so_where_there_is_nothing_newer(place: Path) -> None:
    keep(place, [*counts("a_dagpenge", *JUNES[:2]), *counts("sygedagpenge", *JUNES[:2])])
    text = rolled(place, 2026)["kolding/2026.yaml"]
    assert "  periode: 2024M06\n" in text
    assert "# VALG: Der er ingen nyere tal end dem, planen for 2025 brugte" in text
    assert "skriv periode: 2025M06" in " ".join(text.replace("# ", "").split())


def test_periods_go_to_the_newest_period_where_the_last_are_not_out(place: Path) -> None:
    mays = ("2024M05", "2025M05")
    keep(place, [*counts("a_dagpenge", *JUNES[:2], *mays), *counts("sygedagpenge", *mays)])
    text = rolled(place, 2026)["kolding/2026.yaml"]
    assert "  periode: 2025M05\n" in text
    assert "# VALG: Perioderne er flyttet så langt, som der er tal til." in text


def test_a_section_that_lags_gets_a_period_of_its_own_and_one_without_numbers_waits(
    place: Path,
) -> None:
    rows = [one for y in ("a_dagpenge", "kontanthjaelp") for one in counts(y, *JUNES[:3])]
    keep(place, [*rows, *counts("sygedagpenge", *JUNES[:2])])
    text = written(place, 2026)
    values = yaml.safe_load(text)["maalgrupper"]
    assert values["periode"] == "2025M06"
    assert values["afsnit"]["sygedagpenge"] == {"ydelse": "sygedagpenge", "periode": "2024M06"}
    assert "uddannelseshjaelp" not in values["afsnit"]
    assert "# VALG: Der er ingen tal for afsnittet." in text
    assert "    # uddannelseshjaelp: {ydelse: uddannelseshjaelp}\n" in text
    check(select(Workplace(place), "kolding", 2026), Workplace(place))


@pytest.mark.parametrize(
    ("newest", "own"),
    # Control: where the shared file's period has numbers, the plan says nothing of its own.
    [("2025Q04", {"periode": "2025K4"}), ("2026Q02", None)],
)
def test_sections_of_the_new_year_s_shared_file_get_the_period_of_the_numbers(
    root: Path, tmp_path: Path, newest: str, own: dict[str, str] | None
) -> None:
    year = "maalgrupper: {periode: 2024M06, afsnit: {a_dagpenge: {ydelse: a_dagpenge}}}\n"
    plan = "kommune: Kolding\naar: 2025\nbilag: [maalgrupper]\n"
    place = write_place(root, tmp_path, {"2025.yaml": year, "kolding/2025.yaml": plan})
    shutil.copy(root / "params" / "2027.yaml", place / "params")
    keep(
        place,
        [
            observation("fuldtidsmodtagere", 1_308, period, ydelse="sygedagpenge_mv", area=area)
            for period in (newest, f"{int(newest[:4]) - 1}{newest[4:]}")
            for area in (KOLDING, "000")
        ],
    )
    values = yaml.safe_load(written(place, 2027))
    assert values["bilag"] == ["maalgrupper"]
    assert values.get("maalgrupper") == own
    check(select(Workplace(place), "kolding", 2027), Workplace(place))


def test_benefits_that_ended_with_the_reform_give_way_to_their_successor_once(place: Path) -> None:
    juni = ("2025M06", "2026M06")
    keep(place, [one for y in ("a_dagpenge", "kontanthjaelp_2025") for one in counts(y, *juni)])
    text = written(place, 2027)
    sections = yaml.safe_load(text)["maalgrupper"]["afsnit"]
    assert sections["kontanthjaelp"] == {"ydelse": "kontanthjaelp_2025"}
    assert "uddannelseshjaelp" not in sections
    remarks = text.replace("\n    #   ", " ")
    assert (
        "Kontanthjælp ophørte 30. juni 2025 og er afløst af kontanthjælp efter reglerne fra "
        "1. juli 2025 (kontanthjaelp_2025)."
    ) in remarks
    assert "Uddannelseshjælp ophørte 30. juni 2025" in remarks
    check(select(Workplace(place), "kolding", 2027), Workplace(place))


def test_benefits_stay_where_the_numbers_end_before_the_reform(place: Path) -> None:
    keep(place, counts("kontanthjaelp", *JUNES[:2]))
    assert (
        yaml.safe_load(rolled(place, 2027)["kolding/2027.yaml"])["maalgrupper"]["afsnit"][
            "kontanthjaelp"
        ]["ydelse"]
        == "kontanthjaelp"
    )


def test_a_rar_that_ended_gives_way_to_its_region(place: Path) -> None:
    keep(place, counts("a_dagpenge", *JUNES))
    text = rolled(place, 2026)["kolding/2026.yaml"]
    assert "sammenlign_med: [hele-landet, region-syddanmark]  # de to vigtigste\n" in text
    assert "RAR Sydjylland ophørte 31. december 2024 og er afløst af Region Syddanmark." in text


def test_a_region_that_has_ended_gets_no_plan_but_the_name_of_its_successor(
    root: Path, tmp_path: Path
) -> None:
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    with pytest.raises(InputError) as raised:
        roll_plan(tmp_path, "RAR Hovedstaden", 2018, 2025)
    assert "Region Hovedstaden" in raised.value.problems[0].fix


def test_what_is_said_of_the_old_plan_alone_does_not_go_on(place: Path) -> None:
    keep(place, counts("a_dagpenge", *JUNES))
    text = written(place, 2026)
    params = read("kolding", 2026, place)
    assert params.vedtaget is None
    assert params.udvalgssag is None
    assert params.datagrundlag == "nyeste"
    assert "planen trykte" not in text
    assert text.startswith(
        "# yaml-language-server: $schema=../skema/plan.json\n"
        "# Kolding Kommune, Beskæftigelsesplan 2026\n"
    )
    assert "# udvalgssag:\n" in text
    assert "# Om målgrupperne\n" in text


def test_a_reservation_of_last_year_waits_for_somebody_to_confirm_it(place: Path) -> None:
    keep(place, [*counts("a_dagpenge", *JUNES), *counts("kontanthjaelp", *JUNES)])
    text = rolled(place, 2026)["kolding/2026.yaml"]
    afsnit = yaml.safe_load(text)["maalgrupper"]["afsnit"]
    assert "forbehold" not in afsnit["kontanthjaelp"]
    assert "      # forbehold:\n      #   - Tallene for juni er foreløbige.\n" in text


def test_where_only_the_printed_figures_serve_they_go_on_serving(
    root: Path, tmp_path: Path
) -> None:
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    keep(tmp_path, counts("a_dagpenge", *JUNES))
    text = rolled(tmp_path, 2022, "rudersdal")["rudersdal/2022.yaml"]
    assert "# VALG: De nyeste data har ikke tal for kommunen." in text
    assert "\ndatagrundlag: publiceret\n" in text


def test_what_last_year_s_text_explained_and_misprinted_stays_with_last_year(
    root: Path, tmp_path: Path
) -> None:
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    old = yaml.safe_load((root / "params/rudersdal/2021.yaml").read_text("utf-8"))
    assert old["plantekst"]["maalgrupper"]["rettelser"]
    keep(tmp_path, counts("a_dagpenge", *JUNES))
    text = rolled(tmp_path, 2022, "rudersdal")["rudersdal/2022.yaml"]
    assert "plantekst" not in yaml.safe_load(text)
    assert "# VALG: Planens forklaringer og rettelser gælder 2021" in text


REMARK = "{fleksjob: {tekst: Flere søger ind., navn: Mette Holm, dato: 2025-11-02}}"
STATUS = [
    f"status: {{hver: kvartal, bemaerkninger: {{2025K3: {REMARK}}}}}\n",
    f"status:\n  hver: kvartal\n  # Fra mødet i november.\n  bemaerkninger:\n    2025K3: {REMARK}\n",
]


@pytest.mark.parametrize("status", STATUS, ids=["on a line", "below each other"])
def test_remarks_on_last_year_s_editions_stay_with_last_year(
    root: Path, tmp_path: Path, status: str
) -> None:
    plan = PLAN.replace("bilag: [maalgrupper]", "bilag: [maalgrupper, status]") + status
    plan = plan.replace("    sygedagpenge:", "    fleksjob: {ydelse: fleksjob}\n    sygedagpenge:")
    place = write_place(root, tmp_path, {"kolding/2025.yaml": plan})
    keep(place, [*counts("a_dagpenge", *JUNES), *counts("fleksjob", *JUNES)])
    old, text = read("kolding", 2025, place).status, written(place, 2026)
    assert old is not None
    assert old.bemaerkninger
    new = read("kolding", 2026, place).status
    assert new is not None
    assert (new.hver, new.bemaerkninger) == ("kvartal", {})
    assert "Mette Holm" not in text
    assert "mødet i november" not in text
    assert "# VALG: Bemærkningerne til udgaverne i 2025 er ikke ført med." in text


def test_the_year_s_shared_file_is_made_once_and_then_left_alone(
    root: Path, tmp_path: Path
) -> None:
    shared = "# Fælles for 2025.\nministermaal:\n  - Flere i job\nvedtaget: 2024-11-18\n"
    shared += "maalgrupper:\n  decimaler_udvikling: 1\n"
    files = {"2025.yaml": shared, "kolding/2025.yaml": PLAN}
    place = write_place(root, tmp_path, files)
    keep(place, counts("a_dagpenge", *JUNES))
    made = rolled(place, 2026)
    assert made["2026.yaml"].splitlines()[1] == "# Fælles for 2026."
    assert "Ministermålene er ophævet ved lov fra 2025; her står ingen." in made["2026.yaml"]
    (place / "params" / "2026.yaml").write_text("{}\n", encoding="utf-8")
    assert list(rolled(place, 2026)) == ["kolding/2026.yaml"]


def test_a_new_plan_is_no_change_of_the_old_one(place: Path) -> None:
    keep(place, counts("a_dagpenge", *JUNES))
    written(place, 2026)
    assert (place / "params/kolding/2025.yaml").read_text(encoding="utf-8") == PLAN


def test_a_plan_made_from_a_new_plan_has_only_its_own_marks(place: Path) -> None:
    keep(place, counts("a_dagpenge", *JUNES[:2]))
    first = written(place, 2026)
    second = written(place, 2027)
    assert "planen for 2025" in first
    assert "planen for 2025" not in second
    assert open_choices(second) > 0
    assert "# udvalgssag:" in second


def test_nothing_is_written_over_unless_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("gammel\n", encoding="utf-8")
    files = [NewFile(Path("b.yaml"), "ny\n"), NewFile(Path("a.yaml"), "ny\n")]
    with pytest.raises(InputError) as raised:
        write_all(files, tmp_path, force=False)
    assert [problem.where for problem in raised.value.problems] == ["a.yaml"]
    assert not (tmp_path / "b.yaml").exists()
    write_all(files, tmp_path, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == "ny\n"


def test_the_differences_are_from_the_file_that_it_was_made_from(tmp_path: Path) -> None:
    (tmp_path / "2025.yaml").write_text("a: 1\nb: 2\n", encoding="utf-8")
    new = NewFile(Path("2026.yaml"), "a: 1\nb: 3\n", origin=Path("2025.yaml"))
    assert list(differences(new, tmp_path))[2:] == ["@@ -1,2 +1,2 @@", " a: 1", "-b: 2", "+b: 3"]


def test_the_old_plan_of_the_test_is_a_right_one(place: Path) -> None:
    assert Document.load(place / "params/kolding/2025.yaml", place).problems == ()
    assert read("kolding", 2025, place).aar == 2025
