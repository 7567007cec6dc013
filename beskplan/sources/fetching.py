"""A whole fetch: a plan in, a delivery for the snapshot store out.

    snapshot, fetched = fetch_and_store(plan_of(root), root, clients)

A table is fetched whole or not at all, and one that fails does not stop the others. Every answer is
read before it is stored, and stored as soon as it is read: a fetch that breaks off goes on where it
stopped, and a table whose update date stands is not asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import pandas as pd

from beskplan.core.errors import DataError, InputError, Problem, SourceError, os_reason
from beskplan.core.files import sha256_bytes, sha256_json, write_whole
from beskplan.observations.contract import COLUMNS, Delivery, RawFile, validate
from beskplan.observations.snapshot import Snapshot
from beskplan.observations.snapshot_store import storable, store
from beskplan.registers.areas import area as area_of
from beskplan.registers.indicators import INDICATORS
from beskplan.sources import jobindsats, jobindsats_rows, labels, statbank
from beskplan.sources.http import Client
from beskplan.sources.jobindsats import Catalogue
from beskplan.sources.plan import FetchPlan, JobindsatsTable, Source, StatbankTable

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one source.

    Attributes:
        source: Which one.
        table: Table id.
        version: The source's mark of the table's state; empty where it has none.
        client: Asks it.
        ask: What is asked.
        read: Makes rows of observations of what was asked and its answer.
    """

    source: Source
    table: str
    version: str
    client: Client = field(repr=False)
    ask: jobindsats.Ask | statbank.Query
    read: Callable[[Any, bytes], Rows] = field(repr=False)

    @property
    def origin(self) -> str:
        """Address and body, without a token."""
        return self.client.origin(self.ask)

    def halves(self) -> list[Question]:
        """The same in two questions; none where it cannot be halved."""
        return [replace(self, ask=half) for half in self.ask.halves()]


FOLDER: Final = Path("data") / "answers"
_SUFFIX: Final = ".answer"
_SUFFIXES: Final[Mapping[Source, str]] = {"jobindsats": "json", "statbank": "csv"}
"""What the raw files of a snapshot are named after."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One answer as it came, and when."""

    body: bytes
    retrieved_at: str


class AnswerStore:
    """Answers that are stored between fetches: one file each under `data/answers/`.

    Named by the hash of question and version, so that an answer can never stand for another
    question or for an older state of the table.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    @staticmethod
    def key(origin: str, version: str) -> str:
        """The name of the answer to a question, for a version of its table."""
        return sha256_json([origin, version])

    def get(self, source: str, table: str, key: str) -> StoredAnswer | None:
        """The answer, or None where there is none or its file is damaged."""
        try:
            head, _, body = self._path(source, table, key).read_bytes().partition(b"\n")
            said = json.loads(head)
            if said["sha256"] == sha256_bytes(body):
                return StoredAnswer(body, str(said["retrieved_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def put(self, source: str, table: str, key: str, answer: StoredAnswer) -> None:
        """Store an answer that has been read without a fault.

        Raises:
            InputError: the folder cannot be written, or the disk is full.
        """
        head = {"sha256": sha256_bytes(answer.body), "retrieved_at": answer.retrieved_at}
        path = self._path(source, table, key)
        try:
            write_whole(path, json.dumps(head).encode() + b"\n" + answer.body)
        except OSError as error:
            found = os_reason(error)
            raise InputError(labels.problem("answer-not-stored", str(path.parent), found)) from None

    def keep_only(self, source: str, table: str, keys: Iterable[str]) -> None:
        """Drop a table's answers to other questions, and what a killed process left half written.

        Another fetch of the same table may then have to ask again; it cannot go wrong.
        """
        wanted = {f"{key}{_SUFFIX}" for key in keys}
        folder = self._folder / source / table.casefold()
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.name not in wanted:
                with suppress(OSError):
                    path.unlink()

    def _path(self, source: str, table: str, key: str) -> Path:
        return self._folder / source / table.casefold() / f"{key}{_SUFFIX}"


FAULTS_IN_A_ROW: Final = 3
"""Tables that the source's own faults hit one after the other; then it is down, not the table."""
Table: TypeAlias = tuple[str, str]
"""Source and table id."""
Progress = Callable[[int, int, str], None]
"""Is given how many steps of how many are done, and what comes next."""
Clock = Callable[[], datetime]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Clients:
    """A client for each source that can be asked; `missing` says why one is not there, as without a token."""

    jobindsats: jobindsats.Jobindsats | None = None
    statbank: statbank.StatBank | None = None
    missing: tuple[Problem, ...] = ()
    is_without_token: bool = False

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
        unchanged: How many answers were there already.
        problems: Why tables of the plan, or parts of them, are not in the delivery.
        failed: Those tables.
        notes: Tables that are taken only where they are, and are not, and numbers for which a source gave
            no row, by table, in words.
    """

    delivery: Delivery
    asked: int
    unchanged: int
    problems: tuple[Problem, ...] = ()
    failed: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


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
        root: The working copy; answers are stored under `data/answers/`.
        clients: For the sources of the plan.
        progress: See `Progress`.
        clock: The present, with time zone; its date stands on the observations.

    Returns:
        The tables that came, and the problems of those that did not.

    Raises:
        SourceError: no table could be had, with all their problems.
        InputError: answers cannot be written.
    """
    return _Fetch(root, clients, progress, clock).run(plan)


def fetch_and_store(
    plan: FetchPlan,
    root: Path,
    clients: Clients,
    *,
    accept_missing: bool = False,
    progress: Progress = lambda _done, _total, _text: None,
    clock: Clock = lambda: datetime.now().astimezone(),
) -> tuple[Snapshot | None, Fetched]:
    """Fetch, and store what came and may be stored; see `fetch` and `snapshot_store.store`.

    Returns:
        The new snapshot (None where no table may be stored), and the fetch with the problems of
        tables that did not come or may not be stored.

    Raises:
        SourceError: no table could be had.
        DataError: the newest snapshot is damaged.
        InputError: answers or snapshot cannot be written.
        LockedError: another store is at work.
    """
    fetched = fetch(plan, root, clients, progress=progress, clock=clock)
    delivery, refused = storable(fetched.delivery, root, accept_missing=accept_missing)
    snapshot = store(delivery, root, accept_missing=accept_missing) if delivery else None
    came = {file.table_id for file in delivery.raw} if delivery else set()
    failed = {(one.source, one.table_id): None for one in fetched.delivery.raw}
    left = tuple(table for table in failed if table[1] not in came)
    for table in left:
        # An answer that must not be stored may have been a bad one: the next fetch asks again.
        AnswerStore(root).keep_only(*table, ())
    return snapshot, replace(
        fetched,
        delivery=delivery or replace(fetched.delivery, frame=fetched.delivery.frame[:0], raw=()),
        problems=(*fetched.problems, *refused),
        failed=(*fetched.failed, *left),
    )


class _Fetch:
    def __init__(self, root: Path, clients: Clients, progress: Progress, clock: Clock) -> None:
        self._answers = AnswerStore(root)
        self._clients = clients
        self._progress = progress
        self._clock = clock
        self._problems: list[Problem] = list(clients.missing)
        self._failed: dict[Table, None] = {}
        self._down: dict[str, int] = {}
        """How many tables in a row a source's own faults have hit."""
        self._used: dict[Table, set[str]] = {}
        self._versions: dict[str, str] = {}
        """Version by id of each table that data was asked for."""
        self._skipped: list[str] = []
        self._if_there: set[Table] = set()
        """Tables that the plan takes only where they are ..."""
        self._without: list[str] = []
        """... and those that are not, in words."""
        self._asked = self._unchanged = 0

    def run(self, plan: FetchPlan) -> Fetched:
        self._if_there = {
            *(("jobindsats", one.id) for one in plan.jobindsats if one.if_there),
            *(("statbank", one.id) for one in plan.statbank if one.if_there),
        }
        questions = self._questions(plan)
        total = sum(map(len, questions.values()))
        frames: dict[Table, pd.DataFrame] = {}
        answers: dict[Table, list[tuple[Question, StoredAnswer]]] = {}
        done = 0
        for table, of_table in questions.items():
            self._progress(done, total, f"{table[0]}: {table[1]}")
            found = self._tried(table, partial(self._all_answered, of_table))
            done += len(of_table)
            if found is not None:
                frames[table] = found[0]
                answers[table] = found[1]
        self._progress(total, total, "")
        for changed in self._changed_meanwhile(set(frames)):
            del frames[changed]
        if self._skipped:
            self._problems.append(
                labels.problem("not-fetched", "hentning", ", ".join(self._skipped))
            )
        if not frames:
            raise SourceError(self._problems)
        for table in frames:
            self._answers.keep_only(*table, self._used.get((table[0], table[1].casefold()), ()))
        whole = pd.concat(frames.values(), ignore_index=True)
        pairs = [pair for table in frames for pair in answers[table]]
        return Fetched(
            Delivery(whole, tuple(_raw_file(*pair, n) for n, pair in enumerate(pairs))),
            self._asked,
            self._unchanged,
            tuple(self._problems),
            tuple(self._failed),
            (*self._without, *_notes(frames)),
        )

    def _tried(self, table: Table, action: Callable[[], Result]) -> Result | None:
        """What came of one table; None, its problems noted, where it failed or its source is down."""
        source = table[0]
        if self._down.get(source, 0) >= FAULTS_IN_A_ROW:
            self._failed[table] = None
            self._skipped.append(table[1])
            return None
        try:
            result = action()
        except (SourceError, DataError) as error:
            # What the source answers wrongly, or not at all, is a failure of any table.
            if table in self._if_there and type(error) is SourceError:
                why = "; ".join(f"{one.what} ({one.found})" for one in error.problems)
                self._without.append(f"{table[0]}: {table[1]} er sprunget over: {why}")
                return None
            self._failed[table] = None
            self._problems += error.problems
            if isinstance(error, labels.UnreachableError):
                self._down[source] = FAULTS_IN_A_ROW
            elif isinstance(error, labels.ServerFaultError | labels.TooBigError):
                self._down[source] = self._down.get(source, 0) + 1
            return None
        self._down[source] = 0
        return result

    def _questions(self, plan: FetchPlan) -> dict[Table, list[Question]]:
        """The questions of every table that its source can answer."""
        steps: list[tuple[Table, Callable[[], list[Question]]]] = []
        if plan.jobindsats:
            star, catalogue = self._clients.jobindsats, None
            if star is not None:
                self._progress(0, len(plan.jobindsats), "jobindsats: tabeloversigt")
                try:
                    catalogue = star.catalogue()
                except SourceError as error:
                    self._problems += error.problems
            for one in plan.jobindsats:
                key: Table = ("jobindsats", one.id)
                if star is None or catalogue is None:
                    self._failed[key] = None
                else:
                    steps.append((key, partial(self._of_jobindsats, star, one, catalogue)))
        for table in plan.statbank:
            bank, key = self._clients.statbank, ("statbank", table.id)
            if bank is None:
                self._failed[key] = None
            else:
                steps.append((key, partial(self._of_statbank, bank, table)))
        questions: dict[Table, list[Question]] = {}
        for number, (key, step) in enumerate(steps):
            self._progress(number, len(steps), f"{key[0]}: {key[1]}, beskrivelse")
            found = self._tried(key, step)
            if found is not None:
                questions.setdefault(key, []).extend(found)
        return questions

    def _of_statbank(self, client: statbank.StatBank, asked: StatbankTable) -> list[Question]:
        where, info = client.where(asked.id), client.tableinfo(asked.id)
        if wrong := asked.check_titles((info.text,), where):
            raise SourceError(wrong)
        plan, problems = statbank.there(info, asked, where)
        self._problems += problems

        def read(query: statbank.Query, body: bytes) -> Rows:
            cells = statbank.read_answer(body, query, where)
            return statbank.rows_of(cells, query, info, plan, where)

        query = statbank.plan_query(info, plan, where)
        return [Question("statbank", info.id, info.updated, client, query, read)]

    def _of_jobindsats(
        self, client: jobindsats.Jobindsats, plan: JobindsatsTable, catalogue: Catalogue
    ) -> list[Question]:
        entry, where = client.entry_of(catalogue, plan.id), client.where(plan.id)
        if problems := plan.check_titles(filter(None, entry.titles), where):
            raise SourceError(problems)
        version = entry.update_latest or ""
        _, spec, _ = self._answer(
            ("jobindsats", plan.id),
            f"specification v3 {plan.id}",
            version,
            lambda: client.spec_body(plan.id),
            lambda answer: client.read_spec(answer.body, plan.id),
        )

        def read(ask: jobindsats.Ask, body: bytes) -> Rows:
            answer = jobindsats_rows.read_answer(body, where)
            return jobindsats_rows.Rows(answer, ask, plan, spec, where).read()

        asks = client.asks(plan, spec)
        return [Question("jobindsats", plan.id, version, client, ask, read) for ask in asks]

    def _all_answered(
        self, questions: list[Question]
    ) -> tuple[pd.DataFrame, list[tuple[Question, StoredAnswer]]]:
        """All answers of one table, and their observations."""
        found = [one for question in questions for one in self._answered(question)]
        # One frame per answer: a million rows as dicts would not fit into a laptop.
        frames = [frame for _, _, frame in found]
        frame = validate(pd.concat(frames, ignore_index=True), questions[0].table)
        return frame, [(question, answer) for question, answer, _ in found]

    def _answered(self, question: Question) -> list[tuple[Question, StoredAnswer, pd.DataFrame]]:
        """The answer that is there or comes; a question that is too big is asked in halves."""

        def ask() -> bytes:
            self._asked += 1
            self._versions[question.table] = question.version
            return question.client.answer(question.ask)

        table = (question.source, question.table)
        read = partial(_frame, question)
        try:
            answer, frame, was_there = self._answer(
                table, question.origin, question.version, ask, read
            )
        except labels.TooBigError:
            halves = question.halves()
            if not halves:
                raise
            return [answered for half in halves for answered in self._answered(half)]
        self._unchanged += was_there
        return [(question, answer, frame)]

    def _answer(
        self,
        table: Table,
        origin: str,
        version: str,
        ask: Callable[[], bytes],
        read: Callable[[StoredAnswer], Result],
    ) -> tuple[StoredAnswer, Result, bool]:
        """An answer, what is read of it, and whether it was there; stored as soon as it is read."""
        # Where the source does not say when it changed, an answer is good for its day.
        key = AnswerStore.key(origin, version or self._clock().date().isoformat())
        stored = self._answers.get(*table, key)
        answer = stored or StoredAnswer(ask(), self._clock().isoformat(timespec="seconds"))
        result = read(answer)
        if stored is None:
            self._answers.put(*table, key, answer)
        self._used.setdefault((table[0], table[1].casefold()), set()).add(key)
        return answer, result, stored is not None

    def _changed_meanwhile(self, fetched: set[Table]) -> list[Table]:
        """Tables of which answers of two states might stand in one snapshot; they are left out."""
        client = self._clients.jobindsats
        asked = [
            table for table in fetched if table[1] in self._versions and table[0] == "jobindsats"
        ]
        if client is None or not asked:
            return []
        try:
            catalogue = client.catalogue()
            now = {one: client.entry_of(catalogue, one).update_latest or "" for _, one in asked}
        except SourceError as error:
            self._problems += error.problems
            self._failed |= dict.fromkeys(asked)
            return asked
        changed = [table for table in asked if now[table[1]] != self._versions[table[1]]]
        for table in changed:
            self._failed[table] = None
            found = f"{self._versions[table[1]]} -> {now[table[1]]}"
            self._problems.append(
                labels.problem("updated-meanwhile", client.where(table[1]), found)
            )
        return changed


def _frame(question: Question, answer: StoredAnswer) -> pd.DataFrame:
    rows = question.read(question.ask, answer.body)
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64"})
    return frame.assign(
        unit=frame["indicator"].map({one.id: one.unit for one in INDICATORS.values()}),
        source=question.source,
        table_id=question.table,
        retrieved_at=answer.retrieved_at[:10],
    )


def _raw_file(question: Question, answer: StoredAnswer, number: int) -> RawFile:
    return RawFile(
        name=f"{question.table.casefold()}-{number:03d}.{_SUFFIXES[question.source]}",
        content=answer.body,
        source=question.source,
        table_id=question.table,
        retrieved_at=answer.retrieved_at,
        origin=question.origin,
        version=question.version,
    )


def _notes(frames: Mapping[Table, pd.DataFrame]) -> Iterator[str]:
    """What a source gave no row for, an area a line."""
    for (source, table), frame in frames.items():
        if source != "jobindsats":
            continue
        for code, rows in frame[frame["state"] == "absent"].groupby("area"):
            periods = sorted(set(rows["period"]))
            which = (
                periods[0]
                if len(periods) == 1
                else f"{len(periods)} perioder, {periods[0]} - {periods[-1]}"
            )
            yield f"{table}: kilden har ingen række for {area_of(str(code)).navn} i {which}"
