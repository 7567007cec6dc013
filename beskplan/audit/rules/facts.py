"""The same fact told twice: levels, baselines and targets by topic, period and unit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from beskplan.audit.model import Agreed, Finding, Outcome, Place
from beskplan.audit.statements.amounts import Amount, amounts, cell_amount
from beskplan.audit.statements.names import area_mentions
from beskplan.audit.statements.plan import Plan
from beskplan.audit.statements.skeleton import TOKEN, Skeleton, skeleton
from beskplan.audit.statements.tables import ReadTable
from beskplan.audit.statements.times import times
from beskplan.audit.statements.vocabulary import quotes_another
from beskplan.core.periods import MONTHS, Period

Role = Literal["level", "target"]

_CLAUSE = re.compile(
    r",? og (?=at\b|andelen|antallet|mindst|højst|den |der )|;|\bmens\b", re.IGNORECASE
)
_TARGET = re.compile(
    r"\bskal\b|\bmål(?:et|sætning\w*)?\b|\bhøjst\b|\bmindst\b|\bmaksimalt\b", re.IGNORECASE
)
_AIMS_AT = re.compile(
    r"(?:\bhøjst|\bhøjest|\bmindst|\bminimum|\bmaksimalt|\btil|\bpå|\bvære|\bunder|\bover|\bcirka|\bca)"
    r"(?: (?:er|være|har|skal|på|til|højst|mindst|kun|ca|ned|op)){0,3} ?(?:⟨T\d+⟩ )?(?:højst |mindst )?$"
)
_FROM = re.compile(r"\b(?:fra|mod|end|de)(?: (?:de|niveauet på|et niveau på|ca|kun|i))? ?$")
_IS = re.compile(
    r"\b(?:var|er|lå på|ligger på|udgjorde|udgør|blev|har været)(?: (?:på|der|ca|i alt|kun|i "
    r"gennemsnit))*? ?$"
)
_MOVED_BY = re.compile(r"\b(?:med|stigning på|fald på|dvs|svarende til)(?: (?:ca|i alt))? ?$")
_WORD = re.compile(r"[a-zæøå]{4,}(?:-[a-zæøå]+)?|a-dagpenge")
_GROUPS = re.compile(
    r"\b(?:unge|ung|ældre|senior\w*|mænd|kvinder|kvindelige|mandlige|jobparate|aktivitetsparate|uddannelsesparate|"
    r"langtids\w+|nyledige|flygtninge|indvandrere|ikke-vestlige|vestlige|dimittend\w*|handicap\w*|enlige|forsikrede|"
    r"ufaglærte|faglærte|akademikere|private|offentlige|\d+ ?(?:år|uger|måneder|-)|under \d+|over \d+"
    r"|\d+-\d+)\b"
)
_COMMON = frozenset(
    [
        "andel",
        "andelen",
        "antal",
        "antallet",
        "borger",
        "borgere",
        "personer",
        "person",
        "fuldtidspersoner",
        "helårspersoner",
        "kommune",
        "kommunes",
        "skal",
        "være",
        "blive",
        "mindst",
        "højst",
        "højest",
        "udgangen",
        "ultimo",
        "december",
        "januar",
        "juni",
        "samt",
        "eller",
        "nedbringes",
        "øges",
        "falde",
        "stige",
        "reduceres",
        "resultatmål",
        "målet",
        "målene",
        "niveau",
        "niveauet",
        "forhold",
        "gennemsnitlige",
        "gennemsnitlig",
        "gennemsnit",
        "samlet",
        "samlede",
        "deltage",
        "deltager",
        "heraf",
        "svarende",
        "stigning",
        "fald",
        "inden",
        "løbet",
        "efter",
        "måned",
        "måneder",
        "uger",
        "mellem",
        "antallene",
        "modtagere",
        "modtager",
        "kommunen",
        "planen",
        "jobcenter",
        "jobcentret",
        "jobcentrets",
        "sidste",
        "seneste",
        "blandt",
        "senest",
        "nås",
        "være",
        "hvilket",
        "derfor",
        "fortsat",
        "også",
        "endvidere",
        "desuden",
        "minimum",
        "maksimalt",
        "nuværende",
        "sammenlignet",
        "svarer",
        "hele",
        "deres",
        "dette",
        "denne",
        "disse",
        "denne",
        "sikre",
        "faktisk",
        "sidst",
        "ligger",
        "tempo",
        "uændret",
        "fremskrivning",
        "prognose",
        "lavest",
        "vej",
        "går",
        "hvor",
        "have",
        "havde",
        "kunne",
        "ville",
        "skulle",
        "lavere",
        "højere",
        "flere",
        "færre",
        "større",
        "mindre",
    ]
) | frozenset(MONTHS)
_ENDING = re.compile(
    r"(?<=[a-zæøå]{4})(?:ingerne|ingen|inger|ing|ernes|erne|ende|ede|ene|ens|en|et|er|es|te|e|s|t)$"
)
_AIM = re.compile(
    r"\s*(?:mindst|højst|højest|minimum|maksimalt|ca\.|under|over|min\.|maks\.|≥|≤)?\s*\d",
    re.IGNORECASE,
)
_SHORT = re.compile(r"^mål:\s", re.IGNORECASE)
_LIMITS = ("mindst", "højst", "højest", "maksimalt", "minimum")
_PARALLEL = 2
"""Facts of more values than this are parallel, each about something of its own."""
_PLAIN_UNITS = {
    "uge": "uger",
    "person": "personer",
    "fuldtidsperson": "fuldtidspersoner",
    "%": "pct.",
}


@dataclass(frozen=True, eq=False)
class Fact:
    """One number that a plan gives of something at some time."""

    role: Role
    topic: frozenset[str]
    groups: frozenset[str]
    areas: frozenset[str]
    amount: Amount
    unit: str
    period: Period | None
    text: str
    place: Place
    part: int
    at: tuple[int, int, int]
    """Where the number stands: part, then sentence and offset, or row and column."""
    in_table: bool = False
    is_item: bool = False


def stems(text: str) -> frozenset[str]:
    """The words that say what a text is about, without their endings."""
    words = {w for w in _WORD.findall(_GROUPS.sub(" ", text.casefold())) if w not in _COMMON}
    return frozenset(w if w == "a-dagpenge" else _ENDING.sub("", w) for w in words)


@lru_cache(2)
def facts(plan: Plan) -> tuple[Fact, ...]:
    """Every fact of a plan's sentences and of its tables of targets."""
    return (*_of_sentences(plan), *_of_tables(plan))


def _of_sentences(plan: Plan) -> Iterator[Fact]:
    for sentence in plan.prose:
        if quotes_another(sentence.text) or re.search(r"\bhhv|henholdsvis", sentence.text):
            continue
        for offset, clause in _clauses(sentence.text):
            form = skeleton(clause)
            numbers = [m for m in TOKEN.finditer(form.text) if m["kind"] in "NPDK"]
            if not 1 <= len(numbers) <= 4:
                continue
            topic = stems(sentence.place.section) if _SHORT.match(clause) else stems(clause)
            bare = clause
            for match in numbers:
                token = form.tokens[int(match["n"])]
                bare = bare.replace(clause[token.start : token.end], " ")
            groups = frozenset(_GROUPS.findall(bare.casefold()))
            areas = frozenset(m.key for m in area_mentions(clause) if m.key != plan.kode)
            target = bool(_TARGET.search(clause))
            roles = [_role(form, match, target=target) for match in numbers]
            # A number without a role is a part of the name: »område nummer 3«.
            named = [
                form.tokens[int(m["n"])] for m, role in zip(numbers, roles, strict=True) if not role
            ]
            groups |= {str(token.size) for token in named if token.kind == "N"}
            for match, role in zip(numbers, roles, strict=True):
                token = form.tokens[int(match["n"])]
                if role and token.amount is not None and topic:
                    yield Fact(
                        role, topic, groups, areas, token.amount, _unit(token.amount),
                        _period(form, match, role), sentence.text, sentence.place, sentence.part,
                        (sentence.part, id(sentence), offset + token.amount.start),
                        is_item=sentence.kind == "bullet",
                    )  # fmt: skip


def _clauses(text: str) -> list[tuple[int, str]]:
    """The clauses of a sentence that each have a number, with where they begin."""
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(text)), len(text)]
    pieces = [(a, text[a:b]) for a, b in pairwise(cuts)]
    return pieces if all(re.search(r"\d", piece) for _, piece in pieces) else [(0, text)]


def _role(form: Skeleton, match: re.Match[str], *, target: bool) -> Role | None:
    left = form.text[max(0, match.start() - 60) : match.start()].rpartition("⟩")
    before = (
        left[2]
        if not left[0] or not re.fullmatch(r"[^⟩]*⟨T\d+", left[0])
        else f"{left[0]}⟩{left[2]}"
    )
    if _MOVED_BY.search(before):
        return None
    if _FROM.search(before):
        return "level"
    if not target:
        return "level" if _IS.search(before) else None
    token = form.tokens[int(match["n"])]
    begins = not form.text[: match.start()].strip(" -–") or token.start == 0
    limited = token.amount is not None and token.amount.qualifier in _LIMITS
    led = _AIMS_AT.search(before) or re.match(r"\W*(?:højst|mindst) ", form.text[: match.start()])
    return "target" if begins or limited or led else None


def _period(form: Skeleton, match: re.Match[str], role: Role) -> Period | None:
    """The period that a number is of: told right after it, else the nearest one before."""
    behind = re.match(r"[^⟨.;]{0,45}⟨T(\d+)⟩", form.text[match.end() :])
    if behind and not re.search(r"\bfra\b|\bmod\b", behind[0]):
        return form.tokens[int(behind[1])].when.period  # type: ignore[union-attr]
    ahead = re.findall(r"⟨T(\d+)⟩", form.text[: match.start()])
    if ahead:
        return form.tokens[int(ahead[-1])].when.period  # type: ignore[union-attr]
    del role
    return None


def _unit(amount: Amount) -> str:
    return _PLAIN_UNITS.get(amount.unit, amount.unit)


def _of_tables(plan: Plan) -> Iterator[Fact]:
    """The cells of tables of targets: a row's name is the topic, a head says level or target."""
    for table in plan.own_tables:
        shown = table.as_printed
        heads = [column.label.casefold() for column in shown.columns]
        aims = [h for h in heads if re.search(r"\bmål\b|\bmåltal\b|\bmålsætning", h)]
        titled = re.search(
            r"\bmål\b|\bmålene\b|resultatmål",
            f"{shown.title} {shown.place.section} {_corner(plan, shown)}".casefold(),
        )
        if not (aims or titled):
            continue
        for r, part_row in enumerate(_grid_rows(plan, shown)):
            label = re.sub(r"^\s*\d+(?:\.\d+)*[.:)]?\s*", "", part_row[0])
            for column, cell in zip(shown.columns, part_row[1:], strict=False):
                found = cell_amount(cell) or (
                    next(iter(amounts(cell)), None) if _AIM.match(cell) else None
                )
                if found is None or not stems(label):
                    continue
                head = column.label.casefold()
                aim = bool(re.search(r"mål|20\d\d", head)) and not re.search(
                    r"niveau|status|nu\b|baseline|udgangspunkt", head
                )
                role: Role = "target" if aim and (not aims or "mål" in head) else "level"
                when = times(column.label)
                yield Fact(
                    role, stems(label), frozenset(_GROUPS.findall(label.casefold())), frozenset(), found,
                    _unit(found), when[-1].period if when else None,
                    f"{part_row[0]}, {column.label}: {cell}", shown.place, shown.part,
                    (shown.part, r, column.index), in_table=True,
                )  # fmt: skip


def _corner(plan: Plan, table: ReadTable) -> str:
    grid = plan.document.parts[table.part]
    return grid.rows[0].cells[0]  # type: ignore[union-attr]


def _grid_rows(plan: Plan, table: ReadTable) -> list[tuple[str, ...]]:
    grid = plan.document.parts[table.part]
    width = len(table.columns) + 1
    return [row.cells for row in grid.rows[1:] if len(row.cells) == width]  # type: ignore[union-attr]


def told_twice(plan: Plan) -> Iterator[Outcome]:
    """Judge every two facts about the same thing at the same time: one value, one unit."""
    groups: dict[Role, list[Fact]] = defaultdict(list)
    for fact in facts(plan):
        groups[fact.role].append(fact)
    seen: set[tuple[str, str]] = set()
    for ones in groups.values():
        for at, second in enumerate(ones):
            alike = [first for first in ones[:at] if _same(first, second)]
            if not alike or len({first.amount.value for first in alike}) > _PARALLEL:
                continue
            plan.checked.update(fact.at for fact in (second, *alike))
            if any(f.amount.value == second.amount.value and f.unit == second.unit for f in alike):
                yield Agreed("to-vaerdier", second.place, second.amount.text)
                continue
            first = alike[0]
            key = (first.text, second.text)
            if key not in seen:
                seen.add(key)
                yield _two(first, second)


def _same(first: Fact, second: Fact) -> bool:
    """Whether two facts are about the same thing at the same time in the same measure."""
    if first.part == second.part or _siblings(first, second):
        return False
    if (
        first.groups != second.groups
        or first.areas != second.areas
        or not _same_time(first, second)
    ):
        return False
    return _same_unit(first, second) and _same_topic(first, second)


def _same_unit(first: Fact, second: Fact) -> bool:
    same = first.unit == second.unit or _other_duration(first, second) or _bare_count(first, second)
    return same and (first.unit == "pct.") == (second.unit == "pct.")


def _same_topic(first: Fact, second: Fact) -> bool:
    small, large = sorted((first.topic, second.topic), key=len)
    in_table = first.in_table or second.in_table
    if not small <= large and not (in_table and _covered(small, large)):
        return False
    if in_table:
        return first.in_table != second.in_table or first.topic == second.topic
    close = len(small) >= 2 or len(large) <= 2
    return close and (first.role == "target" or first.unit in ("pct.", "uger", "måneder", "uge"))


def _covered(small: frozenset[str], large: frozenset[str]) -> bool:
    """Whether each word of a short name has its like in a text, endings apart."""
    return all(any(a.startswith(b) or b.startswith(a) for b in large) for a in small)


def _other_duration(first: Fact, second: Fact) -> bool:
    return {first.unit, second.unit} == {"uger", "måneder"}


def _siblings(first: Fact, second: Fact) -> bool:
    """Whether two facts are items of one list, which are about different things."""
    return first.is_item and second.is_item and first.place.section == second.place.section


def _bare_count(first: Fact, second: Fact) -> bool:
    """Whether one of two counts leaves out what is counted."""
    return "" in (first.unit, second.unit) and not {first.unit, second.unit} & {
        "pct.",
        "uger",
        "måneder",
        "år",
        "timer",
    }


def _same_time(first: Fact, second: Fact) -> bool:
    one, two = first.period, second.period
    if one is None or two is None:
        return first.role == "target" or first.in_table or second.in_table
    return one == two or (one.year == two.year and (one.kind == "Y" or two.kind == "Y"))


def _two(first: Fact, second: Fact) -> Finding:
    if first.amount.value == second.amount.value:
        return Finding(
            "enhed", "contradiction", "sandsynlig", second.place, f"{first.text} / {second.text}",
            "samme enhed",
            f"Her står {second.amount.text}, men {first.place.text} har {first.amount.text} om det samme.",
        )  # fmt: skip
    rule = "maal-i-oversigt" if first.role == "target" else "to-vaerdier"
    what = "Målet" if first.role == "target" else "Tallet"
    return Finding(
        rule, "contradiction", "sandsynlig", second.place, f"{first.text} / {second.text}",
        "samme tal begge steder",
        f"{what} er {second.amount.text} her, men {first.amount.text} i {first.place.text}.",
    )  # fmt: skip
