"""Jobindsats.dk (STAR): the client of its API v3.

    client = connect(find_token())
    catalogue = client.catalogue()
    asks = client.asks(table, client.read_spec(client.spec_body("y25i01"), "y25i01"))
    body = client.answer(asks[0])

One ask leaves only areas and periods open: every other dimension stands at one value. So an answer
can be read without guessing which column is which, and any other row in it is seen to be foreign.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from typing import Final

from beskplan.core.errors import Problem, SourceError
from beskplan.registers.areas import known as known_area
from beskplan.sources import http, labels
from beskplan.sources.labels import problem
from beskplan.sources.plan import JobindsatsTable, Part

TOTAL: Final = "/"
"""Path of a hierarchy's top: everybody."""


class Value(http.Read):
    """A value of a hierarchy; its id is a path such as `/2/`."""

    value_id: str
    value_name: str


class Level(http.Read):
    """A level of a hierarchy."""

    values: tuple[Value, ...] = ()


class Hierarchy(http.Read):
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


class Dimension(http.Read):
    """What the population is divided by; a question uses one of its hierarchies."""

    dimension_id: str
    hierarchies: tuple[Hierarchy, ...]


class PeriodId(http.Read):
    """A period of the table."""

    period_id: str


class PeriodType(http.Read):
    """The periods of one type."""

    periodtype_id: str
    values: tuple[PeriodId, ...]


class TableSpec(http.Read):
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
            found = f"'{period_type}'"
            raise SourceError(problem("no-such-periods", where, found, expected=expected))
        ids = {value.period_id for value in known[period_type].values}
        # The ids sort in time within a type; the order of the source is not relied on.
        return tuple(sorted(ids, reverse=True)[:count])


class _TableEntry(http.Read):
    table_id: str
    table_name: str = ""
    update_latest: str | None = None


class _Group(http.Read):
    table_group_name: str = ""
    tables: tuple[_TableEntry, ...]


class _Subject(http.Read):
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
        for subject in http.shaped(http.json_of(body, where), tuple[_Subject, ...], where)
        for group in subject.table_groups
        for table in group.tables
    }
    if not catalogue:
        raise SourceError(problem("no-tables", where))
    return catalogue


ADDRESS: Final = "https://api.jobindsats.dk"
ADDRESS_VARIABLE: Final = "BESKPLAN_JOBINDSATS_URL"
"""Environment variable with another address, without the version."""
SKIPPED: Final = "Jobindsats er sprunget over"
"""Begins what is said where a fetch goes without a token."""
TOKEN_VARIABLE: Final = "JOBINDSATS_TOKEN"  # noqa: S105 - the name of a variable
KEYRING_NAME: Final = "jobindsats"
CELLS_PER_ASK: Final = 50_000
"""The source has a limit that it does not publish; a table's ten years for all areas stay below."""


class NoTokenError(SourceError):
    """Nobody has given a token."""


def find_token() -> http.Secret:
    """The token from `JOBINDSATS_TOKEN`, else from the keyring (optional package `keyring`).

    Raises:
        NoTokenError: there is none.
        SourceError: what is there cannot be one; never shows it.
    """
    where = "jobindsats: nøgle"
    text = http.find_secret(TOKEN_VARIABLE, KEYRING_NAME, where)
    text = text.strip().removeprefix("Bearer ").strip()
    if not text:
        keyring = f"eller gem den: keyring set {http.KEYRING_SERVICE} {KEYRING_NAME}"
        if not http.has_keyring():
            keyring = "eller installér pakken `keyring`, og gem den dér"
        raise NoTokenError(problem("no-token", where, variable=TOKEN_VARIABLE, keyring=keyring))
    if not (text.isascii() and text.isprintable()) or any(sign.isspace() for sign in text):
        raise SourceError(problem("odd-token", where))
    return http.Secret(text)


@dataclass(frozen=True, slots=True)
class Ask:
    """One question for data.

    Attributes:
        table: Table id.
        part: What of the population, as the plan says it.
        area: The hierarchy of areas, all of whose values are asked for.
        codes: Areas that are taken from the answer.
        values: Path by hierarchy, for all other dimensions.
        period_type: Type of the periods.
        periods: Their ids, newest first.
    """

    table: str
    part: Part
    area: str
    codes: frozenset[str]
    values: tuple[tuple[str, str], ...]
    period_type: str
    periods: tuple[str, ...]

    @property
    def reference(self) -> str:
        """What of the table it is, for the observations."""
        return "&".join(f"{hierarchy}={path}" for hierarchy, path in self.values)

    def halves(self) -> tuple[Ask, ...]:
        """The same question in two with half the periods each; none for a single period."""
        if len(self.periods) < 2:
            return ()
        middle = len(self.periods) // 2
        return (
            replace(self, periods=self.periods[:middle]),
            replace(self, periods=self.periods[middle:]),
        )


class Jobindsats(http.Client):
    """The source through its API."""

    name = "jobindsats"

    def catalogue(self) -> Catalogue:
        """All tables with the date of their last update."""
        path = "tables?format=json"
        return read_catalogue(self._transport.get(path), self._transport.where(path))

    def entry_of(self, catalogue: Catalogue, table: str) -> Entry:
        """The catalogue's entry of a table.

        Raises:
            SourceError: the catalogue has no such table, with the nearest ids.
        """
        if table.casefold() in catalogue:
            return catalogue[table.casefold()]
        near = labels.nearest_of(table, [entry.table for entry in catalogue.values()])
        fix = f"mente du {near}?" if near else "slå den op på jobindsats.dk"
        raise SourceError(problem("not-in-catalogue", self.where(table), f"'{table}'", fix=fix))

    def spec_body(self, table: str) -> bytes:
        """The specification of a table as it comes."""
        return self._transport.get(f"table/{table}?format=json")

    def read_spec(self, body: bytes, table: str) -> TableSpec:
        """The specification of a table, read.

        Raises:
            SourceError: it is none.
        """
        content = http.json_of(body, self.where(table))
        if isinstance(content, list) and len(content) == 1:
            content = content[0]
        return http.shaped(content, TableSpec, self.where(table))

    def asks(self, plan: JobindsatsTable, spec: TableSpec) -> tuple[Ask, ...]:
        """The questions that answer one table of a plan.

        Raises:
            SourceError: areas, values or periods that the table does not have, all at once.
        """
        where = self.where(plan.id)
        periods = spec.newest(plan.period_type, plan.latest, where)
        choices = _area_choices(spec, plan, where)
        problems: list[Problem] = []
        asks: list[Ask] = []
        for part in plan.parts:
            try:
                values = _value_choices(spec, part, where)
            except SourceError as error:
                problems += error.problems
                continue
            for hierarchy, codes in choices.items():
                width = (len(codes) + 2) * len(plan.measures)
                size = max(1, CELLS_PER_ASK // width)
                asks += [
                    Ask(
                        table=plan.id,
                        part=part,
                        area=hierarchy,
                        codes=codes,
                        values=tuple(values.items()),
                        period_type=plan.period_type,
                        periods=periods[first : first + size],
                    )
                    for first in range(0, len(periods), size)
                ]
        if problems:
            raise SourceError(problems)
        return tuple(asks)

    def path(self, ask: Ask) -> str:
        """The address of a question below the version; holds no token."""
        fixed = "".join(f"&hierarchy.{hierarchy}={path}" for hierarchy, path in ask.values)
        return (
            f"data/{ask.table}?mgroup.*=*&period.{ask.period_type}={','.join(ask.periods)}"
            f"&hierarchy.{ask.area}=*{fixed}&format=json"
        )

    def origin(self, ask: Ask) -> str:
        """Address of a question, to be stored beside its answer."""
        return f"{self._transport.base_url}/{self.path(ask)}"

    def answer(self, ask: Ask) -> bytes:
        """The answer as it comes.

        Raises:
            SourceError: see `beskplan.sources.http`.
        """
        return self._transport.get(self.path(ask))


def _area_choices(spec: TableSpec, plan: JobindsatsTable, where: str) -> dict[str, frozenset[str]]:
    """The hierarchies that together hold the areas of a plan, the fullest first, with their codes.

    Raises:
        SourceError: one problem per area that must be there and is in none of them.
    """
    hierarchies = [one for dimension in spec.dimensions for one in dimension.hierarchies]
    found = {one.hierarchy_id: one.areas for one in hierarchies if one.areas}
    there: frozenset[str] = frozenset().union(*found.values())
    required, optional = (
        labels.required_codes(plan.areas, there),
        labels.codes_of(plan.areas_if_there),
    )
    if missing := required - there:
        names = [value.value_name for one in hierarchies for value in one.values]
        raise SourceError(labels.missing_areas(missing, names, where))
    left = required | (optional & there)
    choices = {}
    while left:
        hierarchy, codes = max(found.items(), key=lambda item: len(item[1] & left))
        choices[hierarchy] = codes & left
        left -= codes
    return choices


def _value_choices(spec: TableSpec, part: Part, where: str) -> dict[str, str]:
    """For every dimension without areas, one hierarchy and the path of the value asked for.

    All are written out: what the source does with a dimension that is left out is not known.

    Raises:
        SourceError: no value, or several, by the label of the part.
    """
    besides = [one for one in spec.dimensions if not any(h.areas for h in one.hierarchies)]
    chosen = {one.dimension_id: (one.hierarchies[0].hierarchy_id, TOTAL) for one in besides}
    if part.value is not None:
        values = [
            (dimension.dimension_id, hierarchy.hierarchy_id, value)
            for dimension in besides
            for hierarchy in dimension.hierarchies
            for value in hierarchy.values
        ]
        hinted = [one for one in values if one[1] == part.hierarchy]
        dimension_id, hierarchy_id, value = labels.by_label(
            (part.value,), hinted or values, lambda one: one[2].value_name, where, "værdien"
        )
        chosen[dimension_id] = (hierarchy_id, value.value_id)
    return dict(chosen.values())


def connect(
    token: http.Secret, *, address: str | None = None, patience: http.Patience | None = None
) -> Jobindsats:
    """A client for a token.

    Args:
        token: See `find_token`.
        address: Without the version; by default that of `BESKPLAN_JOBINDSATS_URL`, else STAR's.
        patience: How long to wait and how often to ask.

    Raises:
        InputError: an address that will not do.
    """
    base = (address or os.environ.get(ADDRESS_VARIABLE) or ADDRESS).rstrip("/")
    return Jobindsats(
        http.Transport(
            "jobindsats v3", f"{base}/v3", token=token, patience=patience, explain=explain
        )
    )


def explain(status: int, body: bytes) -> Problem | None:
    """What Jobindsats says in an error body, with what to do about it; None where it says nothing."""
    try:
        said = json.loads(body.decode("utf-8-sig"))
        cause = str(said["cause"])
    except (ValueError, KeyError, TypeError):
        return None
    found = f"HTTP {status}: {cause}"
    if request_id := said.get("request_id"):
        found += f" (request {request_id})"
    name = "token-refused" if status == 401 else "question-refused"
    name = "period-type-refused" if "period type" in cause.casefold() else name
    return problem(name, "jobindsats", found, variable=TOKEN_VARIABLE)
