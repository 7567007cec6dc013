"""What JupyterLab saves and `jupyter nbconvert` writes is the build's own report, byte by byte."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_export_names, get_exporter

NAMES = {"beskplan-html": "Beskplan HTML", "beskplan-pdf": "Beskplan PDF"}


@pytest.mark.parametrize("name", NAMES)
def test_the_exporter_stands_in_jupyterlab_s_menu(name: str) -> None:
    # JupyterLab lists every exporter by its name: "Beskplan-html" (tests/e2e/test_lab.py).
    assert name in get_export_names()
    assert get_exporter(name)().export_from_notebook == NAMES[name]


@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_an_export_of_the_executed_notebook_is_the_build_s_report(
    built_report: Path, ending: str
) -> None:
    exporter = get_exporter(f"beskplan-{ending}")()
    notebook = nbformat.read(built_report / "maalgrupper.ipynb", as_version=4)
    output, resources = exporter.from_notebook_node(notebook)
    data = output.encode() if isinstance(output, str) else output
    assert data == (built_report / f"maalgrupper.{ending}").read_bytes()
    assert resources["output_extension"] == f".{ending}"


def test_the_command_writes_the_build_s_pdf(built_report: Path, tmp_path: Path) -> None:
    shutil.copyfile(built_report / "maalgrupper.ipynb", tmp_path / "maalgrupper.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "beskplan-pdf", "maalgrupper.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    written = (tmp_path / "maalgrupper.pdf").read_bytes()
    assert written == (built_report / "maalgrupper.pdf").read_bytes()
