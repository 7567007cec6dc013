"""What is counted: announced numbers against their lists, crosses, references to tables, and units."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from beskplan.audit.documents.model import Grid
from beskplan.audit.model import Outcome, Place
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.rules.tables_meant import tables_for
from beskplan.audit.rules.text_and_table import claims_of
from beskplan.audit.statements.amounts import PCT, Amount, amounts
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.plan import BROKEN_REASON, Plan, Sentence
from beskplan.audit.statements.skeleton import skeleton
from beskplan.audit.statements.tables import ReadTable, cell_at
from beskplan.audit.statements.vocabulary import NUMBER_WORDS
from beskplan.core.danish import format_number

_RE = patterns("counting", many=[w for w, number in NUMBER_WORDS.items() if number > 1])


def counted(plan: Plan) -> Iterator[Outcome]:
    """Judge lists, crosses, references, and name the numbers that are broken."""
    for index, sentence in enumerate(plan.sentences):
        heads = sentence.text.endswith(":") or sentence.kind == "heading"
        match = _RE["announced"].search(sentence.text.rstrip(":")) if heads else None
        if match and match["n"].isdigit() and sentence.kind == "heading":
            match = None  # the heading's own number
        there = _items(plan.sentences[index + 1 :]) if match else 0
        if match and there >= 2:
            said = NUMBER_WORDS.get(match["n"].casefold()) or int(match["n"])
            yield judge("opregning", sentence, holds=there == said, right=str(there), said=match[0])
    targets = {int(m["n"]) for s in plan.sentences if (m := _RE["target"].match(s.text))}
    for sentence in plan.prose:
        yield from _named(sentence)
        yield from _held(plan, sentence, targets)
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


def _held(plan: Plan, sentence: Sentence, targets: set[int]) -> Iterator[Outcome]:
    """Judge »planen rummer fire mål« by its numbered targets, »tabel 5 viser 12 mål« by its rows."""
    for match in _RE["holds_targets"].finditer(sentence.text):
        there = len(targets) if targets == {*range(1, len(targets) + 1)} else 0
        if match["table"]:
            name = re.compile(rf"\W*tabel {match['table']}\b", re.IGNORECASE)
            rows = [t.rows for t in plan.tables if name.match(t.title)]
            there = sum(not row.total for row in rows[0]) if rows else 0
        elif not match["what"].casefold().endswith("mål"):
            there = 0
        said = NUMBER_WORDS.get(match["n"].casefold()) or int(match["n"])
        if there > 1:
            yield judge(
                "opregning", sentence, holds=said == there, right=str(there), case="rummer",
                said=match["n"], what=match["what"],
            )  # fmt: skip


def _named(sentence: Sentence) -> Iterator[Outcome]:
    """Judge »fire grupper er vokset, nemlig …« by the number of things named."""
    for match in _RE["namely"].finditer(sentence.text):
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
        if match := _RE["caption"].match(f"{text} "):
            known[match["what"].casefold()].add(int(match["n"]))
    for sentence in plan.sentences:
        if _RE["caption"].match(f"{sentence.text} ") or sentence.is_quote:
            continue
        for match in _RE["reference"].finditer(sentence.text):
            name = match["what"].casefold()
            there = ", ".join(map(str, sorted(known[name])))
            if there:
                yield judge(
                    "henvisning", sentence, holds=int(match["n"]) in known[name], name=name,
                    n=match["n"], right=f"et nummer, som findes: {there}", there=there,
                )  # fmt: skip
            elif name == "tabel" and not plan.document.grids:
                yield judge("henvisning", sentence, right="en tabel", case="ingen")


# ------------------------------------------------------------------------------ units

_COUNTED = {
    "fuldtidspersoner": "fuldtidspersoner", "fuldtidsperson": "fuldtidspersoner",
    "helårspersoner": "helårspersoner", "helårsperson": "helårspersoner", "personer": "personer",
    "person": "personer", "forløb": "forløb",
}  # fmt: skip
"""Units that are four things, by how a text writes them."""
_TELLING = 3
"""Digits by which an amount is known again."""
_USUAL = 5
"""Sentences with a unit that make it the plan's usual one; and a level that is no chance."""


def units(plan: Plan) -> Iterator[Outcome]:
    """Judge what is counted: by the table that a number is of, and by the plan's usual unit."""
    reported: set[int] = set()
    for sentence, table, amount in (*_claimed(plan), *_of_named_rows(plan)):
        said = _COUNTED.get(amount.unit, "")
        if said and table.unit in _COUNTED.values() and id(sentence) not in reported:
            reported |= {id(sentence)} if said != table.unit else set()
            yield _unit(sentence, table, amount.text, said)
    for sentence in plan.prose:
        if "kr" in sentence.text and (near := plan.section_table(sentence)):
            yield from _scale(plan, sentence, near)
        match, near = _RE["number_of_persons"].search(sentence.text), plan.section_table(sentence)
        counts = near and near.by_area and near.unit in _COUNTED.values()
        if match and near and counts and near.part not in reported:
            reported |= {near.part} if match["unit"].casefold() != near.unit else set()
            yield _unit(sentence, near, match[0], match["unit"].casefold())
    for grid in plan.document.grids:
        courses, persons = (
            _RE["courses"].search(grid.rows[0].cells[0]), _RE["persons_in_courses"].search(grid.title),
        )  # fmt: skip
        if courses and persons:
            yield judge(
                "enhed", grid.place, printed=f"{persons[0]}: {grid.title}", right=courses[0],
                case="forloeb", persons=persons[0],
            )  # fmt: skip
    words = ("fuldtidspersoner", "helårspersoner")
    using = {word: [s for s in plan.prose if word in s.text.casefold()] for word in words}
    rare, usual = sorted(words, key=lambda word: len(using[word]))
    shown = any(rare in f"{table.unit} {table.title}".casefold() for table in plan.tables)
    if len(using[rare]) == 1 and len(using[usual]) >= _USUAL and not shown:
        sentence = using[rare][0]
        yield judge(
            "enhed", sentence, printed=f"{rare}: {sentence.text}", right=usual, case="ellers",
            word=rare.capitalize(),
        )  # fmt: skip


_SCALES = {"T": Decimal(1000), "M": Decimal(10) ** 6, "G": Decimal(10) ** 9}
_OFF = tuple(Decimal(10) ** n for n in (-3, -2, -1, 1, 2, 3))
"""What an amount is multiplied with where its unit or its comma is wrong."""


def _scale(plan: Plan, sentence: Sentence, table: ReadTable) -> Iterator[Outcome]:
    """Judge amounts of money that are a cell's but for their unit: 64,0 mia. beside 64,0 mio."""
    sizes: list[Decimal] = []
    grid = plan.document.parts[table.part]
    corner = grid.rows[0].cells[0] if isinstance(grid, Grid) else ""
    for _, column, cell in table.numbers(table.columns):
        money = next(
            filter(None, map(_RE["scale"].search, (column.label, table.title, corner))), None
        )
        if money and cell.unit != PCT and column.role != "share":
            sizes.append(abs(cell.value) * _SCALES[money.lastgroup or "M"])
    for token in (t for t in skeleton(sentence.text).tokens if t.kind == "K" and sizes):
        near = token.size * token.number.step / token.number.value / 2 if token.size else Decimal(0)
        told = len(
            re.sub(r"\D", "", token.number.text.removesuffix(".000")).rstrip(
                "0" * (not token.number.decimals)
            )
        )
        if told < _TELLING or any(abs(size - token.size) <= near for size in sizes):
            continue
        for factor in _OFF:
            right = next((s for s in sizes if abs(s * factor - token.size) <= near), None)
            if right:
                shown = format_number(right / _SCALES["M"], 1) + " mio. kr."
                yield judge(
                    "enhed", sentence, printed=f"{token.text}: {sentence.text}", right=shown,
                    case="beloeb", said=token.text, title=table.title,
                )  # fmt: skip
                break


def _unit(sentence: Sentence, table: ReadTable, printed: str, said: str) -> Outcome:
    return judge(
        "enhed", sentence, holds=said == table.unit, printed=f"{printed}: {sentence.text}",
        right=table.unit, said=said, title=table.title,
    )  # fmt: skip


def _claimed(plan: Plan) -> Iterator[tuple[Sentence, ReadTable, Amount]]:
    """Counts of the text that are a table's, or a difference of two in a row."""
    for sentence, table, claim, _ in (c for s in plan.sentences for c in claims_of(plan, s)):
        size = abs(claim.amount.value)
        # Ordinary speech calls a difference persons: »16 personer færre«.
        loose = claim.measure == "change" and claim.amount.unit.startswith("person")
        for row in table.rows if claim.measure in ("before", "now", "change") and not loose else ():
            values = [v for column in table.levels if (v := cell_at(row, column)) is not None]
            # Of the row that is meant any two; of another only those that stand side by side.
            pairs = [*(combinations(values, 2) if row is claim.row else pairwise(values))]
            ends = [(values[0], values[-1])] if values else []
            if size in values or size in {abs(b - a) for a, b in (*pairs, *ends)}:
                yield sentence, table, claim.amount
                break


def _of_named_rows(plan: Plan) -> Iterator[tuple[Sentence, ReadTable, Amount]]:
    """Levels of rows that the sentence beside a table names, under another unit than the table's."""
    for sentence in plan.prose:
        for amount in amounts(sentence.text):
            said = _COUNTED.get(amount.unit)
            for table, near in tables_for(plan, sentence) if said and amount.value > _USUAL else ():
                named = row_mentions(sentence.text, table, plan.ydelser(sentence))
                levels = {cell_at(row, column) for row, _, _ in named for column in table.levels}
                if near and said != table.unit and amount.value in levels:
                    yield sentence, table, amount
