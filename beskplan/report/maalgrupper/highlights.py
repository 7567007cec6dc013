"""The top of the Bilag: the numbers that a committee member must see, and the overview figure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from beskplan.blocks.making import make
from beskplan.blocks.model import Block, KeyFigures, Omitted
from beskplan.report.context import Context
from beskplan.report.maalgrupper.section import Section

MOST_KEY_FIGURES = 4
"""A strip of more is no longer seen at a glance."""
TOTAL = "offentlig_forsoergelse"
"""The benefit id of the sum of all: it leads the key figures and is set apart in the ranking."""


def key_figures(context: Context, sections: Sequence[Section]) -> Block:
    """The total, then the benefits that have moved most in persons, at most `MOST_KEY_FIGURES`."""
    chosen = _most_important([section for section in sections if section.own.now.is_number])
    if not chosen:
        return Omitted(id="noegletal", reason="Ingen af tallene for kommunen er offentliggjort.")
    sources = dict.fromkeys(source for section in chosen for source in section.sources)
    return make(
        KeyFigures,
        title="Nøgletal",
        items=tuple(_key_figure(section) for section in chosen),
        sources=tuple(sources),
    )


def _most_important(sections: Sequence[Section]) -> list[Section]:
    totals = [section for section in sections if section.benefit.id == TOTAL]
    parts = [section for section in sections if section not in totals and not section.group_words]
    moved = sorted(parts, key=lambda section: -abs(_moved(section)))
    wanted = [*totals, *moved[: MOST_KEY_FIGURES - len(totals)]]
    return [section for section in sections if section in wanted]


def _moved(section: Section) -> Decimal:
    return section.own.change.exact if section.own.change.is_number else Decimal(0)
