"""Jobindsats.dk (STAR): the client of its API v3, and of v2 for a token that knows nothing newer.

    client = connect(find_token())
    catalogue = client.catalogue()
    asks = client.asks(table, client.read_spec(client.spec_body("y25i01"), "y25i01"))
    rows = rows_of(read_answer(client.answer(asks[0]), client.version, "y25i01"), asks[0], ...)

One ask leaves only areas and periods open: every other dimension stands at one value. So an answer
can be read without guessing which column is which, and any other row in it is seen to be foreign.
Only what is used of an answer is read: a field that the source adds is no fault, one that is gone is.

    null in a measure          withheld
    no row for area and period absent; refused for the country, for an area without any row, and
                               where more than a few rows are missing: a part of an answer is none
    a number                   known, with the decimals of its column
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, Literal, TypeAlias

from beskplan.core.errors import BeskplanError, DataError, Problem, SourceError
from beskplan.core.numbers import parse_number
from beskplan.core.periods import Period
from beskplan.registers.areas import area as area_of
from beskplan.registers.indicators import INDICATORS
from beskplan.sources.http import Patience, Read, Secret, Transport, json_of, shaped
from beskplan.sources.labels import (
    by_label,
    codes_of,
    known_area,
    missing_areas,
    nearest_of,
    normalised,
)
from beskplan.sources.plan import JobindsatsTable, Measure, Part

log = logging.getLogger(__name__)

ADDRESS: Final = "https://api.jobindsats.dk"
ADDRESS_VARIABLE: Final = "BESKPLAN_JOBINDSATS_URL"
"""Environment variable with another address, without the version."""
TOKEN_VARIABLE: Final = "JOBINDSATS_TOKEN"  # noqa: S105 - the name of a variable
KEYRING_SERVICE: Final = "beskplan"
KEYRING_NAME: Final = "jobindsats"
CELLS_PER_ASK: Final = 50_000
"""The source has a limit that it does not publish; a table's ten years for all areas stay below."""
MISSING_ROWS_PCT: Final = 2
"""Of the rows of areas that must be there; more are no numbers that the source lacks but a cut answer."""
MAX_PROBLEMS: Final = 50
TOTAL: Final = "/"
"""Path of a hierarchy's top: everybody."""
COUNTRY: Final = "000"
AREA_LABELS: Final = frozenset({"område", "omraade", "area"})
LEGACY_NOTE: Final = (
    "Jobindsats' API v2 er den gamle udgave (legacy), varslet lukket 30. september 2026: den siger "
    "ikke, hvornår tabeller er opdateret, og områder og værdier kan først ses i svarene"
)

Version = Literal["v3", "v2"]
Cell: TypeAlias = str | int | Decimal | None
"""A label, a number, or None: withheld or not given."""
AreaPeriod = tuple[str, str]
"""Area code and period code."""


def find_token(environment: Mapping[str, str] = os.environ) -> Secret:
    """The token from `JOBINDSATS_TOKEN`, else from the keyring (optional package `keyring`).

    Raises:
        SourceError: there is none, or what is there cannot be one; never shows it.
    """
    where = "jobindsats: nøgle"
    text = environment.get(TOKEN_VARIABLE, "").strip() or _from_keyring(where)
    text = text.removeprefix("Bearer ").strip()
    if not text:
        keyring = f"eller gem den: keyring set {KEYRING_SERVICE} {KEYRING_NAME}"
        if find_spec("keyring") is None:
            keyring = "eller installér pakken `keyring`, og gem den dér"
        fix = (
            f"bed STAR om en (gratis, personlig), sæt {TOKEN_VARIABLE}, {keyring}; "
            "uden den: beskplan fetch --source statbank"
        )
        expected = f"miljøvariablen {TOKEN_VARIABLE} eller en nøgle i nøgleringen"
        raise SourceError(Problem(where, "ingen fundet", expected=expected, fix=fix))
    if not (text.isascii() and text.isprintable()) or any(sign.isspace() for sign in text):
        fix = "kopiér den igen fra STAR's mail uden linjeskift og anførselstegn"
        raise SourceError(Problem(where, "er ingen nøgle: den har blanke eller sære tegn", fix=fix))
    return Secret(text)


def _from_keyring(where: str) -> str:
    if find_spec("keyring") is None:
        return ""
    keyring = import_module("keyring")
    try:
        return str(keyring.get_password(KEYRING_SERVICE, KEYRING_NAME) or "").strip()
    except keyring.errors.KeyringError as error:
        what = f"nøgleringen svarer ikke ({type(error).__name__})"
        raise SourceError(Problem(where, what, fix=f"sæt {TOKEN_VARIABLE}")) from None


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


def _read_legacy_spec(content: Any, where: str) -> TableSpec:
    """What is known of a table in API v2: its periods. Areas and values are seen in the answers."""

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


@dataclass(frozen=True, slots=True)
class Ask:
    """One question for data.

    Attributes:
        table: Table id.
        part: What of the population, as the plan says it.
        area: The hierarchy of areas, all of whose values are asked for; empty in v2.
        codes: Areas that are taken from the answer.
        values: Path (v3) or label (v2) by hierarchy, for all other dimensions.
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


class Jobindsats:
    """The source through one version of its API."""

    def __init__(
        self, transport: Transport, version: Version = "v3", cells_per_ask: int = CELLS_PER_ASK
    ) -> None:
        self.version = version
        self._transport = transport
        self._cells_per_ask = cells_per_ask
        if version == "v2":
            log.warning(LEGACY_NOTE)

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def where(self, table: str) -> str:
        """How problems name a table."""
        return f"jobindsats: {table}"

    def catalogue(self) -> Catalogue:
        """All tables with the date of their last update; empty in v2, which does not tell dates."""
        if self.version == "v2":
            return {}
        path = "tables?format=json"
        return read_catalogue(self._transport.get(path), self._transport.where(path))

    def entry_of(self, catalogue: Catalogue, table: str) -> Entry:
        """The catalogue's entry of a table; one without titles and date in v2.

        Raises:
            SourceError: the catalogue has no such table, with the nearest ids.
        """
        if self.version == "v2":
            return Entry(table, (), None)
        if table.casefold() in catalogue:
            return catalogue[table.casefold()]
        near = nearest_of(table, [entry.table for entry in catalogue.values()])
        fix = f"mente du {near}?" if near else "slå den op på jobindsats.dk"
        what = "tabellen er ikke i oversigten"
        raise SourceError(Problem(self.where(table), what, f"'{table}'", fix=fix))

    def spec_body(self, table: str) -> bytes:
        """The specification of a table as it comes."""
        legacy = self.version == "v2"
        path = f"tables/{table}/json/" if legacy else f"table/{table}?format=json"
        return self._transport.get(path)

    def read_spec(self, body: bytes, table: str) -> TableSpec:
        """The specification of a table, read.

        Raises:
            SourceError: it is none.
        """
        content = json_of(body, self.where(table))
        if self.version == "v2":
            return _read_legacy_spec(content, self.where(table))
        if isinstance(content, list) and len(content) == 1:
            content = content[0]
        return shaped(content, TableSpec, self.where(table))

    def asks(self, plan: JobindsatsTable, spec: TableSpec) -> tuple[Ask, ...]:
        """The questions that answer one table of a plan.

        Raises:
            SourceError: areas, values or periods that the table does not have, all at once.
        """
        where = self.where(plan.id)
        periods = spec.newest(plan.period_type, plan.latest, where)
        if self.version == "v3":
            choices = _area_choices(spec, plan, where)
        else:
            # v2 gives all its areas under one name; which those are is seen in the answer.
            choices = {"": codes_of((*plan.areas, *plan.areas_if_there))}
        problems: list[Problem] = []
        asks: list[Ask] = []
        for part in plan.parts:
            try:
                values = self._values(spec, part, where)
            except SourceError as error:
                problems += error.problems
                continue
            for hierarchy, codes in choices.items():
                width = (len(codes) + 2) * len(plan.measures)
                size = max(1, self._cells_per_ask // width)
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
        if self.version == "v2":
            return f"data/{ask.table}/json/"
        fixed = "".join(f"&hierarchy.{hierarchy}={path}" for hierarchy, path in ask.values)
        return (
            f"data/{ask.table}?mgroup.*=*&period.{ask.period_type}={','.join(ask.periods)}"
            f"&hierarchy.{ask.area}=*{fixed}&format=json"
        )

    def origin(self, ask: Ask) -> str:
        """Address and body of a question, to be stored beside its answer."""
        address = f"{self._transport.base_url}/{self.path(ask)}"
        if self.version == "v3":
            return address
        return f"{address} {json.dumps(_legacy_body(ask), ensure_ascii=False)}"

    def answer(self, ask: Ask) -> bytes:
        """The answer as it comes.

        Raises:
            SourceError: see `beskplan.sources.http`.
        """
        if self.version == "v2":
            return self._transport.post(self.path(ask), _legacy_body(ask))
        return self._transport.get(self.path(ask))

    def _values(self, spec: TableSpec, part: Part, where: str) -> dict[str, str]:
        if self.version == "v3":
            return _value_choices(spec, part, where)
        if part.value is None:
            return {}
        if part.hierarchy is None:
            fix = "skriv delens `hierarchy` i planen, eller brug API v3"
            what = "API v2 siger ikke, hvilket hierarki en værdi hører til"
            raise SourceError(Problem(where, what, f"'{part.value}'", fix=fix))
        return {part.hierarchy: part.value}


def _legacy_body(ask: Ask) -> dict[str, object]:
    fixed = {hierarchy: [label] for hierarchy, label in ask.values if label != TOTAL}
    return {"area": "*", "period": list(ask.periods), **fixed}


def _area_choices(spec: TableSpec, plan: JobindsatsTable, where: str) -> dict[str, frozenset[str]]:
    """The hierarchies that together hold the areas of a plan, the fullest first, with their codes.

    Raises:
        SourceError: one problem per area that must be there and is in none of them.
    """
    hierarchies = [one for dimension in spec.dimensions for one in dimension.hierarchies]
    found = {one.hierarchy_id: one.areas for one in hierarchies if one.areas}
    required, optional = codes_of(plan.areas), codes_of(plan.areas_if_there)
    there: frozenset[str] = frozenset().union(*found.values())
    if missing := required - there:
        names = [value.value_name for one in hierarchies for value in one.values]
        raise SourceError(missing_areas(missing, names, where))
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
        dimension_id, hierarchy_id, value = by_label(
            (part.value,), hinted or values, lambda one: one[2].value_name, where, "værdien"
        )
        chosen[dimension_id] = (hierarchy_id, value.value_id)
    return dict(chosen.values())


def connect(
    token: Secret,
    *,
    address: str | None = None,
    version: Version = "v3",
    patience: Patience | None = None,
    cells_per_ask: int = CELLS_PER_ASK,
    environment: Mapping[str, str] = os.environ,
    sleep: Callable[[float], None] | None = None,
) -> Jobindsats:
    """A client for a token.

    Args:
        token: See `find_token`.
        address: Without the version; by default that of `BESKPLAN_JOBINDSATS_URL`, else STAR's.
        version: `v2` is the legacy API and says so in the log.
        patience: How long to wait and how often to ask.
        cells_per_ask: Bigger questions are split.
        environment: Where the address is looked up.
        sleep: Waits between two attempts.

    Raises:
        InputError: an address that will not do.
    """
    base = (address or environment.get(ADDRESS_VARIABLE) or ADDRESS).rstrip("/")
    header = token if version == "v2" else Secret(f"Bearer {token.reveal()}")
    transport = Transport(
        f"jobindsats {version}",
        f"{base}/{version}",
        authorization=header,
        token=token,
        patience=patience,
        explain=explain,
        sleep=sleep,
    )
    return Jobindsats(transport, version, cells_per_ask)


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
    fix = "planen beder om noget, som tabellen ikke har: sammenlign de to"
    if "period type" in cause.casefold():
        fix = "giv tabellen en anden `period_type` i planen"
    elif status == 401:
        fix = f"sæt {TOKEN_VARIABLE} til en gyldig nøgle"
    return Problem("jobindsats", "afviser spørgsmålet", found, fix=fix)


@dataclass(frozen=True, slots=True)
class Answer:
    """A table as it came; every row as long as `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read_answer(body: bytes, version: Version, where: str) -> Answer:
    """The table in a body.

    Raises:
        SourceError: no table, a row of another length, or a cell that is neither text nor number.
    """
    content = json_of(body, where)
    columns, rows = (_legacy_table if version == "v2" else _table)(content, where)
    if not rows:
        fix = "bed om perioder og områder, som tabellen har"
        raise SourceError(Problem(where, "svaret har ingen rækker", fix=fix))
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(columns):
            found = f"række {number}: {len(row) if isinstance(row, list) else type(row).__name__}"
            what = "rækker og kolonner passer ikke sammen"
            raise SourceError(Problem(where, what, found, f"{len(columns)}"))
        if odd := [cell for cell in row if not _is_cell(cell)]:
            found = f"række {number}: {odd[0]!r}"
            raise SourceError(Problem(where, "en celle er hverken tekst eller tal", found))
    return Answer(tuple(columns), tuple(tuple(row) for row in rows))


def _table(content: Any, where: str) -> tuple[list[str], list[Any]]:
    if isinstance(content, dict):
        columns, rows = content.get("columns"), content.get("rows")
        if isinstance(columns, list) and _is_text(columns) and isinstance(rows, list):
            return columns, rows
    raise _no_table(content, "columns, rows", where)


def _legacy_table(content: Any, where: str) -> tuple[list[str], list[Any]]:
    table = content[0] if isinstance(content, list) and len(content) == 1 else None
    if isinstance(table, dict) and isinstance(table.get("Data"), list):
        variables = table.get("Variables")
        if isinstance(variables, list) and all(isinstance(one, dict) for one in variables):
            columns = [one.get("Label", one.get("Name")) for one in variables]
            if _is_text(columns):
                return columns, table["Data"]
    raise _no_table(content, "[{Variables, Data}]", where)


def _is_text(values: list[Any]) -> bool:
    return all(isinstance(one, str) for one in values)


def _is_cell(value: Any) -> bool:
    # bool is an int to Python, and no number to us.
    return value is None or (isinstance(value, str | int | Decimal) and not isinstance(value, bool))


def _no_table(content: Any, expected: str, where: str) -> SourceError:
    if isinstance(content, dict) and ("cause" in content or "message" in content):
        found = str(content.get("cause") or content.get("message"))[:200]
        return SourceError(Problem(where, "en fejlbesked i stedet for tal", found))
    keys = list(content)[:6] if isinstance(content, dict) else type(content).__name__
    fix = "kilden kan have ændret sine svar: se, om et nyere beskplan kender dem"
    return SourceError(Problem(where, "JSON, men ikke en tabel", str(keys), expected, fix))


def rows_of(
    answer: Answer,
    ask: Ask,
    plan: JobindsatsTable,
    spec: TableSpec,
    *,
    retrieved_at: str,
    where: str,
) -> list[dict[str, Any]]:
    """The answer to one question as rows with the columns of `beskplan.observations.contract`.

    Every area and period that was asked for has one row per measure.

    Raises:
        SourceError: a measure, an area or a period that is not what was asked for, a part of an
            answer, a doubled row, a value that is no number; all problems at once (the first 50).
    """
    return _Rows(answer, ask, plan, spec, where).read(retrieved_at)


class _Rows:
    """The reading of one answer."""

    def __init__(
        self, answer: Answer, ask: Ask, plan: JobindsatsTable, spec: TableSpec, where: str
    ) -> None:
        self._answer = answer
        self._ask = ask
        self._plan = plan
        self._spec = spec
        self._where = where
        self._problems: list[Problem] = []

    def read(self, retrieved_at: str) -> list[dict[str, Any]]:
        area, period = place_columns(self._answer, self._where)
        numbered = enumerate(self._answer.columns)
        besides = [(at, label) for at, label in numbered if at not in (period, area)]
        measures = self._measures(besides)
        self._check_parts([one for one in besides if one[0] not in {m.at for m in measures}])
        self._stop()
        places = self._places(area, period)
        self._check_whole(places, {str(row[area]) for row in self._answer.rows})
        columns = [self._numbers(measure, places) for measure in measures]
        self._stop()
        codes = self._ask.codes if self._ask.area else {code for code, _ in places}
        return [
            self._row(measure, numbers, code, one, retrieved_at)
            for measure, numbers in zip(measures, columns, strict=True)
            for code in sorted(codes)
            for one in sorted(self._ask.periods)
        ]

    def _stop(self) -> None:
        if self._problems:
            raise SourceError(self._problems[:MAX_PROBLEMS])

    def _note(
        self, what: str, found: str = "", expected: str = "", fix: str = "", row: int = -1
    ) -> None:
        place = self._where if row < 0 else f"{self._where}: række {row + 1}"
        self._problems.append(Problem(place, what, found, expected, fix))

    def _measures(self, besides: list[tuple[int, str]]) -> list[_Column]:
        found = []
        for measure in self._plan.measures:
            try:
                at, _ = by_label(measure.labels, besides, lambda one: one[1], self._where, "målet")
                found.append(_Column(measure, at))
            except SourceError as error:
                if not measure.if_there:
                    self._problems += error.problems
        return found

    def _check_parts(self, besides: list[tuple[int, str]]) -> None:
        """A column of labels must stand at one value, and at that of the part where it is known."""
        asked = dict(self._ask.values)
        wanted = self._ask.part.value
        siblings = {
            normalised(value.value_name)
            for dimension in self._spec.dimensions
            for one in dimension.hierarchies
            if wanted is not None and asked.get(one.hierarchy_id, TOTAL) != TOTAL
            for value in one.values
        }
        for at, label in besides:
            labels = {str(cell) for row in self._answer.rows if is_label(cell := row[at])}
            if len(labels) > 1:
                found = f"{label}: {', '.join(sorted(labels)[:5])}"
                fix = "nævn værdien i planens `parts`"
                self._note("svaret er delt på mere, end der blev spurgt om", found, fix=fix)
            for one in labels:
                if normalised(one) in siblings and normalised(one) != normalised(wanted or ""):
                    what = "en anden værdi, end der blev spurgt om"
                    self._note(what, f"'{one}'", f"'{wanted}'")

    def _places(self, area_at: int, period_at: int) -> dict[AreaPeriod, int]:
        """Row number by area and period, for the areas that were asked for."""
        places: dict[AreaPeriod, int] = {}
        for number, row in enumerate(self._answer.rows):
            area, period = known_area(str(row[area_at])), _period(row[period_at])
            if area is None:
                fix = "føj navnet til områderegisteret som alias"
                self._note("et ukendt område", repr(row[area_at]), fix=fix, row=number)
            elif period is None or period.code not in self._ask.periods:
                what = "en periode, der ikke blev spurgt om"
                self._note(what, repr(row[period_at]), row=number)
            elif area.kode in self._ask.codes:
                if (area.kode, period.code) in places:
                    found = f"{area.navn}, {period.code}"
                    self._note("område og periode står to gange", found, row=number)
                places[area.kode, period.code] = number
        return places

    def _check_whole(self, places: Mapping[AreaPeriod, int], names: set[str]) -> None:
        """Refuse a part of an answer: the source gives a row for each area and period.

        A few rows that it lacks are numbers that it does not have; never those of the country.
        """
        if self._problems:
            return
        required = codes_of(self._plan.areas)
        if self._ask.area:
            required &= self._ask.codes
        periods = set(self._ask.periods)
        fix = "prøv igen; bliver det ved, så bed om færre perioder (`latest` i planen)"
        for one in sorted(periods - {period for _, period in places}):
            self._note("en periode mangler i svaret", one, fix=fix)
        there = {code for code, _ in places}
        self._problems += missing_areas(required - there, names, self._where)
        gaps = {(code, one) for code in required & there for one in periods} - set(places)
        country = sorted(one for code, one in gaps if code == COUNTRY)
        if country:
            self._note("hele landet mangler i perioder", ", ".join(country), fix=fix)
        if 100 * len(gaps) > MISSING_ROWS_PCT * len(required) * len(periods):
            code, one = min(gaps)
            found = f"{len(gaps)} rækker, den første {area_of(code).navn}, {one}"
            expected = f"{len(required) * len(periods)} rækker"
            self._note("svaret er kun en del af det, der blev spurgt om", found, expected, fix)

    def _numbers(
        self, column: _Column, places: Mapping[AreaPeriod, int]
    ) -> dict[AreaPeriod, Decimal | None]:
        """The values of a measure, None where they are withheld."""
        indicator = INDICATORS[column.measure.indicator]
        limit = 100 if indicator.id.startswith("pct_") else None
        values = {}
        for place, number in places.items():
            cell = self._answer.rows[number][column.at]
            where = f"{self._where}: række {number + 1}: {column.measure.labels[0]}"
            try:
                value = read_number(cell, indicator.decimals)
            except DataError as error:
                self._problems += [replace(one, where=where) for one in error.problems]
                continue
            if value is not None and (value < 0 or (limit is not None and value > limit)):
                expected = f"0 til {limit}" if limit else "0 eller mere"
                what = "en værdi, der ikke kan være rigtig"
                self._problems.append(Problem(where, what, str(value), expected))
            values[place] = value
        shown = [_decimals(value) for value in values.values() if value is not None]
        column.decimals = max([indicator.decimals, *shown])
        return values

    def _row(
        self,
        column: _Column,
        values: Mapping[AreaPeriod, Decimal | None],
        code: str,
        period: str,
        retrieved_at: str,
    ) -> dict[str, Any]:
        value = values.get((code, period))
        there = "withheld" if (code, period) in values else "absent"
        label = self._answer.columns[column.at]
        return {
            "indicator": column.measure.indicator,
            "ydelse": self._ask.part.ydelse,
            "group": self._ask.part.group,
            "area": code,
            "period": period,
            "value": None if value is None else float(value),
            "decimals": column.decimals,
            "unit": INDICATORS[column.measure.indicator].unit,
            "state": there if value is None else "known",
            "source": "jobindsats",
            "table_id": self._ask.table,
            "reference": "; ".join(filter(None, (label, self._ask.reference))),
            "retrieved_at": retrieved_at,
        }


@dataclass
class _Column:
    """A measure's column; `decimals` as its numbers show them."""

    measure: Measure
    at: int
    decimals: int = 0


def place_columns(answer: Answer, where: str) -> tuple[int, int]:
    """Which columns hold the area and the period.

    Raises:
        SourceError: none does, or several do.
    """
    numbered = list(enumerate(answer.columns))
    areas = [at for at, label in numbered if normalised(label) in AREA_LABELS]
    # API v2 may add the table's name to the label, and a second column with the period in words.
    periods = [
        at
        for at, label in numbered
        if normalised(label).startswith("periode") and _period(answer.rows[0][at]) is not None
    ]
    for what, hits in (("område", areas), ("periode", periods)):
        if len(hits) != 1:
            found = ", ".join(answer.columns)
            raise SourceError(Problem(where, f"{len(hits)} kolonner med {what}", found, "én"))
    return areas[0], periods[0]


def is_label(cell: Cell) -> bool:
    """Whether a cell is a text that is no number and no period."""
    return isinstance(cell, str) and not cell.strip().lstrip("-")[:1].isdigit()


def read_number(cell: Cell, decimals: int | None = None) -> Decimal | None:
    """A measure's value; None where it is withheld. Texts are Danish numbers (API v2).

    Raises:
        DataError: no number, ambiguous, or with decimals where the measure is a count.
    """
    if cell is None or cell == "":
        return None
    value = parse_number(cell, decimals) if isinstance(cell, str) else Decimal(cell)
    if decimals == 0 and value != value.to_integral_value():
        raise DataError(Problem("tal", "et antal med decimaler", str(cell), "et helt tal"))
    return value


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def _period(cell: Cell) -> Period | None:
    try:
        return Period.parse(str(cell))
    except BeskplanError:
        return None
