"""Everyone can read the Word documents: the rules of Word's own checker and ours, and that they bite."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from beskplan.params.jobs import Job, Workplace, plan_jobs, select
from beskplan.render.page import Page, read_notebook, read_page
from beskplan.render.word import page_word, pages_word
from beskplan.runner.collecting import write_combined
from beskplan.runner.make_report import make_report
from tests.access import ten_municipalities
from tests.access.word_rules import CASES, RULES, broken_rules
from tests.conftest import ROOT
from tests.frozen.groups import write_plans
from tests.render.sample_notebook import sample_notebook

DAY = date(2026, 11, 29)
SEEDS = select(Workplace(ROOT))
PLANS = sorted({(job.aar, job.kommune) for job in SEEDS})
CONTROLS: dict[str, tuple[str, str, str, str]] = CASES["controls"]
AREAS_2027: dict[str, str] = CASES["areas_2027"]
Reports = Callable[[Job], Path]


def page_of(folder: Path) -> Page:
    return read_page(read_notebook(folder / f"{folder.name}.ipynb"))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan[0]}-{plan[1]}")
def test_a_shipped_plan_breaks_no_rule(plan: tuple[int, str], any_report: Reports) -> None:
    pages = [page_of(any_report(job)) for job in SEEDS if (job.aar, job.kommune) == plan]
    assert broken_rules(pages_word("Bilag til beskæftigelsesplan", pages, DAY)) == {}


@pytest.mark.parametrize("job", ten_municipalities.JOBS, ids=lambda job: job.kommune)
def test_a_municipality_with_other_numbers_and_colours_breaks_no_rule(
    job: Job, any_report: Reports
) -> None:
    assert broken_rules(page_word(page_of(any_report(job)), DAY)) == {}


@pytest.fixture(scope="module")
def place_2027(shared: Path, real_series: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy with the real series, and plans of 2027 for municipalities of every size."""
    root = Path(shutil.copytree(real_series, tmp_path_factory.mktemp("planer") / "kopi"))
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    (root / "params").mkdir()
    shutil.copy(ROOT / "params" / "2027.yaml", root / "params")
    write_plans(root, shared, AREAS_2027)
    return root


@pytest.mark.shared
@pytest.mark.thorough
@pytest.mark.parametrize("slug", AREAS_2027)
def test_a_plan_of_2027_breaks_no_rule(slug: str, place_2027: Path) -> None:
    place = Workplace(place_2027)
    made = [make_report(job, place) for job in plan_jobs(place, slug, 2027)]
    assert [str(problem) for one in made for problem in one.problems] == []
    path = write_combined(place_2027, slug, 2027, word=True)
    assert broken_rules(path.read_bytes()) == {}


def written() -> NotebookNode:
    """A page of every kind of block, with lists and a link of a notebook's own text."""
    notebook = sample_notebook()
    at = next(n for n, cell in enumerate(notebook.cells) if cell.source.startswith("## "))
    notebook.cells.insert(at + 1, nbformat.v4.new_markdown_cell(CASES["own_text"]))
    return notebook


@pytest.fixture(scope="module")
def good() -> bytes:
    return page_word(read_page(written()), DAY)


def broken(content: bytes, part: str, old: str, new: str) -> bytes:
    """The document with every hit of a pattern in one of its parts replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as copy:
        for name in parts.namelist():
            text = parts.read(name)
            if name == part:
                changed, hits = re.subn(old, new, text.decode(), flags=re.DOTALL)
                assert hits, f"{part} has no {old}"
                text = changed.encode()
            copy.writestr(name, text)
    return made.getvalue()


def test_every_kind_of_block_breaks_no_rule(good: bytes) -> None:
    assert broken_rules(good) == {}


@pytest.mark.parametrize("name", CONTROLS)
def test_a_broken_copy_is_seen(good: bytes, name: str) -> None:
    part, old, new, rule = CONTROLS[name]
    assert rule in broken_rules(broken(good, part, old, new))


def test_every_rule_has_a_control() -> None:
    assert {rule for *_, rule in CONTROLS.values()} == set(RULES)
