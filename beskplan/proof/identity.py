"""Whose report it is, of which year and which Bilag: in title, h1 and metadata of HTML and PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beskplan.core.errors import Problem
from beskplan.proof.evidence import Evidence, markdown_of, own_notebook, spaced

_H1 = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)


def rule(evidence: Evidence) -> Iterator[Problem]:
    """What the files say of themselves, against what the job says of them."""
    heading = _heading(evidence)
    demo = " (demodata)" if _has_demo(evidence) else ""
    h1s = [spaced(one.text_content()) for one in evidence.html.body.iter("h1")]
    titles = [spaced(one.text_content()) for one in evidence.html.iter("title")]
    spoken = [spaced(one.text) for one in evidence.pdf if one.tag == "H1"]
    said = (
        ("html", "h1", h1s, [heading]),
        ("html", "title", titles, [heading + demo]),
        ("pdf", "H1", spoken, [heading]),
        ("pdf", "title", [spaced(evidence.pdf_title)], [heading + demo]),
    )
    for part, where, found, expected in said:
        if found != expected:
            yield evidence.problem(
                part, "handler ikke om dette job", str(found), str(expected), where=where
            )
    yield from _metadata(evidence)


def _metadata(evidence: Evidence) -> Iterator[Problem]:
    header, job = evidence.header, evidence.job
    expected = {
        "kommune": evidence.subject.kode,
        "aar": str(job.aar),
        "bilag": job.bilag.replace("_", "-"),
    }
    in_notebook = {
        "kommune": header["kommune_kode"],
        "aar": str(header["aar"]),
        "bilag": header["bilag"],
    }
    in_html = {name: _meta(evidence, f"beskplan:{name}") for name in expected}
    for part, found in (("ipynb", in_notebook), ("html", in_html)):
        for name, value in expected.items():
            if found[name] != value:
                yield evidence.problem(
                    part, "handler ikke om dette job", repr(found[name]), repr(value), where=name
                )
    if header["kommune"] != evidence.subject.navn:
        yield evidence.problem(
            "ipynb",
            "handler ikke om dette job",
            header["kommune"],
            evidence.subject.navn,
            where="kommune",
        )


def _meta(evidence: Evidence, name: str) -> str:
    found = evidence.html.xpath("//meta[@name=$name]/@content", name=name)
    return str(found[0]) if len(found) == 1 else f"{len(found)} af dem"


def _heading(evidence: Evidence) -> str:
    """The h1 that the working copy's own notebook and the register ask for."""
    texts = markdown_of(own_notebook(evidence))
    title = next((hit[1] for text in texts if (hit := _H1.search(text))), "")
    return spaced(f"{title}: {evidence.subject.lang_navn}, {evidence.job.aar}")


def _has_demo(evidence: Evidence) -> bool:
    """Whether all data of the report are made up, or any table or figure of it is."""
    blocks = [*evidence.of_kind("table"), *evidence.of_kind("figure")]
    return evidence.header["demo"] or any(block["demo"] for block in blocks)
