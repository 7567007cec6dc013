"""`beskplan check --areas` on the real figures: every page of the areas that strain one is made."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from beskplan.registers.areas import kommuner
from beskplan.sources.imports import import_file
from tests.e2e.running import run

pytestmark = pytest.mark.shared

FILES = ("y25i01_kommuner.csv", "y60a02_kommuner.csv", "y01a02_hele_landet_regioner.csv")


def areas(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(place, "check", "--areas", *words, COLUMNS="200")


@pytest.fixture(scope="module")
def place(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's notebooks and params, and a snapshot of the real figures."""
    place = tmp_path_factory.mktemp("omraader")
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, place / name)
    for name in FILES:
        path = shared / "data" / "jobindsats" / name
        import_file(path, None, place, retrieved_at=date(2026, 8, 15))
    return place


def files(place: Path) -> set[str]:
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def test_a_municipality_s_pages_are_listed_a_fact_a_line_and_nothing_is_written(
    place: Path,
) -> None:
    before = files(place)
    done = areas(place, "--kommune", "Tårnby", "--bilag", "varighed")
    assert done.returncode == 0, done.stdout + done.stderr
    head, *lines, total = done.stdout.splitlines()
    assert head == "# Tårnby: fælles jobcenter Tårnby-Dragør"
    assert all(line.startswith("2027/taarnby/varighed  ") for line in lines)
    assert "2027/taarnby/varighed  fælles jobcenter  siden viser også Dragør" in lines
    assert total == "1 side lavet for 1 område, 0 med fortrolige tal; alle kunne laves."
    assert files(place) == before


def test_a_notebook_that_fails_for_laesoe_only_is_told_by_name_and_ends_with_1(
    place: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "kopi"
    shutil.copytree(place, copy)
    notebook = copy / "notebooks" / "refusion.ipynb"
    text = notebook.read_text(encoding="utf-8")
    right = '"report.staircase_notes()"'
    assert right in text
    wrong = r'"report.staircase_notes(*{\"laesoe\": (kommune,)}.get(kommune, ()))"'
    notebook.write_text(text.replace(right, wrong), encoding="utf-8")
    for kommune, code in (("Fanø", 0), ("Læsø", 1)):
        done = areas(copy, "--kommune", kommune, "--bilag", "refusion")
        assert done.returncode == code, done.stdout + done.stderr
    told = done.stdout.splitlines()
    assert told[-1].endswith("1 kunne ikke laves: 2027/laesoe/refusion.")
    (fault,) = [line for line in told if "  FEJL  " in line]
    assert fault.startswith("2027/laesoe/refusion  FEJL  notebooks/refusion.ipynb: cell 7")
    assert "TypeError" in fault


@pytest.mark.thorough
def test_a_joint_jobcentre_beside_its_municipality_has_a_sum_and_no_share(
    place: Path, tmp_path: Path
) -> None:
    # Its share cannot be made: the workforce that the source divides by is not in the data.
    copy = tmp_path / "kopi"
    shutil.copytree(place, copy)
    own = "kommune: Tårnby\naar: 2027\nbilag: [maalgrupper]\n"
    beside = "maalgrupper: {sammenlign_med: [Tårnby-Dragør]}\n"
    (copy / "params" / "taarnby" / "2027.yaml").write_text(own + beside, encoding="utf-8")
    done = areas(copy, "--kommune", "Tårnby", "--bilag", "maalgrupper")
    assert done.returncode == 0, done.stdout + done.stderr
    of_table = "Tabel 2, Kontanthjælp i Tårnby Kommune"
    for kind, cells in (
        ("ikke opgjort", "1 af 8 (Tårnby-Dragør: Pct. af arbejdsstyrken juni 2026)"),
        ("beregnet", "2 af 8 (Tårnby-Dragør: Juni 2025; Tårnby-Dragør: Juni 2026)"),
    ):
        assert f"2027/taarnby/maalgrupper  {kind}  {of_table}: {cells}" in done.stdout


def test_without_data_it_says_where_to_get_them(root: Path, tmp_path: Path) -> None:
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    done = areas(tmp_path)
    assert done.returncode == 2
    assert "no snapshot to try with" in done.stderr
    assert "beskplan import" in done.stderr


def test_an_option_of_the_areas_alone_is_refused(place: Path) -> None:
    done = run(place, "check", "--all")
    assert done.returncode == 2
    assert "only with --areas" in done.stderr


@pytest.mark.thorough
def test_every_page_of_every_awkward_area_is_made_and_says_what_is_odd(
    place: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "sider"
    done = areas(place, "--json", "--keep", str(kept))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    pages = json.loads(done.stdout)
    facts = {page["job"]: [tuple(fact.values()) for fact in page["facts"]] for page in pages}
    of: dict[str, set[str]] = defaultdict(set)
    for job in facts:
        aar, kommune, bilag = job.split("/")
        if aar == "2027":
            of[kommune].add(bilag)
    islands = {"laesoe", "fanoe", "samsoe", "aeroe"}
    assert set(of) == islands | {"koebenhavn", "bornholm", "taarnby", "dragoer"}
    library = {"maalgrupper", "overblik", "resultatmaal", "varighed", "refusion"}
    assert all(bilag == library for bilag in of.values())
    assert "2018/rar-hovedstaden/rar_oversigt" in facts
    withheld = {job.split("/")[1] for job in facts if "fortroligt" in dict(facts[job])}
    assert withheld == islands
    assert "ikke opgjort" in dict(facts["2022/bornholm/maalgrupper"])
    assert dict(facts["2027/dragoer/varighed"])["fælles jobcenter"] == "siden viser også Tårnby"
    assert any(kind == "brud" for kind, _ in facts["2027/koebenhavn/maalgrupper"])
    assert (kept / "reports/2027/laesoe/maalgrupper/maalgrupper.pdf").is_file()


@pytest.mark.thorough
def test_the_page_that_strains_most_is_made_for_all_98(place: Path) -> None:
    # One notebook of five: all of them, 500 pages, take ten minutes by `beskplan check --areas --all`.
    done = areas(place, "--all", "--json", "--bilag", "overblik")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    made = {page["job"] for page in json.loads(done.stdout) if page["ok"]}
    assert {f"2027/{one.slug}/overblik" for one in kommuner()} <= made
