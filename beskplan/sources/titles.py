"""What the names of a file, its sheet and its table say of the numbers: areas, periods, benefits.

A mapping is kept and read again with other files. Where such a name says another thing than the mapping,
or a word that makes the numbers something else than their indicator, the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from beskplan.core.danish import list_danish
from beskplan.core.errors import Problem
from beskplan.core.periods import Period
from beskplan.registers.areas import Area
from beskplan.registers.benefits import benefit, named_in
from beskplan.registers.indicators import ALL, INDICATORS, what_is_counted
from beskplan.sources.cells import CellValue, known_period_of, period_of
from beskplan.sources.labels import WORDS, area_named, is_area, normalised, problem
from beskplan.sources.mapping import Mapping, NumberColumn
from beskplan.sources.plan import default_plan
from beskplan.sources.spreadsheets import Head, shown

CHANGES: Final = [re.compile(form, re.IGNORECASE) for form in WORDS["changes"]]
"""Words that make numbers something else than what is counted."""
_YEAR: Final = re.compile("(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_DAY: Final = re.compile(WORDS["day"], re.IGNORECASE)
_PARTS: Final = re.compile(r"[,;:()|]|\s[-–]\s")
_KOMMUNE: Final = re.compile(r"([A-ZÆØÅ][\w-]+) Kommune\b")
_MORE: Final = re.compile(WORDS["not counts"], re.IGNORECASE)
_RETRIEVED: Final = re.compile(WORDS["retrieved"], re.IGNORECASE)
_LONGEST: Final = 4
"""Words of a period: `januar - marts 2026`."""


def years_named(titles: Iterable[CellValue]) -> list[int]:
    """The years that titles say, without those of days."""
    texts = (_DAY.sub("", shown(cell)) for cell in titles)
    return sorted({int(year) for text in texts for year in _YEAR.findall(text)})


def areas_named(titles: Iterable[CellValue]) -> list[Area]:
    """The areas that titles name, each once: `Status 2026 - Middelfart Kommune`, `Kommune: Faxe`."""
    texts = "|".join(map(shown, titles))
    parts = [*map(str.strip, _PARTS.split(texts)), *_KOMMUNE.findall(texts)]
    named = (area_named(one) for one in parts if re.search("[^\\W\\d_]", one) and is_area(one))
    return list({one.kode: one for one in named}.values())


def benefits_named(text: str, days: Sequence[date]) -> list[str]:
    """The benefits that a text names and that were there on one of the days; all where none was."""
    named = sorted(named_in(text))
    return [one for one in named if any(map(benefit(one).covers, days))] or named


def indicators_by_name() -> dict[str, str]:
    """The indicators by what they, and the sources' own columns, are called."""
    measures = [one for table in default_plan().jobindsats for one in table.measures]
    labels = {normalised(label): one.indicator for one in measures for label in one.labels}
    names = {normalised(one.name): one.id for one in INDICATORS.values()}
    return labels | names | {one: one for one in INDICATORS}


def indicator_named(text: str) -> str:
    """The indicator that a text names, and no more than that: not a part, a change or a forecast of it."""
    known, plain = indicators_by_name(), normalised(text)
    hits = [one for one in known if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", plain)]
    longest = max(hits, key=len, default="")
    said_more = _MORE.search(plain.replace(longest, "")) or any(f.search(plain) for f in CHANGES)
    alone = all(one in longest for one in hits) and (plain == longest or not said_more)
    return known[longest] if hits and alone else ""


def periods_named(titles: Iterable[CellValue]) -> list[Period]:
    """The months and quarters that titles name with their year, but for when the numbers were retrieved."""
    found: list[Period] = []
    for text in (_DAY.sub("", shown(cell)) for cell in titles):
        words = [] if _RETRIEVED.search(text) else re.split(r"[\s_]+", text)
        while words:
            parts = ((n, " ".join(words[:n]).strip(".,:;()")) for n in range(_LONGEST, 0, -1))
            read = ((n, known_period_of(part)) for n, part in parts)
            size, period = next(((n, one) for n, one in read if one and one.kind != "Y"), (1, None))
            found += [period] if period and period not in found else []
            words = words[size:]
    return found


def contradictions(mapping: Mapping, head: Head, name: str) -> Iterator[Problem]:
    """What stands over and beside the numbers, in titles, heads and columns not read, against the mapping."""
    titles = [re.sub(r"\.\w+$", "", name), *head.grid.titles(head.index)]
    yield from _against(mapping, titles, mapping.tal, name)
    ignored = set(map(normalised, mapping.ignorer))
    for at, one in enumerate(head.cells):
        below = {row[at] for row in head.grid.rows[head.index + 1 :] if at < len(row)} - {None}
        # What a column says of every row alike is said of the table.
        if normalised(one.label) in ignored and len(below) == 1:
            yield from _against(mapping, [*below], mapping.tal, name)
    held = head.numbers.items()
    for number in mapping.tal:
        over = [head.cells[at].label for at, one in held if one.kolonne == number.kolonne]
        words = [number.kolonne or "", *over, *number.hvor.values()]
        yield from _against(mapping, words, [number], name)


def _against(
    mapping: Mapping, texts: Sequence[CellValue], numbers: Sequence[NumberColumn], name: str
) -> Iterator[Problem]:
    """Refuse another area, year or period, words that no indicator says, and a benefit that no number has."""
    fast, year, written = mapping.omraade.fast, mapping.periode.aar, mapping.periode.fast
    areas, years = areas_named(texts), years_named(texts)
    if fast and areas and area_named(fast) not in areas:
        yield problem("another-area", name, list_danish([one.navn for one in areas]), fast=fast)
    if year and years and year not in years:
        yield problem("another-year", name, list_danish(list(map(str, years))), year=year)
    periods = periods_named(texts) if written else []
    if periods and period_of(written) not in periods:
        told = list_danish([one.text for one in periods])
        yield problem("another-period", name, told, period=written)
    said = " ".join(what_is_counted(one.indikator, ALL, ALL) for one in numbers)
    words = " ".join(map(shown, texts))
    for form in CHANGES:
        if (hit := form.search(words)) and not form.search(said):
            yield problem("changed-numbers", name, f"»{hit[0].strip()}«", word=hit[0].strip())
    silent = [INDICATORS[one.indikator] for one in numbers if "ydelse" not in one.model_fields_set]
    per_benefit = any(one.counts_people or one.is_of_people for one in silent if not one.own)
    if per_benefit and (named := sorted(named_in(words))):
        yield problem("benefit-left-out", name, " eller ".join(named), benefit=named[0])
