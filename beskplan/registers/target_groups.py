"""Målgrupper of lov om en aktiv beskæftigelsesindsats (LAB): § 2 to the end of 2019, then § 6."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache

from pydantic import Field

from beskplan.core.errors import DataError, Problem, UnknownNameError, did_you_mean
from beskplan.registers.benefits import register
from beskplan.registers.reading import Closed, Span, data_text, parse

FILE = "target_groups.yaml"


class TargetGroup(Span):
    """One målgruppe with its number in the law."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    nr: str | None
    """'2.1' is § 2, no. 1, '6.1' is § 6, no. 1; None for a group of another law."""
    navn: str
    """Short Danish name for a table row."""
    ydelse: str | None
    """Benefit id; None where the group is not tied to one."""
    successor: str | None = None
    aliases: tuple[str, ...] = ()
    source: str

    @property
    def label(self) -> str:
        """Row label: 'LAB 2.1 Forsikrede ledige'."""
        return f"LAB {self.nr} {self.navn}" if self.nr else self.navn


class TargetGroupsFile(Closed):
    """The whole of `target_groups.yaml`."""

    target_groups: tuple[TargetGroup, ...]


def parse_target_groups(text: str, where: str = FILE) -> dict[str, TargetGroup]:
    """Target groups by id from YAML text.

    Raises:
        DataError: no valid file; all problems at once.
    """
    groups = parse(text, where, TargetGroupsFile).target_groups
    by_id = {group.id: group for group in groups}
    known = register().benefits
    found = [
        Problem(f"{where}: {name}", "id used twice", found=name)
        for name, times in Counter(g.id for g in groups).items()
        if times > 1
    ]
    for group in groups:
        place = f"{where}: {group.id}"
        if group.ydelse is not None and group.ydelse not in known:
            fix = did_you_mean(group.ydelse, known)
            found.append(
                Problem(f"{place}.ydelse", "den ydelse findes ikke", group.ydelse, fix=fix)
            )
        heir = by_id.get(group.successor) if group.successor else None
        if group.successor and heir is None:
            fix = did_you_mean(group.successor, by_id)
            found.append(
                Problem(f"{place}.successor", "den gruppe findes ikke", group.successor, fix=fix)
            )
        # A successor must begin after its predecessor ends: that alone rules out a circle.
        if heir and not (group.valid_to and heir.valid_from and group.valid_to < heir.valid_from):
            found.append(Problem(f"{place}.successor", "successor does not begin after the end"))
    if found:
        raise DataError(found)
    return by_id


@cache
def _groups() -> dict[str, TargetGroup]:
    return parse_target_groups(data_text(FILE))


def target_groups(on: date | None = None) -> tuple[TargetGroup, ...]:
    """The target groups on a day (None: all that ever were), in the law's order."""
    return tuple(g for g in _groups().values() if on is None or g.covers(on))


def target_group(name: str) -> TargetGroup:
    """The target group by id, label, or as plans print it ('LAB 2.2 Kontanthjælp', '2.14 …').

    A law number decides, whatever text follows it.

    Raises:
        UnknownNameError: no such group; names the nearest.
    """
    groups = _groups()
    if name in groups:
        return groups[name]
    number = re.match(r"(?:LAB\s+)?(?:§\s*)?(\d\.\d+)\b", name.strip(), flags=re.IGNORECASE)
    if number:
        hits = [g for g in groups.values() if g.nr == number[1]]
    else:
        folded = name.strip().casefold()
        hits = [
            g for g in groups.values() if folded in {n.casefold() for n in (g.navn, *g.aliases)}
        ]
    if len(hits) != 1:
        expected = ", ".join(g.id for g in hits)
        fix = did_you_mean(name, [*groups, *(g.label for g in groups.values())])
        problem = "navn på flere målgrupper" if hits else "den målgruppe findes ikke"
        raise UnknownNameError(Problem("målgruppe", problem, name, expected, fix=fix))
    return hits[0]
