"""The notebook that a user would write without this package: pandas, Styler and seaborn.

Eleven tables of the same areas and periods as ours, and as many figures, from the same file.
"""

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.bench.workplace import SECTIONS

SETUP = """\
import pandas as pd
import seaborn as sns
import matplotlib.pyplot as plt
%config InlineBackend.figure_formats = ["svg"]
sns.set_theme(style="whitegrid")
data = pd.read_parquet(data_path)
data = data[data["area"].isin([kode, "084", "000"])]
"""
TABLE = """\
rows = data[(data["ydelse"] == "{ydelse}") & data["period"].isin(["2023M06", "2024M06"])]
counts = rows[rows["indicator"] == "fuldtidspersoner"].pivot_table("value", "area", "period")
share = rows[rows["indicator"] == "pct_af_arbejdsstyrken"].pivot_table("value", "area", "period")
counts["pct"] = (counts["2024M06"] / counts["2023M06"] - 1) * 100
counts["andel"] = share["2024M06"]
counts.style.format(precision=1, decimal=",", thousands=".").set_caption("{ydelse}")
"""
FIGURE = """\
plt.figure(figsize=(7, 3))
sns.barplot(counts.reset_index(), x="pct", y="area", hue="area", legend=False)
plt.title("{ydelse}")
plt.show()
"""


def plain_notebook(path: Path) -> Path:
    """Write the notebook, with parameters `kode` and `data_path`."""
    cells: list[NotebookNode] = [
        new_markdown_cell("# Udviklingen i målgrupperne"),
        new_code_cell('kode = "230"\ndata_path = ""', metadata={"tags": ["parameters"]}),
        new_code_cell(SETUP),
    ]
    for ydelse in SECTIONS:
        cells += [
            new_markdown_cell(f"## {ydelse}"),
            new_code_cell(TABLE.format(ydelse=ydelse)),
            new_code_cell(FIGURE.format(ydelse=ydelse)),
        ]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), path)
    return path
