"""What the warm process does once, so that no report has to.

Imports run as a notebook's cell would run them: pandas and matplotlib look at import time for the
shell that they will print to, and would otherwise show tables as in a terminal. So this module must
not import either, nor what does.
"""

from __future__ import annotations

import gc
import logging
import tempfile
from pathlib import Path

import papermill
from nbformat.v4 import new_code_cell, new_notebook

from beskplan.runner.engine.in_process import IN_THIS_PROCESS

IMPORTS = """
import matplotlib.backends.backend_svg
import pandas
import pandas.io.formats.style
import pyarrow
import seaborn

import beskplan.runner.make_report
import beskplan.report.maalgrupper
import beskplan.observations

beskplan.observations.embedded()
pandas.DataFrame({"a": [1]})
"""
"""The first cell: libraries, the data that come with the package, and a table."""


def warm_up() -> None:
    """Import what reports need, and run papermill, IPython and nbclient once."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(IMPORTS)], metadata={"kernelspec": kernelspec})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warm.ipynb"
        papermill.execute_notebook(
            notebook, str(path), engine_name=IN_THIS_PROCESS, progress_bar=False
        )
    gc.collect()
    gc.freeze()
