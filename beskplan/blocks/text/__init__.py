"""Sentences made from numbers: commentary, titles, alternative texts and key figures in Danish.

`wording` holds every comparison word with its threshold; `language` the pieces that sentences are
built of; `movement`, `comparison` and `shares` the facts and phrases of one area, of two changes and
of two shares; `stories` decides what there is to tell, `telling` and `share_sentences` tell it.
"""

from beskplan.blocks.text.commentary import commentary, key_figure, sentence_direction
from beskplan.blocks.text.figure_words import (
    LineWords,
    figure_alt_bars,
    figure_alt_lines,
    figure_title,
)
from beskplan.blocks.text.language import list_danish

__all__ = [
    "LineWords",
    "commentary",
    "figure_alt_bars",
    "figure_alt_lines",
    "figure_title",
    "key_figure",
    "list_danish",
    "sentence_direction",
]
