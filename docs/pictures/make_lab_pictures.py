"""The pictures of JupyterLab for docs/vejledning.md, each at one step of an analyst's way.

Needs a Chromium. Everything happens in a copy of the notebooks and params. Run by `make pictures`, or
from the checkout's root

    python -m docs.pictures.make_lab_pictures docs/pictures
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from docs.pictures.make_pictures import opened_chromium, small
from tests.lab.opened_lab import TOKEN, opened_lab

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 120_000
SIZE = {"width": 1280, "height": 760}
PARAMETERS = 'kommune = "Tårnby"\naar = 2017'
NOTEBOOK = "resultatmaal.ipynb"


def main(arguments: list[str] | None = None) -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("to", type=Path, help="the folder for the pictures")
    to = parser.parse_args(arguments).to.resolve()
    with tempfile.TemporaryDirectory() as folder:
        copy, home = Path(folder) / "beskplan", Path(folder) / "hjem"
        home.mkdir()
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, copy / name)
        with opened_lab(copy, home) as lab, opened_chromium() as browser:
            page = browser.new_page(viewport=SIZE)
            page.set_default_timeout(PATIENCE_MS)
            page.goto(f"{lab.url}lab?token={TOKEN}")
            _launcher(page, to)
            _another_municipality(page, to)
            _rules(page, to)
            _params(page, to, lab.url)
    return 0


def _take(page: Page, to: Path, name: str) -> None:
    page.mouse.move(SIZE["width"] - 1, SIZE["height"] - 1)
    # Bubbles and carets fade within this time.
    page.wait_for_timeout(1000)
    small(page.screenshot(), to / f"{name}.png")


def _launcher(page: Page, to: Path) -> None:
    page.get_by_text("Nyt Bilag", exact=True).wait_for()
    _take(page, to, "lab-start")
    page.get_by_text("Nyt Bilag", exact=True).click()
    page.get_by_label("Overskrift").fill("Virksomhedsbesøg")
    _take(page, to, "lab-nyt-bilag")
    page.get_by_role("button", name="Fortryd").click()


def _another_municipality(page: Page, to: Path) -> None:
    page.locator(".jp-DirListing-item", has_text=NOTEBOOK).dblclick()
    page.get_by_text("| Klar").wait_for()
    # The list of files has done its part: room for notebook and page.
    page.keyboard.press("Control+B")
    page.get_by_text("Vis siden", exact=True).click()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(PARAMETERS)
    page.get_by_role("menuitem", name="Kør", exact=True).click()
    page.get_by_text("Kør alle celler", exact=True).click()
    page.wait_for_function(
        """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
               .every((prompt) => /\\[\\d+\\]/.test(prompt.textContent))"""
    )
    page.keyboard.press("Control+S")
    inside = page.frame_locator("iframe").frame_locator("iframe")
    inside.get_by_text("Tårnby Kommune, 2017").wait_for()
    page.locator(".jp-Cell").first.scroll_into_view_if_needed()
    page.locator(".jp-WindowedPanel-outer").evaluate("part => part.scrollTo(0, 0)")
    _take(page, to, "lab-side")


def _params(page: Page, to: Path, url: str) -> None:
    page.goto(f"{url}lab/tree/params/taarnby/2017.yaml?token={TOKEN}")
    page.locator(".jp-FileEditor .cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nvarigheder:\n")
    page.keyboard.press("Control+S")
    page.get_by_text("mente du").wait_for()
    _take(page, to, "lab-params")


def _rules(page: Page, to: Path) -> None:
    page.locator(".jp-MarkdownCell .jp-RenderedMarkdown").first.dblclick()
    page.locator(".jp-MarkdownCell .cm-content").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" Antallet er faldet med 12 pct.")
    page.keyboard.press("Control+S")
    page.get_by_text("Regler: 1 brudt").click()
    page.get_by_text("Luk", exact=True).wait_for()
    _take(page, to, "lab-regler")


if __name__ == "__main__":
    sys.exit(main())
