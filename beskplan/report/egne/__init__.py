"""A Bilag of one's own: a municipality's own numbers as table, figure, sentence and target.

Used by the notebooks that `beskplan new-bilag` makes; their sections stand in the plan's params under
`egne`. docs/eget-bilag.md walks through one.
"""

from beskplan.report.egne.report import EgetBilag, data_problems, load

__all__ = ["EgetBilag", "data_problems", "load"]
