import io
import re
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from lxml import html as lxml_html
from pypdf import PdfReader

from beskplan.params.jobs import Job, Workplace
from beskplan.publish.approval import copies, event_of
from beskplan.publish.message import make_delivery
from beskplan.publish.publishing import publish
from beskplan.publish.site import Site, make_site
from beskplan.publish.trail import Event, Trail
from beskplan.render.page_pdf import render_combined
from beskplan.runner.records import Version, now
from tests.access.html_rules import RULES
from tests.publish.synthetic import many, put_report, put_set_report, table
from tests.render.sample_notebook import sample_notebook

JOB, OTHER = (Job(2021, "rudersdal", name) for name in ("maalgrupper", "varighed"))
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>'\"&{{7*7}}"


def events(place: Workplace) -> tuple[Event, ...]:
    return Trail(place.reports).events()


def site_of(place: Workplace, *, drafts: bool = True, address: str = "") -> Site:
    return make_site(place, events(place), drafts=drafts, address=address)


def approve_as_is(place: Workplace, job: Job, *, what: Any = "godkendt", reason: str = "") -> None:
    """Say it of the report in place; the copy is the draft itself, as only the catalogue looks at it."""
    folder = place.folder(job)
    copy = copies(place.reports).keep(job.id, folder)
    with Trail(place.reports).writing() as trail:
        content, by = Version(folder).content, "Mette Holm"
        trail.add(event_of(what, job.id, content, copy, by=by, at=now(), reason=reason))


def release_as_is(place: Workplace, job: Job) -> None:
    """Approved and published."""
    approve_as_is(place, job)
    approve_as_is(place, job, what="offentliggjort")


def plan_of_two(root: Path) -> Workplace:
    """A plan of two Bilag, both built."""
    params = root / "params" / "rudersdal" / "2021.yaml"
    params.parent.mkdir(parents=True)
    params.write_text("kommune: Rudersdal\naar: 2021\nbilag: [maalgrupper, varighed]\n", "utf-8")
    place = Workplace(root)
    for job in (JOB, OTHER):
        put_set_report(place, job, sample_notebook())
    return place


@pytest.fixture
def small(tmp_path: Path) -> Site:
    """Five municipalities, two years, four Bilag."""
    place = Workplace(tmp_path)
    many(place, years=(2020, 2021), most=5)
    return site_of(place)


def links(path: str, content: bytes) -> set[str]:
    """Paths on the site that a page leads to."""
    tree = lxml_html.document_fromstring(content.decode())
    found = set()
    for url in tree.xpath("//@href|//@src"):
        if re.match(r"[a-z]+:|#", url):
            continue
        parts: list[str] = []
        for part in (PurePosixPath(path).parent / unquote(url.partition("#")[0])).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        found.add("/".join(parts))
    return found


def dead_links(site: Site) -> list[tuple[str, str]]:
    there = {*site.pages, *site.files}
    return [
        (path, link)
        for path, content in site.pages.items()
        if path.endswith(".html")
        for link in links(path, content)
        if link not in there
    ]


def reached(site: Site) -> set[str]:
    found, todo = set(), ["index.html"]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            if path in site.pages and path.endswith(".html"):
                todo.extend(links(path, site.pages[path]))
    return found


def test_every_link_leads_somewhere_on_the_site(small: Site) -> None:
    assert len(small.entries) == 40
    assert dead_links(small) == []


def test_breadcrumbs_lead_to_the_years_of_the_municipality_and_end_with_the_page(
    small: Site,
) -> None:
    entry = small.entries[0]
    tree = lxml_html.document_fromstring(small.pages[f"{entry.job}/index.html"].decode())
    crumbs = tree.xpath("//nav[@class='sti']//li")
    assert [one.text_content() for one in crumbs] == [
        "Alle rapporter",
        entry.place,
        f"Planår {entry.aar}",
        entry.title,
    ]
    *links_, last = [one.xpath("a/@href") for one in crumbs]
    year = f"aar-{entry.aar}"
    assert links_[-1] == [f"../../../kommuner/{entry.kommune}.html#{year}"]
    assert (last, crumbs[-1].get("aria-current")) == ([], "page")
    place = small.pages[f"kommuner/{entry.kommune}.html"].decode()
    assert lxml_html.document_fromstring(place).get_element_by_id(year) is not None


def test_every_file_can_be_reached_without_script(small: Site) -> None:
    assert {*small.pages, *small.files} - reached(small) == set()


def test_every_page_keeps_the_rules_of_reports(small: Site) -> None:
    rules = ("danish", "title", "headings", "skip_link", "statement", "one_style", "ids")
    also = ("pictures", "header_cells", "whole_cells")
    for path, content in small.pages.items():
        if path.endswith(".html"):
            tree = lxml_html.document_fromstring(content.decode())
            faults = {name: list(RULES[name](tree)) for name in (*rules, *also)}
            assert {name: one for name, one in faults.items() if one} == {}, path


def test_only_the_front_page_has_a_script_and_its_policy_names_it(small: Site) -> None:
    with_script = [path for path, content in small.pages.items() if b"<script" in content]
    assert with_script == ["index.html"]
    policy = small.pages["index.html"].decode().partition("script-src ")[2][:60]
    assert policy.startswith("'sha256-")
    assert "unsafe-inline'; script" not in policy


def test_a_draft_does_not_leave_the_house(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB)
    put_report(place, Job(2021, "rudersdal", "varighed"))
    release_as_is(place, JOB)
    site = site_of(place, drafts=False)
    assert [one.job for one in site.entries] == [JOB.id]
    assert not [path for path in {*site.pages, *site.files} if "varighed" in path]


def test_readers_keep_the_approved_version_while_a_new_draft_lies_in_place(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    first = put_report(place, JOB)
    approve_as_is(place, JOB)
    approve_as_is(place, JOB, what="offentliggjort")
    put_report(place, JOB, tables=[table(999)])
    (entry,) = site_of(place, drafts=False).entries
    assert entry.issue.version.content == first.content
    (draft,) = site_of(place).entries
    assert draft.issue.state.stage == "udkast"
    assert [one.version.content for one in draft.earlier] == [first.content]


def test_a_withdrawn_report_stays_with_the_reason_on_it(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB)
    release_as_is(place, JOB)
    approve_as_is(place, JOB, what="trukket", reason="Forkert tal")
    site = site_of(place, drafts=False)
    page = site.pages[f"{JOB.id}/index.html"].decode()
    assert "Trukket tilbage" in page
    assert "Grund: Forkert tal." in page


def test_what_was_withdrawn_before_anybody_read_it_is_not_put_out(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB)
    approve_as_is(place, JOB)
    assert site_of(place, drafts=False).entries == ()
    approve_as_is(place, JOB, what="trukket", reason="Forkert tal")
    assert site_of(place, drafts=False).entries == ()


def test_all_bilag_are_one_pdf_too_while_readers_have_them_all(tmp_path: Path) -> None:
    place = plan_of_two(tmp_path)

    def combined() -> list[str]:
        site = site_of(place, drafts=False)
        assert dead_links(site) == []
        return [path for path in site.pages if path.endswith(".pdf")]

    release_as_is(place, JOB)
    assert combined() == []
    release_as_is(place, OTHER)
    [path] = combined()
    assert path == make_delivery(place, "rudersdal", 2021).together[0]
    site = site_of(place, drafts=False)
    assert path in links("kommuner/rudersdal.html", site.pages["kommuner/rudersdal.html"])
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(site.pages[path])).pages)
    assert "Offentliggjort" in text
    assert "Udkast" not in text
    approve_as_is(place, OTHER, what="trukket", reason="Forkert.")
    assert combined() == []


def test_changes_have_a_page_of_their_own(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB)
    assert f"{JOB.id}/aendringer.html" not in site_of(place).pages
    put_report(place, JOB, tables=[table(711)])
    page = site_of(place).pages[f"{JOB.id}/aendringer.html"].decode()
    assert '<td class="tal">703</td><td class="tal">711</td>' in page


def test_a_broken_report_is_told_and_the_others_are_shown(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB)
    broken = Job(2021, "rudersdal", "varighed")
    put_report(place, broken)
    (place.folder(broken) / "tal.json").write_text("{", encoding="utf-8")
    site = site_of(place)
    assert [one.job for one in site.entries] == [JOB.id]
    assert [one.where for one in site.problems] == [broken.id]


def test_no_text_of_a_report_becomes_markup(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    hostile = {**table(1), "title": HOSTILE, "rows": [[HOSTILE, "", [["1", 1.0, "known"]]]]}
    old = {**hostile, "rows": [[HOSTILE, "", [["2", 2.0, "known"]]]]}
    for one, said in ((old, "a"), (hostile, HOSTILE)):
        put_report(
            place,
            JOB,
            title=HOSTILE,
            tables=[one],
            texts=[{"id": "t", "paragraphs": [said]}],
            data={"id": HOSTILE, "text": HOSTILE},
        )
    approve_as_is(place, JOB, reason=HOSTILE)
    site = site_of(place)
    assert f"{JOB.id}/aendringer.html" in site.pages
    for path, content in site.pages.items():
        if path.endswith(".html"):
            tree = lxml_html.document_fromstring(content.decode())
            assert len(tree.xpath("//script")) == (2 if path == "index.html" else 0), path
            assert tree.xpath("//img") == []
            assert not [name for one in tree.iter() for name in one.attrib if name[:2] == "on"]
            assert b"49" not in content.partition(b"</style>")[2].partition(b"<footer")[0]
    feed = ET.fromstring(site.pages["feed.atom"])  # noqa: S314  # our own bytes
    assert HOSTILE in (feed.findtext(".//{*}entry/{*}title") or "")


@pytest.mark.parametrize("folder", ["2021/Rudersdal/x", "2021/rudersdal/<b>", "20210/a/b"])
def test_a_folder_that_is_no_job_is_not_in_the_catalogue(tmp_path: Path, folder: str) -> None:
    place = Workplace(tmp_path)
    put_report(place, JOB)
    (place.reports / folder).parent.mkdir(parents=True, exist_ok=True)
    place.folder(JOB).rename(place.reports / folder)
    assert site_of(place).entries == ()


def test_the_feed_is_atom_with_an_id_for_every_version(small: Site) -> None:
    feed = ET.fromstring(small.pages["feed.atom"])  # noqa: S314  # our own bytes
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    ids = [one.text for one in feed.iterfind(".//{*}id")]
    assert len(ids) == len(set(ids)) == len(small.entries) + 1
    for entry in feed.iterfind("{*}entry"):
        for needed in ("title", "id", "updated", "summary"):
            assert entry.findtext(f"{{*}}{needed}")


def test_the_same_reports_give_the_same_site(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    many(place, years=(2021,), most=2)
    assert site_of(place).hashes() == site_of(place).hashes()


def test_an_empty_catalogue_says_so(tmp_path: Path) -> None:
    page = site_of(Workplace(tmp_path)).pages["index.html"].decode()
    assert "Der er endnu ingen rapporter." in page


def test_the_pdf_of_all_bilag_is_set_again_only_where_it_is_not_as_it_was_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = plan_of_two(tmp_path)
    for job in (JOB, OTHER):
        release_as_is(place, job)
    calls: list[int] = []

    def counted(pages: Any) -> bytes:
        calls.append(len(pages))
        return render_combined(pages)

    monkeypatch.setattr("beskplan.publish.site.render_combined", counted)
    for _ in range(2):
        publish(place, str(tmp_path / "web"))
    assert calls == [2]
    [pdf] = (tmp_path / "web").glob("2021/rudersdal/samlet/*/*.pdf")
    sound = pdf.read_bytes()
    pdf.write_bytes(sound + b"%")
    publish(place, str(tmp_path / "web"))
    assert calls == [2, 2]
    assert pdf.read_bytes() == sound
