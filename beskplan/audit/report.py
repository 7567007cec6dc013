"""The audit report as blocks of the house, and as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

from beskplan.audit.model import SEVERITIES, Finding, Result, Severity
from beskplan.audit.rules import RULES
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
    """What was read and found, in a few sentences."""
    counted = (
        f"{format_number(result.numbers)} tal er læst. {format_number(len(result.agreed))} kontroller "
        f"stemmer, og der er {_count(len(result.findings), 'fund', 'fund')}."
    )
    lines = [
        counted,
        *(note for note in result.notes),
    ]
    if result.unread:
        lines.append(
            f"{_count(len(result.unread), 'sted', 'steder')} kunne ikke læses og er ikke kontrolleret."
        )
    return Prose(id="kort", paragraphs=tuple(lines))


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
        "notes": list(result.notes),
        "findings": [asdict(one) for one in result.findings],
        "declared": [asdict(one) for one in result.declared],
        "unread": [asdict(one) for one in result.unread],
        "agreed": {"total": len(result.agreed), "by_rule": dict(sorted(agreed.items()))},
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def lines(result: Result) -> Iterator[str]:
    """The result for a terminal: a line of numbers, then each finding."""
    counts = ", ".join(f"{NAMES[s].lower()} {result.count(s)}" for s in SEVERITIES)
    yield f"{result.document}: {counts}; {len(result.agreed)} kontroller stemmer, {result.numbers} tal læst."
    for one in result.findings:
        yield f"[{NAMES[one.severity]}] {_told(one)}"
    for place in result.unread:
        yield f"[Ikke læst] {capital(place.place.text)}: {place.reason}. »{_cut(place.text)}«"


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
