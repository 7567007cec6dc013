"""The page beside a notebook follows what is saved, and runs nothing that nobody asked for."""

from __future__ import annotations

from concurrent.futures import wait
from pathlib import Path

import pytest

from beskplan.core.errors import Problem, RenderError
from beskplan.lab.preview import Preview
from beskplan.lab.previews import Previews
from beskplan.params.jobs import Workplace
from tests.runner.small_copy import store_rows, write_copy

BILAG = "maalgrupper"
RUDERSDAL, AARHUS = "2027/rudersdal/maalgrupper", "2027/aarhus/maalgrupper"


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    place = Workplace(write_copy(tmp_path / "kopi"))
    rewrite(place, "aar = 2021", "aar = 2027")
    return place


@pytest.fixture
def previews(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> Previews:
    """Pages that say for whom they are, without a kernel."""
    monkeypatch.setattr(Preview, "_make", lambda preview: preview.job.id.encode())
    return Previews(place)


def rewrite(place: Workplace, old: str, new: str) -> None:
    path = place.notebook(BILAG)
    text = path.read_text(encoding="utf-8")
    assert old in text
    saved = path.with_suffix(".gemt")
    saved.write_text(text.replace(old, new), encoding="utf-8")
    # As Jupyter saves: the old file or the new, never half of one.
    saved.replace(path)


def settled(previews: Previews) -> dict[str, str | int]:
    """The news when what the last save started is done, and nothing is under way."""
    previews.news(BILAG)
    wait(previews._running.values())
    found = previews.news(BILAG)
    wait(previews._running.values())
    return found


def test_there_is_no_page_before_somebody_looks(previews: Previews) -> None:
    assert previews.page(BILAG) == b""
    assert previews._running == {}


def test_the_page_is_made_once_and_then_at_each_save(place: Workplace, previews: Previews) -> None:
    assert settled(previews)["edition"] == 1
    assert settled(previews)["edition"] == 1
    rewrite(place, "# Udviklingen i", "# Mere om")
    assert settled(previews)["edition"] == 2


def test_new_numbers_are_a_new_page(place: Workplace, previews: Previews) -> None:
    assert settled(previews)["edition"] == 1
    store_rows(place.root, {("230", "a_dagpenge", "2026M06"): 400.0}, on="2026-09-01")
    assert settled(previews)["edition"] == 2


def test_another_municipality_in_the_parameters_cell_is_another_page(
    place: Workplace, previews: Previews
) -> None:
    assert settled(previews)["title"] == RUDERSDAL
    rewrite(place, 'kommune = \\"rudersdal\\"', 'kommune = \\"Aarhus\\"')
    found = settled(previews)
    assert (found["title"], found["edition"]) == (AARHUS, 2)
    assert previews.page(BILAG) == AARHUS.encode()


def test_a_page_that_was_begun_for_another_municipality_is_made_again(
    place: Workplace, previews: Previews
) -> None:
    settled(previews)
    preview = previews._previews[BILAG]
    rewrite(place, 'kommune = \\"rudersdal\\"', 'kommune = \\"Aarhus\\"')
    # The save came between the look at the parameters and the making of the page.
    preview.refresh()
    assert preview.page == RUDERSDAL.encode()
    settled(previews)
    assert previews.page(BILAG) == AARHUS.encode()


def test_a_notebook_that_names_nobody_keeps_the_last_page(
    place: Workplace, previews: Previews
) -> None:
    settled(previews)
    rewrite(place, 'kommune = \\"rudersdal\\"', 'kommune = \\"Rudesdal\\"')
    found = settled(previews)
    assert "mente du 'Rudersdal'?" in str(found["problems"])
    assert previews.page(BILAG) == RUDERSDAL.encode()
    rewrite(place, "Rudesdal", "Rudersdal")
    assert settled(previews)["problems"] == ""


def test_half_a_notebook_is_no_fault_and_the_whole_one_mends_it(
    place: Workplace, previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(previews)
    path = place.notebook(BILAG)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "is being saved, or is no notebook" in str(settled(previews)["problems"])
    # The page is begun before the save and read in the middle of it.
    monkeypatch.undo()
    preview = previews._previews[BILAG]
    assert preview.refresh()
    assert "is being saved, or is no notebook" in preview.problems
    assert preview.page == RUDERSDAL.encode()
    monkeypatch.setattr(Preview, "_make", lambda preview: preview.job.id.encode())
    path.write_bytes(whole)
    assert settled(previews)["problems"] == ""


def test_a_rule_that_is_broken_stands_above_the_page(place: Workplace, previews: Previews) -> None:
    assert settled(previews)["problems"] == ""
    rewrite(place, "# Udviklingen i", "# Op med 49 pct. i")
    found = settled(previews)
    assert "a figure typed in prose" in str(found["problems"])
    assert found["edition"] == 2


def test_a_page_that_cannot_be_made_says_why(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Preview) -> bytes:
        raise RenderError(Problem("celle 3", "viser ingenting"))

    monkeypatch.setattr(Preview, "_make", fail)
    found = settled(previews)
    assert (found["state"], found["problems"]) == (
        "Siden kunne ikke laves.",
        "celle 3: viser ingenting",
    )


def test_a_fault_of_our_own_is_not_hidden(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Preview) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(Preview, "_make", fail)
    with pytest.raises(ZeroDivisionError):
        settled(previews)
