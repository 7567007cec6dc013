"""By hand, in one kernel: every report of params/ after the other, each the build's page.

Whatever an earlier municipality leaves behind in the kernel would show in the next one's page.
"""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from beskplan.params.jobs import Job, Workplace, select
from beskplan.render.exporters import BeskplanHtmlExporter
from tests.conftest import ROOT

pytestmark = pytest.mark.thorough
PLACE = Workplace(ROOT)
BILAG = sorted({job.bilag for job in select(PLACE)})
"""Those that the shipped plans ask for; no status is among them."""


def run_all(client: NotebookClient, kommune: str, aar: int) -> str:
    """The page after writing the parameters cell and running every cell in the open kernel."""
    for number, cell in enumerate(client.nb.cells):
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source = f'kommune = "{kommune}"\naar = {aar}'
        client.execute_cell(cell, number)
    html, _ = BeskplanHtmlExporter().from_notebook_node(client.nb)
    return str(html)


@pytest.mark.parametrize("bilag", BILAG)
def test_each_municipality_in_turn_is_the_build_s_page(
    bilag: str, build_report: Callable[[Job], Path]
) -> None:
    jobs = select(PLACE, bilag=bilag)
    notebook = nbformat.read(PLACE.notebook(bilag), as_version=4)
    client = NotebookClient(notebook, resources={"metadata": {"path": str(PLACE.notebooks)}})
    with client.setup_kernel():
        # The first once more at the end: those between have not changed it.
        for job in [*jobs, *jobs[:1]] if len(jobs) > 1 else jobs:
            made = (build_report(job) / f"{bilag}.html").read_text(encoding="utf-8")
            assert run_all(client, job.kommune, job.aar) == made, job.id


def test_a_page_of_another_municipality_is_not_equal(build_report: Callable[[Job], Path]) -> None:
    pages = {build_report(job) / "overblik.html" for job in select(PLACE, bilag="overblik")}
    assert len({page.read_bytes() for page in pages}) == len(pages) > 1
