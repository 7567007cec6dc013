"""The audit report as blocks of the house, and as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from beskplan.audit.model import SEVERITIES, Finding, Result, Severity
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
from beskplan.core.numbers import format_number

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
    """How many findings of each severity, and how much was checked and agreed."""
    items = [
        KeyFigure(label=f"{NAMES[severity]}", value=format_number(result.count(severity)))
        for severity in SEVERITIES
    ]
    items.append(
        KeyFigure(label="Kontrolleret og i orden", value=format_number(len(result.agreed)))
    )
    return KeyFigures(
        id="noegletal", title="Plantjek", items=tuple(items), sources=(_source(result),)
    )


def summary(result: Result) -> Prose:
    """What was checked and found, in a few sentences: first how much was checked."""
    agreed, found = format_number(len(result.agreed)), _count(len(result.findings), "fund", "fund")
    counted = f"{checked(result)} {agreed} kontroller stemmer, og der er {found}."
    lines = [counted, *result.notes]
    if result.is_unchecked:
        lines.insert(1, NOTHING)
    if result.unread:
        lines.append(
            f"{_count(len(result.unread), 'sted', 'steder')} kunne ikke læses og er ikke kontrolleret."
        )
    return Prose(id="kort", paragraphs=tuple(lines))


NOTHING = (
    "Ingen tabel kunne kontrolleres, så et tjek uden fund betyder intet. Send planen som Word-fil eller "
    "skriv tabellerne af i en læsning."
)
"""What is told of a document in which no table, or no number at all, could be checked."""


def checked(result: Result) -> str:
    """How many numbers and tables were checked, as a sentence."""
    numbers = (
        f"{format_number(result.checked)} af {format_number(result.numbers)} tal er kontrolleret."
    )
    counts = Counter(table.status for table in result.tables)
    if not counts:
        return f"{numbers} Planen har ingen tabeller med tal."
    tables = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    return f"{numbers} Tabeller: {tables}."


STATUSES = ("kontrolleret", "delvist kontrolleret", "ikke kontrolleret")


def tables(result: Result) -> Table | None:
    """Every table with how many of its numbers were checked; None where there is none."""
    rows = tuple(
        Row(
            label=f"{number}. {_cut(one.title) or 'uden titel'}",
            cells=(
                Cell(text=one.place.text or "-"), _number(one.numbers), _number(one.checked),
                Cell(text=one.status),
            ),
        )
        for number, one in enumerate(result.tables, start=1)
    )  # fmt: skip
    columns = (
        Column(id="tabel", label="Tabel", kind="text"), Column(id="sted", label="Sted", kind="text"),
        Column(id="tal", label="Tal", unit="tal"), Column(id="set", label="Kontrolleret", unit="tal"),
        Column(id="status", label="Status", kind="text"),
    )  # fmt: skip
    if not rows:
        return None
    return Table(
        id="tabeller", title="Planens tabeller", unit="Antal tal", period=result.document,
        columns=columns, rows=rows, sources=(_source(result),),
    )  # fmt: skip


def findings(result: Result, severity: Severity) -> Prose | None:
    """The findings of a severity, one paragraph each; None where there are none."""
    told = tuple(_told(one) for one in result.findings if one.severity == severity)
    return Prose(id=f"fund-{severity}", paragraphs=told, bullets=True) if told else None


def declared(result: Result) -> Prose | None:
    """What the plan itself makes a reservation about."""
    told = tuple(_told(one) for one in result.declared)
    return Prose(id="oplyst", paragraphs=told, bullets=True) if told else None


def unread(result: Result) -> Prose | None:
    """What could not be read, with its place and why."""
    told = tuple(
        f"{capital(one.place.text)}: {one.reason}." + (f" »{_cut(one.text)}«" if one.text else "")
        for one in result.unread
    )
    return Prose(id="ulaest", paragraphs=told, bullets=True) if told else None


def rules_table(result: Result) -> Table:
    """How often each rule was tried, and what came of it."""
    agreed = Counter(one.rule for one in result.agreed)
    found = Counter(one.rule for one in (*result.findings, *result.declared))
    rows = [
        Row(label=rule.title, cells=(_number(agreed[rule.id]), _number(found[rule.id])))
        for rule in RULES
        if agreed[rule.id] or found[rule.id]
    ]
    rows = rows or [
        Row(label="Ingen regel fandt noget at kontrollere", cells=(_number(0), _number(0)))
    ]
    columns = (
        Column(id="regel", label="Regel", kind="text"),
        Column(id="stemmer", label="Stemmer", unit="kontroller"),
        Column(id="fund", label="Fund", unit="fund"),
    )
    return Table(
        id="regler", title="Hvad der er kontrolleret", unit="Antal", period=result.document,
        columns=columns, rows=tuple(rows), sources=(_source(result),),
    )  # fmt: skip


def explanations(result: Result) -> Prose:
    """The rules that found something, in their own words."""
    found = {one.rule for one in (*result.findings, *result.declared)}
    told = tuple(f"{rule.title}: {rule.text}" for rule in RULES if rule.id in found)
    return Prose(
        id="reglerne", paragraphs=told or ("Ingen regel fandt noget.",), bullets=bool(told)
    )


def sources(result: Result) -> SourceList:
    """What the check is made from, and its reservation."""
    reservation = (
        "Tjekket ser kun det, som reglerne kan se. Et tal uden fund er ikke bevist rigtigt, og "
        "et fund af "
        "lav sikkerhed kan have en forklaring, som planen ikke giver."
    )
    return SourceList(entries=(_source(result),), reservations=(reservation,))


def findings_csv(result: Result) -> bytes:
    """One line a finding, for a Danish spreadsheet."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            "alvor",
            "regel",
            "sikkerhed",
            "side",
            "linje",
            "afsnit",
            "trykt",
            "bør være",
            "forklaring",
            "oplyst",
        ]
    )
    for one, told in [
        *((f, "nej") for f in result.findings),
        *((f, "ja") for f in result.declared),
    ]:
        row = [
            NAMES[one.severity], one.rule, one.certainty,
            str(one.place.page or ""), str(one.place.line or ""),
            one.place.section, one.printed, one.expected, one.explanation, told,
        ]  # fmt: skip
        writer.writerow([_as_text(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def result_json(result: Result) -> str:
    """Everything, for programs."""
    agreed = Counter(one.rule for one in result.agreed)
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
    for place in result.unread:
        text = f" »{_cut(place.text)}«" if place.text else ""
        yield f"[Ikke læst] {capital(place.place.text)}: {place.reason}.{text}"


def _told(finding: Finding) -> str:
    expected = f" Bør være: {_cut(finding.expected)}." if finding.expected else ""
    return (
        f"{capital(finding.place.text)}. {TITLES[finding.rule]}. Trykt: »{_cut(finding.printed)}«."
        f"{expected} {finding.explanation} ({finding.certainty.capitalize()}.)"
    ).replace("..", ".")


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTE else f"{text[:_QUOTE].rsplit(' ', 1)[0]} …"


def _count(number: int, one: str, many: str) -> str:
    return f"{format_number(number)} {one if number == 1 else many}"


def _number(value: int) -> Cell:
    return Cell(text=format_number(value), value=float(value))


def _source(result: Result) -> Source:
    return Source(text=result.document, reference="")


def _as_text(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
