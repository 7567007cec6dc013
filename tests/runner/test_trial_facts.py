"""What is told of a page: each kind of oddity is seen, and nothing is told of a page without any."""

from __future__ import annotations

from beskplan.blocks.model import (
    Cell,
    Column,
    Header,
    Omitted,
    Prose,
    Row,
    Source,
    SourceList,
    Table,
)
from beskplan.registers.areas import find
from beskplan.render.page import Item, Numbered, Page, Section
from beskplan.runner.trial.facts import Fact, page_facts

SOURCE = (Source(text="Jobindsats.dk"),)
BREAK = "Den 1. juli 2025 blev opgørelsen en anden."


def table(*cells: Cell, label: str = "Læsø", notes: tuple[str, ...] = ()) -> Table:
    columns = [
        Column(id=f"k{n}", label=f"Kolonne {n}", unit="personer") for n, _ in enumerate(cells)
    ]
    return Table(
        id="tal",
        title="Ledige",
        unit="Personer",
        period="juni 2026",
        columns=(Column(id="omraade", label="Område", kind="text"), *columns),
        rows=(Row(label=label, cells=cells),),
        notes=notes,
        sources=SOURCE,
    )


def page(one: Table, *omitted: Omitted, notes: tuple[str, ...] = ()) -> Page:
    header = Header(
        bilag="maalgrupper",
        kommune="Læsø",
        kommune_kode="825",
        afsender="Læsø Kommune",
        aar=2027,
        data_id="x",
        data_text="Tal",
    )
    items: tuple[Item, ...] = (
        Numbered(1, one),
        *(Prose(id=f"n{n}", paragraphs=(text,), role="note") for n, text in enumerate(notes)),
        SourceList(entries=SOURCE, reservations=tuple(one.reason for one in omitted if one.missed)),
    )
    return Page(header, "Målgrupper", (), (Section("tal", "Tal", items),), omitted)


def known(text: str, value: float) -> Cell:
    return Cell(text=text, value=value)


def of_kind(facts: list[Fact], kind: str) -> list[str]:
    return [fact.text for fact in facts if fact.kind == kind]


def test_a_page_without_oddities_tells_its_size_and_its_largest_number() -> None:
    facts = page_facts(page(table(known("12", 12), known("-1.204", -1204))), frozenset())
    assert facts == [
        Fact("siden", "Målgrupper: Læsø Kommune, 2027: 1 tabel og 0 figurer"),
        Fact("største tal", "-1.204 (Tabel 1, Læsø)"),
    ]


def test_cells_without_a_plain_number_are_named_and_counted() -> None:
    hidden = Cell(text="fortroligt", state="withheld")
    absent = Cell(text="ikke opgjort", state="absent")
    own = Cell(text="7", value=7, state="calculated")
    facts = page_facts(page(table(hidden, absent, own, known("3", 3))), frozenset())
    assert of_kind(facts, "fortroligt") == ["Tabel 1, Ledige: 1 af 4 (Læsø: Kolonne 0)"]
    assert of_kind(facts, "ikke opgjort") == ["Tabel 1, Ledige: 1 af 4 (Læsø: Kolonne 1)"]
    assert of_kind(facts, "beregnet") == ["Tabel 1, Ledige: 1 af 4 (Læsø: Kolonne 2)"]
    many = page_facts(page(table(*[hidden] * 6)), frozenset())
    assert of_kind(many, "fortroligt")[0].endswith("Læsø: Kolonne 3 og 2 mere)")
    assert of_kind(many, "største tal") == []


def test_what_a_reader_misses_is_told_once_for_each_reason() -> None:
    gone = [Omitted(id=name, reason="Der er for få tal.") for name in ("et", "to")]
    unseen = Omitted(id="noter", reason="Der er ingen forbehold.", missed=False)
    facts = page_facts(page(table(known("3", 3)), *gone, unseen), frozenset())
    assert of_kind(facts, "udeladt") == ["et, to: Der er for få tal."]
    assert of_kind(facts, "note") == []


def test_notes_are_told_and_breaks_among_them_marked() -> None:
    one = page(table(known("3", 3), notes=("Talt op.",)), notes=(BREAK, "Talt op."))
    facts = page_facts(one, frozenset({BREAK}))
    assert of_kind(facts, "note") == ["Talt op."]
    assert of_kind(facts, "brud") == [BREAK]
    assert of_kind(page_facts(one, frozenset()), "brud") == []


def test_the_other_municipality_of_a_joint_jobcentre_is_on_the_page_or_not() -> None:
    one = page(table(known("3", 3), label="Dragør"))
    for navn, told in (
        ("Dragør", "siden viser også Dragør"),
        ("Tårnby", "siden viser ikke Tårnby"),
    ):
        assert of_kind(page_facts(one, frozenset(), find(navn)), "fælles jobcenter") == [told]
    assert of_kind(page_facts(one, frozenset()), "fælles jobcenter") == []
