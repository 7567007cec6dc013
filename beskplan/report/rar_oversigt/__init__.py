"""The regional overview: which goals the plans of all jobcentres of a region have, and what they mention.

Used by `notebooks/rar_oversigt.ipynb`; the plans stand in the params of the region and of the
municipalities.
"""

from beskplan.report.rar_oversigt.report import RarOversigt, data_problems, load

__all__ = ["RarOversigt", "data_problems", "load"]
