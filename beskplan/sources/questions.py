"""A plan as questions: each knows how it is asked, how its answer is read, and how it is halved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from beskplan.core.errors import SourceError
from beskplan.sources import jobindsats, jobindsats_rows, statbank, statbank_rows
from beskplan.sources.jobindsats_spec import TableSpec
from beskplan.sources.plan import JobindsatsTable, Source, StatbankTable

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
    client: jobindsats.Jobindsats, plan: JobindsatsTable, spec: TableSpec, version: str
) -> list[Question]:
    """The questions for one table of Jobindsats.

    Raises:
        SourceError: the table does not have what the plan asks for.
    """
    where = client.where(plan.id)

    def question(ask: jobindsats.Ask) -> Question:
        def read(body: bytes, retrieved_at: str) -> Rows:
            answer = jobindsats_rows.read_answer(body, client.version, where)
            return jobindsats_rows.rows_of(
                answer, ask, plan, spec, retrieved_at=retrieved_at, where=where
            )

        return Question(
            source="jobindsats",
            table=plan.id,
            version=version,
            origin=client.origin(ask),
            suffix="json",
            ask=lambda: client.answer(ask),
            read=read,
            halves=lambda: tuple(map(question, ask.halves())),
        )

    return [question(ask) for ask in client.asks(plan, spec)]


def statbank_questions(client: statbank.StatBank, plan: StatbankTable) -> list[Question]:
    """The question for one table of StatBank.

    Raises:
        SourceError: the table is closed, is another, or does not have what the plan asks for.
    """
    where = client.where(plan.id)
    info = client.tableinfo(plan.id)
    if problems := plan.check_titles((info.text,), where):
        raise SourceError(problems)
    query = statbank.plan_query(info, plan, where)

    def read(body: bytes, retrieved_at: str) -> Rows:
        cells = statbank_rows.read_answer(body, query, where)
        return statbank_rows.rows_of(
            cells, query, info, plan, retrieved_at=retrieved_at, where=where
        )

    question = Question(
        source="statbank",
        table=info.id,
        version=info.updated,
        origin=client.origin(query),
        suffix="csv",
        ask=lambda: client.answer(query),
        read=read,
        halves=tuple,
    )
    return [question]
