"""What is filled in under "Nyt Bilag" becomes a notebook and its params, or is refused with reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from beskplan.core.errors import InputError
from beskplan.lab.wishes import new_bilag
from beskplan.params import read
from beskplan.runner.notebook_rules import check_notebook
from tests.runner.small_copy import write_copy


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_copy(tmp_path / "kopi")


def files(root: Path) -> dict[str, str]:
    return {
        path.as_posix(): path.read_text(encoding="utf-8")
        for folder in ("notebooks", "params")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def test_a_name_alone_is_a_notebook_that_keeps_the_rules(root: Path) -> None:
    path = new_bilag({"navn": " samtaler ", "titel": "", "kommune": "", "aar": ""}, root)
    assert path == Path("notebooks/samtaler.ipynb")
    assert check_notebook(root / path) == ()


def test_with_a_municipality_and_year_the_plan_asks_for_it(root: Path) -> None:
    wish = {"navn": "samtaler", "titel": "Samtaler", "kommune": "Allerød", "aar": "2027"}
    path = new_bilag(wish, root)
    assert "alleroed" in (root / path).read_text(encoding="utf-8")
    assert read("Allerød", 2027, root).bilag == ("maalgrupper", "samtaler")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"navn": ""}, "cannot be a notebook's name"),
        ({"navn": "Store Bogstaver"}, "cannot be a notebook's name"),
        ({"navn": "../ude"}, "cannot be a notebook's name"),
        ({"navn": "maalgrupper"}, "is taken"),
        ({"navn": "besoeg", "kommune": "Furesø"}, "do not go together"),
        ({"navn": "besoeg", "aar": "2027"}, "do not go together"),
        ({"navn": "besoeg", "kommune": "Furesø", "aar": "i år"}, "do not go together"),
        ({"navn": "besoeg", "kommune": "Furesoe By", "aar": "2027"}, "Furesø"),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_written(
    root: Path, wish: dict[str, str], told: str
) -> None:
    before = files(root)
    with pytest.raises(InputError, match=told):
        new_bilag(wish, root)
    assert files(root) == before


def test_a_notebook_that_is_there_is_not_written_over(root: Path) -> None:
    new_bilag({"navn": "samtaler"}, root)
    before = files(root)
    wish = {"navn": "samtaler", "kommune": "Allerød", "aar": "2027"}
    with pytest.raises(InputError, match="stands there already"):
        new_bilag(wish, root)
    assert files(root) == before
