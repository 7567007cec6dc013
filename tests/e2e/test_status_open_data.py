"""The status from open data alone: two quarters, the second after a revision, worked out anew.

The server on the loopback gives AUK01 and RAS400. Every number of the scoreboard, every place among the 98
municipalities and every word is worked out here from what the server gave, by the test's own arithmetic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pypdf import PdfReader

from beskplan.core.danish import danish_key, round_half_away
from beskplan.registers.areas import area as area_of
from beskplan.registers.areas import find, kommuner
from beskplan.render import page_pdf
from beskplan.render.page import read_notebook, read_page
from tests.access import html_rules, pdf_rules
from tests.access.axe import View, page_faults
from tests.access.test_every_report import lix
from tests.e2e.running import run_here
from tests.e2e.test_open_data import (
    SECTIONS,
    SMALL,
    TEN,
    done,
    empty_copy,
    followed_numbers,
    followed_page,
    printed,
    rows_of,
    set_target,
)
from tests.e2e.test_open_data import wrong as wrong_cells
from tests.proof.rules import faults
from tests.sources.server.serving import Sources, serving
from tests.sources.server.tables import BankTable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Bank = dict[str, BankTable]
FIRST, SECOND = "2025K3", "2025K4"
FEW = (*SMALL, "rudersdal", "aarhus")
JUDGED = ("DP", "KT", "KH", "SY", "JA", "LY", "FP", "TOTUSU")
"""Benefits of which fewer are better."""
REVISED = {("230", "FL"): "fleksjob", ("825", "SY"): "sygedagpenge mv."}
"""Area and benefit whose number of the first edition's quarter the source revises."""
MOST_PAGES = 4
REGION, TALKATIVE = find("Region Hovedstaden"), find("Region Sjælland")
"""Two regions; the second has eight targets, and a remark of many lines on each of eight benefits."""
TOLD = ["sygedagpenge", "jobafklaring", "fleksjob", "ledighedsydelse"]
TOLD += ["foertidspension", "seniorpension", "efterloen", "barselsdagpenge"]
REMARK = (
    "Kommunerne i regionen har siden foråret holdt flere samtaler med de sygemeldte, og indsatsen "
    "begynder nu tidligere. Antallet ventes at falde, når de nye forløb er kommet i gang i alle "
    "kommuner, men det er endnu for tidligt at sige, hvor meget. Regionen følger det hvert kvartal."
)


def revise(bank: Bank) -> None:
    table = bank["AUK01"]
    marks: dict[tuple[str, ...], str] = {
        (*key, tid): str(int(table.cell((*key, tid))) + 7)
        for key in REVISED
        for tid in ("2024K4", FIRST)
    }
    changed = {"marks": dict(table.marks) | marks, "updated": "2026-11-11T08:00:00"}
    bank["AUK01"] = BankTable(**vars(table) | changed)


def two_editions(place: Path, sources: Sources, slugs: tuple[str, ...]) -> None:
    """Fetch, write the plans, build; then the source revises, and the next quarter is built."""
    done(place, sources, "fetch", "--source", "statbank")
    for slug in slugs:
        assert run_here(place, "new", slug, "2027").returncode == 0
    done(place, sources, "build", "--bilag", "status", "--periode", FIRST)
    revise(sources.statbank)
    done(place, sources, "fetch", "--source", "statbank")
    done(place, sources, "build", "--bilag", "status", "--periode", SECOND)


def talkative() -> dict[str, str]:
    """The plan of a region with much to tell, and its targets."""
    remarks = {one: {"tekst": REMARK, "navn": "Mette Holm", "dato": "2026-11-02"} for one in TOLD}
    status = {"hver": "kvartal", "bemaerkninger": {SECOND: remarks}}
    plan = {"kommune": TALKATIVE.navn, "aar": 2027, "bilag": ["status"], "status": status}
    targets = [
        {
            "id": f"m{number}", "slags": "niveau_hoejst", "enhed": "fuldtidsmodtagere",
            "hvad": f"Borgere på {name}, som er i et forløb", "niveau": 400 + number,
            "tekst": f"Højst {400 + number} borgere i et forløb ved årets udgang",
            "frist": "2027Q04", "udgangspunkt": {"periode": "2024Q04"},
            "maaling": {"indikator": "fuldtidsmodtagere", "ydelser": [name]},
        }
        for number, name in enumerate([*TOLD[1:7], "kontanthjaelp", "sygedagpenge_mv"])
    ]  # fmt: skip
    goal = {"nr": 1, "titel": "Flere i job", "resultatmaal": targets}
    goals = {"kilde": "Regionens plan 2027", "overordnede": [goal]}
    both = {"2027.yaml": plan, "2027.maal.yaml": goals}
    return {name: yaml.safe_dump(content, allow_unicode=True) for name, content in both.items()}


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    with serving(Sources(jobindsats={})) as running:
        yield running


@pytest.fixture(scope="module")
def place(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = empty_copy(tmp_path_factory.mktemp("status") / "kopi")
    (copy / "params" / REGION.slug).mkdir()
    plan = f"kommune: {REGION.navn}\naar: 2027\nbilag: [status]\n"
    (copy / "params" / REGION.slug / "2027.yaml").write_text(plan, encoding="utf-8")
    (copy / "params" / TALKATIVE.slug).mkdir()
    for name, text in talkative().items():
        (copy / "params" / TALKATIVE.slug / name).write_text(text, encoding="utf-8")
    two_editions(copy, sources, FEW)
    return copy


def table_of(place: Path, slug: str, id: str) -> list[tuple[str, list[str]]]:
    """Label and printed cells of each row of a table of the second edition."""
    path = place / "reports" / "2027" / slug / f"status-{SECOND}" / "tal.json"
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"]
    return [
        (label, [text.replace("\u00a0", " ") for text, *_ in cells])
        for table in tables
        if table["id"] == id
        for label, _, cells in table["rows"]
    ]


def expected(bank: Bank, benefit: str, kode: str) -> list[str]:
    """The cells of a row of the scoreboard, from the numbers that the server gave."""

    def level(area: str, tid: str) -> Decimal:
        return Decimal(bank["AUK01"].cell((area, benefit, tid)))

    def change(area: str) -> Decimal:
        return (level(area, SECOND) / level(area, "2024K4") - 1) * 100

    def share(area: str) -> Decimal:
        return level(area, SECOND) / Decimal(bank["RAS400"].cell((area, "2025"))) * 100

    first = min(bank["AUK01"].variables["Tid"], key=str)
    own, other = (Decimal(printed(change(area)).replace(".", "")) for area in (kode, "000"))
    # By the shares as printed, so that equal ones have one place.
    shares = {one.kode: round_half_away(share(one.kode), 1) for one in kommuner()}
    own_share = round_half_away(share(kode), 1)
    place = 1 + sum(one > own_share for one in shares.values())
    gap = own - other
    word = "som" if abs(gap) <= 1 else "bedre" if gap < 0 else "ringere"
    word = "for få" if min(level(area, "2024K4") for area in (kode, "000")) < 20 else word
    return [
        printed(level(kode, first)),
        printed(level(kode, SECOND)),
        _signed(level(kode, SECOND) - level(kode, "2024K4")),
        f"{_signed(change(kode))} %",
        f"{_signed(change('000'))} %",
        printed(share(kode), 1),
        f"{place} af 98",
        word if benefit in JUDGED else "neutral",
    ]


def _signed(value: Decimal) -> str:
    text = printed(value)
    return f"+{text}" if text[0] != "-" and text != "0" else text


def wrong(place: Path, bank: Bank, slug: str) -> list[Any]:
    """Rows of the scoreboard that print something else than the served numbers give."""
    rows = table_of(place, slug, "tabel-resultattavle")
    assert len(rows) == len(SECTIONS)
    wanted = [expected(bank, benefit, find(slug).kode) for benefit in SECTIONS.values()]
    return [(label, row, w) for (label, row), w in zip(rows, wanted, strict=True) if row != w]


@pytest.mark.parametrize("slug", FEW)
def test_the_scoreboard_is_what_the_server_gave(place: Path, sources: Sources, slug: str) -> None:
    assert wrong(place, sources.statbank, slug) == []


def test_another_quarters_number_is_seen(place: Path, sources: Sources) -> None:
    """The negative control."""
    table = sources.statbank["AUK01"]
    other = dict(table.marks) | {("751", "FL", SECOND): table.cell(("751", "FL", "2025K1"))}
    changed = sources.statbank | {"AUK01": BankTable(**vars(table) | {"marks": other})}
    assert [label for label, *_ in wrong(place, changed, "aarhus")] == ["Fleksjob"]


def check_changes(place: Path, bank: Bank, slug: str) -> None:
    """What is told to be revised is, with the number that the first edition printed, and nothing else."""
    kode = find(slug).kode
    told = dict(table_of(place, slug, "tabel-siden-sidst"))
    revised = {label.casefold() for label, cells in told.items() if "revision" in cells[-1]}
    assert revised == {name for (area, _), name in REVISED.items() if area == kode}
    for (area, benefit), name in REVISED.items():
        if area == kode:
            now = int(bank["AUK01"].cell((kode, benefit, FIRST)))
            cells = next(cells for label, cells in told.items() if label.casefold() == name)
            assert cells[:2] == [printed(Decimal(now - 7)), printed(Decimal(now))]


@pytest.mark.parametrize("slug", FEW)
def test_what_has_changed_is_what_the_source_has_revised(
    place: Path, sources: Sources, slug: str
) -> None:
    check_changes(place, sources.statbank, slug)


def test_every_status_draws_and_words_its_numbers_rightly(place: Path) -> None:
    assert faults(place) == []


def pages(place: Path, slug: str) -> int:
    return len(
        PdfReader(place / "reports" / "2027" / slug / f"status-{SECOND}" / "status.pdf").pages
    )


@pytest.mark.parametrize("slug", FEW)
def test_a_status_has_at_most_four_pages(place: Path, slug: str) -> None:
    assert pages(place, slug) <= MOST_PAGES


def test_targets_and_long_remarks_of_a_region_are_set_closer_and_stand_on_four_pages_too(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place / "reports" / "2027" / TALKATIVE.slug / f"status-{SECOND}"
    texts = [one.extract_text() for one in PdfReader(folder / "status.pdf").pages]
    assert len(texts) == MOST_PAGES
    whole = " ".join(" ".join(texts).split())
    assert whole.count("når de nye forløb er kommet i gang") == len(TOLD)
    # The negative control: as other reports are set, it is longer.
    page = read_page(read_notebook(folder / "status.ipynb"))
    monkeypatch.setattr(page_pdf, "TIGHTEST", 0)
    assert len(PdfReader(BytesIO(page_pdf.render_pdf(page))).pages) > MOST_PAGES


def test_a_region_has_four_pages_the_last_two_with_all_of_its_municipalities(place: Path) -> None:
    path = place / "reports" / "2027" / REGION.slug / f"status-{SECOND}" / "status.pdf"
    texts = [
        (one.mediabox.width > one.mediabox.height, one.extract_text())
        for one in PdfReader(path).pages
    ]
    names = [area_of(kode).navn for kode in REGION.parts]
    assert [wide for wide, _ in texts] == [False, False, True, True]
    assert [all(name in text for name in names) for _, text in texts] == [False, False, True, True]


@pytest.mark.parametrize(("id", "at"), [("aendringer", 3), ("andele", 5)])
def test_a_regions_matrix_is_what_the_server_gave(
    place: Path, sources: Sources, id: str, at: int
) -> None:
    rows = dict(table_of(place, REGION.slug, f"tabel-{id}"))
    names = sorted((area_of(kode).navn for kode in REGION.parts), key=danish_key)
    # The region's own row is the last.
    assert list(rows) == [*names, REGION.navn]
    for name, cells in rows.items():
        kode = find(name).kode
        wanted = [expected(sources.statbank, one, kode)[at] for one in SECTIONS.values()]
        assert cells == wanted, name


def test_a_status_is_easy_to_read_and_open_to_all(place: Path) -> None:
    folder = place / "reports" / "2027" / "laesoe" / f"status-{SECOND}"
    assert html_rules.broken_rules((folder / "status.html").read_text(encoding="utf-8")) == {}
    # The numbers behind the figure are attached and not printed.
    attached = {"attached": ["3 files for 2 tables"]}
    region = place / "reports" / "2027" / REGION.slug / f"status-{SECOND}" / "status.pdf"
    told = {"attached": ["5 files for 4 tables"]}
    assert pdf_rules.broken_rules(region.read_bytes()) == told
    assert pdf_rules.broken_rules((folder / "status.pdf").read_bytes()) == attached
    texts = json.loads((folder / "tal.json").read_text(encoding="utf-8"))["texts"]
    made = [one for one in texts if not one["id"].startswith("prosa.")]
    assert lix(" ".join(text for one in made for text in one["paragraphs"])) < 40
    [answer] = [one["paragraphs"] for one in made if one["id"] == "svar"]
    assert len(re.findall(r"(?<!pct)(?<!mv)\.(?= [A-ZÆØÅ]|$)", answer[0])) <= 5
    # With targets and remarks, on the closer setting; a page with a row for each municipality weighs more.
    told = {"attached": ["6 files for 5 tables"]}
    folder = place / "reports" / "2027" / TALKATIVE.slug / f"status-{SECOND}"
    assert pdf_rules.broken_rules((folder / "status.pdf").read_bytes()) == told
    page = (folder / "status.html").read_text(encoding="utf-8")
    assert html_rules.broken_rules(page).keys() == {"weight"}


@pytest.mark.chromium
@pytest.mark.parametrize("slug", ["laesoe", TALKATIVE.slug])
def test_axe_finds_nothing(place: Path, chromium: Browser, slug: str) -> None:
    file = place / "reports" / "2027" / slug / f"status-{SECOND}" / "status.html"
    assert page_faults(chromium, file, View(), View(320)) == []


@pytest.mark.thorough
def test_all_98_municipalities_have_every_bilag_and_ten_both_editions(tmp_path: Path) -> None:
    """One copy, no key; the ten have an edition of the quarter before besides."""
    copy = empty_copy(tmp_path / "alle")
    with serving(Sources(jobindsats={})) as running:
        done(copy, running, "fetch", "--source", "statbank")
        assert run_here(copy, "new", "alle", "2027").returncode == 0
        later = tmp_path / "senere"
        later.mkdir()
        every = sorted(one.slug for one in kommuner())
        others = [slug for slug in every if slug not in TEN]
        for slug in others:
            (copy / "params" / slug).rename(later / slug)
        done(copy, running, "build", "--bilag", "status", "--periode", FIRST)
        revise(running.statbank)
        done(copy, running, "fetch", "--source", "statbank")
        for slug in others:
            (later / slug).rename(copy / "params" / slug)
        for slug in every:
            set_target(copy, slug, "sygedagpenge_mv", "sygedagpenge mv.")
        done(copy, running, "build")
        built = {f"status-{FIRST}": TEN, f"status-{SECOND}": every}
        for what, slugs in (built | {"maalgrupper": every, "resultatmaal": every}).items():
            found = {path.parts[-2] for path in copy.glob(f"reports/2027/*/{what}")}
            assert found == {*slugs}, what
        for slug in every:
            assert wrong(copy, running.statbank, slug) == []
            assert pages(copy, slug) <= MOST_PAGES
            assert wrong_cells(copy, running.statbank, slug) == []
            text = followed_page(copy, slug)
            assert [one for one in followed_numbers(running, slug) if one not in text] == [], slug
        for slug in TEN:
            check_changes(copy, running.statbank, slug)
        assert sum(len(cells) for slug in every for *_, cells in rows_of(copy, slug)) == 98 * 3 * (
            17 * 4 + 5 + 4
        )
        assert faults(copy) == []
