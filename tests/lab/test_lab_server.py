"""What the part in the browser asks of the server that `beskplan lab` starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.opened_lab import OpenedLab, opened_lab
from tests.runner.small_copy import write_copy

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedLab]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "hjem").mkdir()
    with opened_lab(write_copy(folder / "arbejds kopi"), folder / "hjem") as lab:
        yield lab


@pytest.mark.parametrize(
    "address", ["beskplan/rules/maalgrupper", "beskplan/preview/maalgrupper/news"]
)
def test_nothing_is_told_without_the_token(lab: OpenedLab, address: str) -> None:
    refused = lab.get(address, token="")
    assert refused.status_code in (302, 403)
    assert "login" in refused.headers.get("Location", "login")
    assert lab.get(address).status_code == 200


def test_no_bilag_is_made_without_the_token(lab: OpenedLab) -> None:
    refused = lab.post("beskplan/bilag", {"navn": "uden_token"}, token="")
    assert refused.status_code == 403
    assert not (lab.root / "notebooks" / "uden_token.ipynb").exists()


def test_a_rule_that_a_saved_notebook_breaks_is_told_with_how_to_mend_it(lab: OpenedLab) -> None:
    path = lab.root / "notebooks" / "maalgrupper.ipynb"
    assert lab.get("beskplan/rules/maalgrupper").json() == {"problems": []}
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# Udviklingen i", "# 49 pct. flere i"), encoding="utf-8")
    (problem,) = lab.get("beskplan/rules/maalgrupper").json()["problems"]
    path.write_text(text, encoding="utf-8")
    assert problem.startswith("maalgrupper.ipynb: cell 1: a figure typed in prose")
    assert "fix:" in problem


def test_the_frame_of_the_page_asks_for_its_news(lab: OpenedLab) -> None:
    assert 'fetch("news")' in lab.get("beskplan/preview/maalgrupper/").text
    assert lab.get("beskplan/preview/maalgrupper/params").status_code == 404


def test_a_new_bilag_is_a_notebook_that_keeps_the_rules(lab: OpenedLab) -> None:
    answer = lab.post("beskplan/bilag", {"navn": "virksomhedsbesoeg"}).json()
    assert answer == {"path": "notebooks/virksomhedsbesoeg.ipynb"}
    assert (lab.root / answer["path"]).is_file()
    assert lab.get("beskplan/rules/virksomhedsbesoeg").json() == {"problems": []}


def test_a_wish_that_will_not_do_is_refused_in_words(lab: OpenedLab) -> None:
    refused = lab.post("beskplan/bilag", {"navn": "../ude"})
    assert refused.status_code == 400
    assert "cannot be a notebook's name" in refused.json()["message"]


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_an_export_of_a_notebook_that_was_not_run_says_so(lab: OpenedLab, kind: str) -> None:
    answer = lab.get(f"nbconvert/beskplan-{kind}/notebooks/maalgrupper.ipynb?download=true")
    assert answer.status_code == 500
    assert "nbconvert failed" in answer.text


def test_no_export_without_the_token(lab: OpenedLab) -> None:
    refused = lab.get("nbconvert/beskplan-html/notebooks/maalgrupper.ipynb", token="")
    assert refused.status_code in (302, 403)


def test_the_person_s_home_holds_nothing_but_jupyter_s_own_secrets(lab: OpenedLab) -> None:
    written = {
        path.relative_to(lab.home).as_posix() for path in lab.home.rglob("*") if path.is_file()
    }
    allowed = (".local/share/jupyter/", ".jupyter/migrated", ".cache/matplotlib/")
    assert [name for name in sorted(written) if not name.startswith(allowed)] == []
