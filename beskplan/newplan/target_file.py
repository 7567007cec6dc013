"""A plan's targets, carried over to a later year together with how they went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher

from beskplan.blocks.text.language import list_danish
from beskplan.newplan.moving import Roll, choice, follow_up, give_way, moved, note, written
from beskplan.newplan.plan_file import NO_MINISTERS_GOALS_FROM
from beskplan.newplan.yaml_text import YamlText
from beskplan.observations import choose
from beskplan.params import PlanParams
from beskplan.params.maal import Maal, OverordnetMaal, Prognose, Target
from beskplan.registers.document import KeyPath
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
        roll: Roll,
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
        for key in ("dokument", "status_pr"):
            if self._text.has(key):
                self._text.remove((key,))
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
                self._text.above(key, note(self._roll.said("ministermaalets-ord", goal=old)))
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
        self._text.above(path, follow_up(self._roll.old, told(followed)))
        if asks := self._asks(target, STATUS_WORDS[status_key(followed.own)]):
            self._text.above(path, choice(asks))
        self._text.set((*path, "frist"), written(moved(target.frist, self._roll.months)))
        self._baseline(path, target)
        for key in ("tekst", "frist_ord", "niveau_fastsaettes"):
            if self._text.has(*path, key):
                self._text.rewrite((*path, key), lambda text: self._years(text, target))
        if self._text.has(*path, "opgoeres_i"):
            self._text.rewrite((*path, "opgoeres_i"), lambda text: _FIGURE.sub("", text))
        for key in ("linje", "figur"):
            if self._text.has(*path, key):
                self._text.remove((*path, key))
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
            self._text.set(key, written(moved(named.periode, self._roll.months)))

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
        self._text.above(path, give_way(self._text, path, of.sammenlign_med, on))

    def _measure(self, path: KeyPath, target: Target) -> None:
        """Benefits that end before the deadline: their successors are measured instead."""
        if target.maaling is None:
            return
        on = moved(target.frist, self._roll.months).last_day
        lines: list[str] = []
        for key in ("ydelser", "i_pct_af"):
            if names := getattr(target.maaling, key):
                lines += give_way(self._text, (*path, "maaling", key), names, on)
        self._text.above((*path, "maaling"), list(dict.fromkeys(lines)))


def _number_of(goal: str, goals: Sequence[str]) -> int | None:
    """The number, from 1, of the goal that says the same, or nearly so; None where there is none."""
    likeness = [SequenceMatcher(None, _plain(goal), _plain(one)).ratio() for one in goals]
    best = max(likeness, default=0.0)
    return likeness.index(best) + 1 if best >= ALIKE else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().rstrip(".").split())
