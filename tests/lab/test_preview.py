"""The page beside a notebook: the build's page, anew at every save; nothing runs that nobody looks at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from beskplan.core.errors import (
    BeskplanError,
    InputError,
    NotebookError,
    Problem,
    RenderError,
    UnknownNameError,
)
from beskplan.lab.handlers import new_bilag
from beskplan.lab.preview import FRAME, Preview, Previews, preview_job
from beskplan.params.jobs import Job, Workplace
from beskplan.params.models import read
from beskplan.render.page import read_page
from beskplan.render.page_html import page_html
from beskplan.runner.engine.pool import PageWorker
from beskplan.runner.notebook_rules import check_notebook
from tests.conftest import cases
from tests.render import sample_notebook as samples
from tests.rudersdal_copy import copy_one_bilag
from tests.runner.small_copy import store_rows, write_copy

CASES = cases("preview")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
    return Previews(place.root)


def rewrite(place: Workplace, old: str, new: str) -> None:
    path = place.notebook(BILAG)
    text = path.read_text(encoding="utf-8")
    assert old in text
    saved = path.with_suffix(".gemt")
    saved.write_text(text.replace(old, new), encoding="utf-8")
    # As Jupyter saves: the old file or the new, never half of one.
    saved.replace(path)


def settled(previews: Previews, what: str = BILAG) -> dict[str, str | int]:
    """The news when what the last save started is done, and nothing is under way."""
    previews.news(what)
    wait(previews._running.values())
    found = previews.news(what)
    wait(previews._running.values())
    return found


@pytest.mark.parametrize(
    "name", [RUDERSDAL, "2027/Rudersdal/maalgrupper", BILAG, "notebooks/maalgrupper.ipynb"]
)
def test_a_notebook_or_a_job_can_be_named(place: Workplace, name: str) -> None:
    assert preview_job(name, place) == Job.parse(RUDERSDAL)


@pytest.mark.parametrize("name", ["maalgruper", "2021/rudersdal/maalgruper", "2021/x/maalgrupper"])
def test_an_unknown_one_is_refused(place: Workplace, name: str) -> None:
    with pytest.raises(UnknownNameError):
        preview_job(name, place)


def test_a_notebook_that_names_no_municipality_is_refused(place: Workplace) -> None:
    rewrite(place, "parameters", "andet")
    with pytest.raises(UnknownNameError, match="hvem den er for"):
        preview_job(BILAG, place)


@pytest.mark.parametrize("slip", ['kommune = \\"rudersdal', "kommune = rudersdal"])
def test_a_quote_that_is_missing_is_named_and_the_older_page_is_told(
    place: Workplace, previews: Previews, slip: str
) -> None:
    settled(previews)
    rewrite(place, 'kommune = \\"rudersdal\\"', slip)
    found = previews.news(BILAG)
    assert "celle 2: en anførsel mangler" in str(found["problems"])
    assert "Nedenfor er den seneste, der kunne." in str(found["state"])


@pytest.mark.parametrize(
    ("heading", "refused"), [("# Udviklingen for 250 ledige i", True), ("# Mere om", False)]
)
def test_a_file_is_refused_for_what_the_build_refuses(
    place: Workplace,
    previews: Previews,
    monkeypatch: pytest.MonkeyPatch,
    heading: str,
    refused: bool,
) -> None:
    worker = MagicMock()
    worker.return_value.page.return_value = b"siden"
    monkeypatch.setattr("beskplan.lab.preview.page_worker", worker)
    rewrite(place, "# Udviklingen i", heading)
    made = previews.file(f"notebooks/{BILAG}.ipynb", "html")
    if not refused:
        assert made.result() == b"siden"
        return
    with pytest.raises(NotebookError) as caught:
        made.result()
    assert caught.value.problems == check_notebook(place.notebook(BILAG), run_by_hand=True)


def test_what_the_first_page_waits_for_is_begun_once(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(PageWorker, "warm_up", lambda worker: begun.append(worker._root))
    for _ in range(2):
        previews.warm_up()
    previews.beside(int).result()
    assert begun == [previews.place.root]


def test_there_is_no_page_before_somebody_looks(previews: Previews) -> None:
    assert previews.page(BILAG) == b""
    assert previews._running == {}


def _outputs(place: Workplace) -> None:
    path = place.notebook(BILAG)
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [new_output("stream", text="x")]
    nbformat.write(notebook, path)


def _params(place: Workplace) -> None:
    with (place.root / "params" / "2027.yaml").open("a", encoding="utf-8") as file:
        file.write("# ny\n")


CHANGES = {
    "nothing": (lambda _: None, 1),
    "outputs": (_outputs, 1),
    "text": (lambda place: rewrite(place, "# Udviklingen i", "# Mere om"), 2),
    "params": (_params, 2),
    "profile": (
        lambda place: (place.root / "params/rudersdal/profil.yaml").write_text("afsender: X\n"),
        2,
    ),
    "numbers": (
        lambda place: store_rows(
            place.root, {("230", "a_dagpenge", "2026M06"): 400.0}, on="2026-09-01"
        ),
        2,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_the_page_makes_a_new_one_and_nothing_else_does(
    place: Workplace, previews: Previews, change: str
) -> None:
    assert settled(previews)["edition"] == 1
    act, edition = CHANGES[change]
    act(place)
    assert settled(previews)["edition"] == edition
    assert settled(previews)["edition"] == edition


def test_another_municipality_in_the_parameters_cell_is_another_page(
    place: Workplace, previews: Previews
) -> None:
    assert settled(previews)["title"] == RUDERSDAL
    preview = previews._previews[BILAG]
    rewrite(place, 'kommune = \\"rudersdal\\"', 'kommune = \\"Aarhus\\"')
    # The save came between the look at the parameters and the making of the page.
    preview.refresh()
    assert preview.page == RUDERSDAL.encode()
    assert settled(previews)["title"] == AARHUS
    assert previews.page(BILAG) == AARHUS.encode()
    # A job that was named is shown whatever the cell says.
    assert settled(previews, RUDERSDAL)["title"] == RUDERSDAL


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
    assert "er ved at blive gemt" in str(settled(previews)["problems"])
    # The page is begun before the save and read in the middle of it.
    monkeypatch.undo()
    preview = previews._previews[BILAG]
    assert preview.refresh()
    assert "er ved at blive gemt" in preview.problems
    assert preview.page == RUDERSDAL.encode()
    monkeypatch.setattr(Preview, "_make", lambda preview: preview.job.id.encode())
    path.write_bytes(whole)
    assert settled(previews)["problems"] == ""


def test_a_rule_that_is_broken_stands_above_the_page(place: Workplace, previews: Previews) -> None:
    rewrite(place, "# Udviklingen i", "# Op med 49 pct. i")
    found = settled(previews)
    assert found["problems"]
    assert found["edition"] == 1


@pytest.mark.parametrize(
    "error", [RenderError(Problem("celle 3", "viser intet")), ZeroDivisionError]
)
def test_a_page_that_cannot_be_made_says_why_and_a_fault_of_ours_is_not_hidden(
    place: Workplace,
    previews: Previews,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException | type[BaseException],
) -> None:
    def fail(_: Preview) -> bytes:
        raise error

    settled(previews)
    monkeypatch.setattr(Preview, "_make", fail)
    rewrite(place, "# Udviklingen i", "# Mere om")
    if isinstance(error, BeskplanError):
        found = settled(previews)
        assert str(found["state"]).startswith("Siden kunne ikke laves.")
        assert (found["problems"], found["edition"]) == ("celle 3: viser intet", 1)
        assert previews.page(BILAG) == RUDERSDAL.encode()
    else:
        with pytest.raises(ZeroDivisionError):
            settled(previews)


@contextmanager
def framed(preview: Preview) -> Iterator[str]:
    """The frame and what it asks for, without a Jupyter server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            part = self.path.partition("?")[0].strip("/")
            answers = {"": FRAME, "page": preview.page, "news": dumps(preview.news()).encode()}
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(answers.get(part, b""))

        def log_message(self, *_: object) -> None:
            """Nobody wants to read that."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.chromium
def test_an_open_preview_follows_the_notebook_and_keeps_the_reader_s_place(
    place: Workplace, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_of_sample = page_html(read_page(samples.sample_notebook()))
    fails = False

    def make(_: Preview) -> bytes:
        if fails:
            raise RenderError(Problem("celle 3", "shows <b>no</b> block"))
        return page_of_sample.encode()

    monkeypatch.setattr(Preview, "_make", make)
    preview = Preview(Job.parse(RUDERSDAL), place)
    preview.refresh()
    with framed(preview) as url:
        page = chromium.new_page()
        page.goto(url)
        page.frame_locator("#page").locator("h1").wait_for()
        page.frames[1].evaluate("scrollTo(0, 700)")
        fails = True
        rewrite(place, "# Udviklingen i", "# Mere om")
        preview.refresh()
        page.get_by_text("shows <b>no</b> block").wait_for()
        fails = False
        rewrite(place, "# Mere om", "# Udviklingen i")
        preview.refresh()
        page.wait_for_function("document.getElementById('page').src.endsWith('page?2')")
        page.wait_for_function("document.getElementById('page').contentWindow.scrollY === 700")
        assert page.locator("#problems").text_content() == ""
        page.close()


def test_the_preview_is_the_build_s_page(root: Path, tmp_path: Path, built_report: Path) -> None:
    copy_one_bilag(root, tmp_path)
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks" / "maalgrupper.ipynb"
    path.write_bytes((root / "notebooks" / "maalgrupper.ipynb").read_bytes())
    preview = Preview(Job(2021, "rudersdal", BILAG), Workplace(tmp_path))
    preview.refresh()
    assert preview.problems == ""
    assert preview.page == (built_report / "maalgrupper.html").read_bytes()


def files(root: Path) -> dict[str, str]:
    return {
        path.as_posix(): path.read_text(encoding="utf-8")
        for folder in ("notebooks", "params")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def test_a_new_bilag_is_a_notebook_and_its_params(place: Workplace) -> None:
    path = new_bilag({"navn": " samtaler ", "titel": "", "kommune": "", "aar": ""}, place.root)
    assert path == Path("notebooks/samtaler.ipynb")
    assert check_notebook(place.root / path) == ()
    filled_in = {"navn": "besoeg", "titel": "Besøg", "kommune": "Allerød", "aar": "2027"}
    path = new_bilag(filled_in, place.root)
    assert "alleroed" in (place.root / path).read_text(encoding="utf-8")
    assert read("Allerød", 2027, place.root).bilag == ("maalgrupper", "besoeg")


@pytest.mark.parametrize("filled_in", CASES["what_will_not_do_is_refused_and"])
def test_what_will_not_do_is_refused_and_nothing_is_written(
    place: Workplace, filled_in: dict[str, str]
) -> None:
    before = files(place.root)
    with pytest.raises(InputError):
        new_bilag(filled_in, place.root)
    assert files(place.root) == before


def test_what_was_not_written_is_not_read_again(
    place: Workplace, previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(previews)
    settled(previews)
    reader = MagicMock(side_effect=preview_job)
    monkeypatch.setattr("beskplan.lab.preview.preview_job", reader)
    assert "busy" not in settled(previews)
    reader.assert_not_called()
    rewrite(place, "# Udviklingen i", "# Mere om")
    assert previews.news(BILAG)["busy"]
    reader.assert_called_once()


def test_a_notebook_that_names_nobody_says_so_until_it_is_mended(
    place: Workplace, previews: Previews
) -> None:
    settled(previews)
    rewrite(place, "parameters", "andet")
    for _ in range(3):
        assert "hvem den er for" in str(settled(previews)["state"])
    rewrite(place, "andet", "parameters")
    assert "som notebooken er gemt" in str(settled(previews)["state"])
