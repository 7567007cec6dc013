"""What our own code says of right numbers: courses, the words of a status, alternative texts, sources, news.

courses_rule   the course of a key figure: its numbers, its words, and the drawing in the page
status_rule    a status: words by their definition, little lines and reasons by the numbers read
texts_rule     alternative texts, the list of sources, what is told as revised
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from beskplan.core.editions import approved_editions
from beskplan.core.errors import Problem
from beskplan.core.periods import Period, periods_between
from beskplan.observations.contract import ORIGIN, Key
from beskplan.observations.published import document, system
from beskplan.proof.arithmetic import SMALL_BASE, Fault, Reading, exact, number_in, rounded
from beskplan.proof.evidence import Block, Evidence, read_readings, spaced
from beskplan.proof.numbers import area_names, ends, mentions
from beskplan.registers.benefits import benefit
from beskplan.registers.breaks import breaks_between
from beskplan.registers.indicators import ALL
from beskplan.registers.provenance import PUBLISHED, source_text
from tests.proof.curves import Points, series_of
from tests.proof.sentences import NUM, number_of

_WORD, _OWN = "Vurdering", "Ændring på et år i pct."
"""Heads of the word and of the own change; the comparison's change stands after that."""
_SINCE, _WHY = "siden-sidst", "Hvorfor"
"""Id of the table of what has changed, and head of its reasons."""
_DRAWN = {"M": 36, "Q": 12}
"""Periods of a course: three years."""
_WITHIN = 1
"""Percentage points (docs/ordvalg.md)."""


def status_rule(evidence: Evidence) -> Iterator[Problem]:
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
        parts = [evidence.readings[tuple(part[1:])].value for part in cell["origin"][1:]]
        if None in parts:
            return str(cell["text"])
    bases = [evidence.readings[tuple(cell["origin"][1][1:])].value or 0 for cell in (own, other)]
    if min(bases) < SMALL_BASE:
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
    wanted, breaks = _reasons(evidence, key, Period.parse(row["cells"][2]["origin"][-1]))
    if why != wanted:
        yield evidence.problem("ipynb", "en anden grund, end tallene giver", why, wanted, where)
    told = " ".join(table["notes"])
    for note in breaks:
        if note not in told:
            what = "det står ikke under tabellen, hvad der er brudt"
            yield evidence.problem("ipynb", what, told, note, where)


def _reasons(evidence: Evidence, key: Key, now: Period) -> tuple[str, list[str]]:
    """Why a number is another than in the edition before, and the notes of the breaks in between.

    Revised is what the row's course shows: three years, from their last break that forbids to compare.
    """
    indicator, ydelse, _, kode, code = key
    then = Period.parse(code)
    breaks = breaks_between(indicator, ydelse, kode, first := now.shift(1 - _DRAWN[now.kind]), now)
    refused = [one.day for one in breaks if one.kind == "refuse"]
    course = [first.shift(at) for at in range(_DRAWN[now.kind])]
    keys = [
        (*key[:4], one.code)
        for one in course
        if one <= then and all(day <= one.first_day for day in refused)
    ]
    pairs = [
        (evidence.earlier[one], evidence.readings[one])
        for one in keys
        if one in evidence.earlier and one in evidence.readings
    ]
    revised = any((a.value, a.digest is None) != (b.value, b.digest is None) for a, b in pairs)
    since = [one.note for one in breaks_between(indicator, ydelse, kode, then, now)]
    step = "ny måned" if now.kind == "M" else "nyt kvartal"
    *some, last = [step, *(["revision"] if revised else []), *(["databrud"] if since else [])]
    return " og ".join(filter(None, (", ".join(some), last))), since


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


_RUN = re.compile(r"M([^M]+)")
_PX = 0.11
"""How far from its value a point may be drawn: coordinates have one decimal."""
_SEEN = 0.001
"""A swing of a smaller part of the highest number may be drawn level: it is less than a tenth of a px."""


def courses_rule(evidence: Evidence) -> Iterator[Problem]:
    """The courses of the key figures, and the lines that the page draws of them, in their order."""
    items = [item for block in evidence.of_kind("key-figures") for item in block["items"]]
    courses = [item for item in items if item["course"]]
    lines = evidence.html.xpath("//section[@class='noegletal']//svg[@class='forloeb']")
    if len(lines) != len(courses):
        what = "et andet antal forløb end nøgletallenes"
        yield evidence.problem("html", what, str(len(lines)), str(len(courses)))
        return
    for item, line in zip(courses, lines, strict=True):
        values = [cell["value"] for cell in item["course"]["numbers"]]
        for what, found, wanted in _course_faults(item):
            yield evidence.problem("ipynb", what, found, wanted, item["label"])
        for what, found, wanted in line_faults(line, values):
            yield evidence.problem("html", what, found, wanted, item["label"])


def _course_faults(item: Block) -> Iterator[Fault]:
    """Every period up to the key figure's own, all of the same count, and what is told of them."""
    *level, last = item["numbers"][0]["origin"][1:]
    numbers = item["course"]["numbers"]
    keys = [cell["origin"][1:] for cell in numbers]
    codes = [key[-1] for key in keys]
    span = periods_between(Period.parse(codes[0]), Period.parse(last))
    if any(key[:-1] != level for key in keys) or codes != [one.code for one in span]:
        yield "et forløb af andre tal end nøgletallets", f"{keys[0]} til {keys[-1]}", str(level)
        return
    yield from told_faults(
        spaced(item["course"]["text"]), codes, [cell["value"] for cell in numbers]
    )


def told_faults(text: str, codes: list[str], values: list[float | None]) -> Iterator[Fault]:
    """`Siden juli 2023: lavest 1.204 (maj 2024), højest 1.420 (januar 2026); 2 tal mangler`."""
    since, _, rest = text.partition(": ")
    if [codes[0] in mention for mention in mentions(since)] != [True]:
        yield "et forløb fra en anden periode", text, codes[0]
    known = {code: value for code, value in zip(codes, values, strict=True) if value is not None}
    low, high = min(known.values()), max(known.values())
    ends = [(low, rest)] if low == high else [(low, "lavest "), (high, "højest ")]
    for value, word in ends:
        part = rest.partition(word)[2] if low != high else rest
        told, (when, *_) = number_in(part), mentions(part) or (frozenset(),)
        right = {code for code, one in known.items() if one == value}
        if told is None or float(told[0]) != value or (low != high and not right & when):
            yield "en anden yderlighed i et forløb", text, f"{value:g} {', '.join(sorted(right))}"
    gaps = re.search(r"; (\d+) tal mangler$", text)
    if int(gaps[1] if gaps else 0) != len(values) - len(known):
        yield "et andet antal huller i et forløb", text, str(len(values) - len(known))


def line_faults(line: Any, values: list[float | None]) -> Iterator[Fault]:
    """Every number lies on the line, which is open where there is none.

    No axis tells heights: the highest and the lowest number give the scale.
    """
    width, height = (float(line.get(side, 0)) for side in ("width", "height"))
    path = line.find("{*}path")
    runs = [
        [tuple(map(float, point.split())) for point in run.split("L")]
        for run in _RUN.findall("" if path is None else path.get("d", ""))
    ]
    ends: list[tuple[int, int]] = []
    for number, value in enumerate(values):
        if value is not None and ends and ends[-1][1] == number - 1:
            ends[-1] = ends[-1][0], number
        elif value is not None:
            ends.append((number, number))
    # A number between two gaps is a line to itself.
    wanted = [max(2, last - first + 1) for first, last in ends]
    if [len(run) for run in runs] != wanted:
        yield (
            "et forløb med andre huller end tallenes",
            str([len(run) for run in runs]),
            str(wanted),
        )
        return
    drawn = [point for run in runs for point in dict.fromkeys(run)]
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    xs, ys = [x for x, _ in drawn], [y for _, y in drawn]
    low, high = min(value for _, value in known), max(value for _, value in known)
    (first, _), (last, _) = known[0], known[-1]
    for (x, y), (number, value) in zip(drawn, known, strict=True):
        share = (value - low) / (high - low) if high > low else 0.0
        right = max(ys) - share * (max(ys) - min(ys))
        at = xs[0] + (number - first) / (last - first) * (xs[-1] - xs[0])
        if abs(y - right) > _PX or abs(x - at) > _PX or not (0 <= x <= width and 0 <= y <= height):
            yield (
                "et forløb tegnet anderledes end tallene",
                f"{value:g}: {x:g}, {y:g}",
                f"{right:g}",
            )
            return
    if high - low > _SEEN * max(abs(high), abs(low)) and max(ys) == min(ys):
        yield "et forløb uden udsving", "", f"{low:g} til {high:g}"


def texts_rule(evidence: Evidence) -> Iterator[Problem]:
    """Alternative texts, the list of sources, and what is told as revised."""
    for figure in evidence.of_kind("figure"):
        for found, wanted in _alt_faults(figure):
            what = "et tal i den alternative tekst, som figuren ikke har"
            yield evidence.problem("ipynb", what, found, wanted, f"figur »{figure['title']}«")
    yield from _sources(evidence)
    approved = approved_editions(evidence.place.reports, evidence.job.id)
    yield from news_faults(evidence, [read_readings(path) for path, _ in approved])


def _alt_faults(figure: Block) -> Iterator[tuple[str, str]]:
    """(what is told, what the numbers behind the figure give)."""
    alt, data = spaced(figure["alt"]), figure["data"]
    yield from _own_change(alt, data)
    if not re.search("(?i)går fra|til sidst ligger", alt):
        return
    series = series_of(data)
    for name, others, points in series:
        # One line needs no name.
        unnamed = {"tallet", "antallet"} if len(series) == 1 else set()
        for one in {name, *others, *unnamed}:
            yield from _told_course(alt, one, points)


def _own_change(alt: str, data: Block) -> Iterator[tuple[str, str]]:
    """`I Rudersdal Kommune steg antallet fra 456 til 703 (54 pct.)`."""
    for row in data["rows"] if "antallet fra" in alt.casefold() else ():
        place = re.escape(area_names().get(row["area"], ("", "?"))[1])
        span = rf"(?i){place} (steg|faldt) antallet fra ({NUM}) til ({NUM})"
        hit = re.search(rf"{span}(?: \(({NUM}) pct\.\))?", alt)
        if hit is None:
            continue
        told = [number_of(text) for text in hit.groups()[1:] if text]
        cells = [exact(cell["value"]) for cell in row["cells"] if cell["value"] is not None]
        right = [*cells[:2], *map(abs, cells[2:3])][: len(told)]
        if told != right or (hit[1] == "steg") is not (cells[1] > cells[0]):
            yield hit[0], ", ".join(f"{float(number):g}" for number in right)


def _told_course(alt: str, name: str, points: Points) -> Iterator[tuple[str, str]]:
    """`Faktisk går fra 58 i januar 2015 til 68 i …, højest med 68 i juni 2016. Til sidst ligger …`."""
    known = {code: value for code, value in points.items() if value is not None}
    label = re.escape(name)
    hit = re.search(rf"(?i)(?:^|\. ){label} går fra (.*?)(?:\.(?= [A-ZÆØÅ])|\.$)", alt)
    if not known:
        return
    if hit:
        yield from _way_told(hit[1], points, known)
    last = known[ends(set(known))[1]]
    for told in re.findall(rf"(?i)Til sidst ligger .*?{label} på ({NUM})", alt):
        if number_of(told) != last:
            yield f"{name} på {told}", f"{float(last):g}"


def _way_told(course: str, points: Points, known: dict[str, Fraction]) -> Iterator[tuple[str, str]]:
    when = r"((?:\w+ |[1-4]\. kvartal )?\d{4})"
    for told, period in re.findall(rf"({NUM})(?: pct\.)? i {when}", course):
        codes = mentions(period)[0]
        if number_of(told) not in [points.get(code) for code in codes]:
            yield f"{told} i {period}", ", ".join(f"{code}: {points.get(code)}" for code in codes)
    for word, best in (("højest", max(known.values())), ("lavest", min(known.values()))):
        for told in re.findall(rf"{word} med ({NUM})", course):
            if number_of(told) != best:
                yield f"{word} med {told}", f"{float(best):g}"
    for told in re.findall(r"; (\d+) tal mangler", course):
        if int(told) > len(points) - len(known):
            yield f"{told} tal mangler", str(len(points) - len(known))


def _sources(evidence: Evidence) -> Iterator[Problem]:
    """The list of sources names every source that a row of the page has, and none that no row has."""
    lists = evidence.of_kind("sources")
    if not lists:
        return
    named = {spaced(entry["text"]) for block in lists for entry in block["entries"]}
    known = evidence.stored.titles
    rows = evidence.stored.rows_by_area
    # Sums over areas too, which the snapshot's own file does not hold.
    read = [rows.get(key[3], {}).get(key) for key in evidence.readings]
    origins = {tuple(row[name] for name in ORIGIN) for row in read if row is not None}
    wanted = {_source(origin, known) for origin in origins}
    for text in sorted(wanted - named):
        yield evidence.problem("ipynb", "en kilde mangler i listen", "", text)
    every = {_source(origin, known) for origin in evidence.stored.origins}
    for text in sorted((named & every) - wanted):
        yield evidence.problem("ipynb", "en kilde, som ingen af sidens tal har", text)


_REVISED = re.compile(
    r"([\d.]+) af tallene er ændret(?:.*? ændret: fra ([\d.,]+) til ([\d.,]+)\.)?"
)


def news_faults(evidence: Evidence, approved: list[dict[Key, Reading]]) -> Iterator[Problem]:
    """How many numbers are told as revised, and from what to what, is what an approved edition read."""
    told = spaced(
        " ".join(text for one in evidence.of_kind("sources") for text in one.get("news", ()))
    )
    hit = _REVISED.search(told)
    example = [number_of(text) for text in hit.groups()[1:] if text] if hit else []
    editions = [_revised(then, evidence.readings) for then in approved]
    if hit and not any(number_of(hit[1]) == len(one) and example in [*one, []] for one in editions):
        yield evidence.problem("ipynb", "andre nye tal, end en godkendt udgave læste", told)
    # An edition tells what has changed since the one before it, in a section that is worked out apart.
    if not hit and not evidence.job.periode and editions and editions[0]:
        found = str(len(editions[0]))
        yield evidence.problem("ipynb", "ændrede tal, som siden ikke nævner", told, found)


def _revised(then: Mapping[Key, Reading], now: Mapping[Key, Reading]) -> list[list[Fraction]]:
    """The numbers that are others now, each as it was printed then and is now."""
    pairs = [(one, now[key]) for key, one in then.items() if key in now]
    return [
        [rounded(one.value, one.decimals) for one in pair if one.value is not None]
        for pair in pairs
        if None not in (pair[0].value, pair[1].value) and pair[0].value != pair[1].value
    ]


def _source(origin: Any, titles: Any) -> str:
    """How a source is named for readers."""
    source, table_id, retrieved_at = origin
    if source.startswith(PUBLISHED):
        plan = document(source.removeprefix(PUBLISHED))
        named = system(table_id)
        return spaced(f"{named}, som trykt i {plan.title}" if named else plan.without_source)
    title = titles.get((source, table_id), "")
    return spaced(source_text(source, table_id, retrieved_at, title))
