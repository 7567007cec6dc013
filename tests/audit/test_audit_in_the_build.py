"""A page that contradicts itself is not put in place; lesser findings are told and kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from beskplan.audit.checking import audit
from beskplan.audit.documents.blocks import parts_of
from beskplan.audit.documents.model import Document
from beskplan.audit.model import Finding, Place
from beskplan.blocks.model import Cell, Column, Row, Source, Table
from beskplan.params.jobs import Job, Workplace
from beskplan.proof import Audited, _failures, audited
from beskplan.proof.evidence import Evidence, gather
from beskplan.runner import building
from beskplan.runner.make_report import make_report
from beskplan.runner.records import Outcome
from tests.runner.small_copy import write_copy

JOB = Job(2027, "rudersdal", "maalgrupper")
RIGHT = "I Rudersdal Kommune er antallet af fuldtidspersoner på a-dagpenge steget."
WRONG = "I Rudersdal Kommune er antallet af fuldtidspersoner på a-dagpenge faldet."


def with_prose(place: Workplace, text: str) -> None:
    """Put a paragraph by hand into the first section of the notebook."""
    path = place.notebook("maalgrupper")
    notebook = nbformat.read(path, as_version=4)
    section = next(cell for cell in notebook.cells if cell.source.startswith("## Forsikrede"))
    heading = section.source.partition("\n")[0]
    section.source = f"{heading}\n\n{text}"
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return Workplace(write_copy(tmp_path_factory.mktemp("tjek") / "kopi"))


@pytest.fixture(scope="module")
def made(place: Workplace) -> Outcome:
    """The report with a paragraph that says what its table says."""
    with_prose(place, RIGHT)
    outcome = make_report(JOB, place)
    assert outcome.problems == ()
    return outcome


@pytest.fixture
def evidence(made: Outcome, place: Workplace) -> Evidence:
    return gather(JOB, place, made.folder)


def test_a_paragraph_against_its_table_fails_the_report_in_the_findings_words(
    made: Outcome, place: Workplace
) -> None:
    before = (made.folder / "maalgrupper.html").read_bytes()
    with_prose(place, WRONG)
    outcome = make_report(JOB, place)
    (problem,) = outcome.problems
    assert problem.what == "retning-uden-tal: Udviklingen går en anden vej i tabellen"
    assert problem.found == WRONG
    assert "Sætningen siger, at Rudersdal er faldet." in problem.expected
    assert "Forsikrede ledige" in problem.where
    assert (made.folder / "maalgrupper.html").read_bytes() == before


def test_the_manifest_says_how_much_was_checked_and_what_was_found(made: Outcome) -> None:
    record = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))["plantjek"]
    assert record["stemmer"] > 20
    assert len(record["fund"]) == len(made.remarks)


def a_finding(rule: str = "tekst-mod-tabel") -> Finding:
    place = Place(section="Fleksjob")
    return Finding(rule, "contradiction", "sikker", place, "faldt", "steg", "De to er uenige.")


@pytest.mark.parametrize(
    ("finding", "fails"),
    [
        (a_finding(), True),
        (replace(a_finding(), severity="error"), True),
        (replace(a_finding(), severity="doubt"), False),
        (replace(a_finding(), severity="label"), False),
        (replace(a_finding(), certainty="mulig"), False),
        (a_finding("naevner"), False),
    ],
)
def test_errors_and_contradictions_fail_and_what_the_source_prints_does_not(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch, finding: Finding, *, fails: bool
) -> None:
    clean = audited(evidence)
    result = type("Found", (), {"findings": (finding,), "agreed": (1,)})
    monkeypatch.setattr("beskplan.proof.page_result", lambda _page: result)
    found = audited(evidence)
    assert clean.failing == ()
    assert (found.failing, found.remarks) == (((finding,), ()) if fails else ((), (finding,)))
    assert [one.expected for one in _failures(evidence, found)] == (
        ["steg. De to er uenige."] if fails else []
    )


def test_the_summary_tells_each_rule_once_with_its_first_finding() -> None:
    told = Audited(1, (), (a_finding("naevner"), a_finding("naevner"))).lines
    ones = [
        Outcome(Job(2027, slug, "maalgrupper"), Path(slug), remarks=told)
        for slug in ("aarhus", "rudersdal")
    ]
    assert building.lines(ones) == [
        "2 lavet.",
        "",
        "plantjek: naevner i 2 rapporter, den første 2027/aarhus/maalgrupper:",
        "  afsnittet »Fleksjob«: De to er uenige.",
    ]


@pytest.mark.parametrize("shows_the_year_before", [False, True])
def test_a_change_since_what_no_cell_shows_is_not_calculated_from_what_fits_by_chance(
    *, shows_the_year_before: bool
) -> None:
    """Three rows change as much since the quarter before as since the year before; the fourth does not."""
    before = "2024Q04" if shows_the_year_before else "2025Q03"

    def number(value: int, ydelse: str, period: str) -> Cell:
        origin = ("read", "fuldtidsmodtagere", ydelse, "", "230", period)
        return Cell(text=str(value), value=value, origin=origin)

    def row(ydelse: str, then: int, now: int, change: int) -> Row:
        since = ("read", "fuldtidsmodtagere", ydelse, "", "230", "2024Q04")
        cells = (number(then, ydelse, before), number(now, ydelse, "2025Q04"))
        moved = ("difference", since, cells[1].origin)
        told = Cell(text=f"+{change}", value=change, origin=moved)
        return Row(label=ydelse, cells=(*cells, told))

    rows = [
        ("Fleksjob", 420, 431, 11),
        ("Efterløn", 212, 225, 13),
        ("Førtidspension", 901, 917, 16),
    ]
    made = Table(
        id="t",
        title="Antal i Rudersdal",
        period="4. kvartal 2024 til 4. kvartal 2025",
        unit="Antal fuldtidsmodtagere",
        columns=(
            Column(id="y", label="Ydelse", kind="text"),
            Column(id="a", label="Før", unit="fuldtidsmodtagere"),
            Column(id="b", label="4. kvartal 2025", unit="fuldtidsmodtagere"),
            Column(id="c", label="Ændring på et år", unit="fuldtidsmodtagere"),
        ),
        rows=(*(row(*one) for one in rows), row("Sygedagpenge", 435, 449, 18)),
        sources=(Source(text="Danmarks Statistik, AUK01"),),
    )
    found = audit(Document("siden", tuple(parts_of(made, "Ydelserne", 1)))).findings
    assert bool(found) is shows_the_year_before
