"""What a reader must know: laws, figures of the plan that contradict each other, reservations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from beskplan.blocks.making import make
from beskplan.blocks.model import Block, Omitted, Prose
from beskplan.blocks.text.language import as_sentence, list_danish, unit_noun
from beskplan.core.numbers import NBSP, format_number, round_half_away
from beskplan.indicators.shares import Interval, implied_denominator
from beskplan.registers.benefits import composition_note, listing, parts, renaming_notes
from beskplan.registers.indicators import INDICATORS
from beskplan.report.overblik.rows import Overview, OverviewRow


def notes(overview: Overview) -> Block:
    """New laws between the periods, what the plan printed otherwise, and what the params say."""
    texts = [
        *_misprints(overview),
        *_unlike_workforces(overview),
        *_laws(overview),
        *_persons(overview),
        *overview.params.forbehold,
    ]
    if not texts:
        return Omitted(id="noter", reason="Der er ingen særlige forbehold.")
    return make(Prose, id="noter", paragraphs=tuple(dict.fromkeys(texts)), role="note")


def _laws(overview: Overview) -> list[str]:
    span = (overview.params.foer.first_day, overview.params.nu.last_day)
    shown = [row.benefit.id for row in overview.rows]
    told = [note.text for note in renaming_notes(shown, *span)]
    sums = (row.benefit for row in overview.rows if row.benefit.is_composite)
    unclear = [one for one in sums if one.name(span[1]) != listing(parts(one.id, span[1]), span[1])]
    return told + [composition_note(one.id, span[1]) for one in unclear]


def _persons(overview: Overview) -> Iterator[str]:
    """Persons and full-time persons are never added, nor set beside each other."""
    spec = INDICATORS[overview.params.maal]
    if not spec.adds_over_ydelser:
        yield (
            f"Tallene tæller {spec.unit}, ikke fuldtidspersoner. Den samme borger kan have fået flere "
            "ydelser, og ydelserne kan derfor ikke lægges sammen til en total."
        )


def _misprints(overview: Overview) -> Iterator[str]:
    for row in overview.all_rows:
        if row.contradicts_itself:
            yield _contradiction(row)
        elif row.printed is not None and row.has_levels:
            yield from _misprint(row)


def _unlike_workforces(overview: Overview) -> Iterator[str]:
    """Shares that cannot be of the levels beside them and of the workforce that the total implies.

    The denominator is not printed: nothing tells which of the two is right, and both stay.
    """
    total = overview.total
    if total is None or total.printed is None or total.movement.share is None:
        return
    whole = implied_denominator(total.movement.now, total.movement.share)
    if whole is None:
        return
    odd = [row.name for row in overview.rows if not _fits(row, whole)]
    if odd:
        spec = INDICATORS[overview.params.andel]
        of = spec.unit.removeprefix("pct. af ")
        low, high = (format_number(round_half_away(end)) for end in (whole.low, whole.high))
        yield (
            f"Planen trykte ikke, hvor stor {of} var. I alt-rækken svarer til {low} til {high} "
            f"personer. Med det tal passer andelene for {list_danish(odd)} ikke til antallene "
            f"{overview.at(overview.params.nu)}. Andelene er vist, som planen trykte dem."
        )


def _fits(row: OverviewRow, whole: Interval) -> bool:
    share = row.movement.share
    implied = implied_denominator(row.movement.now, share) if share is not None else None
    return implied is None or implied.intersect(whole) is not None


def _contradiction(row: OverviewRow) -> str:
    """Nothing in the plan decides which of the two is right: both are told."""
    move = row.movement
    change = f"{move.change.text(signed=True)} {unit_noun(move.change.unit).many}"
    pct = move.change_pct.text(signed=True, unit="pct.")
    return (
        f"{row.label}: Planen trykte {change} og {pct} De to tal peger hver sin vej og kan ikke begge "
        "være rigtige. Planen trykte ikke de antal, som kunne afgøre det, og ændringen er derfor "
        "ikke vist i figuren."
    )


def _misprint(row: OverviewRow) -> Iterator[str]:
    """The printed change beside the one that its own levels give, where they differ."""
    printed, move = row.printed, row.movement
    if printed is None or not move.change_pct.is_number:
        return
    decimals = len(printed.text.partition(",")[2])
    value = Decimal(str(printed.value))
    if round_half_away(move.change_pct.exact, decimals) == value:
        return
    text = (
        f"{row.label}: Planen trykte en udvikling på {printed.text}{NBSP}pct. Fra "
        f"{move.before.text()} til {move.now.text()} er udviklingen "
        f"{move.change_pct.text(signed=True, unit='pct.')}"
    )
    ratio = move.now.exact / move.before.exact * 100
    if abs(ratio - value) < Decimal(1).scaleb(-decimals):
        text = as_sentence(text) + " Det trykte tal er det nye antal i pct. af det gamle"
    yield as_sentence(text)
