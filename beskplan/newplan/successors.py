"""What stands in the place of benefits and areas that have ended, and what a reader is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from beskplan.blocks.text.language import capital
from beskplan.core.errors import BeskplanError
from beskplan.core.periods import date_text
from beskplan.newplan.moving import note
from beskplan.newplan.yaml_text import YamlText
from beskplan.registers.areas import Area, area, ended_note
from beskplan.registers.areas import find as find_area
from beskplan.registers.benefits import Benefit, benefit, register, replaced_by
from beskplan.registers.document import KeyPath


def benefit_heirs(ydelse: str, on: date) -> tuple[str, ...]:
    """Ids to use for a benefit on a day: itself while it exists, else its successors.

    A sum of benefits exists as long as one of its parts does. Empty where nothing took its place.
    """
    here = benefit(ydelse)
    if here.valid_to is None and here.is_composite:
        alive = any(benefit(part).covers(on) for part in here.parts)
        heirs = (ydelse,) if alive else _heirs_of_parts(here, on)
    else:
        heirs = tuple(heir.id for heir in replaced_by(ydelse, on))
    # A benefit that has not begun on that day is no successor's matter.
    return heirs if heirs or _has_ended(here, on) else (ydelse,)


def _heirs_of_parts(whole: Benefit, on: date) -> tuple[str, ...]:
    found = (heir.id for part in whole.parts for heir in replaced_by(part, on))
    return tuple(dict.fromkeys(found))


def _has_ended(one: Benefit, on: date) -> bool:
    days = [benefit(part).valid_to for part in one.parts] if one.is_composite else [one.valid_to]
    return all(day is not None and day < on for day in days)


def benefit_note(ydelse: str, on: date) -> str:
    """`Uddannelseshjælp ophørte 30. juni 2025 og er afløst af kontanthjælp (kontanthjaelp_2025).`."""
    here = benefit(ydelse)
    days = [day for part in here.parts if (day := benefit(part).valid_to)]
    ended = here.valid_to or max(days, default=on)
    name = here.name(ended)
    heirs = [_named(heir, name, on) for heir in benefit_heirs(ydelse, on) if heir != ydelse]
    after = (
        f" og er afløst af {' og '.join(heirs)}" if heirs else " uden at være afløst af en anden"
    )
    return f"{capital(name)} ophørte {date_text(ended)}{after}."


def _named(heir: str, ended: str, on: date) -> str:
    """A successor by name and id; by its first day too where it has the ended one's name."""
    one = benefit(heir)
    name = one.name(on)
    if name == ended and one.valid_from:
        name = f"{name} efter reglerne fra {date_text(one.valid_from)}"
    return f"{name} ({heir})"


def area_heirs(name: str, on: date) -> tuple[str, ...]:
    """Names to use for an area on a day: as it is written while it exists, else its successors' slugs."""
    here = _area(name)
    if here is None or here.valid_to is None or on <= here.valid_to:
        return (name,)
    return tuple(area(kode).slug for kode in here.successors)


def give_way(text: YamlText, path: KeyPath, names: Sequence[str], on: date) -> list[str]:
    """Put successors in the place of ended benefits or areas in the list at `path`.

    Args:
        text: The file that is changed.
        path: Where the names stand; under `sammenlign_med` they are areas, else benefits.
        names: What stands there.
        on: The day on which they must exist.

    Returns:
        A remark for a reader about each that has ended; empty: nothing was changed.
    """
    are_areas = path[-1] == "sammenlign_med"
    # A list of rows may name target groups too: the law's, which are not replaced here.
    known = names if are_areas else [name for name in names if name in register().benefits]
    heirs = {name: (area_heirs if are_areas else benefit_heirs)(name, on) for name in known}
    ended = [name for name in heirs if heirs[name] != (name,)]
    if ended:
        text.set(path, f"[{', '.join(replaced(names, heirs))}]")
    notes = (ended_note(find_area(name)) if are_areas else benefit_note(name, on) for name in ended)
    return [line for text_ in notes for line in note(text_)]


def replaced(names: Iterable[str], heirs: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A list with its ended names replaced, each successor once and at its first place."""
    return tuple(dict.fromkeys(heir for name in names for heir in heirs.get(name, (name,))))


def _area(name: str) -> Area | None:
    try:
        return find_area(name)
    except BeskplanError:
        return None
