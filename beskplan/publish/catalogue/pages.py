"""The pages of the catalogue, from its templates (`beskplan/data/site`)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from beskplan import __version__
from beskplan.publish.catalogue import words
from beskplan.publish.catalogue.entries import Entry, Issue, newest
from beskplan.publish.catalogue.figures import over_the_years
from beskplan.publish.change_words import summary
from beskplan.publish.states import WORDS
from beskplan.registers.areas import danish_key
from beskplan.render.html import STATEMENT_URL, TEMPLATES

SITE = TEMPLATES.parent / "site"
LATEST = 10
"""On the front page; the feed has more."""


@dataclass(frozen=True)
class Place:
    """A municipality with its reports, the newest year first."""

    slug: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Catalogue:
    """What all pages have in common.

    Attributes:
        entries: By municipality, newest year first, title.
        drafts: Whether drafts are among them: every page says so.
        head: Where the trail of approvals ended, for whoever holds a copy of it.
    """

    entries: tuple[Entry, ...]
    drafts: bool
    head: str

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of every page: what a page leads to comes before it, the front page last."""
        for entry in self.entries:
            yield from self._report(entry)
        places = self._places()
        yield from map(self._place, places)
        for aar in self._years():
            yield self._year(aar, places)
        for bilag, title in self._bilag():
            yield self._one_bilag(bilag, title, places)
        yield self._front(places)

    def _report(self, entry: Entry) -> Iterator[tuple[str, bytes]]:
        trail = (
            (entry.place, f"kommuner/{entry.kommune}.html"),
            (f"Planår {entry.aar}", f"aar/{entry.aar}.html"),
        )
        common = {"root": "../../../", "place": f"{entry.place}, {entry.aar}"}
        if entry.changes and not entry.changes.none:
            own = (entry.title, f"{entry.job}/index.html")
            yield self._page(
                f"{entry.job}/aendringer.html",
                "aendringer.html.j2",
                heading=f"Ændringer i {entry.title}",
                trail=(*trail, own),
                changes=entry.changes,
                **common,
            )
        yield self._page(
            f"{entry.job}/index.html",
            "rapport.html.j2",
            heading=entry.title,
            trail=trail,
            entry=entry,
            tables=[(text, _path(entry, name)) for text, name in entry.tables],
            **common,
        )

    def _place(self, place: Place) -> tuple[str, bytes]:
        years, figures = over_the_years(place.entries)
        by_year = [(a, [e for e in place.entries if e.aar == a]) for a in reversed(years)]
        return self._page(
            f"kommuner/{place.slug}.html",
            "kommune.html.j2",
            heading=place.name,
            years=years,
            figures=figures,
            by_year=by_year,
        )

    def _year(self, aar: int, places: Sequence[Place]) -> tuple[str, bytes]:
        there = {(one.kommune, one.bilag): one for one in self.entries if one.aar == aar}
        bilag = [one for one in self._bilag() if any(name == one[0] for _, name in there)]
        rows = [(p, [there.get((p.slug, name)) for name, _ in bilag]) for p in places]
        return self._page(
            f"aar/{aar}.html",
            "oversigt.html.j2",
            heading=f"Planår {aar}",
            caption=f"Rapporter for planår {aar}",
            columns=[title for _, title in bilag],
            rows=[row for row in rows if any(row[1])],
        )

    def _one_bilag(self, bilag: str, title: str, places: Sequence[Place]) -> tuple[str, bytes]:
        there = {(one.kommune, one.aar): one for one in self.entries if one.bilag == bilag}
        years = sorted({aar for _, aar in there}, reverse=True)
        rows = [(p, [there.get((p.slug, aar)) for aar in years]) for p in places]
        return self._page(
            f"bilag/{bilag}.html",
            "oversigt.html.j2",
            heading=title,
            caption=f"Rapporter: {title}",
            columns=[f"Planår {aar}" for aar in years],
            rows=[row for row in rows if any(row[1])],
        )

    def _front(self, places: Sequence[Place]) -> tuple[str, bytes]:
        script = _text("search.js")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        return self._page(
            "index.html",
            "index.html.j2",
            root="",
            heading="Rapporter til beskæftigelsesplaner",
            entries=self.entries,
            places=places,
            all_years=self._years(),
            all_bilag=self._bilag(),
            latest=newest(self.entries)[:LATEST],
            data=self._data(),
            script=script,
            script_hash=f"sha256-{digest}",
        )

    def _data(self) -> str:
        """What the search knows, as JSON that cannot end the element that holds it."""
        found = {
            "stages": WORDS,
            "bilag": self._bilag(),
            "reports": [
                [
                    entry.job,
                    entry.title,
                    entry.place,
                    entry.issue.state.stage,
                    words.one_line(entry.manifest["data"]["text"]),
                    [[format_, path] for _, format_, path in main_files(entry)],
                ]
                for entry in self.entries
            ],
        }
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")

    def _places(self) -> list[Place]:
        by_slug: dict[str, list[Entry]] = {}
        for entry in self.entries:
            by_slug.setdefault(entry.kommune, []).append(entry)
        return [Place(slug, found[0].place, tuple(found)) for slug, found in by_slug.items()]

    def _years(self) -> list[int]:
        return sorted({entry.aar for entry in self.entries}, reverse=True)

    def _bilag(self) -> list[tuple[str, str]]:
        """Name and newest title of every Bilag."""
        titles = {one.bilag: one.title for one in sorted(self.entries, key=lambda one: one.aar)}
        return sorted(titles.items(), key=lambda pair: danish_key(pair[1]))

    def _page(self, path: str, template: str, **values: Any) -> tuple[str, bytes]:
        common = {
            "root": "../",
            "place": "",
            "trail": (),
            "drafts": self.drafts,
            "head": self.head,
            "style": _text("../templates/beskplan.css") + _text("site.css"),
            "version": __version__,
            "statement_url": STATEMENT_URL,
        }
        return path, _environment().get_template(template).render(common | values).encode()


def main_files(entry: Entry) -> list[tuple[str, str, str]]:
    """Name, format and path on the site of the report's page, PDF and workbook."""
    names = ((f"{entry.bilag}.{end}", text) for end, text in words.FORMATS.items())
    there = entry.issue.files
    return [(name, text, _path(entry, name)) for name, text in names if name in there]


def page_path(issue: Issue, entry: Entry) -> str:
    """Path on the site of the page of one version."""
    return f"{entry.job}/{issue.name}/{entry.bilag}.html"


def _path(entry: Entry, name: str) -> str:
    """Path on the site of a file of the version that is shown."""
    return f"{entry.job}/{entry.issue.name}/{name}"


def _changed(entry: Entry) -> str:
    return summary(entry.changes) if entry.changes else "Første udgave."


@cache
def _text(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(SITE),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    made.filters.update(
        stage=words.stage,
        standing=words.standing,
        day=words.day,
        years=words.years,
        count=words.count,
        one_line=words.one_line,
        changed=_changed,
        summary=summary,
        main_files=main_files,
        page_path=page_path,
    )
    return made
