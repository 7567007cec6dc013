"""The client of Jobindsats's API: v3, and v2 for those whose token knows nothing newer.

    client = connect(find_token())
    catalogue = client.catalogue()
    asks = client.asks(table, client.spec("y25i01"))
    body = client.answer(asks[0])

One ask leaves only areas and periods open: every other dimension stands at one value. So an answer
can be read without guessing which column is which, and any other row in it is seen to be foreign.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from beskplan.core.errors import Problem, SourceError
from beskplan.sources.http import Patience, Secret, Transport
from beskplan.sources.jobindsats.choosing import AreaChoice, choose_areas, choose_values
from beskplan.sources.jobindsats.spec import (
    TOTAL,
    Catalogue,
    TableSpec,
    entry_of,
    read_catalogue,
    read_legacy_spec,
    read_spec,
)
from beskplan.sources.labels import codes_of
from beskplan.sources.plan import JobindsatsTable, Part

log = logging.getLogger(__name__)

ADDRESS: Final = "https://api.jobindsats.dk"
ADDRESS_VARIABLE: Final = "BESKPLAN_JOBINDSATS_URL"
"""Environment variable with another address, without the version."""

CELLS_PER_ASK: Final = 50_000
"""The source has a limit that it does not publish; a table's ten years for all areas stay below."""

Version = Literal["v3", "v2"]

LEGACY_NOTE: Final = (
    "Jobindsats API v2 is the legacy interface: announced to close on 30 September 2026, "
    "no catalogue dates (nothing is saved by the cache), areas and values checked late"
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

    def halves(self) -> tuple[Ask, Ask] | None:
        """The same question in two with half the periods each; None for a single period."""
        if len(self.periods) < 2:
            return None
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

    def version_of(self, catalogue: Catalogue, table: str) -> str | None:
        """When the source last changed a table; None where it does not say.

        Raises:
            SourceError: the catalogue has no such table, with the nearest ids.
        """
        if self.version == "v2":
            return None
        return entry_of(catalogue, table, self.where(table)).update_latest

    def spec_body(self, table: str) -> bytes:
        """The specification of a table as it comes."""
        legacy = self.version == "v2"
        return self._transport.get(
            f"tables/{table}/json/" if legacy else f"table/{table}?format=json"
        )

    def read_spec(self, body: bytes, table: str) -> TableSpec:
        """The specification of a table, read.

        Raises:
            SourceError: it is none.
        """
        return (read_legacy_spec if self.version == "v2" else read_spec)(body, self.where(table))

    def asks(self, plan: JobindsatsTable, spec: TableSpec) -> tuple[Ask, ...]:
        """The questions that answer one table of a plan.

        Raises:
            SourceError: areas, values or periods that the table does not have, all at once.
        """
        where = self.where(plan.id)
        periods = spec.newest(plan.period_type, plan.latest, where)
        choices = self._areas(plan, spec, where)
        problems: list[Problem] = []
        asks: list[Ask] = []
        for part in plan.parts:
            try:
                values = self._values(spec, part, where)
            except SourceError as error:
                problems += error.problems
                continue
            for choice in choices:
                width = (len(choice.codes) + 2) * len(plan.measures)
                size = max(1, self._cells_per_ask // width)
                asks += [
                    Ask(
                        table=plan.id,
                        part=part,
                        area=choice.hierarchy,
                        codes=choice.codes,
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
        """Address and body of a question, to be kept beside its answer."""
        address = f"{self._transport.base_url}/{self.path(ask)}"
        if self.version == "v3":
            return address
        return f"{address} {json.dumps(self._legacy_body(ask), ensure_ascii=False)}"

    def answer(self, ask: Ask) -> bytes:
        """The answer as it comes.

        Raises:
            SourceError: see `beskplan.sources.http`.
        """
        if self.version == "v2":
            return self._transport.post(self.path(ask), self._legacy_body(ask))
        return self._transport.get(self.path(ask))

    def _areas(self, plan: JobindsatsTable, spec: TableSpec, where: str) -> tuple[AreaChoice, ...]:
        if self.version == "v3":
            return choose_areas(spec, plan, where)
        # v2 gives all its areas under one name; which those are is seen in the answer.
        return (AreaChoice("", codes_of((*plan.areas, *plan.areas_if_there))),)

    def _values(self, spec: TableSpec, part: Part, where: str) -> dict[str, str]:
        if self.version == "v3":
            return choose_values(spec, part, where)
        if part.value is None:
            return {}
        if part.hierarchy is None:
            fix = "write the part's `hierarchy` in the plan, or use API v3"
            what = "API v2 does not tell in which hierarchy a value is"
            raise SourceError(Problem(where, what, f"'{part.value}'", fix=fix))
        return {part.hierarchy: part.value}

    def _legacy_body(self, ask: Ask) -> dict[str, object]:
        fixed = {hierarchy: [label] for hierarchy, label in ask.values if label != TOTAL}
        return {"area": "*", "period": list(ask.periods), **fixed}


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
    fix = "the plan asks for something that the table does not have: compare the two"
    if "period type" in cause.casefold():
        fix = "give the table another `period_type` in the plan"
    elif status == 401:
        fix = "set JOBINDSATS_TOKEN to a valid token"
    return Problem("jobindsats", "the source refuses the question", found, fix=fix)
