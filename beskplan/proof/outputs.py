"""Every caption, head, cell, note, source and key figure, in every file that leaves, as it was calculated.

The page, the PDF, the workbook and the CSV files are each held to the executed notebook; that the
notebook's own numbers are right is `numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from beskplan.core.errors import Problem
from beskplan.proof.arithmetic import number_in
from beskplan.proof.evidence import Block, Evidence, csv_rows, spaced

DEMO = "Demodata – må ikke anvendes"
_NOTE = re.compile(r"\s*\[note \d+\]")
_HIDDEN = (
    "ancestor-or-self::*[@hidden or @style or contains(@class, 'skjult') or @aria-hidden='true']"
)

Texts = list[tuple[str, str]]
"""(where, text) in the order of the document."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Page, PDF, CSV files and workbook against the executed notebook."""
    tables = _in_order(evidence)
    yield from _page_tables(evidence, tables)
    yield from _pdf_tables(evidence, [one for one in tables if not _is_shown(evidence, one[0])])
    yield from _files(evidence, tables)
    yield from _key_figures(evidence)
    yield from _notes_and_sources(evidence)


def _in_order(evidence: Evidence) -> list[tuple[str, str, Block]]:
    """(HTML id, title with its number, table): those of the page as it has them, then behind figures."""
    titled = []
    for kind, prefix in (("table", "tabel"), ("figure", "figur")):
        blocks = {f"{prefix}-{block['id']}": block for block in evidence.of_kind(kind)}
        ids = evidence.html.xpath("//*/@id")
        for number, name in enumerate((name for name in ids if name in blocks), start=1):
            block = blocks[name]
            if kind == "table":
                titled.append((name, f"Tabel {number}. {block['title']}", block))
            else:
                title = f"Tal bag figur {number}. {block['data']['title']}"
                titled.append((f"data-{block['id']}", title, block["data"]))
    return titled


def _is_shown(evidence: Evidence, html_id: str) -> bool:
    """Whether a table of the page shows the numbers behind a figure already."""
    if not html_id.startswith("data-"):
        return False
    data = next(b["data"] for b in evidence.of_kind("figure") if f"data-{b['id']}" == html_id)
    return any(data == table for table in evidence.of_kind("table"))


def _expected(title: str, table: Block) -> Texts:
    unit = table["unit"]
    found = [("tabeltekst", spaced(f"{title} {unit[0].upper()}{unit[1:]}, {table['period']}"))]
    found += [(head, head) for head in _heads(table, "{} {}")]
    for row in table["rows"]:
        found.append((f"rækken {row['label']}", spaced(row["label"])))
        for column, cell in zip(table["columns"][1:], row["cells"], strict=True):
            found.append((f"{row['label']}, {column['label']}", spaced(cell["text"])))
    return found


def _heads(table: Block, form: str) -> list[str]:
    """The columns' labels, each with its unit where the reader does not have it already."""
    heads = []
    for column in table["columns"]:
        unit, label = column["unit"].strip(), column["label"]
        known = unit.casefold() in (table["unit"].casefold(), "")
        known = known or unit.casefold() in label.casefold()
        heads.append(spaced(label if known else form.format(label, unit)))
    return heads


def _page_tables(evidence: Evidence, tables: list[tuple[str, str, Block]]) -> Iterator[Problem]:
    for html_id, title, table in tables:
        found = evidence.html.xpath("//*[@aria-labelledby=$id]//table", id=f"{html_id}-titel")
        parts = [part for one in found for part in one.iter("caption", "th", "td")]
        texts = [spaced(part.text_content()) for part in parts]
        yield from _compare(evidence, "html", title, texts, _expected(title, table))
        if any(part.xpath(_HIDDEN) for part in parts):
            yield evidence.problem("html", "en skjult celle i en tabel", where=title)
        box = evidence.html.get_element_by_id(html_id.replace("data-", "figur-"), None)
        marked = box is not None and DEMO in box.text_content()
        if marked is not (table["demo"] or evidence.header["demo"]):
            yield evidence.problem(
                "html", "demodata uden mærke, eller mærke uden demodata", where=title
            )
    count = len(list(evidence.html.body.iter("table")))
    wanted = len(evidence.of_kind("table")) + len(evidence.of_kind("figure"))
    if {count, len(tables)} != {wanted}:
        yield evidence.problem("html", "har andre tabeller", str(count), str(wanted))


def _pdf_tables(evidence: Evidence, tables: list[tuple[str, str, Block]]) -> Iterator[Problem]:
    """Captions of tables, heads and cells; a figure's own caption is no table's."""
    found = []
    for place, element in enumerate(evidence.pdf):
        following = evidence.pdf[place + 1].tag if place + 1 < len(evidence.pdf) else ""
        if element.tag in ("TH", "TD") or (element.tag == "Caption" and following == "TH"):
            found.append(spaced(element.text))
    wanted = [
        (f"{title}: {w}", t) for _, title, table in tables for w, t in _expected(title, table)
    ]
    yield from _compare(evidence, "pdf", "", found, wanted)


def _compare(
    evidence: Evidence, part: str, name: str, found: list[str], expected: Texts
) -> Iterator[Problem]:
    """The first difference: after it, everything is shifted."""
    for place, (where, text) in enumerate(expected):
        there = found[place] if place < len(found) else "intet"
        if there != text:
            whole = f"{name}: {where}" if name else where
            yield evidence.problem(part, "afviger fra det beregnede", there, text, whole)
            return
    if len(found) > len(expected):
        more = found[len(expected)]
        yield evidence.problem(part, "har mere end det beregnede", more, where=name)


def _files(evidence: Evidence, tables: list[tuple[str, str, Block]]) -> Iterator[Problem]:
    """Every CSV file and every sheet, cell by cell as numbers."""
    used: set[str] = set()
    for html_id, title, table in tables:
        number = int(re.search(r"\d+", title)[0])  # type: ignore[index]
        kind, is_data = ("figur", True) if html_id.startswith("data-") else ("tabel", False)
        stem = f"{number:02d}-{html_id.partition('-')[2]}.csv"
        names = [f"{kind}-{stem} på siden"]
        names += [] if is_data else [stem]
        names += [] if _is_shown(evidence, html_id) else [f"{kind}-{stem} i PDF'en"]
        used |= set(names)
        demo = table["demo"] or evidence.header["demo"]
        heads = [*_heads(table, "{} ({})"), *(["Forbehold"] if demo else [])]
        for name in names:
            rows = csv_rows(evidence.csv_files.get(name, b""))
            yield from _file_rows(evidence, "csv", f"{name}: ", rows, (heads, table))
        if not _is_shown(evidence, html_id):
            sheet = evidence.sheets.get(title, [])
            # The head row follows the lines above the table, of which only the first cell is filled.
            heads = _heads(table, "{} ({})")
            at = next((n for n, row in enumerate(sheet) if row[1 : len(heads)] == heads[1:]), 0)
            yield from _file_rows(evidence, "xlsx", f"{title}: ", sheet[at:], (heads, table))
            if demo and not any(DEMO in str(row[0]) for row in sheet[:at]):
                yield evidence.problem("xlsx", "demodata uden mærke", where=title)
    for name in sorted(set(evidence.csv_files) - used):
        yield evidence.problem("csv", "en fil, som siden ikke har", name)


def _file_rows(
    evidence: Evidence, part: str, name: str, rows: list[list[Any]], wanted: tuple[list[str], Block]
) -> Iterator[Problem]:
    heads, table = wanted
    if not rows or [str(head) for head in rows[0][: len(heads)]] != heads:
        yield evidence.problem(
            part, "mangler eller har andre kolonner", str(rows[:1]), str(heads), name
        )
        return
    if len(rows) - 1 != len(table["rows"]):
        yield evidence.problem(part, "har et andet antal rækker", str(len(rows) - 1), where=name)
        return
    for found, row in zip(rows[1:], table["rows"], strict=True):
        cells = [row["label"], *(_as_number(cell, part) for cell in row["cells"])]
        demo = [DEMO] if heads[-1] == "Forbehold" else []
        for head, there, expected in zip(heads, found, [*cells, *demo], strict=False):
            if not _same(there, expected):
                where = f"{name}{row['label']}, {head}"
                shown = f"{float(expected):g}" if isinstance(expected, Fraction) else expected
                yield evidence.problem(part, "afviger fra det beregnede", str(there), shown, where)
                return


def _as_number(cell: Block, part: str) -> Fraction | str:
    """What a file has of a cell: its number as printed, else its text; the workbook has 54 % as 0.54."""
    text: str = cell["text"]
    if cell["value"] is None:
        return text if part == "xlsx" else _NOTE.sub("", text)
    value, _ = number_in(text) or (Fraction(0), 0)
    return value / 100 if part == "xlsx" and "%" in text else value


def _same(found: Any, expected: Fraction | str) -> bool:
    if isinstance(expected, str):
        return str(found).removeprefix("'") == expected
    if isinstance(found, str):
        return re.fullmatch(r"-?\d+(,\d+)?", found) is not None and number_in(found)[0] == expected  # type: ignore[index]
    return isinstance(found, int | float) and Fraction(repr(found)) == expected


def _key_figures(evidence: Evidence) -> Iterator[Problem]:
    """The strip at the top, in the page and in the PDF."""
    signs = {"up": "Stigning: ", "down": "Fald: ", "same": "Uændret: ", "none": ""}
    for block in evidence.of_kind("key-figures"):
        wanted = []
        for item in block["items"]:
            change = f"{signs[item['direction']]}{item['change']}"
            wanted += [item["label"], item["value"], change if item["change"] else ""]
            wanted.append(item["comparison"])
        wanted = [spaced(text) for text in wanted if text]
        shown = evidence.html.xpath("//section[@class='noegletal']//dl//*[self::dt or self::dd]")
        found = [spaced(one.text_content()) for one in shown]
        yield from _compare(evidence, "html", "nøgletal", found, [("", text) for text in wanted])
        spoken = spaced(" ".join(one.text for one in evidence.pdf))
        for item in block["items"]:
            for text in (item["label"], item["value"], item["change"], item["comparison"]):
                if spaced(text) not in spoken:
                    yield evidence.problem("pdf", "et nøgletal mangler", "", text, item["label"])


def _notes_and_sources(evidence: Evidence) -> Iterator[Problem]:
    """Every note with its mark, and every paragraph of prose, in the page and in the PDF."""
    page = spaced(evidence.html.body.text_content())
    spoken = spaced(" ".join(one.text for one in evidence.pdf))
    for _, block in evidence.blocks:
        wanted = [
            f"[note {number}] {note}" for number, note in enumerate(block.get("notes", ()), 1)
        ]
        wanted += block.get("paragraphs", ())
        for text in map(spaced, wanted):
            for part, said in (("html", page), ("pdf", spoken)):
                if text not in said:
                    yield evidence.problem(part, "en note eller sætning mangler", "", text)
    for name, table in evidence.tables:
        marks = {
            mark.strip()
            for row in table["rows"]
            for c in row["cells"]
            for mark in _NOTE.findall(c["text"])
        }
        for mark in marks - {f"[note {n}]" for n in range(1, len(table["notes"]) + 1)}:
            yield evidence.problem("ipynb", "et mærke uden note", mark, where=name)
