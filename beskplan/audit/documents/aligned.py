"""Tables that only blanks align: rows of numbers found, columns told by where the numbers end.

Both PDF pages as their layout is extracted and text written by hand or by `pdftotext -layout`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from beskplan.audit.patterns import patterns

_RE = patterns("aligned")

_WIDEST = 300
"""Characters of the widest line of a table."""
_HEAD_LINES = 6
"""A table's head is broken over at most so many lines."""
_LABEL_LINES = 3
"""A row's label is broken over at most so many lines."""
_LABEL_WORD = 5
"""Letters of a word that is put together of two pieces, more than."""
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

    @property
    def is_one(self) -> bool:
        """Whether there are numbers enough below or beside each other; of one column three."""
        columns = max(len(row.cells) for row in self.rows)
        return len(self.rows) > (2 if columns == 1 else columns == 2)

    @property
    def left(self) -> int:
        """Where the first number begins."""
        return min(row.cells[0].start for row in self.rows)


def fragments(text: str, gap: int = 2) -> list[Fragment]:
    """The runs of words of a line that two or more blanks part."""
    words = rf"\S+(?: {{1,{gap - 1}}}\S+)*"
    return [Fragment(m[0], m.start(), m.end()) for m in re.finditer(words, text)]


def with_tabs(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines with tabs between the cells of tables, each with its number from 0.

    The lines of a broken head or label become one; other lines get single blanks.
    """
    replaced: dict[int, str | None] = {}
    known = " ".join(" ".join(texts).casefold().split())
    for table in _tables(texts):
        edges = _edges(table)
        head = _head_lines(texts, table, edges)
        if head:
            replaced.update(dict.fromkeys(head))
            replaced[head[-1]] = "\t".join(_head(texts, head, table, edges))
        _join_labels(table, known)
        for n, words in table.texts.items():
            replaced[n] = words + "\t" * len(edges) if words else None
        for row in table.rows:
            cells = [""] * len(edges)
            for cell in row.cells:
                nearest = min(range(len(edges)), key=lambda c: abs(edges[c] - cell.end))
                cells[nearest] = cell.text.strip("()")
            replaced[row.line] = "\t".join((row.label, *cells))
    for n, text in enumerate(texts):
        if n not in replaced:
            yield n, re.sub(r" {2,}", " ", text.rstrip(" "))
        elif (line := replaced[n]) is not None:
            yield n, line


def _row(n: int, text: str) -> _Row | None:
    """The row of numbers in a line; None where it holds none."""
    match = _RE["row"].match(text) if len(text) <= _WIDEST else None
    if match is None or "\t" in text or text.lstrip().startswith("|"):
        return None
    tail = match["tail"]
    wide = bool(re.search(r"\s{2,}", tail.strip()))
    start = match.start("tail")
    cells = [
        Fragment(m[0], start + m.start(), start + m.end())
        for m in (_RE["spaced"] if wide else _RE["cell"]).finditer(tail)
    ]
    if all(_RE["year"].fullmatch(cell.text) for cell in cells):
        return None  # a head
    # Where wide gaps part the line, a number behind a single blank belongs to the words before it.
    while wide and len(cells) > 1 and not text[: cells[0].start].endswith("  "):
        cells.pop(0)
    return _Row(n, re.sub(r"\s+", " ", text[: cells[0].start]).strip(), cells)


def _tables(texts: Sequence[str]) -> Iterator[_Table]:
    """Runs of rows of numbers, with the words between them that belong to their labels."""
    table: _Table | None = None
    between: dict[int, str] = {}
    blanks = 0
    for n, text in enumerate((*texts, ".")):
        row = _row(n, text)
        if table is not None and row is not None and _is_words(text, row, table):
            row = None
        if table is not None and row is not None and _aligned(row, table):
            table.rows.append(row)
            table.texts.update(between)
            between, blanks = {}, 0
        elif table is not None and not text.strip() and blanks < 2:
            blanks += 1
        elif (
            table
            and not row
            and not blanks
            and len(between) < _LABEL_LINES
            and _is_label(text, table)
        ):
            between[n] = text.strip()
        else:
            if table is not None and table.is_one:
                # Words after the last row that go on its label.
                table.texts.update(
                    {m: words for m, words in between.items() if words[:1].islower()}
                )
                yield table
            apart = row is not None and text[: row.cells[0].start].endswith(" " * _GUTTER)
            table = _Table([row]) if row is not None and (apart or len(row.cells) > 1) else None
            between, blanks = {}, 0


def _is_words(text: str, row: _Row, table: _Table) -> bool:
    """Whether a line below a table is a label that ends with a number, or a sentence that does."""
    apart = text[: row.cells[0].start].endswith("  ")
    fewer = len(row.cells) < len(table.rows[-1].cells)
    return row.cells[-1].end < table.left or (fewer and not apart)


def _aligned(row: _Row, table: _Table) -> bool:
    """Whether a row's numbers end about where those of the rows above do."""
    ends = [cell.end for above in table.rows for cell in above.cells]
    near = sum(min(abs(cell.end - end) for end in ends) <= 2 for cell in row.cells)
    same = len(row.cells) == len(table.rows[-1].cells)
    return near * 2 > len(row.cells) or (same and "  " not in row.label)


def _is_label(text: str, table: _Table) -> bool:
    """Whether a line of words stands where the labels stand."""
    bare = text.rstrip()
    return bool(bare) and len(bare) < table.left and not re.search(r"[.:;]$", bare)


def _edges(table: _Table) -> list[int]:
    """Where each column's numbers end: the ends of the row with the most numbers, widened."""
    most = max(len(row.cells) for row in table.rows)
    full = [[cell.end for cell in row.cells] for row in table.rows if len(row.cells) == most]
    return [max(ends) for ends in zip(*full, strict=True)]


def _join_labels(table: _Table, known: str) -> None:
    """Put labels that are broken over lines together; a line of words alone keeps its text."""
    for n, words in sorted(table.texts.items()):
        above = [row for row in table.rows if row.line < n]
        below = next((row for row in table.rows if row.line > n), None)
        unended = _RE["unended"].search(words)
        named = above and f"{above[-1].label} {words}".casefold() in known
        if above and (words[:1].islower() or named or _RE["unended"].search(above[-1].label)):
            above[-1].label = _put_together((above[-1].label, words), known)
        elif below is not None and (unended or below.label[:1].islower()):
            below.label = _put_together((words, below.label), known)
        else:
            continue
        table.texts[n] = ""


def _head_lines(texts: Sequence[str], table: _Table, edges: Sequence[int]) -> list[int]:
    """The lines right above the first row that are broken into its columns."""
    left, label = table.left, max(len(row.label) for row in table.rows)
    above: list[int] = []
    below: list[int] = []  # lines of the head in the column of the labels alone
    blanks = 0
    for n in range(table.rows[0].line - 1, max(-1, table.rows[0].line - 2 - _HEAD_LINES), -1):
        text = texts[n]
        parts = fragments(text)
        if not parts:
            blanks += 1
            if blanks > 1 or above:
                break
            continue
        over = any(part.end > left - 4 and part.start > min(label, left) // 2 for part in parts)
        goes_on = table.rows[0].label[:1].islower() and not above and not blanks
        if not over and goes_on and _is_label(text, table):
            table.texts[n] = text.strip()  # the first row's label begins there
            continue
        if (
            not over
            and not blanks
            and len(parts) == 1
            and parts[0].end < left
            and len(below) < _LABEL_LINES
        ):
            below.append(n)
            continue
        alone = len(parts) == 1 and parts[0].start < left - 12 and len(edges) > 1
        if not over or alone or "\t" in text or _RE["caption"].match(text.strip()):
            break
        above += [*below, n]
        below = []
    return above[::-1]


def _head(
    texts: Sequence[str], above: Sequence[int], table: _Table, edges: Sequence[int]
) -> list[str]:
    """The words of a head by column: each goes to the column in whose reach its middle lies."""
    left = min(row.cells[0].start for row in table.rows)
    words: list[list[str]] = [[] for _ in range(len(edges) + 1)]
    for n in above:
        parts = fragments(texts[n])
        if len(parts) < len(edges):
            parts = [one for part in parts for one in _narrow(part, edges)]
        numbered = len(parts) == len(edges) + 2 and parts[1].end < left
        bare = len(parts) == len(edges) and parts[0].end > left - 2
        for at, part in enumerate(parts):
            middle = (part.start + part.end) // 2
            if bare or len(parts) == len(edges) + 1:
                column = at + bare
            elif numbered:  # a column of numbers before the labels is part of them
                column = max(0, at - 1)
            elif part.end < left - 1 and part.start < left // 2:
                column = 0
            else:
                reach = [c for c, edge in enumerate(edges) if middle <= edge]
                column = 1 + (reach[0] if reach else len(edges) - 1)
            words[column].append(part.text)
    return [_put_together(found) for found in words]


def _narrow(part: Fragment, edges: Sequence[int]) -> list[Fragment]:
    """The heads of columns so narrow that one blank parts them: words of each end where its numbers do."""
    words = [
        Fragment(m[0], part.start + m.start(), part.start + m.end())
        for m in re.finditer(r"\S+", part.text)
    ]
    inner = [edge for edge in edges if part.start < edge < part.end - 1]
    if not inner or not all(any(abs(word.end - edge) <= 1 for word in words) for edge in inner):
        return [part]
    cuts = [part.start, *(edge + 1 for edge in inner), part.end + 1]
    groups = [[w for w in words if a <= w.end - 1 < b] for a, b in pairwise(cuts)]
    return [Fragment(" ".join(w.text for w in g), g[0].start, g[-1].end) for g in groups if g]


def _put_together(words: Sequence[str], known: str = "") -> str:
    """Words on lines below each other as one text, those parted at a line's end whole again.

    A word parted without a hyphen is one that stands whole elsewhere in the document.
    """
    text = ""
    for word in words:
        parted = (
            text[-2:-1].isalpha()
            and text[-3:-2].isalpha()
            and text.endswith("-")
            and word[:1].islower()
            and not word.startswith(("og ", "eller "))
        )
        whole = f"{text.rpartition(' ')[2]}{word.partition(' ')[0]}".casefold()
        joined = word[:1].islower() and len(whole) > _LABEL_WORD and whole in known
        text = text[:-1] + word if parted else text + word if joined else f"{text} {word}".strip()
    return text


def in_one_column(texts: Sequence[str]) -> list[str]:
    """The lines of a page, those of a second column of text put after those of the first."""
    halves = {
        n: parts for n, text in enumerate(texts) if len(parts := fragments(text, _GUTTER)) == 2
    }
    starts = {
        n: parts[1].start for n, parts in halves.items()
        if all(len(part.text.split()) >= 3 for part in parts)
    }  # fmt: skip
    gutter, times = Counter(starts.values()).most_common(1)[0] if starts else (0, 0)
    if times < _COLUMN_LINES:
        return list(texts)
    lines = [n for n, start in starts.items() if abs(start - gutter) <= 1]
    first, last = min(lines), max(lines)
    left: list[str] = []
    right: list[str] = []
    for text in texts[first : last + 1]:
        cut = not text[gutter - 2 : gutter].strip()
        left.append(text[: gutter - 1].rstrip() if cut else text)
        right.append(text[gutter - 1 :] if cut else "")
    return [*texts[:first], *left, "", *right, "", *texts[last + 1 :]]
