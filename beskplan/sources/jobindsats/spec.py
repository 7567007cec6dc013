"""What Jobindsats says of itself: the catalogue of tables, and the specification of one.

Only what is used is read; a field that the source adds is no fault, one that is gone is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.bodies import Read, json_of, shaped
from beskplan.sources.labels import nearest_of

TOTAL: Final = "/"
"""Path of a hierarchy's top: everybody."""


class MeasureGroup(Read):
    """A group of measures; `*` asks for all of them."""

    mgroup_id: str
    mgroup_name: str = ""


class Entry(Read):
    """A table as the catalogue lists it."""

    table_id: str
    table_name: str = ""
    update_latest: str | None = None


class _Group(Read):
    tables: tuple[Entry, ...]


class _Subject(Read):
    table_groups: tuple[_Group, ...]


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
    mgroups: tuple[MeasureGroup, ...] = ()

    def newest(self, period_type: str, count: int, where: str) -> tuple[str, ...]:
        """The `count` newest period ids of a type, newest first; fewer where there are fewer.

        Raises:
            SourceError: the table has no such type, or none of its periods.
        """
        known = {one.periodtype_id: one for one in self.periods}
        if period_type not in known or not known[period_type].values:
            expected = f"one of {', '.join(known)}" if known else ""
            what = "the table has no periods of this type"
            raise SourceError(Problem(where, what, f"'{period_type}'", expected))
        ids = {value.period_id for value in known[period_type].values}
        # The ids sort in time within a type; the order of the source is not relied on.
        return tuple(sorted(ids, reverse=True)[:count])


Catalogue = dict[str, Entry]
"""Tables by id in lower case."""


def read_catalogue(body: bytes, where: str) -> Catalogue:
    """Every table of API v3's answer to `/tables`.

    Raises:
        SourceError: no catalogue.
    """
    subjects = shaped(json_of(body, where), tuple[_Subject, ...], where)
    entries: Iterator[Entry] = (
        entry for subject in subjects for group in subject.table_groups for entry in group.tables
    )
    catalogue = {entry.table_id.casefold(): entry for entry in entries}
    if not catalogue:
        raise SourceError(Problem(where, "the catalogue is empty", fix="try again later"))
    return catalogue


def read_spec(body: bytes, where: str) -> TableSpec:
    """The specification of a table in API v3.

    Raises:
        SourceError: no specification.
    """
    content = json_of(body, where)
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    return shaped(content, TableSpec, where)


def read_legacy_spec(body: bytes, where: str) -> TableSpec:
    """What is known of a table in API v2: its periods. Areas and values are seen in the answers.

    Raises:
        SourceError: no specification.
    """

    class _Legacy(Read):
        Period: tuple[str, ...]

    tables = shaped(json_of(body, where), tuple[_Legacy, ...], where)
    ids = [one for table in tables for one in table.Period]
    types: dict[str, list[PeriodId]] = {}
    for one in ids:
        letters = one[4:].rstrip("0123456789")
        types.setdefault(letters, []).append(PeriodId(period_id=one))
    return TableSpec(
        periods=tuple(
            PeriodType(periodtype_id=letters, values=tuple(values))
            for letters, values in types.items()
        )
    )


def entry_of(catalogue: Catalogue, table: str, where: str) -> Entry:
    """The catalogue's entry of a table.

    Raises:
        SourceError: there is none, with the nearest ids.
    """
    if table.casefold() in catalogue:
        return catalogue[table.casefold()]
    near = nearest_of(table, [entry.table_id for entry in catalogue.values()])
    raise SourceError(
        Problem(
            where,
            "the catalogue has no such table",
            f"'{table}'",
            fix=f"mente du {near}?" if near else "slå den op på jobindsats.dk",
        )
    )
