"""What a browser asks of the server that `beskplan lab` and `beskplan preview` start."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from beskplan.report.place import ROOT_VARIABLE
from tests.conftest import cases
from tests.lab.opened_lab import TOKEN, OpenedLab, opened_lab
from tests.runner.small_copy import write_copy

CASES = cases("lab_server")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.thorough

NEWS = "beskplan/preview/maalgrupper/news"
EXPORT = "nbconvert/beskplan-html/notebooks/maalgrupper.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedLab]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "hjem").mkdir()
    with opened_lab(write_copy(folder / "arbejds kopi"), folder / "hjem") as lab:
        yield lab


@pytest.fixture(scope="module")
def cookie(lab: OpenedLab) -> httpx.Cookies:
    """What a browser sends along once a person has logged in, whoever asks."""
    with httpx.Client(follow_redirects=False) as client:
        client.get(f"{lab.url}lab?token={TOKEN}")
        assert client.cookies
        return client.cookies


@pytest.mark.parametrize(
    "address",
    [
        "beskplan/rules/maalgrupper",
        NEWS,
        "beskplan/preview/maalgrupper/",
        "beskplan/preview/maalgrupper/page",
        EXPORT,
        "beskplan/saved/params/2027.yaml",
    ],
)
def test_nothing_is_told_without_the_token(lab: OpenedLab, address: str) -> None:
    refused = lab.get(address, token="")
    assert refused.status_code in (302, 403)
    assert "login" in refused.headers.get("Location", "login")


@pytest.mark.parametrize(("headers", "status"), CASES["a_page_elsewhere_cannot_make_the_server"])
@pytest.mark.parametrize("address", [NEWS, "beskplan/rules/maalgrupper"])
def test_a_page_elsewhere_cannot_make_the_server_run_a_notebook(
    lab: OpenedLab, cookie: httpx.Cookies, address: str, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.format(url=lab.url) for name, value in headers.items()}
    with httpx.Client(cookies=cookie) as client:
        assert client.get(lab.url + address, headers=sent).status_code == status


@pytest.mark.parametrize(("headers", "status"), CASES["a_page_elsewhere_cannot_make_the_server"])
def test_a_page_elsewhere_cannot_have_a_file_made(
    lab: OpenedLab, cookie: httpx.Cookies, headers: dict[str, str], status: int
) -> None:
    sent = {name: value.format(url=lab.url) for name, value in headers.items()}
    with httpx.Client(cookies=cookie, timeout=60) as client:
        # Our own page is let in; what it asks for has no params here.
        assert (client.get(lab.url + EXPORT, headers=sent).status_code == 400) is (status == 200)
        # A form brings no XSRF token, wherever it comes from.
        assert client.post(lab.url + EXPORT, headers=sent).status_code in (403, 404)


def test_no_bilag_is_made_without_the_token(lab: OpenedLab) -> None:
    refused = lab.post("beskplan/bilag", {"navn": "uden_token"}, token="")
    assert refused.status_code == 403
    assert not (lab.root / "notebooks" / "uden_token.ipynb").exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        [{"navn": "liste"}],
        "navn",
        5,
        None,
        {"navn": ["a"]},
        {"navn": {"a": 1}},
        {"navn": 1},
        {"navn": "samtaler", "titel": "a\nb"},
        {"navn": "samtaler", "titel": "a\x00"},
        {"navn": "samtaler", "titel": "a" * 201},
        {"navn": "samtaler", "sti": "/etc"},
        {"navn": "../ude"},
        b"{",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_filled_in_form_is_refused_and_no_fault_of_the_server(
    lab: OpenedLab, body: Any
) -> None:
    before = sorted((lab.root / "notebooks").iterdir())
    refused = lab.post("beskplan/bilag", body)
    assert refused.status_code == 400
    assert refused.json()["message"]
    assert sorted((lab.root / "notebooks").iterdir()) == before


def test_an_empty_form_is_told_that_the_notebook_has_no_name(lab: OpenedLab) -> None:
    for empty in ({}, {"titel": " "}, {"titel": "-"}):
        message = lab.post("beskplan/bilag", empty).json()["message"]
        assert message.startswith("bilag: kan ikke være navn på en notebook")


@pytest.mark.parametrize(("address", "status"), CASES["no_address_of_ours_fails_on_what"])
def test_no_address_of_ours_fails_on_what_it_is_asked(
    lab: OpenedLab, address: str, status: int
) -> None:
    answer = lab.get(address)
    assert answer.status_code == status
    if address.endswith("news") and status == 200:
        assert answer.json()["problems"]


def test_a_rule_that_a_saved_notebook_breaks_is_told_with_how_to_mend_it(lab: OpenedLab) -> None:
    path = lab.root / "notebooks" / "maalgrupper.ipynb"
    assert lab.get("beskplan/rules/maalgrupper").json() == {"problems": []}
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# Udviklingen i", "# 49 pct. flere i"), encoding="utf-8")
    (problem,) = lab.get("beskplan/rules/maalgrupper").json()["problems"]
    path.write_text(text, encoding="utf-8")
    assert problem.startswith("maalgrupper.ipynb: ")
    assert "gør:" in problem


@pytest.mark.parametrize(("path", "text", "told"), CASES["what_is_saved_is_checked_by_its_kind"])
def test_what_is_saved_is_checked_by_its_kind(
    lab: OpenedLab, path: str, text: str, told: str
) -> None:
    file = lab.root / path
    before = file.read_text(encoding="utf-8") if file.is_file() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((before or "") + text, encoding="utf-8")
    answer = lab.get(f"beskplan/saved/{path}").json()
    file.unlink() if before is None else file.write_text(before, encoding="utf-8")
    assert answer["known"] is bool(told)
    assert told in "".join(answer["problems"])
    if before is not None:
        assert lab.get(f"beskplan/saved/{path}").json() == {"known": True, "problems": []}


def test_a_new_bilag_is_a_notebook_that_keeps_the_rules(lab: OpenedLab) -> None:
    offered = lab.get("beskplan/bilag").json()
    assert (next(iter(offered["kommune"])), len(offered["kommune"])) == ("Albertslund", 98)
    assert "2027" in offered["aar"]
    # What the data have, each with its name.
    assert offered["maal"]["fuldtidspersoner"] == "Antal fuldtidspersoner"
    assert "" not in offered["ydelse"].values()
    assert "alle" not in offered["ydelse"]
    answer = lab.post("beskplan/bilag", {"navn": "virksomhedsbesoeg"}).json()
    assert answer == {"path": "notebooks/virksomhedsbesoeg.ipynb"}
    assert (lab.root / answer["path"]).is_file()
    assert lab.get("beskplan/rules/virksomhedsbesoeg").json() == {"problems": []}


def test_the_person_s_home_holds_nothing_but_jupyter_s_own_secrets(lab: OpenedLab) -> None:
    written = {
        path.relative_to(lab.home).as_posix() for path in lab.home.rglob("*") if path.is_file()
    }
    allowed = (".local/share/jupyter/", ".jupyter/migrated", ".cache/matplotlib/")
    assert [name for name in sorted(written) if not name.startswith(allowed)] == []


def test_a_notebook_that_is_opened_begins_the_process_that_makes_its_page(tmp_path: Path) -> None:
    (tmp_path / "hjem").mkdir()
    with opened_lab(write_copy(tmp_path / "kopi"), tmp_path / "hjem") as lab:
        lab.get("beskplan/rules/findes_ikke")
        assert not fork_servers(lab)
        lab.get("beskplan/rules/maalgrupper")
        until = time.monotonic() + 60
        while not fork_servers(lab) and time.monotonic() < until:
            time.sleep(0.2)
        assert fork_servers(lab)


def fork_servers(lab: OpenedLab) -> list[int]:
    """The processes that make pages of this working copy."""
    found = []
    for one in psutil.process_iter():
        with suppress(psutil.Error):
            root = one.environ().get(ROOT_VARIABLE)
            if root == str(lab.root) and "forkserver" in " ".join(one.cmdline()):
                found.append(one.pid)
    return found


@pytest.mark.chromium
def test_beskplan_preview_shows_the_page_to_who_has_the_token(
    tmp_path: Path, chromium: Browser
) -> None:
    (tmp_path / "hjem").mkdir()
    root = write_copy(tmp_path / "kopi")
    job = "2027/rudersdal/maalgrupper"
    with opened_lab(root, tmp_path / "hjem", ("preview", job, "--no-browser")) as lab:
        address = f"beskplan/preview/{job}/"
        assert f"{lab.url}{address}?token={TOKEN}" in lab.log.read_text(encoding="utf-8")
        assert lab.get(f"{address}news", token="").status_code == 403
        page = chromium.new_page()
        page.goto(f"{lab.url}{address}")
        assert "login" in page.url
        page.goto(f"{lab.url}{address}?token={TOKEN}")
        page.frame_locator("#page").locator("h1").wait_for(timeout=120_000)
        page.close()
