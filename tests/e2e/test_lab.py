"""An analyst's way through JupyterLab: another municipality, the page as a file; the build's own page.

The municipality's numbers are made up (`small_copy`), so that this runs everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beskplan.params.jobs import Job, Workplace
from beskplan.runner.make_report import make_report
from tests.lab.opened_lab import TOKEN, OpenedLab, opened_lab
from tests.runner.small_copy import write_copy
from tests.unit.test_command_language import english_words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

pytestmark = [pytest.mark.thorough, pytest.mark.chromium]
RUDERSDAL, AARHUS = (Job(2027, slug, "maalgrupper") for slug in ("rudersdal", "aarhus"))
PARAMETERS = 'kommune = "{}"\naar = 2027'
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedLab]:
    folder = tmp_path_factory.mktemp("lab")
    # What a person has set up for other work must not reach these notebooks.
    startup = folder / "hjem" / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    meddling = "from beskplan.report import maalgrupper\nmaalgrupper.load = None\n"
    (startup / "andet.py").write_text(meddling, encoding="utf-8")
    with opened_lab(write_copy(folder / "kopi"), folder / "hjem") as lab:
        yield lab


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Job, Path]:
    """What the build makes of the notebook as it is in the project."""
    place = Workplace(write_copy(tmp_path_factory.mktemp("bygget") / "kopi"))
    outcomes = {job: make_report(job, place) for job in (RUDERSDAL, AARHUS)}
    assert [str(problem) for one in outcomes.values() for problem in one.problems] == []
    return {job: outcome.folder for job, outcome in outcomes.items()}


@pytest.fixture
def window(lab: OpenedLab, chromium: Browser) -> Iterator[Page]:
    """JupyterLab in a browser, without what an earlier test has opened; it may not complain."""
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []

    def heard(said: ConsoleMessage) -> None:
        # Chromium says so of every refusal; that of a wish is shown to the person.
        if said.type == "error" and "status of 400" not in said.text:
            complaints.append(said.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{lab.url}lab?reset&token={TOKEN}")
    page.get_by_text("Nyt Bilag", exact=True).wait_for()
    yield page
    page.close()
    assert complaints == []


def open_notebook(window: Page) -> None:
    window.locator(".jp-DirListing-item", has_text="maalgrupper.ipynb").dblclick()
    window.get_by_text("| Klar").wait_for()


def write_parameters(window: Page, kommune: str) -> None:
    window.locator(".jp-CodeCell .cm-content").first.click()
    window.keyboard.press("Control+A")
    window.keyboard.insert_text(PARAMETERS.format(kommune))


def save(window: Page) -> None:
    """Save what was written; JupyterLab heeds no key while it still copies what was saved before."""
    changed = window.locator(".lm-mod-current.jp-mod-dirty")
    changed.wait_for()
    while changed.count():
        window.keyboard.press("Control+S")
        window.wait_for_timeout(200)


def choose(window: Page, menu: str, *entries: str) -> None:
    window.get_by_role("menuitem", name=menu, exact=True).click()
    for entry in entries[:-1]:
        window.locator(".lm-Menu-itemLabel", has_text=entry).last.hover()
    window.locator(f'.lm-Menu-itemLabel:text-is("{entries[-1]}")').last.click()


def run_all(window: Page) -> None:
    choose(window, "Kør", "Kør alle celler")
    window.wait_for_function(
        """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
               .every((prompt) => /\\[\\d+\\]/.test(prompt.textContent))"""
    )


def export(window: Page, ending: str, *, menu: bool = False) -> bytes:
    """The file that the button hands over, or the menu's entry."""
    with window.expect_download() as saved:
        if menu:
            choose(window, "Filer", "Gem, og hent notebooken som", f"Siden som {ending.upper()}")
        else:
            window.get_by_text(f"Gem som {ending.upper()}", exact=True).click()
    return saved.value.path().read_bytes()


@pytest.mark.parametrize("menu", [False, True], ids=["knap", "menu"])
def test_another_municipality_saved_as_a_file_is_the_build_s_report_without_run_all(
    window: Page, built: dict[Job, Path], menu: bool
) -> None:
    open_notebook(window)
    write_parameters(window, "Aarhus")
    html = export(window, "html", menu=menu)
    assert html == (built[AARHUS] / "maalgrupper.html").read_bytes()
    assert html != (built[RUDERSDAL] / "maalgrupper.html").read_bytes()
    pdf = export(window, "pdf", menu=menu)
    assert pdf == (built[AARHUS] / "maalgrupper.pdf").read_bytes()


def test_what_cannot_be_made_is_told_in_our_words_beside_the_notebook_and_in_its_cell(
    window: Page,
) -> None:
    open_notebook(window)
    # What another municipality has shown before is gone.
    write_parameters(window, "Aarhus")
    run_all(window)
    write_parameters(window, "Aarhuss")
    window.get_by_text("Gem som PDF", exact=True).click()
    told = window.locator(".jp-Dialog pre").text_content() or ""
    assert "mente du 'Aarhus'?" in told
    window.get_by_role("button", name="Luk").click()
    choose(window, "Kør", "Kør alle celler")
    window.locator(".jp-OutputArea-output", has_text="mente du 'Aarhus'?").wait_for()
    (text,) = window.locator(".jp-OutputArea-output").all_text_contents()
    assert text.startswith("kommune: den kommune eller region findes ikke")
    # Not the last cell, which "run all" chooses: the one that failed.
    failed = window.locator(".jp-CodeCell.jp-mod-active", has_text="mente du 'Aarhus'?")
    failed.wait_for()
    assert failed.bounding_box()["y"] < 900  # type: ignore[index]


def test_status_bar_menus_and_panels_are_danish(window: Page) -> None:
    open_notebook(window)
    bar = window.locator("#jp-main-statusbar")
    # It tells for some seconds that the file is saved.
    window.keyboard.press("Control+s")
    bar.get_by_text("Gemt", exact=True).wait_for()
    shown = bar.inner_text()
    for menu in ("Filer", "Rediger", "Vis", "Kør", "Kerne", "Faneblade", "Indstillinger"):
        window.get_by_role("menuitem", name=menu, exact=True).click()
        shown += "\n" + "\n".join(window.locator(".lm-Menu-itemLabel").all_inner_texts())
        window.keyboard.press("Escape")
    for panel in ("jp-running-sessions", "jp-debugger-sidebar", "jp-property-inspector"):
        window.locator(f".jp-SideBar [data-id={panel}]").click()
        window.locator(f"#{panel}").wait_for()
        for head in window.locator(f"#{panel} .jp-Collapse-header").all():
            head.click()
        fields = window.locator(f"#{panel} input").all()
        texts = [window.locator(f"#{panel}").inner_text()]
        texts += [field.get_attribute("placeholder") or "" for field in fields]
        shown += "\n" + "\n".join(texts)
    assert {"Kør alle celler", "Luk alle", "Mærker", "Nyt mærke"} <= set(shown.split("\n"))
    # Metadata and names are nobody's words.
    shown = re.sub(r'(?m)^.*["{}\[\]].*$|^default$|Python 3 \(ipykernel\)', " ", shown)
    # JupyterLab's own words beside those of the command line.
    words = {
        "mode",
        "cell",
        "cells",
        "col",
        "below",
        "selected",
        "spaces",
        "kernel",
        "close",
        "clear",
    }
    words |= {"text", "editor", "font", "increase", "tools", "advanced", "shut", "forget", "rename"}
    words |= {
        "theme",
        "brackets",
        "revert",
        "checkpoint",
        "breakpoints",
        "callstack",
        "tag",
        "slide",
    }
    said = set(re.findall(r"[a-zæøå]+", shown.lower()))
    assert (english_words(shown), said & words) == ([], set())


def test_the_menu_of_formats_has_those_that_work(lab: OpenedLab) -> None:
    assert sorted(lab.get("api/nbconvert").json()) == ["beskplan-html", "beskplan-pdf"]


def test_what_is_wrong_with_params_is_told_above_them_at_each_save(
    window: Page, lab: OpenedLab
) -> None:
    window.goto(f"{lab.url}lab/tree/params/aarhus/2027.yaml?token={TOKEN}")
    window.get_by_text("Filen er i orden, som den er gemt.").wait_for()
    window.locator(".jp-FileEditor .cm-content").click()
    window.keyboard.press("Control+End")
    window.keyboard.insert_text("\nmaalgruper: {}\n")
    save(window)
    window.get_by_text("mente du 'maalgrupper'?").wait_for()
    window.keyboard.press("Control+Z")
    save(window)
    window.get_by_text("Filen er i orden, som den er gemt.").wait_for()


def test_the_page_beside_the_notebook_is_the_build_s_and_follows_each_save(
    window: Page, lab: OpenedLab, built: dict[Job, Path]
) -> None:
    open_notebook(window)
    window.get_by_text("Vis siden", exact=True).click()
    page = window.frame_locator("iframe").frame_locator("iframe")
    window.frame_locator("iframe").locator("#state").wait_for()
    # Whoever writes goes on writing: Ctrl+S saves the notebook.
    assert window.evaluate("Boolean(document.activeElement.closest('.jp-Notebook'))")
    for kommune, job in (("rudersdal", RUDERSDAL), ("Aarhus", AARHUS)):
        write_parameters(window, kommune)
        save(window)
        page.get_by_text(f"{kommune.capitalize()} Kommune, 2027").wait_for()
        shown = lab.get("beskplan/preview/maalgrupper/page").content
        assert shown == (built[job] / "maalgrupper.html").read_bytes()


def test_a_rule_that_is_broken_is_told_at_the_save_and_gone_when_mended(window: Page) -> None:
    open_notebook(window)
    window.get_by_text("Regler: i orden", exact=True).wait_for()
    window.locator(".jp-RenderedMarkdown").first.dblclick()
    window.locator(".jp-MarkdownCell .cm-content").first.click()
    window.keyboard.press("Control+End")
    window.keyboard.insert_text(" Der er 49 pct. flere.")
    save(window)
    window.get_by_text("Regler: 1 brudt", exact=True).click()
    told = window.locator(".jp-Dialog pre").text_content() or ""
    assert "celle 1: et tal skrevet i teksten" in told
    assert "gør:" in told
    window.get_by_role("button", name="Luk").click()
    window.locator(".jp-MarkdownCell .cm-content").first.click()
    window.keyboard.press("Control+Z")
    save(window)
    window.get_by_text("Regler: i orden", exact=True).wait_for()


def test_the_launcher_makes_a_bilag_that_keeps_the_rules(window: Page, lab: OpenedLab) -> None:
    window.get_by_text("Nyt Bilag", exact=True).click()
    offered = window.locator("#beskplan-kommune option")
    assert window.get_by_label("Kommune").get_attribute("list") == "beskplan-kommune"
    assert (offered.first.get_attribute("value"), offered.count()) == ("Albertslund", 98)
    assert "2027" in window.locator("#beskplan-aar option").all_text_contents()
    for field in ("maal", "ydelse"):
        assert window.locator(f"#beskplan-{field} option").count() > 0
    window.get_by_label("Filnavn").fill("maalgrupper")
    window.get_by_role("button", name="Lav bilaget").click()
    assert "er taget" in (window.locator(".jp-Dialog pre").text_content() or "")
    window.get_by_role("button", name="Luk").click()
    # What was typed is there to be mended.
    assert window.get_by_label("Filnavn").input_value() == "maalgrupper"
    for label, text in (
        ("Filnavn", "virksomhedsbesoeg"),
        ("Overskrift", "Virksomhedsbesøg"),
        ("Kommune", "Rudersdal"),
        ("Planens år", "2027"),
    ):
        window.get_by_label(label).fill(text)
    window.get_by_role("button", name="Lav bilaget").click()
    window.get_by_role("heading", name="Virksomhedsbesøg").wait_for()
    window.get_by_text("Regler: i orden", exact=True).wait_for()
    params = (lab.root / "params" / "rudersdal" / "2027.yaml").read_text(encoding="utf-8")
    assert "bilag: [maalgrupper, virksomhedsbesoeg]" in params
