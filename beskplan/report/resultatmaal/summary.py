"""The overview for the committee: every target on one page, and what it comes to in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from beskplan.blocks.captions import note_label
from beskplan.blocks.making import make
from beskplan.blocks.model import Cell, Column, Prose, Row, Table
from beskplan.blocks.tables import table
from beskplan.blocks.text.language import as_sentence, list_danish
from beskplan.indicators.followup import Reason
from beskplan.registers.areas import find as find_area
from beskplan.report.context import Context
from beskplan.report.resultatmaal.standing import Standing
from beskplan.report.resultatmaal.words import (
    REASONS,
    asked,
    baseline_text,
    deadline_text,
    newest_text,
    state_notes,
    status_word,
)

_NUMBERS = ("ingen", "ét", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti")


def summary_table(context: Context, standings: Sequence[Standing]) -> Table:
    """One row a target: baseline, newest number, what it asks for, by when, and its status."""
    reasons = tuple(dict.fromkeys(one.own.reason for one in standings if one.own.reason))
    columns = [
        Column(id="maal", label="Resultatmål", kind="text"),
        Column(id="skal", label="Mål", kind="text"),
        Column(id="frist", label="Frist", kind="text"),
        Column(id="udgangspunkt", label="Udgangspunkt", kind="text"),
        Column(id="seneste", label="Seneste tal", kind="text"),
        Column(id="status", label="Status", kind="text"),
    ]
    rows = [_row(one, reasons) for one in standings]
    numbers = tuple(dict.fromkeys(text for one in standings for text in one.number_sources))
    sources = replace(standings[0], number_sources=numbers).sources
    return table(
        id="resultatmaal",
        title=f"Resultatmål {context.kommune.stedsform}",
        unit="Enheden står ved hvert mål",
        period=f"planåret {context.params.aar}",
        columns=columns,
        rows=rows,
        sources=sources,
        notes=[
            *(REASONS[reason] for reason in reasons),
            *state_notes([cell.text for row in rows for cell in row.cells]),
        ],
    )


def _row(standing: Standing, reasons: Sequence[Reason]) -> Row:
    own, target = standing.own, standing.target
    status = status_word(own)
    if own.reason:
        status = f"{status} {note_label(reasons.index(own.reason) + 1)}"
    texts = (
        asked(target, own),
        deadline_text(target),
        baseline_text(target, own),
        newest_text(target, own),
        status,
    )
    return Row(label=standing.label, cells=tuple(Cell(text=text) for text in texts))


def summary_text(context: Context, standings: Sequence[Standing]) -> Prose:
    """How many targets there are and how they stand; the unjudged ones with the reasons."""
    counted = Counter(status_word(one.own) for one in standings)
    whole = len(standings)
    first = f"planen har {_count(whole)} mål"
    judged = whole - counted["Kan ikke vurderes"]
    if judged == 0:
        said = "ingen af dem kan vurderes ud fra datagrundlaget"
    else:
        parts = [
            f"{_count(counted[word])} {words}"
            for word, words in (
                ("Nået", "er nået"),
                ("På vej", "er på vej"),
                ("Bagud", "er bagud"),
                ("Ikke nået", "blev ikke nået"),
                ("Kan ikke vurderes", "kan ikke vurderes"),
            )
            if counted[word]
        ]
        said = list_danish(parts)
    plan = context.params.maal
    if plan is not None and plan.gaelder_ogsaa:
        also = [find_area(name, kind="kommune").lang_navn for name in plan.gaelder_ogsaa]
        first = f"{first}, som også gælder {list_danish(also)}"
    paragraphs = [f"{as_sentence(first)} {as_sentence(said)}"]
    if reasons := _reasons(standings):
        paragraphs.append(reasons)
    return make(Prose, id="resultatmaal-overblik", paragraphs=tuple(paragraphs))


def _reasons(standings: Sequence[Standing]) -> str:
    """`6 mål er kvalitative, …`: why targets cannot be judged, the commonest reason first."""
    words: dict[Reason, tuple[str, str]] = {
        "qualitative": ("mål er kvalitativt", "mål er kvalitative"),
        "named_only": ("mål er nævnt uden et niveau", "mål er nævnt uden et niveau"),
        "no_data": ("mål har ingen tal i datagrundlaget",) * 2,
        "awaiting_baseline": ("mål mangler sit udgangspunkt", "mål mangler deres udgangspunkt"),
        "awaiting_level": ("mål får først sit niveau senere", "mål får først deres niveau senere"),
    }
    same: dict[Reason, Reason] = {"not_measured": "no_data"}
    found = [same.get(one.own.reason, one.own.reason) for one in standings]
    counted = Counter(reason for reason in found if reason in words)
    parts = [
        f"{_count(number)} {words[reason][number > 1]}" for reason, number in counted.most_common()
    ]
    return as_sentence(list_danish(parts)) if parts else ""


def _count(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)
