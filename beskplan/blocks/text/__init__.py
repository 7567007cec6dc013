"""Sentences made from numbers: commentary, summary, alternative texts and key figures in Danish.

`one_benefit` has every comparison word with its threshold; `all_benefits` tells all
benefits of a page together; `language` has the pieces that sentences are built of.
"""

from beskplan.blocks.text.all_benefits import Page, movers
from beskplan.blocks.text.figure_words import LineWords, figure_alt_lines
from beskplan.blocks.text.language import list_danish
from beskplan.blocks.text.one_benefit import Facts, commentary, key_figure, sentence_direction

__all__ = [
    "Facts",
    "LineWords",
    "Page",
    "commentary",
    "figure_alt_lines",
    "key_figure",
    "list_danish",
    "movers",
    "sentence_direction",
]
