"""What moves with the plan year and how far, and the remarks in which a new file says so.

`VALG` marks what only a person can decide, `OPFØLGNING` how a target of last year went. They are
comments: the program reads past them, `beskplan new` counts them, and any editor finds them.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from pydantic import BaseModel

from beskplan.blocks.text.language import capital
from beskplan.core.files import shipped_yaml
from beskplan.core.periods import Period, date_text
from beskplan.newplan.files import YamlText
from beskplan.params.models import PlanParams
from beskplan.registers.areas import area, ended_note
from beskplan.registers.areas import find as find_area
from beskplan.registers.areas import known as known_area
from beskplan.registers.benefits import Benefit, benefit, register, replaced_by
from beskplan.registers.document import KeyPath

_YEAR = re.compile(r"(?<![\d.,])20\d\d(?![\d.,]*\d)")
_PER_YEAR = {"M": 12, "Q": 4, "QMAT": 4, "Y": 1}


@cache
def _words() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = shipped_yaml("beskplan.newplan", "bemaerkninger.yaml")
    return found


@dataclass(frozen=True)
class Roll:
    """From the plan of one year to that of a later one."""

    old: int
    new: int

    @property
    def months(self) -> int:
        """How far everything moves."""
        return 12 * (self.new - self.old)

    def years(self, text: str, *years: int) -> str:
        """A text with the years that it names moved; only those of `years`, if any are given.

        A year is four digits that are no part of a longer number: `2.019 borgere` names none.
        """
        step = self.new - self.old

        def moved(match: re.Match[str]) -> str:
            year = int(match.group())
            return str(year + step) if not years or year in years else match.group()

        return _YEAR.sub(moved, text)

    def said(self, name: str, **words: object) -> str:
        """The remark of `bemaerkninger.yaml` with this name; empty where there is none."""
        text: str = _words()["remarks"].get(name, "")
        return text.format(old=self.old, new=self.new, **words)

    def choice(self, name: str, **words: object) -> list[str]:
        """A remark by its name as comment lines: an open choice; none where there is no remark."""
        text = self.said(name, **words)
        return choice(text) if text else []


def keys_of_the_year() -> dict[KeyPath, str]:
    """What becomes of the keys that are about the old year alone: `remove`, `comment` or `keep`."""
    return {tuple(key.split(".")): what for key, what in _words()["keys"].items()}


def moved(period: Period, months: int) -> Period:
    """A period so many months later; of quarters and years by whole ones, rounded down."""
    return period.shift(months * _PER_YEAR[period.kind] // 12)


def written(period: Period) -> str:
    """A period as a params file has it: `2026M06`, `2026K2`, `2026`."""
    return period.code if period.kind == "QMAT" else period.statbank


def later(day: date, roll: Roll) -> date:
    """The same day in the later plan's year; 29 February becomes the 28th."""
    year = day.year + roll.new - roll.old
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=year)
    )


def periods_below(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Period]]:
    """Every period of a params value with its path, whatever models it lies in."""
    if isinstance(value, Period):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from periods_below(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from periods_below(inner, (*path, key))
    elif isinstance(value, tuple):
        for at, inner in enumerate(value):
            yield from periods_below(inner, (*path, at))


SECTIONS = ("maalgrupper", "afsnit")
"""Where the sections stand that may each have a period of their own."""


@dataclass(frozen=True)
class Decisions:
    """What the data allow: found by trying (`rolling`)."""

    months: Mapping[KeyPath, int]
    """How far the periods of a Bilag, or of a section, move ..."""
    otherwise: int
    """... and all others."""
    left_out: frozenset[KeyPath] = frozenset()
    """Sections for which there are no numbers at all."""
    data: str = "nyeste"
    """`datagrundlag` of the new plan."""
    without: tuple[str, ...] = ()
    """Bilag for which there are no numbers at all."""

    def of(self, path: KeyPath) -> int:
        """How far what stands at a path moves: as the nearest thing above it that is decided."""
        decided = (path[:end] for end in range(len(path), 0, -1) if path[:end] in self.months)
        return self.months[above] if (above := next(decided, None)) else self.otherwise


def bilag_path(name: str, params: PlanParams) -> KeyPath:
    """Where the parameters of a notebook stand."""
    return ("egne", name) if name in params.egne else (name,)


CHOICE = "VALG"
"""Something to decide, or to write, before the plan is finished."""
FOLLOW_UP = "OPFØLGNING"
"""How a target of the year before stands."""
_WIDTH = 96
_GOES_ON = "#   "
"""Begins each further line of a remark; what is commented out below it begins with less."""
_MARK = re.compile(rf"# (?:# )?(?:{CHOICE}|{FOLLOW_UP} \d{{4}}):")
_COMMENTED_OUT = re.compile(r"(?:# )+(?:- |[a-z_0-9]+:(?:\s|$))")
"""A key or a list item that the program reads past; a remark begins with a capital."""
_ASKED = re.compile(r"Skriv (?:\w+ )*`(\w+)")
"""The key that a choice asks for."""


def choice(text: str) -> list[str]:
    """`# VALG: ...`, as comment lines."""
    return _comment(f"{CHOICE}: {text}")


def follow_up(aar: int, text: str) -> list[str]:
    """`# OPFØLGNING 2026: ...`, as comment lines."""
    return _comment(f"{FOLLOW_UP} {aar}: {text}")


def note(text: str) -> list[str]:
    """A plain remark, as comment lines."""
    return _comment(text)


def open_choices(text: str) -> int:
    """How many choices a params file still marks as open."""
    return sum(
        line.lstrip("# ").startswith(f"{CHOICE}:") for line in text.splitlines() if "#" in line
    )


def without_marks(text: str) -> str:
    """A params file without last year's choices and follow-ups: the new year has its own.

    A choice that is still open stays: the one above lines that are commented out, and the one that asks
    for a key which is not there.
    """
    lines, kept, at = text.splitlines(keepends=True), list[str](), 0
    while at < len(lines):
        if not (mark := _MARK.match(lines[at].lstrip())):
            kept.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and lines[end].lstrip().startswith(_GOES_ON):
            end += 1
        said = " ".join(line.strip(" #\n") for line in lines[at:end])
        below = "".join(lines[end : end + 1]).lstrip()
        asked = _ASKED.search(said)
        missing = asked and not re.search(rf"^\s*{asked[1]}:", text, re.MULTILINE)
        if CHOICE in mark[0] and (missing or _COMMENTED_OUT.match(below)):
            kept += lines[at:end]
        at = end
    return "".join(kept)


def _comment(text: str) -> list[str]:
    """The text as comment lines; those after the first are set in, so that its end can be seen."""
    lines = textwrap.wrap(
        text, _WIDTH - 2, subsequent_indent=" " * (len(_GOES_ON) - 2), break_on_hyphens=False
    )
    return [f"# {line}" for line in lines]


def benefit_heirs(ydelse: str, on: date) -> tuple[str, ...]:
    """Ids to use for a benefit on a day: itself while it exists, else its successors.

    A sum of benefits exists as long as one of its parts does. Empty where nothing took its place.
    """
    here = benefit(ydelse)
    if here.valid_to is None and here.is_composite:
        alive = any(benefit(part).covers(on) for part in here.parts)
        found = (heir.id for part in here.parts for heir in replaced_by(part, on))
        heirs = (ydelse,) if alive else tuple(dict.fromkeys(found))
    else:
        heirs = tuple(heir.id for heir in replaced_by(ydelse, on))
    # A benefit that has not begun on that day is no successor's matter.
    return heirs if heirs or _has_ended(here, on) else (ydelse,)


def _has_ended(one: Benefit, on: date) -> bool:
    days = [benefit(part).valid_to for part in one.parts] if one.is_composite else [one.valid_to]
    return all(day is not None and day < on for day in days)


def benefit_note(ydelse: str, on: date) -> str:
    """`Uddannelseshjælp ophørte 30. juni 2025 og er afløst af kontanthjælp (kontanthjaelp_2025).`."""
    here = benefit(ydelse)
    days = [day for part in here.parts if (day := benefit(part).valid_to)]
    ended = here.valid_to or max(days, default=on)
    name = here.name(ended)
    heirs = [_named(heir, name, on) for heir in benefit_heirs(ydelse, on) if heir != ydelse]
    after = (
        f" og er afløst af {' og '.join(heirs)}" if heirs else " uden at være afløst af en anden"
    )
    return f"{capital(name)} ophørte {date_text(ended)}{after}."


def _named(heir: str, ended: str, on: date) -> str:
    """A successor by name and id; by its first day too where it has the ended one's name."""
    one = benefit(heir)
    name = one.name(on)
    if name == ended and one.valid_from:
        name = f"{name} efter reglerne fra {date_text(one.valid_from)}"
    return f"{name} ({heir})"


def area_heirs(name: str, on: date) -> tuple[str, ...]:
    """Names to use for an area on a day: as it is written while it exists, else its successors' slugs."""
    here = known_area(name)
    if here is None or here.valid_to is None or on <= here.valid_to:
        return (name,)
    return tuple(area(kode).slug for kode in here.successors)


def give_way(text: YamlText, path: KeyPath, names: Sequence[str], on: date) -> list[str]:
    """Put successors in the place of ended benefits or areas in the list at `path`.

    Args:
        text: The file that is changed.
        path: Where the names stand; under `sammenlign_med` they are areas, else benefits.
        names: What stands there.
        on: The day on which they must exist.

    Returns:
        A remark for a reader about each that has ended; empty: nothing was changed.
    """
    are_areas = path[-1] == "sammenlign_med"
    # A list of rows may name target groups too: the law's, which are not replaced here.
    known = names if are_areas else [name for name in names if name in register().benefits]
    heirs = {name: (area_heirs if are_areas else benefit_heirs)(name, on) for name in known}
    ended = [name for name in heirs if heirs[name] != (name,)]
    if ended:
        text.set(path, f"[{', '.join(replaced(names, heirs))}]")
    notes = (ended_note(find_area(name)) if are_areas else benefit_note(name, on) for name in ended)
    return [line for text_ in notes for line in note(text_)]


def replaced(names: Iterable[str], heirs: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A list with its ended names replaced, each successor once and at its first place."""
    return tuple(dict.fromkeys(heir for name in names for heir in heirs.get(name, (name,))))
