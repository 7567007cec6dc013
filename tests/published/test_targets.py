"""Every target of the seed documents stands in a built page with its level, direction and deadline."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from beskplan.core.numbers import format_number
from beskplan.params.jobs import Job
from beskplan.proof.pdf_text import pdf_tables

pytestmark = pytest.mark.shared

JOBS = {
    "000_alleroed_2019": Job(2019, "alleroed", "resultatmaal"),
    "001_alleroed_2017": Job(2017, "alleroed", "resultatmaal"),
    "002_rar_hovedstaden_2018": Job(2018, "rar-hovedstaden", "resultatmaal"),
    "003_taarnby_2017": Job(2017, "taarnby", "resultatmaal"),
    "004_rudersdal_2021": Job(2021, "rudersdal", "resultatmaal"),
}
TARGETS = 78
ASKED = {
    "relative_change": "{noun} på {size} pct.",
    "absolute_change": "{noun} på {size} {unit}",
    "pp_change": "{noun} på {size} procentpoint",
    "level_max": "højst {size} {unit}",
    "level_min": "mindst {size} {unit}",
    "level_exact": "på niveauet i {baseline}",
    "share_max": "højst {size} pct.",
    "share_min": "mindst {size} pct.",
    "share_exact": "{size} pct.",
    "rate_per_month": "mindst {size} pct. pr. måned",
    "count_per_month": "mindst {size} {unit}",
    "count_in_year_min": "mindst {size} {unit}",
    "deadline_months_max": "højst {size} måneder",
    "benchmark_min": "mindst som landsgennemsnittet",
    "benchmark_relative": "som {others} eller bedre",
    "direction_down": "skal falde",
    "follow_up_count": "fastsættes på Erhvervsudvalgets møde i marts 2021",
    "forecast": "forventet {size} {unit}",
    "qualitative_process": "kvalitativt mål",
    "named_only": "intet niveau",
}
"""What a row of the overview must ask for, by the kind of the published target."""
SINGULAR = {"1 uger": "1 uge"}

Row = dict[str, str]


def asked(target: Row) -> str:
    """The level and direction that the page must print for a published target."""
    value = Decimal(target["value"]) if target["value"] else None
    kind = target["kind"]
    if kind == "level_max" and value is None:
        return "under niveauet i 2016"
    if kind == "qualitative_process" and value is not None:
        return "100 pct. (alle)"
    if kind == "named_only" and value is not None:
        return f"{value} mål uden angivet niveau"
    decimals = max(0, -int(value.normalize().as_tuple().exponent)) if value is not None else 0
    size = format_number(abs(value), decimals) if value is not None else ""
    text = ASKED[kind].format(
        noun="stigning" if value is not None and value > 0 else "fald",
        size=size,
        unit=target["unit"].removesuffix(" pr. måned"),
        baseline=target["baseline_period"].partition(" ")[0],
        others="Rudersdal og Hørsholm",
    )
    text = text.replace("1 uger", "1 uge")
    return f"{text} pr. måned" if kind == "count_per_month" else text


def deadlines(target: Row) -> set[str]:
    """The published deadline, and the ways in which the page may say the same."""
    parts = {part.strip() for part in re.split(r"[(),]", target["deadline"]) if part.strip()}
    said = {re.sub(r"udgangen af (?=\d{4})", "december ", part) for part in parts}
    return said | {f"hver måned i {target['plan_year']}"} if "hver måned" in said else said


def plain(text: str) -> str:
    return " ".join(re.sub(r"\[note \d+\]", "", text).split())


def wrong(found: list[list[str]], targets: list[Row]) -> list[str]:
    """Every target whose row of the overview does not say what was published."""
    if len(found) != len(targets):
        return [f"{len(found)} rows for {len(targets)} targets"]
    faults = []
    for row, target in zip(found, targets, strict=True):
        if plain(row[1]) != asked(target):
            faults.append(f"{target['target_id']}: {plain(row[1])!r} for {asked(target)!r}")
        if not any(part in row[2] for part in deadlines(target)):
            faults.append(f"{target['target_id']}: {row[2]!r} for {target['deadline']!r}")
        value = target["baseline_value"]
        if value and format_number(value, 1 if "," in row[3] else 0) not in row[3]:
            faults.append(f"{target['target_id']}: baseline {row[3]!r} for {value!r}")
    return faults


@pytest.fixture(scope="module")
def targets(shared: Path) -> dict[str, list[Row]]:
    """The published targets by document, in print order."""
    text = (shared / "published" / "targets.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == TARGETS
    return {name: [row for row in rows if row["document"] == name] for name in JOBS}


@pytest.fixture(scope="module", params=list(JOBS))
def document(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(document: str, build_report: Callable[[Job], Path]) -> Path:
    return build_report(JOBS[document])


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    return html.parse(folder / "resultatmaal.html").getroot()


@pytest.fixture(scope="module")
def rows(page: html.HtmlElement) -> list[list[str]]:
    return [
        [plain(cell.text_content()) for cell in row]
        for row in page.xpath("//div[@id='tabel-resultatmaal']//tbody/tr")
    ]


def test_every_target_stands_in_the_overview_with_level_direction_and_deadline(
    document: str, rows: list[list[str]], targets: dict[str, list[Row]]
) -> None:
    assert wrong(rows, targets[document]) == []


def test_the_pdf_says_the_same(document: str, folder: Path, targets: dict[str, list[Row]]) -> None:
    tables = pdf_tables((folder / "resultatmaal.pdf").read_bytes())
    overview = [[plain(cell) for cell in row] for row in tables[0][1:]]
    assert wrong(overview, targets[document]) == []


def test_every_target_stands_in_a_section_in_the_plans_own_words(
    document: str, page: html.HtmlElement, targets: dict[str, list[Row]]
) -> None:
    text = plain(page.text_content())
    missing = [
        row["target_id"]
        for row in targets[document]
        if f"»{plain(row['target_text'])}«" not in text
    ]
    assert missing == []


def test_made_up_figures_say_so_and_real_ones_do_not(page: html.HtmlElement) -> None:
    for figure in page.xpath("//figure"):
        made_up = "Kilde: Demodata, dannet af beskplan" in figure.text_content()
        assert bool(figure.xpath("./p[@class='demo']")) is made_up


@pytest.mark.parametrize(
    ("old", "new"),
    [("højst 12,5 pct.", "højst 12,6 pct."), ("højst 12,5 pct.", "mindst 12,5 pct.")],
)
def test_a_changed_level_or_direction_is_found(
    old: str, new: str, build_report: Callable[[Job], Path], targets: dict[str, list[Row]]
) -> None:
    tree = html.parse(build_report(JOBS["001_alleroed_2017"]) / "resultatmaal.html").getroot()
    found = [
        [plain(cell.text_content()) for cell in row]
        for row in tree.xpath("//div[@id='tabel-resultatmaal']//tbody/tr")
    ]
    changed = [[cell.replace(old, new) for cell in row] for row in found]
    assert wrong(changed, targets["001_alleroed_2017"]) == [f"001_R5.1: {new!r} for {old!r}"]
    later = [[cell.replace("december 2017", "december 2018") for cell in row] for row in found]
    assert len(wrong(later, targets["001_alleroed_2017"])) == 3
