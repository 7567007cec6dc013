"""How the benefits have moved, in words: key figures, a summary, and a line for each benefit."""

from __future__ import annotations

from beskplan.blocks.making import make
from beskplan.blocks.model import Block, KeyFigures, Omitted, Prose
from beskplan.blocks.text import key_figure, list_danish, sentence_direction
from beskplan.blocks.text.language import as_sentence, counted, unit_noun
from beskplan.blocks.text.movement import PERFECT, WITHHELD_REASON, has_small_base
from beskplan.blocks.text.wording import direction_of
from beskplan.core.numbers import format_number
from beskplan.core.periods import date_text
from beskplan.indicators.quantities import Quantity
from beskplan.report.overblik.rows import Overview, OverviewRow

MOST_KEY_FIGURES = 4
"""A strip of more is no longer seen at a glance."""


def key_figures(overview: Overview) -> Block:
    """The total, then the benefits with known levels that have moved most in persons."""
    known = [row for row in overview.rows if row.has_levels]
    moved = sorted(known, key=lambda row: -abs(row.movement.change.printed))
    total = [overview.total] if overview.total and overview.total.has_levels else []
    chosen = [*total, *moved[: MOST_KEY_FIGURES - len(total)]]
    if not chosen:
        withheld = any(row.is_counted for row in overview.all_rows)
        why = "er fortrolige" if withheld else "ikke er opgjort for begge perioder"
        return Omitted(id="noegletal", reason=f"Der er ingen nøgletal, fordi antallene {why}.")
    before, now = overview.params.foer, overview.params.nu
    return make(
        KeyFigures,
        title="Nøgletal",
        items=tuple(key_figure(row.benefit, before, now, row.movement, ()) for row in chosen),
        sources=overview.sources,
    )


def summary(overview: Overview) -> Block:
    """The total in a sentence, then the largest rise and the largest fall."""
    before, now = overview.params.foer, overview.params.nu
    sentences = []
    if overview.total and overview.total.movement.now.is_number:
        total = overview.total
        sentences.append(sentence_direction(total.benefit, before, now, total.movement))
    if extremes := _extremes(overview):
        (noun, size), *rest = extremes
        opening = f"{noun} er" if sentences else f"{overview.span} er {noun}"
        clauses = [f"{opening} {size}", *(f"{other} er {much}" for other, much in rest)]
        sentences.append(as_sentence(", og ".join(clauses)))
    if not sentences:
        return Omitted(id="udvikling-kort", reason="Der er ingen ændringer at beskrive.")
    return make(Prose, id="udvikling-kort", paragraphs=(" ".join(sentences),))


def _extremes(overview: Overview) -> list[tuple[str, str]]:
    """`den største stigning` with `86 helårspersoner på integrationsydelse`; the same of the falls."""
    told = [row for row in overview.rows if row.told_change.is_number]
    found = []
    for sign, noun in ((1, "den største stigning"), (-1, "det største fald")):
        moved = [row for row in told if row.told_change.printed * sign > 0]
        if moved:
            most = max(abs(row.told_change.printed) for row in moved)
            top = [row for row in moved if abs(row.told_change.printed) == most]
            where = list_danish([row.benefit.paa(row.now.last_day) for row in top])
            found.append((noun, f"{_size(top[0].told_change)} {where}"))
    return found


def change_points(overview: Overview) -> Block:
    """A line for each benefit: how it has moved, or what it amounts to where it is new."""
    if not overview.params.punkter:
        return Omitted(
            id="aendringer-punkter",
            reason="Planen opregner ikke ændringerne i punkter.",
            missed=False,
        )
    return make(
        Prose,
        id="aendringer-punkter",
        paragraphs=tuple(_point(overview, row) for row in overview.all_rows),
        bullets=True,
    )


def _point(overview: Overview, row: OverviewRow) -> str:
    """One benefit as a sentence: `A-dagpenge er faldet med 112 personer (-14 pct.).`."""
    move, new = row.movement, _introduced(overview, row)
    if row.contradicts_itself:
        change, pct = move.change.text(signed=True), move.change_pct.text(signed=True, unit="pct.")
        people = unit_noun(move.change.unit).many
        return as_sentence(
            f"{row.label} er uafklaret: planen angav både {change} {people} og {pct}"
        )
    if move.change.is_number and move.change.printed == 0:
        return as_sentence(f"{row.label} er uændret{_after(new)}")
    if move.change.is_number:
        verb = PERFECT[direction_of(move.change.printed)]
        if has_small_base(move):
            way = f"fra {move.before.text()} til {counted(move.now)}{_after(new)}"
            return as_sentence(f"{row.label} er {verb} {way}")
        pct = move.change_pct.text(signed=True, unit="pct.") if move.change_pct.is_number else ""
        return as_sentence(f"{row.label} er {verb} med {_size(move.change)}{_after(pct, new)}")
    if move.now.is_number:
        return as_sentence(f"{row.label} udgør {counted(move.now)}{_after(new)}")
    reason = WITHHELD_REASON if move.now.state == "withheld" else "ikke opgjort"
    return as_sentence(f"{row.label} er {reason}")


def _introduced(overview: Overview, row: OverviewRow) -> str:
    """That the benefit began in the earlier period or later; empty where it did not."""
    begun = row.benefit.valid_from
    if begun is None or not overview.params.foer.first_day <= begun <= overview.params.nu.last_day:
        return ""
    return f"ny ydelse pr. {date_text(begun)}"


def _after(*texts: str) -> str:
    told = "; ".join(filter(None, texts))
    return f" ({told})" if told else ""


def _size(change: Quantity) -> str:
    """`112 personer`, `én person`: the size of a change, without its sign."""
    noun = unit_noun(change.unit)
    size = abs(change.printed)
    return noun.one if size == 1 else f"{format_number(size, change.decimals)} {noun.many}"
