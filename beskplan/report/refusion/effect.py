"""What a shorter mean duration does to the mean refund: a calculation of our own, told as one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from beskplan.blocks.charts import Bar, drawing, share_ranking
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text.language import as_sentence, in_period
from beskplan.core.numbers import NBSP, format_number
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.refusion import duration_at_refund, refund_pct_at_duration
from beskplan.indicators.shares import gap_pctpoint
from beskplan.report.refusion.facts import RefusionFacts

MODEL = (
    "Beregningen er en model. Den forudsætter, at sandsynligheden for at slutte et forløb er den samme "
    "hver uge, og at alle forløb begynder på trappens første trin. Den viser, hvad varigheden betyder, "
    "men den er ikke et regnskab over kommunens refusion."
)


@dataclass(frozen=True)
class EffectRow:
    """One mean duration with the refund that it gives."""

    weeks: Quantity
    refund: Quantity
    gain: Quantity
    """Percentage points above the refund at today's duration."""
    is_now: bool

    @property
    def label(self) -> str:
        """`68 uger (i dag)`."""
        return f"{self.weeks.text()} uger{' (nu)' if self.is_now else ''}"


def read_effect(facts: RefusionFacts) -> tuple[EffectRow, ...]:
    """Today's mean duration, then the shorter ones; empty where it is not known."""
    if facts.duration is None or not facts.duration.is_number:
        return ()
    now = facts.duration
    shorter = [now.exact - weeks for weeks in facts.params.forkortelser_uger]
    today = refund_pct_at_duration(now.exact, facts.stairs)
    rows = []
    for weeks in (now.exact, *(one for one in shorter if one >= 1)):
        refund = refund_pct_at_duration(weeks, facts.stairs)
        duration = Quantity(weeks, now.decimals, "uger")
        rows.append(EffectRow(duration, refund, gap_pctpoint(refund, today), weeks == now.exact))
    return tuple(rows)


def effect_table(facts: RefusionFacts) -> Block:
    """Each mean duration a row: the mean refund, and how much higher it is than today's."""
    rows = read_effect(facts)
    return _table(facts, rows) if rows else _omitted(facts)


def effect_figure(facts: RefusionFacts) -> Block:
    """The mean refund at each duration as bars."""
    rows = read_effect(facts)
    if len(rows) < 2:
        return _omitted(facts)
    first, last = rows[0], rows[-1]
    ends = f"fra {first.refund.text()} til {last.refund.text()}{NBSP}pct."
    return figure(
        id="effekt",
        title=f"Kortere varighed giver højere refusion: {ends}",
        subtitle=f"Beregnet refusion i pct. efter gennemsnitlig varighed {facts.area.stedsform}",
        unit="pct.",
        alt=(
            f"Liggende søjler med den beregnede refusionsprocent ved {len(rows)} gennemsnitlige "
            f"varigheder. Med {first.weeks.text()} uger, som er varigheden nu, er den "
            f"{first.refund.text()}{NBSP}pct. Med {last.weeks.text()} uger er den "
            f"{last.refund.text()}{NBSP}pct."
        ),
        svg=drawing(
            partial(
                share_ranking,
                [Bar(row.label, row.refund.printed, emphasis=row.is_now) for row in rows],
            )
        ),
        data=_table(facts, rows),
        sources=_sources(facts),
    )


def effect_text(facts: RefusionFacts) -> Block:
    """Today's duration, what a week less gives, and the duration that the target answers to."""
    rows = read_effect(facts)
    if not rows or facts.params.varighed is None:
        return _omitted(facts)
    today = rows[0]
    when, refund = in_period(facts.params.varighed.periode), today.refund.text(unit="pct.")
    sentences = [
        f"{when} var den gennemsnitlige varighed {today.weeks.text()} uger",
        f"det svarer i beregningen til en refusionsprocent på {refund}",
    ]
    if len(rows) > 1:
        less = today.weeks.exact - rows[1].weeks.exact
        size = "én uge" if less == 1 else f"{format_number(less)} uger"
        sentences.append(
            f"{size} kortere varighed løfter den med {rows[1].gain.text()} procentpoint"
        )
    sentences += _target_sentences(facts, today)
    return make(
        Prose,
        id="effekt-tekst",
        paragraphs=(" ".join(as_sentence(sentence) for sentence in sentences),),
    )


def effect_notes(facts: RefusionFacts) -> Block:
    """That it is a model, and what it leaves out."""
    if not read_effect(facts):
        return Omitted(id="effekt-noter", reason="Der er ingen forbehold.", missed=False)
    return make(Prose, id="effekt-noter", paragraphs=(MODEL,), role="note")


def _target_sentences(facts: RefusionFacts, today: EffectRow) -> list[str]:
    """Where the target lies: at which duration, or out of the model's reach."""
    if facts.target_pct is None:
        return []
    target = f"planens mål for {facts.plan_year} er {facts.target_text}{NBSP}pct."
    duration = duration_at_refund(facts.target_pct, facts.stairs)
    if not duration.is_number:
        return [target, "ingen gennemsnitlig varighed giver den procent i beregningen"]
    found = [
        target,
        f"det svarer i beregningen til en gennemsnitlig varighed på {duration.text()} uger",
    ]
    if duration.printed > today.weeks.printed:
        found.append(
            "målet er altså lavere end det, som varigheden alene giver i beregningen, og kan derfor "
            "ikke bedømmes ud fra den gennemsnitlige varighed"
        )
    return found


def _table(facts: RefusionFacts, rows: tuple[EffectRow, ...]) -> Table:
    return table(
        id="effekt",
        title=f"Refusion ved kortere varighed {facts.area.stedsform}",
        unit="pct. og procentpoint",
        period=str(facts.plan_year),
        columns=(
            Column(id="varighed", label="Gennemsnitlig varighed", kind="text"),
            Column(id="refusion", label="Beregnet refusion", unit="pct."),
            Column(id="forskel", label="Forskel fra nu", unit="procentpoint"),
        ),
        rows=[
            Row(
                label=row.label,
                emphasis=row.is_now,
                cells=(cell(row.refund, unit="%"), cell(row.gain, signed=True)),
            )
            for row in rows
        ],
        sources=_sources(facts),
    )


def _sources(facts: RefusionFacts) -> tuple[Source, ...]:
    return (*facts.duration_sources, facts.stairs_source, Source(text="egne beregninger"))


def _omitted(facts: RefusionFacts) -> Omitted:
    return Omitted(
        id="effekt",
        reason=f"Den gennemsnitlige varighed {facts.area.stedsform} er ikke opgjort.",
    )
