"""Targets go on with how they went: dates move, printed numbers stay, and nothing is claimed anew."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from beskplan.newplan.rolling import roll_plan
from beskplan.params.models import read
from tests.conftest import cases
from tests.newplan.working_copy import KOLDING, keep, write_place
from tests.unit.report_samples import observation

CASES = cases("newplan_targets")

GOALS_2019 = CASES["goals_2019"]
GOALS_2020 = CASES["goals_2020"]
PLAN = "kommune: Kolding\naar: 2019\nbilag: [resultatmaal]\n"
TARGETS = CASES["targets"]


def rows() -> list[dict[str, Any]]:
    """A-dagpenge fell by more than a tenth; sygedagpenge did not fall enough."""
    numbers = {"a_dagpenge": (400, 350), "sygedagpenge": (320, 310)}
    return [
        observation("fuldtidspersoner", value, period, ydelse=ydelse, area=KOLDING)
        for ydelse, values in numbers.items()
        for period, value in zip(("2018M12", "2019M12"), values, strict=True)
    ]


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    files = {"2019.yaml": GOALS_2019, "kolding/2019.yaml": PLAN, "kolding/2019.maal.yaml": TARGETS}
    place = write_place(root, tmp_path, files)
    keep(place, rows())
    return place


def rolled(place: Path, aar: int = 2020) -> str:
    files = roll_plan(place, "kolding", 2019, aar).files
    for one in files:
        (place / one.path).write_text(one.text, encoding="utf-8")
    return next(one.text for one in files if one.path.name.endswith(".maal.yaml"))


def target(text: str, goal: int, number: int) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["overordnede"][goal]["resultatmaal"][number]
    return found


def remarks(text: str) -> str:
    return " ".join(text.replace("#", "").split())


def test_a_target_that_was_reached_says_so_and_asks_what_is_next(place: Path) -> None:
    told = remarks(rolled(place))
    assert (
        "OPFØLGNING 2019: Nået. Målet var fald på 10\u00a0pct. til højst 360\u00a0fuldtidspersoner; "
        "tallet er 350 fuldtidspersoner (december 2019)."
    ).replace("\u00a0", " ") in told.replace("\u00a0", " ")
    assert "VALG: Målet er nået. Skal det fastholdes, skærpes eller udgå?" in told


def test_a_target_that_was_missed_says_so(place: Path) -> None:
    told = remarks(rolled(place)).replace("\u00a0", " ")
    assert (
        "OPFØLGNING 2019: Ikke nået. Målet var højst 300 fuldtidspersoner; tallet er 310 "
        "fuldtidspersoner (december 2019)."
    ) in told
    assert "VALG: Målet blev ikke nået. Skal det gentages, ændres eller udgå?" in told


def test_the_follow_up_is_by_the_newest_data_whatever_the_plan_was_pinned_to(place: Path) -> None:
    assert read("kolding", 2019, place).maal is not None
    assert "status_pr" not in rolled(place)


def test_deadline_baseline_and_words_move_with_the_year(place: Path) -> None:
    first = target(rolled(place), 0, 0)
    assert first["frist"] == "2020M12"
    assert first["udgangspunkt"] == {"periode": "2019M12"}
    assert first["tekst"] == "Antallet skal falde med 10 pct. i 2020 i forhold til december 2019."


def test_a_baseline_that_the_plan_prints_stays_true(place: Path) -> None:
    text = rolled(place)
    second = target(text, 0, 1)
    assert second["udgangspunkt"] == {"periode": 2017, "vaerdi": 311}
    assert second["tekst"] == "Antallet skal ned fra 311 i 2017 til 300 ved udgangen af 2020."
    assert "Udgangspunktet er stadig det fra 2017. Er der et nyere?" in remarks(text)


def test_two_targets_of_one_sentence_say_the_same_afterwards(place: Path) -> None:
    path = place / "params/kolding/2019.maal.yaml"
    old = path.read_text(encoding="utf-8")
    words = "Antallet skal falde med 10 pct. i 2019 i forhold til december 2018."
    both = old.replace("Antallet skal ned fra 311 i 2017 til 300 ved udgangen af 2019.", words)
    path.write_text(both.replace("periode: 2017, vaerdi", "periode: 2018M12, vaerdi"), "utf-8")
    text = rolled(place)
    assert target(text, 0, 0)["tekst"] == target(text, 0, 1)["tekst"]
    assert target(text, 0, 0)["tekst"].endswith("i 2020 i forhold til december 2018.")
    assert target(text, 0, 0)["udgangspunkt"] == {"periode": "2018M12"}


def test_what_points_into_the_old_document_is_left_behind(place: Path) -> None:
    text = rolled(place)
    assert "dokument" not in text
    assert "linje" not in text
    assert "billedtekst" not in text
    assert target(text, 0, 0)["opgoeres_i"] == "Jobindsats"
    assert "kilde: Kolding Kommunes Beskæftigelsesplan 2020\n" in text


def test_what_is_known_of_the_old_plan_alone_is_asked_for(place: Path) -> None:
    text = rolled(place)
    values = yaml.safe_load(text)
    assert not {"sider", "planens_antal"} & values.keys()
    assert "naeste_maaling" not in target(text, 0, 0)
    told = remarks(text)
    assert "VALG: Skriv `sider: side 4-6`" in told
    assert "VALG: Skriv i `planens_antal`" in told
    assert "VALG: Næste måling var i planen for 2019: foråret 2019." in told
    # What the old plan did not have is not asked for.
    old = place / "params/kolding/2019.maal.yaml"
    without = old.read_text("utf-8").replace("        naeste_maaling: foråret 2019\n", "")
    old.write_text(without.replace("sider: side 4-6\n", ""), encoding="utf-8")
    assert "åling var i planen" not in remarks(rolled(place, 2021))


def test_a_reservation_and_a_forecast_wait_for_somebody(place: Path) -> None:
    text = rolled(place)
    assert "forbehold" not in target(text, 0, 1)
    assert [goal["titel"] for goal in yaml.safe_load(text)["overordnede"]] == [
        "Job",
        "Flygtninge",
        "Udsatte",
    ]
    assert "  # - titel: Prognose\n" in text


def test_ministers_goals_are_found_again_by_their_words(place: Path) -> None:
    (place / "params" / "2020.yaml").write_text(GOALS_2020, encoding="utf-8")
    text = rolled(place)
    goals = yaml.safe_load(text)["overordnede"]
    assert [goal.get("ministermaal") for goal in goals] == [3, 2, None]
    assert "Ministermålet hed i 2019: »Flere flygtninge skal være selvforsørgende«." in remarks(
        text
    )
    assert "»Udsatte skal have en indsats«, som ikke er blandt dem for 2020." in remarks(text)
    assert read("kolding", 2020, place).maal is not None


def test_without_ministers_goals_no_target_names_one(place: Path) -> None:
    text = rolled(place, 2026)
    assert "ministermaal" not in text
    assert read("kolding", 2026, place).ministermaal == ()


def test_a_benefit_that_ends_before_the_deadline_is_measured_by_its_successor(place: Path) -> None:
    path = place / "params/kolding/2019.maal.yaml"
    old = path.read_text(encoding="utf-8")
    wanted = "ydelser: [a_dagpenge, kontanthjaelp, uddannelseshjaelp]"
    path.write_text(old.replace("ydelser: [a_dagpenge]", wanted), encoding="utf-8")
    assert target(rolled(place), 0, 0)["maaling"]["ydelser"] == [
        "a_dagpenge",
        "kontanthjaelp",
        "uddannelseshjaelp",
    ]
    later = rolled(place, 2026)
    assert target(later, 0, 0)["maaling"]["ydelser"] == ["a_dagpenge", "kontanthjaelp_2025"]
    assert "Uddannelseshjælp ophørte 30. juni 2025" in remarks(later)


def test_what_becomes_of_it_is_a_plan_that_can_be_read(place: Path) -> None:
    rolled(place)
    plan = read("kolding", 2020, place)
    assert plan.maal is not None
    assert [one.id for one in plan.maal.targets()] == ["faerre", "hoejst", "moede", "indsats"]
