"""A section for every target: the plan's words, what is asked, how it stands, and its figure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from beskplan.blocks.making import make
from beskplan.blocks.model import (
    Cell,
    Column,
    Omitted,
    Prose,
    Row,
    Subsection,
    Subsections,
    Table,
)
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import capital, list_danish
from beskplan.core.numbers import NBSP
from beskplan.indicators.change import pct_change
from beskplan.indicators.followup import FollowUp
from beskplan.params import maal
from beskplan.report.context import Context
from beskplan.report.resultatmaal.figures import target_figure
from beskplan.report.resultatmaal.standing import Standing, breaks_within
from beskplan.report.resultatmaal.verdict import verdict
from beskplan.report.resultatmaal.words import (
    REASONS,
    asked,
    baseline_text,
    deadline_text,
    forecast_course,
    newest_text,
    short_name,
    state_notes,
    status_word,
    with_unit,
)

SectionBlocks = list[Table | Prose | Omitted]


def target_sections(
    context: Context,
    standings: Sequence[Standing],
    *,
    id: str = "maalene",
    figures: bool = True,
) -> Subsections:
    """The targets, each under a heading of its own, with its figure unless told otherwise."""
    return make(
        Subsections,
        id=id,
        parts=tuple(_section(context, standing, figures=figures) for standing in standings),
    )


def _section(context: Context, standing: Standing, *, figures: bool) -> Subsection:
    target = standing.target
    blocks = [
        make(Prose, id=f"{target.id}-ord", paragraphs=(f"Planens ord: »{target.tekst}«",)),
        make(
            Prose,
            id=f"{target.id}-fakta",
            bullets=True,
            paragraphs=tuple(_facts(context, standing)),
        ),
        _table(context, standing),
        make(Prose, id=f"{target.id}-status", paragraphs=verdict(standing)),
        target_figure(standing) if figures else None,
        _notes(context, standing),
    ]
    shown = tuple(block for block in blocks if block is not None)
    return Subsection(title=_heading(standing), blocks=shown)


def _heading(standing: Standing) -> str:
    lead = "Mål " if standing.target.nr else ""
    return f"{lead}{standing.label}"


def _facts(context: Context, standing: Standing) -> list[str]:
    """What the plan lays down, one line a fact."""
    target, goal, own = standing.target, standing.goal, standing.own
    facts = [f"Mål: {asked(target, own)}", f"Frist: {deadline_text(target)}"]
    if target.udgangspunkt is not None or own.baseline is not None:
        facts.append(f"Udgangspunkt: {baseline_text(target, own)}{_printed(target)}")
    number = f"{goal.nr}. " if goal.nr is not None else ""
    facts.append(f"Hører under: {number}{goal.titel}")
    if goal.ministermaal is not None:
        text = context.params.ministermaal[goal.ministermaal - 1]
        same = text.rstrip(".").casefold() == goal.titel.casefold()
        facts.append(f"Ministermål {goal.ministermaal}: {'som ovenfor' if same else text}")
    if goal.fastsat_af is not None:
        facts.append(f"Fastsat af: {goal.fastsat_af}")
    if target.rolle != "resultatmål":
        facts.append(f"Planen kalder det: {target.rolle}")
    if compared := _compared(context, target):
        facts.append(f"Planen sammenligner med: {compared}")
    if target.opgoeres_i is not None:
        facts.append(f"Planens kilde: {target.opgoeres_i}")
    return facts


def _printed(target: maal.Target) -> str:
    named = target.udgangspunkt
    return ", trykt i planen" if named is not None and named.vaerdi is not None else ""


def _compared(context: Context, target: maal.Target) -> str:
    plan = context.params.maal
    names = target.sammenlign_med
    if names is None:
        names = plan.sammenlign_med if plan is not None else ()
    areas = context.reference_areas(names, target.frist.first_day)
    return list_danish([short_name(area) for area in areas])


def _table(context: Context, standing: Standing) -> Table | None:
    """The same numbers for every area; None where the data have none for any of them."""
    if isinstance(standing.target, maal.Prognose):
        return _forecast_table(standing, standing.target)
    rows = [(context.kommune, standing.own), *standing.others]
    if all(one.latest is None for _, one in rows):
        return None
    reasons = tuple(dict.fromkeys(one.reason for _, one in rows if one.reason))
    texts = {text for _, one in rows for text in _texts(standing.target, one)}
    words = state_notes(texts)
    columns = ("Udgangspunkt", "Seneste tal", "Mål", "Jævn vej mod målet", "Status")
    return table(
        id=standing.target.id,
        title=standing.target.hvad,
        unit=_unit(standing),
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
                cells=tuple(Cell(text=text) for text in _texts(standing.target, one)),
            )
            for area, one in rows
        ],
        sources=standing.sources,
        notes=[*words, *(f"{_area_reason(reason)}" for reason in reasons)],
    )


def _area_reason(reason: str) -> str:
    return f"Kan ikke vurderes: {REASONS[reason][0].lower()}{REASONS[reason][1:]}"  # type: ignore[index]


def _texts(target: maal.Target, own: FollowUp) -> tuple[str, ...]:
    path = with_unit(own.path) if own.path is not None else "ingen"
    return (
        baseline_text(target, own),
        newest_text(target, own),
        asked(target, own),
        path,
        status_word(own),
    )


def _unit(standing: Standing) -> str:
    points = standing.series or ()
    unit = points[0].quantity.unit if points else "enheden står ved tallet"
    return capital(unit)


def _forecast_table(standing: Standing, target: maal.Prognose) -> Table:
    """The levels of the official forecast and the change between the printed ones."""
    course = forecast_course(target)
    changes = [
        pct_change(before.quantity, now.quantity).text(signed=True) + f"{NBSP}%"
        for before, now in itertools.pairwise(course)
    ]
    notes = [
        f"Tallet er regnet af tallet før og den trykte vækst, afrundet til nærmeste {target.afrund_til}."
    ]
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
            Row(
                label=point.period.head,
                cells=(
                    cell(point.quantity),
                    Cell(text=change),
                ),
            )
            for point, change in zip(course, ["ingen", *changes], strict=True)
        ],
        sources=(standing.plan_source,),
        notes=notes if any(step.vaekst_pct is not None for step in target.forloeb) else [],
    )


def _notes(context: Context, standing: Standing) -> Prose | None:
    breaks = (one.note for one in breaks_within(context, standing))
    texts = (*standing.target.forbehold, *breaks)
    if not texts:
        return None
    return make(Prose, id=f"{standing.target.id}-noter", paragraphs=texts, role="note")
