"""The matrix of the plans for 2018 in RAR Hovedstaden, read back from the built HTML and PDF."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from beskplan.blocks.text.language import number_word
from beskplan.core.danish import list_danish
from beskplan.params.jobs import Job
from beskplan.params.models import read
from beskplan.proof.pdf_text import read_pdf
from beskplan.registers.areas import find
from beskplan.report.rar_oversigt import NONE_TEXT

GOALS = 5


@pytest.fixture(scope="module")
def folder(build_report: Callable[[Job], Path]) -> Path:
    return build_report(Job(2018, "rar-hovedstaden", "rar_oversigt"))


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    return html.parse(folder / "rar_oversigt.html").getroot()


@pytest.fixture(scope="module")
def html_rows(page: html.HtmlElement) -> list[list[str]]:
    table = page.xpath("//main//table[not(ancestor::details)]")[0]
    return [[cell.text_content().strip() for cell in row] for row in table.xpath("./tbody/tr")]


@pytest.fixture(scope="module")
def marks(shared: Path) -> dict[str, list[str]]:
    """The published marks by jobcentre, as the register names it; empty cells as the page shows them."""
    path = shared / "published" / "tables" / "002_T2.csv"
    rows: dict[str, list[str]] = {}
    for cell in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        if cell["unit"] != "tekst":
            text = cell["published_text"] or NONE_TEXT
            rows.setdefault(find(cell["row"]).navn, []).append(text)
    return rows


def differences(found: list[list[str]], wanted: dict[str, list[str]]) -> list[str]:
    mine = {row[0]: row[1 : GOALS + 1] for row in found if not row[0].startswith("I alt")}
    if set(mine) != set(wanted):
        return [f"other jobcentres: {sorted(set(mine) ^ set(wanted))}"]
    return [
        f"{name}: {mine[name]} instead of {wanted[name]}"
        for name in mine
        if mine[name] != wanted[name]
    ]


@pytest.mark.shared
def test_every_mark_of_the_html_equals_what_was_published(
    html_rows: list[list[str]], marks: dict[str, list[str]]
) -> None:
    assert len(marks) == 26
    assert differences(html_rows, marks) == []


@pytest.mark.shared
def test_every_mark_of_the_pdf_equals_what_was_published(
    folder: Path, marks: dict[str, list[str]]
) -> None:
    tables = read_pdf((folder / "rar_oversigt.pdf").read_bytes()).tables
    assert differences(tables[0][1:], marks) == []


@pytest.mark.shared
def test_a_mark_too_many_is_found(html_rows: list[list[str]], marks: dict[str, list[str]]) -> None:
    changed = [list(row) for row in html_rows]
    changed[0][2] = "X"
    assert len(differences(changed, marks)) == 1


@pytest.mark.shared
def test_the_totals_count_the_marks(
    html_rows: list[list[str]], marks: dict[str, list[str]]
) -> None:
    for row, mark in zip(html_rows[-2:], ("X", "(X)"), strict=True):
        counts = [sum(texts[goal] == mark for texts in marks.values()) for goal in range(GOALS)]
        assert [int(text) for text in row[1:]] == [*counts, sum(counts)]
    for row in html_rows[:-2]:
        assert int(row[-1]) == row[1:-1].count("X")


def test_the_points_give_the_count_beside_the_word(page: html.HtmlElement) -> None:
    text = " ".join(page.text_content().split())
    assert "Omtrent to tredjedele af jobcentrene (17 af 26) har kvantificeret målet" in text
    assert (
        "Omtrent en fjerdedel af jobcentrene (7 af 26) har kvantificeret målet, og syv jobcentre har "
        "beskrevet" in text
    )


SUMMARY = re.compile(
    r"(?P<all>\w+) jobcentre har et resultatniveau for alle fem mål: (?P<names>[^.]+)\. "
    r"(?P<none>\w+) har ingen\. "
    r"Flest planer \((?P<many>\d+) af (?P<total>\d+)\) har et resultatniveau for mål (?P<most>\d) "
    r"\(»(?P<most_name>[^«]+)«\), og færrest \((?P<few>\d+) af \d+\) for mål (?P<least>\d) "
    r"\(»(?P<least_name>[^«]+)«\)\. "
    r"(?P<handicap>\w+) af \d+ planer nævner indsatsen for borgere med handicap\."
)


def untrue(
    summary: str, rows: list[list[str]], handicap: int, names_of: tuple[str, ...]
) -> list[str]:
    """What the summary says and the tables do not."""
    said = SUMMARY.fullmatch(summary)
    assert said is not None, summary
    plans, goals = rows[:-2], [int(text) for text in rows[-2][1 : GOALS + 1]]
    most, least = goals.index(max(goals)), goals.index(min(goals))
    names = [row[0] for row in plans if row[-1] == str(GOALS)]
    table = {
        "all": number_word(len(names)),
        "names": list_danish(names),
        "none": number_word(sum(row[-1] == "0" for row in plans)),
        "most": str(most + 1),
        "most_name": names_of[most],
        "many": str(max(goals)),
        "total": str(len(plans)),
        "least": str(least + 1),
        "least_name": names_of[least],
        "few": str(min(goals)),
        "handicap": number_word(handicap),
    }
    return [key for key in table if said[key].casefold() != table[key].casefold()]


def test_the_summary_is_right_against_its_tables(
    root: Path, page: html.HtmlElement, html_rows: list[list[str]]
) -> None:
    goals = read("rar-hovedstaden", 2018, root).ministermaal
    (told,) = page.xpath("//h2[@id='det-vigtigste']/following-sibling::p[1]")
    summary = " ".join(told.text_content().split())
    handicap = len(page.xpath("//table[contains(caption, 'handicap')]/tbody/tr"))
    assert untrue(summary, html_rows, handicap, goals) == []
    for right, wrong in (
        ("Seks", "Syv"),
        ("Egedal, ", "Egedal, Herlev, "),
        ("Ni har", "Otte har"),
        ("for mål 1", "for mål 2"),
        (goals[0], goals[1]),
        ("17 af", "16 af"),
        ("for mål 5", "for mål 4"),
        (goals[4], goals[3]),
        ("Ni af", "Ti af"),
    ):
        assert right in summary
        assert untrue(summary.replace(right, wrong), html_rows, handicap, goals) != []


def test_joint_jobcentres_stand_once(html_rows: list[list[str]]) -> None:
    names = [row[0] for row in html_rows]
    assert names.count("Tårnby-Dragør") == names.count("Ishøj-Vallensbæk") == 1
    assert not {"Tårnby", "Dragør", "Ishøj", "Vallensbæk"} & set(names)


def test_nine_plans_mention_handicap_and_the_params_agree_on_the_schemes(
    root: Path, page: html.HtmlElement
) -> None:
    assert "(9 af 26) nævner indsatsen for borgere med handicap" in " ".join(
        page.text_content().split()
    )
    params = read("rar-hovedstaden", 2018, root).rar_oversigt
    assert params is not None
    flagged = {kode for kode, plan in params.jobcentre.items() if plan.kompenserende_ordninger}
    theme = next(one for one in params.temaer["udsatte"] if one.nr == 14)
    assert set(theme.udsagn[0].jobcentre) == flagged


@pytest.mark.shared
def test_every_jobcentre_that_the_overview_names_under_a_theme_is_named_on_the_page(
    shared: Path, page: html.HtmlElement
) -> None:
    rows = {
        row.xpath("string(./th)").split(".")[0].strip(): row.xpath("string(./td)")
        for table in page.xpath("//main//table[not(ancestor::details)]")
        for row in table.xpath("./tbody/tr")
    }
    named = ("Herlev", "Hørsholm", "Gribskov", "Furesø", "Rødovre", "Egedal", "Hillerød", "Brøndby")
    path = shared / "published" / "tables" / "002_T1.csv"
    themes = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    checked = 0
    for theme in themes:
        number = theme["row"].split(".")[0]
        for name in named:
            if name in theme["published_text"]:
                assert name in rows[number], theme["row"]
                checked += 1
    assert checked > 10
