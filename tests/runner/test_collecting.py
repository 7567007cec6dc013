"""Combined PDFs follow the reports: made when a part has changed, cheap when none has, never in the way."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from beskplan.cli.app import app
from beskplan.core.errors import UnknownNameError
from beskplan.runner.collecting import Collection, collect, combined_path, stale_collections
from beskplan.runner.engine.pool import ReportPool
from beskplan.runner.wanted import Choice
from tests.render import sample_notebook as samples
from tests.runner.small_copy import flip

AAR, KOMMUNE = 2021, "rudersdal"


def add_plan(root: Path, bilag: list[str], kommune: str = KOMMUNE) -> None:
    folder = root / "params" / kommune
    folder.mkdir(parents=True, exist_ok=True)
    text = f"kommune: {kommune.capitalize()}\naar: {AAR}\nbilag: [{', '.join(bilag)}]\n"
    (folder / f"{AAR}.yaml").write_text(text, encoding="utf-8")


def add_report(root: Path, bilag: str, kommune: str = KOMMUNE) -> Path:
    """A report as a build leaves it, as far as combining looks at it; gives its manifest."""
    folder = root / "reports" / str(AAR) / kommune / bilag
    folder.mkdir(parents=True, exist_ok=True)
    notebook = samples.sample_notebook()
    notebook.cells[0].source = f"# {bilag.capitalize()}\n\nHvad bilaget viser."
    nbformat.write(notebook, folder / f"{bilag}.ipynb")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    return folder / "manifest.json"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A working copy with one plan of two Bilag, both made."""
    (tmp_path / "notebooks").mkdir()
    for bilag in ("maalgrupper", "varighed"):
        (tmp_path / "notebooks" / f"{bilag}.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "reports" / ".noegler").mkdir(parents=True)
    add_plan(tmp_path, ["maalgrupper", "varighed"])
    for bilag in ("maalgrupper", "varighed"):
        add_report(tmp_path, bilag)
    return tmp_path


def names(root: Path, choice: Choice | None = None) -> list[str]:
    return [one.name for one in stale_collections(root, choice)]


def build(root: Path) -> list[str]:
    told: list[str] = []
    collect(root, stale_collections(root), told.append)
    return told


def test_a_plan_of_two_bilag_is_made_once_and_then_fresh(root: Path) -> None:
    assert names(root) == ["2021/rudersdal"]
    assert build(root) == []
    assert combined_path(root, KOMMUNE, AAR).read_bytes().startswith(b"%PDF")
    assert names(root) == []


def test_a_part_that_was_made_again_makes_it_stale(root: Path) -> None:
    build(root)
    manifest = add_report(root, "varighed")
    os.utime(manifest, ns=(1, 1))
    assert names(root) == ["2021/rudersdal"]


def test_another_order_in_the_params_makes_it_stale(root: Path) -> None:
    build(root)
    add_plan(root, ["varighed", "maalgrupper"])
    assert names(root) == ["2021/rudersdal"]


def test_one_that_was_removed_is_made_again(root: Path) -> None:
    build(root)
    combined_path(root, KOMMUNE, AAR).unlink()
    assert names(root) == ["2021/rudersdal"]


def test_it_waits_until_every_bilag_is_made_and_one_bilag_needs_none(root: Path) -> None:
    (root / "reports" / str(AAR) / KOMMUNE / "varighed" / "manifest.json").unlink()
    assert names(root) == []
    add_plan(root, ["maalgrupper"])
    assert names(root) == []


def test_a_choice_of_one_bilag_combines_all_and_leaves_other_plans_alone(root: Path) -> None:
    add_plan(root, ["maalgrupper", "varighed"], "ballerup")
    for bilag in ("maalgrupper", "varighed"):
        add_report(root, bilag, "ballerup")
    assert names(root, Choice(KOMMUNE, None, "varighed")) == ["2021/rudersdal"]
    assert names(root) == ["2021/ballerup", "2021/rudersdal"]


def test_one_that_cannot_be_set_is_told_stops_no_other_and_is_tried_again(root: Path) -> None:
    add_plan(root, ["maalgrupper", "varighed"], "ballerup")
    for bilag in ("maalgrupper", "varighed"):
        add_report(root, bilag, "ballerup")
    broken = root / "reports" / str(AAR) / "ballerup" / "varighed" / "varighed.ipynb"
    broken.unlink()
    (told,) = build(root)
    assert told.startswith(
        "2021/ballerup: ingen samlet PDF: 2021/ballerup/varighed: har ingen færdig"
    )
    assert combined_path(root, KOMMUNE, AAR).is_file()
    assert names(root) == ["2021/ballerup"]


def test_children_of_a_warm_process_make_the_same_as_this_one(root: Path) -> None:
    for kommune in ("ballerup", "herlev"):
        add_plan(root, ["maalgrupper", "varighed"], kommune)
        for bilag in ("maalgrupper", "varighed"):
            add_report(root, bilag, kommune)
    told: list[str] = []
    with ReportPool(root, workers=2) as pool:
        assert collect(root, stale_collections(root), told.append, pool.each) == 3
    assert told == []
    alone = combined_path(root, KOMMUNE, AAR).read_bytes()
    collect(root, [Collection(AAR, KOMMUNE, "again")], told.append)
    assert combined_path(root, KOMMUNE, AAR).read_bytes() == alone


@pytest.mark.parametrize("harm", [flip, lambda path: path.write_bytes(b"")])
def test_one_that_is_damaged_is_made_again(root: Path, harm: Callable[[Path], object]) -> None:
    build(root)
    path = combined_path(root, KOMMUNE, AAR)
    right = path.read_bytes()
    harm(path)
    assert names(root) == ["2021/rudersdal"]
    build(root)
    assert path.read_bytes() == right


def test_finding_nothing_to_do_needs_no_heavy_library(root: Path) -> None:
    build(root)
    code = (
        "import sys; from pathlib import Path; from beskplan.runner.collecting import *; "
        f"assert not stale_collections(Path({str(root)!r})); "
        "print(sorted({'typst', 'nbformat', 'pydantic', 'yaml', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def combined_by_command(root: Path, *words: str) -> list[str]:
    done = CliRunner().invoke(app, ["combine", "--root", str(root), *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout.splitlines()


def test_a_plan_of_editions_alone_is_left_out_unless_it_is_what_is_named(root: Path) -> None:
    (root / "notebooks" / "status.ipynb").write_text("{}", encoding="utf-8")
    add_plan(root, ["status"], "aarhus")
    plan = root / "params" / "aarhus" / f"{AAR}.yaml"
    with plan.open("a", encoding="utf-8") as file:
        file.write("status: {hver: kvartal}\n")
    (path,) = combined_by_command(root)
    assert path.endswith("rudersdal-2021.pdf")
    for word in ("", "--word"):
        named = ["--kommune", "aarhus", *filter(None, [word])]
        with pytest.raises(UnknownNameError, match="2021/aarhus: planen har kun udgaver"):
            combined_by_command(root, *named)
