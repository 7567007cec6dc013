"""The same thing printed twice with two values: cells, levels and targets by topic, and forecasts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple

from beskplan.audit.documents.model import Grid
from beskplan.audit.model import Outcome, Place
from beskplan.audit.patterns import patterns
from beskplan.audit.rules.registry import judge
from beskplan.audit.statements.amounts import PCT, Amount, amounts, cell_amount, is_number, times
from beskplan.audit.statements.names import area_mentions, ydelse_mentions
from beskplan.audit.statements.plan import Plan, Sentence
from beskplan.audit.statements.skeleton import TOKEN, Skeleton, skeleton
from beskplan.audit.statements.tables import Column, ReadTable, Row
from beskplan.audit.statements.vocabulary import turns
from beskplan.blocks.text.language import capital
from beskplan.core.periods import MONTHS, Period

_RE = patterns("twice")

# ------------------------------------------------------------------------------ cells

_BACKING = 3
"""So many equal cells of two tables make it certain that they are of the same thing."""


def cells_twice(plan: Plan) -> Iterator[Outcome]:
    """Judge cells of two tables that are about the same, by what they mean or by their heads.

    Two tables that differ in most of such cells are of different things.
    """
    for key_of in (_meaning, _heads):
        seen: dict[Hashable, _Cell] = {}
        pairs: dict[tuple[int, int], list[tuple[_Cell, _Cell]]] = defaultdict(list)
        shown = (_Cell(t, *one) for t in plan.tables for one in t.numbers(t.columns))
        for one in shown:
            key = key_of(plan, one.table, one.column, one.row)
            # A row head that stands twice is of two blocks.
            if key is None or one.column.area or one.table.labels[one.row.label] > 1:
                continue
            first = seen.setdefault(key, one)
            if first.table is not one.table:
                pairs[first.table.part, one.table.part].append((first, one))
        for cells in pairs.values():
            same = sum(_agree(*two) for two in cells)
            if len(cells) - same <= max(same, 1):
                for first, one in cells:
                    plan.mark(one.table, one.row, one.column.index)
                    yield judge(
                        "samme-celle", one.row.place, right=first.amount.text, about=(one.row.label,),
                        holds=_agree(first, one), sure=same >= _BACKING,
                        printed=f"{one.row.label}, {one.column.label}: {one.amount.text}",
                        cell=one.amount.text, where=capital(first.row.place.text),
                    )  # fmt: skip


class _Cell(NamedTuple):
    """A number of a table with its row and column."""

    table: ReadTable
    row: Row
    column: Column
    amount: Amount


def _agree(first: _Cell, second: _Cell) -> bool:
    one, two = first.amount, second.amount
    return one.value == two.value or one.decimals != two.decimals


def _heads(_: Plan, table: ReadTable, column: Column, row: Row) -> Hashable:
    """Within a section, the same row and column heads mean the same cell."""
    return table.place.section, _title(table), row.label.casefold(), column.label.casefold()


def _title(table: ReadTable) -> str:
    """A title without its number, so that a table and the numbers behind a figure have the same."""
    bare = re.sub(r"^(?:tabel|tal bag figur) \d+\. ", "", table.title.casefold())
    return bare.partition(", grupperne")[0]


def _meaning(plan: Plan, table: ReadTable, column: Column, row: Row) -> Hashable:
    """What a cell is about; None where that is not known well enough to compare."""
    pair = table.level_pair(column) if column.role in ("change", "change_pct") else None
    spans = column.span or tuple(level.period for level in pair or ())
    period = column.period or (spans if len(spans) == 2 and all(spans) else None)
    subject = table.ydelse if row.kind == "area" else row.key
    if column.role == "other" or not subject or not period or (row.total and row.kind == "group"):
        return None
    area = row.key if row.kind == "area" else table.area or plan.kode
    if area == "?":
        return None
    # A head such as "Faktisk" says nothing without its title.
    measure = column.base or table.unit if column.role != "level" else column.unit or table.unit
    vague = table.special or not measure or (row.kind == "group" and not row.group)
    title = _title(table) if vague else ""
    return subject, area, column.role, period, measure, column.unit, title


# ------------------------------------------------------------------------------ forecasts


def forecasts(plan: Plan) -> Iterator[Outcome]:
    """Judge what the plan expects of unemployment, employment and workforce: one number for one time."""
    expected: dict[Hashable, list[tuple[Amount, Sentence]]] = defaultdict(list)
    for sentence in plan.prose:
        ends = [when.period.year for when in times(sentence.text) if not when.day]
        for amount in (
            amounts(sentence.text) if ends and _RE["forecast"].search(sentence.text) else ()
        ):
            before = sentence.text[: amount.start]
            subjects = [m["s"].casefold() for m in _RE["subject"].finditer(before)]
            ways = [way for way, start, _ in turns(sentence.text) if start < amount.start]
            moved = amount.unit == PCT and _RE["moved_by_pct"].search(before)
            if moved and subjects and ways:
                expected[subjects[-1], ways[-1], max(ends)].append((amount, sentence))
    for ones in expected.values():
        known, first = ones[0]
        for amount, sentence in {n.value: (n, s) for n, s in reversed(ones[1:])}.values():
            yield judge(
                "samme-prognose", sentence, holds=amount.value == known.value,
                printed=f"{first.text} / {sentence.text}", right="samme tal begge steder",
                here=amount.text, there=known.text, where=first.place.text,
            )  # fmt: skip


# ------------------------------------------------------------------------------ facts

Role = Literal["level", "target", "required"]
Goal = str | frozenset[str]
"""What ties an overview to what it sums up: a goal's number, or the words of its name."""

_COMMON = frozenset(_RE.words("common")) | frozenset(MONTHS)
_LIMITS = ("mindst", "højst", "højest", "maksimalt", "minimum")
_LONG = 4
"""So many words that say what a target is about make it one of its own."""
_PARALLEL = 2
"""Facts of more values than this are parallel, each about something of its own."""
_FARTHEST = 2
"""A number of a table and one of a text that lie further apart than this many times are of two things."""
_PLAIN_UNITS = {"uge": "uger", "person": "personer", "fuldtidsperson": "fuldtidspersoner"}
_TIME = ("uger", "måneder")
_MONEY = ("kr", "mio", "mia")


@dataclass(frozen=True, eq=False)
class Fact:
    """One number that a plan gives of something at some time.

    Attributes:
        role: A level, what is aimed at, or what a ministry asks for.
        topic: The words that say what it is of, without their endings.
        about: Groups, areas and benefits named, each of which makes it a fact of something else.
        amount: The number.
        period: When; None where it is not told.
        text: The sentence, or the cell with its heads.
        place: Where it stands.
        at: Part, then sentence and offset, or row and column, as `Plan.checked` has it.
        list_of: The section whose list it is an item of; items of one list are about different things.
        in_table: Whether it is a cell.
        goals: The goal that it belongs to.
        noun: The long word for what is counted, right behind the number; else empty.
        stage: Of a level beside a target: `base` it is counted from, `status` since; empty where not told.
        alone: Whether it is the only number of its row with its role and stage; of several only a time
            tells which.
        beside: Of a cell, the other numbers of its row.
    """

    role: Role
    topic: frozenset[str]
    about: frozenset[str]
    amount: Amount
    period: Period | None
    text: str
    place: Place
    at: tuple[int, int, int]
    list_of: str = ""
    in_table: bool = False
    goals: frozenset[Goal] = frozenset()
    noun: str = ""
    stage: str = ""
    alone: bool = True
    beside: frozenset[Decimal] = frozenset()

    @property
    def unit(self) -> str:
        """What is counted, in the plural."""
        return _PLAIN_UNITS.get(self.amount.unit, self.amount.unit)


def stems(text: str) -> frozenset[str]:
    """The words that say what a text is about, without their endings."""
    words = {
        w for w in _RE["word"].findall(_RE["groups"].sub(" ", text.casefold())) if w not in _COMMON
    }
    return frozenset(w if w == "a-dagpenge" else _RE["ending"].sub("", w) for w in words)


def _topic(text: str) -> frozenset[str]:
    """What a text is about: its own words, else the groups that it names."""
    return stems(text) or frozenset(_RE["groups"].findall(text.casefold()))


def _facts(plan: Plan) -> Iterator[Fact]:
    for sentence in plan.prose:
        if not (sentence.is_quote or re.search(r"\bhhv|henholdsvis", sentence.text)):
            yield from _of_sentence(plan, sentence)
    for table in plan.own_tables:
        yield from _of_table(plan, table.as_printed)


def _of_sentence(plan: Plan, sentence: Sentence) -> Iterator[Fact]:
    passage = plan.document.parts[sentence.part]
    if isinstance(passage, Grid):
        return
    for offset, clause in _clauses(sentence.text):
        form = skeleton(clause)
        found = [
            (m, form.tokens[int(m["n"])]) for m in TOKEN.finditer(form.text) if m["kind"] in "NPDK"
        ]
        target = bool(_RE["target"].search(clause))
        subject, heading = clause, sentence.place.section
        # »Målet er 45 pct.«, »Der må højst være 195« have their topic in the goal's text or the heading.
        if _RE["bare_target"].match(clause) or (target and not _topic(clause)):
            numbered = not _RE["bare_target"].match(clause) and _goals(passage.text, named=False)
            subject = passage.text if numbered else heading
        topic = _topic(subject)
        if not 1 <= len(found) <= 4 or not topic:
            continue
        bare = clause if subject is clause else f"{subject} {clause}"
        about = _named(plan, bare)
        # The only number of a long target is what is aimed at, whatever word stands before it.
        alone = target and len(found) == 1 and len(topic) > _LONG
        numbers = [(m, token, _role(form, m, target=target, alone=alone)) for m, token in found]
        for match, token, role in numbers:
            bare = bare.replace(clause[token.start : token.end], " ")
            # A number without a role is a part of the name: »område nummer 3«.
            moved = _RE["fewer"].match(form.text, match.end())
            about |= {str(token.size)} if token.kind == "N" and not role and not moved else set()
        about |= set(_RE["groups"].findall(bare.casefold()))
        for match, token, role in numbers:
            if role and token.amount is not None:
                asked = role == "target" and _RE["required"].search(clause.casefold())
                yield Fact(
                    "required" if asked else role, topic, about, token.amount,
                    _period(form, match), sentence.text, sentence.place,
                    (sentence.part, id(sentence), offset + token.start),
                    sentence.place.section if sentence.kind == "bullet" else "",
                    goals=_goals(sentence.place.section) | _goals(passage.text, named=False),
                    noun=counted["noun"] if (counted := _RE["counted"].match(form.text, match.end())) else "",
                    stage=_stage(form.text[: match.start()], target=target) if role == "level" else "",
                )  # fmt: skip


def _goals(text: str, *, named: bool = True, worded: bool = True) -> frozenset[Goal]:
    """The goal that a heading, a text or a row names.

    Args:
        text: Its words.
        named: Whether the whole of it is the goal's name, which a text is not.
        worded: Whether its number needs a word before it: »mål 3«.
    """
    match = _RE["numbered"].match(text)
    number = match["n"] if match and (match["word"] or not worded) else ""
    name = stems(match["name"] if match else text) if named else ""
    return frozenset(goal for goal in (number, name) if goal)


def _named(plan: Plan, text: str) -> frozenset[str]:
    """Other areas, and benefits, that a text names."""
    mentions = (*area_mentions(text), *ydelse_mentions(text, plan.on))
    return frozenset(mention.key for mention in mentions if mention.key != plan.kode)


def _clauses(text: str) -> list[tuple[int, str]]:
    """The clauses of a sentence that each have a number, with where they begin."""
    cuts = [0, *(m.end() for m in _RE["clause"].finditer(text)), len(text)]
    clauses = [(a, text[a:b]) for a, b in pairwise(cuts)]
    return clauses if all(re.search(r"\d", clause) for _, clause in clauses) else [(0, text)]


def _role(form: Skeleton, match: re.Match[str], *, target: bool, alone: bool) -> Role | None:
    """Whether a number is a level or aimed at; None where it is a change or a part of a name."""
    left = form.text[max(0, match.start() - 60) : match.start()]
    # What stands before the last number says nothing of this one; a period may stand between.
    before = re.split(r"⟨[^T]\d+⟩|⟩(?=[^⟩]*⟨T)", left)[-1]
    if _RE["moved_by"].search(before) or _RE["fewer"].match(form.text, match.end()):
        return None
    if _RE["from"].search(before):
        return "level"
    if not target:
        return "level" if _RE["is"].search(before) else None
    begins = not form.text[: match.start()].strip(" -–")
    limited = form.tokens[int(match["n"])].number.qualifier in _LIMITS
    led = _RE["aims_at"].search(before) or re.match(
        r"\W*(?:højst|mindst) ", form.text[: match.start()]
    )
    return "target" if alone or begins or limited or led else None


def _stage(before: str, *, target: bool) -> str:
    """Whether a level is what a target is counted from, or where it stands now."""
    if target and _RE["from"].search(before):
        return "base"
    return "status" if _RE["now"].search(before[-60:]) else ""


def _period(form: Skeleton, match: re.Match[str]) -> Period | None:
    """The period that a number is of: told right after it, else the nearest one before."""
    behind = re.match(r"[^⟨.;]{0,45}⟨T(\d+)⟩", form.text[match.end() :])
    here = re.findall(r"⟨T(\d+)⟩", form.text[: match.start()])
    if behind and not re.search(r"\bfra\b|\bmod\b", behind[0]):
        here.append(behind[1])
    when = form.tokens[int(here[-1])].when if here else None
    return when.period if when else None


def _of_table(plan: Plan, table: ReadTable) -> Iterator[Fact]:
    """The cells of a table of targets: a row's name is the topic, a head says level or target."""
    grid = plan.document.parts[table.part]
    if not isinstance(grid, Grid):
        return
    aims = any(_RE["aim_head"].search(column.label.casefold()) for column in table.columns)
    titles = f"{table.title} {table.place.section} {grid.rows[0].cells[0]}".casefold()
    # A column of numbers before the names is part of them.
    rows = [
        (" ".join(row.cells[: -len(table.columns)]), *row.cells[-len(table.columns) :])
        for row in grid.rows[1:] if len(row.cells) in (len(table.columns) + 1, len(table.columns) + 2)
    ]  # fmt: skip
    headings = [s.text for s in plan.sentences if s.kind == "heading"]
    sections = {goal for text in headings if _goals(text, named=False) for goal in _goals(text)}
    overview = sum(not sections.isdisjoint(_goals(cells[0], worded=False)) for cells in rows) > 1
    # Where rows are areas, they do not say what the numbers are of.
    if table.by_area or not (aims or overview or _RE["of_targets"].search(titles)):
        return
    # Where no head says which column is aimed at, it is that of the last year, else every number.
    names = [column.label.casefold() for column in table.columns]
    years = [max(map(int, re.findall(r"20\d\d", name)), default=0) for name in names]
    ahead = {year for year in years if year and year >= min(plan.aar or max(years), max(years))}
    stages = [m.lastgroup or "" if (m := _RE["stage_head"].search(name)) else "" for name in names]
    aimed = [
        ("mål" in name if aims else year in ahead) and not (stage or _RE["level_head"].search(name))
        for name, year, stage in zip(names, years, stages, strict=True)
    ]
    targets = aimed if any(aimed) else [not stage for stage in stages]
    numbered = [any(map(is_number, column)) for column in list(zip(*rows, strict=True))[1:]]
    kinds = Counter(
        (target, stage) for target, stage, has in zip(targets, stages, numbered, strict=True) if has
    )
    for r, (head, *cells) in enumerate(rows):
        label = re.sub(r"^\s*\d+(?:\.\d+)*[.:)]?\s*", "", head)
        about = _named(plan, label) | set(_RE["groups"].findall(label.casefold()))
        bare = _RE["unit_behind"].sub("", label)
        shared = PCT if any(_RE["pct_unit"].match(cell) for cell in cells) else ""
        each = zip(table.columns, cells, targets, stages, strict=True)
        shown = frozenset(amount.value for cell in cells if (amount := cell_amount(cell)))
        topic = _topic(bare)
        for column, cell, is_target, stage in each if topic else ():
            amount = cell_amount(cell) or next(
                iter(amounts(cell) if _RE["aim"].match(cell) else ()), None
            )
            when = times(column.label)
            moved = column.role in ("change", "change_pct") or _RE["moved_head"].search(
                column.label
            )
            alone = kinds[is_target, stage] == 1
            # Of several columns of targets a text means that of its time.
            if amount is not None and not (
                moved or column.area or (is_target and not alone and not when)
            ):
                money = _RE["money"].search(f"{column.label} {table.title}")
                amount = amount._replace(unit=amount.unit or shared or ("kr" if money else ""))
                yield Fact(
                    "target" if is_target else "required" if stage == "required" else "level",
                    topic, about, amount, when[-1].period if when else None,
                    f"{head}, {column.label}: {cell}", table.place, (table.part, r, column.index),
                    in_table=True, goals=_goals(head, worded=False), stage=stage, alone=alone,
                    beside=shown - {amount.value},
                )  # fmt: skip


def facts_twice(plan: Plan) -> Iterator[Outcome]:
    """Judge every two facts about the same thing at the same time: one value, one unit."""
    # Facts of one role about the same groups; only these can be about the same thing.
    alike: dict[Hashable, list[Fact]] = defaultdict(list)
    reported: set[tuple[str, str]] = set()
    facts = list(_facts(plan))
    for fact in facts:
        before = alike[fact.role, fact.about]
        same = [one for one in before if _is_same(one, fact)]
        before.append(fact)
        if not same or len({one.amount.value for one in same}) > _PARALLEL:
            continue
        plan.checked.update(one.at for one in (fact, *same))
        # A count that leaves out what is counted is in no other unit.
        equal = [one for one in same if one.amount.value == fact.amount.value]
        first = next((f for f in equal if f.unit == fact.unit or not f.unit or not fact.unit), None)
        other = first or same[0]
        if first or (other.text, fact.text) not in reported:
            reported.add((other.text, fact.text))
            yield _two(other, fact, holds=bool(first))
    seen = {text for pair in reported for text in pair}
    told = [fact for fact in facts if fact.goals and not fact.in_table]
    for cell in facts:
        same = [one for one in told if _is_same_goal(one, cell)] if cell.in_table else []
        values = {one.amount.value for one in same}
        if same and cell.text not in seen and (cell.amount.value in values or len(values) == 1):
            plan.checked.update(one.at for one in (cell, *same))
            yield _two(same[0], cell, holds=cell.amount.value in values)


def _two(first: Fact, second: Fact, *, holds: bool) -> Outcome:
    units = first.amount.value == second.amount.value
    rule = "maal-i-oversigt" if second.role == "target" else "to-vaerdier"
    return judge(
        "enhed" if units and not holds else rule, second.place, holds=holds,
        printed=f"{first.text} / {second.text}", case="to_enheder" if units else "to_tal",
        right="samme enhed" if units else "samme tal begge steder",
        here=second.amount.text, there=first.amount.text, where=first.place.text,
    )  # fmt: skip


def _is_same_goal(told: Fact, cell: Fact) -> bool:
    """Whether a number of a text is of the same goal as a cell of an overview."""
    shared = told.goals & cell.goals
    if told.role != cell.role or told.unit != cell.unit or not _is_same_time(told, cell):
        return False
    if not (_may_be_one(told, cell) and _is_same_stage(told, cell)):
        return False
    # A number alone may be of another list: then both speak of the same, too.
    return (told.role == "target" and any(not isinstance(goal, str) for goal in shared)) or (
        bool(shared) and any(_is_alike(a, b) for a in told.topic for b in cell.topic)
    )


def _is_alike(one: str, two: str) -> bool:
    return one.startswith(two) or two.startswith(one)


def _is_same(first: Fact, second: Fact) -> bool:
    """Whether two facts of one role and group are about the same thing, at one time, in one measure."""
    items = first.list_of and first.list_of == second.list_of
    if first.at[0] == second.at[0] or items or not _is_same_unit(first.unit, second.unit):
        return False
    if (first.in_table or second.in_table) and not _may_be_one(first, second):
        return False
    return (
        _is_same_time(first, second)
        and _is_same_stage(first, second)
        and _is_same_topic(first, second)
    )


def _is_same_stage(first: Fact, second: Fact) -> bool:
    """Whether two facts may be of one stage of a goal: a text that tells none, by its time only."""
    cell, told = (first, second) if first.in_table else (second, first)
    if not (cell.in_table and cell.stage) or cell.stage == told.stage:
        return True
    return not told.stage and cell.period is not None and told.period is not None


def _may_be_one(first: Fact, second: Fact) -> bool:
    """Whether one number can be a slip of the other: else they are of two things."""
    one, two = first.amount.value, second.amount.value
    low, high = sorted((abs(one), abs(two)))
    # A text that has another number of the row means that one.
    other = first.in_table != second.in_table and (one in second.beside or two in first.beside)
    return high <= _FARTHEST * low and not other


def _is_same_unit(first: str, second: str) -> bool:
    """Whether units are the same, two of time, or a count that leaves out what is counted."""
    bare = "" in (first, second) and not {first, second} & {PCT, *_TIME, *_MONEY, "år", "timer"}
    return first == second or {first, second} == set(_TIME) or bare


def _is_same_topic(first: Fact, second: Fact) -> bool:
    if first.role == "target" and first.noun == second.noun and first.noun not in {"", *_COMMON}:
        return True
    small, large = sorted((first.topic, second.topic), key=len)
    in_table = first.in_table or second.in_table
    # Each word of a short name in a table has its like in a text, endings apart.
    covered = all(any(_is_alike(a, b) for b in large) for a in small)
    if not small <= large and not (in_table and covered):
        return False
    if in_table:
        return first.in_table != second.in_table or first.topic == second.topic
    close = len(small) >= 2 or len(large) <= 2
    return close and (first.role == "target" or first.unit in (PCT, *_TIME))


def _is_same_time(first: Fact, second: Fact) -> bool:
    one, two = first.period, second.period
    if one is None or two is None:
        alone = first.alone and second.alone
        return alone and (first.role == "target" or first.in_table or second.in_table)
    return one == two or (one.year == two.year and "Y" in (one.kind, two.kind))
