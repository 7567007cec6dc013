"""`beskplan new`, `new-bilag` and `schema` as a person uses them, the first call of each in a process."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import cases
from tests.e2e.running import run, run_here

CASES = cases("new_commands")

SEEDS = CASES["seeds"]
REAL = (
    "jobindsats/y25i01_kommuner.csv",
    "jobindsats/y60a02_kommuner.csv",
    "jobindsats/y01a02_hele_landet_regioner.csv",
)


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def params(place: Path) -> dict[str, str]:
    return {
        path.relative_to(place).as_posix(): path.read_text(encoding="utf-8")
        for path in (place / "params").rglob("*.yaml")
    }


def test_new_shows_the_differences_counts_the_choices_and_checks(place: Path) -> None:
    before = params(place)
    done = run(place, "new", "Rudersdal", "2022")
    assert done.returncode == 0, done.stderr
    assert "Målene for 2021: 6 følges uden tal, 6 får måltal og 1 afventer tal." in done.stdout
    assert "params/2022.yaml bliver også lavet: den gælder for alle kommuner." in done.stdout
    assert "+++ params/rudersdal/2022.yaml" in done.stdout
    assert "-aar: 2021\n" in done.stdout
    assert "\nparams/rudersdal/2022.maal.yaml: 6 valg mangler, mærket VALG\n" in done.stdout
    assert "Intet forkert fundet; " in done.stdout
    checked = run_here(place, "check", "--kommune", "Rudersdal", "--aar", "2022")
    assert checked.returncode == 0
    assert "params/rudersdal/2022.maal.yaml: 6 valg mangler, mærket VALG\n" in checked.stdout
    now = params(place)
    assert sorted(now.keys() - before.keys()) == [
        "params/2022.yaml",
        "params/rudersdal/2022.maal.yaml",
        "params/rudersdal/2022.yaml",
    ]
    assert {name: now[name] for name in before} == before

    again = run_here(place, "new", "Rudersdal", "2022")
    assert again.returncode == 2
    assert "params/rudersdal/2022.yaml: findes allerede" in again.stderr
    assert params(place) == now
    assert run_here(place, "new", "Rudersdal", "2022", "--force").returncode == 0


def test_a_dry_run_writes_nothing(place: Path) -> None:
    before = sorted(place.rglob("*"))
    done = run_here(place, "new", "Allerød", "2020", "--dry-run")
    assert done.returncode == 0
    assert "+++ params/alleroed/2020.yaml" in done.stdout
    assert sorted(place.rglob("*")) == before


def test_a_first_plan_takes_options_and_says_what_is_missing(place: Path) -> None:
    done = run_here(
        place, "new", "Kolding", "2028", "--periode", "2027M06", "--sammenlign-med", "rar"
    )
    assert done.returncode == 0, done.stderr
    assert "Det kan ikke bygges endnu:" in done.stdout
    assert "ingen tal for kommunen i perioden" in done.stdout
    text = (place / "params/kolding/2028.yaml").read_text(encoding="utf-8")
    assert "  periode: 2027M06\n" in text
    assert "  sammenlign_med: [rar]\n" in text
    wrong = run_here(place, "new", "Rudersdal", "2022", "--periode", "2021M06")
    assert wrong.returncode == 2
    assert "kun til en første plan" in wrong.stderr


@pytest.mark.parametrize(("words", "told"), CASES["wrong_input_ends_with_2_and_the_way_out"])
def test_wrong_input_ends_with_2_and_the_way_out(
    place: Path, words: tuple[str, ...], told: str
) -> None:
    done = run_here(place, *words)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_notebook_that_is_there_gets_one_more_plan_and_stays_as_it_is(place: Path) -> None:
    assert run(place, "new-bilag", "moeder", "--titel", "Møder").returncode == 0
    notebook = place / "notebooks" / "moeder.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("Møder", "Samtaler"))
    mine = notebook.read_text(encoding="utf-8")
    done = run_here(place, "new-bilag", "moeder", "--kommune", "kolding", "--aar", "2026")
    assert done.returncode == 0, done.stderr
    assert "+bilag: [moeder]\n" in done.stdout
    assert notebook.read_text(encoding="utf-8") == mine
    refused = run_here(place, "new-bilag", "moeder")
    assert refused.returncode == 2
    assert "findes allerede" in refused.stderr


def test_the_schemas_are_written_where_they_are_missing_or_old(place: Path) -> None:
    folder = place / "params" / "skema"
    (folder / "plan.json").write_text("{}", encoding="utf-8")
    (folder / "maal.json").unlink()
    done = run_here(place, "schema")
    assert done.stdout == "params/skema/plan.json\nparams/skema/maal.json\n"
    written = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert "kommune" in written["properties"]
    assert run_here(place, "schema").stdout == ""


@pytest.mark.thorough
@pytest.mark.parametrize(("kommune", "aar"), SEEDS)
def test_the_year_after_each_seed_builds(place: Path, kommune: str, aar: int) -> None:
    assert run_here(place, "new", kommune, str(aar)).returncode == 0
    built = run(place, "build", "--kommune", kommune, "--aar", str(aar))
    assert built.returncode == 0, built.stdout + built.stderr
    assert "FEJL" not in built.stdout


@pytest.mark.thorough
@pytest.mark.shared
def test_a_plan_of_today_is_made_from_one_of_2021_and_builds_on_real_numbers(
    place: Path, shared: Path
) -> None:
    for file in REAL:
        assert run_here(place, "import", str(shared / "data" / file)).returncode == 0
    done = run_here(place, "new", "Rudersdal", "2027")
    assert "Intet forkert fundet; " in done.stdout, done.stdout
    built = run(place, "build", "--kommune", "Rudersdal", "--aar", "2027")
    assert built.returncode == 0, built.stdout + built.stderr
    page = place / "reports/2027/rudersdal/maalgrupper/maalgrupper.html"
    assert "Juni 2026" in page.read_text(encoding="utf-8")
