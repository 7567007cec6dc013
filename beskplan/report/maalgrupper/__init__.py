"""The Bilag about target groups: each benefit in the municipality beside its reference areas.

Used by `notebooks/maalgrupper.ipynb`; the sections stand in the plan's params under `maalgrupper`.
"""

from beskplan.report.maalgrupper.report import Maalgrupper, data_problems, load

__all__ = ["Maalgrupper", "data_problems", "load"]
