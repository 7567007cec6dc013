"""What the catalogue says of each report: the version that readers get, those before it, its numbers.

All municipalities of one edition stand side by side, benefits across, from the copies that readers get.
What the matrices show is what the municipalities' own pages print, cell by cell: a withheld number
is its word here too, and nothing is added up or ranked.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from beskplan.blocks.tables import NO_PCT, STATE_NOTES
from beskplan.core.danish import danish_key
from beskplan.core.editions import by_end, edition_name, edition_period, split_name
from beskplan.core.errors import BeskplanError, Problem
from beskplan.core.files import sha256_json
from beskplan.indicators.quantities import ABSENT_TEXT, WITHHELD_TEXT
from beskplan.publish.approval import CopyError, demo_problem, whole_copy
from beskplan.publish.changes import Changes, changes_between, without_period
from beskplan.publish.trail import JOB, State, States, problem
from beskplan.registers.areas import area
from beskplan.render.page import Page, Status, read_notebook, read_page
from beskplan.render.values import VALUES
from beskplan.runner.records import MANIFEST, Records, Store, Version

_FILE = re.compile(r"(?:tabeller/)?[A-Za-z0-9][A-Za-z0-9_-]*\.(?:html|pdf|xlsx|csv)")
"""The files of a report that go to readers; nothing else is put on the site."""

SCOREBOARD = "tabel-resultattavle"
"""Id of the table in `tal.json` that has a benefit a row."""


@dataclass(frozen=True)
class Issue:
    """One version of a report as readers get it.

    Attributes:
        content: Name of the version that was built.
        state: What was said of it.
        version: The folder that readers get: the copy that says so, else the draft.
    """

    content: str
    state: State
    version: Version

    @property
    def name(self) -> str:
        """Name of its folder on the site: by its content, so that no file there ever changes."""
        return self.version.content

    @property
    def files(self) -> dict[str, str]:
        """Path -> sha256 of the files for readers."""
        return {
            name: sha256 for name, sha256 in self.version.files.items() if _FILE.fullmatch(name)
        }

    @cached_property
    def at(self) -> datetime:
        """When it became what it is, where the reader is."""
        said = self.state.last
        return datetime.fromisoformat(
            said.at if said else self.version.manifest["made_at"]
        ).astimezone()


@dataclass(frozen=True)
class Entry:
    """A report in the catalogue.

    Attributes:
        job: Its id, which is also its folder on the site.
        aar: Plan year.
        kommune: Slug of the municipality.
        bilag: Name of the notebook.
        periode: Of an edition, `2026K3`; else empty.
        bilag_title: As on the report.
        place: `Rudersdal Kommune`.
        issue: The version that is shown.
        earlier: Versions before it that can still be read, the newest first.
        changes: Since the version before; None where there is none.
        key_figures: What is counted, when, and the number as printed.
        tables: Number and title of each table, and its file.
        scoreboard: Of an edition the table with a benefit a row, as `tal.json` has it.
        failed: Day of a failed build after it, for those who see drafts.
    """

    job: str
    aar: int
    kommune: str
    bilag: str
    periode: str
    bilag_title: str
    place: str
    issue: Issue
    earlier: tuple[Issue, ...]
    changes: Changes | None
    key_figures: tuple[tuple[str, str, str], ...]
    tables: tuple[tuple[str, str], ...]
    scoreboard: dict[str, Any] | None = None
    failed: str = ""

    @property
    def title(self) -> str:
        """Of an edition with its period: `Status, 3. kvartal 2026`."""
        when = edition_period(self.periode).text if self.periode else ""
        return ", ".join(filter(None, (self.bilag_title, when)))

    @property
    def whom(self) -> str:
        """`Rudersdal Kommune, 2021`; the title of an edition says when."""
        return self.place if self.periode else f"{self.place}, {self.aar}"

    @property
    def edition(self) -> str:
        """`status-2026K3`: the same for every municipality."""
        return edition_name(self.bilag, self.periode)

    @property
    def manifest(self) -> dict[str, Any]:
        """Of the version that is shown."""
        return self.issue.version.manifest

    @property
    def page(self) -> Page:
        """The page of the version that is shown, with its status."""
        notebook = read_notebook(self.issue.version.folder / f"{self.bilag}.ipynb")
        return read_page(notebook).with_status(self.issue.state.status)

    def path(self, name: str, issue: Issue | None = None) -> str:
        """Path on the site of a file of a version; of the one that is shown by default."""
        return f"{self.job}/{(issue or self.issue).name}/{name}"


def together_path(plan: str, parts: Iterable[tuple[str, Status]]) -> str:
    """Path on the site of all Bilag of a plan as one PDF.

    Named by what it is made of, so that no file there ever changes, and none is set twice.

    Args:
        plan: `2021/rudersdal`.
        parts: Name of the version and status of each Bilag, in the plan's order.
    """
    made_of = [[content, status.kind, status.text] for content, status in parts]
    aar, slug = plan.split("/")
    return f"{plan}/samlet/{sha256_json(made_of)[:16]}/{slug}-{aar}.pdf"


def read_entries(
    reports: Path, states: States, *, drafts: bool, demo: bool = False
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Every report in the order of its plan, and what could not be shown.

    Args:
        reports: The folder of the reports.
        states: From the trail of approvals.
        drafts: Show what was built last, whatever was said of it; else only what was published, and
            what was withdrawn, with the reason on it.
        demo: Among the drafts show what is made of demo data too.

    Raises:
        CopyError: what readers have had cannot be shown as it was approved; every fault is told.
    """
    entries: list[Entry] = []
    demos: list[Problem] = []
    damaged: list[Problem] = []
    otherwise = "; --demo tager den med blandt udkastene" if drafts else ""
    for job in _jobs(reports, states, drafts=drafts):
        try:
            entry = _built(reports, states, job) if drafts else _published(reports, states, job)
            version = entry and not demo and entry.issue.version
            refused = demo_problem(version, otherwise=otherwise) if version else None
        except CopyError as error:
            damaged.extend(error.problems)
            continue
        except (OSError, ValueError, KeyError, TypeError, BeskplanError) as error:
            damaged.append(problem("not-shown", job, str(error)))
            continue
        if refused:
            demos.append(refused)
        elif entry:
            entries.append(entry)
    if damaged and not drafts:
        # A site without a report that readers have had would be a smaller site, unasked.
        raise CopyError(damaged)
    entries.sort(key=in_time, reverse=True)
    entries.sort(
        key=lambda one: (
            danish_key(one.place),
            -one.aar,
            danish_key(one.bilag_title),
        )
    )
    return tuple(entries), (*demos, *damaged)


def in_time(entry: Entry) -> tuple[int, str, int]:
    """What reports are sorted by in time: what they are of, and the plan year; no period comes first."""
    of = by_end(edition_period(entry.periode)) if entry.periode else (0, "")
    return *of, entry.aar


def _jobs(reports: Path, states: States, *, drafts: bool) -> list[str]:
    if not drafts:
        return list(states.jobs())
    paths = reports.glob(f"[0-9][0-9][0-9][0-9]/*/*/{MANIFEST}")
    names = (path.parent.relative_to(reports).as_posix() for path in paths)
    return sorted(name for name in names if re.fullmatch(JOB, name))


def _built(reports: Path, states: States, job: str) -> Entry:
    """What was built last."""
    version = Version(reports / job)
    content = version.content
    before = Store.of(reports).version(
        job, (version.manifest.get("previous") or {}).get("content", "-")
    )
    return _entry(
        job,
        _issue(reports, job, content, states.of(job, content)),
        before if (before.folder / VALUES).is_file() else None,
        # Versions that a person has approved or withdrawn: a draft that was replaced is nobody's.
        _earlier(reports, job, content, states.known(job)),
        failed=Records(reports).read(job).failed_at,
    )


def _published(reports: Path, states: States, job: str) -> Entry | None:
    """What was published last, else what was withdrawn last; None where there is neither."""
    content = states.public(job)
    if not content:
        return None
    # What was approved and never published is no version that readers have had.
    had = {one: state for one, state in states.known(job).items() if state.published}
    issue = _issue(reports, job, content, had[content])
    earlier = _earlier(reports, job, content, had)
    before = next((one.version for one in earlier if one.state.approval), None)
    return _entry(job, issue, before, earlier)


def _issue(reports: Path, job: str, content: str, state: State) -> Issue:
    if not state.last:
        return Issue(content, state, Version(reports / job))
    return Issue(content, state, whole_copy(reports, state.last))


def _earlier(reports: Path, job: str, shown: str, states: dict[str, State]) -> tuple[Issue, ...]:
    return tuple(
        _issue(reports, job, content, state)
        for content, state in reversed(states.items())
        if content != shown and state.copy
    )


def _entry(
    job: str, issue: Issue, before: Version | None, earlier: tuple[Issue, ...], failed: str = ""
) -> Entry:
    version = issue.version
    aar, kommune, name = job.split("/")
    bilag, periode = split_name(name)
    if periode:
        edition_period(periode)  # a folder of another name is no edition
    shown = json.loads((version.folder / VALUES).read_bytes())
    tables = []
    for one in shown["tables"]:
        number, id_ = one["name"].rpartition(" ")[2], one["id"].removeprefix("tabel-")
        if (name := f"tabeller/{number.zfill(2)}-{id_}.csv") in issue.files:
            tables.append((f"{one['name']}. {one['title']}", name))
    return Entry(
        job=job,
        aar=int(aar),
        kommune=kommune,
        bilag=bilag,
        periode=periode,
        bilag_title=shown["title"],
        place=area(version.manifest["kommune_kode"]).lang_navn,
        issue=issue,
        earlier=earlier,
        changes=changes_between(before, version) if before else None,
        key_figures=tuple(
            (*without_period(one["label"]), one["value"]) for one in shown["key_figures"]
        ),
        tables=tuple(tables),
        scoreboard=next(
            (one for one in shown["tables"] if periode and one["id"] == SCOREBOARD), None
        ),
        failed=failed,
    )


_MEASURES = {"pct": "Ændring på et år", "andel": "Andel"}
"""The columns of it that are shown, and the title of each."""
NONE = "-"
"""Stands where a municipality's edition does not have the benefit."""
_WORD_NOTES = {
    WITHHELD_TEXT: STATE_NOTES["withheld"],
    ABSENT_TEXT: NO_PCT,
    NONE: f"»{NONE}«: kommunens udgave har ikke ydelsen.",
}

Text = tuple[str, bool]
"""As printed, and whether it is a number."""


@dataclass(frozen=True)
class Matrix:
    """One measure: a row a municipality, a column a benefit."""

    id: str
    title: str
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, tuple[Text, ...]], ...]


def overview(entries: Sequence[Entry]) -> dict[str, Any]:
    """What the page of an edition says; what is withdrawn, or no municipality's, has no numbers there."""
    shown = [
        one
        for one in entries
        if one.scoreboard
        and not one.issue.state.withdrawal
        and area(one.manifest["kommune_kode"]).kind == "kommune"
    ]
    found = matrices(shown)
    words = {text for one in found for _, cells in one.rows for text, _ in cells}
    return {
        "heading": entries[0].title,
        "shown": shown,
        "matrices": found,
        "notes": [note for word, note in _WORD_NOTES.items() if word in words],
        "others": [one for one in entries if one not in shown],
    }


def matrices(entries: Sequence[Entry]) -> tuple[Matrix, ...]:
    """The measures of one edition that any municipality has; entries without a scoreboard have no row.

    Args:
        entries: Of one edition, in the order of the rows.
    """
    with_scores = [(one, one.scoreboard) for one in entries if one.scoreboard]
    # In the order of the longest page, then what only others have.
    longest = sorted((board["rows"] for _, board in with_scores), key=len, reverse=True)
    benefits = tuple(dict.fromkeys(row[0] for rows in longest for row in rows))
    found = []
    for column, title in _MEASURES.items():
        cells = [(entry, _column(board, column)) for entry, board in with_scores]
        units = dict.fromkeys(unit for _, (unit, _) in cells if unit)
        rows = tuple(
            (entry, tuple(texts.get(name, (NONE, False)) for name in benefits))
            for entry, (_, texts) in cells
        )
        if units:
            found.append(Matrix(column, title, ", ".join(units), benefits, rows))
    return tuple(found)


def _column(board: dict[str, Any], column: str) -> tuple[str, dict[str, Text]]:
    """Head of a column, and its cells by benefit; empty where the page does not have it."""
    for place, (name, label) in enumerate(board["columns"]):
        if name == column:
            return label, {row[0]: _text(row[2][place]) for row in board["rows"]}
    return "", {}


def _text(cell: Iterable[Any]) -> Text:
    text, value, _ = cell
    return str(text), value is not None


def editions_of(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The reports of each edition by its name, the newest edition first.

    Of one period under two plans the later plan's: each municipality stands there once.
    """
    found: dict[str, dict[str, Entry]] = {}
    for entry in sorted(entries, key=lambda one: in_time(one)[:2], reverse=True):
        if entry.periode:
            # Of a municipality the later plan comes first (`read_entries`).
            found.setdefault(entry.edition, {}).setdefault(entry.kommune, entry)
    return {name: list(reports.values()) for name, reports in found.items()}


def times_of(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The years or editions of a Bilag, the newest first."""
    found = {
        one.periode or str(one.aar): (
            edition_period(one.periode).text.capitalize() if one.periode else f"Planår {one.aar}"
        )
        for one in sorted(entries, key=in_time, reverse=True)
    }
    return list(found.items())
