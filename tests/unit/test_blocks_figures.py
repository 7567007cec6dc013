"""A figure is refused where a reader would miss something, and told all that is wrong at once."""

from __future__ import annotations

from typing import Any

import pytest

from beskplan.blocks.charts import Drawing
from beskplan.blocks.figures import figure
from beskplan.blocks.model import Cell, Column, Figure, Row, Source, Table
from beskplan.core.errors import BlockError

SOURCE = Source(text="Jobindsats.dk")
DATA = Table(
    id="tal",
    title="Tal",
    unit="pct.",
    period="juni 2020",
    columns=(Column(id="omraade", label="Område", kind="text"), Column(id="pct", label="Pct.")),
    rows=(Row(label="Rudersdal", cells=(Cell(text="54", value=54.0),)),),
    sources=(SOURCE,),
)
GOOD: dict[str, Any] = {
    "id": "f",
    "title": "Flere på a-dagpenge i Rudersdal",
    "subtitle": "Ændring i antal fuldtidspersoner, pct., juni 2019 til juni 2020",
    "unit": "pct.",
    "alt": "Vandret søjlediagram: Rudersdal 54 pct., hele landet 47 pct.",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "data": DATA,
    "sources": [SOURCE],
    "notes": ["Foreløbige tal."],
}


def problems_of(**changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(BlockError) as refusal:
        figure(**{**GOOD, **changed})
    return sorted((problem.where, problem.what) for problem in refusal.value.problems)


def test_a_complete_figure_is_made() -> None:
    made = figure(**GOOD)
    assert isinstance(made, Figure)
    assert (made.data, made.sources, made.notes) == (DATA, (SOURCE,), ("Foreløbige tal.",))


def test_a_drawing_gives_both_its_widths() -> None:
    made = figure(**{**GOOD, "svg": Drawing(wide="<svg/>", narrow="<svg id='s'/>")})
    assert (made.svg, made.svg_narrow) == ("<svg/>", "<svg id='s'/>")


def test_both_widths_of_a_drawing_are_looked_at() -> None:
    bad = Drawing(wide="<svg/>", narrow="<svg><script/></svg>")
    assert problems_of(svg=bad) == [("figure f: svg", "henter noget udefra")]


@pytest.mark.parametrize("field", ["title", "subtitle", "alt", "svg", "unit"])
def test_a_missing_text_is_refused(field: str) -> None:
    assert (f"figure f: {field}", "mangler") in problems_of(**{field: " "})


def test_a_missing_source_is_refused() -> None:
    assert problems_of(sources=[]) == [("figure f: sources", "mangler")]


def test_missing_data_is_refused_once() -> None:
    assert problems_of(data=None) == [("figure f: data", "mangler")]
    assert ("figure data: title", "mangler") in problems_of(id="data", data=None, title="")


def test_all_that_is_missing_is_told_at_once() -> None:
    wheres = {
        where
        for where, _ in problems_of(
            title="", subtitle="", alt="", svg="", unit="", sources=[], data=None
        )
    }
    fields = ("title", "subtitle", "alt", "svg", "unit", "sources", "data")
    assert wheres == {f"figure f: {field}" for field in fields}


@pytest.mark.parametrize("field", ["title", "subtitle"])
def test_an_alt_that_repeats_the_caption_is_refused(field: str) -> None:
    caption = "54 pct. flere på a-dagpenge i Rudersdal, 47 pct. i hele landet"
    problems = problems_of(**{field: caption, "alt": f"  {caption.upper()}. "})
    assert problems == [("figure f: alt", f"gentager {field}")]


def test_a_subtitle_without_the_unit_is_refused() -> None:
    assert problems_of(unit="fuldtidspersoner pr. 1.000") == [
        ("figure f: subtitle", "nævner ikke enheden")
    ]


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<image href="https://example.org/a.png"/>',
        '<path fill="url(https://example.org/a.svg#b)"/>',
        "<foreignObject/>",
    ],
)
def test_a_picture_that_reaches_outside_itself_is_refused(inside: str) -> None:
    assert problems_of(svg=f"<svg>{inside}</svg>") == [("figure f: svg", "henter noget udefra")]


def test_references_inside_the_picture_are_fine() -> None:
    svg = '<svg><use href="#a"/><g clip-path="url(#b)"/></svg>'
    assert figure(**{**GOOD, "svg": svg}).svg == svg


def test_another_format_is_refused() -> None:
    assert problems_of(svg="iVBORw0KGgo") == [("figure f: svg", "er ikke et SVG-element")]
