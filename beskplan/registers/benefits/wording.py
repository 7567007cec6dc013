"""Danish sentences about the benefits themselves: lists, compositions, renamings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from beskplan.registers.benefits.model import Benefit, Event
from beskplan.registers.benefits.register import benefit, parts, register


@dataclass(frozen=True)
class RenamingNote:
    """A change of the benefits themselves between the two periods of a comparison."""

    day: date
    text: str
    """One or more whole sentences."""
    source: str
    """Law or plan that the change is read in."""


def listing(ydelser: Iterable[str], on: date) -> str:
    """Official names on a day as a Danish list: 'a-dagpenge, kontanthjælp og førtidspension'.

    Raises:
        UnknownNameError: an id is unknown.
        ValueError: nothing to list.
    """
    return _joined([benefit(ydelse).name(on) for ydelse in ydelser])


def composition_note(ydelse: str, on: date) -> str:
    """What a composite covers on a day, in whole sentences, ended benefits named as such.

    Raises:
        UnknownNameError: the id is unknown.
        ValueError: the benefit is no composite, or consists of nothing on that day.
    """
    whole = benefit(ydelse)
    if not whole.is_composite:
        raise ValueError(f"{ydelse} is no composite")
    ids = parts(ydelse, on)
    if ids == (whole.id,):
        raise ValueError(f"{ydelse} consists of nothing on {on}")
    text = f"{whole.overskrift(on)} omfatter {listing(ids, on)}."
    if ended := [part for part in ids if not benefit(part).covers(on)]:
        names = listing(ended, on)
        text += f" Heraf var {names} ophørt i den viste periode og tæller ingen modtagere med."
    return text


def renaming_notes(
    ydelser: str | Sequence[str], before: date, now: date
) -> tuple[RenamingNote, ...]:
    """What a reader must know of the benefits' own changes to compare two periods.

    Args:
        ydelser: id or ids shown; a composite brings its parts' renamings and replacements.
        before: first day of the earlier period.
        now: last day of the later period.

    Returns:
        One note per change after `before` and not after `now`, oldest first; empty where the
        benefits are the same throughout.

    Raises:
        UnknownNameError: an id is unknown.
        ValueError: `before` is after `now`.
    """
    if before > now:
        raise ValueError(f"the earlier period begins {before}, after {now}")
    shown = [benefit(y) for y in ([ydelser] if isinstance(ydelser, str) else ydelser)]
    notes = []
    for event in register().events:
        concerned = [b for b in shown if _concerns(event, b)]
        if concerned and before < event.day <= now:
            begun = (
                b for b in concerned if b.valid_from == event.day and b.is_counted_back(before)
            )
            text = " ".join([event.note, *filter(None, (b.counted_back_note for b in begun))])
            source = "; ".join(register().sources[key] for key in event.source)
            notes.append(RenamingNote(event.day, text, source))
    return tuple(notes)


def _concerns(event: Event, shown: Benefit) -> bool:
    """Within a sum, people who move between its parts change nothing: only names matter there."""
    if not shown.is_composite:
        return shown.id in event.ydelser
    return event.kind in ("renamed", "replaced") and bool(set(event.ydelser) & set(shown.parts))


def _joined(names: Sequence[str]) -> str:
    if not names:
        raise ValueError("nothing to list")
    return " og ".join(filter(None, (", ".join(names[:-1]), names[-1])))
