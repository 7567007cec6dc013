"""What StatBank says of a table: its variables, their values, and when it was updated."""

from __future__ import annotations

from typing import Literal, TypeAlias

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.bodies import Read, json_of, shaped
from beskplan.sources.labels import by_label, nearest_of

Language: TypeAlias = Literal["da", "en"]


class Value(Read):
    """A value of a variable."""

    id: str
    text: str


class Variable(Read):
    """A variable; `elimination`: the source sums over it where it is left out."""

    id: str
    text: str = ""
    elimination: bool = False
    time: bool = False
    values: tuple[Value, ...]

    def value(self, name: str, where: str) -> Value:
        """The value with this label or id.

        Raises:
            SourceError: none, with the nearest labels; or several.
        """
        for one in self.values:
            if one.id == name:
                return one
        return by_label((name,), self.values, lambda one: one.text, where, f"value of {self.id}")


class TableInfo(Read):
    """A table."""

    id: str
    text: str = ""
    unit: str = ""
    updated: str
    """Local date and time of the last update, as the source writes it."""
    active: bool = True
    variables: tuple[Variable, ...]

    @property
    def time(self) -> Variable:
        """The variable of periods."""
        return next(one for one in self.variables if one.time)

    def variable(self, name: str, where: str) -> Variable:
        """The variable with this id, letter case aside.

        Raises:
            SourceError: none, with the nearest ids.
        """
        for one in self.variables:
            if one.id.casefold() == name.casefold():
                return one
        ids = [one.id for one in self.variables]
        near = nearest_of(name, ids)
        expected = f"one of {', '.join(ids)}"
        fix = f"mente du {near}?" if near else ""
        raise SourceError(
            Problem(where, "the table has no such variable", f"'{name}'", expected, fix)
        )


def read_tableinfo(body: bytes, where: str) -> TableInfo:
    """The answer to `/tableinfo`.

    Raises:
        SourceError: it is none, or has no variable of time.
    """
    info = shaped(json_of(body, where), TableInfo, where)
    if not any(one.time for one in info.variables):
        found = ", ".join(one.id for one in info.variables)
        raise SourceError(Problem(where, "the table has no variable of time", found))
    return info
