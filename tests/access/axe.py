"""A page as a real browser sees it: axe's findings, requests, console, sideways scroll."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import axe_playwright_python

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
  const rules = {};
  for (const rule of axe.getRules()) rules[rule.ruleId] = {enabled: true};
  // What passes is only counted: naming every node of it takes as long as finding the faults.
  const found = await axe.run(document, {rules, resultTypes: ['violations', 'incomplete']});
  const brief = list => list.flatMap(
    rule => rule.nodes.map(node => rule.id + ': ' + node.html.slice(0, 120)));
  return {
    violations: brief(found.violations),
    incomplete: brief(found.incomplete),
    rules: axe.getRules().length,
  };
}"""
"""Every rule, also those off by default: best practice, experimental, level AAA."""


class View(NamedTuple):
    """How a page is looked at."""

    width: int = 1280
    scheme: Literal["light", "dark"] = "light"
    media: Literal["screen", "print"] = "screen"


SCREENS = (View(), View(320), View(scheme="dark"), View(320, "dark"))
PRINTS = (View(media="print"), View(scheme="dark", media="print"))


@dataclass
class Seen:
    """What a browser and axe found on a page in one view."""

    view: View
    violations: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    rules: int = 0
    too_wide_px: int = 0
    """By how much the page scrolls sideways."""

    def faults(self) -> list[str]:
        """All that no report may have; `incomplete` is judged apart."""
        wide = [f"page is {self.too_wide_px} px too wide"] if self.too_wide_px else []
        found = [*self.violations, *self.requests, *self.console, *wide]
        return [f"{fault} ({' '.join(map(str, self.view))})" for fault in found]


def page_faults(browser: Browser, file: Path, *views: View) -> list[str]:
    """What no report may have, of all views."""
    return [fault for seen in look(browser, file, *views) for fault in seen.faults()]


def look(browser: Browser, file: Path, *views: View) -> list[Seen]:
    """Open `file` in the browser, all details unfolded, and report what is wrong with it in each view.

    It is opened once: a page that is opened anew costs as much as axe does.
    """
    seen = [Seen(view) for view in views]
    now, page = seen[0], _page(browser)
    hearers: dict[Any, Callable[[Any], None]] = {
        "console": lambda message: now.console.append(message.text),
        "pageerror": lambda error: now.console.append(str(error)),
        "request": lambda request: _note(now, request.url, file),
    }
    with _heard(page, hearers):
        _turn(page, views[0])
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate(AXE)
        for now in seen:
            _turn(page, now.view)
            _judge(page, now)
    return seen


@cache
def _page(browser: Browser) -> Page:
    """The page that all files are opened in: another would be a new process, which compiles axe anew."""
    return browser.new_page()


@contextmanager
def _heard(page: Page, hearers: dict[Any, Callable[[Any], None]]) -> Iterator[None]:
    for event, hearer in hearers.items():
        page.on(event, hearer)
    try:
        yield
    except BaseException:
        # Nothing of a page that went wrong is left for the next file.
        page.close()
        _page.cache_clear()
        raise
    for event, hearer in hearers.items():
        page.remove_listener(event, hearer)


def _turn(page: Page, view: View) -> None:
    page.set_viewport_size({"width": view.width, "height": 900})
    page.emulate_media(media=view.media, color_scheme=view.scheme)


def _note(seen: Seen, url: str, file: Path) -> None:
    if not url.startswith("data:") and url != file.as_uri():
        seen.requests.append(url)


def _judge(page: Page, seen: Seen) -> None:
    seen.too_wide_px = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found: dict[str, Any] = page.evaluate(RUN)
    seen.violations = found["violations"]
    seen.incomplete = found["incomplete"]
    seen.rules = found["rules"]
