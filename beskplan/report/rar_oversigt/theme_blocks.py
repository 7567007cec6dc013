"""What the plans mention: the themes of the region's strategy, and people with a handicap."""

from __future__ import annotations

from collections.abc import Sequence

from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Cell, Column, Omitted, Prose, Row
from beskplan.blocks.tables import table
from beskplan.blocks.text.language import as_sentence, counted_amount, list_danish, with_examples
from beskplan.core.words import danish_key
from beskplan.params.bilag import Tema, Udsagn
from beskplan.registers.areas import area
from beskplan.report.rar_oversigt.goal_blocks import Overview

MOST_NAMED = 3
"""More jobcentres than this are counted, and named in brackets."""


def theme_points(overview: Overview, group: str, themes: Sequence[Tema]) -> Block:
    """The themes of a group, a point each: who mentions what."""
    if not themes:
        reason = f"Planerne for {overview.plan_year} er ikke gennemgået efter temaer."
        return Omitted(id=f"tema-{group}", reason=reason)
    return make(
        Prose,
        id=f"tema-{group}",
        paragraphs=tuple(_theme(overview, theme) for theme in themes),
        bullets=True,
    )


def theme_table(overview: Overview, themes: Sequence[Tema]) -> Block:
    """Each theme a row: the jobcentres that are named with it."""
    if not themes:
        return Omitted(
            id="temaer", reason="Planerne er ikke gennemgået efter temaer.", missed=False
        )
    rows = []
    for theme in themes:
        codes = {kode for one in theme.udsagn for kode in (*one.fx, *one.jobcentre)}
        names = _names(codes)
        rows.append(
            Row(
                label=f"{theme.nr}. {theme.titel}",
                cells=(Cell(text=list_danish(names) or "ingen nævnt ved navn"),),
            )
        )
    return table(
        id="temaer",
        title=f"Jobcentre, der er nævnt ved navn under hvert tema {overview.region.stedsform}",
        unit="Jobcentrenes navne",
        period=f"planerne for {overview.plan_year}",
        columns=(
            Column(id="tema", label="Tema", kind="text"),
            Column(id="jobcentre", label="Jobcentre", kind="text"),
        ),
        rows=rows,
        sources=(overview.source,),
        notes=(
            "Et jobcenter kan arbejde med et tema uden at være nævnt: kilden nævner ofte kun eksempler.",
        ),
    )


def handicap_text(overview: Overview) -> Block:
    """How many plans mention people with a handicap, and how many the compensating schemes."""
    found = [plan for plan in overview.known if plan.handicap]
    if not found:
        return Omitted(
            id="handicap", reason="Ingen af planerne nævner borgere med handicap særskilt."
        )
    total = len(overview.known)
    count = counted_amount(len(found), total, "jobcenter", "jobcentre")
    sentence = f"{count} nævner indsatsen for borgere med handicap i planen"
    schemes = sum(plan.compensating for plan in found)
    if schemes:
        sentence += f"; heraf nævner {schemes} de ordninger, der kompenserer for et handicap"
    return make(Prose, id="handicap-tekst", paragraphs=(as_sentence(sentence),))


def handicap_table(overview: Overview) -> Block:
    """What each of these plans says."""
    rows = [
        Row(
            label=plan.jobcentre.navn,
            cells=(Cell(text=plan.handicap), Cell(text="ja" if plan.compensating else "nej")),
        )
        for plan in overview.known
        if plan.handicap
    ]
    if not rows:
        return Omitted(
            id="handicap", reason="Ingen af planerne nævner borgere med handicap særskilt."
        )
    return table(
        id="handicap",
        title=f"Indsatsen for borgere med handicap {overview.region.stedsform}",
        unit="Planernes indsats i korte træk",
        period=f"planerne for {overview.plan_year}",
        columns=(
            Column(id="jobcenter", label="Jobcenter", kind="text"),
            Column(id="indsats", label="Indsats", kind="text"),
            Column(id="ordninger", label="Kompenserende ordninger", kind="text"),
        ),
        rows=rows,
        sources=(overview.source,),
    )


def _theme(overview: Overview, theme: Tema) -> str:
    told = " ".join(_told(overview, one) for one in theme.udsagn)
    return f"{theme.titel}: {told}"


def _told(overview: Overview, one: Udsagn) -> str:
    """`En del jobcentre nævner … (fx Herlev og Hørsholm).`, `Lyngby-Taarbæk nævner …`."""
    if one.jobcentre:
        names = _names(one.jobcentre)
        if len(names) <= MOST_NAMED:
            return as_sentence(f"{list_danish(names)} nævner {one.tekst}")
        count = counted_amount(len(names), len(overview.plans), "jobcenter", "jobcentre")
        return as_sentence(f"{count} nævner {one.tekst}: {list_danish(names)}")
    who = f"{one.omfang} jobcentre" if one.omfang else "planerne"
    return as_sentence(f"{who} nævner {one.tekst}{with_examples(_names(one.fx))}")


def _names(codes: Sequence[str] | set[str]) -> list[str]:
    return sorted((area(kode).navn for kode in codes), key=danish_key)
