"""What the catalogue tells of each report, gathered from manifests, versions and the trail."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from beskplan.core.errors import BeskplanError, Problem
from beskplan.publish.changes import Changes, changes_between, without_period
from beskplan.publish.copies import copies
from beskplan.publish.demo import FIX, demo_problem
from beskplan.publish.states import State, States
from beskplan.registers.areas import area, danish_key
from beskplan.render.shown import SHOWN
from beskplan.runner.records import Records
from beskplan.runner.versions import MANIFEST, Store, Version

_JOB = re.compile(r"(?P<aar>\d{4})/(?P<kommune>[a-z][a-z0-9-]*)/(?P<bilag>[a-z][a-z0-9_-]*)")
_FILE = re.compile(r"(?:tabeller/)?[A-Za-z0-9][A-Za-z0-9_-]*\.(?:html|pdf|xlsx|csv)")
"""The files of a report that go to readers; nothing else leaves the house."""


@dataclass(frozen=True)
class Issue:
    """One version of a report as readers get it.

    Attributes:
        version: What was built.
        state: What was said of it.
        worn: The folder that readers get: the copy that wears what was said, else the draft.
    """

    version: Version
    state: State
    worn: Version

    @property
    def name(self) -> str:
        """Name of its folder on the site: by its content, so that no file there ever changes."""
        return self.worn.content

    @property
    def files(self) -> dict[str, str]:
        """Path -> sha256 of the files for readers."""
        return {name: hashed for name, hashed in self.worn.files.items() if _FILE.fullmatch(name)}

    @cached_property
    def at(self) -> datetime:
        """When it became what it is, where the reader is."""
        state = self.state
        said = state.withdrawal or state.published or state.approval
        text = said.at if said else self.version.manifest["made_at"]
        return datetime.fromisoformat(text).astimezone()


@dataclass(frozen=True)
class Entry:
    """A report in the catalogue.

    Attributes:
        job: Its id, which is also its folder on the site.
        aar: Plan year.
        kommune: Slug of the municipality.
        bilag: Name of the notebook.
        title: As on the report.
        place: `Rudersdal Kommune`.
        issue: The version that is shown.
        earlier: Versions before it that can still be read, the newest first.
        changes: Since the version before; None where there is none.
        key_figures: What is counted, when, and the number as printed.
        tables: Number and title of each table, and its file.
        failed: Day of a failed build after it, for those who see drafts.
    """

    job: str
    aar: int
    kommune: str
    bilag: str
    title: str
    place: str
    issue: Issue
    earlier: tuple[Issue, ...]
    changes: Changes | None
    key_figures: tuple[tuple[str, str, str], ...]
    tables: tuple[tuple[str, str], ...]
    failed: str = ""

    @property
    def manifest(self) -> dict[str, Any]:
        """Of the version that is shown."""
        return self.issue.version.manifest


def read_entries(
    reports: Path, states: States, *, drafts: bool, demo: bool = False
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Every report in the order of its plan, and the folders that could not be read.

    Args:
        reports: The folder of the reports.
        states: From the trail of approvals.
        drafts: Show what was built last, whatever was said of it; else only what was published, and
            what was withdrawn, with the reason on it.
        demo: Among the drafts show what is made of demo data too.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    reading = _Reading(reports, states)
    for job in _jobs(reports, states, drafts=drafts):
        try:
            found = reading.built(job) if drafts else reading.released(job)
            if found is None:
                continue
            fix = f"{FIX}; --demo puts it among the drafts" if drafts else FIX
            refused = None if demo else demo_problem(found.issue.version, fix=fix)
            if refused:
                problems.append(refused)
            else:
                entries.append(found)
        except (OSError, ValueError, KeyError, TypeError, BeskplanError) as error:
            fix = f"build it again: beskplan run --force {job}"
            problems.append(Problem(job, "cannot be shown", str(error), fix=fix))
    entries.sort(key=lambda one: (danish_key(one.place), -one.aar, danish_key(one.title)))
    return tuple(entries), tuple(problems)


def _jobs(reports: Path, states: States, *, drafts: bool) -> list[str]:
    if not drafts:
        return [job for job in states.jobs() if _JOB.fullmatch(job)]
    paths = reports.glob(f"[0-9][0-9][0-9][0-9]/*/*/{MANIFEST}")
    names = (path.parent.relative_to(reports).as_posix() for path in paths)
    return sorted(name for name in names if _JOB.fullmatch(name))


class _Reading:
    """Reads entries of one working copy."""

    def __init__(self, reports: Path, states: States) -> None:
        self._reports = reports
        self._states = states
        self._store = Store.of(reports)
        self._copies = copies(reports)
        self._records = Records(reports)

    def built(self, job: str) -> Entry:
        """What was built last."""
        version = Version(self._reports / job)
        previous = version.manifest.get("previous") or {}
        before = self._store.version(job, previous.get("content", "-"))
        return self._entry(
            job,
            self._issue(job, version, self._states.of(job, version.content)),
            before if (before.folder / SHOWN).is_file() else None,
            self._states.known(job),
            failed=self._records.read(job).failed_at,
        )

    def released(self, job: str) -> Entry | None:
        """What was published last, else what was withdrawn last; None where there is neither."""
        known = self._states.known(job)
        content = self._states.released(job)
        if not content:
            return None
        # What was approved and never published is no version that readers have had.
        had = {one: said for one, said in known.items() if said.published and one != content}
        approved = [one for one, said in had.items() if said.approval]
        before = self._store.version(job, approved[-1]) if approved else None
        issue = self._issue(job, self._store.version(job, content), known[content])
        return self._entry(job, issue, before, had)

    def _issue(self, job: str, version: Version, state: State) -> Issue:
        worn = self._copies.version(job, state.copy) if state.copy else version
        return Issue(version, state, worn)

    def _entry(
        self,
        job: str,
        issue: Issue,
        before: Version | None,
        known: dict[str, State],
        *,
        failed: str = "",
    ) -> Entry:
        manifest = issue.version.manifest
        aar, kommune, bilag = job.split("/")
        tells = json.loads((issue.version.folder / SHOWN).read_bytes())
        return Entry(
            job=job,
            aar=int(aar),
            kommune=kommune,
            bilag=bilag,
            title=tells["title"],
            place=area(manifest["kommune_kode"]).lang_navn,
            issue=issue,
            earlier=tuple(self._earlier(job, issue, known)),
            changes=changes_between(before, issue.version) if before else None,
            key_figures=tuple(
                (*without_period(one["label"]), one["value"]) for one in tells["key_figures"]
            ),
            tables=tuple(_tables(tells["tables"], issue)),
            failed=failed,
        )

    def _earlier(self, job: str, shown: Issue, known: dict[str, State]) -> Iterator[Issue]:
        """Versions that a person has approved or withdrawn: a draft that was replaced is nobody's."""
        for content, state in reversed(known.items()):
            if content != shown.version.content and state.copy:
                yield self._issue(job, self._store.version(job, content), state)


def _tables(tables: Iterable[dict[str, Any]], issue: Issue) -> Iterator[tuple[str, str]]:
    """`Tabel 1. Fuldtidspersoner på a-dagpenge`, `tabeller/01-a-dagpenge.csv`; those with a file."""
    for one in tables:
        number, id_ = one["name"].rpartition(" ")[2], one["id"].removeprefix("tabel-")
        name = f"tabeller/{number.zfill(2)}-{id_}.csv"
        if name in issue.files:
            yield f"{one['name']}. {one['title']}", name


def newest(entries: Iterable[Entry]) -> list[Entry]:
    """The same, what became what it is last first."""
    return sorted(entries, key=lambda one: (one.issue.at, one.job), reverse=True)
