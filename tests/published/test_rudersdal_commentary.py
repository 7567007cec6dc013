"""What Rudersdal's page says in words, held against the tables of the same built page.

Numbers, areas, periods and words of direction are read back out of the HTML on both sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import html

from beskplan.core.numbers import parse_number
from beskplan.core.periods import MONTHS, Period, month
from beskplan.indicators.quantities import Movement, Quantity, absolute_change
from beskplan.registers.areas import find
from tests.unit.claims import disagreements, parse_claims


@dataclass(frozen=True)
class Read:
    """One section as a reader sees it: its words, and its table as movements."""

    text: str
    own: Movement
    references: tuple[Movement, ...]
    before: Period
    now: Period

    @property
    def faults(self) -> list[str]:
        return disagreements(self.text, self.own, self.references, self.before, self.now)


def movement(row: html.HtmlElement) -> Movement:
    head, *cells = (cell.text_content().strip() for cell in row)
    before, now, change_pct, share = (parse_number(cell.replace("%", "").strip()) for cell in cells)
    was, level = (Quantity(number, 0, "fuldtidspersoner") for number in (before, now))
    return Movement(
        area=find(head),
        before=was,
        now=level,
        change=absolute_change(was, level),
        change_pct=Quantity(change_pct, 0, "pct."),
        share=Quantity(share, 1, "pct."),
    )


def period(head: html.HtmlElement) -> Period:
    name, year = re.match(r"(\w+) (\d{4})", head.text_content().strip()).groups()  # type: ignore[union-attr]
    return month(int(year), MONTHS.index(name.lower()) + 1)


def read(section: html.HtmlElement) -> Read:
    table = section.xpath(".//table")[0]
    own, *references = (movement(row) for row in table.xpath("./tbody/tr"))
    heads = table.xpath("./thead//th")
    words = section.xpath("./p[not(@class)][preceding-sibling::div[@class='tabel']]")
    texts = (paragraph.text_content() for paragraph in words)
    text = "\n".join(one for one in texts if not one.startswith("Planens forklaring"))
    return Read(text, own, tuple(references), period(heads[1]), period(heads[2]))


@pytest.fixture(scope="session")
def sections(built_report: Path) -> list[Read]:
    tree = html.parse(built_report / "maalgrupper.html")
    own = tree.xpath("//main//section[./div[@class='tabel'][not(@id='tabel-rettelser')]]")
    return [read(section) for section in own]


@pytest.mark.parametrize("index", range(11))
def test_every_claim_of_the_commentary_holds_in_its_table(sections: list[Read], index: int) -> None:
    section = sections[index]
    assert len(parse_claims(section.text)) >= 3, section.text
    assert section.faults == []


def test_there_are_eleven_sections_in_the_plans_order(sections: list[Read]) -> None:
    assert [section.own.now.text() for section in sections] == [
        "703", "264", "476", "158", "142", "81", "357", "112", "991", "3.313", "229"
    ]  # fmt: skip


def test_the_areas_that_the_plan_swapped_have_their_own_numbers(sections: list[Read]) -> None:
    text = sections[9].text.replace("\u00a0", " ")
    assert "RAR Hovedstaden (13 pct.)" in text
    assert "Østdanmark (11 pct.)" in text


@pytest.mark.parametrize(
    ("index", "right", "wrong"),
    [
        (0, "247", "274"),
        (1, "faldt", "steg"),
        (9, "RAR Hovedstaden (13", "Østdanmark (13"),
        (3, "juni 2020", "juni 2018"),
        (8, "mindre", "større"),
    ],
)
def test_a_wrong_word_or_number_is_found(
    sections: list[Read], index: int, right: str, wrong: str
) -> None:
    section = sections[index]
    assert right in section.text.replace("\u00a0", " ")
    text = section.text.replace("\u00a0", " ").replace(right, wrong)
    changed = Read(text, section.own, section.references, section.before, section.now)
    assert changed.faults != []
