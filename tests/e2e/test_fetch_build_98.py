"""From the sources to the reports of plan year 2027: fetched over HTTP, built for all 98 municipalities.

The figures are the real ones of 60 months, given by a server on the loopback; the commands run in
processes of their own. Every municipality gets its Bilag on the target groups; the follow-up of the
targets, which costs three times as much, is built for the municipalities in which it is hardest.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from beskplan.registers.areas import kommuner
from beskplan.sources.plan import default_plan
from tests.conftest import cases
from tests.e2e.running import run
from tests.proof.rules import faults
from tests.sources.server.serving import TOKEN, Sources, serving
from tests.sources.server.tables import real_tables
from tests.sources.some_tables import only

CASES = cases("fetch_build_98")

pytestmark = [pytest.mark.shared, pytest.mark.thorough]

ISLANDS = ("laesoe", "fanoe", "samsoe", "aeroe")
FOLLOWED = (*ISLANDS, "koebenhavn", "bornholm", "taarnby", "dragoer")
"""Withheld numbers, thousands, an area of its own, a joint jobcentre."""
PLAN = "kommune: {navn}\naar: 2027\nbilag: [{bilag}]\n"
TARGETS = CASES["targets"]


@pytest.fixture(scope="module")
def place(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working copy with a fetched snapshot and params of 2027 for everyone; no report yet."""
    place = tmp_path_factory.mktemp("alle98")
    shutil.copytree(root / "notebooks", place / "notebooks")
    for kommune in kommuner():
        folder = place / "params" / kommune.slug
        folder.mkdir(parents=True)
        followed = kommune.slug in FOLLOWED
        bilag = "maalgrupper, resultatmaal" if followed else "maalgrupper"
        text = PLAN.format(navn=kommune.navn, bilag=bilag)
        (folder / "2027.yaml").write_text(text, encoding="utf-8")
        if followed:
            (folder / "2027.maal.yaml").write_text(TARGETS, encoding="utf-8")
    shutil.copy(root / "params" / "2027.yaml", place / "params")
    merged, ledige = only(default_plan(), "y60a02", "y25i01").jobindsats
    others = [
        one.id for one in default_plan().tables.values() if one.id not in (merged.id, ledige.id)
    ]
    # The recorded table of visitation categories has one month: only the total is asked for.
    total = merged.model_copy(update={"parts": merged.parts[:1]}).model_dump(mode="json")
    plan = yaml.safe_dump({"without": others, "jobindsats": [total]})
    (place / "params" / "hentning.yaml").write_text(plan, encoding="utf-8")
    with serving(Sources(jobindsats=real_tables(shared))) as sources:
        done = run(
            place,
            "fetch",
            JOBINDSATS_TOKEN=TOKEN,
            BESKPLAN_JOBINDSATS_URL=sources.url,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Øjebliksbillede ")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def built(place: Path) -> dict[str, dict[str, object]]:
    """The status of every report by its id, after one build."""
    done = run(place, "build")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    status = json.loads((place / "reports" / "status.json").read_text(encoding="utf-8"))
    return {job["job"]: job for job in status["jobs"]}


def test_every_municipality_has_its_bilag_and_the_hardest_their_follow_up(
    built: dict[str, dict[str, object]],
) -> None:
    expected = {f"2027/{one.slug}/maalgrupper" for one in kommuner()}
    expected |= {f"2027/{slug}/resultatmaal" for slug in FOLLOWED}
    assert len(expected) == 98 + len(FOLLOWED)
    assert set(built) == expected
    assert {job["state"] for job in built.values()} == {"good"}


def test_every_page_draws_and_words_its_numbers_rightly(
    built: dict[str, dict[str, object]], place: Path
) -> None:
    assert len(built) >= 98
    assert faults(place) == []


def test_the_islands_numbers_are_withheld(built: dict[str, dict[str, object]], place: Path) -> None:
    folder, shown = place / "reports" / "2027", set()
    for job in built:
        if "fortroligt" in (folder.parent / job / "tal.json").read_text(encoding="utf-8"):
            shown.add(job.split("/")[1])
    assert set(ISLANDS) <= shown < {one.slug for one in kommuner()}


def test_the_pages_say_what_stands_in_the_source_s_file(
    built: dict[str, dict[str, object]], place: Path
) -> None:
    # y60a02, Rudersdal: 349 in June 2025, 378 in June 2026: 8,3 per cent more, 1,4 of the workforce.
    folder = place / "reports" / "2027" / "rudersdal" / "maalgrupper"
    shown = json.loads((folder / "tal.json").read_text(encoding="utf-8"))
    (table,) = [one for one in shown["tables"] if one["id"] == "tabel-kontanthjaelp"]
    rows = {label: [cell[0] for cell in cells] for label, _, cells in table["rows"]}
    assert rows["Rudersdal"] == ["349", "378", "8\u00a0%", "1,4"]


def test_a_municipality_that_the_source_lacks_is_refused_by_name(place: Path) -> None:
    # The negative control: a plan for a month that was not fetched.
    path = place / "params" / "aeroe" / "2027.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "maalgrupper: {periode: 2026M08}\n", encoding="utf-8")
    done = run(place, "build", "--kommune", "Ærø")
    path.write_text(before, encoding="utf-8")
    assert done.returncode == 2
    assert "params/aeroe/2027.yaml" in done.stderr
    assert "ingen tal for kommunen i perioden" in done.stderr
