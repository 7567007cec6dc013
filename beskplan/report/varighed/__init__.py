"""Time on benefits: mean durations, long courses and full-time persons over several points in time.

Used by `notebooks/varighed.ipynb`; the sections stand in the plan's params under `varighed`.
"""

from beskplan.report.varighed.report import Varighed, data_problems, load

__all__ = ["Varighed", "data_problems", "load"]
