"""A plan's params file and its targets, or a year's shared file, written on for a later year."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from beskplan.core.danish import list_danish
from beskplan.core.periods import Period
from beskplan.newplan import moving
from beskplan.newplan.files import YamlText, listed
from beskplan.observations.snapshot_store import choose
from beskplan.params.maal import Maal, OverordnetMaal, Prognose, Target
from beskplan.params.models import PlanParams
from beskplan.registers.benefits import register
from beskplan.registers.document import Document, KeyPath
from beskplan.report.base import Context
from beskplan.report.data import ReportData
from beskplan.report.followed_target import (
    STATUS_WORDS,
    FollowedTarget,
    asked,
    newest_text,
    read_targets,
    status_key,
    unknown_reason,
)

NO_MINISTERS_GOALS_FROM = 2025
"""First plan year without ministers' goals: the law has abolished them (see params/2027.yaml)."""
_WITH_PERIODS = (("maalgrupper",), ("overblik",), ("varighed",), ("refusion",))
"""Where the Bilag stand whose numbers are of periods; those of one's own stand under `egne`."""


class PlanFile:
    """One file of the old plan on its way to the new year."""

    def __init__(
        self, text: str, old: PlanParams, roll: moving.Roll, decisions: moving.Decisions
    ) -> None:
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
        for path in (*_WITH_PERIODS, *(("egne", name) for name in self._old.egne)):
            if self._text.has(*path):
                self._carry_over(path)
        return self._text.result()

    def _of_the_year(self) -> None:
        """What is said of last year's plan alone: its adoption, text, targets, case, neighbours' plans."""
        if self._text.has("rar_oversigt"):
            source = f"Kommunernes beskæftigelsesplaner for {self._roll.new}"
            self._text.set(("rar_oversigt", "kilde"), source)
        for path, what in moving.keys_of_the_year().items():
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
            self._text.remove(("ministermaal",), moving.note(told))
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

    def _carry_over(self, path: KeyPath) -> None:
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
                self._text.set(each, moving.written(moving.moved(period, self._months(each))))
        if self._text.has("refusion", "dato") and path == ("refusion",):
            dato = self._old.refusion.dato if self._old.refusion else None
            if dato is not None:
                self._text.set(("refusion", "dato"), moving.later(dato, self._roll).isoformat())
        if found and self._months(path) < self._roll.months:
            self._text.above(path, self._not_moved(path, found))

    def _not_moved(self, path: KeyPath, found: Mapping[KeyPath, Period]) -> list[str]:
        """That there are no newer numbers, and what to write when there are."""
        last = moving.moved(max(found.values(), key=lambda one: one.last_day), self._roll.months)
        named = [
            f"{each[-1]}: {moving.written(moving.moved(period, self._roll.months))}"
            for each, period in found.items()
            if each[:-1] == path
        ]
        wanted = f"skriv {', '.join(named)}" if named else f"flyt perioderne frem til {last.text}"
        so_far = "flyttet-lidt" if self._months(path) else "ikke-flyttet"
        return self._roll.choice(f"perioder-{so_far}", wanted=wanted)

    def _sections_of_their_own(self, path: KeyPath) -> None:
        """Sections whose numbers end earlier than the others', and those without any."""
        if path != moving.SECTIONS[:1] or self._old.maalgrupper is None:
            return
        common = self._old.maalgrupper.periode
        taken: set[tuple[str, str]] = set()
        for name, afsnit in self._old.maalgrupper.afsnit.items():
            each = (*moving.SECTIONS, name)
            if not self._text.has(*each):
                continue
            heirs = moving.benefit_heirs(afsnit.ydelse, self._day(each)) or (afsnit.ydelse,)
            if (heirs[0], afsnit.gruppe) in taken:
                self._text.comment_out(each)
            elif each in self._decisions.left_out:
                self._text.above(each, self._roll.choice("afsnit-uden-tal"))
                self._text.comment_out(each)
            elif afsnit.periode is None and self._months(each) != self._months(path):
                period = moving.moved(common, self._months(each))
                self._text.above(each, self._roll.choice("afsnit-egen-periode"))
                self._text.add(each, "periode", moving.written(period))
            elif afsnit.periode is not None and self._months(each) > 0:
                self._text.above(each, self._roll.choice("afsnit-havde-egen-periode"))
            taken.add((heirs[0], afsnit.gruppe))

    def _part(self, path: KeyPath, bilag: KeyPath) -> None:
        """One key of a Bilag, by its name."""
        key, value = path[-1], self._value(path)
        if key == "sammenlign_med":
            self._text.above(path, moving.give_way(self._text, path, value, self._first_day(bilag)))
        elif key == "ydelse":
            self._benefit(path, str(value))
        elif key in ("ydelser", "raekker"):
            self._text.above(path, moving.give_way(self._text, path, value, self._day(path)))
        elif key in ("i_alt", "oevrige", "raekke"):
            self._sum(path, str(value))
        elif key == "forbehold" and self._months(path) > 0:
            self._text.above(path, self._roll.choice("forbehold"))
            self._text.comment_out(path)
        elif key == "trykte_aendringer" and self._months(path) > 0:
            self._text.remove(path)

    def _benefit(self, path: KeyPath, ydelse: str) -> None:
        """The benefit of a section: replaced by its first successor, or left out without one."""
        on = self._day(path[:-1])
        heirs = moving.benefit_heirs(ydelse, on)
        if heirs == (ydelse,):
            return
        self._text.above(path[:-1], moving.note(moving.benefit_note(ydelse, on)))
        if heirs:
            self._text.set(path, heirs[0])
        else:
            self._text.comment_out(path[:-1])

    def _sum(self, path: KeyPath, ydelse: str) -> None:
        """A benefit that stands for the others together: its first successor, or nothing."""
        on = self._day(path)
        heirs = moving.benefit_heirs(ydelse, on) if ydelse in register().benefits else (ydelse,)
        if heirs == (ydelse,):
            return
        if not heirs:
            self._text.remove(path)
            return
        self._text.set(path, heirs[0])
        self._text.above(path, moving.note(moving.benefit_note(ydelse, on)))

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
        return moving.periods_below(value, path)

    def _day(self, path: KeyPath) -> date:
        """The last day that a part of the new plan tells of: its own newest period's, or the Bilag's."""
        if path[:2] == moving.SECTIONS and self._old.maalgrupper is not None:
            afsnit = self._old.maalgrupper.afsnit[str(path[2])]
            period = afsnit.periode or self._old.maalgrupper.periode
            return moving.moved(period, self._months(path[:3])).last_day
        whole = path[:2] if path[0] == "egne" else path[:1]
        found = [moving.moved(one, self._months(each)) for each, one in self._old_periods(whole)]
        return max((one.last_day for one in found), default=date(self._roll.new, 1, 1))

    def _first_day(self, bilag: KeyPath) -> date:
        found = list(self._old_periods(bilag))
        days = [moving.moved(one, self._months(each)).first_day for each, one in found]
        return max(days, default=date(self._roll.new, 1, 1))


ALIKE = 0.8
"""Share of equal letters from which two ministers' goals are one goal in other words: those of 2018
and 2019 about refugees are (0.92); no two goals of one year are."""

_ASK = {
    "Nået": "Målet er nået. Skal det fastholdes, skærpes eller udgå?",
    "Ikke nået": "Målet blev ikke nået. Skal det gentages, ændres eller udgå?",
}
_FIGURE = re.compile(r"\s*\(figur [^)]*\)")
"""The plan's figures stay behind, so that no target may refer to them."""


def targets_now(context: Context) -> dict[str, FollowedTarget]:
    """How each target of a plan stands by the newest data, whatever the plan itself was pinned to."""
    plan = context.params.maal
    if plan is None:
        return {}
    params = context.params.model_copy(update={"maal": plan.model_copy(update={"status_pr": None})})
    data = ReportData(choose("nyeste", context.root))
    now = replace(context, params=params, data=data)
    return {followed.target.id: followed for followed in read_targets(now)}


def told(followed: FollowedTarget) -> str:
    """A target's follow-up in a line: `Nået. Målet var højst 299 ...; tallet er 311 (september 2019).`."""
    own, word = followed.own, STATUS_WORDS[status_key(followed.own)]
    if own.status == "unknown":
        return unknown_reason(followed)
    newest = newest_text(followed)
    said = newest if ":" in newest else f"tallet er {newest}"
    return f"{word}. Målet var {asked(followed.target, own)}; {said}."


def in_short(targets: Sequence[FollowedTarget]) -> str:
    """`1 nået, 2 ikke nået og 12 afventer tal`."""
    counted = Counter(STATUS_WORDS[status_key(one.own)].lower() for one in targets)
    return list_danish([f"{number} {word}" for word, number in counted.most_common()])


class TargetFile:
    """The targets of the old plan on their way to the new year."""

    def __init__(
        self,
        text: str,
        old: PlanParams,
        roll: moving.Roll,
        goals: Sequence[str],
        targets: Mapping[str, FollowedTarget],
    ) -> None:
        if old.maal is None:
            raise ValueError("a plan without targets has no file of them")
        self._text, self._roll, self._maal = YamlText(text), roll, old.maal
        self._old_goals, self._goals, self._followed = old.ministermaal, goals, targets

    def rolled(self) -> str:
        """The file for the new year."""
        self._text.rewrite_header(lambda header: self._roll.years(header, self._roll.old))
        self._text.rewrite(("kilde",), lambda kilde: self._roll.years(kilde, self._roll.old))
        self._text.above(("overordnede",), self._roll.choice("maalene"))
        for key in ("dokument", "status_pr", "sider", "planens_antal"):
            if self._text.has(key):
                self._text.remove((key,), self._roll.choice(key))
        self._areas(("sammenlign_med",), self._maal)
        for at, goal in enumerate(self._maal.overordnede):
            self._goal(("overordnede", at), goal)
        return self._text.result()

    def _goal(self, path: KeyPath, goal: OverordnetMaal) -> None:
        if all(isinstance(target, Prognose) for target in goal.resultatmaal):
            self._text.above(path, self._roll.choice("prognoser"))
            self._text.comment_out(path)
            return
        self._ministers_goal(path, goal)
        for at, target in enumerate(goal.resultatmaal):
            self._target((*path, "resultatmaal", at), target)

    def _ministers_goal(self, path: KeyPath, goal: OverordnetMaal) -> None:
        """The goal's number in the new year's list: the same goal may stand at another place."""
        if goal.ministermaal is None:
            return
        old = self._old_goals[goal.ministermaal - 1]
        number = _number_of(old, self._goals)
        key = (*path, "ministermaal")
        if number is not None:
            self._text.set(key, str(number))
            if _plain(old) != _plain(self._goals[number - 1]):
                self._text.above(key, moving.note(self._roll.said("ministermaalets-ord", goal=old)))
        elif self._roll.new >= NO_MINISTERS_GOALS_FROM:
            self._text.remove(key)
        else:
            self._text.remove(key, self._roll.choice("ministermaal-udgaaet", goal=old))

    def _target(self, path: KeyPath, target: Target) -> None:
        followed = self._followed[target.id]
        if isinstance(target, Prognose):
            self._text.above(path, self._roll.choice("prognose"))
            self._text.comment_out(path)
            return
        self._text.above(path, moving.follow_up(self._roll.old, told(followed)))
        if asks := self._asks(target, STATUS_WORDS[status_key(followed.own)]):
            self._text.above(path, moving.choice(asks))
        self._text.set(
            (*path, "frist"), moving.written(moving.moved(target.frist, self._roll.months))
        )
        self._baseline(path, target)
        for key in ("tekst", "frist_ord", "niveau_fastsaettes"):
            if self._text.has(*path, key):
                self._text.rewrite((*path, key), lambda text: self._years(text, target))
        if self._text.has(*path, "opgoeres_i"):
            self._text.rewrite((*path, "opgoeres_i"), lambda text: _FIGURE.sub("", text))
        for key in ("linje", "figur", "naeste_maaling"):
            if self._text.has(*path, key):
                asked = self._roll.choice(key, was=self._text.source(*path, key))
                self._text.remove((*path, key), asked)
        if self._text.has(*path, "forbehold"):
            self._text.above((*path, "forbehold"), self._roll.choice("forbehold"))
            self._text.comment_out((*path, "forbehold"))
        self._areas((*path, "sammenlign_med"), target)
        self._measure(path, target)

    def _years(self, text: str, target: Target) -> str:
        """The plan's words with the years of deadline and baseline moved."""
        years = {target.frist.year, self._roll.old}
        named = target.udgangspunkt
        if named is not None and named.periode is not None:
            if self._stays(target):
                # The words state what was so in that year: it still was.
                years.discard(named.periode.year)
            else:
                years.add(named.periode.year)
        return self._roll.years(text, *years)

    def _baseline(self, path: KeyPath, target: Target) -> None:
        """A baseline that the data give moves; one that the plan prints with its number stays."""
        named = target.udgangspunkt
        if named is not None and named.periode is not None and not self._stays(target):
            key = (*path, "udgangspunkt", "periode")
            self._text.set(key, moving.written(moving.moved(named.periode, self._roll.months)))

    def _stays(self, target: Target) -> bool:
        """Whether a target's baseline is a number that the plan prints, here or in the same words.

        Two targets may be read out of one sentence: it can only say one thing.
        """
        named = target.udgangspunkt
        return named is not None and any(
            other.tekst == target.tekst
            and other.udgangspunkt is not None
            and other.udgangspunkt.vaerdi is not None
            and other.udgangspunkt.periode == named.periode
            for other in self._maal.targets()
        )

    def _asks(self, target: Target, status: str) -> str:
        """What somebody must decide of this target besides the words that all of them need."""
        asks = [_ASK[status]] if status in _ASK else []
        named = target.udgangspunkt
        if named is not None and named.periode is not None and self._stays(target):
            asks.append(f"Udgangspunktet er stadig det fra {named.periode.text}. Er der et nyere?")
        return " ".join(asks)

    def _areas(self, path: KeyPath, of: Maal | Target) -> None:
        if not self._text.has(*path) or not of.sammenlign_med:
            return
        on = date(self._roll.new, 1, 1)
        self._text.above(path, moving.give_way(self._text, path, of.sammenlign_med, on))

    def _measure(self, path: KeyPath, target: Target) -> None:
        """Benefits that end before the deadline: their successors are measured instead."""
        if target.maaling is None:
            return
        on = moving.moved(target.frist, self._roll.months).last_day
        lines: list[str] = []
        for key in ("ydelser", "i_pct_af"):
            if names := getattr(target.maaling, key):
                lines += moving.give_way(self._text, (*path, "maaling", key), names, on)
        self._text.above((*path, "maaling"), list(dict.fromkeys(lines)))


def _number_of(goal: str, goals: Sequence[str]) -> int | None:
    """The number, from 1, of the goal that says the same, or nearly so; None where there is none."""
    likeness = [SequenceMatcher(None, _plain(goal), _plain(one)).ratio() for one in goals]
    best = max(likeness, default=0.0)
    return likeness.index(best) + 1 if best >= ALIKE else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().rstrip(".").split())
