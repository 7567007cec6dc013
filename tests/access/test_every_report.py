"""Every report that the seed plans give, and ten of the 98: whole, readable, light, the same again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import page as validator
import pikepdf
import pytest

from beskplan.core.colours import readable
from beskplan.params.jobs import Job, Workplace, select
from beskplan.params.profil import LIGHT_GROUNDS
from beskplan.registers.benefits import benefits
from beskplan.registers.indicators import target_groups
from beskplan.render import page_pdf
from beskplan.render.page import Page, read_page
from beskplan.render.page_html import page_html
from beskplan.render.page_pdf import render_combined, render_pdf
from beskplan.render.workbook import render_workbook
from tests.access import html_rules, pdf_rules, ten_municipalities
from tests.access.axe import View, look, page_faults

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SEEDS = select(Workplace(Path(__file__).parents[2]))
PROFILES = (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_3A)
Reports = Callable[[Job], Path]

WIDE = View()
NARROW = (View(320), View(320, "dark"))
OTHERS = (View(scheme="dark"), View(media="print"))
JOBS = (*SEEDS, *ten_municipalities.JOBS)
RUDERSDAL = Job(2021, "rudersdal", "maalgrupper")

every_report = pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id.replace("/", "-"))


def views_of(job: Job) -> tuple[View, ...]:
    """How a report is looked at: wide and narrow, each kind of Bilag once in every way.

    What differs from one report of a kind to the next is what stands in it, not its colours: for it,
    the schemes take turns.
    """
    alike = [one for one in JOBS if one.bilag == job.bilag]
    if job == alike[0] or job.kommune == ten_municipalities.PRESENTED:
        return (WIDE, *NARROW, *OTHERS)
    return (WIDE, NARROW[alike.index(job) % len(NARROW)])


def file_of(folder: Path, ending: str) -> Path:
    return folder / f"{folder.name}.{ending}"


def page_of(folder: Path) -> Page:
    return read_page(nbformat.read(file_of(folder, "ipynb"), as_version=4))


def test_the_seeds_give_reports_and_ten_municipalities_are_chosen() -> None:
    assert {job.bilag for job in SEEDS} >= {"maalgrupper", "resultatmaal", "overblik", "varighed"}
    assert len(ten_municipalities.JOBS) == 10


def test_every_kind_of_bilag_is_looked_at_in_every_way_and_every_report_wide_and_narrow() -> None:
    assert all({view.width for view in views_of(job)} == {1280, 320} for job in SEEDS)
    for bilag in {job.bilag for job in JOBS}:
        seen = {view for job in JOBS if job.bilag == bilag for view in views_of(job)}
        assert seen == {WIDE, *NARROW, *OTHERS}


@pytest.mark.chromium
@every_report
def test_axe_finds_nothing_on_any_screen_or_paper(
    job: Job, any_report: Reports, chromium: Browser
) -> None:
    for seen in look(chromium, file_of(any_report(job), "html"), *views_of(job)):
        assert seen.faults() == []
        # On a narrow screen cells lie outside their scroll box; on paper, links are hidden on purpose.
        assert seen.view.width == 320 or seen.view.media == "print" or seen.incomplete == []


def lix(text: str) -> float:
    """Words a sentence and per cent of words over six letters; names of benefits and places count as short.

    The law's names are not ours to shorten, and the plan's own words stand between » and «.
    """
    plain = re.sub(r"\b(pct|ca|mio|kr|fx)\.(?=\s+[a-zæøå(])", r"\1", re.sub(r"»[^«]*«", "", text))
    words = re.findall(r"[A-Za-zÆØÅæøå]+(?:-[a-zæøå]+)*", plain)
    named = {w for one in (*benefits(), *target_groups()) for w in _words_of(one)}
    long = [w for w in words if len(w) > 6 and w[0].islower() and w not in named]
    sentences = len(re.findall(r"[.!?:](?=\s|$)", plain)) or 1
    return len(words) / sentences + 100 * len(long) / max(1, len(words))


def _words_of(named: object) -> set[str]:
    return set(re.findall(r"[a-zæøå-]+", str(named).casefold()))


def test_official_prose_is_told_from_plain_prose() -> None:
    assert lix("Antallet steg med 15. Det er flere end i Østdanmark.") < 40
    assert (
        lix("Iværksættelsen af forvaltningens opfølgningsprocedurer forudsætter koordination") > 40
    )


@pytest.mark.parametrize("job", SEEDS, ids=lambda job: job.id.replace("/", "-"))
def test_generated_prose_is_easy_to_read(job: Job, any_report: Reports) -> None:
    values = json.loads((any_report(job) / "tal.json").read_text(encoding="utf-8"))
    # What a person wrote in the notebook, and the plan's own words, are not generated.
    made = [one for one in values["texts"] if not one["id"].startswith(("prosa.", "maalenes-ord"))]
    assert lix(" ".join(text for one in made for text in one["paragraphs"])) < 40


MOST_PAGES = 14
"""Of Rudersdal's Bilag together: the plan itself spends six on its tables; a committee reads no more."""
MOST_EMPTY = 0.25
"""Of a page below its last line, except before a chapter: a Bilag of a combined PDF, or the end."""


def too_empty(pdf: bytes, *, first: int = 1) -> list[int]:
    """The pages from `first` on with a larger empty part than a reader should turn."""
    return [
        at for at, foot in pdf_rules.empty_feet(pdf).items() if at >= first and foot >= MOST_EMPTY
    ]


@pytest.mark.parametrize("job", SEEDS, ids=lambda job: job.id.replace("/", "-"))
def test_no_page_is_a_quarter_empty_or_ends_with_a_heading_and_a_line(
    job: Job, any_report: Reports
) -> None:
    pdf = file_of(any_report(job), "pdf").read_bytes()
    assert too_empty(pdf) == []
    assert pdf_rules.torn_headings(pdf) == []


PLANS = sorted({(job.aar, job.kommune) for job in SEEDS})


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan[0]}-{plan[1]}")
def test_no_page_of_all_bilag_is_a_quarter_empty_or_ends_with_a_heading_and_a_line(
    plan: tuple[int, str], any_report: Reports
) -> None:
    pages = [page_of(any_report(job)) for job in SEEDS if (job.aar, job.kommune) == plan]
    pdf = render_combined(pages)
    assert too_empty(pdf, first=2) == []  # 1 is the cover
    assert pdf_rules.torn_headings(pdf) == []
    if plan == (RUDERSDAL.aar, RUDERSDAL.kommune):
        with pikepdf.open(BytesIO(pdf)) as read:
            assert (len(pages), len(read.pages) <= MOST_PAGES) == (2, True)


def test_without_fitting_a_page_is_a_quarter_empty(
    any_report: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_pdf, "MOST_FITTED", 0)
    assert any(too_empty(render_pdf(page_of(any_report(job)))) for job in SEEDS)


@every_report
def test_the_page_breaks_no_rule_of_ours_and_is_light(job: Job, any_report: Reports) -> None:
    text = file_of(any_report(job), "html").read_text(encoding="utf-8")
    assert html_rules.broken_rules(text) == {}


@every_report
def test_the_pdf_keeps_both_standards_and_every_rule_of_ours(job: Job, any_report: Reports) -> None:
    data = file_of(any_report(job), "pdf").read_bytes()
    assert pdf_rules.broken_rules(data) == {}
    for profile in PROFILES:
        report = validator.validate_pdf_bytes(data, profile=profile)
        assert report.is_compliant, str(report)


KINDS = tuple({job.bilag: job for job in reversed(JOBS)}.values())
"""The first report of each kind of Bilag."""


@pytest.mark.parametrize("job", KINDS, ids=lambda job: job.bilag)
def test_a_rebuild_gives_the_same_bytes(job: Job, any_report: Reports) -> None:
    folder = any_report(job)
    page = page_of(folder)
    again = {
        "html": page_html(page).encode(),
        "pdf": render_pdf(page),
        "xlsx": render_workbook(page),
    }
    changed = [end for end, data in again.items() if file_of(folder, end).read_bytes() != data]
    assert changed == []


def test_another_build_of_the_same_data_gives_the_same_files(
    any_report: Reports, another_build: Reports
) -> None:
    one, other = any_report(RUDERSDAL), another_build(RUDERSDAL)
    for ending in ("html", "pdf", "xlsx"):
        assert file_of(one, ending).read_bytes() == file_of(other, ending).read_bytes()


def test_a_municipality_s_own_logo_colours_and_statement_are_in_its_report(
    any_report: Reports,
) -> None:
    (job,) = (one for one in ten_municipalities.JOBS if one.kommune == ten_municipalities.PRESENTED)
    folder = any_report(job)
    text = file_of(folder, "html").read_text(encoding="utf-8")
    assert 'alt="Høje-Taastrup Kommunes logo"' in text
    assert "--stor:#A8480F" in text
    assert f"--accent:{readable('#A8480F', LIGHT_GROUNDS)}" in text
    assert 'href="https://www.was.digst.dk/htk-dk"' in text
    made_from = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["made_from"]
    assert {"params/hoeje-taastrup/profil.yaml", "params/hoeje-taastrup/logo.png"} <= set(
        made_from["params"]
    )


@pytest.mark.chromium
def test_a_profile_s_colour_is_not_dark_enough_for_small_text_as_it_is(
    any_report: Reports, chromium: Browser, tmp_path: Path
) -> None:
    (job,) = (one for one in ten_municipalities.JOBS if one.kommune == ten_municipalities.PRESENTED)
    text = file_of(any_report(job), "html").read_text(encoding="utf-8")
    shade = f"--accent:{readable('#A8480F', LIGHT_GROUNDS)}"
    assert text.count(shade) == 1
    (tmp_path / "page.html").write_text(text.replace(shade, "--accent:#A8480F"), encoding="utf-8")
    found = page_faults(chromium, tmp_path / "page.html", WIDE)
    assert {fault.partition(":")[0] for fault in found} == {"color-contrast-enhanced"}


def test_the_ten_municipalities_have_withheld_numbers_among_them(any_report: Reports) -> None:
    folders = [any_report(job) for job in ten_municipalities.JOBS if job.kommune == "laesoe"]
    assert "fortroligt" in file_of(folders[0], "html").read_text(encoding="utf-8")
