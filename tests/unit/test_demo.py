"""Demo data: the same everywhere, marked everywhere, and never mistaken for the rest of a page."""

import pytest
from nbformat.v4 import new_markdown_cell

from beskplan.blocks import captions
from beskplan.blocks.html import block_html
from beskplan.blocks.model import Prose, Subsection, Subsections, as_demo
from beskplan.core.errors import RenderError
from beskplan.render.page import Page, read_page
from tests.render.sample_notebook import (
    block_cell,
    notebook_of,
    sample_figure,
    sample_header,
    sample_sources,
    sample_table,
)


def page(*blocks: object, demo: bool = False) -> Page:
    cells = [
        new_markdown_cell("# Mål"),
        block_cell(sample_header(demo=demo)),
        new_markdown_cell("## A"),
    ]
    cells += [block_cell(block) for block in blocks]  # type: ignore[arg-type]
    return read_page(
        notebook_of([*cells, new_markdown_cell("## Kilder"), block_cell(sample_sources())])
    )


def test_a_demo_figure_marks_the_numbers_behind_it_too() -> None:
    figure = as_demo(sample_figure())
    assert figure.demo
    assert figure.data.demo


def test_one_demo_figure_makes_the_page_say_which_and_the_table_stays_clean() -> None:
    found = page(sample_table(), as_demo(sample_figure()))
    assert found.header.demo
    assert found.demo_text == f"{captions.DEMO}: figur 1. De øvrige tal er ikke demodata."
    assert [entry.block.demo for entry in (*found.tables(), *found.figures())] == [False, True]


def test_demo_data_throughout_mark_every_block() -> None:
    found = page(sample_table(), sample_figure(), demo=True)
    assert found.demo_text == captions.DEMO
    assert all(entry.block.demo for entry in (*found.tables(), *found.figures()))


def test_real_numbers_say_nothing() -> None:
    found = page(sample_table(), sample_figure())
    assert (found.header.demo, found.demo_text) == (False, "")


@pytest.mark.parametrize("marked", [True, False])
def test_the_html_of_a_block_says_it_exactly_where_it_is_so(*, marked: bool) -> None:
    table = as_demo(sample_table()) if marked else sample_table()
    assert (captions.DEMO in block_html(table)) is marked


def subsections(*titles: str) -> Subsections:
    parts = [
        Subsection(title=title, blocks=(Prose(id=f"p-{n}", paragraphs=(f"Tekst {n}.",)),))
        for n, title in enumerate(titles)
    ]
    return Subsections(id="maalene", parts=tuple(parts))


def test_subsections_stand_under_the_heading_of_their_cell() -> None:
    found = page(subsections("Mål 1", "Mål 2"), sample_table())
    (section, _) = found.sections
    assert [part.title for part in section.subsections] == ["Mål 1", "Mål 2"]
    assert [part.id for part in section.subsections] == ["maal-1", "maal-2"]
    # What the notebook shows next belongs to the section again, not to its last subsection.
    assert len(section.items) == 1


def test_two_blocks_of_one_id_in_two_subsections_are_refused() -> None:
    twice = Subsection(title="Mål", blocks=(sample_table(),))
    with pytest.raises(RenderError, match=r"en blok mere \(table\) med samme navn"):
        page(Subsections(id="maalene", parts=(twice, twice)))


def test_a_notebook_shows_subsections_with_their_headings() -> None:
    html = block_html(subsections("Mål 1"), level=3)
    assert "<h3>Mål 1</h3>" in html
    assert "Tekst 0." in html
