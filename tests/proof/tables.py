"""What our own code makes of right numbers in a table: rows, totals, places, captions, key figures' words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from beskplan.core.errors import Problem
from beskplan.core.periods import Period
from beskplan.observations.contract import KEY, Key
from beskplan.proof import numbers
from beskplan.proof.arithmetic import (
    SMALL_BASE,
    Fault,
    Reading,
    exact,
    is_observed,
    number_in,
    numbers_in,
)
from beskplan.proof.evidence import Block, Evidence, spaced
from beskplan.registers.areas import find, kommuner

_WORDS_OF_WAYS = {"up": ("flere", "højere", "længere"), "down": ("færre", "lavere", "kortere")}
_NOUNS = {"up": "stigning", "down": "fald", "same": "stort set uændret"}


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Every table, and every key figure whose numbers are observed."""
    for name, table in evidence.tables:
        for what, found, wanted in (*_places(evidence, table), *sum_faults(table)):
            yield evidence.problem("ipynb", what, found, wanted, name)
        yield from _span(evidence, name, table["period"], table)
    for figure in evidence.of_kind("figure"):
        yield from _span(evidence, f"figur »{figure['title']}«", figure["subtitle"], figure["data"])
    for item in (one for block in evidence.of_kind("key-figures") for one in block["items"]):
        keys = [numbers._keys(evidence, cell) for cell in item["numbers"] if is_observed(cell)]
        if len(keys) == len(item["numbers"]) and all(keys):
            _, change, pct, *others = item["numbers"]
            told = (
                *_change(item, change, pct),
                *_comparison(item, others, keys[3:], evidence.readings),
            )
            for what, found, wanted in told:
                yield evidence.problem("ipynb", what, found, wanted, item["label"])
    if evidence.job.bilag not in numbers.STATED_IN:
        yield from _left_out(evidence)


def _places(evidence: Evidence, table: Block) -> Iterator[Fault]:
    for row in table["rows"]:
        for cell in row["cells"]:
            if is_observed(cell) and cell["origin"][0] == "rank" and numbers._keys(evidence, cell):
                yield from _rank(evidence, row, cell)


def _rank(evidence: Evidence, row: Block, cell: Block) -> Iterator[Fault]:
    """A place is the own number's among the same number of other areas, each once, and says of how many."""
    decimals, *origins = cell["origin"][1:]
    own, *others = [{**cell, "origin": origin} for origin in origins]
    for beside in row["cells"]:
        shown = number_in(beside["text"]) if beside["origin"] == own["origin"] else None
        if shown is not None and shown[1] != decimals:
            yield "en placering efter andre decimaler end rækkens", cell["text"], beside["text"]

    def elsewhere(one: Block) -> tuple[tuple[str, ...], ...]:
        return tuple((*key[:3], key[4]) for key in numbers._keys(evidence, one))

    areas: list[set[str]] = [{k[3] for k in numbers._keys(evidence, one)} for one in (own, *others)]
    group = evidence.params.maalgrupper and evidence.params.maalgrupper.sammenligningsgruppe
    among = [find(n) for n in group.members] if group else kommuner()
    wanted = {one.kode for one in among} | {evidence.header["kommune_kode"]}
    for kode in sorted(wanted.difference(*areas)):
        # Its share needs the workforce too.
        there = [(*key[:3], kode, key[4]) for key in numbers._keys(evidence, own)]
        if not all(_known(evidence, key) for key in there):
            continue
        yield "en kommune mangler i placeringen", cell["text"], numbers.area_name(kode)
    alike = all(elsewhere(one) == elsewhere(own) for one in others)
    if not alike or len({kode for some in areas for kode in some}) != len(areas):
        yield "en placering blandt tal, der ikke hører sammen", cell["text"], ""
    if [number for number, _ in numbers_in(cell["text"])][1:] != [len(areas)]:
        yield "et andet antal end dem, der har en placering", cell["text"], str(len(areas))


def _known(evidence: Evidence, key: Key) -> bool:
    """Whether there is a number: what the report did not read, the snapshot's own file may yet have."""
    reading = evidence.readings.get(key)
    if reading is not None:
        return reading.value is not None
    rows = evidence.stored.rows_by_area.rows_of([key[3]])
    found = rows[(rows[list(KEY)] == list(key)).all(axis="columns")]
    return bool(found["state"].isin(("known", "calculated")).any())


def sum_faults(table: Block) -> Iterator[Fault]:
    """Where the row `I alt` is our own sum, and not of every row of the table."""
    for row in (one for one in table["rows"] if one["label"] == "I alt"):
        for at, cell in enumerate(row["cells"]):
            rest = [other["cells"][at]["origin"] for other in table["rows"] if other is not row]
            parts = cell["origin"][1:]
            if cell["origin"][:1] == ["printed_sum"] and sorted(map(str, parts)) != sorted(
                map(str, rest)
            ):
                yield "en sum af andre rækker end tabellens", cell["text"], ""


def _change(item: Block, change: Block, pct: Block) -> Iterator[Fault]:
    text, value = spaced(item["change"]), change["value"]
    sign = "none" if value is None else _way(value)
    said = {way for way, words in _WORDS_OF_WAYS.items() if any(word in text for word in words)}
    if item["direction"] != sign or (said and said != {sign}):
        yield "et nøgletal går den anden vej", f"{item['direction']} {text}", sign
    sizes = {_size(cell) for cell in (change, pct) if cell["value"] is not None}
    told = {number for number, _ in numbers_in(numbers.without_periods(text))}
    if told - sizes:
        yield "en anden ændring end beregnet", text, ", ".join(map(numbers._plain, sizes))


def _comparison(
    item: Block,
    others: list[Block],
    keys: list[tuple[Key, ...]],
    readings: Mapping[Key, Reading],
) -> Iterator[Fault]:
    """`Stigning i både RAR Hovedstaden (46 pct.) og Østdanmark (49 pct.)`: each area by itself.

    `others` are the changes of the areas of comparison in per cent, `keys` the rows of each.
    """
    text = spaced(item["comparison"]).casefold()
    parts = re.split(r"\b(?=stigning|fald|stort set uændret)", text)
    for cell, (first, *_) in zip(others, keys, strict=True):
        base = readings[first].value
        if not text or cell["value"] is None or base is None or base < SMALL_BASE:
            continue
        name, way = numbers.area_name(first[3]), _way(cell["value"])
        number = f"{numbers._plain(_size(cell))} pct."
        told = [part.partition(name.casefold()) for part in parts if part.startswith(_NOUNS[way])]
        beside = [after.partition("(")[2].partition(")")[0] for _, named, after in told if named]
        right = [number] if way != "same" else beside
        if not beside or [size.removeprefix("begge ") for size in beside] != right:
            yield "en anden sammenligning end beregnet", text, f"{_NOUNS[way]}: {name} {number}"


def _way(value: float) -> str:
    return "up" if value > 0 else "down" if value < 0 else "same"


def _size(cell: Block) -> Fraction:
    return abs(exact(cell["value"]))


def _left_out(evidence: Evidence) -> Iterator[Problem]:
    """Numbers that were read and stand in no table, though their like do: a row or a total is missing.

    Like is another area or period of a benefit, and another benefit of a column that has several; a
    section that the notebook does not show is no fault.
    """
    printed: set[Key] = set()
    columns: set[tuple[str, ...]] = set()
    for _, table in evidence.tables:
        for at in range(len(table["columns"]) - 1):
            cells = [row["cells"][at] for row in table["rows"]]
            keys = {
                key for cell in filter(is_observed, cells) for key in numbers._keys(evidence, cell)
            }
            printed |= keys
            if len({key[1] for key in keys}) > 1:
                columns |= {(key[0], *key[2:]) for key in keys}
    subjects = {key[:3] for key in printed}
    for key, reading in evidence.readings.items():
        like = key[:3] in subjects or (key[0], *key[2:]) in columns
        if reading.value is not None and key not in printed and like:
            what = "et tal er læst, men ikke trykt"
            yield evidence.problem(
                "ipynb", what, numbers._plain(reading.value), where=" ".join(key)
            )


def _span(evidence: Evidence, name: str, text: str, table: Block) -> Iterator[Problem]:
    """The period in a caption begins and ends with the periods of the numbers below it."""
    told = sorted(numbers.mentions(text), key=lambda one: Period.parse(min(one)).last_day)
    keys = {
        key
        for row in table["rows"]
        for cell in row["cells"]
        if is_observed(cell)
        for key in numbers._counted(cell, numbers._keys(evidence, cell))
    }
    if not told or not keys or "plan" in text:
        return
    stated = {
        code for row in table["rows"] for one in numbers.mentions(row["label"]) for code in one
    }
    first, last = numbers.ends({key[4] for key in keys} | stated)
    # A change that a plan printed stands at its later period only.
    begins = first in told[0] or any(key[0].startswith("aendring_") for key in keys)
    if not begins or last not in told[-1]:
        what = "en anden periode i teksten over tallene"
        yield evidence.problem("ipynb", what, text, f"{first} til {last}", name)
