"""A report that says something wrong, or of somebody else, is never put in place."""

import json
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pikepdf
import pytest

from beskplan.blocks.model import MIME
from beskplan.core.errors import ProofError
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import outputs, prove
from beskplan.proof.arithmetic import Reading, calculated
from beskplan.render.page import read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_pdf
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.make_report import make_report
from tests.conftest import cases
from tests.proof.rules import faults
from tests.runner.small_copy import build, write_copy

CASES = cases("proof")

JOB = Job(2027, "rudersdal", "maalgrupper")
OTHER = Job(2027, "aarhus", "maalgrupper")


def _share(period: str) -> tuple[Any, ...]:
    count, of = (
        ("read", "fuldtidsmodtagere", one, "alle", "230", period)
        for one in ("ledighedsydelse", "fleksjob")
    )
    return ("share_pct", count, ("sum", count, of))


@pytest.mark.parametrize(
    ("shares", "change"), [(1, Fraction(-51, 10)), (0, Fraction(-5)), (None, Fraction(-5))]
)
def test_a_difference_of_shares_is_one_of_the_shares_as_printed(
    shares: int | None, change: Fraction
) -> None:
    # 48,83 and 43,68 pct.: 48,8 and 43,7, or 49 and 44.
    counts = {"2024Q04": (566, 593), "2025Q04": (471, 608)}
    readings = {}
    for period, both in counts.items():
        for ydelse, count in zip(("ledighedsydelse", "fleksjob"), both, strict=True):
            key = ("fuldtidsmodtagere", ydelse, "alle", "230", period)
            readings[key] = Reading(key, "", Fraction(count), 0)
    origin = ("difference", _share("2024Q04"), _share("2025Q04"))
    assert calculated(origin, readings, shares).value == change


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    place = Workplace(write_copy(tmp_path_factory.mktemp("bevis") / "kopi"))
    with ReportPool(place.root) as pool:
        found = [str(problem) for one in build(place.root, pool) for problem in one.problems]
    assert found == []
    return place


@pytest.fixture
def folder(made: Workplace, tmp_path: Path) -> Path:
    """The finished report, to be spoilt."""
    return Path(shutil.copytree(made.folder(JOB), tmp_path / "maalgrupper"))


def problems(place: Workplace, folder: Path, job: Job = JOB) -> list[str]:
    """What the proof finds: of each problem the file's ending and what is wrong."""
    try:
        prove(job, place, folder)
    except ProofError as error:
        return [
            f"{problem.where.partition('.')[2].split(':')[0]}: {problem.what}"
            for problem in error.problems
        ]
    return []


def replace(path: Path, old: str, new: str, *, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def change_blocks(
    folder: Path, change: Callable[[dict[str, Any]], None], *, render: bool = True
) -> None:
    """Change every block of the executed notebook, and make HTML and PDF from it again."""
    path = folder / "maalgrupper.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if MIME in output.get("data", {}):
                block = json.loads(json.dumps(output["data"][MIME]))
                change(block)
                output["data"][MIME] = block
    nbformat.write(notebook, path)
    if render:
        page = read_page(nbformat.read(path, as_version=4))
        (folder / "maalgrupper.html").write_text(page_html(page), encoding="utf-8")
        (folder / "maalgrupper.pdf").write_bytes(render_pdf(page))


def tables_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    return (
        [block]
        if block["kind"] == "table"
        else [block["data"]]
        if block["kind"] == "figure"
        else []
    )


def test_a_report_as_it_was_made_is_proven(made: Workplace, folder: Path) -> None:
    assert problems(made, folder) == []


def test_another_municipalitys_whole_report_is_refused(made: Workplace, folder: Path) -> None:
    found = problems(made, made.folder(JOB), OTHER)
    assert "html: handler ikke om dette job" in found
    assert "pdf: handler ikke om dette job" in found
    assert "html: nævner en anden kommune" in found


@pytest.mark.parametrize("ending", ["html", "pdf", "ipynb"])
def test_one_file_of_another_municipality_is_refused(
    made: Workplace, folder: Path, ending: str
) -> None:
    shutil.copy(made.folder(OTHER) / f"maalgrupper.{ending}", folder)
    assert any(what.startswith(f"{ending}: ") for what in problems(made, folder))


@pytest.mark.parametrize(("old", "new", "told"), CASES["a_page_that_says_something_else_is"])
def test_a_page_that_says_something_else_is_refused(
    made: Workplace, folder: Path, old: str, new: str, told: str
) -> None:
    replace(folder / "maalgrupper.html", old, new)
    assert told in problems(made, folder)


def test_finished_reports_are_held_to_the_rules_of_our_own_code(
    made: Workplace, tmp_path: Path
) -> None:
    copy = Workplace(Path(shutil.copytree(made.root, tmp_path / "kopi")))
    assert faults(copy.root) == []
    empty_figures(copy.folder(JOB))
    assert {one.rpartition(": ")[2] for one in faults(copy.root)} == {"en tom figur"}


def test_an_empty_figure_is_refused(made: Workplace, folder: Path) -> None:
    empty_figures(folder)
    assert "html: en tom figur" in problems(made, folder)


def empty_figures(folder: Path) -> None:
    path = folder / "maalgrupper.html"
    text = path.read_text(encoding="utf-8")
    empty = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
    path.write_text(
        re.sub(r"image/svg\+xml,[^\"]+", f"image/svg+xml;base64,{empty}", text), encoding="utf-8"
    )


def test_a_pdf_of_other_numbers_is_refused(made: Workplace, folder: Path) -> None:
    def change(block: dict[str, Any]) -> None:
        for table in tables_of(block):
            cell = next(one for one in table["rows"][0]["cells"] if one["value"] is not None)
            cell.update(text=f"{cell['text']}0", value=cell["value"] * 10)

    kept = {
        name: (folder / name).read_bytes() for name in ("maalgrupper.ipynb", "maalgrupper.html")
    }
    change_blocks(folder, change)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    # Its attachments say the same.
    found = {"pdf: afviger fra det beregnede", "csv: afviger fra det beregnede"}
    assert set(problems(made, folder)) == found


def test_a_pdf_with_another_title_is_refused(made: Workplace, folder: Path) -> None:
    path = folder / "maalgrupper.pdf"
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = "Udviklingen i målgrupperne: Aarhus Kommune, 2027"
        pdf.save(path)
    assert problems(made, folder) == ["pdf: handler ikke om dette job"]


@pytest.mark.parametrize("name", ["maalgrupper.pdf", "maalgrupper.html", "rows.jsonl"])
def test_a_missing_or_broken_file_is_refused(made: Workplace, folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert len(problems(made, folder)) == 1
    (folder / name).write_bytes(b"")
    assert problems(made, folder)


def test_numbers_of_another_municipality_under_the_right_name_are_refused(
    made: Workplace, folder: Path
) -> None:
    theirs = nbformat.read(made.folder(OTHER) / "maalgrupper.ipynb", as_version=4)
    rows = {
        table["id"]: [row for row in table["rows"] if row["area"] == "751"]
        for cell in theirs.cells
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
        for table in tables_of(output["data"][MIME])
    }

    def change(block: dict[str, Any]) -> None:
        for table in tables_of(block):
            for row in table["rows"]:
                if row["area"] == "230" and len(rows[table["id"]]) == 1:
                    row["cells"] = rows[table["id"]][0]["cells"]

    change_blocks(folder, change)
    found = set(problems(made, folder))
    assert "ipynb: et tal, der ikke er læst" in found


def test_rows_that_the_snapshot_holds_otherwise_are_refused(made: Workplace, folder: Path) -> None:
    path = folder / "rows.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[0][5] = "0" * 64
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert problems(made, folder) == ["ipynb: en række, som datagrundlaget har anderledes"]


@pytest.mark.parametrize(("change", "told"), CASES["a_row_about_another_area_is_refused"])
def test_a_row_about_another_area_is_refused(
    made: Workplace, folder: Path, change: dict[str, str], told: str
) -> None:
    def swap(block: dict[str, Any]) -> None:
        for table in tables_of(block):
            for row in table["rows"]:
                if row["area"] == "230" and row["label"] == "Rudersdal":
                    row.update(change)

    change_blocks(folder, swap, render=False)
    assert told in problems(made, folder)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rudersdals andel og Aarhus' andel", {"Rudersdal", "Aarhus"}),
        ("RAR Bornholm og Landsdel Bornholm", set()),
        ("på Bornholm", {"Bornholm"}),
        ("Vejen til job er lang", set()),
        ("Vejen", {"Vejen"}),
        ("i Vejen Kommune", {"Vejen"}),
        ("Lyngby-Taarbæk Kommune", {"Lyngby-Taarbæk"}),
        ("Østdanmark, Region Sjælland og hele landet", set()),
        ("Københavns Kommune", {"København"}),
    ],
)
def test_names_of_municipalities_are_found_in_prose(text: str, names: set[str]) -> None:
    assert outputs.named(text) == names


SWAP = CASES["swap"]
"""What a cache with a wrong key would do: two municipalities get each other's rows, under their own names."""


def test_a_mutant_that_swaps_two_municipalities_in_a_parallel_build_is_caught(
    tmp_path: Path,
) -> None:
    place = Workplace(write_copy(tmp_path / "kopi"))
    path = place.notebook("maalgrupper")
    notebook = nbformat.read(path, as_version=4)
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", ()))
    setup.source = SWAP + setup.source
    nbformat.write(notebook, path)
    with ReportPool(place.root, workers=2) as pool:
        outcomes = {
            one.job.kommune: one
            for one in pool.run([JOB.id, OTHER.id, "2027/alleroed/maalgrupper"])
        }
    for slug, outcome in outcomes.items():
        # Allerød compares itself with Rudersdal, and so would print Aarhus' figures.
        assert {problem.what for problem in outcome.problems} == {
            "en række, som datagrundlaget har anderledes"
        }, slug
        assert not outcome.folder.exists()


def test_a_failed_proof_leaves_the_report_in_place_as_it_was(
    made: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (made.folder(JOB) / "maalgrupper.html").read_bytes()
    monkeypatch.setattr(
        "beskplan.runner.make_report.render_pdf", lambda page: render_pdf(page)[:-2000]
    )
    outcome = make_report(JOB, made)
    assert not outcome.ok
    assert (made.folder(JOB) / "maalgrupper.html").read_bytes() == before
