"""The catalogue: what it says of each report, and every page of the site (templates in `data/site`)."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from beskplan import __version__
from beskplan.core.editions import edition_name, edition_period, split_name
from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.core.numbers import format_number
from beskplan.core.periods import date_text
from beskplan.core.words import danish_key
from beskplan.params.jobs import Workplace
from beskplan.publish.approval import DEMO_FIX, CopyError, demo_problem, whole_copy
from beskplan.publish.changes import Changes, changes_between, summary, without_period
from beskplan.publish.edition_overview import SCOREBOARD, editions_of, last_day, overview, times_of
from beskplan.publish.trail import JOB, STAGES, Event, State, States, day_of
from beskplan.registers.areas import area
from beskplan.registers.provenance import sha256_bytes
from beskplan.render.page_html import STATEMENT_URL, TEMPLATES
from beskplan.render.templates import environment, rendered
from beskplan.render.values import VALUES
from beskplan.runner.records import Records
from beskplan.runner.versions import MANIFEST, Store, Version

_FILE = re.compile(r"(?:tabeller/)?[A-Za-z0-9][A-Za-z0-9_-]*\.(?:html|pdf|xlsx|csv)")
"""The files of a report that go to readers; nothing else is put on the site."""
NO_FIGURE = "ingen tal"


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

    def path(self, name: str, issue: Issue | None = None) -> str:
        """Path on the site of a file of a version; of the one that is shown by default."""
        return f"{self.job}/{(issue or self.issue).name}/{name}"


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
    fix = f"{DEMO_FIX}; --demo tager den med blandt udkastene" if drafts else DEMO_FIX
    for job in _jobs(reports, states, drafts=drafts):
        try:
            entry = _built(reports, states, job) if drafts else _published(reports, states, job)
            refused = None if demo or not entry else demo_problem(entry.issue.version, fix=fix)
        except CopyError as error:
            damaged.extend(error.problems)
            continue
        except (OSError, ValueError, KeyError, TypeError, BeskplanError) as error:
            again = f"byg den igen: beskplan run --force {job}"
            damaged.append(Problem(job, "kan ikke vises", str(error), fix=again))
            continue
        if refused:
            demos.append(refused)
        elif entry:
            entries.append(entry)
    if damaged and not drafts:
        # A site without a report that readers have had would be a smaller site, unasked.
        raise CopyError(damaged)
    entries.sort(
        key=lambda one: (
            danish_key(one.place),
            -one.aar,
            danish_key(one.bilag_title),
            -last_day(one.periode),
        )
    )
    return tuple(entries), (*demos, *damaged)


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
    return Issue(content, state, whole_copy(reports, state.last, state.approval or state.last))


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


def over_the_years(
    entries: Iterable[Entry],
) -> tuple[list[int], list[tuple[str, list[tuple[str, str]]]]]:
    """The years, the oldest first, and what the reports count with (number, when) for each year.

    Where two reports of a year tell the same at different times, the later one in the plan's order
    stands in a row of its own, named after its report: nothing is averaged or chosen.
    """
    found: dict[str, dict[int, tuple[str, str]]] = {}
    ordered = sorted(entries, key=lambda one: (one.aar, one.bilag))
    for entry in ordered:
        for label, when, value in entry.key_figures:
            there = found.get(label, {}).get(entry.aar)
            name = label if there in (None, (value, when)) else f"{label} ({entry.title})"
            found.setdefault(name, {})[entry.aar] = (value, when)
    years = sorted({entry.aar for entry in ordered})
    rows = [
        (label, [values.get(year, (NO_FIGURE, "")) for year in years])
        for label, values in found.items()
    ]
    return years, rows


SITE = TEMPLATES.parent / "site"
LATEST = 10
"""On the front page; the feed has more."""
FEED_ENTRIES = 100
"""As many as a reader of feeds wants; the others stand in the catalogue."""
FORMATS = {"html": "HTML", "pdf": "PDF", "xlsx": "Excel"}
"""A report's main files, in the order in which they are offered; tables are CSV besides."""
NO_APPROVALS = "ingen godkendelser"


@dataclass(frozen=True)
class Site:
    """A catalogue that is ready to be put somewhere.

    Attributes:
        entries: The reports on it.
        files: Path -> a file of a report, and its sha256; it never changes under its path.
        pages: Path -> page, in the order in which they may replace older ones.
        problems: Reports that could not be shown.
        trail: The approval trail that it was made from.
    """

    entries: tuple[Entry, ...]
    files: dict[str, tuple[Path, str]]
    pages: dict[str, bytes]
    problems: tuple[Problem, ...]
    trail: tuple[Event, ...] = ()

    def hashes(self) -> dict[str, str]:
        """Path -> sha256 of everything on the site."""
        pages = {path: sha256_bytes(content) for path, content in self.pages.items()}
        return {path: sha256 for path, (_, sha256) in self.files.items()} | pages

    @property
    def last_event(self) -> Event | None:
        """The approval or withdrawal that the trail ended with; it is printed on every page.

        Publications are left out: they follow from the approvals, and a site that is published again
        unchanged stays the same.
        """
        said = (event for event in reversed(self.trail) if event.what != "offentliggjort")
        return next(said, None)


@dataclass(frozen=True)
class _Place:
    """A municipality with its reports, the newest year first."""

    slug: str
    name: str
    entries: tuple[Entry, ...]


def make_site(
    place: Workplace,
    events: Sequence[Event],
    *,
    drafts: bool,
    demo: bool = False,
    address: str = "",
) -> Site:
    """Gather the catalogue.

    Args:
        place: The working copy.
        events: The trail of approvals.
        drafts: The internal catalogue: what was built last, drafts too. Else only what was published.
        demo: Among the drafts also what is made of demo data.
        address: Where it will be found, for the feed.

    Raises:
        InputError: `address` is none.
        CopyError: a copy is not as it was approved.
    """
    if address and not address.startswith(("https://", "http://")):
        what, expected = "er ikke en webadresse", "en adresse, der begynder med https://"
        raise InputError(Problem("--url", what, repr(address), expected))
    base = address.rstrip("/") + "/" if address else ""
    entries, problems = read_entries(place.reports, States(events), drafts=drafts, demo=demo)
    files = {
        entry.path(name, issue): (issue.version.folder / name, sha256)
        for entry in entries
        for issue in (entry.issue, *entry.earlier)
        for name, sha256 in issue.files.items()
    }
    site = Site(entries, files, {}, problems, tuple(events))
    last = site.last_event
    site.pages.update(
        _pages(entries, base, drafts=drafts, head=last.place if last else NO_APPROVALS)
    )
    return site


def _pages(
    entries: tuple[Entry, ...], address: str, *, drafts: bool, head: str
) -> Iterator[tuple[str, bytes]]:
    """Path and content of every page: what a page leads to comes before it, the front page last."""
    common = {"drafts": drafts, "head": head, "root": "../", "place": "", "trail": ()}
    latest = sorted(entries, key=lambda one: (one.issue.at, one.job), reverse=True)
    by_slug: dict[str, list[Entry]] = {}
    for entry in entries:
        by_slug.setdefault(entry.kommune, []).append(entry)
        yield from _report(entry, common)
    places = [_Place(slug, found[0].place, tuple(found)) for slug, found in by_slug.items()]
    for place in places:
        _, figures = over_the_years(one for one in place.entries if not one.periode)
        years = sorted({one.aar for one in place.entries})
        by_year = [(aar, [e for e in place.entries if e.aar == aar]) for aar in reversed(years)]
        values = {"heading": place.name, "years": years, "figures": figures, "by_year": by_year}
        yield _page(f"kommuner/{place.slug}.html", "kommune.html.j2", common | values)
    all_years = sorted({entry.aar for entry in entries if not entry.periode}, reverse=True)
    # Name and newest title of every Bilag.
    titles = {one.bilag: one.bilag_title for one in sorted(entries, key=lambda one: one.aar)}
    all_bilag = sorted(titles.items(), key=lambda pair: danish_key(pair[1]))
    for aar in all_years:
        there = {
            (one.kommune, one.bilag): one for one in entries if one.aar == aar and not one.periode
        }
        columns = [(name, title) for name, title in all_bilag if name in {key[1] for key in there}]
        heading = f"Planår {aar}"
        values = _overview(heading, f"Rapporter for planår {aar}", columns, places, there)
        yield _page(f"aar/{aar}.html", "oversigt.html.j2", common | values)
    for bilag, title in all_bilag:
        of_bilag = [one for one in entries if one.bilag == bilag]
        by_time = {(one.kommune, one.periode or str(one.aar)): one for one in of_bilag}
        columns_ = times_of(of_bilag)
        values = _overview(title, f"Rapporter: {title}", columns_, places, by_time)
        yield _page(f"bilag/{bilag}.html", "oversigt.html.j2", common | values)
    editions = editions_of(entries)
    for name, found in editions.items():
        trail = ((found[0].bilag_title, f"bilag/{found[0].bilag}.html"),)
        values = {**overview(found), "trail": trail, **_script("sort.js")}
        yield _page(f"udgaver/{name}.html", "udgave.html.j2", common | values)
    feed = {"entries": latest[:FEED_ENTRIES], "address": address}
    yield _page("feed.atom", "feed.atom.j2", feed)
    front = {
        "root": "",
        "heading": "Rapporter til beskæftigelsesplaner",
        "entries": entries,
        "places": places,
        "all_years": all_years,
        "all_bilag": all_bilag,
        "editions": [(name, found[0].title) for name, found in editions.items()],
        "latest": latest[:LATEST],
        "data": _search_data(entries, all_bilag),
        **_script("search.js"),
    }
    yield _page("index.html", "index.html.j2", common | front)


def _script(name: str) -> dict[str, str]:
    """A page's own script, and the hash that lets it alone run."""
    script = _text(name)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": script, "script_hash": f"sha256-{digest}"}


def _report(entry: Entry, common: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    trail = (
        (entry.place, f"kommuner/{entry.kommune}.html"),
        (f"Planår {entry.aar}", f"kommuner/{entry.kommune}.html#aar-{entry.aar}"),
    )
    common = common | {"root": "../../../", "place": entry.whom}
    if entry.changes and not entry.changes.none:
        values = {
            "heading": f"Ændringer i {entry.title}",
            "trail": (*trail, (entry.title, f"{entry.job}/index.html")),
            "changes": entry.changes,
        }
        yield _page(f"{entry.job}/aendringer.html", "aendringer.html.j2", common | values)
    values = {"heading": entry.title, "trail": trail, "entry": entry}
    yield _page(f"{entry.job}/index.html", "rapport.html.j2", common | values)


def _overview(
    heading: str,
    caption: str,
    columns: Sequence[tuple[Any, str]],
    places: Sequence[_Place],
    there: dict[tuple[str, Any], Entry],
) -> dict[str, Any]:
    """A row a municipality, a column a Bilag or a year."""
    rows = [(place, [there.get((place.slug, key)) for key, _ in columns]) for place in places]
    return {
        "heading": heading,
        "caption": caption,
        "columns": [title for _, title in columns],
        "rows": [row for row in rows if any(row[1])],
    }


def _search_data(entries: Iterable[Entry], all_bilag: list[tuple[str, str]]) -> str:
    """What the search knows, as JSON that cannot end the element that holds it."""
    reports = [
        [
            entry.job,
            entry.title,
            entry.place,
            entry.issue.state.stage,
            entry.manifest["data"]["text"].rstrip("."),
            [[format_, path] for _, format_, path in _main_files(entry)],
        ]
        for entry in entries
    ]
    found = {"stages": STAGES, "bilag": all_bilag, "reports": reports}
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _main_files(entry: Entry) -> list[tuple[str, str, str]]:
    """Name, format and path on the site of the report's page, PDF and workbook."""
    names = ((f"{entry.bilag}.{end}", text) for end, text in FORMATS.items())
    return [(name, text, entry.path(name)) for name, text in names if name in entry.issue.files]


def _page(path: str, template: str, values: dict[str, Any]) -> tuple[str, bytes]:
    common = {
        "style": _text("../templates/beskplan.css") + _text("site.css"),
        "version": __version__,
        "statement_url": STATEMENT_URL,
    }
    return path, rendered(f"site/{template}", common | values).encode()


def _day(at: str | datetime) -> str:
    """`22. november 2026`, where the reader is."""
    return date_text(day_of(at) if isinstance(at, str) else at.astimezone().date())


def _years(entries: Iterable[Entry]) -> str:
    """`2019-2021`, `2021`."""
    found = sorted({entry.aar for entry in entries})
    return f"{found[0]}-{found[-1]}" if len(found) > 1 else str(found[0])


@cache
def _text(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")


environment().filters.update(
    stage=STAGES.__getitem__,
    day=_day,
    years=_years,
    # `1 rapport`, `1.176 rapporter`.
    count=lambda number, one, many: f"{format_number(number)} {one if number == 1 else many}",
    summary=summary,
    main_files=_main_files,
    uuid=lambda name: uuid5(NAMESPACE_URL, name).urn,
    moment=lambda at: at.astimezone(UTC).isoformat(timespec="seconds"),
)
