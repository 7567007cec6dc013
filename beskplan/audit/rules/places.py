"""Names of municipalities: misspelt, or another one's where the plan's own is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from beskplan.audit.model import Agreed, Finding, Outcome, Place
from beskplan.audit.rules.text_and_table import tables_for
from beskplan.audit.statements.amounts import REMEMBERED, amounts
from beskplan.audit.statements.names import area_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.scan import Scan
from beskplan.audit.statements.sentences import Sentence
from beskplan.audit.statements.tables import ReadTable
from beskplan.registers.areas import area, kommuner

_NAME = re.compile(r"(?<![\w@])[A-ZÆØÅ][a-zæøåé]{5,}(?:-[A-ZÆØÅ][a-zæøå]{3,})?")
_SOURCE = Scan(r"\bJob\w{0,3}inds\w*\.dk\b", re.IGNORECASE)
_ACTS = Scan(
    r"(?:^|\b(?:udarbejdet|lavet|vedtaget|besluttet|godkendt|fastsat|udformet|skrevet) af |\b(?:at"
    r"|hvor|hvorfor|derfor) |\b(?:I|i) 20\d\d (?:vil|skal) )"
    r"(?P<name>(?:Jobcenter )?[A-ZÆØÅ][\wæøå-]+(?: Kommune)?)"
    r"(?= (?:Kommune )?(?:vil|skal|har fastsat|har valgt|har besluttet|prioriterer|ønsker|forventer"
    r"|fastsætter)\b|\s?[.,]| i (?:dialog|samarbejde))"
)
_TOGETHER = Scan(
    r"\bsamarbejd|\bsammen med\b|\bpartner|\bfælles|\bnabokommune|\bligesom\b|\bsammenlign",
    re.IGNORECASE,
)
"""Words that give another municipality a place in this one's plan."""
_KNOWN_HERE = 2
"""A municipality named more often belongs in the plan."""
_REAL = frozenset({
    "Frederiksborg", "Helsingborg", "Nordsjælland", "Nordsjællands",
    "Vordingborgs", "Hørsholms", "Sydsjælland",
    "Nordfyn", "Sjælland", "Vestsjælland", "Frederikshavns", "Vendsyssel", "Rudersdals", "Lolland", "Falster",
})  # fmt: skip
"""Names of other places that lie one letter from a municipality's."""


def misspelt(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `kommunenavn` says."""
    told: set[tuple[str, int]] = set()
    for text, place in _texts(plan):
        for word, right in _slips(text):
            if (word, place.line) in told:
                continue
            told.add((word, place.line))
            yield Finding(
                "kommunenavn", "label", "sandsynlig", place, word, right,
                f"»{word}« er ingen kommune. Navnet er sandsynligvis {right}.",
            )  # fmt: skip


def _texts(plan: Plan) -> Iterator[tuple[str, Place]]:
    for sentence in plan.sentences:
        yield sentence.text, sentence.place
    for grid in plan.document.grids:
        for row in grid.rows:
            yield from ((cell, row.place) for cell in row.cells)


@lru_cache(REMEMBERED)
def _slips(text: str) -> tuple[tuple[str, str], ...]:
    """Every misspelt name of a text with the right one."""
    found: list[tuple[str, str]] = []
    for match in _NAME.finditer(text):
        starts = match.start() == 0 and " " in text and "-" not in match[0]
        cut = text[match.end() : match.end() + 1] == "-"
        words = () if starts or cut else match[0].split("-")
        found += [(word, right) for word in words if (right := _nearest(word))]
    return tuple(found)


@cache
def _known() -> dict[str, str]:
    """Every part of every municipality's name that is long enough to be recognised, in lower case."""
    found = {}
    for one in kommuner():
        for part in re.split(r"[- ]", " ".join((one.navn, *one.aliases))):
            if len(part) >= 6:
                found[part.casefold()] = part
    return found


@cache
def _nearest(word: str) -> str | None:
    """The name that a word is a slip of; None where it is a name itself, or of nothing near."""
    folded = word.casefold()
    bare = folded.removesuffix("s")
    known = _known()
    if word in _REAL or folded in known or bare in known:
        return None
    for name, written in known.items():
        if abs(len(name) - len(bare)) > 2 or name[0] != bare[0]:
            continue
        if bare.startswith(name):
            if bare == f"{name}er":
                return written
            continue  # an inflected or compound form
        if _distance(bare, name) <= 1:
            return written
    return None


def _distance(a: str, b: str) -> int:
    """Letters to change, add, drop or swap with their neighbour to get from one word to the other."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, start=1):
        row = [i]
        for j, y in enumerate(b, start=1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def misspelt_source(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `kildenavn` says."""
    for sentence in plan.sentences:
        for match in _SOURCE.finditer(sentence.text):
            if match[0].casefold() == "jobindsats.dk":
                yield Agreed("kildenavn", sentence.place, match[0])
                continue
            yield Finding(
                "kildenavn", "label", "sikker", sentence.place, match[0], "Jobindsats.dk",
                f"Kilden hedder Jobindsats.dk, ikke {match[0]}.",
            )  # fmt: skip


def another(plan: Plan) -> Iterator[Outcome]:
    """Judge what the rule `anden-kommune` says."""
    if plan.area is None or plan.area.kind != "kommune":
        return
    for index, sentence in enumerate(plan.sentences):
        yield from _acting(plan, sentence)
        foreign = _foreign(plan, sentence.text)
        if not foreign:
            continue
        after = plan.sentences[index + 1] if index + 1 < len(plan.sentences) else sentence
        goes_on = after.part == sentence.part and not area_mentions(after.text)
        numbers = amounts(sentence.text) or (amounts(after.text) if goes_on else ())
        for table, near in tables_for(plan, sentence):
            if not near or any(plan.row_of(table, kode) or table.area == kode for kode in foreign):
                continue
            own = plan.row_of(table, plan.kode)
            rows = [own] if table.by_area and own else [] if table.by_area else list(table.rows)
            printed = {cell.value for row in rows for cell in row.cells if cell is not None}
            hits = [n for n in numbers if n.value in printed and n.value > 9]
            if hits:
                yield _mistaken(plan, sentence, table, foreign[0], hits[0].text)
    for table in plan.own_tables:
        foreign = [kode for kode in _foreign(plan, table.title) if plan.row_of(table, kode) is None]
        if foreign and plan.row_of(table, plan.kode):
            yield Finding(
                "anden-kommune", "contradiction", "sandsynlig", table.place, table.title, plan.area.navn,
                f"Titlen nævner {area(foreign[0]).navn}, men tabellen har tal for {plan.area.navn}.",
            )  # fmt: skip
        elif table.by_area:
            yield Agreed("anden-kommune", table.place, table.title)


def _foreign(plan: Plan, text: str) -> list[str]:
    found = (mention.key for mention in area_mentions(text))
    return [k for k in found if k not in plan.joint and k.isdecimal() and area(k).kind == "kommune"]


def _acting(plan: Plan, sentence: Sentence) -> Iterator[Outcome]:
    """Another municipality that plans something in this one's plan."""
    for match in _ACTS.finditer(sentence.text):
        (named, *_) = area_mentions(match["name"]) or (None,)
        if named is None or named.key not in _foreign(plan, match["name"]):
            continue
        elsewhere = [
            s for s in plan.sentences if named.key in {m.key for m in area_mentions(s.text)}
        ]
        if any(_TOGETHER.search(s.text) for s in elsewhere) or len(elsewhere) > _KNOWN_HERE:
            continue
        name = plan.area.navn if plan.area else ""
        yield Finding(
            "anden-kommune", "contradiction", "sandsynlig", sentence.place, sentence.text, name,
            f"Sætningen siger, hvad {area(named.key).navn} gør, men planen er {area(plan.kode).genitiv}.",
        )  # fmt: skip


def _mistaken(plan: Plan, sentence: Sentence, table: ReadTable, kode: str, number: str) -> Finding:
    name = plan.area.navn if plan.area else ""
    return Finding(
        "anden-kommune", "contradiction", "sandsynlig", sentence.place, sentence.text, name,
        f"Sætningen nævner {area(kode).navn}, men {number} er {area(plan.kode).genitiv} tal i "
        f"tabellen »{table.title}«.",
    )  # fmt: skip
