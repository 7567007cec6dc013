"""Tårnby's and Dragør's tables on durations from the plan of 2017, read back from HTML and PDF."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from beskplan.observations import published
from beskplan.params.jobs import Job
from beskplan.proof.pdf_text import read_pdf
from beskplan.registers.indicators import target_group

TABLES = {2: "003_T1", 3: "003_T2", 4: "003_T3"}
"""By where they stand on the page, after the two of full-time persons."""


@pytest.fixture(scope="module")
def folder(build_report: Callable[[Job], Path]) -> Path:
    return build_report(Job(2017, "taarnby", "varighed"))


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    return html.parse(folder / "varighed.html").getroot()


@pytest.fixture(scope="module")
def html_rows(page: html.HtmlElement) -> list[list[list[str]]]:
    tables = page.xpath("//main//table[not(ancestor::details)]")
    return [
        [[cell.text_content().strip() for cell in row] for row in table.xpath("./tbody/tr")]
        for table in tables
    ]


@pytest.fixture(scope="module")
def pdf_rows(folder: Path) -> list[list[list[str]]]:
    return [table[1:] for table in read_pdf((folder / "varighed.pdf").read_bytes()).tables]


def expected(table_id: str) -> dict[str, list[str]]:
    """The plan's numbers by row head, in the order of the points in time."""
    rows: dict[str, list[str]] = {}
    for cell in published.cells(table_id):
        head = "Alle ydelser i gennemsnit"
        if cell.row != "Gennemsnit for alle ydelser":
            head = target_group(cell.row).label
        rows.setdefault(head, []).append(cell.published_text)
    return rows


def differences(found: list[list[str]], table_id: str) -> list[str]:
    wanted, found = expected(table_id), [row for row in found if row[0] != "I alt"]
    if [row[0] for row in found] != list(wanted):
        return [f"{table_id}: other rows {[row[0] for row in found]}"]
    return [
        f"{table_id} {row[0]}: {mine} instead of {theirs}"
        for row in found
        for mine, theirs in zip(row[1 : len(wanted[row[0]]) + 1], wanted[row[0]], strict=True)
        if mine != theirs
    ]


@pytest.mark.parametrize(("index", "table_id"), list(TABLES.items()))
def test_every_cell_of_the_html_equals_what_was_published(
    html_rows: list[list[list[str]]], index: int, table_id: str
) -> None:
    assert differences(html_rows[index], table_id) == []
    assert sum(map(len, expected(table_id).values())) == len(published.cells(table_id))


@pytest.mark.parametrize(("index", "table_id"), list(TABLES.items()))
def test_every_cell_of_the_pdf_equals_what_was_published(
    pdf_rows: list[list[list[str]]], index: int, table_id: str
) -> None:
    assert differences(pdf_rows[index], table_id) == []


def test_a_changed_digit_is_found(html_rows: list[list[list[str]]]) -> None:
    changed = [list(row) for row in html_rows[3]]
    changed[2][4] = "361"
    found = differences(changed, "003_T2")
    assert found == ["003_T2 LAB 2.3 Aktivitetsparate på kontanthjælp: 361 instead of 316"]


@pytest.mark.parametrize(("index", "table_id", "since"), [(3, "003_T2", 2), (4, "003_T3", 2)])
def test_the_changes_are_those_of_the_printed_numbers(
    html_rows: list[list[list[str]]], index: int, table_id: str, since: int
) -> None:
    columns = zip(*expected(table_id).values(), strict=True)
    whole = {"I alt": [str(sum(map(int, column))) for column in columns]}
    for row in html_rows[index]:
        numbers = [int(text) for text in (expected(table_id) | whole)[row[0]]]
        over_all, last_year = (int(text) for text in row[-2:])
        assert over_all == numbers[-1] - numbers[0]
        assert last_year == numbers[-1] - numbers[since]


def test_the_plans_own_statement_on_long_sickness_follows_from_the_table() -> None:
    # "Fra december 2015 frem til ultimo september 2016 er ... forhøjet med 29" (line 386).
    numbers = [int(text) for text in expected("003_T2")["LAB 2.5 Sygedagpengemodtagere"]]
    assert numbers[4] - numbers[2] == 29


WHEN = r"[a-z]+ \d{4}"
LEAD = re.compile(rf"Fra ({WHEN}) til ({WHEN}) .* i (Tårnby|Dragør) Kommune")
WAY = re.compile(
    rf"fra (?P<before>[\d.]+)(?: i (?P<begun>{WHEN}))? til (?P<now>[\d.]*\d)(?: [a-z]+)??"
    rf"(?: i (?P<ended>{WHEN}))?\.?$"
)
VERB = re.compile(r"tredoblet|fordoblet|steg|faldt")
TIMES = {"tredoblet": 3.0, "fordoblet": 2.0}


def untrue(summary: str, page: html.HtmlElement) -> list[str]:
    """The sentences of the summary that no row of the tables of their municipality gives.

    The periods and the municipality stand in an area's first sentence.
    """
    found, shared = [], ("", "", "")
    for sentence in re.split(r"(?<=\.) ", summary):
        lead, hit, verb = LEAD.match(sentence), WAY.search(sentence), VERB.search(sentence)
        shared = (lead[1], lead[2], lead[3]) if lead else shared
        if hit is None or verb is None:
            found.append(sentence)
            continue
        wanted = (hit["begun"] or shared[0], hit["ended"] or shared[1])
        rows = []
        for table in page.xpath("//main//table[not(ancestor::details)]"):
            heads = [
                " ".join(head.text_content().casefold().split())
                for head in table.xpath(".//thead//th")
            ]
            at = [[n for n, head in enumerate(heads) if head == one] for one in wanted]
            if shared[2] in table.xpath("string(./caption)") and all(at):
                cells = (
                    [cell.text_content().strip() for cell in row]
                    for row in table.xpath("./tbody/tr")
                )
                rows += [[row[n] for (n,) in at] for row in cells]
        before, now = (int(hit[one].replace(".", "")) for one in ("before", "now"))
        way = TIMES.get(verb[0])
        right = round(now / before, 1) == way if way else (now > before) is (verb[0] == "steg")
        if not right or [hit["before"], hit["now"]] not in rows:
            found.append(sentence)
    return found


def test_the_summary_is_right_against_its_tables(page: html.HtmlElement) -> None:
    (told,) = page.xpath("//h2[@id='det-vigtigste']/following-sibling::p[1]")
    summary = " ".join(told.text_content().split())
    assert len(re.findall(r"\.(?: |$)", summary)) == 5
    assert untrue(summary, page) == []
    for right, wrong in (
        (" 68 ", " 67 "),
        ("steg", "faldt"),
        ("tredoblet", "fordoblet"),
        ("Dragør", "Tårnby"),
    ):
        assert right in summary
        assert untrue(summary.replace(right, wrong), page) != []


def test_two_systems_are_named_and_not_compared(page: html.HtmlElement) -> None:
    text = " ".join(page.text_content().split())
    assert "Tallene for Tårnby er fra OPUS LIS, og tallene for Dragør er fra Jobindsats.dk." in text
    assert "kan derfor ikke sammenlignes" in text
    for table in page.xpath("//main//table[not(ancestor::details)]"):
        caption = table.xpath("string(./caption)")
        if "Rettelser til planen" in caption:
            continue
        assert ("Tårnby" in caption) != ("Dragør" in caption)


def test_the_sources_are_those_of_each_table(page: html.HtmlElement) -> None:
    kilder = [
        " ".join(node.text_content().split())
        for node in page.xpath("//main//*[starts-with(normalize-space(text()), 'Kilde:')]")
    ]
    assert sum(text.startswith("Kilde: OPUS LIS") for text in kilder) >= 3
    assert sum(text.startswith("Kilde: Jobindsats.dk") for text in kilder) >= 2


def test_groups_that_the_source_lacks_are_named(
    page: html.HtmlElement, html_rows: list[list[list[str]]]
) -> None:
    text = " ".join(page.text_content().split())
    assert re.search(
        r"Planen trykte ikke tal for borgere i ressourceforløb, borgere i jobafklaringsforløb og "
        r"borgere omfattet af integrationsloven i Dragør Kommune",
        text,
    )
    assert len(html_rows[4]) == 7


STAIRS = re.compile(
    r"Staten betaler (\d+) pct\. af ydelsen i (uge 1-\d+) og (\d+) pct\. (fra uge \d+), "
)
GAIN = re.compile(
    r"et gennemsnit på 68 uger, som i september 2016\. Bliver forløbene (.+) kortere, stiger refusionen i "
    r"eksemplet (\S+) procentpoint\."
)


def untrue_of_refusion(summary: str, tables: list[list[list[str]]]) -> list[str]:
    """The numbers of the summary that stand in no row of the page's two tables."""
    (stairs,), (gain,) = STAIRS.findall(summary), GAIN.findall(summary)
    steps = {row[0].casefold(): row[1] for row in tables[0][1:]}
    said = [(stairs[1], f"{stairs[0]}\u00a0%"), (stairs[3], f"{stairs[2]}\u00a0%")]
    wrong = [step for step, rate in said if steps.get(step) != rate]
    if [*gain] not in [[row[0].casefold(), row[1]] for row in tables[1][1:]]:
        wrong.append(gain[0])
    return wrong


def test_the_summary_of_refusion_is_right_against_its_tables(
    build_report: Callable[[Job], Path],
) -> None:
    folder = build_report(Job(2017, "taarnby", "refusion"))
    page = html.parse(folder / "refusion.html").getroot()
    (told,) = page.xpath("//h2[@id='det-vigtigste']/following-sibling::p[1]")
    summary = " ".join(told.text_content().split())
    assert summary.endswith("Planens mål for 2017 er 23 pct., og det kan eksemplet ikke bedømme.")
    tables = read_pdf((folder / "refusion.pdf").read_bytes()).tables
    assert untrue_of_refusion(summary, tables) == []
    for right, wrong in (("80", "40"), ("53", "27"), ("0,5", "0,6"), ("4 uger", "13 uger")):
        assert right in summary
        assert untrue_of_refusion(summary.replace(right, wrong), tables) != []


def test_refusion_shows_the_target_and_the_staircase(build_report: Callable[[Job], Path]) -> None:
    folder = build_report(Job(2017, "taarnby", "refusion"))
    text = " ".join(html.parse(folder / "refusion.html").getroot().text_content().split())
    assert "4 uger kortere, stiger refusionen i eksemplet 0,5 procentpoint" in text
    assert "Planens mål på 23 pct. kan eksemplet ikke bedømme, for det kender ikke" in text
    # A level of the model would be read as what the municipality gets now.
    assert not re.search(r"30,9|295|\(nu\)", text)
    tables = read_pdf((folder / "refusion.pdf").read_bytes()).tables
    rates = [cell.replace("\u00a0", " ") for _, cell, _ in tables[0][1:]]
    assert rates == ["80 %", "40 %", "30 %", "20 %"]
