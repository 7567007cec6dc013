"""The preview shows the build's page, anew at every save, and keeps the last good one."""

from __future__ import annotations

import http.client
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbformat import NotebookNode

from beskplan.core.errors import Problem, RenderError, UnknownNameError
from beskplan.lab.preview import Preview, PreviewServer, preview_job
from beskplan.params.jobs import Job, Workplace
from beskplan.render.html import BeskplanHtmlExporter
from beskplan.render.page import read_page
from tests.render import sample_notebook as samples
from tests.rudersdal_copy import copy_one_bilag

if TYPE_CHECKING:
    from playwright.sync_api import Browser

JOB = Job(2021, "rudersdal", "maalgrupper")


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Workplace:
    copy_one_bilag(root, tmp_path)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "maalgrupper.ipynb", tmp_path / "notebooks")
    return Workplace(tmp_path)


class Sample(Preview):
    """A preview whose notebook is already run."""

    fails = False

    def _make(self) -> bytes:
        if self.fails:
            raise RenderError(Problem("cell 3", "shows <b>no</b> block"))
        return BeskplanHtmlExporter().page_html(read_page(samples.sample_notebook())).encode()


def save(place: Workplace, change: str) -> None:
    path = place.notebook("maalgrupper")
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    if change == "text":
        notebook.cells[0].source += " Mere."
    else:
        notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="x")]
    nbformat.write(notebook, path)


def get(server: PreviewServer, path: str, host: str | None = None) -> tuple[int, bytes]:
    port = int(server.url.rpartition(":")[2].strip("/"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    "name",
    [
        "2021/rudersdal/maalgrupper",
        "2021/Rudersdal/maalgrupper",
        "maalgrupper",
        "notebooks/maalgrupper.ipynb",
    ],
)
def test_a_notebook_or_a_job_can_be_named(place: Workplace, name: str) -> None:
    assert preview_job(name, place) == JOB


@pytest.mark.parametrize("name", ["maalgruper", "2021/rudersdal/maalgruper", "2021/x/maalgrupper"])
def test_an_unknown_one_is_refused(place: Workplace, name: str) -> None:
    with pytest.raises(UnknownNameError):
        preview_job(name, place)


def test_a_notebook_that_names_no_municipality_is_refused(place: Workplace) -> None:
    path = place.notebook("maalgrupper")
    path.write_text(path.read_text(encoding="utf-8").replace("parameters", "andet"))
    with pytest.raises(UnknownNameError, match="does not say for whom"):
        preview_job("maalgrupper", place)


def test_a_save_makes_a_new_edition_and_nothing_else_does(place: Workplace) -> None:
    preview = Sample(JOB, place)
    assert preview.refresh()
    assert not preview.refresh()
    save(place, "outputs")
    assert not preview.refresh()
    save(place, "text")
    assert preview.refresh()
    with (place.root / "params" / "2021.yaml").open("a", encoding="utf-8") as file:
        file.write("# ny\n")
    assert preview.refresh()
    (place.root / "params" / "rudersdal" / "profil.yaml").write_text("afsender: X\n")
    assert preview.refresh()
    assert preview.edition == 4


def test_a_failure_keeps_the_last_good_page_and_is_told(place: Workplace) -> None:
    preview = Sample(JOB, place)
    preview.refresh()
    good = preview.page
    preview.fails = True
    save(place, "text")
    assert preview.refresh()
    assert (preview.page, preview.edition) == (good, 1)
    assert "no</b> block" in preview.problems
    preview.fails = False
    save(place, "text")
    preview.refresh()
    assert (preview.problems, preview.edition) == ("", 2)


def test_the_server_shows_the_page_and_nothing_else(place: Workplace) -> None:
    preview = Sample(JOB, place)
    preview.refresh()
    with PreviewServer(preview) as server:
        assert get(server, "/page?1") == (200, preview.page)
        assert json.loads(get(server, "/news")[1])["edition"] == 1
        assert get(server, "/")[0] == 200
        assert get(server, "/../pyproject.toml")[0] == 404
        assert get(server, "/news", host="evil.example:80")[0] == 403


@pytest.mark.chromium
def test_an_open_preview_follows_the_notebook_and_keeps_the_reader_s_place(
    place: Workplace, chromium: Browser
) -> None:
    preview = Sample(JOB, place)
    preview.refresh()
    with PreviewServer(preview) as server:
        page = chromium.new_page()
        page.goto(server.url)
        page.frame_locator("#page").locator("h1").wait_for()
        frame = page.frames[1]
        frame.evaluate("scrollTo(0, 700)")
        preview.fails = True
        save(place, "text")
        preview.refresh()
        page.get_by_text("shows <b>no</b> block").wait_for()
        preview.fails = False
        save(place, "text")
        preview.refresh()
        page.wait_for_function("document.getElementById('page').src.endsWith('page?2')")
        page.wait_for_function("document.getElementById('page').contentWindow.scrollY === 700")
        assert page.locator("#problems").text_content() == ""
        page.close()


def test_the_preview_is_the_build_s_page(place: Workplace, built_report: Path) -> None:
    preview = Preview(JOB, place)
    preview.refresh()
    assert preview.problems == ""
    assert preview.page == (built_report / "maalgrupper.html").read_bytes()
