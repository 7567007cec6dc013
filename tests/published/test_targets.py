"""Every target of the seed documents stands in a built page with its level, direction and deadline."""

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import html

from beskplan.core.danish import format_number
from beskplan.params.jobs import Job
from beskplan.proof.pdf_text import read_pdf
from tests.conftest import cases

CASES = cases("targets")

pytestmark = pytest.mark.shared

JOBS = {
    "000_alleroed_2019": Job(2019, "alleroed", "resultatmaal"),
    "001_alleroed_2017": Job(2017, "alleroed", "resultatmaal"),
    "003_taarnby_2017": Job(2017, "taarnby", "resultatmaal"),
    "004_rudersdal_2021": Job(2021, "rudersdal", "resultatmaal"),
}
SAID = CASES["said"]
"""The plan's own count of its targets, and what can be said of them."""
KNOWN = CASES["known"]
"""Where we are, and what else the row says, for every target of which the plan prints a number."""
ASKED: dict[str, str] = CASES["asked"]
"""What a row of the overview must ask for, by the kind of the published target."""

Row = dict[str, str]


def asked(target: Row) -> str:
    """The level and direction that the page must print for a published target."""
    value = Decimal(target["value"]) if target["value"] else None
    kind = target["kind"]
    if kind == "level_max" and value is None:
        return "under niveauet i 2016"
    if kind == "qualitative_process" and value is not None:
        return "100 pct. (alle)"
    decimals = max(0, -int(value.normalize().as_tuple().exponent)) if value is not None else 0
    text = ASKED[kind].format(
        noun="stigning" if value is not None and value > 0 else "fald",
        size=format_number(abs(value), decimals) if value is not None else "",
        unit=target["unit"].removesuffix(" pr. måned"),
        baseline=target["baseline_period"].partition(" ")[0],
        others="Rudersdal og Hørsholm",
    )
    return text.replace("1 uger", "1 uge")


def deadlines(target: Row) -> set[str]:
    """The published deadline, and the ways in which the page may say the same."""
    if target["kind"] == "follow_up_count":
        return {"marts 2021"}
    parts = {part.strip() for part in re.split(r"[(),]", target["deadline"]) if part.strip()}
    said = {re.sub(r"udgangen af (?=\d{4})", "december ", part) for part in parts}
    return said | {f"hver måned i {target['plan_year']}"} if "hver måned" in said else said


MISPRINTS = {"kontaktførløb.": "kontaktforløb.)"}
"""A slip of letters in the plan that its quotation on the page does not repeat."""


def plain(text: str) -> str:
    return " ".join(re.sub(r"\[note \d+\]", "", text).split())


def name_of(target: Row, document: str) -> str:
    """How a row begins: the plan's number, where it has one."""
    return "" if document.startswith("004") else target["target_id"].partition("_R")[2] + " "


def wrong(rows: list[list[str]], targets: list[Row], document: str) -> list[str]:
    """Every target whose row of the overview does not say what was published."""
    if len(rows) != len(targets):
        return [f"{len(rows)} rows for {len(targets)} targets"]
    faults = []
    for at, target in enumerate(targets):
        name = name_of(target, document)
        row = next(row for row in rows if row[0].startswith(name)) if name else rows[at]
        if not row[2].startswith(asked(target)):
            faults.append(f"{target['target_id']}: {row[2]!r} for {asked(target)!r}")
        if not any(part in row[2] for part in deadlines(target)):
            faults.append(f"{target['target_id']}: {row[2]!r} for {target['deadline']!r}")
        now, *rest = KNOWN.get(target["target_id"], ("intet tal",))
        if row[1] != now or not all(part in f"{row[2]} {row[3]}" for part in rest):
            faults.append(f"{target['target_id']}: {row[1:4]} for {now!r} {rest}")
    return faults


@pytest.fixture(scope="module")
def targets(shared: Path) -> dict[str, list[Row]]:
    """The published targets by document, in print order."""
    text = (shared / "published" / "targets.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
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


def test_every_target_stands_in_the_overview_with_number_level_direction_and_deadline(
    document: str, folder: Path, rows: list[list[str]], targets: dict[str, list[Row]]
) -> None:
    assert wrong(rows, targets[document], document) == []
    tables = read_pdf((folder / "resultatmaal.pdf").read_bytes()).tables
    in_pdf = [[plain(cell) for cell in row] for row in tables[0][1:]]
    assert wrong(in_pdf, targets[document], document) == []


def test_the_count_is_the_plans_own_and_the_boxes_are_those_of_the_table(
    document: str, page: html.HtmlElement, rows: list[list[str]]
) -> None:
    assert SAID[document] in plain(page.text_content())
    boxes = {
        item.findtext("dt"): int(item.findtext("dd"))
        for item in page.xpath("//section[@class='noegletal']//dl/div")
    }
    for word, number in boxes.items():
        says = rf"(^|\(){word}\)?$"
        assert sum(bool(re.search(says, row[3], re.IGNORECASE)) for row in rows) == number, word
    counted = sum(boxes.values())
    assert counted == {"000": 14, "001": 14, "003": 10, "004": 11}[document[:3]]


def test_every_target_stands_on_the_page_in_the_plans_own_words(
    document: str, page: html.HtmlElement, targets: dict[str, list[Row]]
) -> None:
    text = plain(page.text_content())
    letters = re.sub(r"\W", "", text).casefold()

    def stands(words: str) -> bool:
        """Quoted; or, of a target that says what its goal or name says, in those."""
        for wrong, right in MISPRINTS.items():
            words = words.replace(wrong, right)
        bare = re.sub(r"^(?:Mål \d+: |Antallet af )", "", words)
        there = re.sub(r"\W", "", plain(bare)).casefold() in letters
        return f"»{plain(words)}«" in text or (bare != words and there)

    missing = [r["target_id"] for r in targets[document] if not stands(r["target_text"])]
    assert missing == []
    for words in ("atagrundlag", "Demodata", "som ovenfor", "ikke opgjort", "delmål i teksten"):
        assert words not in text


@pytest.mark.parametrize(("old", "new", "faults"), CASES["a_changed_number_direction_or_deadline"])
def test_a_changed_number_direction_or_deadline_is_found(
    old: str,
    new: str,
    faults: int,
    build_report: Callable[[Job], Path],
    targets: dict[str, list[Row]],
) -> None:
    name = "001_alleroed_2017"
    tree = html.parse(build_report(JOBS[name]) / "resultatmaal.html").getroot()
    changed = [
        [plain(cell.text_content()).replace(old, new) for cell in row]
        for row in tree.xpath("//div[@id='tabel-resultatmaal']//tbody/tr")
    ]
    assert len(wrong(changed, targets[name], name)) == faults
