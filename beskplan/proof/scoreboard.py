"""The tables of a status: words by their definition, little lines and reasons by the numbers read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from beskplan.core.errors import Problem
from beskplan.core.periods import Period
from beskplan.proof.evidence import Block, Evidence
from beskplan.proof.sparklines import line_faults
from beskplan.registers.benefits import benefit
from beskplan.registers.indicators import ALL

_WORD, _OWN = "Vurdering", "Ændring i pct."
"""Heads of the word and of the own change; the comparison's change stands after that."""
_SINCE, _WHY, _REVISED = "siden-sidst", "Hvorfor", "revision"
"""Id of the table of what has changed, head of its reasons, and the one for a number that is another."""
_WITHIN = 1
"""Percentage points (docs/ordvalg.md)."""
_SMALL_BASE = 20


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Every word, every little line and every reason of every table."""
    for name, table in evidence.tables:
        for row in table["rows"]:
            where = f"{name}: {row['label']}"
            yield from _word(evidence, where, table, row)
            if table["id"] == _SINCE:
                yield from _since(evidence, where, table, row)
            for at, cell in enumerate(row["cells"], start=1):
                if cell.get("line"):
                    yield from _line(evidence, where, table, row, at)


def _word(evidence: Evidence, where: str, table: Block, row: Block) -> Iterator[Problem]:
    heads = [column["label"] for column in table["columns"][1:]]
    if _WORD not in heads or _OWN not in heads:
        return
    at = heads.index(_OWN)
    wanted = _judged(evidence, *row["cells"][at : at + 2])
    found = row["cells"][heads.index(_WORD)]["text"]
    if found != wanted:
        yield evidence.problem("ipynb", "et andet ord, end tallene giver", found, wanted, where)


def _judged(evidence: Evidence, own: Block, other: Block) -> str:
    """The word for an own change in per cent beside another's."""
    key = own["origin"][1][1:]
    if not benefit(key[1]).faerre_er_bedre or key[2] != ALL:
        return "neutral"
    for cell in (own, other):
        if cell["value"] is None:
            return str(cell["text"])
    bases = [evidence.readings[tuple(cell["origin"][1][1:])].value or 0 for cell in (own, other)]
    if min(bases) < _SMALL_BASE:
        return "for få"
    gap = Fraction(repr(own["value"])) - Fraction(repr(other["value"]))
    return "som" if abs(gap) <= _WITHIN else "bedre" if gap < 0 else "ringere"


def _since(evidence: Evidence, where: str, table: Block, row: Block) -> Iterator[Problem]:
    """What the earlier edition printed is of the same benefit and period; a reason tells where it differs."""
    printed, today = row["cells"][:2]
    key = tuple(today["origin"][1:])
    if printed["value"] is not None and tuple(printed["origin"][1:]) != key:
        found, wanted = " ".join(printed["origin"][1:]), " ".join(key)
        what = "den tidligere udgaves tal er et andet end rækkens"
        yield evidence.problem("ipynb", what, found, wanted, where)
    heads = [column["label"] for column in table["columns"][1:]]
    why = row["cells"][heads.index(_WHY)]["text"]
    others = {
        one.key
        for one in evidence.readings.values()
        if one.key[:4] == key[:4]
        and (before := evidence.earlier.get(one.key))
        and (before.value, before.digest is None) != (one.value, one.digest is None)
    }
    # Revised numbers that only targets and forecasts have read are not the table's.
    if (key in others and _REVISED not in why) or (not others and _REVISED in why):
        wanted = _REVISED if others else f"ikke {_REVISED}"
        yield evidence.problem("ipynb", "en anden grund, end tallene giver", why, wanted, where)


def _line(evidence: Evidence, where: str, table: Block, row: Block, at: int) -> Iterator[Problem]:
    """The line of a cell is the course of the number in the next one, and drawn as that."""
    line, now = row["cells"][at - 1]["line"]["values"], row["cells"][at]
    *key, code = now["origin"][1:]
    last = Period.parse(code)
    codes = [last.shift(1 - back).code for back in range(len(line), 0, -1)]
    readings = [evidence.readings.get((*key, one)) for one in codes]
    values = [None if one is None else one.value for one in readings]
    if [None if one is None else Fraction(repr(one)) for one in line] != values:
        yield evidence.problem("ipynb", "et forløb af andre tal end rækkens", str(line), "", where)
        return
    boxes = evidence.html.xpath(
        "//*[@id=$id]//tbody/tr[th=$label]/td[$at]//*[@class='forloeb']",
        id=f"tabel-{table['id']}", label=row["label"], at=at,
    )  # fmt: skip
    if len(boxes) != 1:
        yield evidence.problem("html", "et forløb mangler", str(len(boxes)), "1", where)
    for what, found, wanted in (fault for box in boxes for fault in line_faults(box, line)):
        yield evidence.problem("html", what, found, wanted, where)
