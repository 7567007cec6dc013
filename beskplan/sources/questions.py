"""A plan as questions: each knows how it is asked, how its answer is read, and how it is halved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from beskplan.sources.jobindsats import Ask, Jobindsats
from beskplan.sources.jobindsats.answers import read_answer as read_jobindsats
from beskplan.sources.jobindsats.observations import rows_of as jobindsats_rows
from beskplan.sources.jobindsats.spec import TableSpec
from beskplan.sources.plan import JobindsatsTable, Source, StatbankTable
from beskplan.sources.statbank import StatBank
from beskplan.sources.statbank.answers import read_answer as read_statbank
from beskplan.sources.statbank.observations import plan_query
from beskplan.sources.statbank.observations import rows_of as statbank_rows

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one source.

    Attributes:
        source: Which one.
        table: Table id.
        version: The source's mark of the table's state; empty where it has none.
        origin: Address and body, without a token.
        suffix: What the answer's file is named after.
        ask: Gives the answer as it comes.
        read: Makes rows of observations of an answer and its date.
        halves: The same in two questions; empty where it cannot be halved.
    """

    source: Source
    table: str
    version: str
    origin: str
    suffix: str
    ask: Callable[[], bytes] = field(repr=False)
    read: Callable[[bytes, str], Rows] = field(repr=False)
    halves: Callable[[], tuple[Question, ...]] = field(repr=False)


def jobindsats_questions(
    client: Jobindsats, plan: JobindsatsTable, spec: TableSpec, version: str
) -> Iterator[Question]:
    """The questions for one table of Jobindsats.

    Raises:
        SourceError: the table does not have what the plan asks for.
    """
    for ask in client.asks(plan, spec):
        yield _jobindsats_question(client, plan, spec, version, ask)


def _jobindsats_question(
    client: Jobindsats, plan: JobindsatsTable, spec: TableSpec, version: str, ask: Ask
) -> Question:
    where = client.where(plan.id)

    def read(body: bytes, retrieved_at: str) -> Rows:
        answer = read_jobindsats(body, client.version, where)
        return jobindsats_rows(answer, ask, plan, spec, retrieved_at=retrieved_at, where=where)

    def halves() -> tuple[Question, ...]:
        parts = ask.halves() or ()
        return tuple(_jobindsats_question(client, plan, spec, version, part) for part in parts)

    return Question(
        source="jobindsats",
        table=plan.id,
        version=version,
        origin=client.origin(ask),
        suffix="json",
        ask=lambda: client.answer(ask),
        read=read,
        halves=halves,
    )


def statbank_question(client: StatBank, plan: StatbankTable) -> Question:
    """The question for one table of StatBank.

    Raises:
        SourceError: the table does not have what the plan asks for.
    """
    where = client.where(plan.id)
    info = client.tableinfo(plan.id)
    query = plan_query(info, plan, where)

    def read(body: bytes, retrieved_at: str) -> Rows:
        cube = read_statbank(body, query, info, where)
        return statbank_rows(cube, query, info, plan, retrieved_at=retrieved_at, where=where)

    return Question(
        source="statbank",
        table=info.id,
        version=info.updated,
        origin=client.origin(query),
        suffix="csv",
        ask=lambda: client.answer(query),
        read=read,
        halves=tuple,
    )
