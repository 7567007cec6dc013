"""The ways to make reports that are compared, each a whole process.

    python -m tests.bench.variants NAME ROOT N OUT

    plain       a  papermill and nbconvert in a loop, with pandas, Styler and seaborn
    standard    b  papermill's own engine, with our blocks
    engine      c  our engine
    floor       d  the cells and the rendering, in a warm process and no more

`-pdf` behind the name adds the PDF. Every variant works in two processes; `-1` behind it, in one.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import nbformat

from beskplan.params.jobs import Job, Workplace, select
from beskplan.registers.areas import find

CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


def plain(job: Job, place: Workplace, out: Path, *, pdf: bool) -> None:
    """What a user would write; the PDF by the browser, as nbconvert's own needs one too."""
    import papermill
    from nbconvert import HTMLExporter

    name = out / f"{job.kommune}.ipynb"
    data = next((place.root / "data" / "snapshots").glob("*/observations.parquet"))
    papermill.execute_notebook(
        str(place.root / "plain.ipynb"),
        str(name),
        {"kode": find(job.kommune).kode, "data_path": str(data)},
        progress_bar=False,
    )
    html, _ = HTMLExporter().from_filename(str(name))
    page = name.with_suffix(".html")
    page.write_text(html, encoding="utf-8")
    if pdf:
        target = f"--print-to-pdf={name.with_suffix('.pdf')}"
        profile = f"--user-data-dir={out}/profil-{os.getpid()}"
        subprocess.run([*CHROMIUM, profile, target, page.as_uri()], check=True, capture_output=True)


def standard(job: Job, place: Workplace, out: Path, *, pdf: bool, engine: str = "nbclient") -> None:
    """Execute, page, HTML, PDF; without proof, workbook and manifest, which the others lack."""
    from beskplan.runner.make_report import execute

    name = out / f"{job.kommune}.ipynb"
    _write(execute(job, place, name, engine=engine), name, pdf=pdf)


def _write(notebook: Any, name: Path, *, pdf: bool) -> None:
    from beskplan.render.page import read_page
    from beskplan.runner.make_report import _html_exporter

    page = read_page(notebook)
    name.with_suffix(".html").write_text(_html_exporter().page_html(page), encoding="utf-8")
    if pdf:
        from beskplan.render.pdf import render_pdf

        name.with_suffix(".pdf").write_bytes(render_pdf(page))


@dataclass(frozen=True)
class EngineTask:
    """A report without proof, workbook and manifest, for a child of the warm process."""

    job: Job
    place: Workplace
    out: Path
    pdf: bool

    def __call__(self) -> None:
        from beskplan.runner.engine.in_process import IN_THIS_PROCESS

        standard(self.job, self.place, self.out, pdf=self.pdf, engine=IN_THIS_PROCESS)

    def clean_up(self, pid: int) -> None:
        """Nothing is left by a child that lives."""

    def take_over(self, value: object) -> None:
        """Nothing to hand over."""


def engine(jobs: Sequence[Job], place: Workplace, out: Path, *, pdf: bool, workers: int) -> None:
    """As `ReportPool` does it: snapshot and rehearsal first, then a child for each report."""
    from beskplan.runner.engine.children import Ended, Limits
    from beskplan.runner.engine.tasks import Reading
    from beskplan.runner.engine.zygote import Order, Zygote

    with Zygote(workers) as zygote:
        zygote.submit(
            (
                Order(-1, Reading(place), Limits(), rehearsal=True, alone=True),
                *(
                    Order(number, EngineTask(job, place, out, pdf), Limits())
                    for number, job in enumerate(jobs)
                ),
            )
        )
        for _, end in zygote.ends(len(jobs)):
            if not isinstance(end, Ended) or end.error or end.reason:
                raise RuntimeError(str(end))


def floor(jobs: Sequence[Job], place: Workplace, out: Path, *, pdf: bool) -> None:
    """Every cell's code run by `exec`, its last value's block put into the notebook, and rendered."""
    os.chdir(place.root)
    for job in jobs:
        notebook = nbformat.read(place.notebook(job.bilag), as_version=4)
        names: dict[str, Any] = {}
        for cell in notebook.cells:
            if cell.cell_type != "code":
                continue
            value = _last_value(cell.source, names)
            if "parameters" in cell.metadata.get("tags", ()):
                names.update(kommune=job.kommune, aar=job.aar)
            elif value is not None:
                data = value._repr_mimebundle_()
                cell.outputs = [nbformat.v4.new_output("execute_result", data=data)]
        _write(notebook, out / f"{job.kommune}.ipynb", pdf=pdf)


def _last_value(source: str, names: dict[str, Any]) -> Any:
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102  # the notebook's own cells
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def main() -> None:
    """Make the first N reports of a working copy as the variant does it."""
    name, root, count, out = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    kind, *options = name.split("-")
    pdf, workers = "pdf" in options, 1 if "1" in options else 2
    place = Workplace(root)
    jobs = select(place)[:count]
    out.mkdir(parents=True, exist_ok=True)
    if kind == "engine":
        engine(jobs, place, out, pdf=pdf, workers=workers)
        return
    work: Callable[[Sequence[Job]], None]
    if kind == "floor":
        work = partial(floor, place=place, out=out, pdf=pdf)
    else:
        one = {"plain": plain, "standard": standard}[kind]
        work = partial(_each, one=partial(one, place=place, out=out, pdf=pdf))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(work, jobs[start::workers]) for start in range(workers)]:
            done.result()


def _each(jobs: Sequence[Job], one: Callable[[Job], None]) -> None:
    for job in jobs:
        one(job)


if __name__ == "__main__":
    # Under the module's own name: tasks travel to the warm process, which must find them again.
    from tests.bench import variants

    variants.main()
