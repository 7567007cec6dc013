"""A whole fetch: a plan in, a delivery for the snapshot store out, all or nothing.

    delivery = fetch(default_plan(), root, clients).delivery
    beskplan.observations.store(delivery, root)

Every answer is read before it is kept, and kept as soon as it is read: a fetch that breaks off goes
on where it stopped, and a table whose update date stands is not asked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pandas as pd

from beskplan.core.errors import Problem, SourceError
from beskplan.observations.contract import COLUMNS, validate
from beskplan.observations.delivery import Delivery, RawFile
from beskplan.sources.jobindsats import Jobindsats
from beskplan.sources.jobindsats.spec import TableSpec
from beskplan.sources.kept import Kept, KeptAnswers
from beskplan.sources.plan import FetchPlan, JobindsatsTable
from beskplan.sources.questions import (
    Question,
    Rows,
    jobindsats_questions,
    statbank_question,
)
from beskplan.sources.refusals import TooBigError, UnreachableError
from beskplan.sources.statbank import StatBank

Progress = Callable[[int, int, str], None]
"""Told how many steps of how many are done, and what comes next."""

Clock = Callable[[], datetime]

Client = TypeVar("Client", Jobindsats, StatBank)


@dataclass(frozen=True, slots=True)
class Clients:
    """A client for each source that the plan asks; None for the others."""

    jobindsats: Jobindsats | None = None
    statbank: StatBank | None = None

    def close(self) -> None:
        """Give the connections back."""
        for client in (self.jobindsats, self.statbank):
            if client is not None:
                client.close()


@dataclass(frozen=True, eq=False)
class Fetched:
    """What came of a fetch.

    Attributes:
        delivery: For the store.
        asked: How many questions the sources were asked for data.
        kept: How many answers were there already.
    """

    delivery: Delivery
    asked: int
    kept: int


def fetch(
    plan: FetchPlan,
    root: Path,
    clients: Clients,
    *,
    progress: Progress = lambda _done, _total, _text: None,
    clock: Clock = lambda: datetime.now().astimezone(),
) -> Fetched:
    """Fetch everything that a plan asks for; what is unchanged or already there is not asked again.

    Args:
        plan: What to fetch.
        root: The working copy; answers are kept under `data/answers/`.
        clients: For every source of the plan.
        progress: See `Progress`.
        clock: The present, with time zone; its date stands on the observations.

    Raises:
        SourceError: one table or more cannot be had, with all their problems; nothing is delivered.
        DataError: the rows break the contract of observations.
    """
    return _Fetch(root, clients, progress, clock).run(plan)


class _Fetch:
    def __init__(self, root: Path, clients: Clients, progress: Progress, clock: Clock) -> None:
        self._answers = KeptAnswers(root)
        self._clients = clients
        self._progress = progress
        self._clock = clock
        self._problems: list[Problem] = []
        self._used: dict[tuple[str, str], set[str]] = {}
        self._asked: dict[str, str] = {}
        """Version by id of each table of Jobindsats that data was asked for."""
        self._counts = {"asked": 0, "kept": 0}

    def run(self, plan: FetchPlan) -> Fetched:
        questions = [*self._jobindsats_questions(plan), *self._statbank_questions(plan)]
        self._stop_at_problems()
        frames: list[pd.DataFrame] = []
        raw: list[RawFile] = []
        for number, question in enumerate(questions):
            self._progress(number, len(questions), f"{question.source}: {question.table}")
            try:
                for one, kept, rows in self._answered(question):
                    # One frame per answer: a million rows as dicts would not fit into a laptop.
                    frames.append(pd.DataFrame(rows, columns=list(COLUMNS)))
                    raw.append(_raw_file(one, kept, len(raw)))
            except UnreachableError:
                raise
            except SourceError as error:
                self._problems += error.problems
        self._progress(len(questions), len(questions), "")
        self._stop_at_problems()
        self._check_that_no_table_changed()
        frame = pd.concat([one.astype({"value": "float64"}) for one in frames], ignore_index=True)
        delivery = Delivery(validate(frame, "fetch"), tuple(raw))
        for (source, table), keys in self._used.items():
            self._answers.keep_only(source, table, keys)
        return Fetched(delivery, self._counts["asked"], self._counts["kept"])

    def _stop_at_problems(self) -> None:
        if self._problems:
            raise SourceError(self._problems)

    def _jobindsats_questions(self, plan: FetchPlan) -> list[Question]:
        if not plan.jobindsats:
            return []
        client = _required(self._clients.jobindsats, "jobindsats")
        self._progress(0, len(plan.jobindsats), "jobindsats: catalogue")
        catalogue = client.catalogue()
        questions: list[Question] = []
        for number, table in enumerate(plan.jobindsats):
            self._progress(number, len(plan.jobindsats), f"jobindsats: {table.id}, specification")
            try:
                version = client.version_of(catalogue, table.id) or ""
                spec = self._spec(client, table, version)
                questions += jobindsats_questions(client, table, spec, version)
            except UnreachableError:
                raise
            except SourceError as error:
                self._problems += error.problems
        return questions

    def _statbank_questions(self, plan: FetchPlan) -> list[Question]:
        questions = []
        for number, table in enumerate(plan.statbank):
            client = _required(self._clients.statbank, "statbank")
            self._progress(number, len(plan.statbank), f"statbank: {table.id}, specification")
            try:
                questions.append(statbank_question(client, table))
            except UnreachableError:
                raise
            except SourceError as error:
                self._problems += error.problems
        return questions

    def _spec(self, client: Jobindsats, table: JobindsatsTable, version: str) -> TableSpec:
        key = self._key(f"specification {client.version} {table.id}", version)
        kept = self._answers.get("jobindsats", table.id, key)
        body = kept.body if kept else client.spec_body(table.id)
        spec = client.read_spec(body, table.id)
        if kept is None:
            self._answers.put("jobindsats", table.id, key, self._now(body))
        self._used.setdefault(("jobindsats", table.id), set()).add(key)
        return spec

    def _answered(self, question: Question) -> list[tuple[Question, Kept, Rows]]:
        """The answer that is there or comes; a question that is too big is asked in halves."""
        key = self._key(question.origin, question.version)
        used = self._used.setdefault((question.source, question.table), set())
        kept = self._answers.get(question.source, question.table, key)
        if kept is not None:
            self._counts["kept"] += 1
            used.add(key)
            return [(question, kept, question.read(kept.body, kept.retrieved_at[:10]))]
        self._counts["asked"] += 1
        if question.source == "jobindsats":
            self._asked[question.table] = question.version
        try:
            kept = self._now(question.ask())
            rows = question.read(kept.body, kept.retrieved_at[:10])
        except TooBigError:
            halves = question.halves()
            if not halves:
                raise
            return [answered for half in halves for answered in self._answered(half)]
        self._answers.put(question.source, question.table, key, kept)
        used.add(key)
        return [(question, kept, rows)]

    def _now(self, body: bytes) -> Kept:
        return Kept(body, self._clock().isoformat(timespec="seconds"))

    def _key(self, origin: str, version: str) -> str:
        # Where the source does not say when it changed, an answer is good for its day.
        return KeptAnswers.key(origin, version or self._clock().date().isoformat())

    def _check_that_no_table_changed(self) -> None:
        """Answers of two states of a table must not stand in one snapshot."""
        client = self._clients.jobindsats
        if client is None or not self._asked or client.version == "v2":
            return
        catalogue = client.catalogue()
        for table, version in self._asked.items():
            now = client.version_of(catalogue, table) or ""
            if now != version:
                fix = "start the fetch again: the new state is then fetched as a whole"
                what = "the source updated the table during the fetch"
                where = client.where(table)
                self._problems.append(Problem(where, what, f"{version} -> {now}", fix=fix))
        self._stop_at_problems()


def _required(client: Client | None, source: str) -> Client:
    if client is None:
        raise ValueError(f"the plan asks {source}, and there is no client for it")
    return client


def _raw_file(question: Question, kept: Kept, number: int) -> RawFile:
    return RawFile(
        name=f"{question.table.casefold()}-{number:03d}.{question.suffix}",
        content=kept.body,
        source=question.source,
        table_id=question.table,
        retrieved_at=kept.retrieved_at,
        origin=question.origin,
        version=question.version,
    )
