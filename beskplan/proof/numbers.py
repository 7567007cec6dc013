"""Every number is what its indicator, benefit, group, area and period give, and stands under their names.

Each cell carries how it came about (`beskplan.indicators.quantities.Origin`). It is calculated anew
from the rows that were read, which in turn are held to the snapshot's own file; and what the labels
around it say to a reader (periods, areas, benefits) must be what the origin says.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from beskplan.core.errors import Problem
from beskplan.core.periods import MONTHS, Period
from beskplan.observations.contract import Key
from beskplan.params.models import DENOMINATORS
from beskplan.proof import arithmetic
from beskplan.proof.evidence import Block, Evidence, spaced
from beskplan.registers.areas import areas
from beskplan.registers.benefits import benefit, benefits, composites
from beskplan.registers.indicators import INDICATORS, groups, target_groups
from beskplan.report.data import row_digest

_PERIOD = re.compile(
    rf"(?P<ultimo>ultimo )?(?P<month>{'|'.join(MONTHS)}|{'|'.join(m[:3] for m in MONTHS)}) (?P<my>\d{{4}})"
    r"|(?P<q>[1-4])\. (?:kvartal|kvt\.) (?P<qy>\d{4})"
    r"(?: - (?P<q2>[1-4])\. (?:kvartal|kvt\.) (?P<q2y>\d{4}))?"
    r"|(?P<end>ultimo )?(?<![\d.])(?P<y>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)

Mention = frozenset[str]
"""The periods, by code, that one mention may mean: `ultimo 2015` is a year or its December."""


@lru_cache(maxsize=8192)
def mentions(text: str) -> tuple[Mention, ...]:
    """Every period that a text names, in order."""
    return tuple(_mention(hit) for hit in _PERIOD.finditer(text))


@lru_cache(maxsize=8192)
def without_periods(text: str) -> str:
    """A text without the periods that it names."""
    return _PERIOD.sub("", text)


def _mention(hit: re.Match[str]) -> Mention:
    if hit["month"]:
        index = [name[:3] for name in MONTHS].index(hit["month"].lower()[:3]) + 1
        return frozenset({Period("M", int(hit["my"]), index).code})
    if hit["q2"]:
        return frozenset({Period("QMAT", int(hit["q2y"]), int(hit["q2"])).code})
    if hit["q"]:
        return frozenset({Period("Q", int(hit["qy"]), int(hit["q"])).code})
    year = int(hit["y"])
    december = {Period("M", year, 12).code, Period("Q", year, 4).code} if hit["end"] else set()
    return frozenset({Period("Y", year, 1).code, *december})


def ends(codes: Iterator[str] | set[str]) -> tuple[str, str]:
    """The first and last of some periods, in time."""
    ordered = sorted(codes, key=_last_day)
    return ordered[0], ordered[-1]


@lru_cache(maxsize=1024)
def _last_day(code: str) -> tuple[date, str]:
    return Period.parse(code).last_day, code


@cache
def area_codes() -> dict[str, str]:
    """The areas' codes by their name, and by the head of a column of changes there."""
    heads = (
        (head, one.kode)
        for one in areas()
        for head in (one.navn, f"Ændring {one.stedsform} i pct.")
    )
    return dict(heads)


@cache
def area_names() -> dict[str, tuple[str, str]]:
    """Name of each area by its code, and where it is in a sentence: `i Rudersdal Kommune`."""
    return {one.kode: (one.navn, one.stedsform) for one in areas()}


def area_name(kode: str) -> str:
    """An area's name; its code where there is no such area."""
    return area_names().get(kode, (kode, ""))[0]


@lru_cache(maxsize=256)
def areas_in_title(title: str) -> set[str]:
    """Codes of the areas that a title says where it is: `A-dagpenge i Dragør Kommune`."""
    return {
        one.kode
        for one in areas()
        if one.stedsform in title
        and re.search(rf"(?<!\w){re.escape(one.stedsform)}(?![\w-])", title)
    }


@cache
def subjects_by_name() -> dict[str, set[tuple[str, str]]]:
    """What a label calls a benefit or a target group: (column, id) by name in lower case."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one in (*benefits(), *composites()):
        for forms in one.forms:
            for name in (forms.name, forms.tabeltitel, forms.modtagere):
                found.setdefault(name.casefold(), set()).add(("ydelse", one.id))
    for group in target_groups():
        for name in (group.label, group.navn):
            found.setdefault(name.casefold(), set()).add(("group", group.id))
    return found


def subjects(label: str) -> set[tuple[str, str]]:
    """The benefits and groups that a label may name; empty where it names none."""
    return subjects_by_name().get(label.casefold(), set())


@lru_cache(maxsize=256)
def title_subjects(title: str) -> set[tuple[str, str]]:
    """The benefit that a title begins with, before its place."""
    words = title.casefold()
    names = [
        name
        for name in subjects_by_name()
        if words == name or words.startswith((f"{name} i ", f"{name} på "))
    ]
    return subjects(max(names, key=len)) if names else set()


def is_about(key: Key, named: set[tuple[str, str]]) -> bool:
    """Whether a row is about what a label names; a target group is also called by its benefit."""
    own = {("ydelse", key[1]), ("group", key[2]), ("ydelse", _benefits_of_groups().get(key[2]))}
    return not named or bool(own & named)


@cache
def _benefits_of_groups() -> dict[str, str | None]:
    return {one.id: one.ydelse for one in target_groups()}


@lru_cache(maxsize=1024)
def indicators_named(label: str) -> set[str]:
    """The indicators whose name a label begins with; the longest name counts."""
    hits = [one for one in INDICATORS.values() if label.casefold().startswith(one.name.casefold())]
    longest = max((len(one.name) for one in hits), default=0)
    return {one.id for one in hits if len(one.name) == longest}


WORDS = {"withheld": "fortroligt", "absent": "ikke opgjort"}
STATED_IN = frozenset({"resultatmaal", "refusion", "rar_oversigt", "status"})
"""The Bilag that print numbers of plans, laws and models beside those of the observations."""
SAID_ONCE = "opgoerelse"
"""Id of the block that says what holds for every section."""
MOST_DECIMALS = 2
_STEM = 3
"""Letters by which a unit in running text is known: `1 fuldtidsperson`, `0,5 uge`, `2,6 pct.`"""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Cells and key figures against readings, readings against the snapshot."""
    for name, table in evidence.tables:
        yield from _table(evidence, name, table)
    for block in evidence.of_kind("key-figures"):
        for item in block["items"]:
            yield from _key_figure(evidence, item)
    yield from _other_than_stored(evidence)


def _table(evidence: Evidence, name: str, table: Block) -> Iterator[Problem]:
    for row in table["rows"]:
        for column, cell in zip(table["columns"][1:], row["cells"], strict=True):
            where = f"{name}: {row['label']}, {column['label']}"
            yield from _cell(evidence, where, cell)
            if arithmetic.is_observed(cell):
                for what, found, wanted in _labels(evidence, table, row, column, cell):
                    yield evidence.problem("ipynb", what, found, wanted, where)


def _cell(evidence: Evidence, where: str, cell: Block) -> Iterator[Problem]:
    """A number against what its origin comes to; a word against the state that it tells."""
    faults = _word(evidence, cell) if cell["value"] is None else _number(evidence, cell)
    for what, found, wanted in faults:
        yield evidence.problem("ipynb", what, found, wanted, where)


def _number(evidence: Evidence, cell: Block) -> Iterator[arithmetic.Fault]:
    text, value, origin = cell["text"], cell["value"], cell["origin"]
    shown = arithmetic.number_in(text)
    if not origin:
        yield "et tal uden oprindelse", text, ""
    elif shown is None or shown[0] != arithmetic.exact(value):
        yield "teksten er et andet tal end cellens", text, f"{value:g}"
    elif text.startswith("+") and value <= 0:
        yield "et forkert fortegn", text, f"{value:g}"
    elif origin[0] == "edition":
        told = evidence.earlier.get(tuple(origin[1:]))
        if told is None or shown != (
            arithmetic.rounded(told.value or Fraction(0), told.decimals),
            told.decimals,
        ):
            yield "et andet tal, end den tidligere udgave læste", text, str(told and told.value)
    elif arithmetic.is_stated(origin):
        if evidence.job.bilag not in STATED_IN and evidence.job.bilag not in evidence.params.egne:
            yield "et tal uden observation", text, ""
    else:
        yield from _recalculated(evidence, text, shown, origin)


def _recalculated(
    evidence: Evidence, text: str, shown: tuple[Fraction, int], origin: Any
) -> Iterator[arithmetic.Fault]:
    # A difference of shares is one of the shares as they are printed beside it.
    shares = min(shown[1], MOST_DECIMALS) if origin[0] == "difference" else None
    try:
        result = arithmetic.calculated(origin, evidence.readings, shares)
    except KeyError as error:
        yield "et tal, der ikke er læst", text, str(error)
        return
    # Params choose the decimals of changes, a target those of a mean; others have their source's.
    free = origin[0] in ("change_pct", "share_pct", "mean")
    decimals = min(shown[1], MOST_DECIMALS) if free else result.decimals
    if result.value is None:
        yield "et tal, hvor kilden ikke har noget", text, "intet tal"
    elif shown != (arithmetic.rounded(result.value, decimals), decimals):
        yield (
            "et andet tal, end kilden giver",
            text,
            _plain(arithmetic.rounded(result.value, decimals)),
        )


def _keys(evidence: Evidence, cell: Block) -> tuple[Key, ...]:
    """The rows that a cell comes from; none where it names a row that was not read."""
    how, *key = cell["origin"]
    if how == "read":
        return (tuple(key),) if tuple(key) in evidence.readings else ()
    try:
        return arithmetic.calculated(cell["origin"], evidence.readings).keys
    except KeyError:
        return ()


def _plain(value: Fraction) -> str:
    return f"{float(value):g}".replace(".", ",")


def _word(evidence: Evidence, cell: Block) -> Iterator[arithmetic.Fault]:
    """A cell with a word instead of a number; withheld may be more than the source withholds."""
    text, state, origin = cell["text"], cell["state"], cell["origin"]
    if state in WORDS and text != WORDS[state]:
        yield "et andet ord end tallets tilstand", text, WORDS[state]
    if state != "absent" or not arithmetic.is_observed(cell) or not _keys(evidence, cell):
        return
    result = arithmetic.calculated(origin, evidence.readings)
    if result.value is not None:
        yield "et tal er udeladt", text, _plain(result.value)
    if any(evidence.stored_rows.get(key, {}).get("state") == "withheld" for key in result.keys):
        yield "et fortroligt tal kaldes ikke opgjort", text, WORDS["withheld"]


def _labels(
    evidence: Evidence, table: Block, row: Block, column: Block, cell: Block
) -> Iterator[arithmetic.Fault]:
    """What labels tell that the origin does not: (what is wrong, what is told, what it is)."""
    if cell["origin"][0] == "rank":
        # A place stands under the names of the own number, the first after its decimals.
        cell = {**cell, "origin": cell["origin"][2]}
        units = " ".join(INDICATORS[name].unit for name in DENOMINATORS)
        column = {**column, "kind": "number", "unit": units}
    keys = _keys(evidence, cell)
    if not keys:
        return
    yield from _area(evidence, table, row, column, keys)
    yield from _denominator(evidence, table, cell, keys)
    keys = _counted(cell, keys)
    if column["kind"] == "text":
        # A number in words carries its own unit and period; its row has the name that a plan gave it.
        if cell["origin"][0] != "difference":
            yield from _unit(cell["text"], column["label"], cell, keys)
            yield from _period(table, {**row, "label": cell["text"]}, column, cell["origin"], keys)
        return
    yield from _subject(_of_title(evidence, table["title"]), row, column, cell, keys)
    yield from _unit(column["unit"] or table["unit"], column["label"], cell, keys)
    yield from _period(table, row, column, cell["origin"], keys)


def _counted(cell: Block, keys: Sequence[Key]) -> tuple[Key, ...]:
    """The rows of what a cell is about: of a share not those that it is a share of."""
    of = DENOMINATORS.values() if arithmetic.is_of_shares(cell["origin"]) else ()
    return tuple(key for key in keys if key[0] not in of)


def _denominator(
    evidence: Evidence, table: Block, cell: Block, keys: Sequence[Key]
) -> Iterator[arithmetic.Fault]:
    """A note, or what the page says once, tells of which workforce a share is that is of another time."""
    once = [one["paragraphs"] for one in evidence.of_kind("prose") if one["id"] == SAID_ONCE]
    said = " ".join((*table["notes"], *itertools.chain(*once)))
    for key in set(keys) - {*_counted(cell, keys)}:
        year = Period.parse(key[4]).year
        if key[0] == "arbejdsstyrke" and f"november {year}" not in said:
            yield "en andel uden sin nævner", said, f"november {year}"


def _area(
    evidence: Evidence, table: Block, row: Block, column: Block, keys: Sequence[Key]
) -> Iterator[arithmetic.Fault]:
    names = area_codes()
    codes = [names[label] for label in (row["label"], column["label"]) if label in names]
    wanted = {row["area"]} if row["area"] else set(codes[:1])
    if row["area"] and codes and codes[0] != row["area"]:
        yield "rækken kalder sit område noget andet", row["label"], area_name(row["area"])
    wanted = wanted or areas_in_title(table["title"]) or {evidence.header["kommune_kode"]}
    for key in keys:
        if key[3] not in wanted:
            told = ", ".join(area_name(kode) for kode in sorted(wanted))
            yield "et tal for et andet område", told, area_name(key[3])


def _of_title(evidence: Evidence, title: str) -> set[tuple[str, str]]:
    """What a title names, and what a target of that name is measured by.

    A plan may call a target by a benefit's everyday name; its params are held to what it measures.
    """
    named = title_subjects(title)
    targets = evidence.params.maal.targets() if named and evidence.params.maal else ()
    measured = [one.maaling for one in targets if one.maaling and title.startswith(one.hvad)]
    return named | {("ydelse", ydelse) for maaling in measured for ydelse in maaling.ydelser}


def _subject(
    of_title: set[tuple[str, str]], row: Block, column: Block, cell: Block, keys: Sequence[Key]
) -> Iterator[arithmetic.Fault]:
    subject = without_periods(row["label"]).rstrip(", ")
    named = subjects(subject) or subjects(column["label"]) or of_title
    # A sum is of other benefits than the one that it is called by; `_sums` sees to it.
    for key in keys if cell["origin"][0] not in ("sum", "printed_sum") else ():
        if not is_about(key, named):
            yield "et tal for en anden ydelse eller gruppe", row["label"], " ".join(key[1:3])


def _unit(unit: str, label: str, cell: Block, keys: Sequence[Key]) -> Iterator[arithmetic.Fault]:
    how = cell["origin"][0]
    told = unit.casefold()
    indicators = {INDICATORS[key[0]] for key in keys}
    of = {key[2] for key in keys}
    counted = {one.enhed.casefold() for one in groups() if one.enhed and one.id in of}
    units = {one.unit.casefold() for one in indicators} | counted
    if how in ("change_pct", "share_pct"):
        units = {"pct."}
    elif how == "difference" and (
        arithmetic.is_of_shares(cell["origin"])
        or all(one.unit.startswith("pct.") for one in indicators)
    ):
        units = {"procentpoint"}
    if not any(one[: None if unit != cell["text"] else _STEM] in told for one in units):
        yield "en anden enhed", unit, " eller ".join(sorted(units))
    if "%" in cell["text"] and not any(one.startswith("pct.") for one in units):
        yield "et procenttegn ved noget andet", cell["text"], unit
    named = indicators_named(label)
    if how == "read" and named and not named & {key[0] for key in keys}:
        yield "et tal for en anden indikator", label, ", ".join(one.name for one in indicators)


def _period(
    table: Block, row: Block, column: Block, origin: Any, keys: Sequence[Key]
) -> Iterator[arithmetic.Fault]:
    own = mentions(column["label"]) + mentions(row["label"])
    beside = [
        mention
        for one, cell in zip(table["columns"][1:], row["cells"], strict=True)
        if one["kind"] == "text"
        for mention in mentions(cell["text"])
    ]
    around = beside or mentions(table["period"])
    first, last = ends({key[4] for key in keys})
    told = own or around
    if origin[0] in ("difference", "change_pct"):
        before, now = keys[0][4], keys[-1][4]
        if around and any("på et år" in one["label"] for one in table["columns"]):
            year_before = {Period.parse(code).year_before().code for code in around[-1]}
            told = [frozenset(year_before), around[-1]]
        if len(told) == 1:
            # `Ændring siden januar 2015` ends where its table does.
            since = "siden" in column["label"].casefold()
            told = [*told, *around[-1:]] if since else [*around[:1], *told]
        right = len(told) < 2 or (before in told[0] and now in told[-1])
        if (before, now) != (first, last) or not right:
            yield "en ændring mellem andre perioder", _told(told), f"{before} til {now}"
        return
    if first != last and told:
        # A sum or a mean over a span of time.
        if first not in told[0] or last not in told[-1]:
            yield "et tal for en anden periode", _told(told), f"{first} til {last}"
        return
    if not own and len(around) == 2:
        # `Året før` and `Nu` beside a period in words.
        around = around[:1] if "før" in column["label"].casefold() else around
        around = around[-1:] if column["label"].casefold() == "nu" else around
        told = around
    for key in keys:
        if told and not any(key[4] in mention for mention in told):
            yield "et tal for en anden periode", _told(told), key[4]


def _told(mentions: Sequence[Mention]) -> str:
    return ", ".join(min(mention, key=len) for mention in mentions)


def _key_figure(evidence: Evidence, item: Block) -> Iterator[Problem]:
    """The level, the change in both forms and the areas of comparison; the level's own area and period."""
    if not item["numbers"]:
        yield evidence.problem("ipynb", "et tal uden oprindelse", item["value"], "", item["label"])
        return
    course = item["course"] or {"numbers": []}
    for cell in (*item["numbers"], *course["numbers"]):
        yield from _cell(evidence, item["label"], cell)
    if not all(map(arithmetic.is_observed, item["numbers"])):
        return
    keys = [_keys(evidence, cell) for cell in item["numbers"]]
    if not all(keys):
        return
    for what, found, wanted in _level(item, keys, evidence.header["kommune_kode"]):
        yield evidence.problem("ipynb", what, found, wanted, item["label"])


def _level(item: Block, keys: list[tuple[Key, ...]], own: str) -> Iterator[arithmetic.Fault]:
    """The number itself and the periods; `keys` are the rows of each of the numbers."""
    (level,), change, *_ = keys
    if any(key[3] != own for group in keys[:3] for key in group):
        yield "et nøgletal for et andet område", item["value"], area_name(own)
    said = item["label"].casefold()
    if not any(forms.paa.casefold() in said for forms in benefit(level[1]).forms):
        yield "et nøgletal for en anden ydelse", item["label"], level[1]
    now = spaced(item["numbers"][0]["text"])
    if spaced(item["value"]) != now:
        yield "et andet nøgletal end beregnet", item["value"], now
    told = mentions(item["label"]) + mentions(item["change"])
    right = [level[4], *([change[0][4]] if item["change"] else [])]
    if [code in mention for mention, code in zip(told, right, strict=False)] != [True] * len(right):
        yield "et nøgletal for en anden periode", f"{item['label']} {item['change']}", str(right)


def _other_than_stored(evidence: Evidence) -> Iterator[Problem]:
    """Readings that the snapshot's own file does not hold so; sums over areas are not in it."""
    # A later build makes the newest edition only: one of an older snapshot is named.
    again = f"er tallene hentet igen siden, så byg den først, og se på den: beskplan run {evidence.job.id}"
    for key, row in evidence.stored_rows.items():
        reading = evidence.readings[key]
        number = row["value"] if row["state"] in ("known", "calculated") else None
        stored = None if number is None else arithmetic.exact(float(number))
        if row_digest(row) != reading.digest or stored != reading.value:
            found = "intet tal" if reading.value is None else _plain(reading.value)
            what = "en række, som datagrundlaget har anderledes"
            yield evidence.problem("ipynb", what, found, where=" ".join(key), fix=again)
