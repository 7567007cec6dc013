"""Sentences made from numbers: commentary, summary and key figures in Danish.

`one_benefit` has every comparison word with its threshold; `all_benefits` tells all
benefits of a page together; `language` has the pieces that sentences are built of.
"""

from beskplan.blocks.text.all_benefits import Page, movers
from beskplan.blocks.text.language import list_danish
from beskplan.blocks.text.one_benefit import Facts, commentary, key_figure, sentence_direction

__all__ = [
    "Facts",
    "Page",
    "commentary",
    "key_figure",
    "list_danish",
    "movers",
    "sentence_direction",
]
