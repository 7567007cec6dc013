"""The Bilag about a plan's targets: what they ask for, how they stand, and where they may go.

Used by `notebooks/resultatmaal.ipynb`; the targets stand in `params/<kommune>/<aar>.maal.yaml`.
"""

from beskplan.report.resultatmaal.report import Resultatmaal, data_problems, load

__all__ = ["Resultatmaal", "data_problems", "load"]
