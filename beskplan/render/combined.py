"""All Bilag of a municipality's plan year as one PDF: cover, contents, and one Bilag after the other.

Set from the same pages and with the same look as the single reports, so that a number says the same
in both. Tables and figures keep the numbers that they have in their own Bilag.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from beskplan.core.errors import Problem, RenderError, UnknownNameError
from beskplan.params.jobs import Workplace, plan_jobs
from beskplan.render.page import Page, read_notebook, read_page
from beskplan.render.page_pdf import set_pdf
from beskplan.render.typst_nodes import Node, document_date, page_data
from beskplan.render.word import pages_word

TEMPLATE = "combined.typ"
TITLE = "Bilag til beskæftigelsesplan"
_ANCHORS = ("id", "data")
"""Keys of a node that name a place in the document; of a jump also `to`."""


def render_combined(pages: Sequence[Page]) -> bytes:
    """The pages as one tagged PDF, with the CSV of every table attached.

    Args:
        pages: The Bilag in the order of the plan, all of one municipality and year.

    Returns:
        The file, of the newest date of the pages' data. The same pages give the same bytes.

    Raises:
        RenderError: a page holds something that a PDF cannot say.
    """
    day = max(document_date(page.header) for page in pages)
    reports = [_report(number, page, day) for number, page in enumerate(pages, start=1)]
    first = reports[0]
    title = f"{TITLE}: {pages[0].place}"
    demo = any(page.header.demo for page in pages)
    facts = list(dict.fromkeys(fact for report in reports for fact in report["front"]["facts"]))
    for report in reports:  # what holds for them all is said once, on the cover
        own = [
            fact
            for fact in report["front"]["facts"]
            if any(fact not in other["front"]["facts"] for other in reports)
        ]
        report["own-facts"] = own
    data = {
        "colours": first["colours"],
        "meta": {
            **first["meta"],
            "title": f"{title} (demodata)" if demo else title,
            "description": ". ".join(facts),
        },
        "running": {**first["running"], "report": TITLE},
        "front": {
            **first["front"],
            "title": TITLE,
            "facts": facts,
            **{
                warning: next((r["front"][warning] for r in reports if r["front"][warning]), "")
                for warning in ("status", "demo")
            },
        },
        "reports": reports,
    }
    return set_pdf(data, TEMPLATE, f"{pages[0].header.aar}-samlet")


def combine(place: Workplace, kommune: str, aar: int, *, word: bool = False) -> bytes:
    """The finished reports of a municipality's plan year as one PDF, in the order of its params.

    Args:
        place: The working copy.
        kommune: Slug of the municipality.
        aar: Plan year.
        word: As a Word document instead, for whoever goes on writing in Word.

    Raises:
        UnknownNameError: the plan has editions only.
        RenderError: a Bilag has no finished report, or they cannot be set as one.
    """
    jobs = plan_jobs(place, kommune, aar)
    if not jobs:
        what, fix = (
            "planen har kun udgaver",
            "vælg en plan med andre bilag: hver udgave står for sig",
        )
        raise UnknownNameError(Problem(f"{aar}/{kommune}", what, fix=fix))
    notebooks = [place.folder(job) / f"{job.bilag}.ipynb" for job in jobs]
    missing = [
        Problem(job.id, "har ingen færdig rapport", fix="byg den først: beskplan build")
        for job, path in zip(jobs, notebooks, strict=True)
        if not path.is_file()
    ]
    if missing:
        raise RenderError(missing)
    pages = [read_page(read_notebook(path)) for path in notebooks]
    if not word:
        return render_combined(pages)
    return pages_word(TITLE, pages, max(document_date(page.header) for page in pages))


def _report(number: int, page: Page, dated: date) -> Node:
    """A page's own data, one heading level further down, with names that only it has."""
    data = page_data(page, dated)
    prefix = f"bilag{number}."
    data["anchor"] = f"{prefix}start"
    data["front"] = {**data["front"], "title": f"Bilag {number}. {page.name}"}
    data["running"] = {**data["running"], "report": data["front"]["title"]}
    data["intro"], data["body"] = (_moved(data[part], prefix) for part in ("intro", "body"))
    data["attachments"] = [
        {**file, "name": f"bilag-{number}-{file['name']}"} for file in data["attachments"]
    ]
    return data


def _moved(node: Any, prefix: str) -> Any:
    """`node` and all in it: headings a level down, every name of a place with `prefix`."""
    if isinstance(node, list):
        return [_moved(part, prefix) for part in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(part, prefix) for key, part in node.items()}
    if node.get("t") == "heading":
        moved["level"] = node["level"] + 1
    keys = (*_ANCHORS, "to") if node.get("t") == "jump" else _ANCHORS
    for key in keys:
        if isinstance(node.get(key), str) and node[key]:
            moved[key] = prefix + node[key]
    return moved
