"""The overview: all target groups of a municipality in two periods, and how they have moved.

Used by `notebooks/overblik.ipynb`; what it shows stands in the plan's params under `overblik`.
"""

from beskplan.report.overblik.report import Overblik, data_problems, load

__all__ = ["Overblik", "data_problems", "load"]
