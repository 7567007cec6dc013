"""A plan's params file, or a year's shared one, written on for a later year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from beskplan.core.periods import Period
from beskplan.newplan.moving import (
    SECTIONS,
    Decisions,
    Roll,
    benefit_heirs,
    benefit_note,
    give_way,
    keys_of_the_year,
    later,
    moved,
    note,
    periods_below,
    written,
)
from beskplan.newplan.yaml_text import YamlText, listed
from beskplan.params import PlanParams
from beskplan.registers.benefits import register
from beskplan.registers.document import Document, KeyPath


class BilagPart:
    """What a file says of one Bilag.

    Args:
        text: The file; its changes are collected there.
        values: The same as values.
        old: The old plan's parameters, of all its files together.
        roll: From which year to which.
        decisions: What the data allow.
    """

    def __init__(
        self,
        text: YamlText,
        values: Mapping[str, Any],
        old: PlanParams,
        roll: Roll,
        decisions: Decisions,
    ) -> None:
        self._text, self._values, self._old = text, values, old
        self._roll, self._decisions = roll, decisions

    def carry_over(self, path: KeyPath) -> None:
        """Change what stands below `path`, where the Bilag's parameters are."""
        self._periods(path)
        self._sections_of_their_own(path)
        for each in self._text.paths():
            if each[: len(path)] == path:
                self._part(each, path)

    def _periods(self, path: KeyPath) -> None:
        found = dict(self._old_periods(path))
        for each, period in found.items():
            if self._text.has(*each):
                self._text.set(each, written(moved(period, self._months(each))))
        if self._text.has("refusion", "dato") and path == ("refusion",):
            dato = self._old.refusion.dato if self._old.refusion else None
            if dato is not None:
                self._text.set(("refusion", "dato"), later(dato, self._roll).isoformat())
        if found and self._months(path) < self._roll.months:
            self._text.above(path, self._not_moved(path, found))

    def _not_moved(self, path: KeyPath, found: Mapping[KeyPath, Period]) -> list[str]:
        """That there are no newer numbers, and what to write when there are."""
        last = moved(max(found.values(), key=lambda one: one.last_day), self._roll.months)
        named = [
            f"{each[-1]}: {written(moved(period, self._roll.months))}"
            for each, period in found.items()
            if each[:-1] == path
        ]
        wanted = f"skriv {', '.join(named)}" if named else f"flyt perioderne frem til {last.text}"
        so_far = "flyttet-lidt" if self._months(path) else "ikke-flyttet"
        return self._roll.choice(f"perioder-{so_far}", wanted=wanted)

    def _sections_of_their_own(self, path: KeyPath) -> None:
        """Sections whose numbers end earlier than the others', and those without any."""
        if path != SECTIONS[:1] or self._old.maalgrupper is None:
            return
        common = self._old.maalgrupper.periode
        taken: set[tuple[str, str]] = set()
        for name, afsnit in self._old.maalgrupper.afsnit.items():
            each = (*SECTIONS, name)
            if not self._text.has(*each):
                continue
            heirs = benefit_heirs(afsnit.ydelse, self._day(each)) or (afsnit.ydelse,)
            if (heirs[0], afsnit.gruppe) in taken:
                self._text.comment_out(each)
            elif each in self._decisions.left_out:
                self._text.above(each, self._roll.choice("afsnit-uden-tal"))
                self._text.comment_out(each)
            elif afsnit.periode is None and self._months(each) != self._months(path):
                period = moved(common, self._months(each))
                self._text.above(each, self._roll.choice("afsnit-egen-periode"))
                self._text.add(each, "periode", written(period))
            elif afsnit.periode is not None and self._months(each) > 0:
                self._text.above(each, self._roll.choice("afsnit-havde-egen-periode"))
            taken.add((heirs[0], afsnit.gruppe))

    def _part(self, path: KeyPath, bilag: KeyPath) -> None:
        """One key of a Bilag, by its name."""
        key, value = path[-1], self._value(path)
        if key == "sammenlign_med":
            self._text.above(path, give_way(self._text, path, value, self._first_day(bilag)))
        elif key == "ydelse":
            self._benefit(path, str(value))
        elif key in ("ydelser", "raekker"):
            self._text.above(path, give_way(self._text, path, value, self._day(path)))
        elif key in ("i_alt", "oevrige", "raekke"):
            self._sum(path, str(value))
        elif key == "forbehold" and self._months(path) > 0:
            self._text.above(path, self._roll.choice("forbehold"))
            self._text.comment_out(path)
        elif key == "trykte_aendringer" and self._months(path) > 0:
            self._text.remove(path)
        elif key == "fordeling" and bilag == ("refusion",):
            self._text.above(path, self._roll.choice("fordeling"))

    def _benefit(self, path: KeyPath, ydelse: str) -> None:
        """The benefit of a section: replaced by its first successor, or left out without one."""
        on = self._day(path[:-1])
        heirs = benefit_heirs(ydelse, on)
        if heirs == (ydelse,):
            return
        self._text.above(path[:-1], note(benefit_note(ydelse, on)))
        if heirs:
            self._text.set(path, heirs[0])
        else:
            self._text.comment_out(path[:-1])

    def _sum(self, path: KeyPath, ydelse: str) -> None:
        """A benefit that stands for the others together: its first successor, or nothing."""
        on = self._day(path)
        heirs = benefit_heirs(ydelse, on) if ydelse in register().benefits else (ydelse,)
        if heirs == (ydelse,):
            return
        if not heirs:
            self._text.remove(path)
            return
        self._text.set(path, heirs[0])
        self._text.above(path, note(benefit_note(ydelse, on)))

    def _value(self, path: KeyPath) -> Any:
        value: Any = self._values
        for part in path:
            value = value[part]
        return value

    def _months(self, path: KeyPath) -> int:
        return self._decisions.of(path)

    def _old_periods(self, path: KeyPath) -> Iterable[tuple[KeyPath, Period]]:
        value: Any = self._old
        for part in path:
            value = value[part] if isinstance(value, dict) else getattr(value, str(part))
        return periods_below(value, path)

    def _day(self, path: KeyPath) -> date:
        """The last day that a part of the new plan tells of: its own newest period's, or the Bilag's."""
        if path[:2] == SECTIONS and self._old.maalgrupper is not None:
            afsnit = self._old.maalgrupper.afsnit[str(path[2])]
            period = afsnit.periode or self._old.maalgrupper.periode
            return moved(period, self._months(path[:3])).last_day
        whole = path[:2] if path[0] == "egne" else path[:1]
        found = [moved(one, self._months(each)) for each, one in self._old_periods(whole)]
        return max((one.last_day for one in found), default=date(self._roll.new, 1, 1))

    def _first_day(self, bilag: KeyPath) -> date:
        found = list(self._old_periods(bilag))
        days = [moved(one, self._months(each)).first_day for each, one in found]
        return max(days, default=date(self._roll.new, 1, 1))


NO_MINISTERS_GOALS_FROM = 2025
"""First plan year without ministers' goals: the law has abolished them (see params/2027.yaml)."""
_WITH_PERIODS = (("maalgrupper",), ("overblik",), ("varighed",), ("refusion",))
"""Where the Bilag stand whose numbers are of periods; those of one's own stand under `egne`."""


class PlanFile:
    """One file of the old plan on its way to the new year."""

    def __init__(self, text: str, old: PlanParams, roll: Roll, decisions: Decisions) -> None:
        self._text, self._old, self._roll, self._decisions = YamlText(text), old, roll, decisions
        self._values: dict[str, Any] = Document.parse(text, "").values

    def rolled(self) -> str:
        """The file for the new year."""
        self._text.rewrite_header(lambda header: self._roll.years(header, self._roll.old))
        if self._text.has("aar"):
            self._text.set(("aar",), str(self._roll.new))
        self._bilag()
        self._of_the_year()
        self._ministers_goals()
        part = BilagPart(self._text, self._values, self._old, self._roll, self._decisions)
        for path in (*_WITH_PERIODS, *(("egne", name) for name in self._old.egne)):
            if self._text.has(*path):
                part.carry_over(path)
        return self._text.result()

    def _of_the_year(self) -> None:
        """What is said of last year's plan alone: its adoption, text, targets, case, neighbours' plans."""
        if self._text.has("rar_oversigt"):
            source = f"Kommunernes beskæftigelsesplaner for {self._roll.new}"
            self._text.set(("rar_oversigt", "kilde"), source)
        for path, what in keys_of_the_year().items():
            if self._text.has(*path):
                told = self._roll.choice(".".join(map(str, path)))
                if what == "remove":
                    self._text.remove(path, told)
                else:
                    self._text.above(path, told)
                if what == "comment":
                    self._text.comment_out(path)
        if self._text.has("datagrundlag"):
            data = self._decisions.data
            kept = [*self._roll.choice("datagrundlag"), f"datagrundlag: {data}"]
            self._text.remove(("datagrundlag",), [] if data == "nyeste" else kept)

    def _ministers_goals(self) -> None:
        if not self._text.has("ministermaal"):
            return
        if self._roll.new >= NO_MINISTERS_GOALS_FROM:
            told = self._roll.said("ministermaal-ophaevet", first=NO_MINISTERS_GOALS_FROM)
            self._text.remove(("ministermaal",), note(told))
        else:
            self._text.above(("ministermaal",), self._roll.choice("ministermaal"))

    def _bilag(self) -> None:
        """Without those that cannot be made yet, so that the others can be built at once."""
        left, lines = list(self._old.bilag), list[str]()
        if "rar_oversigt" in self._values and "resultatmaal" in left:
            # The targets of a region's plan are those of its municipalities' plans for that year.
            left.remove("resultatmaal")
            lines += self._roll.choice("regionens-maal")
        without = [one for one in self._decisions.without if one in left]
        if without and without != left:
            left = [one for one in left if one not in without]
            lines += self._roll.choice("bilag-uden-tal", names=", ".join(without))
        if lines and self._text.has("bilag"):
            self._text.set(("bilag",), listed(left))
            self._text.above(("bilag",), lines)
