"""Everyone can read the HTML: axe in a real browser, our own rules, and that both bite."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beskplan.blocks.model import Cell, Column, Row, Table
from beskplan.render.exporters import BeskplanHtmlExporter
from beskplan.render.page import Numbered, Page, Section
from beskplan.render.page_html import page_html
from tests.access.axe import PRINTS, SCREENS, View, look, page_faults
from tests.access.html_rules import RULES, broken_rules
from tests.conftest import cases
from tests.render.sample_notebook import sample_header, sample_notebook, sample_table

CASES = cases("html_access")

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ALL_RULES = 100
"""axe 4.12 has 105 rules; a run with fewer has not switched them all on."""


@pytest.fixture(scope="module")
def good() -> str:
    html: str = BeskplanHtmlExporter().from_notebook_node(sample_notebook())[0]
    return html


@pytest.fixture(scope="module", params=[False, True], ids=["real", "demo"])
def good_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    html, _ = BeskplanHtmlExporter().from_notebook_node(sample_notebook(demo=request.param))
    return _written(tmp_path_factory.mktemp("page"), html)


@pytest.mark.chromium
def test_axe_finds_nothing_with_every_rule_on(chromium: Browser, good_file: Path) -> None:
    for seen in look(chromium, good_file, *SCREENS, *PRINTS):
        assert seen.faults() == []
        assert seen.rules >= ALL_RULES
        # On a narrow screen cells lie outside their scroll box, where axe cannot judge their contrast.
        # Paper has no skip link, no download and nothing to unfold: these are hidden on purpose.
        hidden = "hidden-content" if seen.view.media == "print" else "nothing"
        left = [found for found in seen.incomplete if not found.startswith(hidden)]
        assert seen.view.width == 320 or left == []


@pytest.mark.chromium
def test_the_skip_link_shows_when_it_has_focus_and_leads_to_the_content(
    chromium: Browser, good_file: Path
) -> None:
    page = chromium.new_page()
    page.goto(good_file.as_uri())
    link = page.locator("a.spring")
    hidden = link.bounding_box()
    assert hidden is not None
    assert hidden["y"] + hidden["height"] <= 0
    page.keyboard.press("Tab")
    shown = link.bounding_box()
    assert shown is not None
    assert shown["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "indhold"
    page.close()


@pytest.mark.chromium
def test_the_numbers_behind_a_figure_are_printed(chromium: Browser, good_file: Path) -> None:
    page = chromium.new_page()
    page.goto(good_file.as_uri())
    page.emulate_media(media="print")
    box = page.locator("details table").first.bounding_box()
    assert box is not None
    assert box["height"] > 0
    page.close()


@pytest.mark.chromium
def test_a_wide_table_scrolls_in_its_own_box_on_a_phone(chromium: Browser, good_file: Path) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.goto(good_file.as_uri())
    wide = "box => box.scrollWidth > box.clientWidth"
    assert page.locator(".rul").first.evaluate(wide)
    page.close()


@pytest.mark.chromium
def test_the_csv_link_gives_the_file_under_the_page_s_own_policy(
    chromium: Browser, good_file: Path, tmp_path: Path
) -> None:
    page = chromium.new_page(accept_downloads=True)
    page.goto(good_file.as_uri())
    with page.expect_download() as download:
        page.locator("a[download]").first.click()
    assert download.value.suggested_filename == "tabel-01-a-dagpenge.csv"
    download.value.save_as(tmp_path / "table.csv")
    assert "Rudersdal;456;703;54;2,7" in (tmp_path / "table.csv").read_text("utf-8-sig")
    page.close()


def test_our_own_rules_find_nothing(good_file: Path) -> None:
    assert broken_rules(good_file.read_text(encoding="utf-8")) == {}


# What is broken, how, and the rule of ours that must say so: accessibility.md §5 and one per rule.
CONTROLS: dict[str, tuple[str, str, str]] = CASES["controls"]
BROWSER_CONTROLS: dict[str, tuple[str, str, str]] = {
    "contrast": (r"--graa:#434e5a", "--graa:#9a9a9a", "color-contrast"),
    "wider than a phone": (r"</style>", "main{min-width:500px}</style>", "too wide"),
    "script from a CDN": (
        CONTROLS["script from a CDN"][0],
        CONTROLS["script from a CDN"][1],
        "cdn",
    ),
    "img without alt": (*CONTROLS["img without alt"][:2], "image-alt"),
    "no language": (*CONTROLS["no language"][:2], "html-has-lang"),
    "no title": (*CONTROLS["no title"][:2], "document-title"),
    "heading level skipped": (*CONTROLS["heading level skipped"][:2], "heading-order"),
    "th made td": (*CONTROLS["th made td"][:2], "td-has-header"),
    "empty th": (*CONTROLS["empty th"][:2], "empty-table-header"),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_our_rules_see_a_page_that_is_broken(good: str, name: str) -> None:
    pattern, replacement, rule = CONTROLS[name]
    assert rule in broken_rules(_broken(good, pattern, replacement))


def test_every_rule_of_ours_has_a_negative_control() -> None:
    assert {rule for _, _, rule in CONTROLS.values()} == set(RULES)


def test_our_rules_see_a_page_that_is_too_heavy(good: str) -> None:
    assert "weight" in broken_rules(good.replace("</main>", "x" * 200_000 + "</main>"))


@pytest.mark.chromium
@pytest.mark.parametrize("name", BROWSER_CONTROLS)
def test_the_browser_sees_a_page_that_is_broken(
    chromium: Browser, tmp_path: Path, good: str, name: str
) -> None:
    pattern, replacement, fault = BROWSER_CONTROLS[name]
    file = _written(tmp_path, _broken(good, pattern, replacement))
    assert fault in " ".join(page_faults(chromium, file, View(320)))


UNTOLD = """() => [...document.querySelectorAll(".rul")].flatMap(box => {
  const scrolls = box.scrollWidth > box.clientWidth + 1
  const told = getComputedStyle(box, "::before").content.includes("rulles")
  return scrolls == told ? [] : [`${box.querySelectorAll("thead th").length}: ${scrolls}`]
})"""
"""Tables by their number of columns that scroll sideways and do not say so, or the other way round."""


@pytest.mark.chromium
@pytest.mark.parametrize("width", [390, 1200, 1280, 1920])
def test_a_table_that_scrolls_sideways_says_so(
    chromium: Browser, tmp_path: Path, width: int
) -> None:
    columns = {count: _table_of(count) for count in (4, 5, 9, 18)}
    items = tuple(Numbered(at, one) for at, one in enumerate(columns.values(), 1))
    page = page_html(Page(sample_header(), "Prøve", (), (Section("a", "Afsnit", items),)))
    assert _untold(chromium, _written(tmp_path, page), width) == []
    without = _broken(page, r"\.(ruller|bredest|bred)::before\{content:[^}]*\}", "")
    scrolls = ["18: true"] if width > 390 else ["4: true", "5: true", "9: true", "18: true"]
    assert _untold(chromium, _written(tmp_path, without), width) == scrolls


def _untold(chromium: Browser, file: Path, width: int) -> list[str]:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(file.as_uri())
    found: list[str] = page.evaluate(UNTOLD)
    page.close()
    return found


def _table_of(count: int) -> Table:
    """A table with the heads of a status, and of as many municipalities as it has columns left."""
    heads = [*CASES["heads_of_a_status"], *(f"Kommune {at}, ændring" for at in range(count))]
    columns = [Column(id=f"c{at}", label=label) for at, label in enumerate(heads[: count - 1], 1)]
    row = Row(
        label="Selvforsørgelsesydelse", cells=(Cell(text="-1 [note 6]", value=-1),) * (count - 1)
    )
    head = Column(id="ydelse", label="Ydelse", kind="text")
    return sample_table().model_copy(
        update={"id": f"t{count}", "columns": (head, *columns), "rows": (row,), "notes": ()}
    )


def _broken(good: str, pattern: str, replacement: str) -> str:
    broken = re.sub(pattern, replacement, good, flags=re.DOTALL)
    assert broken != good
    return broken


def _written(folder: Path, html: str) -> Path:
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8", newline="")
    return file
