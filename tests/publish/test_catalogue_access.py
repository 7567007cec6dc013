from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.publish.publishing import write_catalogue
from tests.access.axe import SCREENS, page_faults
from tests.conftest import cases
from tests.publish.synthetic import many, put_editions, put_report, table
from tests.publish.test_catalogue_site import HOSTILE, approve_as_is

CASES = cases("catalogue_access")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.chromium

CHANGED = Job(2021, "albertslund", "maalgrupper")
KINDS = (
    "index.html",
    "kommuner/albertslund.html",
    "aar/2021.html",
    "bilag/maalgrupper.html",
    "udgaver/status-2026K3.html",
    "2026/albertslund/status-2026K3/index.html",
    f"{CHANGED.id}/index.html",
    f"{CHANGED.id}/aendringer.html",
)


COUNT = 30
"""More municipalities than the search shows at first."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports in every state, one with a hostile title; opened from the disk, as on a USB stick."""
    place = Workplace(tmp_path_factory.mktemp("katalog"))
    jobs = many(place, years=(2020, 2021), most=COUNT - 6, last=6)
    put_report(place, CHANGED, kode="165", tables=[table(4)], texts=[_text("Det stiger.")])
    put_report(place, CHANGED, kode="165", tables=[table(5)], texts=[_text("Det falder.")])
    put_report(place, Job(2021, "aeroe", "varighed"), kode="492", title=HOSTILE)
    put_editions(place, most=8)
    approve_as_is(place, CHANGED)
    approve_as_is(place, jobs[5])
    approve_as_is(place, jobs[5], what="trukket", reason="Forkert tal")
    folder, made = write_catalogue(place)
    assert made.problems == ()
    return folder


def _text(words: str) -> dict[str, object]:
    return {"id": "t", "paragraphs": [words]}


@pytest.mark.parametrize("path", KINDS)
def test_nobody_is_kept_out_of_a_page(chromium: Browser, site: Path, path: str) -> None:
    assert page_faults(chromium, site / path, *SCREENS) == []


@pytest.fixture
def front(chromium: Browser, site: Path) -> Page:
    page = chromium.new_page()
    page.goto((site / "index.html").as_uri())
    return page


@pytest.mark.parametrize(("word", "found"), CASES["the_search_finds_what_it_should"])
def test_the_search_finds_what_it_should(front: Page, word: str, found: int) -> None:
    front.fill("#ord", word)
    words = {0: "Ingen rapporter fundet.", 1: "1 rapport fundet."}
    assert front.inner_text("#antal") == words.get(found, f"{found} rapporter fundet.")
    assert front.locator("#fundne > li").count() == found


def test_filters_narrow_what_is_found(front: Page) -> None:
    front.select_option("#status", "trukket")
    assert front.locator("#fundne > li").count() == 1
    front.select_option("#status", "")
    front.select_option("#aar", "2020")
    front.select_option("#bilag", "maalgrupper")
    assert front.inner_text("#antal") == f"{COUNT} rapporter fundet."
    assert front.locator("#fundne > li").count() == 25
    front.click("#vis-alle")
    assert front.locator("#fundne > li").count() == COUNT
    assert front.evaluate("document.activeElement.closest('li') === fundne.children[25]")


def test_what_is_found_can_be_opened(front: Page) -> None:
    front.fill("#ord", "ærø 2020 målgrupper")
    front.click("#fundne .navn")
    assert "Ærø Kommune, 2020" in front.inner_text("h1")


def test_a_hostile_title_is_shown_and_does_nothing(front: Page) -> None:
    seen: list[str] = []
    front.on("dialog", lambda dialog: seen.append(dialog.message))
    front.fill("#ord", "onerror")
    assert front.locator("#fundne > li").count() == 1
    assert HOSTILE in front.inner_text("#fundne")
    assert front.locator("#fundne img").count() == 0
    assert seen == []


def test_the_page_answers_nobody_elses_script(front: Page) -> None:
    """The policy of the page: a script that is not ours is not run."""
    front.evaluate(
        """() => { const one = document.createElement('script');
        one.textContent = 'window.foreign = 1'; document.body.append(one); }"""
    )
    assert front.evaluate("window.foreign") is None


def test_found_reports_keep_the_bar(chromium: Browser, site: Path) -> None:
    from tests.access.axe import AXE, RUN

    page = chromium.new_page(viewport={"width": 320, "height": 900})
    page.goto((site / "index.html").as_uri())
    page.fill("#ord", "2021")
    page.evaluate(AXE)
    assert page.evaluate(RUN)["violations"] == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    page.close()


def test_without_script_the_front_page_leads_everywhere(chromium: Browser, site: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator("#soeg").is_hidden()
    page.click("text=Ærø Kommune")
    assert page.inner_text("h1") == "Ærø Kommune"
    context.close()
