"""The Bilag about a plan's targets: what they ask for, how they stand, and where they may go.

Used by `notebooks/resultatmaal.ipynb`; the targets stand in `params/<kommune>/<aar>.maal.yaml`.
`resultatmaal_tal` reads their numbers, `resultatmaal_tekst` has their words, `resultatmaal_figur`
draws them.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from beskplan.blocks.captions import note_label
from beskplan.blocks.display import shown
from beskplan.blocks.making import make
from beskplan.blocks.model import Cell, Column, Prose, Row, Source, Subsection, Subsections, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import capital, list_danish
from beskplan.core.errors import Problem
from beskplan.core.numbers import NBSP
from beskplan.indicators.change import pct_change
from beskplan.indicators.followup import FollowUp, Reason
from beskplan.params import maal
from beskplan.registers.areas import find as find_area
from beskplan.report.base import Context, Report
from beskplan.report.resultatmaal_figur import target_figure
from beskplan.report.resultatmaal_tal import FollowedTarget, breaks_within, read_targets
from beskplan.report.resultatmaal_tekst import (
    REASONS,
    STATUS_WORDS,
    asked,
    baseline_text,
    deadline_text,
    forecast_course,
    newest_text,
    short_name,
    state_notes,
    status_word,
    verdict,
    with_unit,
)
from beskplan.report.shared_blocks import notes, prose, sentences, small

_NUMBERS = ("ingen", "ét", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti")
_COUNTED_STATUS = {
    "reached": "er nået",
    "on_track": "er på vej",
    "behind": "er bagud",
    "missed": "blev ikke nået",
    "unknown": "kan ikke vurderes",
}
"""What is said of so many targets, by the key of `STATUS_WORDS`."""
_COUNTED_REASONS: dict[Reason, tuple[str, str]] = {
    "qualitative": ("mål er kvalitativt", "mål er kvalitative"),
    "named_only": ("mål er nævnt uden et niveau",) * 2,
    "no_data": ("mål har ingen tal i datagrundlaget",) * 2,
    "awaiting_baseline": ("mål mangler sit udgangspunkt", "mål mangler deres udgangspunkt"),
    "awaiting_level": ("mål får først sit niveau senere", "mål får først deres niveau senere"),
}
"""Why one target, and several, cannot be judged."""


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
        found, expected = "filen findes ikke", "planens mål"
        return Problem(self.where, "ingen mål", found, expected, "skriv filen")

    def missing_data(self) -> Iterable[Problem]:
        """Series that break where a target counts; a target without data is told on the page."""
        return [
            Problem(
                where=f"{self.where}: {followed.target.id}",
                what=f"udgangspunkt og nyeste tal ligger på hver sin side af {one.day}",
                found=one.note,
                expected="tal, der kan sammenlignes",
                fix="vælg en anden `maaling`, eller udelad `maaling`",
            )
            for followed in self._targets
            for one in breaks_within(self.context, followed)
            if one.kind == "refuse"
        ]

    @cached_property
    def _targets(self) -> tuple[FollowedTarget, ...]:
        return read_targets(self.context)

    def reservations(self) -> Iterable[str]:
        """What the params say of each target."""
        return (text for one in self._targets for text in one.target.forbehold)

    def other_sources(self) -> Iterable[Source]:
        """The plan itself."""
        return (self._targets[0].plan_source.model_copy(update={"reference": ""}),)

    @shown
    def targets(self) -> Subsections:
        """A section for every target, with its figure."""
        return target_sections(self.context, self._targets)

    @shown
    def table(self) -> Table:
        """One row a target: baseline, newest number, what it asks for, by when, and its status."""
        reasons = list(dict.fromkeys(one.own.reason for one in self._targets if one.own.reason))
        rows = [_summary_row(one, reasons) for one in self._targets]
        numbers = tuple(dict.fromkeys(text for one in self._targets for text in one.number_sources))
        labels = {
            "maal": "Resultatmål",
            "skal": "Mål",
            "frist": "Frist",
            "udgangspunkt": "Udgangspunkt",
            "seneste": "Seneste tal",
            "status": "Status",
        }
        return table(
            id="resultatmaal",
            title=f"Resultatmål {self.context.kommune.stedsform}",
            unit="Enheden står ved hvert mål",
            period=f"planåret {self.context.params.aar}",
            columns=[Column(id=key, label=label, kind="text") for key, label in labels.items()],
            rows=rows,
            sources=replace(self._targets[0], number_sources=numbers).sources,
            notes=[
                *(REASONS[reason] for reason in reasons),
                *state_notes([cell.text for row in rows for cell in row.cells]),
            ],
        )

    @shown
    def sentence(self) -> Prose:
        """How many targets there are and how they stand; the unjudged ones with the reasons."""
        words = [status_word(one.own) for one in self._targets]
        counted = {key: words.count(word) for key, word in STATUS_WORDS.items()}
        first = f"planen har {_count(len(words))} mål"
        if also := self.params.gaelder_ogsaa:
            places = [find_area(name, kind="kommune").lang_navn for name in also]
            first = f"{first}, som også gælder {list_danish(places)}"
        said = list_danish([f"{_count(n)} {_COUNTED_STATUS[k]}" for k, n in counted.items() if n])
        if counted["unknown"] == len(words):
            said = "ingen af dem kan vurderes ud fra datagrundlaget"
        paragraphs = (sentences(first, said), self._reasons())
        return prose("resultatmaal-overblik", *filter(None, paragraphs))

    def _reasons(self) -> str:
        """`6 mål er kvalitative, …`: why targets cannot be judged, the commonest reason first."""
        same: dict[Reason, Reason] = {"not_measured": "no_data"}
        found = [same.get(one.own.reason, one.own.reason) for one in self._targets]
        counted = Counter(reason for reason in found if reason in _COUNTED_REASONS)
        parts = [
            f"{_count(number)} {_COUNTED_REASONS[reason][number > 1]}"
            for reason, number in counted.most_common()
        ]
        return sentences(list_danish(parts))


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _summary_row(followed: FollowedTarget, reasons: Sequence[Reason]) -> Row:
    own, target = followed.own, followed.target
    note = f" {note_label(reasons.index(own.reason) + 1)}" if own.reason else ""
    texts = (
        asked(target, own),
        deadline_text(target),
        baseline_text(target, own),
        newest_text(target, own),
        f"{status_word(own)}{note}",
    )
    return Row(label=followed.label, cells=tuple(Cell(text=text) for text in texts))


def target_sections(
    context: Context,
    targets: Sequence[FollowedTarget],
    *,
    id: str = "maalene",
    figures: bool = True,
) -> Subsections:
    """The targets, each under a heading of its own, with its figure unless told otherwise."""
    parts = tuple(_section(context, followed, figures=figures) for followed in targets)
    return make(Subsections, id=id, parts=parts)


def _section(context: Context, followed: FollowedTarget, *, figures: bool) -> Subsection:
    target = followed.target
    reservations = [*target.forbehold, *(one.note for one in breaks_within(context, followed))]
    blocks = [
        prose(f"{target.id}-ord", f"Planens ord: »{target.tekst}«"),
        prose(f"{target.id}-fakta", *_facts(context, followed), bullets=True),
        _table(context, followed),
        prose(f"{target.id}-status", *verdict(followed)),
        target_figure(followed) if figures else None,
        notes(f"{target.id}-noter", reservations) if reservations else None,
    ]
    lead = "Mål " if target.nr else ""
    present = tuple(block for block in blocks if block is not None)
    return Subsection(title=f"{lead}{followed.label}", blocks=present)


def _facts(context: Context, followed: FollowedTarget) -> list[str]:
    """What the plan lays down, one line a fact."""
    target, goal, own = followed.target, followed.goal, followed.own
    named = target.udgangspunkt
    printed = ", trykt i planen" if named is not None and named.vaerdi is not None else ""
    has_baseline = named is not None or own.baseline is not None
    number = f"{goal.nr}. " if goal.nr is not None else ""
    ministers = ""
    if goal.ministermaal is not None:
        text = context.params.ministermaal[goal.ministermaal - 1]
        same = text.rstrip(".").casefold() == goal.titel.casefold()
        ministers = "som ovenfor" if same else text
    facts = {
        "Mål": asked(target, own),
        "Frist": deadline_text(target),
        "Udgangspunkt": f"{baseline_text(target, own)}{printed}" if has_baseline else "",
        "Hører under": f"{number}{goal.titel}",
        f"Ministermål {goal.ministermaal}": ministers,
        "Fastsat af": goal.fastsat_af,
        "Planen kalder det": target.rolle if target.rolle != "resultatmål" else "",
        "Planen sammenligner med": _compared(context, target),
        "Planens kilde": target.opgoeres_i,
    }
    return [f"{label}: {text}" for label, text in facts.items() if text]


def _compared(context: Context, target: maal.Target) -> str:
    plan, names = context.params.maal, target.sammenlign_med
    if names is None:
        names = plan.sammenlign_med if plan is not None else ()
    areas = context.reference_areas(names, target.frist.first_day)
    return list_danish([short_name(area) for area in areas])


def _table(context: Context, followed: FollowedTarget) -> Table | None:
    """The same numbers for every area; None where the data have none for any of them."""
    target = followed.target
    if isinstance(target, maal.Prognose):
        return _forecast_table(followed, target)
    rows = [(context.kommune, followed.own), *followed.others]
    if all(one.latest is None for _, one in rows):
        return None
    texts = {area: _texts(target, one) for area, one in rows}
    reasons = dict.fromkeys(one.reason for _, one in rows if one.reason)
    columns = ("Udgangspunkt", "Seneste tal", "Mål", "Jævn vej mod målet", "Status")
    series = followed.series
    return table(
        id=target.id,
        title=target.hvad,
        unit=capital(series[0].quantity.unit if series else "enheden står ved tallet"),
        period=f"planåret {context.params.aar}",
        columns=[
            Column(id="omraade", label="Område", kind="text"),
            *(
                Column(id=f"kolonne-{number}", label=label, kind="text")
                for number, label in enumerate(columns, start=1)
            ),
        ],
        rows=[
            Row(
                label=area.navn,
                area=area.kode,
                emphasis=area == context.kommune,
                cells=tuple(Cell(text=text) for text in texts[area]),
            )
            for area, _ in rows
        ],
        sources=followed.sources,
        notes=[
            *state_notes({text for some in texts.values() for text in some}),
            *(f"Kan ikke vurderes: {small(REASONS[reason])}" for reason in reasons),
        ],
    )


def _texts(target: maal.Target, own: FollowUp) -> tuple[str, ...]:
    return (
        baseline_text(target, own),
        newest_text(target, own),
        asked(target, own),
        with_unit(own.path) if own.path is not None else "ingen",
        status_word(own),
    )


def _forecast_table(followed: FollowedTarget, target: maal.Prognose) -> Table:
    """The levels of the official forecast and the change between the printed ones."""
    course = forecast_course(target)
    changes = [
        f"{pct_change(before.quantity, now.quantity).text(signed=True)}{NBSP}%"
        for before, now in itertools.pairwise(course)
    ]
    grown = any(step.vaekst_pct is not None for step in target.forloeb)
    note = (
        "Tallet er regnet af tallet før og den trykte vækst, afrundet til nærmeste "
        f"{target.afrund_til}."
    )
    return table(
        id=target.id,
        title=target.hvad,
        unit=capital(target.enhed),
        period=f"{course[0].period.text} - {course[-1].period.text}",
        columns=[
            Column(id="tidspunkt", label="Tidspunkt", kind="text"),
            Column(id="niveau", label="Niveau", unit=target.enhed),
            Column(id="aendring", label="Ændring i pct.", kind="text"),
        ],
        rows=[
            Row(label=point.period.head, cells=(cell(point.quantity), Cell(text=change)))
            for point, change in zip(course, ["ingen", *changes], strict=True)
        ],
        sources=(followed.plan_source,),
        notes=[note] if grown else [],
    )


load = Resultatmaal.load
