"""The audit report as blocks of the house, and as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from beskplan.audit.model import SEVERITIES, Finding, Result, Severity, Unread
from beskplan.audit.rules.registry import RULES
from beskplan.blocks.model import (
    Cell,
    Column,
    KeyFigure,
    KeyFigures,
    Prose,
    Row,
    Source,
    SourceList,
    Table,
)
from beskplan.blocks.text.language import capital
from beskplan.core.danish import format_number

NAMES: dict[Severity, str] = {
    "error": "Fejl",
    "contradiction": "Modstrid",
    "doubt": "Tvivl",
    "label": "Forkert betegnelse",
}
"""What readers call each severity."""
MEANINGS: dict[Severity, str] = {
    "error": "Et trykt tal er forkert.",
    "contradiction": "To ting i planen kan ikke begge være rigtige.",
    "doubt": "En læser kan ikke regne med tallet, eller målet kan læses på flere måder.",
    "label": "Et navn, en enhed, en periode eller en ordlyd er forkert.",
}
TITLES = {rule.id: rule.title for rule in RULES}
_QUOTE = 240
"""A quotation longer than this is cut."""


def key_figures(result: Result) -> KeyFigures:
    """Show how many findings of each severity there are."""
    items = tuple(
        KeyFigure(label=NAMES[severity], value=format_number(result.count(severity)))
        for severity in SEVERITIES
    )
    return KeyFigures(id="noegletal", title="Plantjek", items=items, sources=(_source(result),))


def summary(result: Result) -> Prose:
    """Say what was checked and found, in a few sentences: first how much was checked."""
    agreed, found = format_number(len(result.agreed)), format_number(len(result.findings))
    lines = [f"{checked(result)} {agreed} kontroller stemmer, og der er {found} fund."]
    lines += [NOTHING] if result.is_unchecked else []
    lines += result.notes
    if many := len(result.unread):
        places = f"{format_number(many)} {'sted' if many == 1 else 'steder'}"
        lines.append(f"{places} kunne ikke læses og er ikke kontrolleret.")
    return Prose(id="kort", paragraphs=tuple(lines))


NOTHING = (
    "Ingen tabel kunne kontrolleres, så et tjek uden fund betyder intet. Send planen som Word-fil eller "
    "skriv tabellerne af i en læsning."
)
"""What is told of a document in which no table, or no number at all, could be checked."""


def checked(result: Result) -> str:
    """Say how many numbers and tables were checked, as a sentence."""
    numbers = (
        f"{format_number(result.checked)} af {format_number(result.numbers)} tal er kontrolleret."
    )
    counts = Counter(table.status for table in result.tables)
    if not counts:
        return f"{numbers} Planen har ingen tabeller med tal."
    return f"{numbers} Tabeller: {', '.join(f'{counts[s]} {s}' for s in STATUSES if counts[s])}."


STATUSES = ("kontrolleret", "delvist kontrolleret", "ikke kontrolleret")


def tables(result: Result) -> Table | None:
    """Show every table with how many of its numbers were checked; None where there is none."""
    rows = [
        (f"{n}. {_cut(read.title) or 'uden titel'}",
         (Cell(text=read.place.text or "-"), _number(read.numbers), _number(read.checked),
          Cell(text=read.status)))
        for n, read in enumerate(result.tables, start=1)
    ]  # fmt: skip
    columns = {
        "tabel": "Tabel",
        "sted": "Sted",
        "tal": "Tal",
        "set": "Kontrolleret",
        "status": "Status",
    }
    return _table(result, "tabeller", "Planens tabeller", columns, rows) if rows else None


def findings(result: Result, severity: Severity) -> Prose | None:
    """Tell the findings of a severity, one paragraph each; None where there are none."""
    return _list(f"fund-{severity}", (_told(f) for f in result.findings if f.severity == severity))


def declared(result: Result) -> Prose | None:
    """Tell what the plan itself makes a reservation about."""
    return _list("oplyst", map(_told, result.declared))


def unread(result: Result) -> Prose | None:
    """Tell what could not be read, with its place and why."""
    return _list("ulaest", map(_unread, result.unread))


def _list(name: str, paragraphs: Iterable[str]) -> Prose | None:
    said = tuple(paragraphs)
    return Prose(id=name, paragraphs=said, bullets=True) if said else None


def rules_table(result: Result) -> Table:
    """Show how often each rule was tried, and what came of it."""
    agreed = Counter(result.agreed)
    found = Counter(one.rule for one in (*result.findings, *result.declared))
    counts = [(rule.title, agreed[rule.id], found[rule.id]) for rule in RULES]
    counts = [row for row in counts if row[1] or row[2]]
    rows = [
        (title, (_number(holds), _number(wrong)))
        for title, holds, wrong in counts or [("Ingen regel fandt noget at kontrollere", 0, 0)]
    ]
    columns = {"regel": "Regel", "stemmer": "Stemmer", "fund": "Fund"}
    return _table(result, "regler", "Hvad der er kontrolleret", columns, rows)


_UNITS = {"tal": "tal", "set": "tal", "stemmer": "kontroller", "fund": "fund"}
"""Unit of the columns of numbers; the others are texts."""


def _table(
    result: Result, name: str, title: str, columns: dict[str, str],
    rows: Sequence[tuple[str, tuple[Cell, ...]]],
) -> Table:  # fmt: skip
    return Table(
        id=name, title=title, unit="Antal tal" if "tal" in columns else "Antal", period=result.document,
        columns=tuple(
            Column(id=key, label=label, unit=_UNITS[key]) if key in _UNITS
            else Column(id=key, label=label, kind="text") for key, label in columns.items()
        ),
        rows=tuple(Row(label=label, cells=cells) for label, cells in rows), sources=(_source(result),),
    )  # fmt: skip


def explanations(result: Result) -> Prose:
    """Give the rules that found something, in their own words."""
    found = {one.rule for one in (*result.findings, *result.declared)}
    said = _list("reglerne", (f"{rule.title}: {rule.text}" for rule in RULES if rule.id in found))
    return said or Prose(id="reglerne", paragraphs=("Ingen regel fandt noget.",))


def sources(result: Result) -> SourceList:
    """What the check is made from, and its reservation."""
    reservation = (
        "Tjekket ser kun det, som reglerne kan se. Et tal uden fund er ikke bevist rigtigt, og "
        "et fund af "
        "lav sikkerhed kan have en forklaring, som planen ikke giver."
    )
    return SourceList(entries=(_source(result),), reservations=(reservation,))


_CSV = ("alvor", "regel", "sikkerhed", "side", "linje", "afsnit", "trykt", "bør være", "forklaring",
        "oplyst")  # fmt: skip


def findings_csv(result: Result) -> bytes:
    """Write one line a finding, for a Danish spreadsheet."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(_CSV)
    for finding in (*result.findings, *result.declared):
        place = finding.place
        row = (
            NAMES[finding.severity], finding.rule, finding.certainty, str(place.page or ""),
            str(place.line or ""), place.section, finding.printed, finding.expected,
            finding.explanation, "ja" if finding in result.declared else "nej",
        )  # fmt: skip
        writer.writerow([_as_text(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def result_json(result: Result) -> str:
    """Everything, for programs."""
    agreed = Counter(result.agreed)
    content = {
        "document": result.document,
        "numbers_read": result.numbers,
        "numbers_checked": result.checked,
        "tables": [{**asdict(one), "status": one.status} for one in result.tables],
        "notes": list(result.notes),
        "findings": [asdict(one) for one in result.findings],
        "declared": [asdict(one) for one in result.declared],
        "unread": [asdict(one) for one in result.unread],
        "agreed": {"total": len(result.agreed), "by_rule": dict(sorted(agreed.items()))},
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def lines(result: Result) -> Iterator[str]:
    """The result for a terminal: how much was checked, each finding, then what was not read."""
    counts = ", ".join(f"{NAMES[s].lower()} {result.count(s)}" for s in SEVERITIES)
    yield f"{result.document}: {checked(result)} Fund: {counts}."
    if result.is_unchecked:
        yield f"[Ikke kontrolleret] {NOTHING}"
    for one in result.findings:
        yield f"[{NAMES[one.severity]}] {_told(one)}"
    for table in result.tables:
        if table.checked < table.numbers:
            where = capital(table.place.text)
            yield f"[{capital(table.status)}] {where}: {table.checked} af {table.numbers} tal."
    yield from (f"[Ikke læst] {_unread(skipped)}" for skipped in result.unread)


def _unread(skipped: Unread) -> str:
    text = f" »{_cut(skipped.text)}«" if skipped.text else ""
    return f"{capital(skipped.place.text)}: {skipped.reason}.{text}"


def _told(finding: Finding) -> str:
    expected = f" Bør være: {_cut(finding.expected)}." if finding.expected else ""
    return (
        f"{capital(finding.place.text)}. {TITLES[finding.rule]}. Trykt: »{_cut(finding.printed)}«."
        f"{expected} {finding.explanation} ({finding.certainty.capitalize()}.)"
    ).replace("..", ".")


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTE else f"{text[:_QUOTE].rsplit(' ', 1)[0]} …"


def _number(value: int) -> Cell:
    return Cell(text=format_number(value), value=float(value))


def _source(result: Result) -> Source:
    return Source(text=result.document, reference="")


def _as_text(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
