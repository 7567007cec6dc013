"""Tables that only blanks align: rows of numbers found, columns told by where the numbers end.

Both PDF pages as their layout is extracted and text written by hand or by `pdftotext -layout`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_FRAGMENT = re.compile(r"\S+(?: \S+)*")
_NUMBER = r"[+\-−–]?\d[\d.,]*(?:\s?(?:%|pct\.?))?|-|–|\.\.|x|ikke opgjort|fortroligt"
_ROW = re.compile(
    rf"^(?P<label>\s*\S.*?[^\W\d].*?)(?P<tail>(?:\s+(?:{_NUMBER})(?=\s|$)){{1,}})\s*$",
    re.IGNORECASE,
)
_CELL = re.compile(rf"(?:{_NUMBER})(?=\s|$)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_WIDEST = 300
"""Characters of the widest line of a table."""
_FEWEST_ROWS = 2
_FEWEST_NUMBERS = 2
_HEAD_LINES = 6
"""A table's head is broken over at most so many lines."""
_GUTTER = 3
"""Blanks between two columns of text, at least."""
_COLUMN_LINES = 6
"""So many lines side by side are two columns of text."""


class Fragment(NamedTuple):
    """Words that stand together on a line, from and to which column of the page."""

    text: str
    start: int
    end: int


@dataclass
class _Row:
    line: int
    label: str
    cells: list[Fragment]


@dataclass
class _Table:
    rows: list[_Row]
    texts: dict[int, str] = field(default_factory=dict)
    """Lines of words between the rows."""


def fragments(text: str) -> list[Fragment]:
    """The runs of words of a line that two or more blanks part."""
    return [Fragment(m[0], m.start(), m.end()) for m in _FRAGMENT.finditer(text)]


def with_tabs(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines with tabs between the cells of tables, each with its number from 0.

    The lines of a broken head become one; other lines get single blanks.
    """
    replaced: dict[int, str | None] = {}
    for table in _tables(texts):
        edges = _edges(table)
        head = list(_head_lines(texts, table, edges))
        if head:
            replaced.update(dict.fromkeys(head))
            replaced[head[-1]] = "\t".join(_head(texts, head, table, edges))
        for row in _joined(table):
            cells = [""] * len(edges)
            for cell in row.cells:
                cells[min(range(len(edges)), key=lambda c: abs(edges[c] - cell.end))] = cell.text
            replaced[row.line] = "\t".join((row.label, *cells))
        replaced.update(dict.fromkeys(table.texts))
    for n, text in enumerate(texts):
        if n not in replaced:
            yield n, re.sub(r" {2,}", " ", text.rstrip(" "))
        elif (line := replaced[n]) is not None:
            yield n, line


def _row(n: int, text: str) -> _Row | None:
    if len(text) > _WIDEST or "\t" in text or text.lstrip().startswith("|"):
        return None
    match = _ROW.match(text)
    if match is None:
        return None
    start = match.start("tail")
    cells = [
        Fragment(m[0], start + m.start(), start + m.end()) for m in _CELL.finditer(match["tail"])
    ]
    if all(_YEAR.fullmatch(cell.text) for cell in cells):
        return None  # a head
    # Where wide gaps part the line, a number behind a single blank belongs to the words before it.
    if len(cells) > 1 and re.search(r"\s{2,}", match["tail"].strip()):
        while len(cells) > 1 and not text[: cells[0].start].endswith("  "):
            cells.pop(0)
    return _Row(n, re.sub(r"\s+", " ", text[: cells[0].start]).strip(), cells)


def _tables(texts: Sequence[str]) -> Iterator[_Table]:
    """Runs of rows of numbers, with the words between them that belong to their labels."""
    table: _Table | None = None
    between: dict[int, str] = {}
    blanks = 0
    for n, text in enumerate(texts):
        row = _row(n, text)
        if table is not None and row is not None and _aligned(row, table):
            table.rows.append(row)
            table.texts.update(between)
            between, blanks = {}, 0
        elif table is not None and not text.strip() and blanks < 2:
            blanks += 1
        elif (
            table is not None
            and row is None
            and not blanks
            and len(between) < 2
            and _is_label(text, table)
        ):
            between[n] = text
        else:
            yield from _ended(table, between)
            many = row is not None and len(row.cells) >= _FEWEST_NUMBERS
            table, between, blanks = _Table([row]) if many and row else None, {}, 0
    yield from _ended(table, between)


def _ended(table: _Table | None, between: dict[int, str]) -> Iterator[_Table]:
    """The table that has come to its end, with the words after its last row that go on its label."""
    if table is not None and _is_table(table):
        table.texts.update({n: text for n, text in between.items() if text.strip()[:1].islower()})
        yield table


def _is_table(table: _Table) -> bool:
    return len(table.rows) >= _FEWEST_ROWS or len(table.rows[0].cells) > _FEWEST_NUMBERS


def _aligned(row: _Row, table: _Table) -> bool:
    """Whether a row's numbers end about where those of the rows above do."""
    ends = [cell.end for above in table.rows for cell in above.cells]
    near = sum(min(abs(cell.end - end) for end in ends) <= 2 for cell in row.cells)
    same = len(row.cells) == len(table.rows[-1].cells)
    return near * 2 > len(row.cells) or (same and "  " not in row.label)


def _is_label(text: str, table: _Table) -> bool:
    """Whether a line of words stands where the labels stand."""
    first = min(cell.start for row in table.rows for cell in row.cells)
    bare = text.rstrip()
    return bool(bare.strip()) and len(bare) < first and not re.search(r"[.:;]$", bare)


def _edges(table: _Table) -> list[int]:
    """Where each column's numbers end: the ends of the row with the most numbers, widened."""
    widest = max(table.rows, key=lambda row: len(row.cells))
    edges = [cell.end for cell in widest.cells]
    for row in table.rows:
        if len(row.cells) == len(edges):
            edges = [max(edge, cell.end) for edge, cell in zip(edges, row.cells, strict=True)]
    return edges


def _joined(table: _Table) -> list[_Row]:
    """The rows with labels that go on over two lines put together."""
    found = []
    order = sorted(table.rows, key=lambda row: row.line)
    for at, row in enumerate(order):
        after = order[at + 1].line if at + 1 < len(order) else row.line + 3
        label = row.label
        for n in sorted(table.texts):
            words = table.texts[n].strip()
            if row.line < n < after and (words[:1].islower() or label.endswith(("-", " og", ","))):
                parted = (
                    label.endswith("-")
                    and words[:1].islower()
                    and not words.startswith(("og ", "eller "))
                )
                label = label[:-1] + words if parted else f"{label} {words}"
        found.append(_Row(row.line, label, row.cells))
    return found


def _head_lines(texts: Sequence[str], table: _Table, edges: Sequence[int]) -> Iterator[int]:
    """The lines right above the first row that are broken into its columns."""
    first = table.rows[0].line
    left = min(cell.start for row in table.rows for cell in row.cells)
    label = max(len(row.label) for row in table.rows)
    above: list[int] = []
    blanks = 0
    for n in range(first - 1, max(-1, first - 2 - _HEAD_LINES), -1):
        text = texts[n]
        if not text.strip():
            blanks += 1
            if blanks > 1 or above:
                break
            continue
        parts = fragments(text)
        over = [
            part for part in parts if part.end > left - 4 and part.start > min(label, left) // 2
        ]
        if not over or (len(parts) == 1 and parts[0].start < left - 12 and len(edges) > 1):
            break
        if "\t" in text or re.match(r"\W*(?:tabel|figur) \d", text.strip(), re.IGNORECASE):
            break
        above.append(n)
    yield from reversed(above)


def _head(
    texts: Sequence[str], above: Sequence[int], table: _Table, edges: Sequence[int]
) -> list[str]:
    """The words of a head by column: each goes to the column in whose reach its middle lies."""
    left = min(row.cells[0].start for row in table.rows)
    words: list[list[str]] = [[] for _ in range(len(edges) + 1)]
    exact = [f for n in above if len(f := fragments(texts[n])) == len(edges)]
    for n in above:
        parts = fragments(texts[n])
        whole = len(parts) == len(edges) + 1 or (
            len(parts) == len(edges) and parts in exact and parts[0].end > left - 2
        )
        for at, part in enumerate(parts):
            if whole:
                column = at + (len(parts) == len(edges))
            elif part.end < left - 1 and part.start < left // 2:
                column = 0
            else:
                middle = (part.start + part.end) // 2
                column = 1 + next(
                    (c for c, edge in enumerate(edges) if middle <= edge), len(edges) - 1
                )
            words[column].append(part.text)
    return [_put_together(found) for found in words]


def _put_together(pieces: Sequence[str]) -> str:
    text = ""
    for piece in pieces:
        parted = text.endswith("-") and piece[:1].islower()
        text = text[:-1] + piece if parted else f"{text} {piece}".strip()
    return text


def in_one_column(texts: Sequence[str]) -> list[str]:
    """The lines of a page, those of a second column of text put after those of the first."""
    starts: Counter[int] = Counter()
    pairs: dict[int, list[Fragment]] = {}
    for n, text in enumerate(texts):
        parts = [
            Fragment(m[0], m.start(), m.end())
            for m in re.finditer(rf"\S+(?: {{1,{_GUTTER - 1}}}\S+)*", text)
        ]
        if len(parts) == 2 and all(len(part.text.split()) >= 3 for part in parts):
            pairs[n] = parts
            starts[parts[1].start] += 1
    if not starts:
        return list(texts)
    gutter, times = starts.most_common(1)[0]
    if times < _COLUMN_LINES:
        return list(texts)
    lines = [n for n, parts in pairs.items() if abs(parts[1].start - gutter) <= 1]
    first, last = min(lines), max(lines)
    left: list[str] = []
    right: list[str] = []
    for text in texts[first : last + 1]:
        cut = (
            text[max(0, gutter - 1) : gutter].strip() == ""
            and text[gutter - 2 : gutter - 1].strip() == ""
        )
        left.append(text[: gutter - 1].rstrip() if cut else text)
        right.append(text[gutter - 1 :] if cut else "")
    return [*texts[:first], *left, "", *right, "", *texts[last + 1 :]]
