"""The pictures of a report for the README: phone, desktop and print.

Needs a Chromium and `pdftoppm` (Debian: chromium, poppler-utils). Run by `make pictures`, or

    python docs/pictures/make_pictures.py reports/2021/rudersdal/maalgrupper docs/pictures
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
PRINT_DPI = 110
COLOURS = 256
"""Of a picture in the documents: text and flat colours need no more."""


@dataclass(frozen=True)
class View:
    """One picture of the page on a screen, sizes in CSS pixels."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1
    at: str = ""
    """Selector of what stands at the top of the picture; the page's own top where left out."""


VIEWS = (
    View("desktop", 1280, 900),
    View("telefon", 390, 844, scale=2),
    View("telefon-figur", 390, 844, scale=2, at="figure"),
    View("moerk", 1280, 900, scheme="dark", at=".tabel"),
)
PDF_PAGES = (1, 2)
"""The pages of the PDF that are shown."""


def main(arguments: list[str] | None = None) -> int:
    """Take every picture of one built report; exit code 2 where something is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("report", type=Path, help="a report's folder, with its .html and .pdf")
    parser.add_argument("to", type=Path, help="the folder for the pictures")
    parser.add_argument("--whole", action="store_true", help="whole pages, to look them through")
    options = parser.parse_args(arguments)
    page = options.report / f"{options.report.name}.html"
    missing = [str(p) for p in (page, page.with_suffix(".pdf")) if not p.is_file()]
    missing += [] if shutil.which("pdftoppm") else ["pdftoppm (Debian: poppler-utils)"]
    if missing:
        sys.stderr.write(f"missing: {', '.join(missing)}\n")
        return 2
    options.to.mkdir(parents=True, exist_ok=True)
    with opened_chromium() as browser:
        for view in VIEWS:
            _photograph(browser, page, view, options.to, whole=options.whole)
    _print(page.with_suffix(".pdf"), options.to, whole=options.whole)
    return 0


@contextmanager
def opened_chromium() -> Iterator[Browser]:
    """A headless Chromium: the system's where there is one."""
    path = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def small(picture: bytes, to: Path) -> None:
    """Write a picture with the colours that it needs: a third of the size, and nobody sees it."""
    with Image.open(io.BytesIO(picture)) as full:
        full.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(to, optimize=True)


def _photograph(browser: Browser, file: Path, view: View, to: Path, *, whole: bool) -> None:
    page = browser.new_page(
        viewport={"width": view.width, "height": view.height},
        device_scale_factor=view.scale,
        color_scheme=view.scheme,
    )
    page.goto(file.resolve().as_uri())
    if view.at and not whole:
        page.locator(view.at).first.evaluate("part => part.scrollIntoView({block: 'start'})")
    small(page.screenshot(full_page=whole), to / f"{view.name}.png")
    page.close()


def _print(file: Path, to: Path, *, whole: bool) -> None:
    """Pages of the PDF as pictures: `tryk-1.png`, `tryk-2.png`."""
    with tempfile.TemporaryDirectory() as work:
        command = ["pdftoppm", "-r", str(PRINT_DPI), "-png"]
        if not whole:
            command += ["-f", str(PDF_PAGES[0]), "-l", str(PDF_PAGES[-1])]
        subprocess.run([*command, str(file), f"{work}/side"], check=True)
        for number, picture in enumerate(sorted(Path(work).glob("side-*.png")), start=1):
            small(picture.read_bytes(), to / f"tryk-{number}.png")


if __name__ == "__main__":
    sys.exit(main())
