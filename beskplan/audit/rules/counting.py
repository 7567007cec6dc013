"""Announced numbers of things against the list that follows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from beskplan.audit.documents.model import Grid, GridRow
from beskplan.audit.model import Agreed, Finding, Outcome
from beskplan.audit.statements.amounts import PCT, POINTS, amounts
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import NUMBER_WORDS
from beskplan.core.numbers import format_number

_ANNOUNCED = Scan(
    r"\b(?:(?P<word>"
    + "|".join(w for w in NUMBER_WORDS if NUMBER_WORDS[w] > 1)
    + r")|(?P<digits>[2-9]|1[0-2]))\s+"
    r"(?:[^\W\d]+\s+){0,4}?(?P<noun>[^\W\d]{3,})(?:\s+(?:for|i) \w+)?:$",
    re.IGNORECASE,
)


def announced(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `opregning` says."""
    for index, sentence in enumerate(plan.sentences):
        match = _ANNOUNCED.search(sentence.text) if sentence.text.endswith(":") else None
        if match is None:
            continue
        said = int(match["digits"]) if match["digits"] else NUMBER_WORDS[match["word"].casefold()]
        there = _items(plan.sentences[index + 1 :])
        if there < 2:
            continue
        if there == said:
            yield Agreed("opregning", sentence.place, match[0])
            continue
        yield Finding(
            "opregning", "contradiction", "sandsynlig", sentence.place, sentence.text, format_number(there),
            f"Teksten siger {match[0]}, men der følger {there} punkter.",
        )  # fmt: skip


def crosses(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `kryds` says."""
    for grid in plan.document.grids:
        marked = [row for row in grid.rows[1:] if any(cell == "X" for cell in row.cells[1:])]
        if len(marked) < 3:
            continue
        yield from _across(grid)
        yield from _down(grid)


def _across(grid: Grid) -> Iterator[Outcome]:
    """A column of numbers that counts the crosses of its row."""
    rows = [row for row in grid.rows[1:] if set(row.cells[1:]) & {"X", "(X)", "-"}]
    for column in range(1, len(grid.rows[0].cells)):
        told = [(row, row.cells[column], row.cells[1:].count("X")) for row in rows]
        fits = [text == str(count) for _, text, count in told]
        if sum(fits) * 5 < len(fits) * 4:
            continue
        for (row, text, count), fit in zip(told, fits, strict=True):
            yield _counted(row, grid.rows[0].cells[column], text, count, fit=fit)


def _down(grid: Grid) -> Iterator[Outcome]:
    """A row of numbers that counts the crosses of each column."""
    for row in grid.rows[1:]:
        mark = re.search(r"\((X)\)", row.cells[0])
        if mark is None:
            continue
        columns = range(1, len(row.cells))
        counts = [sum(other.cells[c] == "X" for other in grid.rows[1:]) for c in columns]
        told = [(row.cells[c], counts[c - 1]) for c in columns if counts[c - 1]]
        total = sum(int(text) for text, _ in told if text.isdigit())
        if len(row.cells) == len(told) + 2 and row.cells[-1].isdigit():
            fit = row.cells[-1] == str(total)
            yield _counted(row, grid.rows[0].cells[-1], row.cells[-1], total, fit=fit)
        for c, (text, count) in zip(columns, told, strict=False):
            yield _counted(row, grid.rows[0].cells[c], text, count, fit=text == str(count))


def _counted(row: GridRow, head: str, text: str, count: int, *, fit: bool) -> Outcome:
    if fit:
        return Agreed("kryds", row.place, f"{row.cells[0]}: {text}")
    return Finding(
        "kryds", "error", "sandsynlig", row.place, f"{row.cells[0]}, {head}: {text}", str(count),
        f"Der står {text}, men der er {count} krydser.", (row.cells[0],),
    )  # fmt: skip


_OF_THEM = Scan(r"\b(?:heraf|deraf)(?: er| var)?(?= \d)", re.IGNORECASE)
_NO_COUNTS = (PCT, POINTS, "kr", "mio", "uger", "uge", "år", "måneder", "timer")
_OF = Scan(r"(?<!nr\. )\b(?<![\d.,])(?P<n>\d{1,3}) af (?:de )?(?P<m>\d{1,3})\b(?![.,]\d|\. [a-z])")


def so_many_of(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `n-af-m` says."""
    yield from _parts_of_them(plan)
    found = [(s, m) for s in plan.sentences for m in _OF.finditer(s.text)]
    wholes = Counter(match["m"] for _, match in found)
    usual, times = wholes.most_common(1)[0] if wholes else ("", 0)
    for sentence, match in found:
        too_many = int(match["n"]) > int(match["m"])
        odd = match["m"] != usual and times >= 4 and wholes[match["m"]] == 1
        if not too_many and not odd:
            yield Agreed("n-af-m", sentence.place, match[0])
            continue
        yield Finding(
            "n-af-m", "error" if too_many else "doubt", "sikker" if too_many else "mulig",
            sentence.place, sentence.text, f"højst {match['m']}" if too_many else f"af {usual}",
            f"»{match[0]}«: "
            + ("delen er større end det hele." if too_many else f"ellers er det af {usual}."),
        )  # fmt: skip


def _parts_of_them(plan: Plan) -> Iterator[Outcome]:
    """`300 ledige, heraf 350 kvinder`: a part of them cannot be more than all."""
    for sentence in plan.prose:
        for match in _OF_THEM.finditer(sentence.text):
            counts = [n for n in amounts(sentence.text) if n.unit not in _NO_COUNTS]
            whole = [n for n in counts if n.end <= match.start()]
            part = [n for n in counts if 0 <= n.start - match.end() <= 1]
            if not whole or not part:
                continue
            if part[0].value <= whole[-1].value:
                yield Agreed("n-af-m", sentence.place, part[0].text)
                continue
            yield Finding(
                "n-af-m", "error", "sandsynlig", sentence.place, sentence.text, f"højst {whole[-1].text}",
                f"»{match[0]} {part[0].text}« er flere end {whole[-1].text}, som de er en del af.",
            )  # fmt: skip


def _items(following: tuple[Sentence, ...]) -> int:
    """How many list items follow at once; each passage counts once."""
    counted: set[int] = set()
    for one in following:
        if one.kind == "bullet":
            counted.add(one.part)
        elif one.first:
            break
    return len(counted)
