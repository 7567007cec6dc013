"""The Bilag about a plan's targets: what they ask for, where we are, and how far there is to go.

Used by `notebooks/resultatmaal.ipynb`; the targets stand in `params/<kommune>/<aar>.maal.yaml`.
`followed_target` reads their numbers and has the words about one of them.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

from beskplan.blocks import model
from beskplan.blocks.html import shown
from beskplan.blocks.tables import STATE_NOTES
from beskplan.blocks.text.language import as_sentence
from beskplan.core.danish import list_danish
from beskplan.core.errors import Problem
from beskplan.indicators.quantities import WITHHELD_TEXT, Quantity
from beskplan.params import maal
from beskplan.params.models import FULDTIDSMODTAGERE
from beskplan.registers.areas import find as find_area
from beskplan.registers.indicators import ALL
from beskplan.report.base import Context, Report
from beskplan.report.followed_target import (
    NO_NUMBER,
    STATUS_WORDS,
    FollowedTarget,
    asked,
    breaks_within,
    deadline_text,
    distance,
    distance_text,
    example_level,
    newest_text,
    read_targets,
    short_name,
    status_key,
    status_word,
)  # fmt: skip
from beskplan.report.place import problem
from beskplan.report.shared_blocks import (
    WORDS,
    ColumnOf,
    listing,
    prose,
    sentences,
    small,
)  # fmt: skip
from beskplan.report.target_section import LEAST_POINTS, courses_of, is_unbroken, target_sections

_COUNT_WORDS = ("ingen", "ét", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti")
_ALWAYS = ("reached", "on_track", "behind")
"""Statuses whose box stands there at nought too: their noughts are news."""
_METHOD = WORDS["maal_metode"]
"""What the page explains once, at its end, and only where it is about something on the page."""


def _measured(pairs: Iterable[tuple[str, str]]) -> str:
    """Indicators and benefits as a person writes them in `maaling`."""
    return "; ".join(f"`{name}`" if y == ALL else f"`{name}` og `{y}`" for name, y in pairs)


class Resultatmaal(Report[maal.Maal]):
    """The blocks of the Bilag."""

    bilag = "resultatmaal"

    def asked(self) -> maal.Maal | None:
        """The plan's targets."""
        return self.context.params.maal

    @property
    def where(self) -> str:
        """The file of the targets."""
        return f"{self.context.file.removesuffix('.yaml')}.maal.yaml"

    def no_params(self) -> Problem:
        """The problem of a plan without targets."""
        return problem("no-targets", self.where, "filen findes ikke")

    def missing_data(self) -> Iterable[Problem]:
        """Series that break where a target counts; a target without data is named on the page."""
        return [
            problem(
                "target-across-break",
                f"{self.where}: {followed.target.id}",
                a_break.note,
                day=a_break.day,
            )
            for followed in self._targets
            for a_break in breaks_within(self.context, followed)
            if a_break.kind == "refuse"
        ]

    def never_followed(self) -> Iterator[str]:
        """The targets whose `maaling` has no number of the municipality in the data, and what is there."""
        plan, rows = self.context.params.maalgrupper, self.context.data.snapshot.rows_by_area
        sections = plan.afsnit.values() if plan else ()
        open_data = {one.ydelse: one.statbank for one in sections if one.statbank}
        held = {key[:2] for key in rows.get(self.context.kommune.kode, {})}
        for measure, target in ((one.target.maaling, one.target) for one in self._targets):
            if measure is None:
                continue
            asked = [(measure.indikator, one) for one in measure.ydelser or (ALL,)]
            if not (gone := [one for one in asked if one not in held]):
                continue
            others = [(FULDTIDSMODTAGERE, open_data.get(one, one)) for _, one in gone]
            fix = _measured(one for one in others if one in held)
            names, there = _measured(gone), f"; de har {fix}" if fix else ""
            yield f"{self.where}: {target.id}: data har ingen tal til {names}{there}"

    @cached_property
    def _targets(self) -> tuple[FollowedTarget, ...]:
        return read_targets(self.context)

    @property
    def _sections(self) -> list[FollowedTarget]:
        """The targets that have a section of their own."""
        return [followed for followed in self._targets if followed.has_numbers]

    def reservations(self) -> Iterable[str]:
        """What the params say of targets that have no section to say it in."""
        return (
            text
            for followed in self._targets
            if not followed.has_numbers
            for text in followed.target.forbehold
        )

    def lost_places(self) -> Iterable[str]:
        """Those of targets that have no section to say it in, then those of the params."""
        found = (followed.lost_figure for followed in self._targets if not followed.has_numbers)
        return (*filter(None, found), *super().lost_places())

    def other_sources(self) -> Iterable[model.Source]:
        """The plan itself."""
        return (self._targets[0].plan_source.model_copy(update={"reference": ""}),)

    @shown
    def status(self) -> model.KeyFigures:
        """A box for each status with how many of the targets have it."""
        own = [f for f in self._targets if f.is_counted or isinstance(f.target, maal.Opfoelgning)]
        counted = Counter((status_key(f.own), status_word(f)) for f in own)
        boxes = {(key, STATUS_WORDS[key]): 0 for key in _ALWAYS} | counted
        order = list(STATUS_WORDS)
        items = [
            model.KeyFigure(
                label=word,
                value=str(number),
                numbers=(model.Cell(text=str(number), value=number, origin=("count",)),),
            )
            for (_, word), number in sorted(
                boxes.items(), key=lambda box: (order.index(box[0][0]), box[0][1])
            )
        ]
        sources = (self._targets[0].plan_source,)
        return model.KeyFigures(title="Målenes status", items=tuple(items), sources=sources)

    @shown
    def sentence(self) -> model.Prose:
        """How many targets the plan has by its own count, and which ones have news."""
        return prose("resultatmaal-overblik", *filter(None, (self._how_many(), self._news())))

    def _how_many(self) -> str:
        counted = [followed for followed in self._targets if followed.is_counted]
        goals = len({id(followed.goal) for followed in counted})
        roles = {followed.target.rolle for followed in counted}
        noun = roles.pop() if len(roles) == 1 else "delmål"
        noun = "delmål" if noun == "resultatmål" else noun
        parts = f" med {_count(len(counted))} {noun}" if goals < len(counted) else ""
        first = f"planen har {self.params.planens_antal or f'{_count(goals)} mål'}{parts}"
        if counted and all(status_key(one.own) == "no_number" for one in counted):
            first = f"{first} uden tal"
        if also := self.params.gaelder_ogsaa:
            places = [find_area(name, kind="kommune").lang_navn for name in also]
            first = f"{first}. De gælder også {list_danish(places)}"
        later: dict[str, int] = Counter(
            f.target.niveau_fastsaettes
            for f in self._targets
            if isinstance(f.target, maal.Opfoelgning)
        )
        others = [
            f"derudover følges {_count(number)} {'målgruppe' if number == 1 else 'målgrupper'}"
            f". {'Måltallet' if number == 1 else 'Måltallene'} fastsættes {when}"
            for when, number in later.items()
        ]
        return sentences(first, *others)

    def _news(self) -> str:
        """`Bagud: …`: the targets by name that are reached, on their way, behind or missed."""
        judged = {
            key: [f for f in self._targets if f.is_counted and status_key(f.own) == key]
            for key in ("reached", "missed", "on_track", "behind")
        }
        named = [
            as_sentence(f"{STATUS_WORDS[key]}: {list_danish([f.target.hvad for f in some])}")
            for key, some in judged.items()
            if some
        ]
        counted = Counter(status_key(f.own) for f in self._targets if f.is_counted)
        if named or not counted["waiting"]:
            return " ".join(named)
        if counted.total() == 1:
            return sentences("det kan ikke vurderes endnu, fordi tallet mangler")
        if len(counted) == 1:
            every = "begge" if counted.total() == 2 else f"alle {_count(counted.total())}"
            return sentences(f"ingen af dem kan vurderes endnu: {every} afventer tal")
        parts = [f"{_count(counted[key])} {small(STATUS_WORDS[key])}" for key in counted]
        return sentences(f"ingen af dem kan vurderes endnu: {', og '.join(parts)}")

    @shown
    def table(self) -> model.Table:
        """One row a target: where we are, where we are going, how far it is, and its status."""
        more: list[ColumnOf] = [("naeste", "Næste måling", "", _next_count)]
        if any(_responsible(followed) != _UNNAMED for followed in self._targets):
            more.append(("ansvarlig", "Ansvarlig", "", _responsible))
        return targets_table(self.context, self._targets, more)

    @shown
    def targets(self) -> model.Subsections | model.Omitted:
        """A section for every target that has numbers, with its figure where there is a series."""
        if not self._sections:
            return model.Omitted(
                id="maalene", reason="Ingen af målene har tal endnu.", missed=False
            )
        return target_sections(self.context, self._sections)

    @shown
    def ministers_goals(self) -> model.Prose | model.Omitted:
        """The ministers' goals of the year, each with the plan's own goals for it."""
        listed = self.context.params.ministermaal
        taken_up = {goal.ministermaal for goal in self.params.overordnede} - {None}
        # A plan that is about few of them tells those with its own goals.
        if not listed or 0 < 2 * len(taken_up) < len(listed):
            reason = "Planens mål følger ikke ministerens."
            return model.Omitted(id="ministermaal", reason=reason, missed=False)
        texts = []
        for number, text in enumerate(listed, 1):
            own = [goal for goal in self.params.overordnede if goal.ministermaal == number]
            names = list_danish(
                [f"mål {goal.nr}" if goal.nr else f"»{goal.titel}«" for goal in own]
            )
            told = f"Her hører planens {names} til" if own else ""
            texts.append(sentences(f"ministermål {number}: {text.rstrip('.')}", told))
        return prose("ministermaal", *texts, bullets=True)

    @shown
    def words(self) -> model.Prose | model.Omitted:
        """The plan's goals with whom they serve, and the targets without numbers in its own words."""
        setters = {goal.fastsat_af for goal in self.params.overordnede if goal.nr is not None}
        alike = setters.pop() if len(setters) == 1 else None
        bullets = [f"Målene er fastsat af {alike}."] if alike else []
        for goal, some in itertools.groupby(self._targets, key=lambda followed: followed.goal):
            quoted = [f for f in some if not f.has_numbers]
            bullets += _goal_words(self.context, goal, quoted, told=alike)
        if not bullets:
            return model.Omitted(
                id="maalenes-ord", reason="Målene står i afsnittene ovenfor.", missed=False
            )
        return prose("maalenes-ord", *bullets, bullets=True)

    @shown
    def method(self) -> model.Prose | model.Omitted:
        """How the targets are judged: only what is about something on the page."""
        owns = [followed.own for followed in self._targets]
        statuses = {status_key(followed.own) for followed in self._targets if followed.is_counted}
        drawn = [found for f in self._sections if (found := courses_of(f)) is not None]
        needed = {
            "path": any(own.path is not None and not own.final for own in owns),
            "final": any(own.final for own in owns),
            "distance": any(distance(followed) for followed in self._targets),
            "waiting": "waiting" in statuses,
            "no_number": "no_number" in statuses,
            "in_text": any(f.target.rolle.endswith(" i teksten") for f in self._targets),
            "unchanged": any(found.unchanged for found in drawn),
            "forecast": any(found.forecast for found in drawn),
        }
        paragraphs = [text for key, text in _METHOD.items() if needed[key]]
        if names := self.params.sammenlign_med:
            year = self.context.params.aar
            areas = self.context.reference_areas(names, date(year, 1, 1))
            beside = list_danish([short_name(area) for area in areas])
            # The newest numbers of a plan are those of the year before, at first.
            notes = self.context.area_notes(names, date(year - 1, 1, 1), date(year, 1, 1))
            compared = f"Planen sammenligner udviklingen i målene med {beside}."
            paragraphs.append(" ".join([compared, *notes]))
        if not paragraphs:
            return model.Omitted(
                id="metode", reason="Ingen af målene bliver beregnet.", missed=False
            )
        return prose("metode", *paragraphs, bullets=True)


def _count(number: int) -> str:
    return _COUNT_WORDS[number] if number < len(_COUNT_WORDS) else str(number)


_UNNAMED = "ikke angivet"


def _responsible(followed: FollowedTarget) -> str:
    return followed.target.ansvarlig or followed.goal.ansvarlig or _UNNAMED


def targets_table(
    context: Context,
    targets: Sequence[FollowedTarget],
    more: Sequence[ColumnOf],
    told: Sequence[str] = (),
) -> model.Table:
    """One row a target: where we are, where we are going, how far it is and its status, and `more`.

    Args:
        context: Of the report.
        targets: All of the plan; those that it counts come first.
        more: Columns after the three that every table of targets has.
        told: Notes on those columns.
    """
    first = [f for f in targets if f.is_counted or isinstance(f.target, maal.Opfoelgning)]
    ordered = [*first, *(f for f in targets if f not in first)]
    shares = any(_is_of_a_share(f.target) for f in ordered)
    numbers = tuple(dict.fromkeys(source for f in ordered for source in f.number_sources))
    made = listing(
        ordered,
        ("maal", "Mål"),
        [*_PROGRESS, *more],
        id="resultatmaal",
        title=f"Resultatmål {context.kommune.stedsform}",
        unit="Enheden står ved hvert tal",
        period=f"planåret {context.params.aar}",
        sources=replace(targets[0], number_sources=numbers).sources,
        notes=[*([WORDS["maal_andel"]] if shares else []), *told],
    )
    hidden = any(WITHHELD_TEXT in one.text for row in made.rows for one in row.cells)
    notes = (*made.notes, *([STATE_NOTES["withheld"]] if hidden else []))
    return made.model_copy(update={"notes": notes})


def _newest_cell(followed: FollowedTarget) -> model.Cell:
    newest = followed.newest
    return _with_number(newest_text(followed), newest.quantity if newest else None)


def _distance_cell(followed: FollowedTarget) -> model.Cell:
    apart = distance(followed)
    return _with_number(_distance_and_status(followed), apart if apart and apart.exact else None)


def _is_of_a_share(target: maal.Target) -> bool:
    return isinstance(target, maal.Relativ) and target.enhed.startswith("pct.")


def _goal_text(followed: FollowedTarget) -> str:
    words = asked(followed.target, followed.own)
    level, point = example_level(followed), followed.newest
    if level is not None and point is not None:
        same = level.printed == point.quantity.printed
        start = "" if same else f"fra {point.quantity.text()} til "
        if isinstance(followed.target, maal.Niveau) and followed.target.under:
            start = "under "
        words = f"{words}, fx {start}{level.text()}"
    later = isinstance(followed.target, maal.Opfoelgning)
    if later:
        return words
    deadline = deadline_text(followed.target)
    mark = " [note 1]" if _is_of_a_share(followed.target) else ""
    return (f"{words}, {deadline}" if words.endswith(")") else f"{words} ({deadline})") + mark


def _distance_and_status(followed: FollowedTarget) -> str:
    """`6 færre (bagud)`; the status alone where there is no distance, or it says the same."""
    apart, status = distance_text(followed), status_word(followed)
    if apart == NO_NUMBER or followed.own.status == "reached":
        return status
    return f"{apart} ({small(status)})"


def _with_number(text: str, quantity: Quantity | None) -> model.Cell:
    """A cell of words with the number in them, so that the proof calculates it anew."""
    if quantity is None or not quantity.is_number:
        return model.Cell(text=text)
    return model.Cell(text=text, value=float(quantity.printed), origin=quantity.origin)


def _next_count(followed: FollowedTarget) -> str:
    """When the next number comes: the params' words, the series' next period, else the deadline."""
    target, series = followed.target, followed.series
    if target.naeste_maaling:
        return target.naeste_maaling
    if followed.own.final:
        return "målet er gjort op"
    if status_key(followed.own) == "no_number":
        return "ikke fastsat"
    if series and is_unbroken(series) and len(series) >= LEAST_POINTS:
        return series[-1].period.next.text
    return deadline_text(target)


def _goal_words(
    context: Context, goal: maal.OverordnetMaal, quoted: Sequence[FollowedTarget], told: str | None
) -> list[str]:
    """A bullet for the goal (`1. Flere i job. Ministermål 1.`) and one for each target quoted."""
    aside = []
    if goal.ministermaal is not None:
        words = context.params.ministermaal[goal.ministermaal - 1]
        same = _letters(words) == _letters(goal.titel)
        aside.append(f"ministermål {goal.ministermaal}{'' if same else f': {words}'}")
    if goal.fastsat_af and goal.fastsat_af != told:
        aside.append(f"fastsat af {goal.fastsat_af}")
    # The plan's words are not told where the goal's title or the target's name has them all.
    quotes = [
        f"{f.label}: »{f.target.tekst}«"
        for f in quoted
        if not _letters(f.target.tekst).endswith(_letters(goal.titel))
        and _letters(f.target.tekst).removeprefix("antalletaf") != _letters(f.target.hvad)
    ]
    if not quotes and not aside and goal.nr is None:
        return []
    number = f"{goal.nr}. " if goal.nr is not None else ""
    return [" ".join((f"{number}{as_sentence(goal.titel)}", sentences(*aside))).strip(), *quotes]


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


_PROGRESS: tuple[ColumnOf, ...] = (
    ("nu", "Hvor er vi", "", _newest_cell),
    ("skal", "Hvor skal vi hen", "", _goal_text),
    ("afstand", "Afstand og status", "", _distance_cell),
)


load = Resultatmaal.load
