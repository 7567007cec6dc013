"""The staircase itself: its table, its figure, and what readers must know of it."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from beskplan.blocks.charts import Level, Step, drawing, staircase
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Column, Omitted, Prose, Row, Source, Table
from beskplan.blocks.tables import cell, table
from beskplan.blocks.text import list_danish
from beskplan.core.numbers import NBSP
from beskplan.indicators.quantities import Quantity
from beskplan.indicators.refusion import mean_refund_pct
from beskplan.report.refusion.facts import RefusionFacts


def staircase_table(facts: RefusionFacts) -> Table:
    """Each step a row: what the state and the municipality pay."""
    columns = (
        Column(id="uger", label="Uger på offentlig forsørgelse", kind="text"),
        Column(id="staten", label="Statens andel (refusion)", unit="pct."),
        Column(id="kommunen", label="Kommunens andel", unit="pct."),
    )
    rows = [
        Row(
            label=name,
            cells=(
                cell(_rate(step.sats_pct), unit="%"),
                cell(_rate(100 - step.sats_pct), unit="%"),
            ),
        )
        for name, step in zip(facts.step_names, facts.stairs.trin, strict=True)
    ]
    return table(
        id="trappe",
        title="Refusionstrappen",
        unit="pct. af udgiften til ydelsen",
        period=str(facts.plan_year),
        columns=columns,
        rows=rows,
        sources=(facts.stairs_source,),
    )


def staircase_figure(facts: RefusionFacts) -> Block:
    """The steps to scale, with the plan's target across them where it has one."""
    steps = [Step(one.fra_uge, one.sats_pct) for one in facts.stairs.trin]
    level = Level("Mål:", facts.target_pct) if facts.target_pct is not None else None
    first, last = steps[0], steps[-1]
    parts = [f"{one.rate}{NBSP}pct. fra uge {one.start}" for one in steps]
    alt = (
        f"Trappe, der viser statens andel af udgiften efter uger på offentlig forsørgelse: "
        f"{list_danish(parts)}."
    )
    if level is not None:
        alt += f" En vandret linje markerer planens mål på {facts.target_text}{NBSP}pct."
    return figure(
        id="trappe",
        title=f"Statens andel falder fra {first.rate} til {last.rate}{NBSP}pct. på et år",
        subtitle=f"Refusion i pct. af udgiften efter uger på offentlig forsørgelse, {facts.plan_year}",
        unit="pct.",
        alt=alt,
        svg=drawing(
            partial(staircase, steps, axis_label="Uger på offentlig forsørgelse", level=level)
        ),
        data=staircase_table(facts),
        sources=(facts.stairs_source,),
    )


def staircase_notes(facts: RefusionFacts) -> Prose:
    """How the weeks are counted, and the reservations."""
    texts = (facts.stairs.note, *facts.params.forbehold)
    return make(Prose, id="trappe-noter", paragraphs=texts, role="note")


def distribution_table(facts: RefusionFacts) -> Block:
    """The full-time persons on each step, and the mean refund that they give."""
    if not facts.params.fordeling or facts.params.fordeling_kilde is None:
        return Omitted(
            id="fordeling",
            reason="Kommunens fordeling af fuldtidspersoner på trappens trin er ikke opgjort.",
        )
    counts = {
        week: Quantity(Decimal(number), 0, "fuldtidspersoner", origin=("plan",))
        for week, number in facts.params.fordeling.items()
    }
    mean = mean_refund_pct(counts, facts.stairs)
    names = dict(zip((one.fra_uge for one in facts.stairs.trin), facts.step_names, strict=True))
    total = sum(facts.params.fordeling.values())
    rows = [
        Row(
            label=names[week],
            cells=(cell(number), cell(_rate(facts.stairs.rate_pct(week)), unit="%")),
        )
        for week, number in counts.items()
    ]
    whole = Quantity(Decimal(total), 0, "fuldtidspersoner", "calculated", ("plan",))
    rows.append(Row(label="I alt", emphasis=True, cells=(cell(whole), cell(mean, unit="%"))))
    return table(
        id="fordeling",
        title=f"Fuldtidspersoner på refusionstrappens trin {facts.area.stedsform}",
        unit="Antal fuldtidspersoner og refusion i pct.",
        period=str(facts.plan_year),
        columns=(
            Column(id="uger", label="Uger på offentlig forsørgelse", kind="text"),
            Column(id="antal", label="Fuldtidspersoner", unit="fuldtidspersoner"),
            Column(id="refusion", label="Refusion", unit="pct."),
        ),
        rows=rows,
        sources=(facts.stairs_source, Source(text=facts.params.fordeling_kilde)),
    )


def _rate(pct: Decimal) -> Quantity:
    """A rate of the law."""
    return Quantity(pct, 0, "pct.", origin=("law",))
