"""The catalogue: every page of the site (templates in `data/site`)."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from beskplan import __version__
from beskplan.core.danish import danish_key, format_number
from beskplan.core.errors import BeskplanError, InputError, Problem
from beskplan.core.files import sha256_bytes
from beskplan.core.periods import date_text
from beskplan.params.jobs import Workplace, plan_jobs
from beskplan.publish import entries as catalogue
from beskplan.publish.changes import summary
from beskplan.publish.trail import WORDS, Event, States, day_of, problem
from beskplan.render.page_html import STATEMENT_URL, TEMPLATES, environment, rendered
from beskplan.render.page_pdf import render_combined

NO_FIGURE = "ingen tal"


def over_the_years(
    entries: Iterable[catalogue.Entry],
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

    entries: tuple[catalogue.Entry, ...]
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
    entries: tuple[catalogue.Entry, ...]


def make_site(
    place: Workplace,
    events: Sequence[Event],
    *,
    drafts: bool,
    demo: bool = False,
    address: str = "",
    there: Callable[[str], bytes | None] = lambda _: None,
) -> Site:
    """Gather the catalogue.

    Args:
        place: The working copy.
        events: The trail of approvals.
        drafts: The internal catalogue: what was built last, drafts too. Else only what was published.
        demo: Among the drafts also what is made of demo data.
        address: Where it will be found, for the feed.
        there: Gives what an earlier publication put at a path, unchanged since; None where there is none.

    Raises:
        InputError: `address` is none.
        CopyError: a copy is not as it was approved.
    """
    if address and not address.startswith(("https://", "http://")):
        raise InputError(problem("no-web-address", "--url", repr(address)))
    base = address.rstrip("/") + "/" if address else ""
    entries, problems = catalogue.read_entries(
        place.reports, States(events), drafts=drafts, demo=demo
    )
    files = {
        entry.path(name, issue): (issue.version.folder / name, sha256)
        for entry in entries
        for issue in (entry.issue, *entry.earlier)
        for name, sha256 in issue.files.items()
    }
    combined: dict[str, tuple[str, bytes]] = {}
    if not drafts:
        combined, unset = _combined(place, entries, there)
        problems += unset
    site = Site(entries, files, dict(combined.values()), problems, tuple(events))
    last = site.last_event
    head = last.place if last else NO_APPROVALS
    paths = {job: path for job, (path, _) in combined.items()}
    site.pages.update(_pages(entries, base, paths, drafts=drafts, head=head))
    return site


def _combined(
    place: Workplace, entries: Iterable[catalogue.Entry], there: Callable[[str], bytes | None]
) -> tuple[dict[str, tuple[str, bytes]], tuple[Problem, ...]]:
    """Path and content of the PDF of all Bilag, by plan; only of plans whose every Bilag readers have."""
    found: dict[str, tuple[str, bytes]] = {}
    problems: list[Problem] = []
    public = {one.job: one for one in entries if one.issue.state.stage == "offentliggjort"}
    for plan in dict.fromkeys(f"{one.aar}/{one.kommune}" for one in public.values()):
        aar, slug = plan.split("/")
        try:
            jobs = [one.id for one in plan_jobs(place, slug, int(aar))]
        except BeskplanError:
            continue  # `check` tells what is wrong with params; which Bilag the plan has is not known
        try:
            if len(jobs) > 1 and public.keys() >= set(jobs):
                parts = [public[job] for job in jobs]
                made_of = [(one.issue.content, one.issue.state.status) for one in parts]
                path = catalogue.together_path(plan, made_of)
                pdf = there(path) or render_combined([one.page for one in parts])
                found[plan] = path, pdf
        except BeskplanError as error:
            problems += error.problems
    return found, tuple(problems)


def _pages(
    entries: tuple[catalogue.Entry, ...],
    address: str,
    combined: Mapping[str, str],
    *,
    drafts: bool,
    head: str,
) -> Iterator[tuple[str, bytes]]:
    """Path and content of every page: what a page leads to comes before it, the front page last."""
    common = {"drafts": drafts, "head": head, "root": "../", "place": "", "trail": ()}
    latest = sorted(entries, key=lambda one: (one.issue.at, one.job), reverse=True)
    by_slug: dict[str, list[catalogue.Entry]] = {}
    for entry in entries:
        by_slug.setdefault(entry.kommune, []).append(entry)
        yield from _report(entry, common)
    places = [_Place(slug, found[0].place, tuple(found)) for slug, found in by_slug.items()]
    for place in places:
        # Of the plans; the reports below are editions too.
        years, figures = over_the_years(one for one in place.entries if not one.periode)
        all_of = sorted({one.aar for one in place.entries}, reverse=True)
        by_year = [
            (aar, [e for e in place.entries if e.aar == aar], combined.get(f"{aar}/{place.slug}"))
            for aar in all_of
        ]
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
        columns_ = catalogue.times_of(of_bilag)
        values = _overview(title, f"Rapporter: {title}", columns_, places, by_time)
        yield _page(f"bilag/{bilag}.html", "oversigt.html.j2", common | values)
    editions = catalogue.editions_of(entries)
    for name, found in editions.items():
        trail = ((found[0].bilag_title, f"bilag/{found[0].bilag}.html"),)
        values = {**catalogue.overview(found), "trail": trail, **_script("sort.js")}
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


def _report(entry: catalogue.Entry, common: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
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
    there: dict[tuple[str, Any], catalogue.Entry],
) -> dict[str, Any]:
    """A row a municipality, a column a Bilag or a year."""
    rows = [(place, [there.get((place.slug, key)) for key, _ in columns]) for place in places]
    return {
        "heading": heading,
        "caption": caption,
        "columns": [title for _, title in columns],
        "rows": [row for row in rows if any(row[1])],
    }


def _search_data(entries: Iterable[catalogue.Entry], all_bilag: list[tuple[str, str]]) -> str:
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
    found = {"stages": WORDS["stages"], "bilag": all_bilag, "reports": reports}
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _main_files(entry: catalogue.Entry) -> list[tuple[str, str, str]]:
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


def _years(entries: Iterable[catalogue.Entry]) -> str:
    """`2019-2021`, `2021`."""
    found = sorted({entry.aar for entry in entries})
    return f"{found[0]}-{found[-1]}" if len(found) > 1 else str(found[0])


@cache
def _text(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")


environment().filters.update(
    stage=WORDS["stages"].__getitem__,
    day=_day,
    years=_years,
    # `1 rapport`, `1.176 rapporter`.
    count=lambda number, one, many: f"{format_number(number)} {one if number == 1 else many}",
    summary=summary,
    main_files=_main_files,
    uuid=lambda name: uuid5(NAMESPACE_URL, name).urn,
    moment=lambda at: at.astimezone(UTC).isoformat(timespec="seconds"),
)
