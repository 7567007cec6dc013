"""What a PDF is set otherwise for, so that no page ends early and no heading above a single line."""

import json
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pypdf
import pytest

from beskplan.blocks.model import Prose
from beskplan.render import page_pdf
from beskplan.render.page import Markdown, Numbered, Page, Section
from beskplan.render.page_pdf import render_pdf
from tests.access.pdf_rules import torn_headings
from tests.render.sample_notebook import SVG, sample_figure, sample_header


@pytest.mark.parametrize(
    ("height", "scaled"), [(230, set()), (250, {"figur-b"}), (280, {"figur-a", "figur-b"})]
)
def test_figures_are_set_smaller_where_the_next_one_then_stands_on_their_page(
    height: int, scaled: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, Any] = {}
    fit = page_pdf._fit

    def seen(compiler: Any, path: Path) -> None:
        fit(compiler, path)
        found.update(json.loads(path.read_text(encoding="utf-8")))

    def two() -> bytes:
        svg = SVG.replace("252", str(height))
        one, other = (sample_figure(name).model_copy(update={"svg": svg}) for name in "ab")
        items = (Markdown("Et afsnit."), Numbered(1, one), Numbered(2, other))
        return render_pdf(Page(sample_header(), "Prøve", (), (Section("afsnit", "Afsnit", items),)))

    monkeypatch.setattr(page_pdf, "_fit", seen)
    assert [len(re.findall(r"Figur \d\.", one)) for one in _pages_of(two())] == [2, 0]
    assert found.keys() == scaled
    assert len({one["scale"] for one in found.values()}) <= 1
    assert all(0.8 <= one["scale"] < 1 for one in found.values())
    monkeypatch.setattr(page_pdf, "MOST_FITTED", 0)
    assert len(re.findall(r"Figur \d\.", _pages_of(two())[0])) == (1 if scaled else 2)


def _pages_of(data: bytes) -> list[str]:
    return [one.extract_text() for one in pypdf.PdfReader(BytesIO(data)).pages]


def test_no_heading_stands_above_the_first_line_of_a_list_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn() -> Iterator[str]:
        for lines, points in product(range(18, 22), range(5, 9)):
            before = Markdown(
                "\n\n".join(["Et afsnit."] * lines + ["\n".join(["- Et punkt."] * points)])
            )
            items = Prose(id="punkter", paragraphs=("Et punkt.",) * 9, bullets=True)
            parts = (Section("foer", "Før", (before,)), Section("liste", "Liste", (items,)))
            yield from torn_headings(render_pdf(Page(sample_header(), "Prøve", (), parts)))

    assert list(torn()) == []
    # The negative control: as it is set where no room is left for two items.
    shutil.copytree(page_pdf.DATA / "typst", tmp_path / "typst")
    front = tmp_path / "typst" / "front.typ"
    text = front.read_text(encoding="utf-8")
    assert "{ show-below-heading(node) }" in text
    without = text.replace("{ show-below-heading(node) }", "{ show-node(node) }")
    front.write_text(without, encoding="utf-8")
    monkeypatch.setattr(page_pdf, "DATA", tmp_path)
    assert any(torn())
