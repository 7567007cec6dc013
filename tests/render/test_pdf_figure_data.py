"""The numbers behind a figure stand once in the PDF: in a table of the page, else in the appendix."""

from __future__ import annotations

from nbformat import NotebookNode

from beskplan.blocks.model import MIME, Figure
from beskplan.render.page import Page, read_page
from beskplan.render.typst_nodes import FIGURE_DATA_TITLE, page_data


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


def page_with_figures_of_its_own_table(sample: NotebookNode) -> Page:
    blocks = [
        output["data"]
        for cell in sample.cells
        for output in cell.get("outputs", ())
        if MIME in output.get("data", {})
    ]
    table = next(data[MIME] for data in blocks if data[MIME]["kind"] == "table")
    for data in blocks:
        if data[MIME]["kind"] == "figure":
            data[MIME]["data"] = table
    return read_page(sample)


def test_a_figure_whose_numbers_stand_in_a_table_refers_to_it(
    sample_notebook: NotebookNode,
) -> None:
    page = page_with_figures_of_its_own_table(sample_notebook)
    figure = page.figures()[0].block
    assert isinstance(figure, Figure)
    shown = page.table_of(figure)
    assert shown is not None
    assert shown.number == 1
    assert FIGURE_DATA_TITLE not in texts(page_data(page))


def test_a_figure_with_other_numbers_has_them_in_the_appendix(
    sample_notebook: NotebookNode,
) -> None:
    page = read_page(sample_notebook)
    assert all(
        page.table_of(entry.block) is None
        for entry in page.figures()
        if isinstance(entry.block, Figure)
    )
    assert FIGURE_DATA_TITLE in texts(page_data(page))
