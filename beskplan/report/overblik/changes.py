"""How the benefits have moved, in words: a summary, and a line for each benefit."""

from __future__ import annotations

from beskplan.benefits import renaming_notes
from beskplan.blocks.making import make
from beskplan.blocks.model import Block, KeyFigures, Omitted, Prose
from beskplan.blocks.sentences import key_figure, list_danish, sentence_direction
from beskplan.blocks.sentences.language import as_sentence, bare_count, counted, size_text, unit_noun
from beskplan.blocks.sentences.movement import PERFECT, has_small_base
from beskplan.blocks.sentences.wording import direction_of
from beskplan.indicators.quantities import WITHHELD_TEXT
from beskplan.numbers import format_number
from beskplan.observations import INDICATORS
from beskplan.periods import date_text
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
        return Omitted(id="noegletal", reason="Ingen ydelse har antal for begge perioder.")
    before, now = overview.params.foer, overview.params.nu
    return make(
        KeyFigures,
        title="Nøgletal",
        items=tuple(key_figure(row.benefit, before, now, row.movement, ()) for row in chosen),
        sources=overview.sources,
    )


def summary(overview: Overview) -> Block:
    """The total in a sentence, then what has risen and fallen most."""
    told = [row for row in overview.rows if row.told_change.is_number and row.told_change.printed]
    sentences = []
    if overview.total and overview.total.movement.now.is_number:
        before, now = overview.params.foer, overview.params.nu
        sentences.append(
            sentence_direction(overview.total.benefit, before, now, overview.total.movement)
        )
    for sign, noun in ((1, "største stigning"), (-1, "største fald")):
        moved = [row for row in told if row.told_change.printed * sign > 0]
        if moved:
            most = max(moved, key=lambda row: row.told_change.printed * sign)
            sentences.append(_largest(most, noun, len(moved) > 1))
    if not sentences:
        return Omitted(id="udviklingen-kort", reason="Der er ingen ændringer at beskrive.")
    return make(Prose, id="udviklingen-kort", paragraphs=(" ".join(sentences),))


def _largest(row: OverviewRow, noun: str, among_others: bool) -> str:
    size = f"{size_text(row.told_change)} {_people(row)}"
    name = row.name
    if not among_others:
        kind = "stigning" if noun.endswith("stigning") else "fald"
        return as_sentence(f"kun {name} har haft {'en' if kind == 'stigning' else 'et'} {kind}, på {size}")
    article = "den" if noun.endswith("stigning") else "det"
    return as_sentence(f"{article} {noun} er i {name}: {size}" if False else f"{article} {noun} har {name} haft: {size}")


def _people(row: OverviewRow) -> str:
    noun = unit_noun(row.told_change.unit)
    return noun.one.split(maxsplit=1)[1] if abs(row.told_change.printed) == 1 else noun.many
