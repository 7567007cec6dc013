"""What Jobindsats says of itself: the catalogue of tables, and what one table can be asked for.

Only what is used is read: a field that the source adds is no fault, one that is gone is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.bodies import Read, json_of, shaped
from beskplan.sources.labels import (
    known_area,
)

TOTAL: Final = "/"
"""Path of a hierarchy's top: everybody."""
Version = Literal["v3", "v2"]


class Value(Read):
    """A value of a hierarchy; its id is a path such as `/2/`."""

    value_id: str
    value_name: str


class Level(Read):
    """A level of a hierarchy."""

    level_id: str
    values: tuple[Value, ...] = ()


class Hierarchy(Read):
    """A way to divide a dimension."""

    hierarchy_id: str
    levels: tuple[Level, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """The values of all levels."""
        return tuple(value for level in self.levels for value in level.values)

    @property
    def areas(self) -> frozenset[str]:
        """Codes of the values that are areas of the register.

        Empty where they are the lesser part: "Danmark" is the country and a country of birth, and
        one such value does not make areas of the rest.
        """
        hits = (known_area(value.value_name) for value in self.values)
        codes = frozenset(one.kode for one in hits if one is not None)
        return codes if 2 * len(codes) > len(self.values) else frozenset()


class Dimension(Read):
    """What the population is divided by; a question uses one of its hierarchies."""

    dimension_id: str
    hierarchies: tuple[Hierarchy, ...]


class PeriodId(Read):
    """A period of the table."""

    period_id: str


class PeriodType(Read):
    """The periods of one type."""

    periodtype_id: str
    values: tuple[PeriodId, ...]


class TableSpec(Read):
    """What one table can be asked for."""

    periods: tuple[PeriodType, ...]
    dimensions: tuple[Dimension, ...] = ()

    def newest(self, period_type: str, count: int, where: str) -> tuple[str, ...]:
        """The `count` newest period ids of a type, newest first; fewer where there are fewer.

        Raises:
            SourceError: the table has no such type, or none of its periods.
        """
        known = {one.periodtype_id: one for one in self.periods}
        if period_type not in known or not known[period_type].values:
            expected = f"en af {', '.join(known)}" if known else ""
            what = "tabellen har ikke perioder af denne type"
            raise SourceError(Problem(where, what, f"'{period_type}'", expected))
        ids = {value.period_id for value in known[period_type].values}
        # The ids sort in time within a type; the order of the source is not relied on.
        return tuple(sorted(ids, reverse=True)[:count])


class _TableEntry(Read):
    table_id: str
    table_name: str = ""
    update_latest: str | None = None


class _Group(Read):
    table_group_name: str = ""
    tables: tuple[_TableEntry, ...]


class _Subject(Read):
    subject_name: str = ""
    table_groups: tuple[_Group, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A table as the catalogue lists it; `titles` are its own name, its group's and its subject's."""

    table: str
    titles: tuple[str, ...]
    update_latest: str | None


Catalogue = dict[str, Entry]
"""Tables by id in lower case."""


def read_catalogue(body: bytes, where: str) -> Catalogue:
    """Every table of API v3's answer to `/tables`.

    Raises:
        SourceError: no catalogue.
    """
    catalogue = {
        table.table_id.casefold(): Entry(
            table.table_id,
            (table.table_name, group.table_group_name, subject.subject_name),
            table.update_latest,
        )
        for subject in shaped(json_of(body, where), tuple[_Subject, ...], where)
        for group in subject.table_groups
        for table in group.tables
    }
    if not catalogue:
        raise SourceError(Problem(where, "tabeloversigten er tom", fix="prøv igen senere"))
    return catalogue


def read_legacy_spec(content: Any, where: str) -> TableSpec:
    """What is known of a table in API v2: its periods. Areas and values are seen in the answers.

    Raises:
        SourceError: no specification.
    """

    class _Legacy(Read):
        Period: tuple[str, ...]

    types: dict[str, list[PeriodId]] = {}
    for table in shaped(content, tuple[_Legacy, ...], where):
        for one in table.Period:
            types.setdefault(one[4:].rstrip("0123456789"), []).append(PeriodId(period_id=one))
    return TableSpec(
        periods=tuple(
            PeriodType(periodtype_id=letters, values=tuple(values))
            for letters, values in types.items()
        )
    )
