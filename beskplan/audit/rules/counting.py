"""Announced numbers of things against the list that follows, crosses, and references to tables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from beskplan.audit.documents.model import Grid
from beskplan.audit.model import Outcome, Place
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.plan import BROKEN_REASON, Plan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.vocabulary import NUMBER_WORDS, quotes_another

_MANY = "|".join(word for word, number in NUMBER_WORDS.items() if number > 1)
_ANNOUNCED = re.compile(
    rf"\b(?P<n>{_MANY}|[2-9]|1[0-2])\s+"
    r"(?:[^\W\d]+\s+){0,4}?(?P<noun>[^\W\d]{3,})(?:\s+(?:for|i) \w+)?:$",
    re.IGNORECASE,
)
_NAMELY = re.compile(
    rf"\b(?P<n>{_MANY})\b (?:[a-zæøå]+ ){{1,4}}?[^.;:]{{0,40}}?(?:, nemlig|, dvs\.|:) "
    r"(?P<list>[^.;:]{5,200})",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"\b(?P<what>tabel|figur) (?P<n>\d{1,2})\b(?!\.\d)", re.IGNORECASE)
_CAPTION = re.compile(r"^\W*(?P<what>tabel|figur) (?P<n>\d{1,2})\b(?!\.\d)\W", re.IGNORECASE)


def counted(plan: Plan) -> Iterator[Outcome]:
    """Judge lists, crosses, references, and name the numbers that are broken."""
    for index, sentence in enumerate(plan.sentences):
        match = _ANNOUNCED.search(sentence.text) if sentence.text.endswith(":") else None
        there = _items(plan.sentences[index + 1 :]) if match else 0
        if match and there >= 2:
            said = NUMBER_WORDS.get(match["n"].casefold()) or int(match["n"])
            yield judge("opregning", sentence, holds=there == said, right=str(there), said=match[0])
    for sentence in plan.prose:
        yield from _named(sentence)
    for grid in plan.document.grids:
        if sum("X" in row.cells[1:] for row in grid.rows[1:]) >= 3:
            yield from _crosses(grid)
    yield from _references(plan)
    for unread in plan.unread:
        if unread.reason == BROKEN_REASON:
            yield judge("brudt-tal", unread.place, printed=unread.text, right="tallet uden brud")


def _items(following: tuple[Sentence, ...]) -> int:
    """How many list items follow at once; each passage counts once."""
    parts: set[int] = set()
    for sentence in following:
        if sentence.kind == "bullet":
            parts.add(sentence.part)
        elif sentence.first:
            break
    return len(parts)


def _named(sentence: Sentence) -> Iterator[Outcome]:
    """Judge »fire grupper er vokset, nemlig …« by the number of things named."""
    for match in _NAMELY.finditer(sentence.text):
        said, listed = NUMBER_WORDS[match["n"].casefold()], match["list"].strip()
        most = 1 + len(re.findall(r", | samt | og ", listed))
        if re.search(r"\d", listed) or " at " in listed or most < 2:
            continue
        # »A, B og C samt D«: what »og« joins may be one thing or two.
        ands = " og " in listed
        fewest = 1 + len(re.findall(r", | samt ", listed)) + (ands and " samt " not in listed)
        there = str(most) if fewest == most else f"{fewest} eller {most}"
        yield judge(
            "opregning", sentence, holds=fewest <= said <= most, right=there, case="nemlig",
            said=match["n"].casefold(),
        )  # fmt: skip


def _crosses(grid: Grid) -> Iterator[Outcome]:
    """Judge a column of numbers that counts the crosses of its row, and a row that counts columns'."""
    counts: list[tuple[Place, str, str, str, int]] = []
    heads, body = grid.rows[0].cells, grid.rows[1:]
    rows = [row for row in body if set(row.cells[1:]) & {"X", "(X)", "-"}]
    for column, head in enumerate(heads[1:], start=1):
        across = [
            (r.place, r.cells[0], head, r.cells[column], r.cells.count("X"))
            for r in rows
            if len(r.cells) > column
        ]
        if sum(one[3] == str(one[4]) for one in across) * 5 >= len(rows) * 4:
            counts += across
    for row in body:
        if "(X)" not in row.cells[0]:
            continue
        down = [sum(other.cells[c] == "X" for other in body) for c in range(1, len(row.cells))]
        shown = [(heads[c], row.cells[c], n) for c, n in enumerate(down, start=1) if n]
        if len(row.cells) == len(shown) + 2 and row.cells[-1].isdigit():
            total = sum(int(text) for _, text, _ in shown if text.isdigit())
            shown.append((heads[-1], row.cells[-1], total))
        counts += [(row.place, row.cells[0], *one) for one in shown]
    for place, label, head, text, count in counts:
        yield judge(
            "kryds", place, holds=text == str(count), printed=f"{label}, {head}: {text}",
            right=str(count), about=(label,), text=text,
        )  # fmt: skip


def _references(plan: Plan) -> Iterator[Outcome]:
    """Judge every reference to a table or figure by the numbers of those that the plan has."""
    known: dict[str, set[int]] = defaultdict(set)
    titles = (grid.title for grid in plan.document.grids)
    for text in (*(s.text for s in plan.sentences), *titles):
        if match := _CAPTION.match(f"{text} "):
            known[match["what"].casefold()].add(int(match["n"]))
    for sentence in plan.sentences:
        if _CAPTION.match(f"{sentence.text} ") or quotes_another(sentence.text):
            continue
        for match in _REFERENCE.finditer(sentence.text):
            name = match["what"].casefold()
            there = ", ".join(map(str, sorted(known[name])))
            if there:
                yield judge(
                    "henvisning", sentence, holds=int(match["n"]) in known[name], name=name,
                    n=match["n"], right=f"et nummer, som findes: {there}", there=there,
                )  # fmt: skip
            elif name == "tabel" and not plan.document.grids:
                yield judge("henvisning", sentence, right="en tabel", case="ingen")
