"""Sentences made from numbers: commentary, alt texts, titles and key figures in Danish."""

from beskplan.blocks.sentences.commentary import commentary

__all__ = ["commentary"]
