"""What no text says, whatever the data or an analyst brought into it.

program_faults   what only a program could have written
place_faults     another municipality than those that the report is about, or is asked to compare with
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from beskplan.core.errors import Problem, UnknownNameError
from beskplan.proof.evidence import (
    Evidence,
    markdown_of,
    written_texts,
)
from beskplan.registers.areas import Area, area, areas, joint_jobcentre, kommuner

_BAD = {
    "et tal, der intet er": re.compile(r"(?<![\w-])(nan|NaN|NaT|<NA>|None|inf|-inf)(?![\w-])"),
    "et engelsk tal": re.compile(r"\d,\d{3}(?:,\d{3})*\.\d|\d\.\d{3}\.\d{1,2}(?!\d)"),
    "en fejlmeddelelse": re.compile(
        r"Traceback \(most recent call last\)|^\w+(?:Error|Exception): "
    ),
    "en skabelon, der ikke er udfyldt": re.compile(r"\{\{|\}\}|\{%|%\}|\{[a-z_]+\}"),
    "et objekt fra programmet": re.compile(r"<[\w.]+ object at 0x|dtype: \w+|Decimal\('"),
}


def program_faults(evidence: Evidence) -> Iterator[Problem]:
    """Every text of both files; each bad kind is told once a file."""
    for part, said in evidence.texts.items():
        for what, pattern in _BAD.items():
            if hit := next((text for text in said if pattern.search(text)), None):
                yield evidence.problem(part, what, hit[:120])
    # Outputs that are no block were refused when the page was read; here, what the browser gets.
    if evidence.html.xpath("//script | //*[@class='jp-RenderedText' or @class='output_error']"):
        yield evidence.problem("html", "uddata fra en celle, som ikke er en blok")


_ALSO_WORDS = frozenset({"Greve", "Skive", "Vejen"})
"""Names that other words look like: they count only as a label of their own, or before "Kommune"."""


def place_faults(evidence: Evidence) -> Iterator[Problem]:
    """Names in every text of both files, codes in every row of the tables."""
    allowed, everybody = _allowed(evidence), _everybody(evidence)
    for part, said in evidence.texts.items():
        # Where all municipalities are beside the own one, a name alone is a row of their table.
        told = [text for text in said[::-1] if not (everybody and text in everybody)]
        strangers = {name: text for text in told for name in named(text) - allowed}
        for name, text in sorted(strangers.items()):
            yield evidence.problem(part, "nævner en anden kommune", name, where=text[:80])
    for name, table in evidence.tables:
        for kode in dict.fromkeys(row["area"] for row in table["rows"] if row["area"]):
            try:
                one = area(kode)
            except UnknownNameError:
                yield evidence.problem("ipynb", "en række om intet område", kode, where=name)
                continue
            known = allowed | everybody if table["id"] == "gruppe" else allowed
            if one.kind == "kommune" and one.navn not in known:
                yield evidence.problem(
                    "ipynb", "en række om en anden kommune", one.navn, where=name
                )


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
    named_areas = [one for one in areas() if {one.kode, one.slug} & set(written)]
    names |= {one.navn for one in named_areas if one.kind == "kommune"}
    names |= {name for one in named_areas if one.kind == "jobcenter" for name in _parts(one)}
    for text in (*written, *markdown_of(evidence.own_notebook), evidence.sender):
        names |= named(text)
    return frozenset(names)


def _everybody(evidence: Evidence) -> frozenset[str]:
    """All municipalities, where the params set the own one beside them; else none."""
    asked = evidence.params.maalgrupper
    group = asked.sammenligningsgruppe if asked else None
    return frozenset(group.members if group and group.kommuner == "alle" else ())


def _parts(one: Area) -> set[str]:
    return {area(kode).navn for kode in one.parts}
