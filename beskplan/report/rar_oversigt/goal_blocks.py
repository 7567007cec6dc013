"""The matrix of jobcentres and ministers' goals, its totals in words and as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from beskplan.blocks.charts import Bar, drawing, share_ranking
from beskplan.blocks.figures import figure
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Cell, Column, Omitted, Prose, Row, Source, Table
from beskplan.blocks.tables import table
from beskplan.blocks.text.language import as_sentence, counted_amount, list_danish
from beskplan.indicators.quantities import ABSENT_TEXT
from beskplan.registers.areas import Area
from beskplan.report.rar_oversigt.plans import Plan

NONE_TEXT = "-"
"""Printed where a plan does not have a goal: a table has no empty cells."""
LEGEND = (
    "X: planen har et mål med et resultatniveau. (X): planen beskriver målet uden et resultatniveau. "
    f"{NONE_TEXT}: planen har ikke målet."
)


@dataclass(frozen=True)
class Overview:
    """The region's plans of a year, and the goals they are held up against."""

    region: Area
    plan_year: int
    goals: tuple[str, ...]
    """The ministers' goals in their official words; the first is number 1."""
    plans: tuple[Plan, ...]
    source: Source

    @property
    def known(self) -> tuple[Plan, ...]:
        """The plans that are there."""
        return tuple(plan for plan in self.plans if plan.is_known)

    def count(self, goal: int, mark: str) -> int:
        """How many plans have `mark` for a goal."""
        return sum(plan.mark(goal) == mark for plan in self.known)

    @property
    def numbers(self) -> range:
        """The numbers of the goals."""
        return range(1, len(self.goals) + 1)


def goal_matrix(overview: Overview) -> Table:
    """Each jobcentre a row, each goal a column; totals below."""
    columns = (
        Column(id="jobcenter", label="Jobcenter", kind="text"),
        *(
            Column(id=f"maal-{number}", label=f"Mål {number}", kind="text")
            for number in overview.numbers
        ),
        Column(id="kvantificeret", label="Mål kvantificeret", unit="mål"),
    )
    rows = [_row(overview, plan) for plan in overview.plans]
    rows += [
        _totals(overview, "I alt kvantificeret (X)", "X"),
        _totals(overview, "I alt beskrevet uden niveau", "(X)"),
    ]
    return table(
        id="maal",
        title=f"Ministerens mål i beskæftigelsesplanerne {overview.region.stedsform}",
        unit="Markering for hvert mål og antal mål",
        period=f"planerne for {overview.plan_year}",
        columns=columns,
        rows=rows,
        sources=(overview.source,),
        notes=(LEGEND,),
    )


def goal_points(overview: Overview) -> Block:
    """How many plans have each goal, a point each."""
    if not overview.known:
        return _nothing(overview)
    return make(
        Prose,
        id="maal-punkter",
        paragraphs=tuple(_point(overview, number) for number in overview.numbers),
        bullets=True,
    )


def goal_figure(overview: Overview) -> Block:
    """The goals by how many plans have set a level for them."""
    if not overview.known:
        return _nothing(overview)
    counts = {number: overview.count(number, "X") for number in overview.numbers}
    top = max(counts, key=lambda number: counts[number])
    low = min(counts, key=lambda number: counts[number])
    total = len(overview.known)
    return figure(
        id="maal",
        title=f"Mål {top} er kvantificeret i flest planer: {counts[top]} af {total}",
        subtitle=f"Antal jobcentre, der har kvantificeret målet, planerne for {overview.plan_year}",
        unit="jobcentre",
        alt=(
            f"Liggende søjler med antallet af jobcentre, der har kvantificeret hvert af de "
            f"{len(overview.goals)} mål, ordnet efter størrelse. Flest har mål {top}: {counts[top]} af "
            f"{total}. Færrest har mål {low}: {counts[low]} af {total}."
        ),
        svg=drawing(
            partial(
                share_ranking,
                [Bar(f"Mål {number}", Decimal(count)) for number, count in counts.items()],
                unit="jobcentre",
                decimals=0,
            )
        ),
        data=_counts_table(overview),
        sources=(overview.source,),
    )


def supplementary_table(overview: Overview) -> Block:
    """Goals besides the ministers', and remarks, a row for each jobcentre that has any."""
    rows = [
        Row(
            label=plan.jobcentre.navn,
            cells=(Cell(text="; ".join(plan.supplementary)),),
        )
        for plan in overview.known
        if plan.supplementary
    ]
    if not rows:
        return Omitted(id="supplerende", reason="Ingen af planerne har supplerende mål.")
    return _text_table(overview, "supplerende", "Supplerende mål og bemærkninger", rows)


def missing_plans(overview: Overview) -> Block:
    """Which jobcentres the overview has no plan of."""
    missing = [plan.jobcentre.navn for plan in overview.plans if not plan.is_known]
    if not missing:
        reason = "Alle jobcentre i området er med."
        return Omitted(id="mangler", reason=reason, missed=False)
    count = counted_amount(len(overview.known), len(overview.plans), "jobcenter", "jobcentre")
    text = f"oversigten omfatter {count}. Der er ingen oplysninger om {list_danish(missing)}"
    paragraphs = [as_sentence(text)]
    if broken := [plan.jobcentre.navn for plan in overview.plans if plan.is_broken]:
        paragraphs.append(f"Planen for {list_danish(broken)} har fejl og er derfor ikke læst.")
    return make(Prose, id="mangler", paragraphs=tuple(paragraphs), role="note")


def _row(overview: Overview, plan: Plan) -> Row:
    if not plan.is_known:
        absent = Cell(text=ABSENT_TEXT, state="absent")
        cells: Sequence[Cell] = [absent] * (len(overview.goals) + 1)
    else:
        marks = [Cell(text=plan.mark(number) or NONE_TEXT) for number in overview.numbers]
        cells = [*marks, _counted(plan.quantified)]
    # No area code: the row counts goals of a plan, it holds no observations of the area.
    return Row(label=plan.jobcentre.navn, cells=tuple(cells))


def _totals(overview: Overview, label: str, mark: str) -> Row:
    counts = [overview.count(number, mark) for number in overview.numbers]
    cells = [_counted(count) for count in (*counts, sum(counts))]
    return Row(label=label, emphasis=True, cells=tuple(cells))


def _counted(count: int) -> Cell:
    return Cell(text=str(count), value=float(count), origin=("count",))


def _point(overview: Overview, number: int) -> str:
    """Goal and count: `Mål 1: Flere … De fleste jobcentre (17 af 26) har kvantificeret målet.`."""
    total = len(overview.known)
    with_level, without = overview.count(number, "X"), overview.count(number, "(X)")
    first = f"{counted_amount(with_level, total, 'jobcenter', 'jobcentre')} har kvantificeret målet"
    more = "ét jobcenter" if without == 1 else f"{without} jobcentre"
    second = f", og {more} har beskrevet det uden et resultatniveau" if without else ""
    goal = as_sentence(f"Mål {number}: {overview.goals[number - 1]}")
    return f"{goal} {as_sentence(first + second)}"


def _counts_table(overview: Overview) -> Table:
    rows = [
        Row(
            label=f"Mål {number}: {goal}",
            cells=tuple(_counted(overview.count(number, mark)) for mark in ("X", "(X)")),
        )
        for number, goal in zip(overview.numbers, overview.goals, strict=True)
    ]
    return table(
        id="maal",
        title=f"Jobcentre med hvert af ministerens mål {overview.region.stedsform}",
        unit="jobcentre",
        period=f"planerne for {overview.plan_year}",
        columns=(
            Column(id="maal", label="Mål", kind="text"),
            Column(id="kvantificeret", label="Kvantificeret", unit="jobcentre"),
            Column(id="beskrevet", label="Beskrevet uden niveau", unit="jobcentre"),
        ),
        rows=rows,
        sources=(overview.source,),
    )


def _text_table(overview: Overview, id_: str, label: str, rows: Sequence[Row]) -> Table:
    return table(
        id=id_,
        title=f"{label} {overview.region.stedsform}",
        unit="Tekst fra planerne",
        period=f"planerne for {overview.plan_year}",
        columns=(
            Column(id="jobcenter", label="Jobcenter", kind="text"),
            Column(id="tekst", label=label, kind="text"),
        ),
        rows=rows,
        sources=(overview.source,),
    )


def _nothing(overview: Overview) -> Omitted:
    reason = f"Der er ingen planer for {overview.plan_year} {overview.region.stedsform}."
    return Omitted(id="maal", reason=reason)
