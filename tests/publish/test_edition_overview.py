"""The page of an edition: all municipalities side by side, from what was approved and nothing else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from playwright.sync_api import Browser, Page

from beskplan.params.jobs import Job, Workplace
from beskplan.publish.site import Site, make_site
from beskplan.publish.trail import Trail
from tests.publish.synthetic import (
    BENEFITS,
    put_editions,
    put_report,
    scoreboard,
    table,
)
from tests.publish.test_catalogue_site import approve_as_is, dead_links, release_as_is

PAGE = "udgaver/status-2026K3.html"
MEASURES = {"pct": 1, "andel": 2}
"""Id of each table, and the cell of the scoreboard that it shows."""
Shown = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The third quarter of every municipality published, the second only built."""
    place = Workplace(tmp_path_factory.mktemp("oversigt"))
    put_editions(place, "2026K2", most=3)
    for job in put_editions(place):
        release_as_is(place, job)
    return place


@pytest.fixture
def place(released: Workplace, tmp_path: Path) -> Workplace:
    return Workplace(shutil.copytree(released.root, tmp_path / "kopi"))


def site_of(place: Workplace, *, drafts: bool = False) -> Site:
    return make_site(place, Trail(place.reports).events(), drafts=drafts)


def shown(site: Site, path: str = PAGE) -> Shown:
    """Cells by table and municipality, as they are printed."""
    tree = lxml.html.document_fromstring(site.pages[path].decode())
    found: Shown = {}
    for one in tree.xpath("//table"):
        (region,) = one.xpath("ancestor::div[@role='region']/@aria-labelledby")
        rows = found.setdefault(region.removesuffix("-titel"), {})
        for row in one.xpath("./tbody/tr"):
            name, *cells = [cell.text_content().strip() for cell in row]
            rows[name] = cells
    return found


def test_every_cell_is_what_the_municipality_itself_prints(released: Workplace) -> None:
    found = shown(site_of(released))
    assert found.keys() == MEASURES.keys()
    for measure, place_of_cell in MEASURES.items():
        assert len(found[measure]) == 98
        for number, (name, cells) in enumerate(found[measure].items()):
            hidden = BENEFITS[5:7] if name in ("Fanø", "Læsø", "Samsø", "Ærø") else ()
            own = [row[2][place_of_cell][0] for row in scoreboard(number, hidden)["rows"]]
            assert cells == ([*own[:-1], "-"] if number == 3 else own), name


def test_a_withheld_number_is_its_word_and_in_no_other_place(released: Workplace) -> None:
    content = site_of(released).pages[PAGE].decode()
    found = shown(site_of(released))
    for measure in MEASURES:
        assert found[measure]["Læsø"][5:7] == ["fortroligt"] * 2
        assert "fortroligt" not in found[measure]["Odense"]
    said = " ".join(lxml.html.document_fromstring(content).xpath("//main//p/text()"))
    assert said.count("»fortroligt«: tallet er så lille") == 1
    assert "»ikke opgjort«" not in said
    # Nothing but the printed cells: no value for the script, no total, no rank.
    tree = lxml.html.document_fromstring(content)
    assert tree.xpath("//table//*[@*[starts-with(name(), 'data-')]]") == []
    assert tree.xpath("//tfoot") == []


def test_only_what_is_published_is_shown(place: Workplace) -> None:
    first, second, third, fourth = (
        Job(2026, slug, "status", "2026K3")
        for slug in ("albertslund", "alleroed", "assens", "ballerup")
    )
    board = scoreboard(90)
    # Built anew and not approved: readers keep the numbers that were.
    put_report(place, first, kode="165", tables=[board], title="Status", periode="2026K3")
    approve_as_is(place, second, what="trukket", reason="Forkert tal")
    put_report(place, third, kode="420", tables=[table()], title="Status", periode="2026K3")
    release_as_is(place, third)
    put_report(
        place, fourth, kode="151", tables=[board], title="Status", periode="2026K3", demo=True
    )
    region = Job(2026, "rar-fyn", "status", "2026K3")
    put_report(place, region, kode="rar-fyn", tables=[board], title="Status", periode="2026K3")
    release_as_is(place, region)
    site = site_of(place)
    found = shown(site)["pct"]
    assert "RAR Fyn" not in found
    assert found["Albertslund"] == [row[2][1][0] for row in scoreboard(0)["rows"]]
    assert {"Allerød", "Assens"}.isdisjoint(found)
    # They are named below, with their status.
    text = lxml.html.document_fromstring(site.pages[PAGE].decode()).xpath("string(//main)")
    assert "Ikke i tabellerne" in text
    assert "Trukket tilbage" in text
    assert "96 kommuner." in text
    assert "Status, 3. kvartal 2026, RAR Fyn" in text
    assert "udgaver/status-2026K2.html" not in site.pages
    # The internal catalogue has what was built last, and says so.
    drafts = shown(site_of(place, drafts=True))["pct"]
    assert any(name.startswith("Albertslund") and "Udkast" in name for name in drafts)
    assert not any(name.startswith("Ballerup") for name in drafts)


@pytest.mark.parametrize("aar", [2025, 2027])
def test_of_a_period_under_two_plans_the_later_plans_edition_is_shown(
    place: Workplace, aar: int
) -> None:
    other = Job(aar, "albertslund", "status", "2026K3")
    board = scoreboard(90)
    put_report(place, other, kode="165", tables=[board], title="Status", periode="2026K3")
    release_as_is(place, other)
    page = lxml.html.document_fromstring(site_of(place).pages[PAGE].decode())
    for region in page.xpath("//table"):
        rows = [row for row in region.xpath("./tbody/tr") if "Albertslund" in row.text_content()]
        assert len(rows) == 1
    shown_board = board if aar == 2027 else scoreboard(0)
    own = [row[2][1][0] for row in shown_board["rows"]]
    assert shown(site_of(place))["pct"]["Albertslund"] == own


def test_the_other_pages_lead_to_editions_and_count_no_plan_twice(place: Workplace) -> None:
    plan = Job(2026, "albertslund", "maalgrupper")
    put_report(place, plan, kode="165")
    release_as_is(place, plan)
    second = Job(2026, "albertslund", "status", "2026K2")
    release_as_is(place, second)
    site = site_of(place)
    assert dead_links(site) == []
    html = {name: one.decode() for name, one in site.pages.items() if name.endswith(".html")}
    pages = {name: lxml.html.document_fromstring(text) for name, text in html.items()}
    listed = pages["index.html"].xpath("//section[@aria-labelledby='udgaver']//a/@href")
    assert listed == [PAGE, "udgaver/status-2026K2.html"]
    assert pages["index.html"].xpath("//section[@aria-labelledby='planaar']//a/text()") == [
        "Planår 2026"
    ]
    heads = pages["bilag/status.html"].xpath("//thead//th/text()")
    assert heads == ["Kommune", "3. kvartal 2026", "2. kvartal 2026"]
    heads = pages["aar/2026.html"].xpath("//thead//th/text()")
    assert heads == ["Kommune", "Udviklingen i målgrupperne"]
    own = pages["kommuner/albertslund.html"].xpath("//a[@class='navn']/text()")
    assert [text.strip() for text in own] == [
        "Status, 3. kvartal 2026",
        "Status, 2. kvartal 2026",
        "Udviklingen i målgrupperne",
    ]
    links = pages[f"{second.id}/index.html"].xpath("//a/@href")
    assert "../../../udgaver/status-2026K2.html" in links
    heading = pages[f"{second.id}/index.html"].xpath("string(//h1)")
    assert heading == "Status, 2. kvartal 2026: Albertslund Kommune"


def test_key_figures_of_the_years_are_those_of_the_plans_years(place: Workplace) -> None:
    """An edition's plan year has a heading of its own and no column without figures."""
    for aar in (2024, 2025):
        put_report(place, Job(aar, "albertslund", "maalgrupper"), kode="165")
        release_as_is(place, Job(aar, "albertslund", "maalgrupper"))
    page = lxml.html.document_fromstring(site_of(place).pages["kommuner/albertslund.html"].decode())
    assert page.xpath("//thead//th/text()") == ["Nøgletal", "Planår 2024", "Planår 2025"]
    assert [len(row) for row in page.xpath("//tbody/tr")] == [3]
    assert page.xpath("//h2/text()")[1:] == ["Planår 2026", "Planår 2025", "Planår 2024"]


def test_months_and_quarters_stand_in_order_of_time_on_every_page(place: Workplace) -> None:
    for periode in ("2026M08", "2026M09", "2026M10"):
        job = Job(2026, "albertslund", "status", periode)
        put_report(place, job, kode="165", tables=[scoreboard(0)], title="Status", periode=periode)
        release_as_is(place, job)
    site = site_of(place)
    assert dead_links(site) == []
    newest_first = ["oktober 2026", "september 2026", "3. kvartal 2026", "august 2026"]
    pages = {
        name: lxml.html.document_fromstring(one)
        for name, one in site.pages.items()
        if "." in name and name.endswith("html")
    }
    heads = pages["bilag/status.html"].xpath("//thead//th/text()")
    assert [text.casefold() for text in heads] == ["kommune", *newest_first]
    own = pages["kommuner/albertslund.html"].xpath("//a[@class='navn']/text()")
    assert [text.strip() for text in own] == [f"Status, {text}" for text in newest_first]
    listed = pages["index.html"].xpath("//section[@aria-labelledby='udgaver']//a/text()")
    assert [text.strip() for text in listed] == [f"Status, {text}" for text in newest_first]


def test_a_folder_with_no_right_period_is_told_and_the_others_are_shown(place: Workplace) -> None:
    put_report(place, Job(2026, "albertslund", "status", "2026K9"), kode="165", title="Status")
    site = site_of(place, drafts=True)
    assert [problem.where for problem in site.problems] == ["2026/albertslund/status-2026K9"]
    assert "2026K9" in site.problems[0].found
    assert len(shown(site)["pct"]) == 98


@pytest.fixture
def opened(chromium: Browser, released: Workplace, tmp_path: Path) -> Iterator[Page]:
    (tmp_path / "side.html").write_bytes(site_of(released).pages[PAGE])
    page = chromium.new_page()
    page.goto((tmp_path / "side.html").as_uri())
    yield page
    page.close()


def order(page: Page, place: int = 0) -> list[str]:
    return page.locator(f"#pct ~ .matrix tbody tr > :nth-child({place + 1})").all_inner_texts()


@pytest.mark.chromium
def test_the_tables_are_sorted_by_what_is_printed_and_words_stand_last(opened: Page) -> None:
    by_name = order(opened)
    head = opened.locator("#pct ~ .matrix thead th")
    assert (by_name[0], by_name[-1]) == ("Albertslund", "Aarhus")
    assert head.nth(0).get_attribute("aria-sort") == "ascending"
    assert opened.locator("#sorter").is_visible()
    place = 1 + BENEFITS.index("Ressourceforløb")
    button = head.nth(place).get_by_role("button")
    for key, direction in (("Enter", "ascending"), (" ", "descending")):
        button.press(key)
        texts = order(opened, place)
        numbers = [int(text.removesuffix(" %")) for text in texts if text != "fortroligt"]
        assert texts[-4:] == ["fortroligt"] * 4
        assert numbers == sorted(numbers, reverse=direction == "descending")
        assert head.nth(place).get_attribute("aria-sort") == direction
        assert head.nth(0).get_attribute("aria-sort") is None
    # Rows stay whole, and the other table as it was.
    assert sorted(order(opened)) == sorted(by_name)
    head.nth(0).get_by_role("button").click()
    assert order(opened) == by_name


@pytest.mark.chromium
def test_without_script_every_number_is_there(
    chromium: Browser, released: Workplace, tmp_path: Path
) -> None:
    (tmp_path / "side.html").write_bytes(site_of(released).pages[PAGE])
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "side.html").as_uri())
    assert len(order(page)) == 98
    assert page.locator("button").count() == 0
    assert page.locator("#sorter").is_hidden()
    context.close()
