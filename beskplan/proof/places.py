"""No other municipality than those that the report is about, or is asked to compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.proof.evidence import Evidence, markdown_of, own_notebook, written_texts
from beskplan.registers.areas import Area, area, areas, joint_jobcentre, kommuner

_ALSO_WORDS = frozenset({"Greve", "Skive", "Vejen"})
"""Names that other words look like: they count only as a label of their own, or before "Kommune"."""


def rule(evidence: Evidence) -> Iterator[Problem]:
    """Names in every text of both files, codes in every row of the tables."""
    allowed = _allowed(evidence)
    texts = {"html": evidence.html_texts, "pdf": tuple(one.text for one in evidence.pdf)}
    for part, said in texts.items():
        strangers: dict[str, str] = {}
        for text in said:
            for name in named(text) - allowed:
                strangers.setdefault(name, text)
        for name, text in sorted(strangers.items()):
            yield evidence.problem(part, "nævner en anden kommune", name, where=text[:80])
    for name, table in evidence.tables:
        for row in table["rows"]:
            if row["area"] and (problem := _wrong_code(evidence, name, row["area"], allowed)):
                yield problem


def _wrong_code(
    evidence: Evidence, table: str, kode: str, allowed: frozenset[str]
) -> Problem | None:
    try:
        one = area(kode)
    except UnknownNameError:
        return evidence.problem("ipynb", "en række om intet område", kode, where=table)
    if one.kind == "kommune" and one.navn not in allowed:
        return evidence.problem("ipynb", "en række om en anden kommune", one.navn, where=table)
    return None


def named(text: str) -> set[str]:
    """The municipalities that a text names, in the genitive too.

    Names of other areas that hold a municipality's (`RAR Bornholm`) are none of it.
    """
    found = set()
    for hit in _names().finditer(_other_areas().sub("", text)):
        if hit["name"] not in _ALSO_WORDS or hit["kommune"] or hit["name"] == text:
            found.add(hit["name"])
    return found


@cache
def _names() -> re.Pattern[str]:
    names = sorted((one.navn for one in kommuner()), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w-])(?P<name>{'|'.join(map(re.escape, names))})(?:s|')?(?P<kommune> Kommune)?(?![\w-])"
    )


@cache
def _other_areas() -> re.Pattern[str]:
    own = [one.navn for one in kommuner()]
    others = [one.navn for one in areas() if one.kind not in ("kommune", "jobcenter")]
    longer = [name for name in others if name not in own and any(one in name for one in own)]
    return re.compile("|".join(map(re.escape, sorted(longer, key=len, reverse=True))) or r"(?!)")


def _allowed(evidence: Evidence) -> frozenset[str]:
    """Names that may stand in the report: its own, and those that a person wrote into params or notebook."""
    own = evidence.subject
    names = {own.navn, *_parts(own)}
    if own.kind == "kommune" and (joint := joint_jobcentre(own)):
        names |= {joint.navn, *_parts(joint)}
    # Areas to compare with stand in the resolved params by code or slug.
    written = list(written_texts(evidence.params.model_dump(mode="json")))
    names |= {one.navn for one in kommuner() if {one.kode, one.slug} & set(written)}
    for text in (*written, *markdown_of(own_notebook(evidence)), evidence.sender):
        names |= named(text)
    return frozenset(names)


def _parts(one: Area) -> set[str]:
    return {area(kode).navn for kode in one.parts}
