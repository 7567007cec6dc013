"""Run All in JupyterLab, in every notebook: each block as large as on the page, and its text readable."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.runner.engine.pool import make_page
from tests.conftest import ROOT
from tests.lab.opened_lab import TOKEN, OpenedLab, opened_lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.thorough, pytest.mark.chromium]
PLACE = Workplace(ROOT)


def job_of(notebook: Path) -> Job:
    """The report of a notebook's own parameters cell, as a fresh copy has it."""
    [cell] = [
        one.source
        for one in nbformat.read(notebook, as_version=4).cells
        if "parameters" in one.metadata.get("tags", [])
    ]
    default = {node.targets[0].id: node.value.value for node in ast.parse(cell).body}
    return Job(default["aar"], default["kommune"], notebook.stem)


JOBS = {path.stem: job_of(path) for path in sorted(PLACE.notebooks.glob("*.ipynb"))}
"""By notebook, the report that it opens with."""
LARGER = 1.2
LEAST_PX = 11
PATIENCE_MS = 180_000
MEASURE = """(scope) => {
  const blocks = '[id^="tabel-"],[id^="figur-"],.noegletal'
  const measured = {}
  for (const block of document.querySelectorAll(scope + blocks.replaceAll(",", "," + scope))) {
    const shown = [block, ...block.querySelectorAll("table,img,svg,.vaerdi,.aendring")]
    const sizes = shown.filter((one) => !one.closest("details")).map((one) => {
      const { width, height } = one.getBoundingClientRect()
      return [one.tagName.toLowerCase(), Math.round(width), Math.round(height)]
    })
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT)
    let least = 99
    while (texts.nextNode())
      if (texts.currentNode.data.trim())
        least = Math.min(least, parseFloat(getComputedStyle(texts.currentNode.parentElement).fontSize))
    measured[block.id || "noegletal"] = { sizes, least }
  }
  return measured
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedLab]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "hjem").mkdir()
    root = folder / "kopi"
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, root / name)
    with opened_lab(root, folder / "hjem") as lab:
        yield lab


def run_all(window: Page, bilag: str) -> None:
    window.locator(".jp-DirListing-item", has_text=f"{bilag}.ipynb").dblclick()
    window.get_by_text("| Klar").wait_for()
    window.get_by_role("menuitem", name="Kør", exact=True).click()
    window.locator('.lm-Menu-itemLabel:text-is("Kør alle celler")').click()
    window.wait_for_function(
        """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
               .every((prompt) => /\\[\\d+\\]/.test(prompt.textContent))"""
    )


def larger(shown: dict[str, Any], page: dict[str, Any]) -> list[str]:
    """What is more than a fifth larger than its counterpart, or has no counterpart of its kind."""
    found = []
    for name, block in page.items():
        if name not in shown:
            found.append(f"{name}: ikke vist")
            continue
        kinds = [[one[0] for one in side["sizes"]] for side in (shown[name], block)]
        if kinds[0] != kinds[1]:
            found.append(f"{name}: {kinds}")
        for (kind, *ours), (_, *theirs) in zip(shown[name]["sizes"], block["sizes"], strict=False):
            if any(one > other * LARGER for one, other in zip(ours, theirs, strict=True)):
                found.append(f"{name}: {kind} {ours} mod {theirs}")
    return found


def measured(chromium: Browser, html: Path) -> dict[str, Any]:
    window = chromium.new_page(viewport={"width": 1500, "height": 950})
    window.goto(html.as_uri())
    found: dict[str, Any] = window.evaluate(MEASURE, "")
    window.close()
    return found


def page_of(job: Job, folder: Path) -> Path:
    path = folder / f"{job.bilag}.html"
    path.write_bytes(make_page(job.id, ROOT, forked=False)[0])
    return path


@pytest.mark.parametrize("bilag", JOBS)
def test_every_block_is_as_large_as_on_the_page_and_can_be_read(
    bilag: str, lab: OpenedLab, chromium: Browser, tmp_path: Path
) -> None:
    page = measured(chromium, page_of(JOBS[bilag], tmp_path))
    assert page
    window = chromium.new_page(viewport={"width": 1500, "height": 950})
    window.set_default_timeout(PATIENCE_MS)
    window.goto(f"{lab.url}lab?reset&token={TOKEN}")
    run_all(window, bilag)
    shown = window.evaluate(MEASURE, ".jp-OutputArea ")
    failed = window.locator(".jp-RenderedText[data-mime-type*=stderr]").all_inner_texts()
    window.close()
    assert failed == []
    assert larger(shown, page) == []
    assert {name: one["least"] for name, one in shown.items() if one["least"] < LEAST_PX} == {}


def test_a_sign_without_a_size_would_be_seen() -> None:
    page = {"noegletal": {"sizes": [["svg", 11, 11]], "least": 13}}
    assert larger({"noegletal": {"sizes": [["svg", 1006, 1006]], "least": 13}}, page)
    assert larger({}, page)
    assert not larger(page, page)
