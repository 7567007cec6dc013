"""A build renews the combined PDF of every plan of several Bilag, and is never spoiled by it."""

import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.running import run

PDF = Path("reports") / "2017" / "taarnby" / "taarnby-2017.pdf"
FRESH = "2 rapporter: intet at lave.\n"


@pytest.fixture(scope="module")
def place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two Bilag of Tårnby's plan of 2017, built."""
    place = tmp_path_factory.mktemp("kopi")
    shutil.copytree(root / "notebooks", place / "notebooks")
    shutil.copytree(root / "params" / "taarnby", place / "params" / "taarnby")
    shutil.copy(root / "params" / "2017.yaml", place / "params")
    params = place / "params" / "taarnby" / "2017.yaml"
    text = params.read_text(encoding="utf-8")
    params.write_text(
        re.sub(r"^bilag: .*$", "bilag: [refusion, varighed]", text, flags=re.MULTILINE),
        encoding="utf-8",
    )
    done = run(place, "build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 samlet PDF lavet." in done.stdout
    return place


def test_it_is_there_and_a_second_build_leaves_it_alone(place: Path) -> None:
    before = (place / PDF).stat().st_mtime_ns
    for words in (("build",), ("build", "--aar", "2017")):
        assert run(place, *words).stdout == FRESH
    assert (place / PDF).stat().st_mtime_ns == before


def test_one_that_is_missing_is_made_although_no_report_is_stale(place: Path) -> None:
    (place / PDF).unlink()
    assert run(place, "build").stdout == f"1 samlet PDF lavet.\n{FRESH}"
    assert (place / PDF).is_file()


def test_one_report_made_alone_makes_it_stale_and_the_command_renews_it(place: Path) -> None:
    before = (place / PDF).read_bytes()
    assert run(place, "run", "2017/taarnby/refusion", "--force").returncode == 0
    assert run(place, "combine", "--kommune", "Tårnby").returncode == 0
    assert (place / PDF).read_bytes() == before
    assert run(place, "build").stdout == f"1 samlet PDF lavet.\n{FRESH}"


def test_one_that_cannot_be_written_is_told_and_spoils_no_build(place: Path) -> None:
    (place / PDF).unlink()
    (place / PDF).mkdir()
    try:
        done = run(place, "build")
    finally:
        (place / PDF).rmdir()
    assert (done.returncode, done.stdout) == (0, FRESH)
    assert "2017/taarnby: ingen samlet PDF:" in done.stderr
