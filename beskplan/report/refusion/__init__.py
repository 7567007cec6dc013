"""Refusion: the staircase of the state's share, and what shorter courses do to the mean.

Used by `notebooks/refusion.ipynb`; what it calculates stands in the plan's params under `refusion`.
"""

from beskplan.report.refusion.report import Refusion, data_problems, load

__all__ = ["Refusion", "data_problems", "load"]
