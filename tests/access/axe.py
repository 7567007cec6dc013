"""A page as a real browser sees it: axe's findings, requests, console, sideways scroll."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

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


@dataclass
class Seen:
    """What a browser and axe found on a page."""

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
        return [*self.violations, *self.requests, *self.console, *wide]


def look(
    browser: Browser,
    file: Path,
    *,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    media: Literal["screen", "print"] = "screen",
) -> Seen:
    """Open `file` in the browser, all details unfolded, and report what is wrong with it."""
    seen = Seen()
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    try:
        page.on("console", lambda message: seen.console.append(message.text))
        page.on("pageerror", lambda error: seen.console.append(str(error)))
        page.on("request", lambda request: _note(seen, request.url, file))
        page.emulate_media(media=media, color_scheme=scheme)
        page.goto(file.as_uri())
        _judge(page, seen)
    finally:
        page.close()
    return seen


def _note(seen: Seen, url: str, file: Path) -> None:
    if not url.startswith("data:") and url != file.as_uri():
        seen.requests.append(url)


def _judge(page: Page, seen: Seen) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    seen.too_wide_px = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(RUN)
    seen.violations = found["violations"]
    seen.incomplete = found["incomplete"]
    seen.rules = found["rules"]
