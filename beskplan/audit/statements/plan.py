"""A document understood: whose plan it is, its tables, its sentences, and which belong together."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from beskplan.audit.documents.model import Document, Grid, Kind, Passage
from beskplan.audit.model import Place, Unread
from beskplan.audit.patterns import patterns
from beskplan.audit.statements.amounts import REMEMBERED, Amount, amounts, broken_numbers, is_number
from beskplan.audit.statements.claims import row_mentions
from beskplan.audit.statements.names import Mention, area_mentions, ydelse_mentions
from beskplan.audit.statements.skeleton import Token
from beskplan.audit.statements.tables import ReadTable, Row, is_contents, read_table
from beskplan.audit.statements.vocabulary import quotes_another
from beskplan.observations.snapshot import Snapshot
from beskplan.registers.areas import Area, area, joint_jobcentre

_RE = patterns("plan")

BROKEN_REASON = "tallet er brudt og kan ikke læses entydigt"
_TITLES = 4


@dataclass(frozen=True, eq=False)
class Sentence:
    """One sentence, list item or heading.

    Attributes:
        text: Without no-break spaces, so that patterns need only know one blank.
        kind: Of the passage it stands in.
        place: Where it begins.
        part: Index of the passage in the document.
        first: Whether it begins the passage.
    """

    text: str
    kind: Kind
    place: Place
    part: int
    first: bool

    @property
    def is_quote(self) -> bool:
        """Whether it gives what another document printed, by its own words or by its heading's."""
        return quotes_another(self.text) or quotes_another(self.place.section)


def sentences(passage: Passage, part: int) -> list[Sentence]:
    """The sentences of a passage, in order."""
    text = passage.text.replace("\u00a0", " ")
    found: list[Sentence] = []
    start = 0
    for match in _RE["end"].finditer(text):
        before = text[start : match.start()].rstrip('"”)')
        if _RE["abbreviated"].search(before) and not _RE["may_end"].search(before):
            continue
        if _RE["numbered"].search(before) and _RE["after_ordinal"].match(text[match.end() :]):
            continue
        if re.fullmatch(r"\s*[0-9]{1,2}\.", before):
            continue  # a list's number
        found.append(_sentence(passage, part, slice(start, match.start()), first=not found))
        start = match.end()
    if text[start:].strip():
        found.append(_sentence(passage, part, slice(start, len(text)), first=not found))
    return found


def _sentence(passage: Passage, part: int, where: slice, *, first: bool) -> Sentence:
    text = passage.text[where].replace("\u00a0", " ").strip()
    return Sentence(text, passage.kind, passage.place_at(where.start), part, first)


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that the rules look at."""

    document: Document
    area: Area | None
    """The municipality whose plan it is; None where the text does not tell."""
    aar: int | None
    tables: tuple[ReadTable, ...]
    sentences: tuple[Sentence, ...]
    unread: tuple[Unread, ...]
    on: date
    """A day in the year before the plan's: which names benefits had."""
    checked: set[tuple[int, int, int]] = field(default_factory=set)
    """What a rule has looked at: part of the document, then row and column, or 0 and offset in a text."""
    snapshot: Snapshot | None = None
    """Data that the plan's numbers are set against; None where only the plan itself is checked."""

    def mark(self, table: ReadTable, row: Row, *columns: int) -> None:
        """Note that cells of a row have been looked at; those of a turned table stand elsewhere."""
        if table.as_printed.columns == table.columns and row in table.rows:
            at = table.rows.index(row)
            self.checked.update((table.part, at, column) for column in columns)

    def mark_value(self, table: ReadTable, row: Row, value: Decimal) -> None:
        """Note that the cells of a row that show a number have been looked at."""
        self.mark(
            table,
            row,
            *(c for c, cell in enumerate(row.cells) if cell and abs(cell.value) == abs(value)),
        )

    def mark_text(self, sentence: Sentence, numbers: Iterable[Amount | Token]) -> None:
        """Note that numbers of a sentence have been looked at."""
        self.checked.update((sentence.part, id(sentence), number.start) for number in numbers)

    @cached_property
    def kode(self) -> str:
        """Code of the plan's municipality, or empty."""
        return self.area.kode if self.area else ""

    @cached_property
    def joint(self) -> frozenset[str]:
        """Codes of the municipality and of those that share its jobcentre."""
        if self.area is None or self.area.kind != "kommune":
            return frozenset({self.kode})
        shared = joint_jobcentre(self.area)
        return frozenset({self.kode, *(shared.parts if shared else ())})

    @cached_property
    def prose(self) -> tuple[Sentence, ...]:
        """The sentences without headings."""
        return tuple(one for one in self.sentences if one.kind != "heading")

    @cached_property
    def own_tables(self) -> tuple[ReadTable, ...]:
        """The tables that do not only repeat another one."""
        return tuple(one for one in self.tables if not one.derived)

    @cached_property
    def _by_section(self) -> dict[str, list[ReadTable]]:
        found: dict[str, list[ReadTable]] = {}
        for one in self.tables:
            found.setdefault(one.place.section, []).append(one)
        return found

    def drawn_periods(self, section: str) -> frozenset[str]:
        """Labels of the rows behind a section's figures, in lower case: a curve's are its periods."""
        drawn = (one.as_printed for one in self._by_section.get(section, ()) if one.derived)
        return frozenset(row.label.casefold() for table in drawn for row in table.rows)

    def ydelser(self, sentence: Sentence) -> tuple[Mention, ...]:
        """The benefits that a sentence names."""
        return ydelse_mentions(sentence.text, self.on)

    def section_table(self, sentence: Sentence) -> ReadTable | None:
        """The table that a sentence stands beside: the last before it in its section, else the next.

        Where the sentence names rows of the next one only, it leads up to that.
        """
        near = self._by_section.get(sentence.place.section) or self._captioned(sentence.part)
        near = [one for one in near if not one.derived] or near
        after = bisect_left([one.part for one in near], sentence.part)
        beside = near[max(0, after - 1) : after + 1]
        names = [bool(row_mentions(sentence.text, one, self.ydelser(sentence))) for one in beside]
        return beside[names == [False, True]] if beside else None

    def _captioned(self, part: int) -> list[ReadTable]:
        """The table that follows a text, with at most its own caption as a heading between."""
        for index, one in enumerate(self.document.parts[part + 1 :], start=part + 1):
            if isinstance(one, Grid):
                return [table for table in self.tables if table.part == index]
            if one.kind == "heading" and not _RE["caption"].match(one.text):
                return []
        return []

    def row_of(self, table: ReadTable, key: str) -> Row | None:
        """The row of a table with this key; "hovedstaden" is whichever of the two the table has."""
        keys = ("rar-hovedstaden", "084") if key == "hovedstaden" else (key,)
        return next((row for row in table.rows if row.key in keys), None)


def understand(document: Document, snapshot: Snapshot | None = None) -> Plan:
    """The plan that a document is; what cannot be read is listed in `unread`."""
    aar = document.aar or _plan_year(document)
    on = date(aar - 1, 6, 30) if aar else date(2020, 6, 30)
    one = area(document.kommune_kode) if document.kommune_kode else _whose(document)
    tables: list[ReadTable] = []
    said: list[Sentence] = []
    unread = list(document.unread)
    for index, part in enumerate(document.parts):
        if isinstance(part, Grid):
            table, faults = read_table(part, index, on, one.kode if one else "")
            tables += [table] if table else []
            unread += faults
        else:
            said += sentences(part, index)
            unread += _broken(part)
    return Plan(
        document, one, aar, tuple(tables), tuple(said), tuple(unread), on, snapshot=snapshot
    )


def numbers_in_tables(plan: Plan) -> set[tuple[int, int, int]]:
    """Part, row and column of every cell with a number, of tables that are no copy of another.

    Rows are those of the table as it is read; what is not read has rows below 0.
    """
    read = {table.part: table.as_printed for table in plan.tables}
    found: set[tuple[int, int, int]] = set()
    for index, part in enumerate(plan.document.parts):
        if not isinstance(part, Grid) or part.derived or is_contents(part):
            continue
        rows = read[index].rows if index in read else ()
        shown = {
            (index, r, c) for r, row in enumerate(rows) for c, cell in enumerate(row.cells)
            if cell is not None and is_number(cell.text)
        }  # fmt: skip
        # Without a table all rows are numbers, the first too.
        every = [
            (index, -r, c) for r, row in enumerate(part.rows[index in read :], start=1)
            for c, cell in enumerate(row.cells[1:], start=1) if is_number(cell)
        ]  # fmt: skip
        found |= {*shown, *every[len(shown) :]}
    return found


def numbers_in_text(plan: Plan) -> set[tuple[int, int, int]]:
    """Part, sentence and offset of every number in prose."""
    return {
        (sentence.part, id(sentence), amount.start)
        for sentence in plan.prose
        for amount in amounts(sentence.text)
    }


def _plan_year(document: Document) -> int | None:
    years = Counter(
        int(year)
        for passage in document.passages
        for year in _RE["plan_year"].findall(passage.text)
    )
    return years.most_common(1)[0][0] if years else None


def _whose(document: Document) -> Area | None:
    """The municipality that a document speaks of most, where no other comes near."""
    for passage in document.passages[:_TITLES]:
        titled = {m.key for m in area_mentions(passage.text) if _is_kommune(m.key)}
        if len(titled) == 1 and _RE["title"].search(passage.text):
            return area(titled.pop())
    counted: Counter[str] = Counter()
    for passage in document.passages:
        for mention in area_mentions(passage.text):
            # »Odder Kommunes« says whose the plan is; a bare name may be a neighbour's.
            named = bool(re.search(r"[Kk]ommune", mention.text)) + (passage.kind == "heading")
            counted[mention.key] += 1 + named
    kommuner = [(kode, n) for kode, n in counted.most_common() if _is_kommune(kode)]
    if not kommuner:
        return None
    first = area(kommuner[0][0])
    shared = joint_jobcentre(first)
    others = [n for kode, n in kommuner[1:] if not (shared and kode in shared.parts)]
    return None if others and kommuner[0][1] < 2 * others[0] else first


@lru_cache(REMEMBERED)
def kommuner_in(text: str) -> frozenset[str]:
    """Codes of the municipalities that a text names."""
    return frozenset(one.key for one in area_mentions(text) if _is_kommune(one.key))


def _is_kommune(kode: str) -> bool:
    return kode.isdecimal() and kode != "000" and area(kode).kind == "kommune"


def _broken(passage: Passage) -> list[Unread]:
    return [
        Unread(
            passage.place_at(match.start()),
            passage.text[max(0, match.start() - 30) : match.end() + 12].strip(),
            BROKEN_REASON,
        )
        for match in broken_numbers(passage.text.replace("\u00a0", " "))
    ]
